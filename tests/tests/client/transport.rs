//! Tests that the client keeps its promises over any transport that follows the rules.

use std::error::Error as _;
use std::fmt;
use std::future::{pending, ready};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use finch_api::bytes::Bytes;
use finch_api::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
use finch_api::http::{Request, Response};
use finch_api::http_body::{Body, Frame};
use finch_api::tower_service::Service;
use finch_api::transport::{RequestBody, ReqwestTransport, TransportError};
use finch_api::{Client, ClientBuilder, Error, ErrorKind, Method, RequestOptions};
use finch_api_tests::{Loopback, Reply};
use http_body_util::{BodyExt as _, Full};
use tokio::sync::Notify;
use tower::limit::ConcurrencyLimit;
use tower::{ServiceBuilder, service_fn};

const TOKEN: &str = include_str!("../pages/retrieve-access-token.json");
const SECRETS: [&str; 2] = ["finch-secret-1", "code-1"];
const DEADLINE: Duration = Duration::from_secs(5);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

fn builder() -> ClientBuilder {
    Client::builder()
        .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
        .client_secret(SECRETS[0])
        .timeout(DEADLINE)
}

fn ok(body: &str) -> Response<Full<Bytes>> {
    Response::new(Full::new(Bytes::copy_from_slice(body.as_bytes())))
}

/// Returns a response with `status` and a header.
fn refusal(status: u16, name: &str, value: &str) -> Response<Full<Bytes>> {
    let response = Response::builder().status(status).header(name, value);
    response.body(Full::default()).unwrap()
}

/// Produces one frame.
type Make = fn() -> Result<Frame<Bytes>, BoxError>;

/// A body that produces its frames while it is read.
#[derive(Clone)]
struct Frames<I> {
    frames: I,
    /// Whether the body never ends.
    is_endless: bool,
    read: Arc<AtomicUsize>,
}

impl<I: Iterator<Item = Make> + Unpin> Body for Frames<I> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self.frames.next() {
            Some(make) => {
                self.read.fetch_add(1, Ordering::SeqCst);
                Poll::Ready(Some(make()))
            }
            None if self.is_endless => Poll::Pending,
            None => Poll::Ready(None),
        }
    }
}

