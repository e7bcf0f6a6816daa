//! Tests walks through the lists of a fake server.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::header::{AUTHORIZATION, HeaderMap};
use http::{Method, StatusCode};
use http_body_util::{BodyExt as _, Full};
use serde_json::{Value, json};

use super::*;
use crate::ErrorKind;
use crate::runtime::codegen_support::{Field, Parameter};
use crate::runtime::operation::{Credential, EXAMPLE, Successes};
use crate::runtime::paging::PageInput;
use crate::runtime::success::Json;
use crate::runtime::transport::{RequestBody, Transport};
use crate::runtime::{BaseUrl, Client, Config, Credentials, Secret};

static LIST: Operation = Operation {
    id: "list-things",
    path: "/things/{group}",
    successes: Successes::Several(&[200, 202]),
    security: &[&[Credential::Bearer]],
    ..EXAMPLE
};
static SEARCH: Operation = Operation {
    id: "search-things",
    method: Method::POST,
    path: "/things/{group}",
    ..LIST
};

const OFFSET: PageInput = PageInput::Parameter(Parameter::query("offset"));
const LIMIT: PageInput = PageInput::Parameter(Parameter::query("limit"));
const BY_OFFSET: &Paging = &Paging::offset(OFFSET, 0)
    .limit(LIMIT, Some(3))
    .list("/things");
const BY_TOTAL: &Paging = &Paging::offset(OFFSET, 0)
    .limit(LIMIT, None)
    .total("/paging/count")
    .list("/things");
const PAGE: PageInput = PageInput::Parameter(Parameter::header("x-page"));
const BY_NUMBER: &Paging = &Paging::number(PAGE, 1).list("/things");
const BY_PAGE_COUNT: &Paging = &Paging::number(PAGE, 0).page_count("/pages");
const BY_HAS_NEXT: &Paging = &Paging::number(PAGE, 1).has_next("/more").list("/things");
const CURSOR: PageInput = PageInput::Parameter(Parameter::query("after"));
const BY_CURSOR: &Paging = &Paging::cursor(CURSOR, "/next").list("/things");
const BY_LAST: &Paging = &Paging::cursor(CURSOR, "/things/-1").list("/things");
const BY_PATH_PARAMETER: &Paging =
    &Paging::number(PageInput::Parameter(Parameter::path("group")), 1).list("/things");
const BY_TEXT_IN_BODY: &Paging = &Paging::cursor(PageInput::Text("/page/after"), "/next");
const BY_NUMBER_IN_BODY: &Paging = &Paging::cursor(PageInput::Number("/page/after"), "/next");
const BY_URL: &Paging = &Paging::url("/next").list("/things");
const BY_PATH: &Paging = &Paging::path("/next").list("/things");

/// A server that gives one reply after the other, and the last one forever.
#[derive(Clone)]
struct Server {
    replies: Arc<Vec<(u16, Value)>>,
    /// The requests: the target, the position in a header, and the body.
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn new(replies: impl IntoIterator<Item = (u16, Value)>) -> Self {
        Self {
            replies: Arc::new(replies.into_iter().collect()),
            requests: Arc::default(),
        }
    }

    /// A server that replies with each of these values, with the status 200.
    fn of(replies: impl IntoIterator<Item = Value>) -> Self {
        Self::new(replies.into_iter().map(|reply| (200, reply)))
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    async fn answer(self, request: http::Request<RequestBody>) -> http::Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        assert_eq!(head.headers[AUTHORIZATION], "Bearer a token");
        let page = head.headers.get("x-page");
        let page = page.map_or("", |page| page.to_str().unwrap());
        let body = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8(body.to_vec()).unwrap();
        let url = head.uri.to_string();
        let url = url.strip_prefix("https://api.example.com").unwrap_or(&url);
        let line = [url, page, &body].map(str::to_owned);
        let line = line.into_iter().filter(|part| !part.is_empty());
        let count = {
            let mut requests = self.requests.lock().unwrap();
            requests.push(line.collect::<Vec<_>>().join(" "));
            requests.len()
        };
        let (status, body) = self.replies.get(count - 1).or(self.replies.last()).unwrap();
        let body = Full::new(Bytes::from(body.to_string()));
        http::Response::builder()
            .status(*status)
            .body(body)
            .unwrap()
    }

