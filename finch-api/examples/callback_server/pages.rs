//! The pages. `html!` escapes every value.

use axum::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, RETRY_AFTER,
};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use maud::{DOCTYPE, Markup, html};
use serde_json::json;

use crate::failure::Failure;
use crate::request_id::RequestId;
use crate::store::Stored;

/// The content security policy of a page with a form.
const FORM_POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";

pub(crate) const CSS: &str = "text/css; charset=utf-8";
pub(crate) const SCRIPT: &str = "text/javascript; charset=utf-8";
pub(crate) const STYLE: &str = include_str!("style.css");

/// The start page, and the files that pages need.
pub(crate) fn routes(is_demo: bool) -> Router {
    Router::new()
        .route("/", get(async move || home(is_demo)))
        .route("/style.css", file(CSS, STYLE))
        .route(
            "/clean_address.js",
            file(SCRIPT, include_str!("clean_address.js")),
        )
}

/// A static file.
pub(crate) fn file<S: Clone + Send + Sync + 'static>(
    content_type: &'static str,
    text: &'static str,
) -> MethodRouter<S> {
    get(async move || ([(CONTENT_TYPE, content_type)], text))
}

/// A page with this title.
pub(crate) fn page(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="stylesheet" href="/style.css";
            }
            body {
                main {
                    h1 { (title) }
                    (body)
                }
            }
        }
    }
}

/// The start page.
fn home(is_demo: bool) -> Markup {
    let body = html! {
        p { "Let us read your payroll and HR data, through Finch." }
        p { a.button href="/connect" { "Connect" } }
        @if is_demo {
            p { "This is a demo: Finch is a mock, and so is the company." }
            p { a href="/embedded" { "Connect without leaving this page" } }
        }
        p { a href="/connections" { "Your connections" } }
    };
    page("Connect your payroll", &body)
}

/// The last page of both flows.
pub(crate) fn connected(stored: &Stored) -> Markup {
    let body = html! {
        p { "The connection is stored, and you can close this page." }
        (details(stored))
        p { a href="/connections" { "Your connections" } }
    };
    page("Connected", &body)
}

/// The connections of an account.
pub(crate) fn connections(stored: &[Stored]) -> Markup {
    let body = html! {
        @if stored.is_empty() {
            p { "This browser has not connected anything." }
        }
        @for stored in stored {
            section {
                (details(stored))
                @let name = stored.company.as_deref().unwrap_or(&stored.connection_id);
                @let address = format!("/disconnect?connection={}", stored.request_id);
                p { a href=(address) aria-label={ "Disconnect " (name) } { "Disconnect" } }
            }
        }
        p { a.button href="/connect" { "Connect" } }
    };
    page("Your connections", &body)
}

/// The confirmation page for disconnecting.
pub(crate) fn confirm(stored: &Stored) -> Response {
    let body = html! {
        p { "We cannot read its data until you connect again." }
        (details(stored))
        form method="post" action="/disconnect" {
            input type="hidden" name="connection" value=(stored.request_id);
            button { "Disconnect" } " "
            a.button.quiet href="/connections" { "Cancel" }
        }
    };
    let headers: [(HeaderName, &str); 2] = [
        // Under `no-referrer`, the form would come with `Origin: null`.
        (REFERRER_POLICY, "same-origin"),
        (CONTENT_SECURITY_POLICY, FORM_POLICY),
    ];
    (headers, page("Disconnect?", &body)).into_response()
}

/// Describes a connection, without its token.
fn details(stored: &Stored) -> Markup {
    let known = |value: Option<&str>| value.unwrap_or("not known").to_owned();
    let products = Some(stored.products.as_str()).filter(|products| !products.is_empty());
    html! {
        dl {
            dt { "Company" }
            dd { (stored.company.as_deref().unwrap_or("not known yet")) }
            dt { "Provider" }
            dd { (known(stored.provider.as_deref())) }
            dt { "Products" }
            dd { (known(products).replace(' ', ", ")) }
            dt { "Connected" }
            dd { (stored.connected_at) " UTC" }
            dt { "Connection" }
            dd { code { (stored.connection_id) } }
        }
    }
}

/// The page of a failure. Its script removes the code from the address.
pub(crate) fn failure(failure: &Failure, request_id: &RequestId) -> Response {
    let body = html! {
        p { (failure.text()) }
        @if let Some(seconds) = failure.retry_after() {
            p { "Start again in " (seconds.div_ceil(60)) " min." }
        }
        @if let Some((address, text)) = failure.next() {
            p { a.button href=(address) { (text) } }
        }
        @if failure.status().is_server_error() {
            p.small { "If you ask us about it, name the request " code { (request_id) } "." }
        }
        script src="/clean_address.js" {}
    };
    with_status(failure, page(failure.title(), &body))
}

/// A failure, for a script.
pub(crate) fn failure_json(failure: &Failure, request_id: &RequestId) -> Response {
    let body = json!({
        "title": failure.title(),
        "text": failure.text(),
        "next": failure.next(),
        "request_id": request_id.as_str(),
    });
    with_status(failure, Json(body))
}

fn with_status(failure: &Failure, body: impl IntoResponse) -> Response {
    let mut response = (failure.status(), body).into_response();
    if let Some(seconds) = failure.retry_after() {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}
