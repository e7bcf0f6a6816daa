//! Settings that apply to every route.

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::{Extension, Router};

use crate::failure::Failure;
use crate::pages;
use crate::request_id::{self, RequestId};

/// The largest request body in bytes. A code is much smaller.
const MAX_BODY: usize = 16 * 1024;

/// The default headers of responses. An address may contain a code, so no page may be stored, or
/// send its address to another site.
const HEADERS: [(HeaderName, &str); 4] = [
    (CACHE_CONTROL, "no-store"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'",
    ),
];

/// Adds the pages for unknown paths and methods, a limit for bodies, the headers and
/// the log.
pub(crate) fn around(router: Router) -> Router {
    router
        .fallback(unknown_path)
        .method_not_allowed_fallback(unknown_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(add_headers))
        .layer(middleware::from_fn(request_id::log))
}

async fn unknown_path(Extension(request_id): Extension<RequestId>) -> Response {
    let failure = Failure::NotFound.because("no route has this path");
    pages::failure(&failure, &request_id)
}

async fn unknown_method(method: Method, Extension(request_id): Extension<RequestId>) -> Response {
    let failure = Failure::Malformed(StatusCode::METHOD_NOT_ALLOWED);
    let failure = failure.because(format_args!("the route does not allow {method}"));
    pages::failure(&failure, &request_id)
}

async fn add_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        let header = response.headers_mut().entry(name);
        header.or_insert(HeaderValue::from_static(value));
    }
    response
}
