//! What an employer sees of a failure, and what the operator does.

use finch_api_tests::{Loopback, Reply};

use crate::browser::{Answer, Browser};
use crate::server::Place;
use crate::{CODE, SECRETS, assert_none_of, start};

/// The page after Finch answered with `reply`, and what was logged.
async fn page(reply: Reply) -> (Answer, String) {
    let finch = Loopback::start(reply).await;
    page_of(&finch.url()).await
}

/// The page with Finch at this URL, and what was logged; no secret is in either,
/// and nothing is stored.
async fn page_of(finch: &str) -> (Answer, String) {
    let place = Place::new();
    let page = page_at(&place, finch).await;
    assert_eq!(place.stored(), []);
    page
}

/// The page of a server at `place`; no secret is in it, in what was logged, nor in
/// what is stored.
async fn page_at(place: &Place, finch: &str) -> (Answer, String) {
    let server = start(place, finch);
    let mut browser = Browser::new();
    let back = browser.come_back(server.url(), CODE).await;
    let page = browser.get(&back).await;
    assert!(browser.cookies.is_empty());
    assert_none_of(&SECRETS, &format!("{page:?}"));
    let log = server.stop();
    assert_none_of(&SECRETS, &log);
    place.assert_none_of(&SECRETS);
    (page, log)
}

/// What Finch says of an error, with all it knows in the message.
fn error(status: &str, name: &str) -> Reply {
    let code = &status[..3];
    let body = format!(
        r#"{{"code":{code},"name":"{name}","message":"no: {CODE}, {}"}}"#,
        crate::SECRET
    );
    Reply::json(status, &body)
}

/// The line of the log for the operator, with the request that the page names.
fn line<'a>(page: &Answer, log: &'a str, level: &str) -> &'a str {
    let (_, rest) = page.body.split_once("<code>").expect("a request id");
    let id = rest.split_once("</code>").unwrap().0;
    let mut lines = log
        .lines()
        .filter(|line| line.contains(&format!(" {level} ")));
    lines
        .find(|line| line.contains(id))
        .expect("a line in the log")
}

const START_AGAIN: &str = r#"<a class="button" href="/connect">Start again</a>"#;

#[tokio::test]
async fn a_code_that_is_used_or_expired() {
    let (page, log) = page(error("400 Bad Request", "invalid_grant_error")).await;
    assert_eq!((page.status, page.title()), (400, "This link has expired"));
    assert!(page.body.contains(START_AGAIN));
    assert!(log.contains("invalid_grant_error"), "{log}");
}

#[tokio::test]
async fn a_wrong_client_is_the_operators_to_correct() {
    let (page, log) = page(error("401 Unauthorized", "invalid_client_error")).await;
    assert_eq!((page.status, page.title()), (500, "This is our mistake"));
    assert!(!page.body.contains(START_AGAIN));
    let line = line(&page, &log, "ERROR");
    assert!(
        line.contains("FINCH_CLIENT_ID or FINCH_CLIENT_SECRET is wrong"),
        "{line}"
    );
    assert!(line.contains("request req-1"), "{line}");
}

#[tokio::test]
async fn a_rate_limit_says_when() {
    let body = r#"{"code":429,"name":"rate_limit_exceeded_error","message":"slow down"}"#;
    let limit = Reply::new("429 Too Many Requests", &[("retry-after", "3600")], body);
    let (page, _) = page(limit).await;
    assert_eq!((page.status, page.title()), (503, "Too many at once"));
    assert_eq!(page.header("retry-after"), Some("3600"));
    assert!(page.body.contains("Start again in 60 min."));
    assert!(!page.body.contains(START_AGAIN));
}

/// However odd the wait is that Finch names, the page has one that makes sense.
#[tokio::test]
async fn a_rate_limit_that_is_odd_is_survived() {
    for (named, shown) in [
        ("0", "60"),
        ("99999999999999999999999", "86400"),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "86400"),
    ] {
        let limit = Reply::new("429 Too Many Requests", &[("retry-after", named)], "{}");
        let (page, _) = page(limit).await;
        assert_eq!((page.status, page.title()), (503, "Too many at once"));
        assert_eq!(page.header("retry-after"), Some(shown), "{named}");
    }
}

/// Whoever chooses the code cannot turn a used code into an error of the operator's.
#[tokio::test]
async fn a_code_that_is_a_part_of_the_answer_changes_nothing() {
    let finch = Loopback::start(error("400 Bad Request", "invalid_grant_error")).await;
    for code in ["invalid", "_", "grant_error", "invalid_grant_error"] {
        let place = Place::new();
        let server = start(&place, &finch.url());
        let mut browser = Browser::new();
        let back = browser.come_back(server.url(), code).await;
        let page = browser.get(&back).await;
        let expected = (400, "This link has expired");
        assert_eq!((page.status, page.title()), expected, "{code}");
        let log = server.stop();
        assert!(!log.contains(" ERROR "), "{log}");
    }
}

#[tokio::test]
async fn a_finch_that_is_down_for_maintenance_says_when() {
    let (page, _) = page(Reply::new(
        "503 Service Unavailable",
        &[("retry-after", "120")],
        "",
    ))
    .await;
    assert_eq!(
        (page.status, page.header("retry-after")),
        (503, Some("120"))
    );
}

#[tokio::test]
async fn a_finch_that_is_not_there() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let (page, log) = page_of(&format!("http://{nobody}")).await;
    assert_eq!(
        (page.status, page.title()),
        (502, "Finch cannot be reached")
    );
    assert!(page.body.contains(START_AGAIN));
    line(&page, &log, "ERROR");
}

#[tokio::test]
async fn where_nobody_knows_the_page_says_so() {
    for reply in [
        error("500 Internal Server Error", "server_error"),
        Reply::default().reset(),
        Reply::new("200 OK", &[], ""),
    ] {
        let (page, log) = page(reply).await;
        assert_nobody_knows(&page, &log);
    }
}

/// A token in an answer that is not what the document says is nowhere else.
#[tokio::test]
async fn an_answer_that_cannot_be_read_is_kept() {
    let html = format!("<html>{CODE} {}</html>", crate::TOKEN);
    for reply in [
        Reply::new("200 OK", &[("content-type", "text/html")], &html),
        Reply::json(
            "200 OK",
            &format!(r#"{{"access_token":"{}"}}"#, crate::TOKEN),
        ),
    ] {
        let finch = Loopback::start(reply).await;
        let place = Place::new();
        let (page, log) = page_at(&place, &finch.url()).await;
        assert_nobody_knows(&page, &log);
        let stored = place.stored();
        let [(id, sealed)] = stored.as_slice() else {
            panic!("not one answer: {stored:?}");
        };
        // What seals it adds 16 bytes.
        assert!(sealed.len() > 16 + crate::TOKEN.len());
        let request = id.strip_prefix("unread-").expect("the request's name");
        assert!(page.body.contains(request));
        let said = format!("an answer that may hold a token is kept as connection {id}");
        assert!(log.contains(&said), "{log}");
        // It is opened as the others are.
        place.start(&[]).stop();
    }
}

fn assert_nobody_knows(page: &Answer, log: &str) {
    assert_eq!(page.status, 502);
    assert_eq!(page.title(), "We do not know whether you are connected");
    assert!(page.body.contains(START_AGAIN));
    line(page, log, "ERROR");
}

#[tokio::test]
async fn what_else_finch_refuses_is_the_operators_to_correct() {
    let (page, log) = page(error("400 Bad Request", "bad_request")).await;
    assert_eq!((page.status, page.title()), (500, "This is our mistake"));
    assert!(line(&page, &log, "ERROR").contains("bad_request"));
}
