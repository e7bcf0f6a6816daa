//! Tests that no printed value shows a secret.

use std::error::Error as _;
use std::fmt::{self, Debug, Display};
use std::future::ready;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use finch_api::header::{HeaderMap, HeaderName, HeaderValue};
use finch_api::http::{Request, Response};
use finch_api::testing::{FakeTransport, Reply as FakeReply};
use finch_api::transport::{RequestBody, ReqwestTransport, TransportError};
use finch_api::{Client, ClientBuilder, Error, ErrorKind, Method, types};
use finch_api_tests::http2_frames::{Answer, Http2, INTERNAL_ERROR};
use finch_api_tests::{Loopback, Reply};
use tower::service_fn;

const CLIENT_ID: &str = "4ab15e51-11ad-49f4-acae-f343b7794375";
/// One has eight characters, the fewest that are redacted in a text of the server.
const SECRETS: [&str; 4] = [
    "s3cret-of-client",
    "s3cret-c",
    "s3cret-token",
    "s3cret-issued",
];

/// Returns `{:?}` and `{:#?}` of `value`, and checks that they show no secret.
#[track_caller]
fn check(value: &impl Debug) -> String {
    let shown = format!("{value:?}\n{value:#?}");
    check_text(&shown);
    shown
}

#[track_caller]
fn check_text(shown: &str) {
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{shown}");
    }
}

/// Checks all printed forms of an error and its sources.
#[track_caller]
fn check_error(error: &Error, kind: ErrorKind) {
    assert_eq!(error.kind(), kind);
    check(error);
    check_text(&error.to_string());
    assert_eq!(error.to_string().lines().count(), 1, "{error}");
    let mut source = error.source();
    while let Some(cause) = source {
        check(&cause);
        check_text(&cause.to_string());
        source = cause.source();
    }
}

fn builder() -> ClientBuilder {
    Client::builder()
        .client_id(CLIENT_ID)
        .client_secret(SECRETS[0])
        .access_token(SECRETS[2])
        .max_retries(0)
}

/// It works with any `?` and between threads, and is as small as a pointer.
#[test]
fn error_is_small_send_and_sync() {
    fn is_error<T: std::error::Error + Send + Sync + 'static>() {}
    is_error::<Error>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn the_client_and_its_builder() {
    let shown = check(&builder().base_url(format!("https://user:{}@host", SECRETS[0])));
    assert!(shown.contains("[REDACTED]"), "{shown}");
    let client = builder().build().unwrap();
    let shown = check(&client);
    assert!(shown.contains("secret: Some([REDACTED])"), "{shown}");
    let exchange = client
        .exchange_code(SECRETS[1])
        .redirect_uri("https://example.com");
    check(&exchange);
}

#[test]
fn a_request_and_its_builders() {
    let client = builder().build().unwrap();
    let body = types::CreateAccessTokenRequest::builder()
        .client_id(CLIENT_ID)
        .client_secret(SECRETS[0])
        .code(SECRETS[1]);
    let shown = check(&body);
    assert!(shown.contains("code: Set,"), "{shown}");
    check(&client.create_access_token().body(body.clone()));
    let body = types::CreateAccessTokenRequest::try_from(body).unwrap();
    let shown = check(&body);
    assert!(shown.contains("code: [REDACTED]"), "{shown}");
}

/// Makes an exchange. The server repeats the request in its response.
async fn exchange(
    reply: Reply,
    change: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Result<finch_api::Response<types::CreateAccessTokenResponse>, Error> {
    let server = Loopback::start(reply).await;
    let client = change(builder().base_url(server.url())).build().unwrap();
    client.exchange_code(SECRETS[1]).send().await
}

#[tokio::test]
async fn a_response() {
    let body = include_str!("../pages/retrieve-access-token.json")
        .replace("7e965183-9332-423c-9259-3edafb332ad2", SECRETS[3]);
    // Each header repeats a secret of the request.
    let headers = [
        ("finch-request-id", SECRETS[1]),
        ("finch-data-retrieved", SECRETS[0]),
    ];
    let token = exchange(Reply::new("200 OK", &headers, &body), |builder| builder)
        .await
        .unwrap();
    assert_eq!(token.request_id(), Some(SECRETS[1]));
    let shown = check(&token);
    assert!(shown.contains("access_token: [REDACTED]"), "{shown}");
    check(&token.into_inner());
}

#[tokio::test]
async fn an_error_of_the_http_client_shows_no_query() {
    let server = Loopback::start(Reply::default().reset()).await;
    for (url, kind) in [
        ("http://127.0.0.1:1".to_owned(), ErrorKind::Connect),
        (server.url(), ErrorKind::Interrupted),
    ] {
        let client = builder().base_url(url).build().unwrap();
        let request = client.request(Method::GET, "/a");
        let request = request.query(&[("q", SECRETS[1])]);
        let error = request.send_for_bytes().await.unwrap_err();
        assert!(error.source().is_some());
        check_error(&error, kind);
    }
}

/// A header repeats a whole or cut secret, and a property has the name of a secret.
#[tokio::test]
async fn an_error_shows_no_secret_of_a_header_or_a_name() {
    for before in [
        "",
        "text/",
        &format!("text/{}", "x".repeat(60)),
        &"x".repeat(75),
    ] {
        let text = format!("{before}{}", SECRETS[1]);
        for name in ["content-type", "content-encoding", "finch-request-id"] {
            let reply = Reply::new("200 OK", &[(name, &text)], "<html>");
            let error = exchange(reply, |builder| builder).await.unwrap_err();
            check_error(&error, ErrorKind::Decode);
            // It does not show the beginning of a secret either.
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }
    let body = format!("{{\"entity_ids\": [{{\"{}\": ", SECRETS[1]);
    let error = exchange(Reply::json("200 OK", &body), |builder| builder).await;
    check_error(&error.unwrap_err(), ErrorKind::Decode);
    // A response that breaks off shows no secret in the request id either.
    let headers = [("finch-request-id", SECRETS[0])];
    let reply = Reply::default().head("200 OK", &headers, 1000).send("{");
    let error = exchange(reply, |builder| builder).await.unwrap_err();
    check_error(&error, ErrorKind::Interrupted);
    assert_eq!(error.request_id(), Some("[REDACTED]"));
}

/// An error of a layer. It prints a secret in `Debug`.
#[derive(Debug)]
struct OfLayer {
    #[allow(dead_code, reason = "`Debug` prints it")]
    secret: &'static str,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Display for OfLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a layer failed")
    }
}

impl std::error::Error for OfLayer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&**self.source.as_ref()?)
    }
}

