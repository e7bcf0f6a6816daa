//! Tables of failures between the client and Finch, with the error that the client
//! returns. Each row runs over a socket, and over the fake transport if the fake supports
//! it.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::collections::BTreeSet;
use std::fmt;
use std::time::{Duration, Instant};

mod servers;

use finch_api::testing::{self, FakeTransport};
use finch_api::{Client, ClientBuilder, Error, ErrorKind, Method};
use finch_api_tests::{Loopback, Reply, http2};
use servers::{Server, over_both};
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
/// `{}`, compressed with gzip.
const GZIP: [u8; 22] = [
    31, 139, 8, 0, 0, 0, 0, 0, 0, 255, 171, 174, 5, 0, 67, 191, 166, 163, 2, 0, 0, 0,
];
const SECRETS: [&str; 3] = [
    "finch-secret-1",
    "code-1",
    "7e965183-9332-423c-9259-3edafb332ad2",
];
/// The deadline for rows that test time limits.
const DEADLINE: Duration = Duration::from_millis(300);
/// The deadline for other rows, long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// How far a call may exceed its deadline on a busy machine.
const GRACE: Duration = Duration::from_secs(3);

fn builder() -> ClientBuilder {
    Client::builder()
        .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
        .client_secret(SECRETS[0])
        .timeout(PATIENCE)
}

/// Returns a client for `server`.
fn client(server: &Server) -> Client {
    server.take(builder()).build().unwrap()
}

fn html(status: &str) -> Reply {
    let headers = [("content-type", "text/html; charset=utf-8")];
    Reply::new(status, &headers, HTML)
}

/// Returns a refusal with `Retry-After`.
fn refusal(status: &str, retry_after: &str) -> Reply {
    Reply::new(status, &[("retry-after", retry_after)], "")
}

/// A case of a table: a call, and the replies of the server.
struct Case {
    name: &'static str,
    call: Call,
    deadline: Duration,
    replies: Vec<Reply>,
}

enum Call {
    /// The exchange, which is not idempotent.
    Exchange,
    /// An idempotent call.
    Read { max_retries: u32 },
}

fn exchange(name: &'static str, replies: impl Into<Vec<Reply>>) -> Case {
    exchange_within(PATIENCE, name, replies)
}

fn exchange_within(deadline: Duration, name: &'static str, replies: impl Into<Vec<Reply>>) -> Case {
    Case {
        name,
        call: Call::Exchange,
        deadline,
        replies: replies.into(),
    }
}

fn read(name: &'static str, replies: impl Into<Vec<Reply>>, max_retries: u32) -> Case {
    Case {
        call: Call::Read { max_retries },
        ..exchange(name, replies)
    }
}

impl Case {
    /// Makes the call and returns its row.
    async fn run(&self, server: Server) -> Row {
        let client = server.take(builder()).timeout(self.deadline);
        let start = Instant::now();
        let outcome = match self.call {
            Call::Exchange => {
                let client = client.build().unwrap();
                let outcome = client.exchange_code(SECRETS[1]).await;
                if let Err(error) = &outcome {
                    assert_eq!(
                        error.attempts() as usize,
                        server.received(),
                        "{}",
                        self.name
                    );
                }
                outcome.map(|token| check_printed(&format!("{token:?}{token:#?}")))
            }
            Call::Read { max_retries } => {
                let client = client.max_retries(max_retries).build().unwrap();
                let request = client.request(Method::GET, "/employer/company");
                request.send_for_bytes().await.map(|_| ())
            }
        };
        assert!(start.elapsed() < self.deadline + GRACE, "{}", self.name);
        let row = Row::new(self.name, outcome, server.received());
        row.replace(server.address(), "HOST:PORT")
    }
}

