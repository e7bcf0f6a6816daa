//! Defines a request that a fake transport received: its operation, method, path, query,
//! headers and body, in clear text.

use std::fmt;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method};
use reqwest::Url;
use serde::de::DeserializeOwned;

use crate::runtime::operation::Operation;

/// A request that a [`FakeTransport`](super::FakeTransport) answered.
///
/// It has the body and the headers that the server would receive, in clear text,
/// with their secrets. `Debug` prints the body as text, but hides headers that are marked
/// as sensitive.
#[derive(Clone)]
pub struct RecordedRequest {
    operation: Option<&'static str>,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
}

impl RecordedRequest {
    pub(super) fn new(
        operation: Option<&'static Operation>,
        path: String,
        head: Parts,
        body: Bytes,
    ) -> Self {
        let url = Url::parse(&head.uri.to_string());
        let query = url.map(|url| url.query_pairs().into_owned().collect());
        Self {
            operation: operation.map(|operation| operation.id),
            method: head.method,
            path,
            query: query.unwrap_or_default(),
            headers: head.headers,
            body,
        }
    }

    /// The id of the operation, if the document has one with this method and path.
    pub fn operation(&self) -> Option<&str> {
        self.operation
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path relative to the base URL, percent-encoded as sent.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The decoded query parameters in the order in which they were sent.
    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }

    /// The headers, including credentials.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The request body. It is empty if the request has no body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Decodes the JSON request body.
    ///
    /// # Panics
    ///
    /// Panics if the body is not a `T`.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => {
                let (method, path) = (&self.method, &self.path);
                panic!("the body of {method} {path} cannot be decoded: {error}")
            }
        }
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedRequest")
            .field("operation", &self.operation)
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &self.query)
            .field("headers", &self.headers)
            .field("body", &String::from_utf8_lossy(&self.body))
            .finish()
    }
}
