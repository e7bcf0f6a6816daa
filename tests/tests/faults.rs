//! What the client makes of what can go wrong between it and Finch: a row each.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::time::{Duration, Instant};

use finch_api::{Client, ClientBuilder, Error};
use finch_api_tests::{Loopback, Reply};

const TOKEN: &str = include_str!("pages/retrieve-access-token.json");
const INVALID_GRANT: &str =
    r#"{"code": 400, "name": "invalid_grant_error", "message": "The code has expired."}"#;
const INVALID_CLIENT: &str =
    r#"{"code": 401, "name": "invalid_client_error", "message": "Wrong client secret."}"#;
const SERVER_ERROR: &str = r#"{"statusCode": 500, "status": 500, "code": 500, "name": "server_error",
    "finch_code": "internal", "message": "Something went wrong."}"#;
const HTML: &str = "<html><body>Bad gateway</body></html>";
const DEADLINE: Duration = Duration::from_millis(300);

fn builder(url: String) -> ClientBuilder {
    Client::builder()
        .base_url(url)
        .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
        .client_secret("finch-secret-1")
        .deadline(DEADLINE)
}

fn html(status: &str) -> Reply {
    Reply::new(
        status,
        &[("content-type", "text/html; charset=utf-8")],
        HTML,
    )
}

/// A row of the table: what is known of `error`, and how many requests the
/// server saw.
fn row(case: &str, error: &Error, server: &Loopback) -> String {
    let or_none = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let status = error.status().map(|status| status.as_u16().to_string());
    format!(
        "{case:<32} | {:<11} | {:<3} | {:<5} | {:<20} | {:<7} | {}\n    {error}",
        format!("{:?}", error.kind()),
        or_none(status.as_deref()),
        or_none(error.request_id()),
        or_none(error.name()),
        if error.outcome_unknown() {
            "unknown"
        } else {
            "known"
        },
        server.received().len(),
    )
}

async fn fail(case: &str, reply: Reply) -> String {
    let server = Loopback::start(reply).await;
    let client = builder(server.url()).build().unwrap();
    let error = client.exchange_code("code-1").await.unwrap_err();
    row(case, &error, &server)
}

#[tokio::test]
async fn the_table() {
    let half = &TOKEN[..TOKEN.len() / 2];
    let announced = |text| Reply::default().head("200 OK", &[], TOKEN.len()).send(text);
    let trickle = half.chars().take(40).fold(
        Reply::default().head("200 OK", &[], TOKEN.len()),
        |reply, c| reply.send(&c.to_string()).wait(Duration::from_millis(20)),
    );
    let other = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let location = format!("{}/auth/token", other.url());
    let redirect = Reply::new("307 Temporary Redirect", &[("location", &location)], "");
    let rows = [
        fail(
            "400 invalid_grant_error",
            Reply::json("400 Bad Request", INVALID_GRANT),
        )
        .await,
        fail(
            "401 invalid_client_error",
            Reply::json("401 Unauthorized", INVALID_CLIENT),
        )
        .await,
        fail(
            "500 JSON",
            Reply::json("500 Internal Server Error", SERVER_ERROR),
        )
        .await,
        fail("502 HTML", html("502 Bad Gateway")).await,
        fail("200 truncated JSON", Reply::json("200 OK", half)).await,
        fail("200 HTML", html("200 OK")).await,
        fail("200 {}", Reply::json("200 OK", "{}")).await,
        fail("204", Reply::json("204 No Content", "")).await,
        fail("reset before the answer", Reply::default().reset()).await,
        fail("closed before the answer", Reply::default()).await,
        fail("reset within the body", announced(half).reset()).await,
        fail("closed within the body", announced(half)).await,
        fail("no answer", Reply::default().wait(Duration::from_secs(60))).await,
        fail("a body that trickles", trickle).await,
        fail("307 to another port", redirect).await,
    ];
    assert!(other.received().is_empty());
    insta::assert_snapshot!(rows.join("\n"));
}

#[tokio::test]
async fn the_deadline_covers_the_body() {
    let reply = Reply::default()
        .head("200 OK", &[], TOKEN.len())
        .send("{")
        .wait(Duration::from_secs(60));
    let server = Loopback::start(reply).await;
    let start = Instant::now();
    let error = builder(server.url())
        .build()
        .unwrap()
        .exchange_code("code-1")
        .await
        .unwrap_err();
    assert!(error.is_timeout());
    assert!(start.elapsed() >= DEADLINE);
    assert!(start.elapsed() < DEADLINE * 10, "{:?}", start.elapsed());
}