/// Runs `cases` over sockets and returns the table. Checks that the fake transport
/// agrees.
async fn table(cases: impl IntoIterator<Item = Case>) -> String {
    let cases: Vec<Case> = cases.into_iter().collect();
    let mut rows = Vec::new();
    for case in &cases {
        rows.push(case.run(Server::socket(case.replies.clone()).await).await);
    }
    tokio::time::pause();
    let mut fakes = 0;
    for (case, real) in cases.iter().zip(&rows) {
        if let Some(fake) = Server::fake(case.replies.clone()) {
            real.check(&case.run(fake).await);
            fakes += 1;
        }
    }
    // Replies that are not HTTP have no fake.
    assert!(fakes + 2 >= cases.len());
    let rows: Vec<String> = rows.iter().map(Row::to_string).collect();
    rows.join("\n")
}

/// A row of a table: the outcome of a call.
struct Row {
    /// Everything that a program can react to, and the number of requests that the server
    /// received.
    decisions: String,
    /// The text of the error.
    text: Option<String>,
}

impl Row {
    fn new(case: &str, outcome: Result<(), Error>, seen: usize) -> Self {
        let Err(error) = outcome else {
            let nothing = "|     |       |                           |         |";
            return Self {
                decisions: format!("{case:<32} | ok          {nothing} {seen}"),
                text: None,
            };
        };
        let mut shown = format!("{error}{error:?}{error:#?}");
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            shown.push_str(&format!("{cause}{cause:?}"));
            source = cause.source();
        }
        check_printed(&shown);
        let or_none = |text: Option<&str>| text.unwrap_or("-").to_owned();
        let status = error.status().map(|status| status.as_u16().to_string());
        let outcome = match error.outcome_unknown() {
            true => "unknown",
            false => "known",
        };
        Self {
            decisions: format!(
                "{case:<32} | {:<11} | {:<3} | {:<5} | {:<25} | {outcome:<7} | {seen}",
                format!("{:?}", error.kind()),
                or_none(status.as_deref()),
                or_none(error.request_id()),
                or_none(error.name()),
            ),
            text: Some(error.to_string()),
        }
    }

    fn replace(mut self, from: &str, to: &str) -> Self {
        self.text = self.text.map(|text| text.replace(from, to));
        self
    }

    /// Checks the row of the same case over the fake transport. The fake always resets a
    /// broken connection.
    fn check(&self, fake: &Self) {
        let text = |row: &Self| row.text.clone().unwrap_or_default();
        assert_eq!(fake.decisions, self.decisions);
        match text(fake).strip_suffix("connection reset") {
            Some(text_of_fake) => assert!(text(self).starts_with(text_of_fake), "{self}"),
            None => assert_eq!(text(fake), text(self)),
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.decisions)?;
        self.text
            .iter()
            .try_for_each(|text| write!(f, "\n    {text}"))
    }
}

