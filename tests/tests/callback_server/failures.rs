//! Tests what the employer and the operator see of a failure.

use finch_api_tests::{Loopback, Reply};
use reqwest::Method;

use crate::browser::{Answer, Browser, redirected};
use crate::server::Place;
use crate::{ANSWER, CODE, SECRETS, TOKEN, answer, assert_none_of, exchanges, finch, start};

/// Returns the page after Finch responded with `reply`, and the log.
async fn page(reply: Reply) -> (Answer, String) {
    let finch = Loopback::start(reply).await;
    page_of(&finch.url()).await
}

/// Returns the page with Finch at this URL, and the log. Neither has a secret, and nothing
/// is stored.
async fn page_of(finch: &str) -> (Answer, String) {
    let place = Place::new();
    let page = page_at(&place, finch).await;
    assert_eq!(place.stored(), []);
    page
}

/// Returns the page of a server at `place`, and the log. Neither has a secret, nor has the
/// database.
async fn page_at(place: &Place, finch: &str) -> (Answer, String) {
    let server = start(place, finch);
    let mut browser = Browser::new();
    let back = browser.come_back(server.url(), CODE).await;
    let mut page = browser.get(&back).await;
    if page.status == 303 {
        page = browser.follow(server.url(), &page).await;
    }
    assert_none_of(&SECRETS, &format!("{page:?}"));
    let log = server.stop();
    assert_none_of(&SECRETS, &log);
    place.assert_none_of(&SECRETS);
    (page, log)
}

/// An error of Finch's that repeats every secret in its message.
fn error(status: &str, name: &str) -> Reply {
    let code = &status[..3];
    let body = format!(
        r#"{{"code":{code},"name":"{name}","message":"no: {CODE}, {}"}}"#,
        crate::SECRET
    );
    Reply::json(status, &body)
}

/// Returns the line of the log about the request that the page names.
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
async fn used_and_expired_codes_have_a_page() {
    let (page, log) = page(error("400 Bad Request", "invalid_grant_error")).await;
    assert_eq!((page.status, page.title()), (400, "This link has expired"));
    assert!(page.body.contains(START_AGAIN));
    assert!(log.contains("invalid_grant_error"), "{log}");
}

