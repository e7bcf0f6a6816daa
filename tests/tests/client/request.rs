//! Compares the bytes that an exchange sends with the document.

use std::future::IntoFuture as _;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use finch_api::types::CreateAccessTokenRequest;
use finch_api::{Client, ClientBuilder, Method, RequestOptions};
use finch_api_tests::{Loopback, Received, Reply};
use finch_gen::Text;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::sync::Notify;

const CLIENT_ID: &str = "4ab15e51-11ad-49f4-acae-f343b7794375";
const REDIRECT_URI: &str = "https://example.com/api/finch/callback";
const TOKEN: &str = include_str!("../pages/retrieve-access-token.json");

/// Returns a client for `server` with every kind of credential, to detect those that must
/// not be sent.
fn client(server: &Loopback) -> Client {
    Client::builder()
        .base_url(server.url())
        .client_id(CLIENT_ID)
        .client_secret("finch-secret-1")
        .access_token("access-token-1")
        .build()
        .unwrap()
}

/// Returns the only request that reached `server`.
fn only(server: &Loopback) -> Received {
    let [request] = <[Received; 1]>::try_from(server.received()).unwrap();
    request
}

/// Returns the request as it reached `server`, without the port.
fn bytes(server: &Loopback) -> String {
    let Received { head, body } = only(server);
    let head = head.replace(server.address(), "127.0.0.1:PORT");
    format!("{}\n\n{body}", head.replace("\r\n", "\n"))
}

/// Validates `body` against the request schema in the published document. OpenAPI 3.1
/// uses JSON Schema 2020-12, and the validator is independent of this workspace.
fn check_against_document(body: &str) {
    let name = "openapi/finch.yaml";
    let text = include_str!("../../../openapi/finch.yaml");
    let document = finch_gen::load(&Text { name, text }).unwrap();
    let mut schema = document.root()["paths"]["/auth/token"]["post"]["requestBody"]["content"]
        ["application/json"]["schema"]
        .clone();
    schema["components"] = document.root()["components"].clone();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(&body)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, [""; 0]);
    // The validator does reject invalid bodies.
    assert!(!validator.is_valid(&json!({"client_id": "no UUID", "client_secret": "", "code": ""})));
    assert!(!validator.is_valid(&json!({"client_id": CLIENT_ID, "client_secret": ""})));
}

#[tokio::test]
async fn the_embedded_flow() {
    let server = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let exchange = client(&server).exchange_code("code-1");
    let response = exchange.clone().send().await.unwrap();
    assert_eq!(response.request_id(), Some("req-1"));
    let token = response.into_inner();
    assert_eq!(token.connection_id, "6dab009c-77c8-43d9-8f81-e093f7c65bc1");
    insta::assert_snapshot!(bytes(&server));
    check_against_document(&only(&server).body);
}

#[tokio::test]
async fn the_redirect_flow() {
    let server = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let exchange = client(&server);
    exchange
        .exchange_code("code-1")
        .redirect_uri(REDIRECT_URI)
        .await
        .unwrap();
    insta::assert_snapshot!(bytes(&server));
    check_against_document(&only(&server).body);
}

#[tokio::test]
async fn the_generated_operation_sends_the_same() {
    let server = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let client = client(&server);
    client
        .exchange_code("code-1")
        .redirect_uri(REDIRECT_URI)
        .await
        .unwrap();
    let token = client
        .create_access_token()
        .body(
            CreateAccessTokenRequest::builder()
                .client_id(CLIENT_ID)
                .client_secret("finch-secret-1")
                .code("code-1")
                .redirect_uri(REDIRECT_URI),
        )
        .send()
        .await
        .unwrap();
    assert_eq!(token.status(), 200);
    let [by_hand, generated] = <[Received; 2]>::try_from(server.received()).unwrap();
    assert_eq!(generated.head, by_hand.head);
    assert_eq!(generated.body, by_hand.body);
}