/// The sources of an error print no secret either. They keep their meaning.
#[tokio::test]
async fn an_error_of_a_transport_shows_no_secret() {
    use TransportError::{NotConnected, NotProcessed, Other, Redirected, Timeout};

    type Failure = Box<dyn std::error::Error + Send + Sync>;
    let echo = || Failure::from(format!("the server said \"{}\"", SECRETS[1]));
    let layered = |secret, source| OfLayer {
        secret,
        source: Some(source),
    };
    let long = || Failure::from(format!("{}{}", "a".repeat(20_000), SECRETS[1]));
    let deep = || (0..50).fold(echo(), |source, _| layered("", source).into());
    for (failure, kind, is_timeout) in [
        (echo(), ErrorKind::Interrupted, false),
        (long(), ErrorKind::Interrupted, false),
        (deep(), ErrorKind::Interrupted, false),
        (Other(echo()).into(), ErrorKind::Interrupted, false),
        (Redirected(echo()).into(), ErrorKind::Redirect, false),
        (NotProcessed(echo()).into(), ErrorKind::NotProcessed, false),
        (NotConnected(echo()).into(), ErrorKind::Connect, false),
        (Timeout(echo()).into(), ErrorKind::Timeout, true),
        (
            NotConnected(Timeout(echo()).into()).into(),
            ErrorKind::Connect,
            true,
        ),
        (
            layered(SECRETS[1], NotConnected("refused".into()).into()).into(),
            ErrorKind::Connect,
            false,
        ),
    ] {
        let failure = Arc::new(Mutex::new(Some(failure)));
        let transport = service_fn(move |_: Request<RequestBody>| {
            let failure = failure.lock().unwrap().take().unwrap();
            ready(Err::<Response<String>, _>(failure))
        });
        let client = builder().transport(transport).build().unwrap();
        let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
        check_error(&error, kind);
        assert_eq!(error.is_timeout(), is_timeout, "{error}");
        let source = error.source().unwrap();
        let is_same = source.is::<TransportError>() || kind == ErrorKind::Interrupted;
        assert!(is_same, "{source:?}");
    }

    // An error without a secret is returned as it is.
    let transport = service_fn(|_: Request<RequestBody>| {
        let error = OfLayer {
            secret: "",
            source: None,
        };
        ready(Err::<Response<String>, _>(error))
    });
    let client = builder().transport(transport).build().unwrap();
    let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
    assert!(error.source().unwrap().is::<OfLayer>());
}

