//! A client with other options, over the same connections.

use std::fmt;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::inner::Names;
use crate::Client;

/// Settings for some calls: see [`Client::with_options`]. What is not set stays
/// as it is.
///
/// `Debug` prints the names of headers, and no value.
#[derive(Clone, Default)]
#[must_use = "settings do nothing until a client is made with them"]
pub struct Options {
    deadline: Option<Duration>,
    max_retries: Option<u32>,
    headers: HeaderMap,
}

impl Options {
    /// Settings that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The longest that a call may take, all attempts, the waits between them and
    /// the answer's body included.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// How often a request may be sent again; never with 0.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// A header to go along with each request, in the place of any of the same
    /// name that the client would send.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("deadline", &self.deadline)
            .field("max_retries", &self.max_retries)
            .field("headers", &Names(&self.headers))
            .finish()
    }
}

impl Client {
    /// Returns the same client with other options. It shares the connections and
    /// costs little: make one for a single call.
    pub fn with_options(&self, options: Options) -> Self {
        let Options {
            deadline,
            max_retries,
            headers,
        } = options;
        let mut client = self.clone();
        let inner = &mut client.inner;
        inner.deadline = deadline.unwrap_or(inner.deadline);
        inner.max_retries = max_retries.unwrap_or(inner.max_retries);
        inner.headers.extend(headers);
        client
    }
}
