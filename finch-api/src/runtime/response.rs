//! A success.

use std::fmt;
use std::ops::{Deref, DerefMut};

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::answer::Answer;
use super::decode::from_json;
use super::error::Error;
use crate::service;

/// The value of an answer, with its status and headers.
///
/// It is its value (`Deref`): `response.name` reads the member `name` of it.
/// `Debug` prints no headers, and no secret.
#[derive(Clone, PartialEq)]
pub struct Response<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
}

impl<T> Response<T> {
    /// `value`, which stands in the body of `answer`.
    pub(super) fn with(value: T, answer: Answer) -> Self {
        Self {
            value,
            status: answer.status,
            headers: answer.headers,
        }
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The value made into another, with the same status and headers.
    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> Response<U> {
        Response {
            value: with(self.value),
            status: self.status,
            headers: self.headers,
        }
    }

    /// The status: one of success.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The server's name for the request, if it gave one: what its support asks
    /// for.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }
}

impl<T: DeserializeOwned> Response<T> {
    /// The answer's value, if its body is what the document says.
    pub(crate) fn from_json(answer: Answer) -> Result<Self, Error> {
        match from_json(&answer.body) {
            Ok(value) => Ok(Self::with(value, answer)),
            Err(what) => Err(Error::decode(answer, what)),
        }
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Response<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status.as_u16())
            .field("request_id", &self.request_id())
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

/// The server's name for the request that `headers` answer.
pub(super) fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(service::REQUEST_ID)?.to_str().ok()
}