/// HTTP/2 lets a server close a connection with a text.
#[tokio::test]
async fn an_error_of_http2_shows_no_secret() {
    let answer = Answer::GoAwaySaying(INTERNAL_ERROR, SECRETS[1]);
    let server = Http2::start(&[], [answer]).await;
    let http2 = reqwest::Client::builder().http2_prior_knowledge().build();
    let client = builder().base_url(server.url()).http_client(http2.unwrap());
    let exchange = client.build().unwrap().exchange_code(SECRETS[1]);
    check_error(&exchange.await.unwrap_err(), ErrorKind::Interrupted);
}

/// Headers that a client sends to a proxy or a gateway may contain credentials.
#[test]
fn a_transport_shows_no_default_header() {
    let key = HeaderValue::from_static(SECRETS[0]);
    let headers = HeaderMap::from_iter([(HeaderName::from_static("x-key"), key)]);
    let own = reqwest::Client::builder().default_headers(headers);
    let own = own.build().unwrap();
    check(&ReqwestTransport::new(own.clone()));
    check(&builder().transport(ReqwestTransport::new(own.clone())));
    check(&builder().http_client(own));
}

#[tokio::test]
async fn no_kind_of_error_prints_a_secret() {
    let echo = format!(
        r#"{{"name": "n {0}", "finch_code": "f {1}", "message": "the code {1}\nand {2} of {0}"}}"#,
        SECRETS[0], SECRETS[1], SECRETS[2]
    );
    let json = |status| Reply::json(status, &echo);

    let error = Client::builder()
        .client_secret(SECRETS[0])
        .client_id(SECRETS[0])
        .build()
        .unwrap_err();
    check_error(&error, ErrorKind::Configuration);

    let client = builder().build().unwrap();
    let request = client
        .create_access_token()
        .body(types::CreateAccessTokenRequest::builder().client_id(SECRETS[0]));
    check_error(
        &request.send().await.unwrap_err(),
        ErrorKind::InvalidRequest,
    );

    let error = exchange(json("400 Bad Request"), |builder| builder)
        .await
        .unwrap_err();
    check_error(&error, ErrorKind::Status);
    assert_eq!(
        error.message(),
        Some("the code [REDACTED] and [REDACTED] of [REDACTED]")
    );
    assert_eq!(error.name(), Some("n [REDACTED]"));

    let error = exchange(json("307 Temporary Redirect"), |builder| builder)
        .await
        .unwrap_err();
    check_error(&error, ErrorKind::Redirect);

    let truncated = format!(r#"{{"access_token": "{}"#, SECRETS[3]);
    let error = exchange(Reply::json("200 OK", &truncated), |builder| builder)
        .await
        .unwrap_err();
    check_error(&error, ErrorKind::Decode);

    let error = exchange(json("200 OK"), |builder| builder.max_response_bytes(10))
        .await
        .unwrap_err();
    check_error(&error, ErrorKind::TooLarge);

    let reset = Reply::default()
        .head("200 OK", &[], 1000)
        .send(&truncated)
        .reset();
    let error = exchange(reset, |builder| builder).await.unwrap_err();
    check_error(&error, ErrorKind::Interrupted);

    let slow = Reply::default()
        .head("200 OK", &[], 1000)
        .wait(Duration::from_secs(60));
    let deadline = Duration::from_millis(50);
    let error = exchange(slow, |builder| builder.timeout(deadline))
        .await
        .unwrap_err();
    check_error(&error, ErrorKind::Timeout);

    let nobody = "http://127.0.0.1:1";
    let error = exchange(Reply::default(), |builder| builder.base_url(nobody))
        .await
        .unwrap_err();
    check_error(&error, ErrorKind::Connect);

    let refused = FakeTransport::new().on("create-access-token", FakeReply::not_processed());
    let client = builder().transport(refused).build().unwrap();
    let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
    check_error(&error, ErrorKind::NotProcessed);
}
