//! Sends requests with `reqwest`, and classifies its errors, as the default transport.
//!
//! An error says whether a connection was made, whether a time limit passed, or whether the
//! server refused the request before it processed it. A response after a followed redirect to
//! another URL becomes an error. Errors contain no URL, because its query may contain a key.

use std::error::Error as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::{fmt, iter};

use bytes::Bytes;
use http::Version;
use http_body::{Body, Frame, SizeHint};
use tower_service::Service;

use super::{ParsedUrl, RequestBody, TransportError};

/// A transport that wraps a [`reqwest::Client`], as the base of a `tower` stack.
///
/// Without layers, use `ClientBuilder::http_client` instead.
///
/// `Debug` prints nothing of the client: its default headers may contain credentials.
#[derive(Clone)]
pub struct ReqwestTransport(reqwest::Client);

impl ReqwestTransport {
    /// Returns a transport that sends with `client`.
    ///
    /// If `client` follows a redirect to another URL, the call fails. Set
    /// [`Policy::none`](reqwest::redirect::Policy::none), so that the client receives the
    /// redirect response.
    pub fn new(client: reqwest::Client) -> Self {
        Self(client)
    }
}

impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport").finish_non_exhaustive()
    }
}

impl Service<http::Request<RequestBody>> for ReqwestTransport {
    type Response = http::Response<ResponseBody>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, TransportError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<RequestBody>) -> Self::Future {
        let (progress, has_body) = (request.body().progress(), !request.body().is_end_stream());
        // A stream, because reqwest would resend bytes after a 307, even to another host.
        let request = convert(request.map(reqwest::Body::wrap));
        let client = self.0.clone();
        Box::pin(async move {
            let request = request.map_err(classify)?;
            let url = request.url().clone();
            let response = client.execute(request).await;
            let response = response.map_err(|error| match classify(error) {
                // The request was still waiting for a connection.
                error @ TransportError::Timeout(_) if progress.cancel() => {
                    TransportError::NotProcessed(error.into())
                }
                // The request was sent. The connection was for a redirect.
                TransportError::NotConnected(cause) if has_body && !progress.cancel() => {
                    TransportError::Redirected(cause)
                }
                error => error,
            })?;
            if *response.url() != url {
                let cause =
                    "the reqwest client followed a redirect: give it redirect::Policy::none()";
                return Err(TransportError::Redirected(cause.into()));
            }
            Ok(http::Response::from(response).map(ResponseBody))
        })
    }
}

/// Converts `request`. Reuses the parsed URL unless a layer changed it.
fn convert(mut request: http::Request<reqwest::Body>) -> reqwest::Result<reqwest::Request> {
    let parsed = request.extensions_mut().remove::<ParsedUrl>();
    let is_plain = request.extensions().is_empty() && request.version() == Version::default();
    match parsed {
        Some(ParsedUrl(url)) if is_plain && *request.uri() == *url.as_str() => {
            let (head, body) = request.into_parts();
            let mut request = reqwest::Request::new(head.method, url);
            *request.headers_mut() = head.headers;
            *request.body_mut() = Some(body);
            Ok(request)
        }
        _ => reqwest::Request::try_from(request),
    }
}

/// The response body from `reqwest`.
#[derive(Debug)]
pub struct ResponseBody(reqwest::Body);

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = TransportError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TransportError>>> {
        let frame = Pin::new(&mut self.0).poll_frame(context);
        frame.map_err(classify)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// Returns the meaning of `error`. Drops the URL, whose query may contain a key.
fn classify(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    if error.is_connect() || error.is_builder() {
        TransportError::NotConnected(match error.is_timeout() {
            true => TransportError::Timeout(error.into()).into(),
            false => error.into(),
        })
    } else if error.is_timeout() {
        TransportError::Timeout(error.into())
    } else if error.is_redirect() {
        TransportError::Redirected(error.into())
    } else if is_refused(&error) {
        TransportError::NotProcessed(error.into())
    } else {
        TransportError::Other(error.into())
    }
}

/// Whether the server refused the request before processing it (RFC 9113, 8.7).
///
/// h2 reports GOAWAY only for streams after the last one that the server may have
/// processed. Other streams get a different error when the connection ends.
fn is_refused(error: &reqwest::Error) -> bool {
    iter::successors(error.source(), |error| (*error).source())
        .filter_map(|error| error.downcast_ref::<h2::Error>())
        .any(|error| {
            error.is_remote()
                && match error.reason() {
                    Some(h2::Reason::REFUSED_STREAM) => error.is_reset(),
                    Some(h2::Reason::NO_ERROR) => error.is_go_away(),
                    _ => false,
                }
        })
}