    fn call(&self, operation: &'static Operation) -> Call {
        let server = self.clone();
        let transport = tower::service_fn(move |request| {
            let server = server.clone();
            async { Ok::<_, Infallible>(server.answer(request).await) }
        });
        let config = Config {
            base_url: BaseUrl::parse("https://api.example.com/v1", false).unwrap(),
            servers: Default::default(),
            transport: Transport::new(transport),
            credentials: Arc::new(Credentials {
                access_token: Some("a token".into()),
                ..Credentials::default()
            }),
            headers: HeaderMap::new(),
            timeout: Duration::from_secs(10),
            max_retries: 2,
            max_retry_wait: Duration::from_secs(10),
            max_response_bytes: 1 << 20,
        };
        let config = Arc::new(config);
        Call::new(Client { config }, operation).parameter(Parameter::path("group"), set("1"))
    }

    fn list(&self, paging: &'static Paging) -> Pages<Value> {
        self.call(&LIST).pages::<Json<Value>>(paging)
    }
}

fn set<T>(value: T) -> Field<T> {
    let mut field = Field::required("a");
    field.set(value);
    field
}

fn things(page: Value) -> Option<Vec<Value>> {
    page.get("things")?.as_array().cloned()
}

/// Walks all pages. Returns the items, the positions of the pages, and the error at the end.
async fn walk(mut pages: Pages<Value>) -> (Vec<Value>, Vec<String>, Option<Error>) {
    let (mut items, mut positions) = (Vec::new(), Vec::new());
    let error = loop {
        match pages.try_next().await {
            Ok(Some(page)) => {
                positions.push(page.position().as_str().to_owned());
                assert!(positions.len() < 10, "it never ends");
                items.extend(things(page.into_inner()).unwrap_or_default());
            }
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    assert!(pages.try_next().await.unwrap().is_none(), "it has ended");
    (items, positions, error)
}

/// Each row: how the list comes in pages, the parameters of the call, the replies, the
/// number of items, and the requests.
#[tokio::test]
async fn a_list_ends_where_the_document_says() {
    let list = |count| json!({"things": (0..count).collect::<Vec<u8>>()});
    let of = |items: &[u8], more: Value| {
        let mut page = json!({ "things": items });
        page.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        page
    };
    type Row = (
        &'static Paging,
        &'static [(&'static str, &'static str)],
        Vec<Value>,
        usize,
        &'static [&'static str],
    );
    let rows: [Row; 19] = [
        // A short page is the last one, and a full page is not.
        (
            BY_OFFSET,
            &[("limit", "2")],
            vec![of(&[1, 2], json!({})), of(&[3, 4], json!({})), list(1)],
            5,
            &["?limit=2", "?limit=2&offset=2", "?limit=2&offset=4"],
        ),
        (
            BY_OFFSET,
            &[("limit", "2")],
            vec![list(2), list(0)],
            2,
            &["?limit=2", "?limit=2&offset=2"],
        ),
        (
            BY_OFFSET,
            &[("limit", "2")],
            vec![list(0)],
            0,
            &["?limit=2"],
        ),
        (BY_OFFSET, &[], vec![json!({})], 0, &[""]),
        // Without a size, only an empty page is certainly the last one.
        (
            BY_OFFSET,
            &[],
            vec![list(2), list(0)],
            2,
            &["", "?offset=2"],
        ),
        // The server gives no more than the documented maximum.
        (
            BY_OFFSET,
            &[("limit", "50")],
            vec![list(3), list(0)],
            3,
            &["?limit=50", "?limit=50&offset=3"],
        ),
        (
            BY_OFFSET,
            &[("offset", "10"), ("limit", "1")],
            vec![list(1), list(0)],
            1,
            &["?offset=10&limit=1", "?limit=1&offset=11"],
        ),
        // The number of all items counts, not the size of a page.
        (
            BY_TOTAL,
            &[("limit", "50")],
            vec![
                of(&[1, 2], json!({"paging": {"count": 3}})),
                of(&[3], json!({"paging": {"count": 3}})),
            ],
            3,
            &["?limit=50", "?limit=50&offset=2"],
        ),
        (BY_TOTAL, &[("limit", "2")], vec![list(1)], 1, &["?limit=2"]),
        (BY_NUMBER, &[], vec![list(2), list(0)], 2, &["", " 2"]),
        (
            BY_PAGE_COUNT,
            &[],
            vec![json!({"pages": 3}); 3],
            0,
            &["", " 1", " 2"],
        ),
        (BY_PAGE_COUNT, &[], vec![json!({})], 0, &[""]),
        (
            BY_HAS_NEXT,
            &[],
            vec![
                of(&[1], json!({"more": true})),
                of(&[2], json!({"more": false})),
            ],
            2,
            &["", " 2"],
        ),
        (
            BY_CURSOR,
            &[("after", "x")],
            vec![
                of(&[1], json!({"next": "a&b"})),
                of(&[], json!({"next": 7})),
                of(&[1], json!({"next": ""})),
            ],
            2,
            &["?after=x", "?after=a%26b", "?after=7"],
        ),
        (
            BY_CURSOR,
            &[],
            vec![of(&[1], json!({"next": null}))],
            1,
            &[""],
        ),
        // A feed repeats its last cursor when there is nothing new.
        (
            BY_CURSOR,
            &[],
            vec![of(&[1], json!({"next": 7})), of(&[], json!({"next": 7}))],
            1,
            &["", "?after=7"],
        ),
        (
            BY_LAST,
            &[],
            vec![list(2), of(&[5], json!({})), list(0)],
            3,
            &["", "?after=1", "?after=5"],
        ),
        (
            BY_URL,
            &[("after", "x")],
            vec![
                of(
                    &[1],
                    json!({"next": "https://api.example.com/other?a=%20b#c"}),
                ),
                of(&[2], json!({"next": "?page=3"})),
                of(&[3], json!({"next": "/v1/things"})),
                list(1),
            ],
            4,
            &["?after=x", "/other?a=%20b", "?page=3", "/v1/things"],
        ),
        (
            BY_PATH,
            &[],
            vec![of(&[1], json!({"next": "/things?page=2"})), list(1)],
            2,
            &["", "/v1/things?page=2"],
        ),
    ];
    for (paging, parameters, replies, count, expected) in rows {
        let server = Server::of(replies);
        let mut call = server.call(&LIST);
        for (name, value) in parameters {
            call = call.parameter(Parameter::query(name), set(*value));
        }
        let (items, positions, error) = walk(call.pages::<Json<Value>>(paging)).await;
        assert!(error.is_none(), "{error:?}");
        assert_eq!(items.len(), count, "{paging:?}");
        let whole = |target: &&str| match target.starts_with("/") {
            true => (*target).to_owned(),
            false => format!("/v1/things/1{target}"),
        };
        let expected: Vec<String> = expected.iter().map(whole).collect();
        assert_eq!(server.requests(), expected, "{paging:?}");
        assert_eq!(positions.len(), expected.len());
    }
}

#[tokio::test]
async fn a_position_is_sent_in_its_place() {
    let next = |next: Value| json!({"things": [next], "next": next});
    for (paging, first, second) in [
        (
            BY_PATH_PARAMETER,
            "/v1/things/1 {\"a\":1}",
            "/v1/things/2 {\"a\":1}",
        ),
        (
            BY_TEXT_IN_BODY,
            "/v1/things/1 {\"a\":1}",
            "/v1/things/1 {\"a\":1,\"page\":{\"after\":\"7\"}}",
        ),
        (
            BY_NUMBER_IN_BODY,
            "/v1/things/1 {\"a\":1}",
            "/v1/things/1 {\"a\":1,\"page\":{\"after\":7}}",
        ),
    ] {
        let server = Server::of([next(7.into()), json!({})]);
        let call = server
            .call(&SEARCH)
            .json("application/json", set(json!({"a": 1})));
        let (_, positions, error) = walk(call.pages::<Json<Value>>(paging)).await;
        assert!(error.is_none(), "{error:?}");
        assert_eq!(server.requests(), [first, second]);
        assert_eq!(positions.len(), 2);
    }
    let server = Server::of([next("b".into()), json!({})]);
    let call = server.call(&SEARCH);
    walk(call.pages::<Json<Value>>(BY_TEXT_IN_BODY)).await;
    let expected = ["/v1/things/1", "/v1/things/1 {\"page\":{\"after\":\"b\"}}"];
    assert_eq!(server.requests(), expected);
}

/// Documents also give positions and sizes the type `number`.
#[tokio::test]
async fn a_position_may_be_a_floating_point_number() {
    let list = |items: &[u8]| json!({ "things": items });
    let server = Server::of([list(&[1, 2]), list(&[3])]);
    let call = server
        .call(&LIST)
        .parameter(Parameter::query("offset"), set(10.0))
        .parameter(Parameter::query("limit"), set(2.0));
    let (items, positions, error) = walk(call.pages::<Json<Value>>(BY_OFFSET)).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(items.len(), 3);
    assert_eq!(positions, ["10", "12"]);

    let server = Server::of([
        json!({"things": [1], "paging": {"count": 2.0}}),
        json!({"things": [2], "paging": {"count": 2.0}}),
    ]);
    let (items, positions, error) = walk(server.list(BY_TOTAL)).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!((items.len(), positions.len()), (2, 2));
    assert_eq!(server.requests().len(), 2);
}

/// The server puts a secret of the request into the URL of the next page.
#[tokio::test]
async fn an_error_of_a_page_shows_no_secret() {
    let next = json!({"things": [1, 0], "next": "https://a-secret-key.example/"});
    let call = Server::of([next]).call(&LIST);
    let call = call.parameter(Parameter::query("key"), set(Secret::from("a-secret-key")));
    let (_, _, error) = walk(call.pages::<Json<Value>>(BY_URL)).await;
    let error = error.unwrap().to_string();
    let expected = "the next page is at https://[REDACTED].example,";
    assert!(error.contains(expected), "{error}");
}

/// Each row: how the list comes in pages, the replies, the number of items before the error, the
/// requests, and parts of the error.
#[tokio::test(start_paused = true)]
async fn a_list_that_cannot_go_on_is_an_error() {
    let page = |item: u8, next: Value| (200, json!({"things": [item, 0], "next": next}));
    let other = |url: &str| vec![page(1, url.into()), page(2, Value::Null)];
    let objects = |id: u8| (200, json!({"things": [{"id": id}]}));
    let elsewhere = "which is not followed: the credentials are for https://api.example.com";
    for (paging, replies, items, requests, kind, parts) in [
        // The server ignores the position.
        (
            BY_OFFSET,
            vec![page(1, Value::Null)],
            2,
            2,
            ErrorKind::RepeatedPage,
            ["200 OK", "the server repeats a page"],
        ),
        (
            BY_NUMBER,
            vec![
                page(1, Value::Null),
                page(2, Value::Null),
                page(2, Value::Null),
            ],
            4,
            3,
            ErrorKind::RepeatedPage,
            ["200 OK", "the server repeats a page"],
        ),
        (
            BY_HAS_NEXT,
            vec![(200, json!({"things": [], "more": true}))],
            0,
            2,
            ErrorKind::RepeatedPage,
            ["200 OK", "the server repeats a page"],
        ),
        (
            BY_CURSOR,
            vec![page(1, "a".into())],
            2,
            2,
            ErrorKind::RepeatedPage,
            ["200 OK", "the server repeats a page"],
        ),
        // The server goes round in a circle.
        (
            BY_URL,
            vec![
                page(1, "?page=2".into()),
                page(2, "?page=3".into()),
                page(3, "?page=2".into()),
            ],
            4,
            3,
            ErrorKind::RepeatedPage,
            ["200 OK", "the server repeats a page"],
        ),
        (
            BY_NUMBER,
            [1, 2, 1].map(objects).to_vec(),
            2,
            3,
            ErrorKind::RepeatedPage,
            ["200 OK", "the server repeats a page"],
        ),
        // The server sends the same page under another position.
        (
            BY_CURSOR,
            vec![
                (200, json!({"things": [{"id": 1}], "next": "a"})),
                (200, json!({"things": [{"id": 1}], "next": "b"})),
            ],
            1,
            2,
            ErrorKind::RepeatedPage,
            ["200 OK", "the server repeats a page"],
        ),
        // A success without the list.
        (
            BY_OFFSET,
            vec![page(1, Value::Null), (202, json!({}))],
            2,
            2,
            ErrorKind::OtherSuccess,
            ["202 Accepted", "use `send()`"],
        ),
        (
            BY_CURSOR,
            vec![page(1, "a".into()), (204, json!({}))],
            2,
            2,
            ErrorKind::Decode,
            [
                "204 No Content",
                "the document has no success with this status",
            ],
        ),
        (
            BY_CURSOR,
            vec![page(1, "a".into()), (404, json!({}))],
            2,
            2,
            ErrorKind::Status,
            ["404 Not Found", "list-things"],
        ),
        (
            BY_CURSOR,
            vec![page(1, true.into())],
            0,
            1,
            ErrorKind::Decode,
            ["200 OK", "/next is neither a string nor a number"],
        ),
        (
            BY_HAS_NEXT,
            vec![(200, json!({"things": 1, "more": true})), (503, json!({}))],
            0,
            4,
            ErrorKind::Status,
            ["503 Service Unavailable", "3 attempts"],
        ),
        // Nothing is sent to another host.
        (
            BY_URL,
            other("https://evil.example/v1/things?page=2"),
            2,
            1,
            ErrorKind::InvalidRequest,
            ["the next page is at https://evil.example,", elsewhere],
        ),
        (
            BY_URL,
            other("//evil.example"),
            2,
            1,
            ErrorKind::InvalidRequest,
            ["the next page is at https://evil.example,", elsewhere],
        ),
        (
            BY_URL,
            other("http://api.example.com/v1/things"),
            2,
            1,
            ErrorKind::InvalidRequest,
            ["the next page is at http://api.example.com,", elsewhere],
        ),
        (
            BY_URL,
            other("https://api.example.com:444/v1/things"),
            2,
            1,
            ErrorKind::InvalidRequest,
            [
                "the next page is at https://api.example.com:444,",
                elsewhere,
            ],
        ),
        (
            BY_URL,
            other("https://user@api.example.com/v1/things"),
            2,
            1,
            ErrorKind::InvalidRequest,
            ["the next page is at https://api.example.com,", elsewhere],
        ),
        (
            BY_URL,
            other("https://[/"),
            2,
            1,
            ErrorKind::InvalidRequest,
            ["the URL of the next page is not valid", "list-things"],
        ),
        (
            BY_PATH,
            other("https://evil.example/"),
            2,
            1,
            ErrorKind::InvalidRequest,
            [
                "the next page is not followed",
                "begin with exactly one slash",
            ],
        ),
        (
            BY_PATH,
            other("/../admin"),
            2,
            1,
            ErrorKind::InvalidRequest,
            ["the next page is not followed", "a segment `.` or `..`"],
        ),
    ] {
        let server = Server::new(replies);
        let (found, _, error) = walk(server.list(paging)).await;
        let error = error.unwrap();
        assert_eq!(
            (error.kind(), error.operation()),
            (kind, Some("list-things"))
        );
        let text = error.to_string();
        assert!(parts.iter().all(|part| text.contains(part)), "{text}");
        assert!(!text.contains("token"), "{text}");
        assert_eq!(found.len(), items, "{text}");
        assert_eq!(server.requests().len(), requests, "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_is_retried_on_its_own() {
    let page = |item: u8| (200, json!({"things": [item]}));
    let busy = (503, json!({}));
    let server = Server::new([page(1), busy.clone(), busy, page(2), (200, json!({}))]);
    let (items, positions, error) = walk(server.list(BY_NUMBER)).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(
        (items, positions),
        (
            vec![json!(1), json!(2)],
            vec!["1".to_owned(), "2".to_owned(), "3".to_owned()]
        )
    );
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn a_walk_goes_on_from_a_position() {
    for (paging, next) in [(BY_OFFSET, "2"), (BY_CURSOR, "a b"), (BY_URL, "?page=2")] {
        let page = |item: u8, next: Value| json!({"things": [item, 0], "next": next});
        let server = Server::of([page(1, next.into()), page(2, Value::Null), json!({})]);
        let mut pages = server.list(paging);
        let page = pages.try_next().await.unwrap().unwrap();
        let position = page.next_position().unwrap();
        assert_eq!(position.as_str(), next);
        let stored = position.as_str().to_owned();
        drop(pages);

        let mut pages = server.list(paging).begin_at(stored.into());
        let page = pages.try_next().await.unwrap().unwrap();
        assert_eq!(page.position(), &PagePosition::from(next));
        assert_eq!(page.value()["things"][0], 2);
        assert_eq!(page.response().status(), StatusCode::OK);
        let requests = server.requests();
        assert_eq!(requests.len(), 2);

        // The empty text is the beginning.
        let mut pages = server.list(paging).begin_at("".into());
        pages.try_next().await.unwrap();
        assert_eq!(server.requests()[2], requests[0]);
    }
    let server = Server::of([json!({})]);
    for position in ["a", "-1", "1.5"] {
        let (_, _, error) = walk(server.list(BY_OFFSET).begin_at(position.into())).await;
        let error = error.unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        let expected = "list-things: the position of the page is not a whole number";
        assert_eq!(error.to_string(), expected);
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_page_is_requested_when_it_is_needed() {
    let server = Server::of([
        json!({"things": [1, 2], "next": "a"}),
        json!({"things": [], "next": "b"}),
        json!({"things": [3]}),
    ]);
    let mut items = server.list(BY_CURSOR).items(things);
    assert_eq!(server.requests().len(), 0);
    for (item, requests) in [
        (Some(1), 1),
        (Some(2), 1),
        (Some(3), 3),
        (None, 3),
        (None, 3),
    ] {
        let found = items.try_next().await.unwrap();
        assert_eq!(found, item.map(Value::from));
        assert_eq!(server.requests().len(), requests);
    }
}

/// The response of a dropped `try_next` is not lost, and nothing is sent twice.
#[tokio::test(start_paused = true)]
async fn a_dropped_future_loses_no_page() {
    let busy = (503, json!({}));
    let server = Server::new([busy, (200, json!({"things": [1]})), (200, json!({}))]);
    let mut items = server.list(BY_NUMBER).items(things);
    let short = Duration::from_millis(10);
    assert!(tokio::time::timeout(short, items.try_next()).await.is_err());
    assert_eq!(items.try_next().await.unwrap(), Some(json!(1)));
    assert_eq!(items.try_next().await.unwrap(), None);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn pages_and_items_are_streams() {
    fn check<S: Stream + Send + Unpin + 'static>(stream: S) -> S {
        stream
    }
    let replies = || {
        [
            json!({"things": [1, 2], "next": "a"}),
            json!({"things": [3]}),
        ]
    };
    let pages = check(Server::of(replies()).list(BY_CURSOR));
    let pages: Vec<Page<Value>> = pages.try_collect().await.unwrap();
    assert_eq!(pages.len(), 2);
    let items = check(Server::of(replies()).list(BY_CURSOR).items(things));
    let items = tokio::spawn(items.try_collect::<Vec<Value>>());
    assert_eq!(items.await.unwrap().unwrap(), [1, 2, 3]);
    let failing = Server::new([(404, json!({}))])
        .list(BY_CURSOR)
        .items(things);
    let mut failing = pin!(failing);
    assert!(failing.next().await.unwrap().is_err());
    assert!(failing.next().await.is_none());
}

#[tokio::test]
async fn what_is_printed_has_no_data() {
    let server = Server::of([json!({"things": [1], "next": "?key=s3cret"})]);
    let mut pages = server.list(BY_URL);
    assert_eq!(
        format!("{pages:?}"),
        "Pages { operation: \"list-things\", .. }"
    );
    let page = pages.try_next().await.unwrap().unwrap();
    let printed = format!("{:?} {:?}", page.next_position(), page.position());
    assert_eq!(printed, "Some(PagePosition(..)) PagePosition(..)");
    let items = pages.items(things);
    assert_eq!(
        format!("{items:?}"),
        "Items { operation: \"list-things\", .. }"
    );
}

/// A body that the server labels and begins as it likes is read as usual.
#[tokio::test]
async fn a_byte_order_mark_is_skipped() {
    let body = "\u{feff}{\"things\": [1], \"next\": \"a\"}";
    let call = Server::of([]).call(&LIST);
    let read = BY_CURSOR.read(body.as_bytes(), "", &call).unwrap();
    assert_eq!(read.next.as_deref(), Some("a"));
    assert!(!read.is_empty);
}
