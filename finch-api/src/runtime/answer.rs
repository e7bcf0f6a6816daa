//! A response whose body was read, before anything in it is judged.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName};

use super::error::{Error, ServerText};
use super::outcome;
use super::request_secrets::RequestSecrets;
use super::response::request_id;
use super::retry_after;
use super::wiped::Wiped;

/// A response, whatever its status.
pub(crate) struct Answer {
    /// The operation's id, or the method and path of a request without one.
    pub(crate) operation: Cow<'static, str>,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Wiped,
    /// What must not be printed if the server repeats it.
    pub(crate) secrets: RequestSecrets,
    /// How often the request was sent.
    pub(crate) attempts: u32,
    /// The failure of the first attempt, if the operation is not idempotent.
    pub(crate) first: Option<Error>,
}

impl Answer {
    /// The response to a request that was sent once.
    pub(crate) fn new(
        operation: &'static str,
        status: StatusCode,
        headers: HeaderMap,
        body: Wiped,
    ) -> Self {
        Self {
            operation: operation.into(),
            status,
            headers,
            body,
            secrets: RequestSecrets::default(),
            attempts: 1,
            first: None,
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

    /// [`request_id`](Self::request_id), for a log.
    pub(super) fn printed_request_id(&self) -> Option<String> {
        let redactor = self.secrets.redactor();
        Some(ServerText::new(self.request_id()?, &redactor).printed)
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
