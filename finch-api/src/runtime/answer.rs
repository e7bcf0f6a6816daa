//! An answer, and what of its body was read.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName};

use super::error::Error;
use super::response::request_id;
use super::retry_after;
use super::scrub::scrub;
use super::secret::Secret;
use super::wiped::Wiped;

/// What came back: nothing of it is judged yet.
pub(crate) struct Answer {
    /// The id of its operation.
    pub(crate) operation: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Wiped,
    /// What was secret in the request, and must not be shown where the answer
    /// repeats it.
    pub(crate) secrets: Vec<Secret>,
    /// How often the request was sent.
    pub(crate) attempts: u32,
    /// The failure of the first time, where the operation is not idempotent.
    pub(crate) first: Option<Error>,
}

impl Answer {
    /// The answer to a request that was sent once.
    pub(crate) fn new(
        operation: &'static str,
        status: StatusCode,
        headers: HeaderMap,
        body: Wiped,
    ) -> Self {
        Self {
            operation,
            status,
            headers,
            body,
            secrets: Vec::new(),
            attempts: 1,
            first: None,
        }
    }

    /// The status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The media type of the body, if it is stated, without parameters.
    pub(crate) fn media_type(&self) -> Option<&str> {
        self.text(CONTENT_TYPE)?.split(';').next().map(str::trim)
    }

    /// The text of the header `name`.
    pub(crate) fn text(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The server's name for the request, fit for a log.
    pub(crate) fn request_id(&self) -> Option<String> {
        request_id(&self.headers).map(|id| self.scrub(id))
    }

    /// How long the server says to wait before the next request.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        retry_after::wait(&self.headers, SystemTime::now())
    }

    /// Whether it says that nothing of what was asked for was done, for now:
    /// 429, and 503 with `Retry-After`.
    pub(crate) fn is_refused(&self) -> bool {
        match self.status {
            StatusCode::TOO_MANY_REQUESTS => true,
            StatusCode::SERVICE_UNAVAILABLE => self.retry_after().is_some(),
            _ => false,
        }
    }

    /// `text`, a part of this answer, made fit for a log.
    pub(crate) fn scrub(&self, text: &str) -> String {
        scrub(text, &self.secrets)
    }
}
