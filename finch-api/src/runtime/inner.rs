//! What makes a client more than a base URL and connections.

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
    /// Headers that go along with each request.
    pub(crate) headers: HeaderMap,
    /// The longest that a call may take, all attempts and the answer's body
    /// included.
    pub(crate) deadline: Duration,
    /// How often a request may be sent again.
    pub(crate) max_retries: u32,
    /// The longest wait before it is.
    pub(crate) max_retry_wait: Duration,
    /// The most bytes that the body of an answer may have.
    pub(crate) max_response_bytes: usize,
}

impl fmt::Debug for Client {
    /// Shows whether there are credentials, but not which: see
    /// [`Secret`](crate::Secret); and of headers the names.
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
