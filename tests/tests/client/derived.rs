//! Tests derived clients, and requests to endpoints that the document does not have.

use std::time::Duration;

use finch_api::header::{ACCEPT, AUTHORIZATION, ETAG, HeaderName, HeaderValue};
use finch_api::{Client, ErrorKind, Method, RequestOptions, StatusCode};
use finch_api_tests::{Loopback, Received, Reply};
use serde_json::{Value, json};

const TOKEN: &str = include_str!("../pages/retrieve-access-token.json");

fn client(server: &Loopback) -> Client {
    Client::builder()
        .base_url(server.url())
        .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
        .client_secret("finch-secret-1")
        .build()
        .unwrap()
}

/// Returns the header `name` of `request`.
fn header<'a>(request: &'a Received, name: &str) -> Option<&'a str> {
    let lines = request
        .head
        .lines()
        .filter_map(|line| line.split_once(": "));
    let mut values = lines.filter(|(found, _)| found.eq_ignore_ascii_case(name));
    let value = values.next()?.1;
    assert_eq!(values.next(), None, "{name} is sent once");
    Some(value)
}

fn last(server: &Loopback) -> Received {
    server.received().pop().unwrap()
}

#[tokio::test]
async fn clients_share_connections_but_not_tokens() {
    let server = Loopback::start(Reply::json("200 OK", "{}").keep()).await;
    let application = client(&server);
    let companies =
        ["token-1", "token-2"].map(|token| application.with_access_token(token).unwrap());
    for (client, expected) in [
        (&companies[0], "Bearer token-1"),
        (&companies[1], "Bearer token-2"),
        (&companies[0], "Bearer token-1"),
        // The client has no token, so it sends its id and secret.
        (
            &application,
            "Basic NGFiMTVlNTEtMTFhZC00OWY0LWFjYWUtZjM0M2I3Nzk0Mzc1OmZpbmNoLXNlY3JldC0x",
        ),
    ] {
        let request = client.request(Method::GET, "/employer/company");
        request.send::<Value>().await.unwrap();
        assert_eq!(header(&last(&server), "authorization"), Some(expected));
    }
    assert_eq!(server.connections(), 1);
    let anonymous = Client::builder().base_url(server.url()).build().unwrap();
    let request = anonymous.request(Method::GET, "/health");
    request.send::<Value>().await.unwrap();
    assert_eq!(header(&last(&server), "authorization"), None);
}

#[tokio::test]
async fn options_apply_to_the_derived_client() {
    let server = Loopback::script([
        Reply::json("200 OK", TOKEN),
        Reply::json("200 OK", TOKEN),
        Reply::default().wait(Duration::from_secs(60)),
    ])
    .await;
    let client = client(&server);
    let trace = HeaderName::from_static("x-trace");
    let options = RequestOptions::new()
        .timeout(Duration::from_millis(500))
        .header(trace, HeaderValue::from_static("trace-1"))
        .header(
            ACCEPT,
            HeaderValue::from_static("application/vnd.finch+json"),
        );
    assert!(!format!("{options:?}").contains("trace-1"), "{options:?}");
    let with_options = client.with_options(options);
    assert!(!format!("{with_options:?}").contains("trace-1"));
    assert!(format!("{with_options:?}").contains("x-trace"));

    with_options.exchange_code("code-1").await.unwrap();
    let request = last(&server);
    assert_eq!(header(&request, "x-trace"), Some("trace-1"));
    assert_eq!(
        header(&request, "accept"),
        Some("application/vnd.finch+json")
    );

    client.exchange_code("code-1").await.unwrap();
    let request = last(&server);
    assert_eq!(header(&request, "x-trace"), None);
    assert_eq!(header(&request, "accept"), Some("application/json"));

    let error = with_options.exchange_code("code-1").await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
}