/// What was received of an answer that broke off may hold the token.
#[tokio::test]
async fn what_was_received_is_not_lost() {
    let half = &TOKEN[..TOKEN.len() / 2];
    let announced = || Reply::default().head("200 OK", &[], TOKEN.len()).send(half);
    for reply in [
        announced().reset(),
        announced(),
        announced().wait(Duration::from_secs(60)),
        Reply::json("200 OK", half),
        Reply::json("201 Created", half),
    ] {
        let server = Loopback::start(reply).await;
        let client = builder(server.url()).build().unwrap();
        let error = client.exchange_code("code-1").await.unwrap_err();
        assert_eq!(error.expose_body(), Some(half.as_bytes()), "{error}");
        assert!(error.outcome_unknown(), "{error}");
    }
}

#[tokio::test]
async fn no_connection() {
    let error = builder("http://127.0.0.1:1".to_owned())
        .build()
        .unwrap()
        .exchange_code("code-1")
        .await
        .unwrap_err();
    assert!(error.is_connect());
    assert!(!error.outcome_unknown());
}

/// Connecting has a limit of its own: here to a server that accepts nobody and
/// has no place left for those who wait.
#[tokio::test]
async fn the_time_to_connect_is_limited() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let waiting: Vec<_> = (0..4)
        .map(|_| tokio::spawn(tokio::net::TcpStream::connect(address)))
        .collect();
    tokio::task::yield_now().await;
    let start = Instant::now();
    let error = builder(format!("http://{address}"))
        .deadline(Duration::from_secs(60))
        .connect_timeout(DEADLINE)
        .max_retries(0)
        .build()
        .unwrap()
        .exchange_code("code-1")
        .await
        .unwrap_err();
    assert!(error.is_connect() && error.is_timeout(), "{error:?}");
    assert!(!error.outcome_unknown());
    assert!(start.elapsed() < DEADLINE * 10, "{:?}", start.elapsed());
    drop((listener, waiting));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let location = format!("{}/auth/token", other.url());
    for status in ["308 Permanent Redirect", "302 Found", "303 See Other"] {
        let reply = Reply::new(status, &[("location", &location)], "");
        let row = fail(status, reply).await;
        assert!(row.contains("| Redirect    |"), "{row}");
    }
    assert!(other.received().is_empty());
}

/// A client that somebody else made follows redirects, as reqwest's do by
/// default: what is secret does not go along, and what comes back is refused.
#[tokio::test]
async fn a_redirect_carries_no_secret_whoever_made_the_http_client() {
    let other = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let location = format!("{}/auth/token", other.url());
    for status in [
        "307 Temporary Redirect",
        "308 Permanent Redirect",
        "302 Found",
        "303 See Other",
    ] {
        let server = Loopback::start(Reply::new(status, &[("location", &location)], "")).await;
        let client = builder(server.url())
            .http_client(reqwest::Client::new())
            .build()
            .unwrap();
        let error = client.exchange_code("code-1").await.unwrap_err();
        let row = row(status, &error, &server);
        assert!(row.contains("| Redirect    |"), "{row}");
    }
    for request in other.received() {
        assert_eq!(request.body, "", "{}", request.head);
    }
}

#[tokio::test]
async fn the_size_of_a_body_is_limited_while_it_is_read() {
    // With a length that is announced, and without: the limit holds for both.
    let announced = Reply::json("200 OK", TOKEN);
    let endless = Reply::default()
        .send("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
        .send(TOKEN);
    for reply in [announced, endless] {
        let server = Loopback::start(reply).await;
        let with_limit = |bytes| {
            builder(server.url())
                .max_response_bytes(bytes)
                .build()
                .unwrap()
        };
        let error = with_limit(TOKEN.len() - 1)
            .exchange_code("code-1")
            .await
            .unwrap_err();
        let limit = TOKEN.len() - 1;
        let message = format!(
            "create-access-token: 200 OK: the body of the answer is larger than {limit} bytes"
        );
        assert!(error.to_string().starts_with(&message), "{error}");
        with_limit(TOKEN.len())
            .exchange_code("code-1")
            .await
            .unwrap();
    }
}
