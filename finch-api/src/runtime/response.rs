//! Defines a successful response: its decoded value, its status and its headers. An empty body
//! with 204 or 205 decodes as null. `Debug` prints no headers, because a server may repeat a
//! secret there.

use std::fmt;
use std::time::{Duration, SystemTime};

use http::StatusCode;
use http::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::decode::from_json;
use super::error::Error;
use super::raw_response::{RawResponse, request_id};
use super::retry_after;

/// A successful response: its value, status and headers.
///
/// The `send()` method of a call returns it. Awaiting a call returns only the value.
///
/// `Debug` prints the status and the value, without secrets. It prints no headers,
/// because a server may repeat a secret of the request there.
#[derive(Clone, PartialEq)]
pub struct Response<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
}

impl<T> Response<T> {
    /// Returns a response with the status and headers of `answer`.
    pub(crate) fn with(value: T, answer: RawResponse) -> Self {
        Self {
            value,
            status: answer.status,
            headers: answer.headers,
        }
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Returns only the value.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Returns the value, the status and the headers.
    pub fn into_parts(self) -> (T, StatusCode, HeaderMap) {
        (self.value, self.status, self.headers)
    }

    /// Converts the value, and keeps the status and headers.
    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> Response<U> {
        Response {
            value: with(self.value),
            status: self.status,
            headers: self.headers,
        }
    }

    /// The status of the success.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// How long the server asks to wait before the next request, at most 24 hours: a response
    /// with 202 (Accepted) may say when its data is ready.
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after::wait(&self.headers, SystemTime::now())
    }

    /// The server's id for the request, if it sent one. The server's support asks for it.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }
}

impl<T: DeserializeOwned> Response<T> {
    /// Decodes the JSON body of `answer`. The statuses 204 and 205 have no body and
    /// decode as `null`.
    pub(crate) fn from_json(answer: RawResponse) -> Result<Self, Error> {
        let has_none = [StatusCode::NO_CONTENT, StatusCode::RESET_CONTENT];
        let body: &[u8] = match has_none.contains(&answer.status) {
            true if answer.body.is_empty() => b"null",
            _ => &answer.body,
        };
        match from_json(body) {
            Ok(value) => Ok(Self::with(value, answer)),
            Err(what) => Err(Error::decode(answer, what)),
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status.as_u16())
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}
