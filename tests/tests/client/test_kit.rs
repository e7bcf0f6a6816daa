//! The test kit: a fake transport fails like a server, records each request, and refuses
//! unexpected requests.

use std::any::Any;
use std::collections::BTreeMap;
use std::error::Error as _;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, Instant};

use finch_api::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use finch_api::testing::{FakeTransport, RecordedRequest, Replies, Reply, ReplyBody};
use finch_api::types::{ClientType, ConnectionType, CreateAccessTokenResponse};
use finch_api::{Client, Error, ErrorKind, Method, RequestOptions, Secret, StatusCode};
use finch_api_tests::Loopback;
use serde_json::{Value, json};
use tower::limit::ConcurrencyLimit;

const EXCHANGE: &str = "create-access-token";
const TOKEN: &str = "7e965183-9332-423c-9259-3edafb332ad2";
/// Far longer than a test without waits.
const NO_WAIT: Duration = Duration::from_secs(20);

/// Returns a fake Finch whose exchange gets `replies`.
fn finch(replies: impl Into<Replies>) -> FakeTransport {
    FakeTransport::new().on(EXCHANGE, replies)
}

async fn exchange(client: &Client) -> Result<CreateAccessTokenResponse, Error> {
    let response = client.exchange_code("code-1").send().await?;
    Ok(response.into_inner())
}

/// Returns the error of an exchange with `reply`.
async fn failure(reply: Reply) -> Error {
    exchange(&finch(reply).client()).await.unwrap_err()
}

async fn read(client: &Client, path: &str) -> Result<Value, Error> {
    let request = client.request(Method::GET, path);
    Ok(request.send::<Value>().await?.into_inner())
}

fn message(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&str>().unwrap()).to_owned(),
    }
}

/// Returns the panic message of `run`.
fn panics<T>(run: impl FnOnce() -> T) -> String {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(_) => panic!("it does not panic"),
        Err(panic) => message(panic),
    }
}

/// Returns the panic message of `future`.
async fn panics_when_awaited(future: impl Future) -> String {
    let mut future = pin!(future);
    let panic =
        poll_fn(
            |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
                Ok(polled) => polled.map(|_| panic!("it does not panic")),
                Err(panic) => Poll::Ready(panic),
            },
        );
    message(panic.await)
}

/// Everything that a program can react to.
#[derive(Debug, PartialEq)]
struct Decisions {
    kind: ErrorKind,
    status: Option<StatusCode>,
    name: Option<String>,
    finch_code: Option<String>,
    retry_after: Option<Duration>,
    has_request_id: bool,
    attempts: u32,
    /// `is_invalid_grant`, `is_invalid_client`, `needs_reauthentication`,
    /// `is_rate_limited`, `is_connect`, `is_timeout`, `outcome_unknown`
    predicates: [bool; 7],
}

impl Decisions {
    fn new(error: &Error) -> Self {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Self {
            kind: error.kind(),
            status: error.status(),
            name: owned(error.name()),
            finch_code: owned(error.finch_code()),
            retry_after: error.retry_after(),
            has_request_id: error.request_id().is_some(),
            attempts: error.attempts(),
            predicates: [
                error.is_invalid_grant(),
                error.is_invalid_client(),
                error.needs_reauthentication(),
                error.is_rate_limited(),
                error.is_connect(),
                error.is_timeout(),
                error.outcome_unknown(),
            ],
        }
    }
}

