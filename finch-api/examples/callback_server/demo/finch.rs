//! A mock of Finch: the page of Finch Connect, and the exchange.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use finch_api::Secret;
use finch_api::types::CreateAccessTokenRequest;
use maud::{DOCTYPE, Markup, html};
use reqwest::Url;
use serde::Deserialize;
use serde_json::json;

use super::{CLIENT_ID, random};
use crate::config::Site;
use crate::routes::asset;

/// Finch's answer to an exchange: the example of its OpenAPI document.
const TOKEN: &str = include_str!("token.json");

/// What the mock knows.
#[derive(Clone)]
pub(super) struct Finch {
    client_secret: Secret,
    /// Of the one application that it knows.
    origin: String,
    redirect_uri: String,
    codes: Arc<Mutex<Codes>>,
}

/// The codes that are good, each with the redirect URI that it was issued for.
type Codes = HashMap<String, Option<String>>;

impl Finch {
    pub(super) fn new(site: &Site, client_secret: Secret) -> Self {
        Self {
            client_secret,
            origin: site.origin().to_owned(),
            redirect_uri: site.redirect_uri(),
            codes: Arc::default(),
        }
    }

    pub(super) fn routes(self) -> Router {
        let script = "text/javascript; charset=utf-8";
        Router::new()
            .route("/authorize", get(authorize))
            .route("/auth/token", post(exchange))
            .route("/connect.js", asset(script, include_str!("connect.js")))
            .route(
                "/style.css",
                asset("text/css; charset=utf-8", include_str!("../style.css")),
            )
            .with_state(self)
    }

    /// A code that is good once.
    fn issue(&self, redirect_uri: Option<String>) -> Result<String, getrandom::Error> {
        let code = random()?.expose_secret().to_owned();
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        codes.insert(code.clone(), redirect_uri);
        Ok(code)
    }

    /// Whether a code is good; it is not a second time.
    fn redeem(&self, code: &Secret, redirect_uri: Option<&str>) -> bool {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        let issued = codes.remove(code.expose_secret());
        issued.is_some_and(|issued| issued.as_deref() == redirect_uri)
    }
}

/// How Finch Connect is opened.
#[derive(Deserialize)]
struct Authorize {
    client_id: String,
    redirect_uri: Option<String>,
    #[serde(default)]
    products: String,
    #[serde(default)]
    state: String,
}

/// The page of Finch Connect: in the redirect flow with links, embedded with
/// buttons that tell the page around it.
async fn authorize(State(finch): State<Finch>, Query(query): Query<Authorize>) -> Response {
    let is_known = query.client_id == CLIENT_ID
        && query
            .redirect_uri
            .as_ref()
            .is_none_or(|uri| *uri == finch.redirect_uri);
    if !is_known {
        return (
            StatusCode::BAD_REQUEST,
            "no such application, or redirect URI",
        )
            .into_response();
    }
    let Ok(code) = finch.issue(query.redirect_uri.clone()) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let choices = match &query.redirect_uri {
        Some(uri) => {
            let back = |with: [(&str, &str); 1]| {
                Url::parse_with_params(uri, with.iter().chain(&[("state", query.state.as_str())]))
                    .map_or_else(|_| String::new(), String::from)
            };
            html! {
                a.button href=(back([("code", &code)])) { "Allow" } " "
                a.button.quiet href=(back([("error", "access_denied")])) { "Cancel" }
            }
        }
        None => {
            let name = "finch-auth-message-v2";
            html! {
                button data-message=(json!({"name": name, "kind": "success", "code": code})) {
                    "Allow"
                }
                " "
                button.quiet data-message=(json!({"name": name, "kind": "closed"})) { "Cancel" }
                script src="/connect.js" {}
            }
        }
    };
    connect_page(&finch.origin, &query.products, &choices).into_response()
}

fn connect_page(origin: &str, products: &str, choices: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { "Finch Connect (mock)" }
                link rel="stylesheet" href="/style.css";
            }
            body data-origin=(origin) {
                main {
                    h1 { "Finch Connect (mock)" }
                    p { "An employer chooses their provider here, signs in, and allows this:" }
                    ul {
                        @for product in products.split_whitespace() {
                            li { (product) }
                        }
                    }
                    p { (choices) }
                }
            }
        }
    }
}

/// `POST /auth/token`.
async fn exchange(
    State(finch): State<Finch>,
    Json(request): Json<CreateAccessTokenRequest>,
) -> Response {
    let is_client = request.client_id.to_string() == CLIENT_ID
        && request.client_secret.expose_secret() == finch.client_secret.expose_secret();
    if !is_client {
        let message = "The client id or the client secret is wrong";
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client_error", message);
    }
    if !finch.redeem(&request.code, request.redirect_uri.as_deref()) {
        let message = "The authorization code is invalid";
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant_error", message);
    }
    ([(CONTENT_TYPE, "application/json")], TOKEN).into_response()
}

/// An error as Finch words it.
fn refuse(status: StatusCode, name: &str, message: &str) -> Response {
    let body = json!({"code": status.as_u16(), "name": name, "message": message});
    (status, Json(body)).into_response()
}
