//! Requests without a response: whether the client knows that nothing was sent or
//! processed.

use std::time::Duration;

use finch_api::{Client, ClientBuilder, Error, ErrorKind, Method};
use finch_api_tests::http2_frames::{
    Answer, CANCEL, Http2, INTERNAL_ERROR, MAX_CONCURRENT_STREAMS, NO_ERROR, REFUSED_STREAM,
};
use finch_api_tests::{Loopback, Reply};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

const TOKEN: &str = include_str!("../pages/retrieve-access-token.json");
const DEADLINE: Duration = Duration::from_millis(300);
/// A limit for fast operations on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn builder(url: String) -> ClientBuilder {
    Client::builder()
        .base_url(url)
        .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
        .client_secret("finch-secret-1")
        .timeout(DEADLINE)
}

fn over(url: String, http_client: reqwest::ClientBuilder) -> ClientBuilder {
    builder(url).http_client(http_client.build().unwrap())
}

fn over_http2(server: &Http2) -> ClientBuilder {
    let http_client = reqwest::Client::builder().http2_prior_knowledge();
    over(server.url(), http_client).timeout(PATIENCE)
}

/// Returns the error of an exchange whose deadline passes.
async fn late(client: Client) -> Error {
    let error = client.exchange_code("code-1").await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
    error
}

/// A resolver that never responds.
struct Silent;

impl reqwest::dns::Resolve for Silent {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        Box::pin(std::future::pending())
    }
}

/// Returns the address of a server that accepts connections and sends nothing.
async fn silent() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let mut streams = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            streams.push(stream);
        }
    });
    address
}

#[tokio::test]
async fn deadline_before_the_connection_has_a_known_outcome() {
    // It accepts no connection, and its queue is full.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let full = listener.local_addr().unwrap();
    let waiting: Vec<_> = (0..4)
        .map(|_| tokio::spawn(TcpStream::connect(full)))
        .collect();
    tokio::task::yield_now().await;

    let silent = silent().await;
    let api = || "https://api.example.com".to_owned();
    let reqwest = reqwest::Client::builder;
    let proxy = |scheme: &str| reqwest::Proxy::all(format!("{scheme}://{silent}")).unwrap();
    for (stage, client) in [
        ("DNS", over(api(), reqwest().dns_resolver(Silent))),
        ("TCP", builder(format!("http://{full}"))),
        ("TLS", builder(format!("https://{silent}"))),
        ("a proxy", over(api(), reqwest().proxy(proxy("http")))),
        (
            "TLS to a proxy",
            over(api(), reqwest().proxy(proxy("https"))),
        ),
    ] {
        let error = late(client.build().unwrap()).await;
        assert!(!error.outcome_unknown(), "{stage}: {error}");
        let text = error.to_string();
        assert!(text.contains("before the request to"), "{stage}: {text}");
    }
    drop((listener, waiting));
}

/// The time limits of a `reqwest` client are as informative as the deadline.
#[tokio::test]
async fn reqwest_timeout_before_sending_has_a_known_outcome() {
    let url = format!("https://{}", silent().await);
    let reqwest = reqwest::Client::builder;
    for (http_client, kind) in [
        (reqwest().timeout(DEADLINE), ErrorKind::NotProcessed),
        (reqwest().read_timeout(DEADLINE), ErrorKind::NotProcessed),
        (reqwest().connect_timeout(DEADLINE), ErrorKind::Connect),
    ] {
        let client = over(url.clone(), http_client).timeout(PATIENCE);
        let client = client.max_retries(0).build().unwrap();
        let error = client.exchange_code("code-1").await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.is_timeout() && !error.outcome_unknown(), "{error}");
    }
}

/// No frame is taken from an empty body.
#[tokio::test]
async fn request_without_a_body_has_an_unknown_outcome() {
    let url = format!("https://{}", silent().await);
    let client = builder(url).build().unwrap();
    let error = client
        .request(Method::POST, "/a")
        .send_for_bytes()
        .await
        .unwrap_err();
    assert!(error.is_timeout() && error.outcome_unknown(), "{error}");
}

#[tokio::test]
async fn stalled_pooled_connection_has_an_unknown_outcome() {
    let ok = Reply::json("200 OK", TOKEN).keep();
    let nothing = Reply::default().wait(PATIENCE);
    let server = Loopback::script([ok, nothing]).await;
    let client = builder(server.url()).timeout(PATIENCE).build().unwrap();
    client.exchange_code("code-1").await.unwrap();
    let soon = finch_api::RequestOptions::new().timeout(DEADLINE);
    let error = late(client.with_options(soon)).await;
    assert!(error.outcome_unknown(), "{error}");
    assert_eq!((server.connections(), server.received().len()), (1, 2));
}

#[tokio::test]
async fn http2_stream_limit_has_a_known_outcome() {
    let server = Http2::start(&[(MAX_CONCURRENT_STREAMS, 1)], [Answer::Nothing]).await;
    let client = over_http2(&server).build().unwrap();
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.exchange_code("code-1").await }
    });
    server.until_requests(1).await;
    let soon = finch_api::RequestOptions::new().timeout(DEADLINE);
    let error = late(client.with_options(soon)).await;
    assert!(!error.outcome_unknown(), "{error}");
    assert_eq!((server.heads(), server.requests()), (1, 1));
    first.abort();
}

#[tokio::test]
async fn request_refused_by_http2_is_retried() {
    use Answer::{GoAway, Reset, ResetWithinBody};
    // (the response to the first request, whether the client retries)
    for (answer, is_sent_again) in [
        (Reset(REFUSED_STREAM), true),
        (Reset(NO_ERROR), false),
        (Reset(INTERNAL_ERROR), false),
        (Reset(CANCEL), false),
        (ResetWithinBody(REFUSED_STREAM), false),
        // The request is stream 1.
        (GoAway(0, NO_ERROR), true),
        (GoAway(1, NO_ERROR), false),
        (GoAway(0, INTERNAL_ERROR), false),
        (GoAway(1, INTERNAL_ERROR), false),
    ] {
        let start = || Http2::start(&[], [answer, Answer::Json(TOKEN)]);
        let server = start().await;
        let outcome = over_http2(&server)
            .build()
            .unwrap()
            .exchange_code("code-1")
            .await;
        assert_eq!(outcome.is_ok(), is_sent_again, "{answer:?}: {outcome:?}");
        assert_eq!(
            server.requests(),
            1 + usize::from(is_sent_again),
            "{answer:?}"
        );

        // reqwest itself never retries, with or without a body.
        let server = start().await;
        let client = over_http2(&server).max_retries(0).build().unwrap();
        let error = client.exchange_code("code-1").await.unwrap_err();
        assert_eq!(server.requests(), 1, "{answer:?}");
        assert_eq!(
            error.outcome_unknown(),
            !is_sent_again,
            "{answer:?}: {error}"
        );
        let is_not_processed = error.kind() == ErrorKind::NotProcessed;
        assert_eq!(is_not_processed, is_sent_again, "{answer:?}: {error}");

        let server = start().await;
        let client = over_http2(&server).max_retries(0).build().unwrap();
        let error = client
            .request(Method::GET, "/a")
            .send_for_bytes()
            .await
            .unwrap_err();
        assert_eq!(server.requests(), 1, "{answer:?}");
        assert_eq!(
            error.outcome_unknown(),
            !is_sent_again,
            "{answer:?}: {error}"
        );
    }
}
