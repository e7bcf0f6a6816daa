//! The routes that receive the code after Finch Connect.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use axum_extra::extract::cookie::CookieJar;
use finch_api::Secret;
use serde::Deserialize;
use serde_json::json;

use crate::account::Account;
use crate::browser::{is_prefetch, is_same_origin};
use crate::config::{CALLBACK, Site};
use crate::exchange::{Exchange, Exchanger};
use crate::failure::Failure;
use crate::request_id::RequestId;
use crate::server::InTime;
use crate::{pages, state};

#[derive(Clone)]
pub(crate) struct Callback {
    site: Site,
    exchanger: Exchanger,
}

impl Callback {
    pub(crate) fn new(site: Site, exchanger: Exchanger) -> Self {
        Self { site, exchanger }
    }

    pub(crate) fn routes(self) -> Router {
        // HEAD does not come from the employer either: mail scanners send it before the click.
        let head = async || StatusCode::OK;
        Router::new()
            .route(CALLBACK, get(redirected).head(head).post(embedded))
            .with_state(self)
    }

    /// Exchanges a code for the account of the browser. Returns the path of the last page.
    async fn exchange(
        &self,
        jar: CookieJar,
        request_id: &RequestId,
        state: Option<&str>,
        code: Secret,
    ) -> (CookieJar, Result<String, Failure>) {
        if code.expose_secret().trim().is_empty() {
            let failure = Failure::Malformed(StatusCode::BAD_REQUEST);
            return (jar, Err(failure.because("the code is empty")));
        }
        let (jar, account) = match Account::get_or_create(jar.clone(), &self.site) {
            Ok(found) => found,
            Err(error) => return (jar, Err(Failure::Internal.because(error))),
        };
        let exchange = Exchange {
            request_id: request_id.clone(),
            account,
            code,
            redirect_uri: state.map(|_| self.site.redirect_uri()),
        };
        let connected = self.exchanger.exchange_once(state, exchange).await;
        (jar, connected.map(|id| format!("/connected/{id}")))
    }
}

/// The query of the redirect from Finch Connect.
#[derive(Deserialize)]
struct Redirected {
    #[serde(default)]
    state: String,
    code: Option<Secret>,
    error: Option<String>,
    #[serde(default)]
    error_description: String,
}

/// The redirect flow. It ignores the rest of the query if this browser did not receive the state.
async fn redirected(
    State(callback): State<Callback>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    jar: CookieJar,
    query: Result<Query<Redirected>, QueryRejection>,
) -> (CookieJar, Response) {
    if is_prefetch(&headers) {
        // This is an error, so that the browser sends the request again after the real click.
        return (jar, StatusCode::SERVICE_UNAVAILABLE.into_response());
    }
    let malformed = Failure::Malformed(StatusCode::BAD_REQUEST);
    let (jar, outcome) = match query {
        Err(error) => (jar, Err(malformed.because(error.body_text()))),
        Ok(Query(query)) if !state::is_issued(&jar, &query.state, &callback.site) => {
            let cause = "this browser did not receive the state";
            (jar, Err(Failure::Forged.because(cause)))
        }
        Ok(Query(Redirected {
            error: Some(error),
            error_description,
            ..
        })) => (jar, Err(Failure::of_connect(&error, &error_description))),
        Ok(Query(Redirected { code: None, .. })) => (
            jar,
            Err(malformed.because("there is neither a code nor an error")),
        ),
        Ok(Query(Redirected {
            code: Some(code),
            state,
            ..
        })) => {
            callback
                .exchange(jar, &request_id, Some(&state), code)
                .await
        }
    };
    let response = match outcome {
        // Redirects to an address without the code.
        Ok(connected) => Redirect::to(&connected).into_response(),
        Err(failure) => pages::failure(&failure, &request_id),
    };
    (jar, response)
}

/// The body of the POST from a page with an embedded Finch Connect.
#[derive(Deserialize)]
struct Embedded {
    code: Secret,
}

/// The embedded flow. It has no state. Instead, the headers of the browser must show that a page of
/// this site sent the code, and the body must be JSON. A form cannot send JSON, and a script of
/// another site needs permission from this server.
async fn embedded(
    State(callback): State<Callback>,
    Extension(request_id): Extension<RequestId>,
    headers: HeaderMap,
    jar: CookieJar,
    InTime(body): InTime<Json<Embedded>>,
) -> (CookieJar, Response) {
    let (jar, outcome) = match body {
        _ if !is_same_origin(&headers, &callback.site) => {
            let cause = "no page of this site sent the code";
            (jar, Err(Failure::CrossSite.because(cause)))
        }
        Err(status) => {
            let cause = "the body is not a code in JSON, or is too large or too slow";
            (jar, Err(Failure::Malformed(status).because(cause)))
        }
        Ok(Json(Embedded { code })) => callback.exchange(jar, &request_id, None, code).await,
    };
    let response = match outcome {
        Ok(connected) => Json(json!({"connected": connected})).into_response(),
        Err(failure) => pages::failure_json(&failure, &request_id),
    };
    (jar, response)
}
