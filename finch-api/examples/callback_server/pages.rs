//! The pages. Values are escaped where they are put in.

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use serde_json::json;

use crate::failure::Failure;

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

/// Where an employer starts.
pub(crate) fn home(is_demo: bool) -> Markup {
    let body = html! {
        p { "Let us read your payroll and HR data, through Finch." }
        p { a.button href="/connect" { "Connect" } }
        @if is_demo {
            p { "This is a demo: Finch is a mock, and so is the company." }
            p { a href="/embedded" { "Connect without leaving this page" } }
        }
    };
    page("Connect your payroll", &body)
}

/// Where they end.
pub(crate) fn connected() -> Markup {
    let body = html! {
        p { "You are connected, and can close this page." }
        p { a href="/" { "Back" } }
    };
    page("Connected", &body)
}

/// A failure, as a page. Its script takes the code out of the address.
pub(crate) fn failure(failure: &Failure, request_id: &str) -> Response {
    let (title, text) = failure.texts();
    let body = html! {
        p { (text) }
        @if let Some(seconds) = failure.retry_after() {
            p { "Start again in " (seconds.div_ceil(60)) " min." }
        }
        @if failure.can_start_again() {
            p { a.button href="/connect" { "Start again" } }
        }
        @if failure.status().is_server_error() {
            p.small { "If you ask us about it, name the request " code { (request_id) } "." }
        }
        script src="/clean_address.js" {}
    };
    with_status(failure, page(title, &body))
}

/// A failure, for a script.
pub(crate) fn failure_json(failure: &Failure, request_id: &str) -> Response {
    let (title, text) = failure.texts();
    let body = json!({
        "title": title,
        "text": text,
        "can_start_again": failure.can_start_again(),
        "request_id": request_id,
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
