//! An answer, and what of its body was read.

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::body::Buffer;
use super::operation::Operation;
use super::scrub::scrub;
use super::secret::Secret;

/// What came back: nothing of it is judged yet.
pub(crate) struct Answer {
    pub(crate) operation: &'static Operation,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Buffer,
    /// What was secret in the request, and must not be shown where the answer
    /// repeats it.
    pub(crate) secrets: Vec<Secret>,
}

impl Answer {
    /// The status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The media type of the body, if it is stated, without parameters.
    pub(crate) fn media_type(&self) -> Option<&str> {
        let content_type = self.headers.get(CONTENT_TYPE)?.to_str().ok()?;
        Some(content_type.split(';').next()?.trim())
    }

    /// `text`, a part of this answer, made fit for a log.
    pub(crate) fn scrub(&self, text: &str) -> String {
        scrub(text, &self.secrets)
    }
}