#[tokio::test]
async fn failure_replies_match_finch() {
    let not_found = "individual_not_found";
    let unprocessable = "unsupported_parameters";
    let minute = Duration::from_secs(60);
    // (the reply, the status, `name`, `finch_code`)
    for (reply, status, name, finch_code) in [
        (Reply::invalid_grant(), 400, "invalid_grant_error", ""),
        (Reply::bad_request(), 400, "bad_request", "invalid_request"),
        (Reply::invalid_client(), 401, "invalid_client_error", ""),
        (Reply::invalid_token(), 401, "invalid_token_error", ""),
        (Reply::invalid_request(), 401, "invalid_request_error", ""),
        (Reply::unauthorized(), 401, "unauthorized_request_error", ""),
        (
            Reply::reauthenticate(),
            401,
            "authentication_error",
            "reauthenticate_user",
        ),
        (
            Reply::insufficient_scope(),
            403,
            "insufficient_scope_error",
            "",
        ),
        (
            Reply::not_found(not_found),
            404,
            "not_found_error",
            not_found,
        ),
        (
            Reply::unprocessable(unprocessable),
            422,
            "unprocessable_request_error",
            unprocessable,
        ),
        (
            Reply::rate_limited(minute),
            429,
            "rate_limit_exceeded_error",
            "finch_application_rl",
        ),
        (Reply::server_error(), 500, "server_error", ""),
        (Reply::not_implemented(), 501, "not_implemented_error", ""),
        (
            Reply::bad_gateway(),
            502,
            "bad_gateway_error",
            "upstream_provider_error",
        ),
    ] {
        let mut body = json!({"code": status, "name": name, "message": "Something is wrong."});
        if !finch_code.is_empty() {
            body["finch_code"] = finch_code.into();
        }
        let mut headers = vec![
            ("content-type", "application/json"),
            ("finch-request-id", "req-1"),
        ];
        if status == 429 {
            headers.push(("retry-after", "60"));
        }
        let real = finch_api_tests::Reply::new(&status.to_string(), &headers, &body.to_string());
        let server = Loopback::start(real).await;
        let client = Client::builder()
            .base_url(server.url())
            .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
            .client_secret("finch-secret-1")
            .build();
        let real = exchange(&client.unwrap()).await.unwrap_err();
        let fake = failure(reply).await;
        assert_eq!(Decisions::new(&fake), Decisions::new(&real), "{real}");
        assert_eq!(fake.name(), Some(name));
    }
}

#[tokio::test(start_paused = true)]
async fn rate_limit_reply_has_retry_after() {
    for after in [
        Duration::from_secs(90),
        Duration::from_millis(40_250),
        Duration::from_secs(86_400),
    ] {
        let error = failure(Reply::rate_limited(after)).await;
        assert!(error.is_rate_limited(), "{error}");
        assert_eq!((error.retry_after(), error.attempts()), (Some(after), 1));
    }
}

