//! Makes a client with other options: a deadline, a number of retries, or additional headers.
//! The new client shares the connections of the old one. An option that is not set keeps its
//! value.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::client::{Client, Names};

/// Options for some calls: see [`Client::with_options`]. An option that is not set
/// keeps the client's value.
///
/// `Debug` prints the names of headers and not their values.
#[derive(Clone, Default)]
#[must_use = "options do nothing until a client is made with them"]
pub struct RequestOptions {
    timeout: Option<Duration>,
    max_retries: Option<u32>,
    headers: HeaderMap,
}

impl RequestOptions {
    /// Returns options that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the longest time for one call, with all its attempts, the waits between
    /// them and the response body.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets how often a request may be retried; 0 disables retries.
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = Some(retries);
        self
    }

    /// Adds a header to each request. It replaces the client's header of the same name.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

impl fmt::Debug for RequestOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestOptions")
            .field("timeout", &self.timeout)
            .field("max_retries", &self.max_retries)
            .field("headers", &Names(&self.headers))
            .finish()
    }
}

impl Client {
    /// Returns a client with other options. It shares the connections and is cheap to
    /// make, even for a single call.
    pub fn with_options(&self, options: RequestOptions) -> Self {
        let RequestOptions {
            timeout,
            max_retries,
            headers,
        } = options;
        let mut client = self.clone();
        let config = Arc::make_mut(&mut client.config);
        config.timeout = timeout.unwrap_or(config.timeout);
        config.max_retries = max_retries.unwrap_or(config.max_retries);
        config.headers.extend(headers);
        client
    }
}
