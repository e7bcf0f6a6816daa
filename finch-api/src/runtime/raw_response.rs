//! Defines a response whose body was read, before its status is checked. Reads the headers that
//! the runtime knows: the media type, the server's id for the request, and `Retry-After`.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName};

use super::request_secrets::RequestSecrets;
use super::retry_after;
use super::retry_rules;
use super::zeroizing_bytes::ZeroizingBytes;
use crate::service;

/// A response with any status.
pub(crate) struct RawResponse {
    /// The operation's id, or the method and path of a request without an operation.
    pub(crate) operation: Cow<'static, str>,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: ZeroizingBytes,
    /// The secrets of the request, which must not be printed if the server repeats them.
    pub(crate) secrets: RequestSecrets,
}

impl RawResponse {
    /// Returns a response to a request without secrets.
    #[cfg(test)]
    pub(crate) fn new(
        operation: &'static str,
        status: StatusCode,
        headers: HeaderMap,
        body: ZeroizingBytes,
    ) -> Self {
        Self {
            operation: operation.into(),
            status,
            headers,
            body,
            secrets: RequestSecrets::default(),
        }
    }

    /// The media type of the body, without parameters.
    pub(crate) fn media_type(&self) -> Option<&str> {
        self.text(CONTENT_TYPE)?.split(';').next().map(str::trim)
    }

    /// The value of the header `name`, if it is text.
    pub(crate) fn text(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The server's id for the request.
    pub(crate) fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }

    /// How long the server asks to wait before the next request.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        retry_after::wait(&self.headers, SystemTime::now())
    }

    /// Returns the rule for its status, or `None` for a success.
    pub(super) fn rule(&self) -> Option<&'static retry_rules::Rule> {
        retry_rules::of_status(self.status, self.retry_after().is_some())
    }
}

/// Returns the server's id for the request from the response `headers`.
pub(super) fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(service::REQUEST_ID)?.to_str().ok()
}