#[tokio::test]
async fn a_layer_sees_the_request_but_prints_no_secret() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let requests = Arc::clone(&seen);
    let transport = service_fn(move |request: Request<RequestBody>| {
        let requests = Arc::clone(&requests);
        async move {
            let printed = format!("{request:?}{request:#?}");
            let (head, body) = request.into_parts();
            let size = body.size_hint().exact();
            let body = body.collect().await?.to_bytes();
            requests.lock().unwrap().push((printed, head, size, body));
            Ok::<_, BoxError>(ok(TOKEN))
        }
    });
    let client = builder().transport(transport).build().unwrap();
    client.exchange_code(SECRETS[1]).await.unwrap();
    let cookie = RequestOptions::new().header(COOKIE, HeaderValue::from_static("a=s3cret-cookie"));
    let client = client.with_options(cookie);
    let request = client.request(Method::GET, "/employer/company");
    request.send_for_bytes().await.unwrap();

    let seen = seen.lock().unwrap();
    let [(_, exchange, size, body), (_, read, none, empty)] = &seen[..] else {
        panic!("{seen:?}");
    };
    assert_eq!(exchange.method, Method::POST);
    assert_eq!(exchange.uri, "https://api.tryfinch.com/auth/token");
    assert_eq!(*size, Some(body.len() as u64));
    let body: serde_json::Value = serde_json::from_slice(body).unwrap();
    assert_eq!([&body["client_secret"], &body["code"]], SECRETS);
    assert_eq!((*none, empty.len()), (Some(0), 0));
    assert!(read.headers[AUTHORIZATION].is_sensitive());
    assert!(read.headers[COOKIE].is_sensitive());
    for (printed, ..) in &*seen {
        assert!(printed.contains("RequestBody"), "{printed}");
        for secret in ["finch-secret-1", "code-1", "s3cret-cookie", "Basic"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}

fn empty() -> Result<Frame<Bytes>, BoxError> {
    Ok(Frame::data(Bytes::new()))
}

fn small() -> Result<Frame<Bytes>, BoxError> {
    Ok(Frame::data(Bytes::from_static(b" ")))
}

fn data() -> Result<Frame<Bytes>, BoxError> {
    Ok(Frame::data(Bytes::from_static(&[b'a'; 1000])))
}

fn trailers() -> Result<Frame<Bytes>, BoxError> {
    Ok(Frame::trailers(finch_api::header::HeaderMap::new()))
}

fn broken() -> Result<Frame<Bytes>, BoxError> {
    Err("boom".into())
}

fn slow() -> Result<Frame<Bytes>, BoxError> {
    Err(TransportError::Timeout("boom".into()).into())
}

/// A response body, and the expected outcome.
struct Stream {
    /// The number of frames of 1,000 bytes.
    data: usize,
    /// The frame after them.
    then: Option<Make>,
    is_endless: bool,
    error: Option<ErrorKind>,
    /// The number of bytes in the response or the error.
    kept: Option<usize>,
    /// The number of frames that the client reads.
    read: usize,
}

#[tokio::test(start_paused = true)]
async fn a_response_is_read_as_a_stream_within_limits() {
    const WHOLE: Stream = Stream {
        data: 3,
        then: None,
        is_endless: false,
        error: None,
        kept: Some(3000),
        read: 3,
    };
    for case in [
        WHOLE,
        Stream {
            then: Some(trailers),
            read: 4,
            ..WHOLE
        },
        Stream {
            data: usize::MAX,
            error: Some(ErrorKind::TooLarge),
            kept: None,
            read: 11,
            ..WHOLE
        },
        Stream {
            then: Some(broken),
            error: Some(ErrorKind::Interrupted),
            read: 4,
            ..WHOLE
        },
        Stream {
            then: Some(slow),
            error: Some(ErrorKind::Timeout),
            read: 4,
            ..WHOLE
        },
        Stream {
            is_endless: true,
            error: Some(ErrorKind::Timeout),
            ..WHOLE
        },
    ] {
        let body = Frames {
            frames: std::iter::repeat_n(data as Make, case.data).chain(case.then),
            is_endless: case.is_endless,
            read: Arc::default(),
        };
        let read = Arc::clone(&body.read);
        let transport = service_fn(move |_: Request<RequestBody>| {
            ready(Ok::<_, BoxError>(Response::new(body.clone())))
        });
        let client = builder().transport(transport).max_response_bytes(10_000);
        let client = client.max_retries(0).build().unwrap();
        let start = tokio::time::Instant::now();
        let outcome = client.request(Method::POST, "/a").send_for_bytes().await;
        let waited = if case.is_endless {
            DEADLINE
        } else {
            Duration::ZERO
        };
        assert_eq!(start.elapsed().as_secs(), waited.as_secs(), "{outcome:?}");
        assert_eq!(read.load(Ordering::SeqCst), case.read, "{outcome:?}");
        assert_eq!(outcome.as_ref().err().map(Error::kind), case.error);
        let kept = match outcome {
            Ok(response) => Some(response.into_inner().len()),
            Err(error) => {
                assert!(error.outcome_unknown(), "{error}");
                error.expose_body().map(<[u8]>::len)
            }
        };
        assert_eq!(kept, case.kept);
    }
}

/// Returns a response or an error for the number of the attempt.
/// The deadline and the limits apply to a body that is always ready.
#[tokio::test]
async fn endless_ready_body_is_read_within_limits() {
    let exchange = async |frames: [Make; 2], deadline| {
        let body = Frames {
            frames: frames.into_iter().cycle(),
            is_endless: true,
            read: Arc::default(),
        };
        let read = Arc::clone(&body.read);
        let transport = service_fn(move |_: Request<RequestBody>| {
            ready(Ok::<_, BoxError>(Response::new(body.clone())))
        });
        let client = builder().transport(transport).timeout(deadline);
        let client = client.max_response_bytes(usize::MAX).build().unwrap();
        let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
        (error, read.load(Ordering::SeqCst))
    };
    for (frames, expected) in [
        ([empty as Make, empty as Make], 10_001),
        ([trailers, empty], 10_001),
        ([small, trailers], 20_002),
    ] {
        let (error, read) = exchange(frames, Duration::MAX).await;
        assert_eq!(error.kind(), ErrorKind::Interrupted);
        let text = error.to_string();
        assert!(
            text.contains("more than 10000 frames without data"),
            "{text}"
        );
        assert_eq!(read, expected);
    }
    let start = std::time::Instant::now();
    let (error, _) = exchange([small, small], Duration::from_millis(50)).await;
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(start.elapsed() < DEADLINE, "{:?}", start.elapsed());
}

type Respond = fn(usize) -> Result<Response<Full<Bytes>>, BoxError>;

/// Runs an exchange. Returns its outcome, and the number of calls to the transport.
async fn exchange(respond: Respond) -> (Result<(), Error>, usize) {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let transport = service_fn(move |_: Request<RequestBody>| {
        ready(respond(counter.fetch_add(1, Ordering::SeqCst) + 1))
    });
    let client = builder().transport(transport).build().unwrap();
    let outcome = client.exchange_code(SECRETS[1]).await.map(|_token| ());
    (outcome, calls.load(Ordering::SeqCst))
}

#[tokio::test(start_paused = true)]
async fn retries_and_redirect_rule_apply_to_any_transport() {
    let busy_once: Respond = |number| match number {
        1 => Ok(refusal(429, "retry-after", "0")),
        _ => Ok(ok(TOKEN)),
    };
    let (outcome, calls) = exchange(busy_once).await;
    assert_eq!((outcome.is_ok(), calls), (true, 2));

    let (outcome, calls) = exchange(|_| Ok(refusal(500, "retry-after", "0"))).await;
    assert_eq!((outcome.unwrap_err().kind(), calls), (ErrorKind::Status, 1));

    let (outcome, calls) = exchange(|_| Ok(refusal(307, "location", "https://a.example"))).await;
    let error = outcome.unwrap_err();
    assert_eq!((error.kind(), calls), (ErrorKind::Redirect, 1));
    assert!(!error.outcome_unknown());
}

/// An error that a layer wraps around another.
#[derive(Debug)]
struct OfLayer(BoxError);

impl fmt::Display for OfLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a layer failed")
    }
}