#[tokio::test]
async fn invalid_client_is_reported_to_the_operator() {
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
async fn rate_limit_page_shows_the_wait() {
    let body = r#"{"code":429,"name":"rate_limit_exceeded_error","message":"slow down"}"#;
    let limit = Reply::new("429 Too Many Requests", &[("retry-after", "3600")], body);
    let (page, _) = page(limit).await;
    assert_eq!((page.status, page.title()), (503, "Too many requests"));
    assert_eq!(page.header("retry-after"), Some("3600"));
    assert!(page.body.contains("Start again in 60 min."));
    assert!(!page.body.contains(START_AGAIN));
}

/// The page shows a sensible wait for any wait that Finch sends.
#[tokio::test]
async fn odd_rate_limits_are_handled() {
    for (named, shown) in [
        ("0", "60"),
        ("99999999999999999999999", "86400"),
        ("Fri, 31 Dec 9999 23:59:59 GMT", "86400"),
    ] {
        let limit = Reply::new("429 Too Many Requests", &[("retry-after", named)], "{}");
        let (page, _) = page(limit).await;
        assert_eq!((page.status, page.title()), (503, "Too many requests"));
        assert_eq!(page.header("retry-after"), Some(shown), "{named}");
    }
}

/// The choice of a code cannot turn a used code into an error of the operator.
#[tokio::test]
async fn code_that_is_part_of_the_response_changes_nothing() {
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
async fn maintenance_page_shows_the_wait() {
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
async fn unreachable_finch_has_a_page() {
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
async fn unknown_outcome_has_a_page() {
    for reply in [
        error("500 Internal Server Error", "server_error"),
        Reply::default().reset(),
        Reply::new("200 OK", &[], ""),
    ] {
        let (page, log) = page(reply).await;
        assert_nobody_knows(&page, &log);
    }
}

/// Finch's response does not match the document, but it has a token.
#[tokio::test]
async fn salvaged_token_is_stored() {
    let cut_off = &ANSWER[..ANSWER.find("customer_id").unwrap()];
    for reply in [
        Reply::json("200 OK", &format!(r#"{{"access_token":"{TOKEN}"}}"#)),
        Reply::default()
            .head("200 OK", &[("finch-request-id", "req-1")], ANSWER.len())
            .send(cut_off),
    ] {
        let finch = Loopback::script([reply, answer()]).await;
        let place = Place::new();
        let (page, log) = page_at(&place, &finch.url()).await;
        assert_eq!((page.status, page.title()), (200, "Connected"));
        assert!(
            page.body
                .contains("<dd>Dunder &lt;Mifflin&gt; &amp; Co.</dd>"),
            "{page:?}"
        );
        let stored = place.stored();
        let [(id, sealed)] = stored.as_slice() else {
            panic!("not one token: {stored:?}");
        };
        // Encryption adds 16 bytes.
        assert_eq!(sealed.len(), 16 + TOKEN.len());
        assert!(id.starts_with("salvaged-"), "{id}");
        assert!(page.body.contains(id));
        let warning = "Finch's response is not as documented, but contains a token: ";
        let (_, cause) = log.split_once(warning).expect("a line of the log");
        assert!(
            cause.starts_with("create-access-token: 200 OK: "),
            "{cause}"
        );
        // The next start opens it.
        place.start(&[]).stop();
    }
}

/// A response that may have a token is not thrown away.
#[tokio::test]
async fn unreadable_response_is_kept() {
    let html = format!("<html>{CODE} {TOKEN}</html>");
    // A compressed body is stored in Base64, with four characters for three bytes.
    let compressed = [0x1f, 0x8b, 0xff];
    for (body, length) in [(html.as_bytes(), html.len()), (&compressed, 4)] {
        let reply = Reply::default().head("200 OK", &[], body.len());
        let finch = Loopback::start(reply.send_often(body, 1)).await;
        let place = Place::new();
        let (page, log) = page_at(&place, &finch.url()).await;
        assert_nobody_knows(&page, &log);
        let stored = place.stored();
        let [(id, sealed)] = stored.as_slice() else {
            panic!("not one response: {stored:?}");
        };
        assert_eq!(sealed.len(), 16 + length);
        let request = id.strip_prefix("unread-").expect("the id of the request");
        assert!(page.body.contains(request));
        let error = format!("a response that may contain a token is stored as connection {id}");
        assert!(log.contains(&error), "{log}");
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
async fn any_other_refusal_is_reported_to_the_operator() {
    let (page, log) = page(error("400 Bad Request", "bad_request")).await;
    assert_eq!((page.status, page.title()), (500, "This is our mistake"));
    assert!(line(&page, &log, "ERROR").contains("bad_request"));
}

/// Finch Connect's own errors. Only `access_denied` is the employer's decision.
#[tokio::test]
async fn finch_connect_errors_differ_from_access_denied() {
    let finch = finch().await;
    let place = Place::new();
    let server = start(&place, &finch.url());
    let long = "x".repeat(1000);
    let mut lines = Vec::new();
    for (error, level, status, title) in [
        ("access_denied", "INFO", 200, "Not connected"),
        ("server_error", "WARN", 502, "Finch Connect has failed"),
        (
            "temporarily_unavailable",
            "WARN",
            503,
            "Finch Connect is busy",
        ),
        ("invalid_scope", "ERROR", 500, "This is our mistake"),
        ("invalid_request", "ERROR", 500, "This is our mistake"),
        ("unauthorized_client", "ERROR", 500, "This is our mistake"),
        (
            "unsupported_response_type",
            "ERROR",
            500,
            "This is our mistake",
        ),
        ("something_new", "WARN", 502, "Finch Connect has failed"),
        (&long, "WARN", 502, "Finch Connect has failed"),
        ("", "WARN", 502, "Finch Connect has failed"),
    ] {
        let mut browser = Browser::new();
        let connect = browser.connect(server.url()).await;
        let parameters = [("error", error), ("error_description", "because\n<b>")];
        let page = browser.get(&redirected(&connect, &parameters)).await;
        assert_eq!((page.status, page.title()), (status, title), "{error}");
        assert_eq!(page.body.contains("You left Finch Connect"), status == 200);
        assert!(!page.body.contains("because"), "{page:?}");
        let error = &error[..error.len().min(200)];
        let cause = format!(r#"{title}: Finch Connect ended with "{error}" "because\n<b>""#);
        lines.push((cause, format!(" {level} ")));
    }
    assert_eq!(finch.received().len(), 0);
    let log = server.stop();
    for (cause, level) in &lines {
        let line = log.lines().find(|line| line.contains(cause));
        let line = line.unwrap_or_else(|| panic!("{cause}: {log}"));
        assert!(line.contains(level), "{line}");
    }
    assert!(log.contains("correct FINCH_PRODUCTS"), "{log}");
}

#[tokio::test]
async fn empty_code_is_a_bad_request() {
    let finch = finch().await;
    let place = Place::new();
    let server = start(&place, &finch.url());
    let mut browser = Browser::new();
    for code in ["", " ", "\n"] {
        let back = browser.come_back(server.url(), code).await;
        let page = browser.get(&back).await;
        let expected = (400, "This request is not valid");
        assert_eq!((page.status, page.title()), expected, "{code:?}");
        let posted = browser.post_code(server.url(), server.url(), code).await;
        assert_eq!(posted.status, 400, "{code:?}");
    }
    let back = browser.come_back(server.url(), CODE).await;
    let neither = back.replace(&format!("code={CODE}&"), "");
    assert_eq!(browser.get(&neither).await.status, 400);
    // None of them has used a state.
    assert_eq!(browser.get(&back).await.status, 303);
    assert_eq!(exchanges(&finch), 1);
    let log = server.stop();
    assert!(!log.contains(" ERROR "), "{log}");
}

#[tokio::test]
async fn an_unknown_path_or_method_has_a_page() {
    let server = Place::new().start(&[]);
    let mut browser = Browser::new();
    for (method, path, status, title) in [
        (Method::GET, "/nothing", 404, "Page not found"),
        (Method::POST, "/nothing", 404, "Page not found"),
        (Method::GET, "/connected/", 404, "Page not found"),
        (Method::GET, "/connected/1", 404, "Page not found"),
        (Method::GET, "/connected/%ff", 404, "Page not found"),
        (Method::GET, "/%00/<script>", 404, "Page not found"),
        (Method::POST, "/connect", 405, "This request is not valid"),
        (
            Method::PUT,
            "/api/finch/callback",
            405,
            "This request is not valid",
        ),
        (Method::GET, "/disconnect", 400, "This request is not valid"),
    ] {
        let url = format!("{}{path}", server.url());
        let page = browser.request(method.clone(), &url, &[], "").await;
        assert_eq!(
            (page.status, page.title()),
            (status, title),
            "{method} {path}"
        );
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
    }
}

/// The log contains the cause of each failure page.
#[tokio::test]
async fn the_log_has_the_cause_of_each_failure() {
    let finch = finch().await;
    let place = Place::new();
    let server = start(&place, &finch.url());
    let mut browser = Browser::new();
    let callback = format!("{}/api/finch/callback", server.url());
    let json = [("content-type", "application/json")];
    browser
        .get(&format!("{callback}?code={CODE}&state=a.b"))
        .await;
    browser.get(&format!("{callback}?code=1&code=2")).await;
    browser.request(Method::POST, &callback, &json, "{}").await;
    browser.post_code(server.url(), server.url(), "").await;
    browser.get(&format!("{}/nothing", server.url())).await;
    browser.get(&format!("{}/connected/1", server.url())).await;
    browser.request(Method::DELETE, &callback, &[], "").await;
    let log = server.stop();
    for cause in [
        "This link is not valid: this browser did not receive the state",
        "This request is not valid: Failed to deserialize query string: duplicate field `code`",
        "This request is not valid: no page of this site sent the code",
        "This request is not valid: the code is empty",
        "Page not found: no route has this path",
        "Page not found: the account has no such connection",
        "This request is not valid: the route does not allow DELETE",
    ] {
        let mut lines = log.lines().filter(|line| line.contains(cause));
        let line = lines.next().unwrap_or_else(|| panic!("{cause}: {log}"));
        assert!(line.contains("request{id="), "{line}");
    }
}
