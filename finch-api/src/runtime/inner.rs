//! The settings of a client, and how it is printed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName};

use super::credentials::Credentials;
use super::transport::Transport;
use crate::Client;

/// The settings of a client, except its base URL.
#[derive(Clone)]
pub(crate) struct Inner {
    /// Sends each request.
    pub(crate) transport: Transport,
    /// Shared, so that a client is cheap to clone.
    pub(crate) credentials: Arc<Credentials>,
    /// Headers that are added to each request.
    pub(crate) headers: HeaderMap,
    /// The longest time for one call, with all its attempts and the response body.
    pub(crate) deadline: Duration,
    /// How often a request may be sent again.
    pub(crate) max_retries: u32,
    /// The longest wait before a request is sent again.
    pub(crate) max_retry_wait: Duration,
    /// The largest size of a response body.
    pub(crate) max_response_bytes: usize,
}

impl fmt::Debug for Client {
    /// Prints the id in clear, which is not secret, `[REDACTED]` for each
    /// [`Secret`](crate::Secret), and only the names of headers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            transport: _,
            credentials,
            headers,
            deadline,
            max_retries,
            max_retry_wait,
            max_response_bytes,
        } = &self.inner;
        f.debug_struct("Client")
            .field("base_url", &self.baseurl)
            .field("credentials", credentials)
            .field("headers", &Names(headers))
            .field("deadline", deadline)
            .field("max_retries", max_retries)
            .field("max_retry_wait", max_retry_wait)
            .field("max_response_bytes", max_response_bytes)
            .finish_non_exhaustive()
    }
}

/// The names of headers, without their values.
pub(super) struct Names<'a>(pub(super) &'a HeaderMap);

impl fmt::Debug for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.keys().map(HeaderName::as_str))
            .finish()
    }
}
