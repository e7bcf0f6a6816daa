//! Defines the head of a request that is being built: its method, URL and headers.

use http::Method;
use http::header::HeaderMap;
use reqwest::Url;

/// The method, the URL and the headers of a request.
#[derive(Clone, Debug)]
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
}