#[tokio::test(start_paused = true)]
async fn failed_connection_sends_nothing() {
    let finch = finch(Reply::no_connection());
    let error = exchange(&finch.client()).await.unwrap_err();
    assert!(error.is_connect() && !error.outcome_unknown(), "{error}");
    assert!(!error.is_timeout(), "{error}");
    assert_eq!((error.status(), error.attempts()), (None, 3));
    assert!(finch.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_lost_response_leaves_the_outcome_unknown() {
    let finch = finch(Reply::lost());
    let error = exchange(&finch.client()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert!(error.outcome_unknown() && !error.is_connect(), "{error}");
    // The request was sent, and is not retried.
    assert_eq!((error.attempts(), finch.requests().len()), (1, 1));

    let finch = FakeTransport::new().on("GET /a", [Reply::lost(), Reply::json(1)]);
    assert_eq!(read(&finch.client(), "/a").await.unwrap(), 1);
    assert_eq!(finch.requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn unprocessed_request_is_sent_again() {
    let finch = finch([Reply::not_processed(), Reply::example()]);
    exchange(&finch.client()).await.unwrap();
    assert_eq!(finch.requests().len(), 2);

    let error = failure(Reply::not_processed()).await;
    assert_eq!(error.kind(), ErrorKind::NotProcessed);
    assert!(!error.outcome_unknown(), "{error}");
}

#[tokio::test]
async fn cut_off_response_keeps_the_received_part() {
    let whole = Reply::example();
    let with_token = r#"{"access_token":"7e965183-9332-423c-9259-3edafb332ad2""#;
    for (bytes, token) in [(0, None), (20, None), (with_token.len(), Some(TOKEN))] {
        let error = failure(whole.clone().cut_off_after(bytes)).await;
        assert_eq!(error.kind(), ErrorKind::Interrupted);
        assert_eq!(error.status(), Some(StatusCode::OK));
        assert!(error.outcome_unknown(), "{error}");
        assert_eq!(error.expose_body(), Some(&with_token.as_bytes()[..bytes]));
        assert_eq!(error.access_token().map(Secret::expose_secret), token);
    }
    // Also after its end.
    let error = failure(whole.cut_off_after(1_000_000)).await;
    assert_eq!(error.kind(), ErrorKind::Interrupted);
    assert_eq!(error.access_token().map(Secret::expose_secret), Some(TOKEN));
}

#[tokio::test(start_paused = true)]
async fn deadline_passes_without_waiting() {
    let hour = Duration::from_secs(3600);
    // (the reply, whether the outcome is unknown, the number of requests)
    for (reply, outcome_unknown, sent) in [
        (Reply::example().delayed(hour), true, 1),
        (Reply::lost().delayed(hour), true, 1),
        (Reply::example().stalls_after(0), true, 1),
        (Reply::example().stalls_after(100), true, 1),
        (Reply::no_connection().delayed(hour), false, 0),
    ] {
        let printed = format!("{reply:?}");
        let (start, clock) = (Instant::now(), tokio::time::Instant::now());
        let finch = finch(reply);
        let deadline = Duration::from_secs(1800);
        let client = finch.client_builder().timeout(deadline).build().unwrap();
        let error = exchange(&client).await.unwrap_err();
        assert!(error.is_timeout(), "{printed}: {error}");
        assert_eq!(
            error.outcome_unknown(),
            outcome_unknown,
            "{printed}: {error}"
        );
        assert_eq!(finch.requests().len(), sent, "{printed}");
        assert_eq!(clock.elapsed().as_secs(), deadline.as_secs(), "{printed}");
        assert!(start.elapsed() < NO_WAIT, "{printed}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_deadline_covers_all_attempts() {
    let clock = tokio::time::Instant::now();
    let deadline = Duration::from_secs(40);
    let slow = Reply::no_connection().delayed(Duration::from_secs(15));
    let finch = finch([slow.clone(), slow.clone(), slow]);
    let client = finch.client_builder().timeout(deadline).build().unwrap();
    let error = exchange(&client).await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
    assert_eq!(error.attempts(), 3);
    assert_eq!(clock.elapsed().as_secs(), deadline.as_secs());
}

#[tokio::test(start_paused = true)]
async fn delay_within_the_deadline_succeeds() {
    let clock = tokio::time::Instant::now();
    let delay = Duration::from_secs(50);
    exchange(&finch(Reply::example().delayed(delay)).client())
        .await
        .unwrap();
    assert_eq!(clock.elapsed().as_secs(), 50);

    // Three times the delay until the connection fails.
    let clock = tokio::time::Instant::now();
    let error = failure(Reply::no_connection().delayed(Duration::from_secs(10))).await;
    assert!(error.is_connect(), "{error}");
    assert!((30..36).contains(&clock.elapsed().as_secs()));
}

#[tokio::test]
async fn an_exchange_is_recorded_in_clear() {
    let finch = finch(Reply::example());
    let client = finch.client();
    let exchange = client.exchange_code("code-1");
    let exchange = exchange.redirect_uri("https://example.com/callback");
    exchange.await.unwrap();

    let [request] = &finch.requests()[..] else {
        panic!("{finch:?}");
    };
    assert_eq!(request.operation(), Some(EXCHANGE));
    assert_eq!(
        (request.method(), request.path()),
        (&Method::POST, "/auth/token")
    );
    assert_eq!(request.query(), []);
    assert_eq!(request.headers()[CONTENT_TYPE], "application/json");
    assert_eq!(request.headers()[ACCEPT], "application/json");
    assert_eq!(request.headers()["finch-api-version"], "2020-09-17");
    assert!(!request.headers().contains_key(AUTHORIZATION));
    let expected = json!({
        "client_id": "4ab15e51-11ad-49f4-acae-f343b7794375",
        "client_secret": "test-client-secret",
        "code": "code-1",
        "redirect_uri": "https://example.com/callback",
    });
    assert_eq!(request.json::<Value>(), expected);
    assert_eq!(request.body(), expected.to_string().as_bytes());
    let printed = format!("{request:?}");
    assert!(printed.contains("code-1"), "{printed}");
}

#[tokio::test]
async fn a_request_without_an_operation_is_recorded() {
    let finch = FakeTransport::new().on("GET /undocumented/path", Reply::json(json!({})));
    let client = finch.client_builder().access_token("token-1").build();
    let client = client.unwrap();
    let request = client.request(Method::GET, "/undocumented/path");
    let request = request.query(&[("limit", "50"), ("name", "Zoë & co")]);
    request.send_for_bytes().await.unwrap();

    let requests = finch.requests();
    assert_eq!(requests[0].operation(), None);
    assert_eq!(requests[0].path(), "/undocumented/path");
    let query = [("limit", "50"), ("name", "Zoë & co")];
    let query = query.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(requests[0].query(), query);
    assert_eq!(requests[0].headers()[AUTHORIZATION], "Bearer token-1");
    assert_eq!(requests[0].body(), b"");
    let panic = panics(|| requests[0].json::<Value>());
    assert!(
        panic.starts_with("the body of GET /undocumented/path"),
        "{panic}"
    );
}

#[tokio::test]
async fn a_clone_shares_replies_and_records() {
    let finch = FakeTransport::new();
    let client = finch.clone().client();
    finch.clone().on(EXCHANGE, Reply::example());
    exchange(&client).await.unwrap();
    let options = RequestOptions::new().max_retries(0);
    exchange(&client.with_options(options)).await.unwrap();
    assert_eq!(finch.requests().len(), 2);
    assert_eq!(finch.clone().requests().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn replies_are_sent_in_list_order() {
    let busy = Reply::rate_limited(Duration::from_secs(5));
    let finch = finch([busy, Reply::example(), Reply::invalid_grant()]);
    let client = finch.client();
    let clock = tokio::time::Instant::now();
    exchange(&client).await.unwrap();
    assert_eq!(clock.elapsed().as_secs(), 5);
    assert_eq!(finch.requests().len(), 2);
    assert!(exchange(&client).await.unwrap_err().is_invalid_grant());
    assert_eq!(finch.requests().len(), 3);

    // A single reply answers every request.
    finch
        .on(EXCHANGE, vec![Reply::lost()])
        .on(EXCHANGE, Reply::example());
    for _ in 0..3 {
        exchange(&client).await.unwrap();
    }
}

#[tokio::test]
async fn exhausted_list_panics() {
    let finch = finch([Reply::example(), Reply::example()]);
    let client = finch.client();
    for _ in 0..2 {
        exchange(&client).await.unwrap();
    }
    let panic = panics_when_awaited(exchange(&client)).await;
    let expected =
        "no reply is left for the request POST /auth/token (`create-access-token`): 2 were set";
    assert!(panic.starts_with(expected), "{panic}");
    assert_eq!(finch.requests().len(), 2);

    // The fake continues after the panic.
    finch.on(EXCHANGE, []);
    let panic = panics_when_awaited(exchange(&client)).await;
    assert!(panic.contains(": 0 were set"), "{panic}");
    finch.on(EXCHANGE, Reply::example());
    exchange(&client).await.unwrap();
}

#[tokio::test]
async fn unexpected_request_panics() {
    let finch = FakeTransport::new();
    let client = finch.client();
    let panic = panics_when_awaited(exchange(&client)).await;
    let expected = "nobody expected the request POST /auth/token (`create-access-token`): set a \
                    reply with `FakeTransport::on`, which was called for no endpoint";
    assert_eq!(panic, expected);

    finch
        .on(EXCHANGE, Reply::example())
        .on("GET /employer/{a}", Reply::json(json!({})));
    for (method, path) in [
        (Method::GET, "/employer"),
        (Method::GET, "/v1/employer/company"),
        (Method::POST, "/employer/company"),
        (Method::GET, "/auth/token"),
    ] {
        let request = client.request(method.clone(), path);
        let request = request.query(&[("ssn", "123")]).header(
            finch_api::header::HeaderName::from_static("x-secret"),
            finch_api::header::HeaderValue::from_static("s3cret"),
        );
        let panic = panics_when_awaited(request.send_for_bytes()).await;
        let expected = format!("nobody expected the request {method} {path}: ");
        assert!(panic.starts_with(&expected), "{panic}");
        let known = "for `create-access-token` (POST /auth/token), `GET /employer/{a}`";
        assert!(panic.ends_with(known), "{panic}");
        assert!(
            !panic.contains("123") && !panic.contains("s3cret"),
            "{panic}"
        );
    }
    assert!(finch.requests().is_empty());
}

#[test]
fn unknown_operation_panics_at_once() {
    let finch = FakeTransport::new();
    for endpoint in [
        "create_access_token",
        "createAccessToken",
        "",
        "GET",
        "GET employer",
        "/employer",
        "G@T /employer",
    ] {
        let panic = panics(|| finch.on(endpoint, Reply::bytes("")));
        let expected = format!(
            "no operation has the id `{endpoint}`: write one of these, or a method and a path, \
             such as `GET /path/{{id}}`: "
        );
        let operation = "`create-access-token` (POST /auth/token)";
        assert!(
            panic.starts_with(&expected) && panic.contains(operation),
            "{panic}"
        );
    }
}

/// A test may have set a path before the document named its operation.
#[tokio::test]
async fn a_path_answers_for_an_operation_without_replies() {
    let finch =
        FakeTransport::new().on("POST /{folder}/{name}", Reply::json(json!({})).status(400));
    let error = exchange(&finch.client()).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(400));
    assert_eq!(finch.requests()[0].operation(), Some(EXCHANGE));

    let finch = finch.on(EXCHANGE, Reply::example());
    exchange(&finch.client()).await.unwrap();
}

#[tokio::test]
async fn operation_is_also_found_by_its_path() {
    // Both name the same endpoint, so the second replaces the first.
    let finch = finch(Reply::lost()).on("POST /auth/token", Reply::example());
    let client = finch.client();
    exchange(&client).await.unwrap();
    let request = client.request(Method::POST, "/auth/token").json(&json!({}));
    let token = request.send::<CreateAccessTokenResponse>().await.unwrap();
    assert_eq!(token.value().access_token.expose_secret(), TOKEN);
    let operations: Vec<_> = finch.requests();
    let operations = operations.iter().map(RecordedRequest::operation);
    assert!(operations.eq([Some(EXCHANGE); 2]));
}

#[tokio::test]
async fn most_specific_path_wins() {
    let finch = FakeTransport::new()
        .on("GET /jobs/latest", Reply::json("latest"))
        .on("GET /jobs/{id}.csv", Reply::json("csv"))
        .on("GET /jobs/{id}", Reply::json("any"))
        .on("GET /jobs/{id}/items/{item}", Reply::json("item"));
    let client = finch.client();
    for (path, expected) in [
        ("/jobs/1", "any"),
        ("/jobs/latest", "latest"),
        ("/jobs/1.csv", "csv"),
        ("/jobs/a%2Fb", "any"),
        ("/jobs/1/items/2", "item"),
    ] {
        assert_eq!(read(&client, path).await.unwrap(), expected, "{path}");
    }
    // The name of a parameter does not matter.
    finch.on("GET /jobs/{job_id}", Reply::json("other"));
    assert_eq!(read(&client, "/jobs/1").await.unwrap(), "other");
}

#[tokio::test]
async fn a_base_url_may_have_a_path() {
    let finch = finch(Reply::example()).base_path("/api/");
    let client = finch.client_builder().base_url("https://proxy.example/api");
    exchange(&client.build().unwrap()).await.unwrap();
    assert_eq!(finch.requests()[0].path(), "/auth/token");

    let client = finch
        .client_builder()
        .base_url("https://proxy.example/apis");
    let panic = panics_when_awaited(exchange(&client.build().unwrap())).await;
    assert!(
        panic.contains("the request POST /apis/auth/token:"),
        "{panic}"
    );
}

#[tokio::test]
async fn example_reply_uses_the_document() {
    let token = exchange(&finch(Reply::example()).client()).await.unwrap();
    assert_eq!(token.access_token.expose_secret(), TOKEN);
    assert_eq!(token.customer_name.as_deref(), Some("Acme Inc"));
    assert_eq!(token.entity_ids.len(), 3);
    let named = finch(Reply::example_named("Success")).client();
    assert_eq!(exchange(&named).await.unwrap(), token);

    // The status and headers of the test take precedence.
    let created = Reply::example()
        .status(201)
        .header("finch-request-id", "req-1");
    let response = finch(created).client().exchange_code("code-1").send().await;
    let response = response.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.request_id(), Some("req-1"));
    assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
}

#[test]
fn unknown_example_panics_at_once() {
    let panic = panics(|| finch([Reply::example(), Reply::example_named("Failure")]));
    let expected = "the document shows no success `Failure` of `create-access-token`: use one of \
                    `Success`";
    assert_eq!(panic, expected);
    for reply in [Reply::example(), Reply::example_named("Success")] {
        let panic = panics(|| FakeTransport::new().on("GET /a", reply));
        let expected = "the document shows no success of an endpoint without an operation: use \
                        `Reply::json`";
        assert_eq!(panic, expected);
    }
}

/// Returns a response with only the required properties.
fn built() -> CreateAccessTokenResponse {
    CreateAccessTokenResponse::builder()
        .access_token("t0ken")
        .client_type(ClientType::Sandbox)
        .connection_id("connection-1")
        .connection_type("finch")
        .entity_ids(["550e8400-e29b-41d4-a716-446655440000"])
        .products(["company"])
        .provider_id("gusto")
        .token_type("bearer")
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_value_is_sent_with_its_secrets() {
    let token = built();
    assert_eq!(token.connection_type, ConnectionType::Finch);
    let received = exchange(&finch(Reply::json(&token)).client())
        .await
        .unwrap();
    assert_eq!(received, token);
    assert_eq!(received.access_token.expose_secret(), "t0ken");
    let printed = format!("{:?}", Reply::json(token));
    assert!(!printed.contains("t0ken"), "{printed}");
}

#[test]
fn a_response_is_built_with_all_required_properties() {
    let builder = CreateAccessTokenResponse::builder().access_token("t0ken");
    let built: Result<CreateAccessTokenResponse, _> = builder.token_type("bearer").try_into();
    let error = built.unwrap_err().to_string();
    let expected = "no value was set for client_type, connection_id, connection_type, \
                    entity_ids, products, provider_id";
    assert_eq!(error, expected);
}

#[tokio::test]
async fn reply_may_be_any_response() {
    let html = Reply::bytes("<html>")
        .status(502)
        .header("content-type", "text/html");
    let error = failure(html).await;
    assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY));
    assert_eq!(error.expose_body(), Some(&b"<html>"[..]));

    let moved = Reply::bytes("").status(StatusCode::TEMPORARY_REDIRECT);
    let error = failure(moved.header("location", "https://evil.example")).await;
    assert_eq!(error.kind(), ErrorKind::Redirect);

    let finch = finch(Reply::bytes(vec![b'a'; 1000]));
    let client = finch.client_builder().max_response_bytes(999);
    let error = exchange(&client.build().unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[test]
fn setting_a_response_on_a_failure_panics_at_once() {
    for (panic, expected) in [
        (panics(|| Reply::lost().status(200)), "cannot have a status"),
        (
            panics(|| Reply::lost().header("a", "b")),
            "cannot have a header",
        ),
        (
            panics(|| Reply::no_connection().cut_off_after(1)),
            "cannot have a body",
        ),
        (
            panics(|| Reply::not_processed().stalls_after(1)),
            "cannot have a body",
        ),
        (panics(|| Reply::bytes("").status(1)), "the status: "),
        (
            panics(|| Reply::bytes("").header("a b", "c")),
            "the header: ",
        ),
        (
            panics(|| Reply::bytes("").header("a", "\n")),
            "the header `a`: ",
        ),
        (
            panics(|| Reply::json(BTreeMap::from([((), 1)]))),
            "cannot be serialized: ",
        ),
    ] {
        assert!(panic.contains(expected), "{panic}");
    }
}

/// The causes match a real connection.
#[tokio::test(start_paused = true)]
async fn fake_errors_match_real_ones() {
    for (reply, expected) in [
        (
            Reply::no_connection(),
            "no connection to api.tryfinch.com: connection refused, 3 attempts",
        ),
        (
            Reply::lost(),
            "the connection to api.tryfinch.com broke before a response came: connection reset",
        ),
        (
            Reply::example().cut_off_after(9),
            "200 OK: the connection to api.tryfinch.com broke while reading the response body: \
             connection reset",
        ),
    ] {
        let error = failure(reply).await;
        assert_eq!(error.to_string(), format!("{EXCHANGE}: {expected}"));
        assert!(error.source().is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn fake_transport_works_in_a_tower_stack() {
    let finch = finch(Reply::example().delayed(Duration::from_secs(10)));
    let limited = ConcurrencyLimit::new(finch.clone(), 1);
    let client = finch.client_builder().transport(limited).build().unwrap();
    let clock = tokio::time::Instant::now();
    let (first, second) = tokio::join!(exchange(&client), exchange(&client));
    assert_eq!(first.unwrap(), second.unwrap());
    assert_eq!(clock.elapsed().as_secs(), 20);
    assert_eq!(finch.requests().len(), 2);
}

/// A transport must send nothing for a dropped call.
#[tokio::test(start_paused = true)]
async fn dropped_call_is_not_recorded() {
    let finch = finch([Reply::example()]);
    drop(finch.client().exchange_code("code-1").into_future());
    assert!(finch.requests().is_empty());
    // No reply is used up.
    exchange(&finch.client()).await.unwrap();
}

#[test]
fn fake_transport_is_send_and_sync() {
    fn is_shared<T: Send + Sync + Clone + 'static>() {}
    fn goes<T: Send + Sync + 'static>() {}
    is_shared::<FakeTransport>();
    is_shared::<Reply>();
    is_shared::<Replies>();
    is_shared::<RecordedRequest>();
    goes::<ReplyBody>();
}

#[tokio::test]
async fn debug_prints_only_the_kind_of_reply() {
    let finch = finch(Reply::example());
    exchange(&finch.client()).await.unwrap();
    let printed = format!("{finch:?} {:?}", finch.client());
    assert!(printed.contains("create-access-token"), "{printed}");
    assert!(
        !printed.contains(TOKEN) && !printed.contains("code-1"),
        "{printed}"
    );
    assert!(!printed.contains("test-client-secret"), "{printed}");
}
