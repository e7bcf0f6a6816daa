//! No crate logs secrets of a call at any level. This is a separate file because a
//! process has one subscriber.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use finch_api::header::{HeaderName, HeaderValue};
use finch_api::{Client, ClientBuilder, Method, RequestOptions};
use finch_api_tests::{Loopback, Reply, http2, https};
use reqwest::Certificate;
use serde_json::{Value, json};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;

const TOKEN: &str = include_str!("pages/retrieve-access-token.json");

/// Texts that must not be logged: credentials, header values, bodies and queries.
const SECRETS: [&str; 9] = [
    "s3cret-of-client",
    "s3cret-code",
    "s3cret-token",
    // The credentials in basic authentication.
    "NGFiMTVlNTEtMTFhZC00OWY0LWFjYWUtZjM0M2I3Nzk0Mzc1OnMzY3JldC1vZi1jbGllbnQ",
    // The token in the response.
    "7e965183-9332-423c-9259-3edafb332ad2",
    "s3cret-header",
    "s3cret-query",
    "s3cret-body",
    "s3cret-path",
];

/// The log so far.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Returns the log since the last call.
    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn builder(url: String) -> ClientBuilder {
    Client::builder()
        .base_url(url)
        .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
        .client_secret(SECRETS[0])
}

/// Returns the lines of a log that report the end of a call.
fn closed(log: &str) -> Vec<&str> {
    let lines = log.lines().filter(|line| line.contains("close"));
    lines.filter(|line| line.contains("call{")).collect()
}

#[tokio::test]
async fn no_crate_logs_a_secret_at_any_level() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();

    // An exchange that succeeds on the second attempt.
    let echo = format!("{} {}", SECRETS[0], SECRETS[1]);
    let refusal = json!({"name": "rate_limit_exceeded_error", "message": echo}).to_string();
    let headers = [("finch-request-id", echo.as_str()), ("retry-after", "0")];
    let server = Loopback::script([
        Reply::new("429 Too Many Requests", &headers, &refusal),
        Reply::json("200 OK", TOKEN),
    ])
    .await;
    let client = builder(server.url()).build().unwrap();
    client.exchange_code(SECRETS[1]).await.unwrap();
    let exchange = log.take();

    // An exchange over HTTP/2, as Finch uses.
    let http_client = reqwest::Client::builder().http2_prior_knowledge().build();
    let client = builder(http2(TOKEN).await).http_client(http_client.unwrap());
    let client = client.build().unwrap();
    client.exchange_code(SECRETS[1]).await.unwrap();
    let exchange_by_http2 = log.take();

    // An exchange over TLS, as Finch requires.
    let (url, certificate) = https(TOKEN).await;
    let certificate = Certificate::from_der(&certificate).unwrap();
    let http_client = reqwest::Client::builder().tls_certs_only([certificate]);
    let client = builder(url).http_client(http_client.build().unwrap());
    let client = client.build().unwrap();
    client.exchange_code(SECRETS[1]).await.unwrap();
    let exchange_by_tls = log.take();

    // A request with every kind of value. The server refuses it and repeats the values.
    let echo = SECRETS.join(" ");
    let failure = json!({"name": "bad_request", "message": echo}).to_string();
    let server = Loopback::start(Reply::json("400 Bad Request", &failure)).await;
    let name = HeaderName::from_static("x-private");
    let options = RequestOptions::new().header(name, HeaderValue::from_static(SECRETS[5]));
    let client = builder(server.url()).build().unwrap().with_options(options);
    for client in [client.with_access_token(SECRETS[2]).unwrap(), client] {
        let request = client.request(Method::POST, "/s3cret-path");
        let request = request.query(&[("q", SECRETS[6])]).json(SECRETS[7]);
        request.send::<Value>().await.unwrap_err();
    }
    let refused = log.take();

    // A dropped call.
    let server = Loopback::start(Reply::default().wait(Duration::from_secs(60))).await;
    let client = builder(server.url()).build().unwrap();
    let call = client.exchange_code(SECRETS[1]).into_future();
    tokio::time::timeout(Duration::from_millis(50), call)
        .await
        .unwrap_err();
    let dropped = log.take();

    for text in [
        &exchange,
        &exchange_by_http2,
        &exchange_by_tls,
        &refused,
        &dropped,
    ] {
        for secret in SECRETS {
            assert!(!text.contains(secret), "{secret} is in\n{text}");
        }
        // Other crates do log, or this test would prove nothing.
        assert!(
            text.contains("TRACE") && text.contains("hyper_util"),
            "{text}"
        );
    }
    assert!(exchange_by_http2.contains("h2::"), "{exchange_by_http2}");
    assert!(exchange_by_tls.contains("rustls::"), "{exchange_by_tls}");
    // Through the `log` crate.
    assert!(exchange.contains("starting new connection"), "{exchange}");

    let [line] = closed(&exchange)[..] else {
        panic!("{exchange}");
    };
    for part in [
        " INFO ",
        r#"otel.kind="client" otel.name=POST /auth/token operation="create-access-token""#,
        r#"http.request.method="POST" url.template="/auth/token" server.address="127.0.0.1""#,
        r#"deprecated=false http.response.status_code=429 request_id="[REDACTED] [REDACTED]""#,
        "http.request.resend_count=1 http.response.status_code=200",
        r#"request_id="req-1" elapsed_ms="#,
    ] {
        assert!(line.contains(part), "{part} is not in\n{line}");
    }
    // The backoff applies although the server sends 0.
    let again = exchange.split_once("attempt 1 failed, retrying wait_ms=");
    let wait: u64 = again.unwrap().1.lines().next().unwrap().parse().unwrap();
    assert!((500..=1000).contains(&wait), "{wait}");
    let lines = closed(&refused);
    assert_eq!(lines.len(), 2, "{refused}");
    assert!(!lines[0].contains("otel.name"), "{}", lines[0]);
    let span = "deprecated=false http.response.status_code=400";
    assert!(lines[0].contains(span), "{}", lines[0]);
    let [line] = closed(&dropped)[..] else {
        panic!("{dropped}");
    };
    assert!(line.contains("deprecated=false elapsed_ms="), "{line}");
}
