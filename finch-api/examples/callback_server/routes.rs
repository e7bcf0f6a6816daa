//! What answers to which URL.

use std::sync::Arc;

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Query, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, ORIGIN,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use axum_extra::extract::cookie::CookieJar;
use finch_api::Secret;
use maud::Markup;
use serde::Deserialize;
use serde_json::json;
use tracing::Instrument as _;

use crate::config::Site;
use crate::connect::Connect;
use crate::demo::Demo;
use crate::exchange::Exchanger;
use crate::failure::Failure;
use crate::{pages, state};

/// The most bytes of a body: a code, and room to spare.
const MOST: usize = 16 * 1024;

/// What goes along with each answer. An address may have a code in it: it is not
/// to be kept, nor told to another site.
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

/// What the handlers share.
pub(crate) struct App {
    pub(crate) exchanger: Exchanger,
    pub(crate) connect: Connect,
    pub(crate) site: Site,
    pub(crate) demo: Option<Demo>,
}

/// Our name for a request: in the log and on pages of failures.
#[derive(Clone)]
struct RequestId(Arc<str>);

/// The whole server.
pub(crate) fn router(app: Arc<App>) -> Router {
    let script = "text/javascript; charset=utf-8";
    let router = Router::new()
        .route("/", get(home))
        .route("/connect", get(connect))
        .route("/api/finch/callback", get(redirected).post(embedded))
        .route("/connected", get(async || pages::connected()))
        .route(
            "/style.css",
            asset("text/css; charset=utf-8", include_str!("style.css")),
        )
        .route(
            "/clean_address.js",
            asset(script, include_str!("clean_address.js")),
        );
    let router = match &app.demo {
        Some(demo) => router.merge(demo.routes()),
        None => router,
    };
    router
        .layer(DefaultBodyLimit::max(MOST))
        .layer(middleware::from_fn(with_headers))
        .layer(middleware::from_fn(with_request_id))
        .with_state(app)
}

/// A file that does not change.
pub(crate) fn asset<S: Clone + Send + Sync + 'static>(
    content_type: &'static str,
    text: &'static str,
) -> axum::routing::MethodRouter<S> {
    get(async move || ([(CONTENT_TYPE, content_type)], text))
}

async fn home(State(app): State<Arc<App>>) -> Markup {
    pages::home(app.demo.is_some())
}

/// Sends the employer to Finch Connect.
async fn connect(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    jar: CookieJar,
) -> Response {
    let way = state::issue(jar, app.site.is_secure())
        .and_then(|(jar, state)| Ok((jar, Redirect::to(&app.connect.url(&state)?))));
    match way {
        Ok(way) => way.into_response(),
        Err(error) => {
            tracing::error!("there is no way into Finch Connect: {error}");
            pages::failure(&Failure::Internal, &request_id)
        }
    }
}

/// What Finch Connect sends an employer back with.
#[derive(Deserialize)]
struct Redirected {
    #[serde(default)]
    state: String,
    code: Option<Secret>,
    error: Option<String>,
}

/// The redirect flow. The state is looked at first: until it is known to be ours,
/// nothing else of the address is read.
async fn redirected(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    jar: CookieJar,
    query: Result<Query<Redirected>, QueryRejection>,
) -> (CookieJar, Response) {
    let Ok(Query(Redirected { state, code, error })) = query else {
        let failure = Failure::Malformed(StatusCode::BAD_REQUEST);
        return (jar, pages::failure(&failure, &request_id));
    };
    let (jar, is_ours) = state::redeem(jar, &state, app.site.is_secure());
    let outcome = match (is_ours, code, error) {
        (false, _, _) => Err(Failure::Forged),
        (true, Some(code), None) => {
            let redirect_uri = app.connect.redirect_uri();
            app.exchanger
                .exchange(&request_id, code, Some(redirect_uri))
                .await
        }
        (true, _, Some(error)) => {
            tracing::info!("Finch Connect ended with {error:?}");
            Err(Failure::Cancelled)
        }
        (true, None, None) => Err(Failure::Malformed(StatusCode::BAD_REQUEST)),
    };
    let response = match outcome {
        // To an address without the code.
        Ok(()) => Redirect::to("/connected").into_response(),
        Err(failure) => pages::failure(&failure, &request_id),
    };
    (jar, response)
}

/// What the page in which Finch Connect is embedded posts.
#[derive(Deserialize)]
struct Embedded {
    code: Secret,
}

/// The embedded flow. There is no state: that the code comes from a page of ours
/// is what the browser says of it, and that it is JSON, which no form can send and
/// no script of another site without our leave.
async fn embedded(
    State(app): State<Arc<App>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    body: Result<Json<Embedded>, JsonRejection>,
) -> Response {
    let outcome = match body {
        _ if !is_same_origin(&headers, &app.site) => Err(Failure::CrossSite),
        Err(rejection) => Err(Failure::Malformed(rejection.status())),
        Ok(Json(Embedded { code })) => app.exchanger.exchange(&request_id, code, None).await,
    };
    match outcome {
        Ok(()) => Json(json!({"connected": true})).into_response(),
        Err(failure) => pages::failure_json(&failure, &request_id),
    }
}

/// Whether a script of this site sent it. Browsers say so of every POST, in
/// `Origin`; newer ones in `Sec-Fetch-Site` as well.
fn is_same_origin(headers: &HeaderMap, site: &Site) -> bool {
    let fetch_site = headers.get("sec-fetch-site");
    headers
        .get(ORIGIN)
        .is_some_and(|origin| origin == site.origin())
        && fetch_site.is_none_or(|fetch_site| fetch_site == "same-origin")
}

async fn with_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        let header = response.headers_mut().entry(name);
        header.or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Names the request, and logs it without its query.
async fn with_request_id(mut request: Request, next: Next) -> Response {
    let mut random = [0; 16];
    if let Err(error) = getrandom::fill(&mut random) {
        tracing::error!("no random bytes: {error}");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let id = uuid::Builder::from_random_bytes(random)
        .into_uuid()
        .to_string();
    let span = tracing::info_span!("request", %id);
    request.extensions_mut().insert(RequestId(id.into()));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    async move {
        let response = next.run(request).await;
        tracing::info!("{method} {path}: {}", response.status());
        response
    }
    .instrument(span)
    .await
}