impl std::error::Error for OfLayer {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}

/// The outcome of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Outcome {
    kind: ErrorKind,
    is_timeout: bool,
    is_unknown: bool,
    calls: usize,
}

#[tokio::test(start_paused = true)]
async fn first_transport_error_decides() {
    use TransportError::{NotConnected, NotProcessed, Other, Redirected, Timeout};

    type Failed = Result<Response<Full<Bytes>>, BoxError>;
    fn plain(error: TransportError) -> Failed {
        Err(error.into())
    }
    fn layered(error: TransportError) -> Failed {
        Err(OfLayer(OfLayer(error.into()).into()).into())
    }

    const INTERRUPTED: Outcome = Outcome {
        kind: ErrorKind::Interrupted,
        is_timeout: false,
        is_unknown: true,
        calls: 1,
    };
    const REDIRECT: Outcome = Outcome {
        kind: ErrorKind::Redirect,
        ..INTERRUPTED
    };
    const TIMEOUT: Outcome = Outcome {
        kind: ErrorKind::Timeout,
        is_timeout: true,
        ..INTERRUPTED
    };
    const CONNECT: Outcome = Outcome {
        kind: ErrorKind::Connect,
        is_timeout: false,
        is_unknown: false,
        calls: 3,
    };
    const CONNECT_TIMEOUT: Outcome = Outcome {
        is_timeout: true,
        ..CONNECT
    };
    const NOT_PROCESSED: Outcome = Outcome {
        kind: ErrorKind::NotProcessed,
        ..CONNECT
    };
    let rows: [(Respond, Outcome); 13] = [
        (|_| Err("boom".into()), INTERRUPTED),
        (|_| Err(OfLayer("boom".into()).into()), INTERRUPTED),
        (|_| plain(Other("boom".into())), INTERRUPTED),
        (|_| plain(Redirected("boom".into())), REDIRECT),
        (|_| plain(Timeout("boom".into())), TIMEOUT),
        (|_| plain(NotConnected("boom".into())), CONNECT),
        (
            |_| plain(NotConnected(Timeout("boom".into()).into())),
            CONNECT_TIMEOUT,
        ),
        (|_| plain(NotProcessed("boom".into())), NOT_PROCESSED),
        (|_| layered(Timeout("boom".into())), TIMEOUT),
        (|_| layered(NotConnected("boom".into())), CONNECT),
        (|_| layered(NotProcessed("boom".into())), NOT_PROCESSED),
        (
            |_| layered(Timeout(NotConnected("boom".into()).into())),
            TIMEOUT,
        ),
        (
            |_| layered(Other(NotProcessed("boom".into()).into())),
            INTERRUPTED,
        ),
    ];
    for (number, (respond, expected)) in rows.into_iter().enumerate() {
        let (outcome, calls) = exchange(respond).await;
        let error = outcome.unwrap_err();
        let found = Outcome {
            kind: error.kind(),
            is_timeout: error.is_timeout(),
            is_unknown: error.outcome_unknown(),
            calls,
        };
        assert_eq!(found, expected, "row {number}: {error}");
        assert!(
            error.to_string().contains(": boom"),
            "row {number}: {error}"
        );
        assert!(error.source().is_some(), "row {number}: {error}");
    }
}

