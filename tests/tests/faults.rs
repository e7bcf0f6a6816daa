//! What the client makes of what can go wrong between it and Finch: a row each.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use finch_api::{Client, ClientBuilder, Error, ErrorKind, Method};
use finch_api_tests::{Loopback, Reply, http2};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const TOKEN: &str = include_str!("pages/retrieve-access-token.json");
const INVALID_GRANT: &str =
    r#"{"code": 400, "name": "invalid_grant_error", "message": "The code has expired."}"#;
const INVALID_CLIENT: &str =
    r#"{"code": 401, "name": "invalid_client_error", "message": "Wrong client secret."}"#;
const REAUTHENTICATE: &str = r#"{"code": 401, "name": "authentication_error",
    "finch_code": "reauthenticate_user", "message": "The employer must connect again."}"#;
const RATE_LIMIT: &str = r#"{"code": 429, "name": "rate_limit_exceeded_error",
    "finch_code": "finch_auth_ip_rl", "message": "Too many requests."}"#;
const SERVER_ERROR: &str = r#"{"statusCode": 500, "status": 500, "code": 500, "name": "server_error",
    "finch_code": "internal", "message": "Something went wrong."}"#;
const HTML: &str = "<html><body>Bad gateway</body></html>";
/// As servers and proxies compress: `{}`.
const GZIP: [u8; 22] = [
    31, 139, 8, 0, 0, 0, 0, 0, 0, 255, 171, 174, 5, 0, 67, 191, 166, 163, 2, 0, 0, 0,
];
const SECRETS: [&str; 3] = [
    "finch-secret-1",
    "code-1",
    "7e965183-9332-423c-9259-3edafb332ad2",
];
/// What is waited for where a row is about time.
const DEADLINE: Duration = Duration::from_millis(300);
/// What is waited for elsewhere: for as long as a machine with much to do takes.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a call may take beyond its deadline, on a machine with much to do.
const GRACE: Duration = Duration::from_secs(3);

fn builder(url: String) -> ClientBuilder {
    Client::builder()
        .base_url(url)
        .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
        .client_secret(SECRETS[0])
        .timeout(PATIENCE)
}

fn html(status: &str) -> Reply {
    let headers = [("content-type", "text/html; charset=utf-8")];
    Reply::new(status, &headers, HTML)
}

/// A refusal that says when to come back.
fn refusal(status: &str, retry_after: &str) -> Reply {
    Reply::new(status, &[("retry-after", retry_after)], "")
}

/// A row of the table: what came of a call that began at `start` and had this
/// deadline, and how many requests the server saw.
fn row<T: std::fmt::Debug>(
    case: &str,
    (start, deadline): (Instant, Duration),
    outcome: &Result<T, Error>,
    seen: usize,
) -> String {
    assert!(start.elapsed() < deadline + GRACE, "{case}");
    let error = match outcome {
        Ok(value) => {
            check_printed(&format!("{value:?}{value:#?}"));
            return format!(
                "{case:<32} | ok          |     |       |                           |         | {seen}"
            );
        }
        Err(error) => error,
    };
    let mut shown = format!("{error}{error:?}{error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        shown.push_str(&format!("{cause}{cause:?}"));
        source = cause.source();
    }
    check_printed(&shown);
    let or_none = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let status = error.status().map(|status| status.as_u16().to_string());
    format!(
        "{case:<32} | {:<11} | {:<3} | {:<5} | {:<25} | {:<7} | {seen}\n    {error}",
        format!("{:?}", error.kind()),
        or_none(status.as_deref()),
        or_none(error.request_id()),
        or_none(error.name()),
        match error.outcome_unknown() {
            true => "unknown",
            false => "known",
        },
    )
}

fn check_printed(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{text}");
    }
}

/// The row of an exchange, the one call that must not be made twice.
async fn exchange(case: &str, replies: impl IntoIterator<Item = Reply>) -> String {
    exchange_within(PATIENCE, case, replies).await
}

async fn exchange_within(
    deadline: Duration,
    case: &str,
    replies: impl IntoIterator<Item = Reply>,
) -> String {
    let server = Loopback::script(replies).await;
    let client = builder(server.url()).timeout(deadline).build().unwrap();
    let start = (Instant::now(), deadline);
    let outcome = client.exchange_code(SECRETS[1]).await;
    let seen = server.received().len();
    if let Err(error) = &outcome {
        assert_eq!(error.attempts() as usize, seen, "{case}");
    }
    row(case, start, &outcome, seen).replace(server.address(), "HOST:PORT")
}