fn check_printed(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn table_of_responses() {
    let cases = [
        exchange(
            "400 invalid_grant_error",
            [Reply::json("400 Bad Request", INVALID_GRANT)],
        ),
        exchange(
            "401 invalid_client_error",
            [Reply::json("401 Unauthorized", INVALID_CLIENT)],
        ),
        exchange(
            "401 reauthenticate_user",
            [Reply::json("401 Unauthorized", REAUTHENTICATE)],
        ),
        exchange("408", [Reply::json("408 Request Timeout", "{}")]),
        exchange("409", [Reply::json("409 Conflict", "{}")]),
        exchange("425", [Reply::json("425 Too Early", "{}")]),
        exchange(
            "500 JSON",
            [Reply::json("500 Internal Server Error", SERVER_ERROR)],
        ),
        exchange("501", [Reply::json("501 Not Implemented", "{}")]),
        exchange("502 HTML", [html("502 Bad Gateway")]),
        exchange("999", [Reply::json("999 Denied", "{}")]),
        exchange(
            "200 truncated JSON",
            [Reply::json("200 OK", &TOKEN[..TOKEN.len() / 2])],
        ),
        exchange("200 HTML", [html("200 OK")]),
        exchange("200 {}", [Reply::json("200 OK", "{}")]),
        exchange("200 null", [Reply::json("200 OK", "null")]),
        exchange("200 empty", [Reply::json("200 OK", "")]),
        exchange("204", [Reply::json("204 No Content", "")]),
        exchange(
            "200 JSON as text",
            [Reply::new(
                "200 OK",
                &[("content-type", "text/plain")],
                TOKEN,
            )],
        ),
        exchange("200 JSON as nothing", [Reply::new("200 OK", &[], TOKEN)]),
        exchange(
            "200 gzip",
            [Reply::default()
                .head("200 OK", &[("content-encoding", "gzip")], GZIP.len())
                .send_often(&GZIP, 1)],
        ),
    ];
    insta::assert_snapshot!(table(cases).await);
}

#[tokio::test]
async fn table_of_broken_connections() {
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
    let cases = [
        exchange("reset before the answer", [Reply::default().reset()]),
        exchange("closed before the answer", [Reply::default()]),
        exchange("reset within the body", [announced(half).reset()]),
        exchange("closed within the body", [announced(half)]),
        exchange_within(
            DEADLINE,
            "no answer",
            [Reply::default().wait(Duration::from_secs(60))],
        ),
        exchange_within(
            DEADLINE,
            "headers that trickle",
            [trickle(
                Reply::default(),
                "HTTP/1.1 200 OK\r\nserver: a-long-name-of-it",
            )],
        ),
        exchange_within(
            DEADLINE,
            "a body that trickles",
            [trickle(announced(""), half)],
        ),
        exchange(
            "not HTTP",
            [Reply::default().send("SSH-2.0-OpenSSH_9.6\r\n\r\n")],
        ),
        exchange("307 to another port", [redirect("307 Temporary Redirect")]),
        exchange("308 to another port", [redirect("308 Permanent Redirect")]),
        exchange("302 to another port", [redirect("302 Found")]),
        exchange("303 to another port", [redirect("303 See Other")]),
        exchange("301 to another port", [redirect("301 Moved Permanently")]),
        exchange("300 to another port", [redirect("300 Multiple Choices")]),
        exchange("304", [redirect("304 Not Modified")]),
        exchange("400 reset within the body", [refused("400").reset()]),
        exchange("400 closed within the body", [refused("400")]),
        exchange("500 closed within the body", [refused("500")]),
        exchange_within(
            DEADLINE,
            "400 with a body that hangs",
            [refused("400").wait(Duration::from_secs(60))],
        ),
    ];
    insta::assert_snapshot!(table(cases).await);
    assert!(other.received().is_empty());
}

#[tokio::test]
async fn table_of_retries() {
    const BUSY: &str = "429 Too Many Requests";
    const AWAY: &str = "503 Service Unavailable";
    let ok = || Reply::json("200 OK", TOKEN);
    let soon = || refusal(AWAY, "0");
    let cases = [
        exchange("429, Retry-After 0", [refusal(BUSY, "0")]),
        exchange_within(DEADLINE, "429, Retry-After 1", [refusal(BUSY, "1")]),
        exchange("429, Retry-After 90", [refusal(BUSY, "90")]),
        exchange(
            "429, a date gone by",
            [refusal(BUSY, "Fri, 31 May 2024 12:00:00 GMT")],
        ),
        exchange_within(DEADLINE, "429, garbage", [refusal(BUSY, "soon")]),
        exchange_within(
            DEADLINE,
            "429, a rate limit of Finch's",
            [Reply::json(BUSY, RATE_LIMIT)],
        ),
        exchange("429, then 200", [refusal(BUSY, "0"), ok()]),
        exchange(
            "429, then invalid_grant_error",
            [
                refusal(BUSY, "0"),
                Reply::json("400 Bad Request", INVALID_GRANT),
            ],
        ),
        exchange("503, then 200", [Reply::json(AWAY, "{}"), ok()]),
        exchange("503 with Retry-After, then 200", [soon(), ok()]),
        exchange("503 three times, then 200", [soon(), soon(), soon(), ok()]),
        exchange(
            "500 with Retry-After, then 200",
            [refusal("500", "0"), ok()],
        ),
        read(
            "read: 503 three times, then 200",
            [soon(), soon(), soon(), ok()],
            2,
        ),
        read(
            "read: the same, 3 retries",
            [soon(), soon(), soon(), ok()],
            3,
        ),
        read("read: 500, then 200", [refusal("500", "0"), ok()], 2),
        read("read: 501, then 200", [refusal("501", "0"), ok()], 2),
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
        ),
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
        ),
    ];
    insta::assert_snapshot!(table(cases).await);
}