/// A concurrency limit is exhausted.
#[tokio::test(start_paused = true)]
async fn deadline_before_the_transport_is_ready_has_a_known_outcome() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&calls);
    let transport = service_fn(move |request: Request<RequestBody>| {
        counter.fetch_add(1, Ordering::SeqCst);
        async move {
            request.into_body().collect().await?;
            pending::<Result<Response<Full<Bytes>>, BoxError>>().await
        }
    });
    let transport = ConcurrencyLimit::new(transport, 1);
    let client = builder().transport(transport).build().unwrap();
    let first = tokio::spawn({
        let client = client.with_options(RequestOptions::new().timeout(3 * DEADLINE));
        async move { client.exchange_code(SECRETS[1]).await }
    });
    tokio::task::yield_now().await;
    assert_eq!(calls.load(Ordering::SeqCst), 1);

    let with_body = client.exchange_code(SECRETS[1]).await.unwrap_err();
    let without = client.request(Method::POST, "/a").send_for_bytes().await;
    for error in [with_body, without.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        assert!(error.is_timeout() && !error.outcome_unknown(), "{error}");
    }
    assert_eq!(calls.load(Ordering::SeqCst), 1);

    let error = first.await.unwrap().unwrap_err();
    assert!(error.is_timeout() && error.outcome_unknown(), "{error}");
    // The concurrency limit has a free place again.
    client.exchange_code(SECRETS[1]).await.unwrap_err();
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

/// A service that is never ready.
#[derive(Clone)]
struct Broken;

impl Service<Request<RequestBody>> for Broken {
    type Response = Response<Full<Bytes>>;
    type Error = BoxError;
    type Future = std::future::Ready<Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Err("boom".into()))
    }

    fn call(&mut self, _: Request<RequestBody>) -> Self::Future {
        panic!("it is not ready")
    }
}

