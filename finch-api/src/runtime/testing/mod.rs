//! Defines `FakeTransport`, a transport for tests that opens no connection. It returns the
//! replies that a test sets for an endpoint, and records each request. A request without a
//! reply panics, so that the test fails.

mod endpoint;
mod recorded;
mod reply;

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use http::Uri;
use http::request::Parts;
use http_body_util::BodyExt as _;
use tower_service::Service;

use super::operation::Operation;
use super::transport::{RequestBody, TransportError};

use endpoint::Endpoint;

pub use recorded::RecordedRequest;
pub use reply::{Replies, Reply, ReplyBody};

/// The operations and examples of the document, which the generator emits.
#[derive(Debug)]
pub(crate) struct Document {
    /// The first server of the document, if its URL is absolute.
    pub(crate) server: Option<&'static str>,
    /// The operations in document order.
    pub(crate) operations: &'static [&'static Operation],
    pub(crate) examples: &'static [Example],
}

/// An example of a successful response.
#[derive(Debug)]
pub(crate) struct Example {
    /// The id of the operation.
    pub(crate) operation: &'static str,
    pub(crate) status: u16,
    /// The example's name, or empty if it has none.
    pub(crate) name: &'static str,
    /// The JSON text.
    pub(crate) body: &'static str,
}

/// A transport that opens no connection. It answers each request with a [`Reply`] that
/// the test sets, and records the request.
///
/// Everything else is the client's own code: encoding, credentials, retries, the
/// deadline, the size limit and decoding. So a call fails in the same way as in
/// production.
///
/// Clones share the replies and the recorded requests.
///
/// # Time
///
/// Delays and the waits between attempts use tokio's clock. With
/// `#[tokio::test(start_paused = true)]`, which needs tokio's feature `test-util`, the
/// clock jumps ahead and the test does not wait.
///
/// # Secrets
///
/// A [`RecordedRequest`] contains the body and the headers of its request in clear text,
/// and `Debug` prints the body. Use made-up credentials.
#[derive(Clone)]
pub struct FakeTransport(Arc<Shared>);

struct Shared {
    document: &'static Document,
    state: Mutex<State>,
}

struct State {
    /// The path of the base URL, without a trailing slash.
    base_path: String,
    /// The endpoints with replies.
    endpoints: Vec<(Endpoint, Replies)>,
    requests: Vec<RecordedRequest>,
}

impl Default for FakeTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl FakeTransport {
    /// Returns a transport without replies. Every request panics.
    pub fn new() -> Self {
        Self::for_document(&crate::generated::testing::DOCUMENT)
    }

    pub(crate) fn for_document(document: &'static Document) -> Self {
        let server = document.server.and_then(|url| url.parse().ok());
        let path = server.map(|url: reqwest::Url| url.path().to_owned());
        let transport = Self(Arc::new(Shared {
            document,
            state: Mutex::new(State {
                base_path: String::new(),
                endpoints: Vec::new(),
                requests: Vec::new(),
            }),
        }));
        transport.base_path(&path.unwrap_or_default())
    }

    /// Sets the replies of an endpoint. They replace earlier replies.
    ///
    /// `endpoint` is the id of an operation, or a method and path: `GET /path/{id}`. A
    /// path may have parameters in braces. If several paths match a request, the one with
    /// the most text outside of braces wins. A path without an operation also matches
    /// requests for operations without replies.
    ///
    /// A single [`Reply`] answers every request. An array or a `Vec` answers one request
    /// with each of its replies, in order.
    ///
    /// Returns this transport, for chaining.
    ///
    /// # Panics
    ///
    /// Panics if no operation has this id, or if the document has no such
    /// [example](Reply::example).
    ///
    /// A request panics if its endpoint has no reply, or none left. [A client may send a
    /// request several times](Reply#several-attempts).
    #[track_caller]
    pub fn on(&self, endpoint: &str, replies: impl Into<Replies>) -> Self {
        let document = self.0.document;
        let endpoint = match Endpoint::parse(endpoint, document) {
            Ok(endpoint) => endpoint,
            Err(why) => panic!("{why}"),
        };
        let mut replies = replies.into();
        for reply in replies.iter_mut() {
            if let Err(why) = reply.resolve(endpoint.operation(), document) {
                panic!("{why}");
            }
        }
        let endpoints = &mut self.state().endpoints;
        endpoints.retain(|(other, _)| *other != endpoint);
        endpoints.push((endpoint, replies));
        self.clone()
    }