/// The properties that callers react to are found despite damage elsewhere in the body.
#[tokio::test]
async fn table_of_damaged_error_bodies() {
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
        over_both(&[reply.send_often(&body, 1)], async |server| {
            let exchange = client(&server).exchange_code(SECRETS[1]);
            let error = exchange.await.unwrap_err();
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
        })
        .await;
    }
}

/// An error of `Client::request` names the method and the path, without ids or a query.
#[tokio::test]
async fn table_of_undocumented_requests() {
    let company = (Method::GET, "/employer/company");
    over_both(&[Reply::json("404 Not Found", "{}")], async |server| {
        for (method, path, name) in [
            (
                Method::GET,
                "/employer/directory",
                "GET /employer/directory: 404 Not Found",
            ),
            (
                Method::POST,
                "/employer/individual",
                "POST /employer/individual: 404",
            ),
            (
                Method::GET,
                "/jobs/5f3c9a7e-1/x?ssn=1",
                "GET /jobs/*/x: 404",
            ),
            (
                Method::GET,
                "/a/finch-secret-/é",
                "GET /a/finch-secret-/*: 404",
            ),
            (Method::GET, "/b/finch-secret-1", "GET /b/[REDACTED]: 404"),
            // Nothing is sent.
            (Method::GET, "/../employer", "GET /*/employer: "),
        ] {
            check_own(client(&server), (method, path), name).await;
        }
    })
    .await;
    over_both(&[Reply::json("200 OK", "{")], async |server| {
        let name = "GET /employer/company: 200 OK: the body ends too early, request req-1";
        check_own(client(&server), company.clone(), name).await;
    })
    .await;
    let nobody = builder().base_url("http://127.0.0.1:1").max_retries(0);
    let fake = FakeTransport::new().on("GET /employer/company", testing::Reply::no_connection());
    for client in [nobody.clone(), nobody.transport(fake)] {
        let name = "GET /employer/company: no connection to 127.0.0.1:1: connection refused";
        check_own(client.build().unwrap(), company.clone(), name).await;
    }
}

/// Checks that the error of a request without an operation begins with `name`.
async fn check_own(client: Client, (method, path): (Method, &str), name: &str) {
    let request = client.request(method, path).query(&[("limit", SECRETS[1])]);
    let error = request.send::<serde_json::Value>().await.unwrap_err();
    assert!(error.to_string().starts_with(name), "{error}");
    check_printed(&error.to_string());
}

#[tokio::test]
async fn empty_response_decodes_as_unit() {
    over_both(&[Reply::new("204 No Content", &[], "")], async |server| {
        let client = client(&server);
        let request = || client.request(Method::DELETE, "/disconnect");
        let response = request().send::<()>().await.unwrap();
        assert_eq!(response.status(), 204);
        request().send::<Option<String>>().await.unwrap();
        request().send::<String>().await.unwrap_err();
    })
    .await;
}