/// The row of a request that may be made twice.
async fn read(case: &str, replies: impl IntoIterator<Item = Reply>, max_retries: u32) -> String {
    let server = Loopback::script(replies).await;
    let client = builder(server.url()).max_retries(max_retries);
    let client = client.build().unwrap();
    let start = (Instant::now(), PATIENCE);
    let request = client.request(Method::GET, "/employer/company");
    // Nothing is known of what is secret in it: the caller's to print or not.
    let outcome = request.send_for_bytes().await.map(|_| ());
    row(case, start, &outcome, server.received().len())
}

#[tokio::test]
async fn the_table_of_answers() {
    let rows = [
        exchange(
            "400 invalid_grant_error",
            [Reply::json("400 Bad Request", INVALID_GRANT)],
        )
        .await,
        exchange(
            "401 invalid_client_error",
            [Reply::json("401 Unauthorized", INVALID_CLIENT)],
        )
        .await,
        exchange(
            "401 reauthenticate_user",
            [Reply::json("401 Unauthorized", REAUTHENTICATE)],
        )
        .await,
        exchange("408", [Reply::json("408 Request Timeout", "{}")]).await,
        exchange("409", [Reply::json("409 Conflict", "{}")]).await,
        exchange("425", [Reply::json("425 Too Early", "{}")]).await,
        exchange(
            "500 JSON",
            [Reply::json("500 Internal Server Error", SERVER_ERROR)],
        )
        .await,
        exchange("501", [Reply::json("501 Not Implemented", "{}")]).await,
        exchange("502 HTML", [html("502 Bad Gateway")]).await,
        exchange("999", [Reply::json("999 Denied", "{}")]).await,
        exchange(
            "200 truncated JSON",
            [Reply::json("200 OK", &TOKEN[..TOKEN.len() / 2])],
        )
        .await,
        exchange("200 HTML", [html("200 OK")]).await,
        exchange("200 {}", [Reply::json("200 OK", "{}")]).await,
        exchange("200 null", [Reply::json("200 OK", "null")]).await,
        exchange("200 empty", [Reply::json("200 OK", "")]).await,
        exchange("204", [Reply::json("204 No Content", "")]).await,
        exchange(
            "200 JSON as text",
            [Reply::new(
                "200 OK",
                &[("content-type", "text/plain")],
                TOKEN,
            )],
        )
        .await,
        exchange("200 JSON as nothing", [Reply::new("200 OK", &[], TOKEN)]).await,
        exchange(
            "200 gzip",
            [Reply::default()
                .head("200 OK", &[("content-encoding", "gzip")], GZIP.len())
                .send_often(&GZIP, 1)],
        )
        .await,
    ];
    insta::assert_snapshot!(rows.join("\n"));
}