    /// Sets the path of the client's base URL. The default is the path of the document's
    /// server.
    ///
    /// Returns this transport, for chaining.
    pub fn base_path(&self, path: &str) -> Self {
        self.state().base_path = path.trim_end_matches('/').to_owned();
        self.clone()
    }

    /// Returns the requests so far, in the order in which they were sent. Requests that
    /// [`Reply::no_connection`] prevented are not included.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state().requests.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // An unexpected request panics. Later requests may still be expected.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(
        &self,
        request: http::Request<RequestBody>,
    ) -> Result<http::Response<ReplyBody>, TransportError> {
        let (head, body) = request.into_parts();
        let found = self.state().find(&head, self.0.document);
        let (operation, path, reply) = found.unwrap_or_else(|why| panic!("{why}"));
        if reply.is_unsent() {
            reply.wait().await;
            return reply.respond();
        }
        let not_sent = |error| TransportError::NotProcessed(Box::new(error));
        let body = body.collect().await.map_err(not_sent)?.to_bytes();
        let request = RecordedRequest::new(operation, path, head, body);
        self.state().requests.push(request);
        reply.wait().await;
        reply.respond()
    }
}

impl State {
    /// Takes the next reply to a request. Returns it with the operation and the path
    /// relative to the base URL.
    fn find(
        &mut self,
        head: &Parts,
        document: &Document,
    ) -> Result<(Option<&'static Operation>, String, Reply), String> {
        let whole = head.uri.path();
        let under = |base: &str| {
            let path = whole.strip_prefix(base.trim_end_matches('/'));
            path.filter(|path| path.starts_with('/'))
        };
        let path = under(&self.base_path).unwrap_or(whole);
        // The path of an operation with its own server is under that server.
        let path_of = |endpoint: &Endpoint| {
            let server = endpoint.operation().and_then(|operation| operation.server);
            let server = server.and_then(|server| server.url.parse::<Uri>().ok());
            server
                .and_then(|server| under(server.path()))
                .unwrap_or(path)
        };
        let query = head.uri.query().unwrap_or_default();
        let matches =
            |endpoint: &Endpoint| endpoint.matches(&head.method, path_of(endpoint), query);
        let of_document = document
            .operations
            .iter()
            .map(|operation| Endpoint::of_operation(operation));
        let of_test = self.endpoints.iter().map(|(endpoint, _)| endpoint.clone());
        let asked = of_document
            .chain(of_test.clone())
            .filter(matches)
            .max_by_key(Endpoint::specificity);
        // A path of the test also answers for an operation that a later document adds.
        let has_reply = |endpoint: &Endpoint| of_test.clone().any(|other| other == *endpoint);
        let answering = asked.clone().filter(has_reply).or_else(|| {
            let paths = of_test
                .clone()
                .filter(|endpoint| endpoint.operation().is_none());
            paths.filter(matches).max_by_key(Endpoint::specificity)
        });
        let path = asked.as_ref().map_or(path, path_of);
        let request = match asked.as_ref().and_then(Endpoint::operation) {
            Some(operation) => format!("{} {path} (`{}`)", head.method, operation.id),
            None => format!("{} {path}", head.method),
        };
        let mut endpoints = self.endpoints.iter_mut();
        let replies = endpoints.find(|(endpoint, _)| Some(endpoint) == answering.as_ref());
        let Some((_, replies)) = replies else {
            let known = self.endpoints.iter().map(|(known, _)| known.to_string());
            let known = match known.collect::<Vec<_>>() {
                none if none.is_empty() => "no endpoint".to_owned(),
                known => known.join(", "),
            };
            return Err(format!(
                "nobody expected the request {request}: set a reply with `FakeTransport::on`, \
                 which was called for {known}"
            ));
        };
        let reply = replies.next().map_err(|count| {
            format!(
                "no reply is left for the request {request}: {count} were set with \
                 `FakeTransport::on`, and each answers one request; the client sends a request \
                 again if it failed and if that is safe"
            )
        })?;
        let operation = asked.as_ref().and_then(Endpoint::operation);
        Ok((operation, path.to_owned(), reply))
    }
}

impl Service<http::Request<RequestBody>> for FakeTransport {
    type Response = http::Response<ReplyBody>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, TransportError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    /// Answers `request`.
    ///
    /// # Panics
    ///
    /// See [`on`](FakeTransport::on).
    fn call(&mut self, request: http::Request<RequestBody>) -> Self::Future {
        let transport = self.clone();
        Box::pin(async move { transport.answer(request).await })
    }
}