/// An issued token is returned however the exchange fails.
#[tokio::test]
async fn table_of_received_tokens() {
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
        over_both(&[reply], async |server| {
            let client = server.take(builder()).timeout(2 * DEADLINE);
            let limit = if is_found { 1_000_000 } else { 5000 };
            let client = client.max_response_bytes(limit).build().unwrap();
            let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
            let token = error.access_token().map(finch_api::Secret::expose_secret);
            assert_eq!(token, is_found.then_some(SECRETS[2]), "{index}: {error}");
            check_printed(&format!("{error}{error:?}{error:#?}"));

            // The exchange as a request without an operation. Other requests do not count
            // as exchanges.
            let post = client.request(Method::POST, "/auth/token");
            let error = post.send::<Vec<u8>>().await.unwrap_err();
            assert_eq!(error.access_token().is_some(), is_found, "{index}: {error}");
            let get = client.request(Method::GET, "/introspect").send::<Vec<u8>>();
            assert!(get.await.unwrap_err().access_token().is_none());
        })
        .await;
    }
}

/// A resolver that resolves no name, like a machine without a network.
struct NoNames;

impl reqwest::dns::Resolve for NoNames {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(async { Err("no such name".into()) })
    }
}

#[tokio::test]
async fn table_of_failed_connections() {
    let exchange = |case, client: ClientBuilder| async move {
        let client = client.max_retries(0).build().unwrap();
        let start = Instant::now();
        let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
        assert!(start.elapsed() < PATIENCE + GRACE, "{case}");
        assert!(error.is_connect() && !error.outcome_unknown(), "{error}");
        Row::new(case, Err(error), 0)
    };
    let plain = plain().await;
    let port = plain.rsplit(':').next().unwrap().to_owned();
    let no_names = reqwest::Client::builder().dns_resolver(NoNames).build();
    let no_names = builder().http_client(no_names.unwrap());
    let nobody = || builder().base_url("http://127.0.0.1:1");
    let refused = exchange("connection refused", nobody()).await;
    let fake = FakeTransport::new().on("create-access-token", testing::Reply::no_connection());
    refused.check(&exchange("connection refused", nobody().transport(fake)).await);
    let rows = [
        refused,
        exchange("DNS failure", no_names.base_url("https://api.example.com")).await,
        exchange(
            "TLS to a plain port",
            builder().base_url(format!("https://{plain}")),
        )
        .await,
    ];
    let rows = rows.map(|row| row.to_string());
    insta::assert_snapshot!(rows.join("\n").replace(&port, "PORT"));
}

/// The line contains the host, the cause and the number of attempts.
#[tokio::test]
async fn refused_connection_error_is_one_line() {
    let nobody = builder().base_url("http://127.0.0.1:1");
    let fake = FakeTransport::new().on("create-access-token", testing::Reply::no_connection());
    let check = async |client: ClientBuilder| {
        let client = client.build().unwrap();
        let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
        let expected =
            "create-access-token: no connection to 127.0.0.1:1: connection refused, 3 attempts";
        assert_eq!(error.to_string(), expected);
    };
    check(nobody.clone()).await;
    tokio::time::pause();
    check(nobody.transport(fake)).await;
}

/// Returns the address of a server that always responds in plain HTTP.
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

/// The wait can be added to any clock, whatever the server sends.
#[tokio::test]
async fn a_wait_is_at_most_a_day() {
    for text in [
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "99999999999999999999999",
        "86401",
        "1e400",
    ] {
        over_both(&[refusal("429 Too Many Requests", text)], async |server| {
            let exchange = client(&server).exchange_code(SECRETS[1]);
            let error = exchange.await.unwrap_err();
            let day = Duration::from_secs(86_400);
            assert_eq!(error.retry_after(), Some(day), "{error}");
            let _no_panic = Instant::now() + day;
            assert_eq!(server.received(), 1);
        })
        .await;
    }
}

/// Three requests within milliseconds may cost a penalty of an hour.
#[tokio::test]
async fn retry_after_zero_waits_for_the_backoff() {
    for text in ["0", "Fri, 31 May 2024 12:00:00 GMT"] {
        over_both(&[refusal("429 Too Many Requests", text)], async |server| {
            let start = tokio::time::Instant::now();
            let exchange = client(&server).exchange_code(SECRETS[1]);
            exchange.await.unwrap_err();
            assert!(start.elapsed() >= Duration::from_millis(1500), "{text}");
            assert_eq!(server.received(), 3);
        })
        .await;
    }
}