#[tokio::test]
async fn the_table_of_connections() {
    let half = &TOKEN[..TOKEN.len() / 2];
    let announced = |text| Reply::default().head("200 OK", &[], TOKEN.len()).send(text);
    let refused = |status| {
        let body = &INVALID_GRANT[..INVALID_GRANT.len() - 3];
        let head = Reply::default().head(status, &[], INVALID_GRANT.len());
        head.send(body)
    };
    let trickle = |reply: Reply, text: &str| {
        text.chars().take(40).fold(reply, |reply, c| {
            reply.send(&c.to_string()).wait(Duration::from_millis(20))
        })
    };
    let other = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let location = format!("{}/auth/token", other.url());
    let redirect = |status| Reply::new(status, &[("location", &location)], "");
    let rows = [
        exchange("reset before the answer", [Reply::default().reset()]).await,
        exchange("closed before the answer", [Reply::default()]).await,
        exchange("reset within the body", [announced(half).reset()]).await,
        exchange("closed within the body", [announced(half)]).await,
        exchange_within(
            DEADLINE,
            "no answer",
            [Reply::default().wait(Duration::from_secs(60))],
        )
        .await,
        exchange_within(
            DEADLINE,
            "headers that trickle",
            [trickle(
                Reply::default(),
                "HTTP/1.1 200 OK\r\nserver: a-long-name-of-it",
            )],
        )
        .await,
        exchange_within(
            DEADLINE,
            "a body that trickles",
            [trickle(announced(""), half)],
        )
        .await,
        exchange(
            "not HTTP",
            [Reply::default().send("SSH-2.0-OpenSSH_9.6\r\n\r\n")],
        )
        .await,
        exchange("307 to another port", [redirect("307 Temporary Redirect")]).await,
        exchange("308 to another port", [redirect("308 Permanent Redirect")]).await,
        exchange("302 to another port", [redirect("302 Found")]).await,
        exchange("303 to another port", [redirect("303 See Other")]).await,
        exchange("301 to another port", [redirect("301 Moved Permanently")]).await,
        exchange("300 to another port", [redirect("300 Multiple Choices")]).await,
        exchange("304", [redirect("304 Not Modified")]).await,
        exchange("400 reset within the body", [refused("400").reset()]).await,
        exchange("400 closed within the body", [refused("400")]).await,
        exchange("500 closed within the body", [refused("500")]).await,
        exchange_within(
            DEADLINE,
            "400 with a body that hangs",
            [refused("400").wait(Duration::from_secs(60))],
        )
        .await,
    ];
    assert!(other.received().is_empty());
    insta::assert_snapshot!(rows.join("\n"));
}

#[tokio::test]
async fn the_table_of_what_is_sent_again() {
    const BUSY: &str = "429 Too Many Requests";
    const AWAY: &str = "503 Service Unavailable";
    let ok = || Reply::json("200 OK", TOKEN);
    let soon = || refusal(AWAY, "0");
    let rows = [
        exchange("429, Retry-After 0", [refusal(BUSY, "0")]).await,
        exchange_within(DEADLINE, "429, Retry-After 1", [refusal(BUSY, "1")]).await,
        exchange("429, Retry-After 90", [refusal(BUSY, "90")]).await,
        exchange(
            "429, a date gone by",
            [refusal(BUSY, "Fri, 31 May 2024 12:00:00 GMT")],
        )
        .await,
        exchange_within(DEADLINE, "429, garbage", [refusal(BUSY, "soon")]).await,
        exchange_within(
            DEADLINE,
            "429, a rate limit of Finch's",
            [Reply::json(BUSY, RATE_LIMIT)],
        )
        .await,
        exchange("429, then 200", [refusal(BUSY, "0"), ok()]).await,
        exchange(
            "429, then invalid_grant_error",
            [
                refusal(BUSY, "0"),
                Reply::json("400 Bad Request", INVALID_GRANT),
            ],
        )
        .await,
        exchange("503, then 200", [Reply::json(AWAY, "{}"), ok()]).await,
        exchange("503 with Retry-After, then 200", [soon(), ok()]).await,
        exchange("503 three times, then 200", [soon(), soon(), soon(), ok()]).await,
        exchange(
            "500 with Retry-After, then 200",
            [refusal("500", "0"), ok()],
        )
        .await,
        read(
            "read: 503 three times, then 200",
            [soon(), soon(), soon(), ok()],
            2,
        )
        .await,
        read(
            "read: the same, 3 retries",
            [soon(), soon(), soon(), ok()],
            3,
        )
        .await,
        read("read: 500, then 200", [refusal("500", "0"), ok()], 2).await,
        read("read: 501, then 200", [refusal("501", "0"), ok()], 2).await,
        read(
            "read: x-should-retry: false",
            [
                Reply::new(
                    "503",
                    &[("retry-after", "0"), ("x-should-retry", "false")],
                    "",
                ),
                ok(),
            ],
            2,
        )
        .await,
        read(
            "read: x-should-retry: true",
            [
                Reply::new(
                    "409",
                    &[("retry-after", "0"), ("x-should-retry", "true")],
                    "",
                ),
                ok(),
            ],
            2,
        )
        .await,
    ];
    insta::assert_snapshot!(rows.join("\n"));
}