/// A header of a request, or of a client with options, is sent once.
#[tokio::test]
async fn request_header_replaces_client_header() {
    let server = Loopback::start(Reply::json("200 OK", "{}")).await;
    let client = client(&server);
    let headers = [
        (HeaderName::from_static("finch-api-version"), "2026-01-01"),
        (AUTHORIZATION, "Bearer of-the-caller"),
        (ACCEPT, "text/csv"),
    ];
    let mut request = client.request(Method::GET, "/a");
    let mut options = RequestOptions::new();
    for (name, value) in headers.clone() {
        let value = HeaderValue::from_static(value);
        request = request.header(name.clone(), value.clone());
        options = options.header(name, value);
    }
    request.send_for_bytes().await.unwrap();
    let with_options = client.with_options(options);
    let request = with_options.request(Method::GET, "/a");
    request.send_for_bytes().await.unwrap();
    for received in server.received() {
        for (name, value) in &headers {
            assert_eq!(header(&received, name.as_str()), Some(*value));
        }
    }
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn retries_can_be_set_for_one_call() {
    let refused = Reply::new("429 Too Many Requests", &[("retry-after", "0")], "");
    let server = Loopback::start(refused).await;
    let client = client(&server);
    for (client, attempts) in [
        (client.with_options(RequestOptions::new().max_retries(0)), 1),
        (client.with_options(RequestOptions::new().max_retries(1)), 2),
        (client, 3),
    ] {
        let before = server.received().len();
        let error = client.exchange_code("code-1").await.unwrap_err();
        assert!(error.is_rate_limited(), "{error}");
        assert_eq!(error.attempts(), attempts);
        assert_eq!(server.received().len() - before, attempts as usize);
    }
    // The complete request each time.
    for request in server.received() {
        assert_eq!(request.body, server.received()[0].body);
        assert_eq!(request.head, server.received()[0].head);
    }
}

#[tokio::test]
async fn undocumented_endpoint_can_be_called() {
    let reply = Reply::new("201 Created", &[("etag", "1")], r#"{"id": 7}"#);
    let server = Loopback::start(reply).await;
    let client = client(&server).with_access_token("token-1").unwrap();
    let response = client
        .request(Method::POST, "/a/b%2Fc?d=e")
        .query(&[("f", "g h")])
        .header(ETAG, HeaderValue::from_static("2"))
        .json(&json!({"name": "n"}))
        .send::<Value>()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.headers()[ETAG], "1");
    assert_eq!(response.into_inner(), json!({"id": 7}));
    let request = last(&server);
    let line = request.head.lines().next();
    assert_eq!(line, Some("POST /a/b%2Fc?d=e&f=g+h HTTP/1.1"));
    assert_eq!(request.body, r#"{"name":"n"}"#);
    assert_eq!(header(&request, "authorization"), Some("Bearer token-1"));
    assert_eq!(header(&request, "finch-api-version"), Some("2020-09-17"));
    assert_eq!(header(&request, "content-type"), Some("application/json"));
    assert_eq!(header(&request, "accept"), Some("application/json"));
    assert_eq!(header(&request, "etag"), Some("2"));

    let request = client.request(Method::DELETE, "/a").send_for_bytes().await;
    assert_eq!(request.unwrap().into_inner(), r#"{"id": 7}"#);
}

#[tokio::test]
async fn undocumented_endpoint_fails_with_the_same_errors() {
    let failure = r#"{"name": "not_found_error", "finch_code": "individual_not_found"}"#;
    let server = Loopback::script([
        Reply::json("404 Not Found", failure),
        Reply::json("200 OK", "<html>"),
        Reply::new("302 Found", &[("location", "/b")], ""),
    ])
    .await;
    let client = client(&server);
    let call = || client.request(Method::GET, "/a").send::<Value>();
    let error = call().await.unwrap_err();
    assert_eq!(error.finch_code(), Some("individual_not_found"));
    assert_eq!(error.request_id(), Some("req-1"));
    assert!(
        error.to_string().starts_with("GET /a: 404 Not Found"),
        "{error}"
    );
    assert_eq!(call().await.unwrap_err().kind(), ErrorKind::Decode);
    assert_eq!(call().await.unwrap_err().kind(), ErrorKind::Redirect);
    assert_eq!(server.received().len(), 3);
}

/// The method decides, or the caller: Finch has read-only POST requests.
#[tokio::test]
async fn undocumented_request_is_retried_if_safe() {
    let server = Loopback::start(Reply::new("500", &[("retry-after", "0")], "")).await;
    let client = client(&server);
    let get = client.request(Method::GET, "/a");
    let post = || client.request(Method::POST, "/a").json(&json!({"a": 1}));
    for (request, attempts) in [
        (get, 3),
        (post(), 1),
        (post().idempotent(true), 3),
        (client.request(Method::PUT, "/a").idempotent(false), 1),
    ] {
        let error = request.send::<Value>().await.unwrap_err();
        assert_eq!(error.attempts(), attempts, "{error}");
    }
}

#[tokio::test]
async fn path_outside_of_the_base_url_is_not_sent() {
    let server = Loopback::start(Reply::json("200 OK", "{}")).await;
    let other = Loopback::start(Reply::json("200 OK", "{}")).await;
    let client = client(&server).with_access_token("token-1").unwrap();
    for path in [
        format!("//{}/a", other.address()),
        other.url(),
        format!("@{}/", other.address()),
        "/a/../../b".to_owned(),
        "/%2e%2e/b".to_owned(),
        "a".to_owned(),
    ] {
        let error = client.request(Method::GET, &path).send::<Value>().await;
        assert_eq!(
            error.unwrap_err().kind(),
            ErrorKind::InvalidRequest,
            "{path}"
        );
    }
    assert_eq!(server.received().len() + other.received().len(), 0);
}

/// Its own message may quote a secret.
struct Refused;

impl serde::Serialize for Refused {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("s3cret"))
    }
}

/// JSON would have null for a number that is not finite.
#[tokio::test]
async fn value_that_cannot_be_represented_is_not_sent() {
    let server = Loopback::start(Reply::json("200 OK", "{}")).await;
    let client = client(&server);
    let request = || client.request(Method::POST, "/a");
    for request in [
        request().json(&[f64::NAN]),
        request().json(&Refused),
        request().query(&[("q", f64::INFINITY)]),
        request().query(&[("q", Refused)]),
    ] {
        let error = request.send::<Value>().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains("cannot represent"), "{error}");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    }
    assert!(server.received().is_empty());
}

#[test]
fn debug_of_a_request_prints_only_the_method() {
    let client = Client::builder().build().unwrap();
    let request = client
        .request(Method::POST, "/s3cret?s3cret")
        .header(AUTHORIZATION, HeaderValue::from_static("s3cret"))
        .json("s3cret");
    assert_eq!(format!("{request:?}"), "Request { method: POST, .. }");
}