impl fmt::Debug for FakeTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        let endpoints = state.endpoints.iter();
        let endpoints: Vec<String> = endpoints
            .map(|(endpoint, _)| endpoint.to_string())
            .collect();
        f.debug_struct("FakeTransport")
            .field("endpoints", &endpoints)
            .field("requests", &state.requests.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use bytes::Bytes;
    use http::{Method, StatusCode};
    use serde_json::Value;

    use super::super::operation::{EXAMPLE, Server};
    use super::*;

    static LIST: Operation = Operation {
        id: "list things",
        path: "/things",
        ..EXAMPLE
    };
    static READ: Operation = Operation {
        id: "read-thing",
        path: "/things/{id}",
        ..EXAMPLE
    };
    static LATEST: Operation = Operation {
        id: "GET /latest",
        path: "/things/latest",
        ..EXAMPLE
    };
    static DELETE: Operation = Operation {
        id: "delete-thing",
        method: Method::DELETE,
        path: "/things/{thing_id}",
        ..EXAMPLE
    };

    static TOKEN: Operation = Operation {
        id: "get-token",
        path: "/token",
        server: Some(Server {
            url: "https://auth.example.com/oauth/",
            needs_credentials: false,
        }),
        ..EXAMPLE
    };

    const fn example(operation: &'static str, name: &'static str, body: &'static str) -> Example {
        Example {
            operation,
            status: 202,
            name,
            body,
        }
    }

    static DOCUMENT: Document = Document {
        server: Some("https://api.example.com/v1"),
        operations: &[&LIST, &LATEST, &READ, &DELETE, &TOKEN],
        examples: &[
            example("read-thing", "one", "1"),
            example("list things", "", "[]"),
            example("read-thing", "two", "2"),
        ],
    };

    /// Sends a request with this body.
    async fn send(
        transport: &FakeTransport,
        method: Method,
        url: &str,
        body: &'static str,
    ) -> (StatusCode, Bytes) {
        let body = RequestBody::new(Bytes::from_static(body.as_bytes()));
        let mut request = http::Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = url.parse().unwrap();
        let response = transport.clone().call(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap();
        (status, body.to_bytes())
    }

    async fn get(transport: &FakeTransport, path: &str) -> (u16, Bytes) {
        let url = format!("https://api.example.com/v1{path}");
        let (status, body) = send(transport, Method::GET, &url, "").await;
        (status.as_u16(), body)
    }

    fn panics<T>(run: impl FnOnce() -> T) -> String {
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok(_) => panic!("it does not panic"),
            Err(panic) => *panic.downcast().unwrap(),
        }
    }

    #[tokio::test]
    async fn most_specific_operation_path_matches() {
        let transport = FakeTransport::for_document(&DOCUMENT)
            .on("list things", Reply::json("list"))
            .on("read-thing", Reply::json("read"))
            .on("GET /latest", Reply::json("latest"))
            .on("GET /things/{id}/parts", Reply::json("parts"))
            .on("DELETE /things/{x}", Reply::json("delete"));
        for (path, body, operation) in [
            ("/things", "list", Some("list things")),
            ("/things?limit=1", "list", Some("list things")),
            ("/things/1", "read", Some("read-thing")),
            ("/things/latest", "latest", Some("GET /latest")),
            ("/things/1/parts", "parts", None),
        ] {
            let expected = Bytes::from(format!("\"{body}\""));
            assert_eq!(get(&transport, path).await, (200, expected));
            let requests = transport.requests();
            assert_eq!(requests.last().unwrap().operation(), operation);
        }
        let url = "https://api.example.com/v1/things/1";
        let (_, body) = send(&transport, Method::DELETE, url, "").await;
        assert_eq!(body, "\"delete\"");
        let requests = transport.requests();
        assert_eq!(requests.last().unwrap().operation(), Some("delete-thing"));
    }

    /// The operation with replies has a path that matches, too.
    #[tokio::test]
    #[should_panic = "nobody expected the request GET /things/latest (`GET /latest`)"]
    async fn a_request_for_another_operation_is_not_expected() {
        let transport =
            FakeTransport::for_document(&DOCUMENT).on("read-thing", Reply::json("read"));
        get(&transport, "/things/latest").await;
    }

    #[test]
    fn unknown_operation_id_lists_all_operations() {
        let transport = FakeTransport::for_document(&DOCUMENT);
        let panic = panics(|| transport.on("get-thing", Reply::bytes("")));
        let expected = ": `list things` (GET /things), `GET /latest` (GET /things/latest), \
                        `read-thing` (GET /things/{id}), `delete-thing` (DELETE \
                        /things/{thing_id}), `get-token` (GET /token)";
        assert!(panic.ends_with(expected), "{panic}");
    }

    #[tokio::test]
    async fn example_has_its_documented_status() {
        let transport = FakeTransport::for_document(&DOCUMENT);
        for (reply, expected) in [
            (Reply::example(), (202, "1")),
            (Reply::example_named("one"), (202, "1")),
            (Reply::example_named("two"), (202, "2")),
            (Reply::example_named("two").status(200), (200, "2")),
        ] {
            transport.on("read-thing", reply);
            let (status, body) = get(&transport, "/things/1").await;
            assert_eq!((status, &*body), (expected.0, expected.1.as_bytes()));
        }
        let unnamed = transport.on("list things", Reply::example());
        assert_eq!(get(&unnamed, "/things").await.1, "[]");
        for (reply, expected) in [
            (Reply::example(), "use `Reply::json`"),
            (Reply::example_named("one"), "use `Reply::json`"),
        ] {
            let panic = panics(|| transport.on("delete-thing", reply));
            assert!(panic.ends_with(expected), "{panic}");
        }
        let panic = panics(|| transport.on("read-thing", Reply::example_named("three")));
        assert!(panic.ends_with("use one of `one`, `two`"), "{panic}");
    }

    #[tokio::test]
    async fn base_url_is_from_the_document_or_the_test() {
        let transport = FakeTransport::for_document(&DOCUMENT).on("list things", Reply::bytes(""));
        for url in [
            "https://api.example.com/v1/things",
            "https://other.example/v1/things",
            "https://other.example/things",
        ] {
            send(&transport, Method::GET, url, "").await;
        }
        transport.base_path("/api/v2");
        send(
            &transport,
            Method::GET,
            "http://localhost/api/v2/things",
            "",
        )
        .await;
        let requests = transport.requests();
        assert!(requests.iter().all(|request| request.path() == "/things"));
    }

    #[tokio::test]
    async fn an_operation_with_its_own_server_is_found_under_that_server() {
        let transport =
            FakeTransport::for_document(&DOCUMENT).on("get-token", Reply::json("token"));
        for url in [
            "https://auth.example.com/oauth/token",
            // Servers that the caller named.
            "http://localhost/oauth/token",
            "http://localhost/token",
            "https://api.example.com/v1/token",
        ] {
            let (_, body) = send(&transport, Method::GET, url, "").await;
            assert_eq!(body, "\"token\"", "{url}");
            let requests = transport.requests();
            let request = requests.last().unwrap();
            assert_eq!(
                (request.path(), request.operation()),
                ("/token", Some("get-token"))
            );
        }
    }

    #[tokio::test]
    async fn body_is_recorded_as_sent() {
        let transport = FakeTransport::for_document(&DOCUMENT).on("POST /a", Reply::bytes("b"));
        let url = "https://api.example.com/v1/a?c=%26&c=d+e&f";
        let (status, body) = send(&transport, Method::POST, url, "[1]").await;
        assert_eq!((status, &*body), (StatusCode::OK, &b"b"[..]));
        let [request] = &transport.requests()[..] else {
            panic!("{transport:?}");
        };
        assert_eq!(request.body(), b"[1]");
        assert_eq!(request.json::<Vec<u8>>(), [1]);
        let query = [("c", "&"), ("c", "d e"), ("f", "")];
        let query = query.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(request.query(), query);
    }

    /// Checks this client. Other clients have other examples.
    #[test]
    fn generated_examples_are_json_of_known_operations() {
        let Document {
            operations,
            examples,
            ..
        } = crate::generated::testing::DOCUMENT;
        for example in examples {
            let is_known = |operation: &&Operation| operation.id == example.operation;
            assert!(
                operations
                    .iter()
                    .copied()
                    .any(|operation| is_known(&operation))
            );
            assert!(StatusCode::from_u16(example.status).is_ok_and(|status| status.is_success()));
            serde_json::from_str::<Value>(example.body).unwrap();
        }
    }
}