/// Whatever is wrong elsewhere in the body, the properties that callers decide by are found.
#[tokio::test]
async fn the_table_of_damaged_error_bodies() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let endless = "{\"a\":".repeat(1_000_000);
    let body = |other: &str| {
        let other = other.as_bytes();
        let start = br#"{"code": 400, "x": "#;
        let end = br#", "name": "invalid_grant_error", "finch_code": "a", "message": "b"}"#;
        [&start[..], other, end].concat()
    };
    let whole = body("1");
    let utf_16: Vec<u8> = String::from_utf8(whole.clone())
        .unwrap()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let cases: [(&str, Vec<u8>, bool); 15] = [
        ("nothing", whole.clone(), true),
        ("a BOM", [b"\xef\xbb\xbf", &whole[..]].concat(), true),
        (
            "a BOM and space",
            [b"\xef\xbb\xbf\n ", &whole[..]].concat(),
            true,
        ),
        (
            "Latin-1",
            [&whole[..whole.len() - 3], b"caf\xe9\"}"].concat(),
            true,
        ),
        ("a large number", body("1e999"), true),
        ("a deep value", body(&deep), true),
        ("half a surrogate", body(r#""\ud800""#), true),
        ("a control character", body("\"\n\""), true),
        ("no value", body(""), true),
        ("not JSON", body("undefined"), true),
        ("cut off", whole[..whole.len() - 2].to_vec(), true),
        (
            "cut off, deep",
            [&whole[..whole.len() - 1], b", \"y\": ", endless.as_bytes()].concat(),
            true,
        ),
        ("more behind", [&whole[..], b"<html>"].concat(), true),
        // JSON is UTF-8, and a nested object describes something else.
        ("UTF-16", [b"\xff\xfe", &utf_16[..]].concat(), false),
        (
            "below the top",
            [b"{\"error\": ", &whole[..], b"}"].concat(),
            false,
        ),
    ];
    for (case, body, is_found) in cases {
        let reply = Reply::default().head("400 Bad Request", &[], body.len());
        let server = Loopback::start(reply.send_often(&body, 1)).await;
        let client = builder(server.url()).build().unwrap();
        let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
        assert_eq!(error.is_invalid_grant(), is_found, "{case}: {error}");
        let expected = is_found.then_some("invalid_grant_error");
        assert_eq!(error.name(), expected, "{case}");
        assert_eq!(error.finch_code(), is_found.then_some("a"), "{case}");
        assert_eq!(
            error.message().is_some() || case == "cut off",
            is_found,
            "{case}"
        );
        assert!(error.to_string().len() <= 1000, "{case}");
        assert_eq!(error.expose_body(), Some(&body[..]), "{case}");
    }
}

/// An error of `Client::request` names the method and the path, without ids or a query.
#[tokio::test]
async fn the_table_of_own_requests() {
    let server = Loopback::start(Reply::json("404 Not Found", "{}")).await;
    let client = builder(server.url()).max_retries(0).build().unwrap();
    let nobody = builder("http://127.0.0.1:1".to_owned()).max_retries(0);
    let nobody = nobody.build().unwrap();
    for (client, method, path, name) in [
        (
            &client,
            Method::GET,
            "/employer/directory",
            "GET /employer/directory: 404 Not Found",
        ),
        (
            &client,
            Method::POST,
            "/employer/individual",
            "POST /employer/individual: 404",
        ),
        (
            &client,
            Method::GET,
            "/jobs/5f3c9a7e-1/x?ssn=1",
            "GET /jobs/*/x: 404",
        ),
        (
            &client,
            Method::GET,
            "/a/finch-secret-/é",
            "GET /a/finch-secret-/*: 404",
        ),
        (
            &client,
            Method::GET,
            "/b/finch-secret-1",
            "GET /b/[REDACTED]: 404",
        ),
        (
            &nobody,
            Method::GET,
            "/employer/company",
            "GET /employer/company: no connection to",
        ),
        // Not sent.
        (&client, Method::GET, "/../employer", "GET /*/employer: "),
    ] {
        let request = client.request(method, path).query(&[("limit", SECRETS[1])]);
        let error = request.send::<serde_json::Value>().await.unwrap_err();
        assert!(error.to_string().starts_with(name), "{error}");
        check_printed(&error.to_string());
    }
    let server = Loopback::start(Reply::json("200 OK", "{")).await;
    let client = builder(server.url()).build().unwrap();
    let request = client.request(Method::GET, "/employer/company");
    let error = request.send::<serde_json::Value>().await.unwrap_err();
    let expected = "GET /employer/company: 200 OK: the body ends too early, request req-1";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn a_response_without_a_body_is_the_unit() {
    let server = Loopback::start(Reply::new("204 No Content", &[], "")).await;
    let client = builder(server.url()).build().unwrap();
    let request = || client.request(Method::DELETE, "/disconnect");
    let response = request().send::<()>().await.unwrap();
    assert_eq!(response.status(), 204);
    request().send::<Option<String>>().await.unwrap();
    request().send::<String>().await.unwrap_err();
}

/// A token that was issued is given out, however the exchange fails.
#[tokio::test]
async fn the_table_of_tokens_that_arrived() {
    let with = |rest: &str| format!(r#"{{"access_token": "{}"{rest}"#, SECRETS[2]);
    let ok = |body: &str| Reply::json("200 OK", body);
    let broken = |body: &str| Reply::default().head("200 OK", &[], 1000).send(body);
    let deep = format!(", \"x\": {}", "[".repeat(300_000));
    let other = SECRETS[2].replace('7', "8");
    let escaped = with("}")
        .replace("access_token", r"access\u005ftoken")
        .replace('-', r"\u002d");
    let found = [
        ok(&with("")),
        ok(&with(", \"client_type\": ")),
        ok(&with("}")),
        ok(&with(", \"entity_ids\": 1}")),
        ok(&with(", \"x\": 1e999")),
        ok(&with(&deep)),
        ok(&with("} and more")),
        ok(&with(&format!(", \"access_token\": \"{}\"", SECRETS[2]))),
        ok(&with(", \"access_token\": \"8")),
        ok(&format!(
            "{{\"x\": {{\"access_token\": \"{other}\"}}, {}",
            &with("")[1..]
        )),
        ok(&format!("\u{feff}{}", with(""))),
        ok(&escaped),
        Reply::json("201 Created", &with("")),
        Reply::json("202 Accepted", &with("}")),
        broken(&with("")),
        broken(&with("")).reset(),
        broken(&with("")).wait(Duration::from_secs(60)),
    ];
    let long = with(&format!(", \"x\": \"{}\"}}", "a".repeat(10_000)));
    let not_found = [
        ok("{}"),
        ok(""),
        ok("<html>"),
        ok(&with("")[..30]),
        ok(&format!("{{\"x\": {}", with("}}"))),
        ok(&with(&format!(", \"access_token\": \"{other}\""))),
        ok(r#"{"access_token": null}"#),
        ok(r#"{"access_token": ""}"#),
        ok(r#"{"access_token": "\ud800"}"#),
        // Over the limit below.
        ok(&long),
        // Not a success.
        Reply::json("400 Bad Request", &with("}")),
        Reply::json("302 Found", &with("}")),
        Reply::json("500 Internal Server Error", &with("}")),
    ];
    let replies = found.into_iter().map(|reply| (reply, true));
    let replies = replies.chain(not_found.into_iter().map(|reply| (reply, false)));
    for (index, (reply, is_found)) in replies.enumerate() {
        let server = Loopback::start(reply).await;
        let client = builder(server.url()).timeout(2 * DEADLINE);
        let limit = if is_found { 1_000_000 } else { 5000 };
        let client = client.max_response_bytes(limit).build().unwrap();
        let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
        let token = error.access_token().map(finch_api::Secret::expose_secret);
        assert_eq!(token, is_found.then_some(SECRETS[2]), "{index}: {error}");
        check_printed(&format!("{error}{error:?}{error:#?}"));

        // As a request without an operation; any other is not an exchange.
        let post = client.request(Method::POST, "/auth/token");
        let error = post.send::<Vec<u8>>().await.unwrap_err();
        assert_eq!(error.access_token().is_some(), is_found, "{index}: {error}");
        let get = client.request(Method::GET, "/introspect").send::<Vec<u8>>();
        assert!(get.await.unwrap_err().access_token().is_none());
    }
}

/// A resolver that knows no name, as one is without a network.
struct NoNames;

impl reqwest::dns::Resolve for NoNames {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async { Err("no such name".into()) })
    }
}

#[tokio::test]
async fn the_table_of_no_connections() {
    let exchange = |case, client: ClientBuilder| async move {
        let client = client.max_retries(0).build().unwrap();
        let start = (Instant::now(), PATIENCE);
        let outcome = client.exchange_code(SECRETS[1]).await;
        let error = outcome.as_ref().unwrap_err();
        assert!(error.is_connect() && !error.outcome_unknown(), "{error}");
        row(case, start, &outcome, 0)
    };
    let plain = plain().await;
    let port = plain.rsplit(':').next().unwrap().to_owned();
    let no_names = reqwest::Client::builder().dns_resolver(NoNames).build();
    let no_names = builder("https://api.example.com".to_owned()).http_client(no_names.unwrap());
    let rows = [
        exchange(
            "connection refused",
            builder("http://127.0.0.1:1".to_owned()),
        )
        .await,
        exchange("DNS failure", no_names).await,
        exchange("TLS to a plain port", builder(format!("https://{plain}"))).await,
    ];
    insta::assert_snapshot!(rows.join("\n").replace(&port, "PORT"));
}

/// One line says where, why and how often.
#[tokio::test]
async fn a_connection_that_is_refused_is_explained_in_one_line() {
    let client = builder("http://127.0.0.1:1".to_owned()).build().unwrap();
    let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
    let expected =
        "create-access-token: no connection to 127.0.0.1:1: connection refused, 3 attempts";
    assert_eq!(error.to_string(), expected);
}

/// The address of a server that answers whatever it is sent in plain HTTP.
async fn plain() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _gone = stream.read(&mut [0; 64]).await;
            let _gone = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    address
}

/// Whatever the server says, the wait is one that can be added to any clock.
#[tokio::test]
async fn a_wait_is_at_most_a_day() {
    for text in [
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "99999999999999999999999",
        "86401",
        "1e400",
    ] {
        let server = Loopback::start(refusal("429 Too Many Requests", text)).await;
        let client = builder(server.url()).build().unwrap();
        let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
        assert_eq!(
            error.retry_after(),
            Some(Duration::from_secs(86_400)),
            "{error}"
        );
        let _no_panic = Instant::now() + error.retry_after().unwrap();
        assert_eq!(server.received().len(), 1);
    }
}

/// Three requests within milliseconds may cost a penalty of an hour.
#[tokio::test]
async fn a_server_that_says_0_is_asked_after_the_backoff() {
    for text in ["0", "Fri, 31 May 2024 12:00:00 GMT"] {
        let server = Loopback::start(refusal("429 Too Many Requests", text)).await;
        let client = builder(server.url()).build().unwrap();
        let start = Instant::now();
        client.exchange_code(SECRETS[1]).await.unwrap_err();
        assert!(start.elapsed() >= Duration::from_millis(1500), "{text}");
        assert_eq!(server.received().len(), 3);
    }
}

/// The server's clock is an hour behind ours, or ahead of it.
#[tokio::test]
async fn a_date_counts_from_the_servers_clock() {
    for date in [
        "Fri, 31 May 2024 12:00:00 GMT",
        "Fri, 31 Dec 2100 12:00:00 GMT",
    ] {
        let after = date.replace("12:00:00", "12:01:30");
        let headers = [("date", date), ("retry-after", &after)];
        let server = Loopback::start(Reply::new("429 Too Many Requests", &headers, "")).await;
        let client = builder(server.url()).build().unwrap();
        let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(90)));
        assert_eq!(server.received().len(), 1);
    }
}

#[tokio::test]
async fn the_first_failure_is_not_hidden_by_the_last() {
    let server = Loopback::script([
        refusal("429 Too Many Requests", "0"),
        Reply::json("400 Bad Request", INVALID_GRANT),
    ])
    .await;
    let client = builder(server.url()).build().unwrap();
    let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
    assert!(error.is_invalid_grant(), "{error}");
    let first = std::error::Error::source(&error).unwrap();
    let first: &Error = first.downcast_ref().unwrap();
    assert!(first.is_rate_limited(), "{first}");
}

/// A connection that the server closed while nobody used it is not used again.
#[tokio::test]
async fn an_idle_connection_that_was_closed_is_no_failure() {
    let server = Loopback::start(Reply::json("200 OK", TOKEN).keep()).await;
    let client = builder(server.url()).build().unwrap();
    for _ in 0..3 {
        client.exchange_code(SECRETS[1]).await.unwrap();
        client.exchange_code(SECRETS[1]).await.unwrap();
        server.close_idle();
        // Until all are told, who is told, and who of those must be told in turn.
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    assert_eq!(server.connections(), 3);
    assert_eq!(server.received().len(), 6);
}

#[tokio::test]
async fn a_thousand_calls_at_once() {
    let http2_client = reqwest::Client::builder().http2_prior_knowledge().build();
    let http2_client = builder(http2(TOKEN).await).http_client(http2_client.unwrap());
    let server = Loopback::start(Reply::json("200 OK", TOKEN).keep()).await;
    // Connections of HTTP/1.1 are files, of which not every process may have a
    // thousand: those that are open at a time are a fifth of it.
    for (client, rounds) in [(http2_client, 1), (builder(server.url()), 5)] {
        let client = client.timeout(Duration::from_secs(60)).build().unwrap();
        for round in 0..rounds {
            let calls: Vec<_> = (0..1000 / rounds)
                .map(|call| {
                    let client = client.clone();
                    let code = format!("code-{round}-{call}");
                    tokio::spawn(async move { client.exchange_code(code).await })
                })
                .collect();
            for call in calls {
                let token = call.await.unwrap().unwrap();
                assert_eq!(token.access_token.expose_secret(), SECRETS[2]);
            }
        }
    }
    let bodies = server.received().into_iter().map(|request| request.body);
    assert_eq!(bodies.collect::<BTreeSet<_>>().len(), 1000);
}

/// Not the request, where it is dropped before it is awaited; and not the next
/// one, where it is dropped while it waits for its time.
#[tokio::test]
async fn nothing_more_is_sent_of_a_call_that_is_dropped() {
    let refused = Reply::new("429 Too Many Requests", &[("retry-after-ms", "400")], "");
    let server = Loopback::start(refused).await;
    let client = builder(server.url()).build().unwrap();
    drop(client.exchange_code(SECRETS[1]).into_future());
    let is_sent = async {
        while server.received().is_empty() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        outcome = client.exchange_code(SECRETS[1]).into_future() => panic!("{outcome:?}"),
        () = is_sent => {}
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(server.received().len(), 1);
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
        .timeout(DEADLINE)
        .build()
        .unwrap()
        .exchange_code("code-1")
        .await
        .unwrap_err();
    assert!(error.is_timeout());
    assert!(start.elapsed() >= DEADLINE);
    assert!(start.elapsed() < DEADLINE + GRACE, "{:?}", start.elapsed());
}

/// What was received of an answer that broke off may hold the token.
#[tokio::test]
async fn what_was_received_is_not_lost() {
    let half = &TOKEN[..TOKEN.len() / 2];
    let announced = || Reply::default().head("200 OK", &[], TOKEN.len()).send(half);
    for (deadline, reply) in [
        (PATIENCE, announced().reset()),
        (PATIENCE, announced()),
        (DEADLINE, announced().wait(Duration::from_secs(60))),
        (PATIENCE, Reply::json("200 OK", half)),
        (PATIENCE, Reply::json("201 Created", half)),
    ] {
        let server = Loopback::start(reply).await;
        let client = builder(server.url()).timeout(deadline).build().unwrap();
        let error = client.exchange_code("code-1").await.unwrap_err();
        assert_eq!(error.expose_body(), Some(half.as_bytes()), "{error}");
        assert!(error.outcome_unknown(), "{error}");
    }
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
        .timeout(Duration::from_secs(60))
        .connect_timeout(DEADLINE)
        .max_retries(0)
        .build()
        .unwrap()
        .exchange_code("code-1")
        .await
        .unwrap_err();
    assert!(error.is_connect() && error.is_timeout(), "{error:?}");
    assert!(!error.outcome_unknown());
    assert!(start.elapsed() < DEADLINE + GRACE, "{:?}", start.elapsed());
    drop((listener, waiting));
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
        assert_eq!(error.kind(), ErrorKind::Redirect, "{error}");
        let is_followed = status.starts_with("302") || status.starts_with("303");
        assert_eq!(error.outcome_unknown(), is_followed, "{error}");
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
        let message =
            format!("create-access-token: 200 OK: the response body is larger than {limit} bytes");
        assert!(error.to_string().starts_with(&message), "{error}");
        with_limit(TOKEN.len())
            .exchange_code("code-1")
            .await
            .unwrap();
    }
}
