//! The routes, with a fake of Finch: `cargo test -p finch-api --example callback_server
//! --features test-util`. The tests that use a process and sockets are in
//! `tests/tests/callback_server`.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, RETRY_AFTER, SET_COOKIE};
use axum::http::request;
use axum::response::Response;
use finch_api::testing::{FakeTransport, RecordedRequest, Reply};
use reqwest::Url;
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use crate::config::{CALLBACK, Site};
use crate::connect::Connect;
use crate::keys::Keys;
use crate::store::Store;
use crate::{DEADLINE, application, demo, routes};

const SECOND: Duration = Duration::from_secs(1);

const EXCHANGE: &str = "create-access-token";
const COMPANY: &str = "GET /employer/company";
const DISCONNECT: &str = "POST /disconnect";

const SITE: &str = "https://example.com";

/// The token of the document's example.
const TOKEN: &str = "7e965183-9332-423c-9259-3edafb332ad2";

/// A Finch that issues a token for every code.
fn finch() -> FakeTransport {
    FakeTransport::new()
        .on(EXCHANGE, Reply::example())
        .on(COMPANY, Reply::json(json!({"legal_name": "Acme, Inc."})))
        .on(DISCONNECT, Reply::json(json!({"status": "success"})))
}

/// A browser and its server.
#[derive(Clone)]
struct Browser {
    server: Router,
    cookies: Vec<String>,
}

impl Browser {
    fn new(finch: &FakeTransport) -> Self {
        let site = Site::parse(SITE).unwrap();
        let connect = Connect::new(demo::CLIENT_ID, &site, "company", false);
        let keys = Keys::random().unwrap();
        let store = Store::open(None, &keys).unwrap();
        let tasks = TaskTracker::new();
        let server = application(&site, connect, &finch.client(), keys, store, &tasks);
        Self {
            server: routes::around(server),
            cookies: Vec::new(),
        }
    }

    async fn send(&mut self, request: request::Builder, body: String) -> Response {
        let request = request
            .header(ORIGIN, SITE)
            .header(COOKIE, self.cookies.join("; "))
            .body(Body::from(body));
        let response = self.server.clone().oneshot(request.unwrap()).await.unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap().split(';').next();
            self.cookies.extend(cookie.map(str::to_owned));
        }
        response
    }

    async fn get(&mut self, path: &str) -> Response {
        self.send(Request::get(path), String::new()).await
    }

    async fn page(&mut self, path: &str) -> String {
        text(self.get(path).await).await
    }

    /// Posts a code like the embedded flow.
    async fn post_code(&mut self, code: &str) -> Response {
        let request = Request::post(CALLBACK).header(CONTENT_TYPE, "application/json");
        let body = json!({"code": code}).to_string();
        self.send(request, body).await
    }

    /// Posts a code, and returns the page at the end.
    async fn connect(&mut self, code: &str) -> String {
        let response = self.post_code(code).await;
        let body: Value = serde_json::from_str(&text(response).await).unwrap();
        let path = body["connected"].as_str();
        let page = self.page(path.unwrap_or_else(|| panic!("{body}"))).await;
        assert!(page.contains("<h1>Connected</h1>"), "{page}");
        page
    }
}

