//! A mock of Finch: the page of Finch Connect, the exchange, and the calls with the
//! token.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Query, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use finch_api::Secret;
use maud::{DOCTYPE, Markup, html};
use reqwest::Url;
use serde::Deserialize;
use serde_json::json;

use super::{CLIENT_ID, random};
use crate::config::Site;
use crate::pages::{CSS, SCRIPT, STYLE, file};

/// Finch's response to an exchange, from the example of its OpenAPI document, and the
/// token in it.
const ISSUED: &str = include_str!("token.json");
const TOKEN: &str = "7e965183-9332-423c-9259-3edafb332ad2";

const COMPANY: &str = include_str!("company.json");

#[derive(Clone)]
pub(super) struct Finch {
    client_secret: Secret,
    /// The origin of the only application that the mock knows.
    origin: String,
    redirect_uri: String,
    issued: Arc<Mutex<Issued>>,
}

#[derive(Default)]
struct Issued {
    /// The valid codes, each with its redirect URI.
    codes: HashMap<String, Option<String>>,
    /// Whether the token is valid.
    token: bool,
}

impl Finch {
    pub(super) fn new(site: &Site, client_secret: Secret) -> Self {
        Self {
            client_secret,
            origin: site.origin().to_owned(),
            redirect_uri: site.redirect_uri(),
            issued: Arc::default(),
        }
    }

    pub(super) fn routes(self) -> Router {
        Router::new()
            .route("/authorize", get(authorize))
            .route("/auth/token", post(exchange))
            .route("/employer/company", get(company))
            .route("/disconnect", post(disconnect))
            .route("/connect.js", file(SCRIPT, include_str!("connect.js")))
            .route("/style.css", file(CSS, STYLE))
            .with_state(self)
    }

    fn issued(&self) -> MutexGuard<'_, Issued> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Issues a code that is valid once.
    fn issue(&self, redirect_uri: Option<String>) -> Result<String, getrandom::Error> {
        let code = random()?.expose_secret().to_owned();
        self.issued().codes.insert(code.clone(), redirect_uri);
        Ok(code)
    }

    /// Redeems a code. Returns whether it was valid. A code is not valid a second time.
    fn redeem(&self, code: &Secret, redirect_uri: Option<&str>) -> bool {
        let mut issued = self.issued();
        let code = issued.codes.remove(code.expose_secret());
        let is_good = code.is_some_and(|issued_for| issued_for.as_deref() == redirect_uri);
        issued.token |= is_good;
        is_good
    }
}

/// The query of Finch Connect.
#[derive(Deserialize)]
struct Authorize {
    client_id: String,
    redirect_uri: Option<String>,
    #[serde(default)]
    products: String,
    #[serde(default)]
    state: String,
}

/// The page of Finch Connect. It has links in the redirect flow. In the embedded flow, it has
/// buttons that send a message to the surrounding page.
async fn authorize(State(finch): State<Finch>, Query(query): Query<Authorize>) -> Response {
    let is_known = query.client_id == CLIENT_ID
        && query
            .redirect_uri
            .as_ref()
            .is_none_or(|uri| *uri == finch.redirect_uri);
    if !is_known {
        return (
            StatusCode::BAD_REQUEST,
            "the application or the redirect URI is unknown",
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
                    p #choices { (choices) }
                }
            }
        }
    }
}

/// The request of an exchange, as the mock reads it. The generated type changes with Finch's
/// document.
#[derive(Deserialize)]
struct Exchange {
    client_id: String,
    client_secret: Secret,
    code: Secret,
    redirect_uri: Option<String>,
}

/// `POST /auth/token`.
async fn exchange(State(finch): State<Finch>, Json(request): Json<Exchange>) -> Response {
    let is_client = request.client_id == CLIENT_ID
        && request.client_secret.expose_secret() == finch.client_secret.expose_secret();
    if !is_client {
        let message = "The client id or the client secret is wrong";
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client_error", message);
    }
    if !finch.redeem(&request.code, request.redirect_uri.as_deref()) {
        let message = "The authorization code is invalid";
        return refuse(StatusCode::BAD_REQUEST, "invalid_grant_error", message);
    }
    json_text(ISSUED)
}

/// `GET /employer/company`.
async fn company(State(finch): State<Finch>, headers: HeaderMap) -> Response {
    match has_token(&finch.issued(), &headers) {
        true => json_text(COMPANY),
        false => refuse_token(),
    }
}

/// `POST /disconnect`.
async fn disconnect(State(finch): State<Finch>, headers: HeaderMap) -> Response {
    let mut issued = finch.issued();
    if !has_token(&issued, &headers) {
        return refuse_token();
    }
    issued.token = false;
    json_text(r#"{"status":"success"}"#)
}

/// Whether the request has the token, and the token is valid.
fn has_token(issued: &Issued, headers: &HeaderMap) -> bool {
    let token = headers.get(AUTHORIZATION).map(|value| value.as_bytes());
    let token = token.and_then(|value| value.strip_prefix(b"Bearer "));
    issued.token && token == Some(TOKEN.as_bytes())
}

fn refuse_token() -> Response {
    let message = "The access token is incorrect";
    refuse(StatusCode::UNAUTHORIZED, "invalid_token_error", message)
}

fn json_text(text: &'static str) -> Response {
    ([(CONTENT_TYPE, "application/json")], text).into_response()
}

/// Returns an error in Finch's format.
fn refuse(status: StatusCode, name: &str, message: &str) -> Response {
    let body = json!({"code": status.as_u16(), "name": name, "message": message});
    (status, Json(body)).into_response()
}