#[tokio::test]
async fn a_path_in_the_base_url_is_kept() {
    let server = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let client = Client::builder()
        .base_url(format!("{}/finch/", server.url()))
        .client_id(CLIENT_ID)
        .client_secret("finch-secret-1")
        .build()
        .unwrap();
    client.exchange_code("code-1").await.unwrap();
    assert_eq!(
        only(&server).head.lines().next(),
        Some("POST /finch/auth/token HTTP/1.1")
    );
}

#[tokio::test]
async fn invalid_exchange_is_not_sent() {
    let server = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let without = Client::builder().base_url(server.url());
    let exchange_of = async |code: &str, builder: &ClientBuilder| {
        let client = builder.clone().build().unwrap();
        client.exchange_code(code).await.unwrap_err()
    };
    let exchange = async |builder: &ClientBuilder| exchange_of("code-1", builder).await;
    let with = client(&server);
    for (error, message) in [
        (
            exchange(&without).await,
            "create-access-token: it needs a client id (set ClientBuilder::client_id or FINCH_CLIENT_ID) and \
             a client secret (set ClientBuilder::client_secret or FINCH_CLIENT_SECRET)",
        ),
        (
            exchange(&without.clone().client_secret("finch-secret-1")).await,
            "create-access-token: it needs a client id (set ClientBuilder::client_id or FINCH_CLIENT_ID)",
        ),
        (
            exchange(&without.clone().client_id(CLIENT_ID)).await,
            "create-access-token: it needs a client secret (set ClientBuilder::client_secret or \
             FINCH_CLIENT_SECRET)",
        ),
        (
            exchange_of("", &without.clone().client_id(CLIENT_ID)).await,
            "create-access-token: it needs a client secret (set ClientBuilder::client_secret or \
             FINCH_CLIENT_SECRET) and an authorization code that is not empty",
        ),
        (
            with.exchange_code("").await.unwrap_err(),
            "create-access-token: it needs an authorization code that is not empty",
        ),
        (
            with.exchange_code("code-1")
                .redirect_uri("")
                .await
                .unwrap_err(),
            "create-access-token: the redirect URI is empty: set it, or leave it unset",
        ),
        (
            with.create_access_token()
                .body(
                    CreateAccessTokenRequest::builder()
                        .client_id("no UUID")
                        .client_secret("s"),
                )
                .send()
                .await
                .unwrap_err(),
            "create-access-token: cannot convert the value for body: no value was set for code; \
             cannot convert the value for client_id: the text is not a UUID",
        ),
        (
            with.create_access_token().send().await.unwrap_err(),
            "create-access-token: no value was set for body",
        ),
    ] {
        let found = error.to_string();
        assert!(found.starts_with(message), "{found}\nis not\n{message}");
        assert_eq!(error.operation(), Some("create-access-token"));
        assert!(!error.outcome_unknown());
    }
    assert!(server.received().is_empty());
}

/// A proxy from the environment would receive the secrets of a plain connection. A test
/// must not change its own environment, so it runs itself as a child process.
#[tokio::test]
async fn loopback_address_bypasses_the_proxy() {
    const NAME: &str = "request::loopback_address_bypasses_the_proxy";
    const URL: &str = "FINCH_TEST_URL";
    if let Ok(url) = std::env::var(URL) {
        let client = Client::builder()
            .base_url(url)
            .client_id(CLIENT_ID)
            .client_secret("finch-secret-1");
        let client = client.build().unwrap();
        client.exchange_code("code-1").await.unwrap();
        return;
    }
    let server = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let proxy = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let mut again = Command::new(std::env::current_exe().unwrap());
    again
        .args(["--exact", NAME])
        .env(URL, server.url())
        .env("HTTP_PROXY", proxy.url())
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    let again = tokio::task::spawn_blocking(move || again.output());
    let output = again.await.unwrap().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(proxy.received().len(), 0);
    assert_eq!(server.received().len(), 1);
}

/// A program without a runtime makes one for a single call.
#[test]
fn call_can_run_in_block_on() {
    let runtime = runtime();
    let server = runtime.block_on(Loopback::start(Reply::json("200 OK", TOKEN)));
    let client = client(&server);
    let exchange = || runtime.block_on(client.exchange_code("code-1").into_future());
    exchange().unwrap();
    exchange().unwrap();
    assert_eq!(server.received().len(), 2);
}