/// The server's clock is an hour behind ours, or ahead of it.
#[tokio::test]
async fn retry_date_is_relative_to_the_servers_clock() {
    for date in [
        "Fri, 31 May 2024 12:00:00 GMT",
        "Fri, 31 Dec 2100 12:00:00 GMT",
    ] {
        let after = date.replace("12:00:00", "12:01:30");
        let headers = [("date", date), ("retry-after", &after)];
        let reply = Reply::new("429 Too Many Requests", &headers, "");
        over_both(&[reply], async |server| {
            let exchange = client(&server).exchange_code(SECRETS[1]);
            let error = exchange.await.unwrap_err();
            assert_eq!(error.retry_after(), Some(Duration::from_secs(90)));
            assert_eq!(server.received(), 1);
        })
        .await;
    }
}

#[tokio::test]
async fn the_first_failure_is_not_hidden_by_the_last() {
    let replies = [
        refusal("429 Too Many Requests", "0"),
        Reply::json("400 Bad Request", INVALID_GRANT),
    ];
    over_both(&replies, async |server| {
        let exchange = client(&server).exchange_code(SECRETS[1]);
        let error = exchange.await.unwrap_err();
        assert!(error.is_invalid_grant(), "{error}");
        let first = std::error::Error::source(&error).unwrap();
        let first: &Error = first.downcast_ref().unwrap();
        assert!(first.is_rate_limited(), "{first}");
    })
    .await;
}