#[tokio::test(start_paused = true)]
async fn unready_transport_has_sent_nothing() {
    let client = builder().transport(Broken).build().unwrap();
    let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
    assert!(error.is_connect() && !error.outcome_unknown(), "{error}");
    assert_eq!(error.attempts(), 3);
    assert!(error.to_string().contains(": boom"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn body_records_whether_it_was_sent() {
    // (whether the transport takes the body, whether there is a body, whether the outcome
    // is unknown)
    for (takes_it, has_body, outcome_unknown) in [
        (true, true, true),
        (false, true, false),
        (true, false, true),
        (false, false, true),
    ] {
        let is_over = Arc::new(Notify::new());
        let is_cancelled = Arc::new(Notify::new());
        let shared = (Arc::clone(&is_over), Arc::clone(&is_cancelled));
        let transport = service_fn(move |request: Request<RequestBody>| {
            let (is_over, is_cancelled) = shared.clone();
            async move {
                let mut body = request.into_body();
                if takes_it {
                    body.frame().await.transpose()?;
                }
                // The transport continues after the client has stopped waiting.
                tokio::spawn(async move {
                    is_over.notified().await;
                    if body.frame().await.is_some_and(|frame| frame.is_err()) {
                        is_cancelled.notify_one();
                    }
                });
                pending::<Result<Response<Full<Bytes>>, BoxError>>().await
            }
        });
        let client = builder().transport(transport).build().unwrap();
        let request = client.request(Method::POST, "/a");
        let request = if has_body { request.json("a") } else { request };
        let error = request.send_for_bytes().await.unwrap_err();
        assert!(error.is_timeout(), "{error}");
        assert_eq!(error.outcome_unknown(), outcome_unknown, "{error}");
        is_over.notify_one();
        let cancelled = tokio::time::timeout(DEADLINE, is_cancelled.notified()).await;
        assert_eq!(cancelled.is_ok(), !outcome_unknown, "{error}");
    }
}

#[tokio::test]
async fn layers_wrap_reqwest() {
    let reqwest = || ReqwestTransport::new(reqwest::Client::new());
    let stack = || {
        ServiceBuilder::new()
            .map_err(|error: BoxError| OfLayer(error))
            .concurrency_limit(1)
            .timeout(DEADLINE)
            .map_request(|mut request: Request<RequestBody>| {
                let name = HeaderName::from_static("x-of-layer");
                request
                    .headers_mut()
                    .insert(name, HeaderValue::from_static("1"));
                request
            })
            .service(reqwest())
    };
    let server = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let client = builder().base_url(server.url()).transport(stack());
    client
        .build()
        .unwrap()
        .exchange_code(SECRETS[1])
        .await
        .unwrap();
    let [request] = &server.received()[..] else {
        panic!("one request");
    };
    assert!(request.head.contains("x-of-layer: 1"), "{}", request.head);
    assert!(request.body.contains(SECRETS[1]), "{}", request.body);

    let client = builder().base_url("http://127.0.0.1:1").transport(stack());
    let client = client.max_retries(0).build().unwrap();
    let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
    assert!(error.is_connect() && !error.outcome_unknown(), "{error}");
}

/// The last layer decides the target and the method of the request.
#[tokio::test]
async fn a_layer_changes_the_target_of_a_request() {
    let server = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let url = server.url();
    let other = "http://127.0.0.1:1";
    for (base_url, target, method, line) in [
        (
            &*url,
            format!("{url}/auth/token"),
            "POST",
            "POST /auth/token",
        ),
        (
            &url,
            format!("{url}/auth/other"),
            "POST",
            "POST /auth/other",
        ),
        (
            &url,
            format!("{url}/auth/token?a=b"),
            "POST",
            "POST /auth/token?a=b",
        ),
        (&url, format!("{url}/auth/token"), "PUT", "PUT /auth/token"),
        (
            other,
            format!("{url}/auth/token"),
            "POST",
            "POST /auth/token",
        ),
    ] {
        let change = move |mut request: Request<RequestBody>| {
            *request.uri_mut() = target.parse().unwrap();
            *request.method_mut() = method.parse().unwrap();
            request
        };
        let stack = ServiceBuilder::new()
            .map_request(change)
            .service(ReqwestTransport::new(reqwest::Client::new()));
        let client = builder().base_url(base_url).transport(stack);
        let client = client.build().unwrap();
        client.exchange_code(SECRETS[1]).await.unwrap();
        let sent = server.received().pop().unwrap();
        assert!(sent.head.starts_with(&format!("{line} ")), "{}", sent.head);
        assert!(sent.body.contains(SECRETS[1]), "{}", sent.body);
    }
}

/// The last setting wins.
#[tokio::test]
async fn a_transport_and_an_http_client_replace_each_other() {
    let server = Loopback::start(Reply::json("200 OK", TOKEN)).await;
    let fake = || service_fn(|_: Request<RequestBody>| ready(Ok::<_, BoxError>(ok(TOKEN))));
    let builder = || builder().base_url(server.url());
    for (client, sent) in [
        (
            builder()
                .http_client(reqwest::Client::new())
                .transport(fake()),
            0,
        ),
        (
            builder()
                .transport(fake())
                .http_client(reqwest::Client::new()),
            1,
        ),
    ] {
        client
            .build()
            .unwrap()
            .exchange_code(SECRETS[1])
            .await
            .unwrap();
        assert_eq!(server.received().len(), sent);
    }
}

#[tokio::test]
async fn request_refused_by_reqwest_has_a_known_outcome() {
    let only_https = reqwest::Client::builder().https_only(true).build().unwrap();
    let client = builder()
        .base_url("http://127.0.0.1:1")
        .http_client(only_https);
    let client = client.max_retries(0).build().unwrap();
    let error = client.exchange_code(SECRETS[1]).await.unwrap_err();
    assert!(error.is_connect() && !error.outcome_unknown(), "{error}");
}

#[test]
fn clients_calls_and_errors_are_send_and_sync() {
    fn goes<T: Send + 'static>() {}
    fn is_shared<T: Send + Sync + 'static>() {}
    fn is_send<T: Send>(_: T) {}
    is_shared::<Client>();
    is_shared::<ClientBuilder>();
    is_shared::<Error>();
    is_shared::<TransportError>();
    is_shared::<RequestBody>();
    goes::<<ReqwestTransport as Service<Request<RequestBody>>>::Future>();
    let client = builder().build().unwrap();
    is_send(client.exchange_code("a").into_future());
    is_send(client.create_access_token().send());
    is_send(client.request(Method::GET, "/a").send_for_bytes());
}