/// Starts a server in a separate thread and runtime. It responds to each request with a
/// token.
fn server_in_a_thread() -> Loopback {
    let (send, receive) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        runtime().block_on(async {
            let server = Loopback::start(Reply::json("200 OK", TOKEN).keep()).await;
            send.send(server).unwrap();
            std::future::pending::<()>().await;
        });
    });
    receive.recv().unwrap()
}

fn runtime() -> Runtime {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap()
}

/// The runtime that makes a connection also drives it. The middle of this test shows why
/// the documentation of `Client` asks for one client per runtime.
#[test]
fn one_client_in_two_runtimes() {
    let server = server_in_a_thread();
    let client = client(&server);
    let exchange =
        |runtime: &Runtime| runtime.block_on(client.exchange_code("code-1").into_future());
    let impatient = client.with_options(RequestOptions::new().timeout(Duration::from_secs(1)));
    let (first, second) = (runtime(), runtime());
    exchange(&first).unwrap();
    // `first` has the connection and does not run, so the request waits until its
    // deadline.
    let in_vain = impatient.exchange_code("code-1").into_future();
    let error = second.block_on(in_vain).unwrap_err();
    assert!(error.is_timeout(), "{error}");
    exchange(&first).unwrap();
    assert_eq!(server.received().len(), 2);
    // The connections of `first` end with it, and `second` makes its own.
    drop(first);
    exchange(&second).unwrap();
    exchange(&second).unwrap();
    assert_eq!((server.received().len(), server.connections()), (4, 3));
}

/// The futures also work from references, and after the client is dropped.
#[tokio::test]
async fn exchanges_are_joined_and_spawned() {
    let server = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let exchanges = {
        let client = client(&server);
        let codes = ["code-1", "code-2", "code-3"].iter();
        codes.map(move |code| client.exchange_code(*code).send())
    };
    let tokens = futures_util::future::join_all(exchanges).await;
    assert!(tokens.iter().all(Result::is_ok), "{tokens:?}");
    let bodies = server.received().into_iter().map(|request| request.body);
    let bodies: Vec<String> = bodies.collect();
    for code in ["code-1", "code-2", "code-3"] {
        assert_eq!(bodies.iter().filter(|body| body.contains(code)).count(), 1);
    }
    let exchange = client(&server)
        .exchange_code("code-4")
        .redirect_uri(REDIRECT_URI);
    let again = tokio::spawn(exchange.clone().send());
    let token = tokio::spawn(exchange.into_future());
    assert_eq!(token.await.unwrap().unwrap().token_type, "bearer");
    assert_eq!(again.await.unwrap().unwrap().status(), 200);
}

/// The documentation of `exchange_code` warns about this: the code is used up, and the
/// token is lost.
#[tokio::test]
async fn dropped_exchange_may_have_been_processed() {
    let release = Arc::new(Notify::new());
    let server = Loopback::start(Reply::json("200 OK", TOKEN).once_notified(&release)).await;
    let exchange = client(&server).exchange_code("code-1").send();
    let arrived = async {
        while server.received().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        token = exchange => panic!("{token:?}"),
        () = arrived => {}
    }
    assert!(only(&server).body.contains("code-1"));
    // A spawned exchange completes.
    let task = tokio::spawn(client(&server).exchange_code("code-2").send());
    while server.received().len() < 2 {
        tokio::task::yield_now().await;
    }
    release.notify_waiters();
    task.await.unwrap().unwrap();
}

#[test]
fn a_client_can_be_shared_and_a_call_spawned() {
    fn is_shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    fn is_send<T: Send>(_: T) {}
    fn is_owned<T: Send + 'static>(_: T) {}
    let client = Client::builder().build().unwrap();
    is_shared(&client);
    is_send(client.create_access_token().send());
    is_send(client.request(Method::GET, "/a").send_for_bytes());
    is_owned(client.exchange_code("").into_future());
    is_owned(client.exchange_code("").send());
    is_owned(client.exchange_code(""));
}