/// The client does not reuse an idle connection that the server closed.
#[tokio::test]
async fn closed_idle_connection_is_replaced() {
    let server = Loopback::start(Reply::json("200 OK", TOKEN).keep()).await;
    let client = builder().base_url(server.url()).build().unwrap();
    for _ in 0..3 {
        client.exchange_code(SECRETS[1]).await.unwrap();
        client.exchange_code(SECRETS[1]).await.unwrap();
        server.close_idle();
        // Give the server and the client time to close the connections.
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
    let http2_client = builder().http_client(http2_client.unwrap());
    let http2_client = http2_client.base_url(http2(TOKEN).await);
    let server = Loopback::start(Reply::json("200 OK", TOKEN).keep()).await;
    // An HTTP/1.1 connection is a file, and some processes cannot open a thousand. So at
    // most 200 are open at once.
    for (client, rounds) in [(http2_client, 1), (builder().base_url(server.url()), 5)] {
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

/// A call that is dropped before it is awaited sends nothing. A call that is dropped
/// between two attempts makes no further attempt.
#[tokio::test]
async fn dropped_call_sends_nothing_more() {
    let refused = Reply::new("429 Too Many Requests", &[("retry-after-ms", "400")], "");
    over_both(&[refused], async |server| {
        let client = client(&server);
        drop(client.exchange_code(SECRETS[1]).into_future());
        let is_sent = async {
            while server.received() == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            outcome = client.exchange_code(SECRETS[1]).into_future() => panic!("{outcome:?}"),
            () = is_sent => {}
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(server.received(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_deadline_covers_the_body() {
    let reply = Reply::default()
        .head("200 OK", &[], TOKEN.len())
        .send("{")
        .wait(Duration::from_secs(60));
    over_both(&[reply], async |server| {
        let (start, clock) = (Instant::now(), tokio::time::Instant::now());
        let client = server.take(builder()).timeout(DEADLINE).build().unwrap();
        let error = client.exchange_code("code-1").await.unwrap_err();
        assert!(error.is_timeout());
        assert!(clock.elapsed() >= DEADLINE);
        assert!(start.elapsed() < DEADLINE + GRACE, "{:?}", start.elapsed());
    })
    .await;
}

/// A response that broke off may hold the token.
#[tokio::test]
async fn received_part_of_a_body_is_kept() {
    let half = &TOKEN[..TOKEN.len() / 2];
    let announced = || Reply::default().head("200 OK", &[], TOKEN.len()).send(half);
    for (deadline, reply) in [
        (PATIENCE, announced().reset()),
        (PATIENCE, announced()),
        (DEADLINE, announced().wait(Duration::from_secs(60))),
        (PATIENCE, Reply::json("200 OK", half)),
        (PATIENCE, Reply::json("201 Created", half)),
    ] {
        over_both(&[reply], async |server| {
            let client = server.take(builder()).timeout(deadline).build().unwrap();
            let error = client.exchange_code("code-1").await.unwrap_err();
            assert_eq!(error.expose_body(), Some(half.as_bytes()), "{error}");
            assert!(error.outcome_unknown(), "{error}");
        })
        .await;
    }
}

/// The connection timeout is separate. This server accepts no connections, and its queue
/// is full.
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
    let error = builder()
        .base_url(format!("http://{address}"))
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

/// This crate's own HTTP client follows no redirect. A caller's may, as reqwest does by default. It
/// sends no secret to the other host, and its response is refused.
#[tokio::test]
async fn redirect_carries_no_secret_with_any_http_client() {
    let other = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let location = format!("{}/auth/token", other.url());
    for status in [
        "307 Temporary Redirect",
        "308 Permanent Redirect",
        "302 Found",
        "303 See Other",
    ] {
        let server = Loopback::start(Reply::new(status, &[("location", &location)], "")).await;
        let own = builder().base_url(server.url());
        let callers = own.clone().http_client(reqwest::Client::new());
        for (client, follows) in [(own, false), (callers, true)] {
            let before = other.received().len();
            let error = client.build().unwrap().exchange_code("code-1").await;
            let error = error.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Redirect, "{error}");
            let is_get = status.starts_with("302") || status.starts_with("303");
            assert_eq!(error.outcome_unknown(), is_get, "{error}");
            let followed = other.received().len() - before;
            assert_eq!(followed, usize::from(follows && is_get), "{status}");
        }
    }
    for request in other.received() {
        assert_eq!(request.body, "", "{}", request.head);
    }
}

/// A caller's HTTP client fails to follow a redirect. The request itself was sent, so it must not
/// be sent again.
#[tokio::test]
async fn a_redirect_that_cannot_be_followed_is_no_failed_connection() {
    let no_names = reqwest::Client::builder().dns_resolver(NoNames);
    let no_names = no_names.build().unwrap();
    for status in ["301 Moved Permanently", "302 Found", "303 See Other"] {
        for location in [
            "http://127.0.0.1:1/",
            "http://a.example/",
            "https://127.0.0.1:1/",
            "ftp://127.0.0.1/",
            "data:a",
        ] {
            let reply = Reply::new(status, &[("location", location)], "");
            let server = Loopback::start(reply).await;
            let client = builder().base_url(server.url());
            let client = client.http_client(no_names.clone()).build().unwrap();
            let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Redirect, "{location}: {error}");
            assert!(error.outcome_unknown(), "{location}: {error}");
            assert_eq!(server.received().len(), 1, "{location}: {error}");
        }
    }
}

#[tokio::test]
async fn the_size_of_a_body_is_limited_while_it_is_read() {
    // The limit applies with and without an announced length.
    let announced = Reply::json("200 OK", TOKEN);
    let endless = Reply::default()
        .send("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
        .send(TOKEN);
    let check = async |server: Server| {
        let with_limit = |bytes| {
            let client = server.take(builder()).max_response_bytes(bytes);
            client.build().unwrap().exchange_code("code-1")
        };
        let limit = TOKEN.len() - 1;
        let error = with_limit(limit).await.unwrap_err();
        let message =
            format!("create-access-token: 200 OK: the response body is larger than {limit} bytes");
        assert!(error.to_string().starts_with(&message), "{error}");
        with_limit(TOKEN.len()).await.unwrap();
    };
    check(Server::socket([endless]).await).await;
    over_both(&[announced], check).await;
}
