//! Defines `Client` and its settings: the base URL, servers, transport, credentials, headers,
//! deadline, retries and size limit. A client is cheap to clone, because clones share the
//! settings. `Debug` prints no secret and no value of a header.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::{HeaderMap, HeaderName};

use super::base_url::BaseUrl;
use super::credentials::Credentials;
use super::servers::Servers;
use super::transport::Transport;

// The crate that compiles this module documents it.
#[allow(missing_docs, reason = "the documentation is at the re-export")]
#[derive(Clone)]
pub struct Client {
    /// A field, because an operation may have the same name as a method.
    pub(crate) config: Arc<Config>,
}

/// The settings of a client.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) base_url: BaseUrl,
    /// The servers of operations that are not served at the base URL.
    pub(crate) servers: Servers,
    /// Sends each request.
    pub(crate) transport: Transport,
    pub(crate) credentials: Arc<Credentials>,
    /// Headers that are added to each request.
    pub(crate) headers: HeaderMap,
    /// The longest time for one call, with all its attempts and the response body.
    pub(crate) timeout: Duration,
    /// How often a request may be sent again.
    pub(crate) max_retries: u32,
    /// The longest wait before a request is sent again.
    pub(crate) max_retry_wait: Duration,
    /// The largest size of a response body.
    pub(crate) max_response_bytes: usize,
}

impl fmt::Debug for Client {
    /// Prints the id, which is not secret, `[REDACTED]` for each
    /// [`Secret`](crate::Secret), and the names of headers without their values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Config {
            base_url,
            servers: _,
            transport: _,
            credentials,
            headers,
            timeout,
            max_retries,
            max_retry_wait,
            max_response_bytes,
        } = &*self.config;
        f.debug_struct("Client")
            .field("base_url", base_url)
            .field("credentials", credentials)
            .field("headers", &Names(headers))
            .field("timeout", timeout)
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
