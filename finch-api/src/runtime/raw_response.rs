//! A response whose body was read, before anything in it is judged.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName};

use super::outcome;
use super::request_secrets::RequestSecrets;
use super::retry_after;
use super::zeroizing_bytes::ZeroizingBytes;
use crate::service;

/// A response, whatever its status.
pub(crate) struct RawResponse {
    /// The operation's id, or the method and path of a request without one.
    pub(crate) operation: Cow<'static, str>,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: ZeroizingBytes,
    /// What must not be printed if the server repeats it.
    pub(crate) secrets: RequestSecrets,
}

impl RawResponse {
    /// A response to a request without secrets.
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

    /// The status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The media type of the body without parameters, if the header has one.
    pub(crate) fn media_type(&self) -> Option<&str> {
        self.text(CONTENT_TYPE)?.split(';').next().map(str::trim)
    }

    /// The text of the header `name`.
    pub(crate) fn text(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The server's id of the request.
    pub(crate) fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }

    /// How long the server says to wait before the next request.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        retry_after::wait(&self.headers, SystemTime::now())
    }

    /// The rule for its status, if that is not a success.
    pub(super) fn rule(&self) -> Option<&'static outcome::Rule> {
        outcome::of_status(self.status, self.retry_after().is_some())
    }
}

/// The server's id of the request to which `headers` are the response.
pub(super) fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(service::REQUEST_ID)?.to_str().ok()
}