async fn text(response: Response) -> String {
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await;
    String::from_utf8(body.unwrap().into()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn each_failure_of_an_exchange_has_its_page() {
    let late = DEADLINE + Duration::from_secs(1);
    let unknown = "We do not know whether you are connected";
    for (reply, status, title) in [
        (Reply::invalid_grant(), 400, "This link has expired"),
        (Reply::invalid_client(), 500, "This is our mistake"),
        (Reply::bad_request(), 500, "This is our mistake"),
        (Reply::rate_limited(90 * SECOND), 503, "Too many requests"),
        (Reply::no_connection(), 502, "Finch cannot be reached"),
        (Reply::not_processed(), 502, "Finch cannot be reached"),
        // The deadline passes before the request is sent.
        (
            Reply::no_connection().delayed(late),
            502,
            "Finch cannot be reached",
        ),
        (Reply::lost(), 502, unknown),
        (Reply::server_error(), 502, unknown),
        (Reply::bad_gateway(), 502, unknown),
        (Reply::example().delayed(late), 502, unknown),
        (Reply::example().cut_off_after(40), 502, unknown),
        (Reply::bytes("<html>"), 502, unknown),
    ] {
        let finch = finch().on(EXCHANGE, reply);
        let mut browser = Browser::new(&finch);
        let response = browser.post_code("code-1").await;
        assert_eq!(response.status().as_u16(), status, "{title}");
        let wait = response.headers().get(RETRY_AFTER).cloned();
        let expected = (status == 503).then(|| "90".parse().unwrap());
        assert_eq!(wait, expected, "{title}");
        let body: Value = serde_json::from_str(&text(response).await).unwrap();
        assert_eq!(body["title"], title);
        let connections = browser.page("/connections").await;
        assert!(connections.contains("has not connected"), "{title}");
        let calls = finch.requests();
        let is_exchange = |call: &RecordedRequest| call.operation() == Some(EXCHANGE);
        assert!(calls.iter().all(is_exchange), "{calls:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn token_in_an_undecodable_response_is_stored() {
    let incomplete = json!({"access_token": TOKEN, "connection_id": 1});
    for reply in [
        Reply::json(incomplete),
        // The example begins with the token.
        Reply::example().cut_off_after(100),
        Reply::example().stalls_after(100),
    ] {
        let finch = finch().on(EXCHANGE, reply);
        let page = Browser::new(&finch).connect("code-1").await;
        assert!(page.contains("<code>salvaged-"), "{page}");
        assert!(page.contains("<dd>Acme, Inc.</dd>"), "{page}");
    }
}

#[tokio::test(start_paused = true)]
async fn first_call_may_fail_and_takes_at_most_three_seconds() {
    let acme = || Reply::json(json!({"legal_name": "Acme, Inc."}));
    let pending = json!({"code": 202, "name": "sync_in_progress"});
    let unknown = "not known yet";
    for (reply, company, seconds) in [
        (acme(), "Acme, Inc.", 0),
        (acme().delayed(2 * SECOND), "Acme, Inc.", 2),
        (acme().delayed(4 * SECOND), unknown, 3),
        (acme().stalls_after(5), unknown, 3),
        (Reply::json(pending).status(202), unknown, 0),
        (Reply::json(json!({"legal_name": null})), unknown, 0),
        (Reply::json(json!([])), unknown, 0),
        (Reply::reauthenticate(), unknown, 0),
        (Reply::insufficient_scope(), unknown, 0),
    ] {
        let finch = finch().on(COMPANY, reply);
        let began = Instant::now();
        let page = Browser::new(&finch).connect("code-1").await;
        assert_eq!(began.elapsed().as_secs(), seconds, "{page}");
        for text in [company, "gusto", "directory, employment, individual"] {
            assert!(page.contains(&format!("<dd>{text}</dd>")), "{page}");
        }
        let requests = finch.requests();
        let authorization = &requests[1].headers()["authorization"];
        assert_eq!(authorization, &format!("Bearer {TOKEN}"));
    }
}

#[tokio::test(start_paused = true)]
async fn repeated_code_is_sent_once() {
    // A second exchange would panic.
    let finch = finch().on(EXCHANGE, [Reply::example().delayed(5 * SECOND)]);
    let mut browser = Browser::new(&finch);
    let connect = browser.get("/connect").await;
    let connect = Url::parse(connect.headers()[LOCATION].to_str().unwrap()).unwrap();
    let (_, state) = connect
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap();
    let back = format!("{CALLBACK}?code=code-1&state={state}");
    let mut others = [browser.clone(), browser.clone()];
    let [one, two] = &mut others;
    let (one, two, three) = tokio::join!(one.get(&back), two.get(&back), browser.connect("code-1"));
    assert_eq!(one.headers()[LOCATION], two.headers()[LOCATION]);
    assert_eq!(
        browser.get(&back).await.headers()[LOCATION],
        one.headers()[LOCATION]
    );
    assert_eq!(browser.connect("code-1").await, three);
    assert_eq!(finch.requests().len(), 2);
    // Another code with the same state.
    let another = browser.get(&back.replace("code-1", "code-2")).await;
    assert_eq!(another.status(), 403);
}

#[tokio::test(start_paused = true)]
async fn connection_is_removed_after_finch_disconnects_it() {
    for (reply, is_removed) in [
        (Reply::json(json!({"status": "success"})), true),
        (Reply::invalid_token(), true),
        (Reply::server_error(), false),
        (Reply::unauthorized(), false),
        (Reply::no_connection(), false),
        (Reply::lost(), false),
    ] {
        let finch = finch().on(DISCONNECT, reply);
        let mut browser = Browser::new(&finch);
        browser.connect("code-1").await;
        let list = browser.page("/connections").await;
        let (_, id) = list.split_once("/disconnect?connection=").unwrap();
        let form = format!("connection={}", id.split_once('"').unwrap().0);
        let media_type = "application/x-www-form-urlencoded";
        let request = Request::post("/disconnect").header(CONTENT_TYPE, media_type);
        let response = browser.send(request, form).await;
        let expected = if is_removed { 303 } else { 502 };
        assert_eq!(response.status().as_u16(), expected);
        let list = browser.page("/connections").await;
        assert_eq!(list.contains("has not connected"), is_removed, "{list}");
    }
}
