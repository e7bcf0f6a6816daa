//! The head of a request that is being built.

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
