//! Tests the first call with a token, and who can see and disconnect a stored connection.

use std::time::{Duration, Instant};

use finch_api_tests::{Loopback, Reply};
use reqwest::Method;

use crate::browser::{Answer, Browser};
use crate::origins::started;
use crate::server::{Place, Server};
use crate::{
    ANSWER, CODE, CONNECTION, SECRETS, TOKEN, answer, assert_none_of, finch, late, received, start,
};

/// Connects a browser, and returns the page that it ends on.
async fn connect(browser: &mut Browser, server: &Server) -> Answer {
    let back = browser.come_back(server.url(), CODE).await;
    let back = browser.get(&back).await;
    browser.follow(server.url(), &back).await
}

#[tokio::test]
async fn failed_first_call_does_not_fail_the_connection() {
    let failure =
        r#"{"code":401,"name":"authentication_error","finch_code":"reauthenticate_user"}"#;
    let pending = r#"{"code":202,"name":"sync_in_progress","message":"check back later"}"#;
    for (reply, cause) in [
        (
            Reply::json("401 Unauthorized", failure),
            "is not known: GET /employer/company: 401 Unauthorized: authentication_error",
        ),
        (
            Reply::json("200 OK", "[]"),
            "is not known: GET /employer/company: 200 OK: ",
        ),
        (
            Reply::default().reset(),
            "is not known: GET /employer/company: the connection to ",
        ),
        (
            Reply::json("202 Accepted", pending),
            "Finch does not know the company of ",
        ),
        (
            Reply::json("200 OK", r#"{"id":"1","legal_name":null}"#),
            "Finch does not know the company of ",
        ),
    ] {
        let finch = Loopback::script([Reply::json("200 OK", ANSWER), reply]).await;
        let place = Place::new();
        let server = start(&place, &finch.url());
        let page = connect(&mut Browser::new(), &server).await;
        assert_stored_without_company(&page);
        assert_eq!(place.stored().len(), 1);
        let log = server.stop();
        assert!(log.contains(cause), "{cause}: {log}");
        assert_none_of(&SECRETS, &log);
    }
}

fn assert_stored_without_company(page: &Answer) {
    assert_eq!((page.status, page.title()), (200, "Connected"));
    for text in [
        "The connection is stored",
        "<dd>not known yet</dd>",
        "<dd>gusto</dd>",
    ] {
        assert!(page.body.contains(text), "{text}: {page:?}");
    }
}

#[tokio::test]
async fn slow_first_call_does_not_delay_the_employer() {
    let slow = late(Duration::from_secs(8), "{}");
    let finch = Loopback::script([Reply::json("200 OK", ANSWER), slow]).await;
    let place = Place::new();
    let server = start(&place, &finch.url());
    let began = Instant::now();
    let page = connect(&mut Browser::new(), &server).await;
    let took = began.elapsed();
    assert!((2900..7500).contains(&took.as_millis()), "{took:?}");
    assert_stored_without_company(&page);
    let log = server.stop();
    assert!(log.contains("the deadline of 3s passed"), "{log}");
}

#[tokio::test]
async fn a_browser_lists_its_own_connections_without_tokens() {
    let (_finch, place, server) = started().await;
    let (mut browser, mut other) = (Browser::new(), Browser::new());
    let connections = format!("{}/connections", server.url());
    let none = browser.get(&connections).await;
    assert!(none.body.contains("has not connected"), "{none:?}");
    let connected = connect(&mut browser, &server).await;

    let list = browser.get(&connections).await;
    assert_eq!((list.status, list.title()), (200, "Your connections"));
    for text in [
        "<dd>Dunder &lt;Mifflin&gt; &amp; Co.</dd>",
        "<dd>gusto</dd>",
        "<dd>directory, employment, individual</dd>",
        CONNECTION,
    ] {
        assert!(list.body.contains(text), "{text}: {list:?}");
    }
    let sealed = String::from_utf8_lossy(&place.stored()[0].1).into_owned();
    assert_none_of(&SECRETS, &format!("{list:?}{connected:?}"));
    assert_none_of(&[&sealed], &list.body);

    // Another browser cannot see or change it.
    assert!(other.connect(server.url()).await.has_host());
    assert!(
        other
            .get(&connections)
            .await
            .body
            .contains("has not connected")
    );
    let confirm = list.attribute("/disconnect?connection=");
    let url = format!("{}{confirm}", server.url());
    assert_eq!(other.get(&url).await.status, 404);
    let id = confirm.split_once('=').unwrap().1;
    let url = format!("{}/connected/{id}", server.url());
    assert_eq!(other.get(&url).await.status, 404);
    assert_eq!(browser.get(&url).await.title(), "Connected");
}

#[tokio::test]
async fn a_connection_is_disconnected_after_a_confirmation() {
    let (finch, place, server) = started().await;
    let mut browser = Browser::new();
    connect(&mut browser, &server).await;
    let connections = format!("{}/connections", server.url());
    let list = browser.get(&connections).await;
    let confirm = list.attribute("/disconnect?connection=");
    let confirm = browser.get(&format!("{}{confirm}", server.url())).await;
    assert_eq!((confirm.status, confirm.title()), (200, "Disconnect?"));
    assert!(confirm.body.contains("Dunder &lt;Mifflin&gt;"));
    // Otherwise the browser would send the form with `Origin: null`, or not at all.
    assert_eq!(confirm.header("referrer-policy"), Some("same-origin"));
    let policy = confirm.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self'"), "{policy}");
    // The confirmation page alone changes nothing.
    assert_eq!(received(&finch, "/disconnect").len(), 0);
    assert_eq!(place.stored().len(), 1);

    // Two clicks.
    let mut other = browser.clone();
    let (first, second) = tokio::join!(
        browser.disconnect(server.url(), &confirm),
        other.disconnect(server.url(), &confirm),
    );
    assert_eq!(first.location(), "/connections");
    assert_eq!(second.location(), "/connections");
    assert_eq!(
        browser.disconnect(server.url(), &confirm).await.location(),
        "/connections"
    );
    let list = browser.get(&connections).await;
    assert!(list.body.contains("has not connected"), "{list:?}");
    assert_eq!(place.stored(), []);
    let calls = received(&finch, "/disconnect");
    assert!((1..=2).contains(&calls.len()), "{calls:?}");
    assert!(calls[0].head.starts_with("POST "), "{calls:?}");
    assert!(
        calls[0]
            .head
            .contains(&format!("authorization: Bearer {TOKEN}"))
    );
    let log = server.stop();
    assert!(log.contains(&format!("connection {CONNECTION} is disconnected")));
    assert_none_of(&SECRETS, &log);
}

#[tokio::test]
async fn a_page_of_another_site_cannot_disconnect() {
    let (finch, place, server) = started().await;
    let mut browser = Browser::new();
    connect(&mut browser, &server).await;
    let list = browser.get(&format!("{}/connections", server.url())).await;
    let confirm = list.attribute("/disconnect?connection=");
    let form = confirm.strip_prefix("/disconnect?").unwrap();
    let url = format!("{}/disconnect", server.url());
    let media_type = ("content-type", "application/x-www-form-urlencoded");
    let ours = ("origin", server.url());
    for (headers, body, status) in [
        (&[media_type][..], form, 403),
        (&[media_type, ("origin", "https://evil.example")], form, 403),
        (&[media_type, ("origin", "null")], form, 403),
        (
            &[media_type, ours, ("sec-fetch-site", "cross-site")],
            form,
            403,
        ),
        (
            &[media_type, ours, ("sec-fetch-site", "same-site")],
            form,
            403,
        ),
        (&[("content-type", "text/plain"), ours], form, 415),
        (&[media_type, ours], "", 422),
        (&[media_type, ours], &"x".repeat(20_000), 413),
    ] {
        let answer = browser.request(Method::POST, &url, headers, body).await;
        assert_eq!(answer.status, status, "{headers:?}");
        assert_eq!(answer.title(), "This request is not valid");
    }
    // The form of this site, in a browser that does not have the connection.
    let headers = [media_type, ours];
    let answer = Browser::new()
        .request(Method::POST, &url, &headers, form)
        .await;
    assert_eq!(answer.location(), "/connections");
    assert_eq!(received(&finch, "/disconnect").len(), 0);
    assert_eq!(place.stored().len(), 1);
}

#[tokio::test]
async fn connection_stays_if_finch_fails_to_disconnect_it() {
    let refusal = r#"{"code":500,"name":"server_error","message":"no"}"#;
    let gone = r#"{"code":401,"name":"invalid_token_error","message":"no"}"#;
    let finch = Loopback::script([
        answer(),
        answer(),
        // Retried once, because disconnecting is idempotent.
        Reply::json("500 Internal Server Error", refusal),
        Reply::json("500 Internal Server Error", refusal),
        Reply::json("401 Unauthorized", gone),
    ])
    .await;
    let place = Place::new();
    let server = start(&place, &finch.url());
    let mut browser = Browser::new();
    connect(&mut browser, &server).await;
    let list = browser.get(&format!("{}/connections", server.url())).await;
    let confirm = list.attribute("/disconnect?connection=");
    let confirm = browser.get(&format!("{}{confirm}", server.url())).await;
    let failed = browser.disconnect(server.url(), &confirm).await;
    assert_eq!((failed.status, failed.title()), (502, "Still connected"));
    assert!(failed.body.contains(r#"href="/connections""#));
    assert_eq!(place.stored().len(), 1);
    // Finch no longer knows the token, so the server only has to remove it.
    let done = browser.disconnect(server.url(), &confirm).await;
    assert_eq!(done.location(), "/connections");
    assert_eq!(place.stored(), []);
    let log = server.stop();
    let cause = "Still connected: POST /disconnect: 500 Internal Server Error: server_error";
    assert!(log.contains(cause), "{log}");
}

#[tokio::test]
async fn the_demo_disconnects_too() {
    let place = Place::new();
    let server = place.start(&[]);
    let mut browser = Browser::new();
    for _ in 0..2 {
        let consent = browser.connect(server.url()).await;
        let consent = browser.get(consent.as_str()).await;
        let allow = consent.attribute(&format!("{}/api/finch/callback?code=", server.url()));
        let back = browser.get(&allow).await;
        let connected = browser.follow(server.url(), &back).await;
        assert!(connected.body.contains("Acme, Inc."), "{connected:?}");
        let list = browser.get(&format!("{}/connections", server.url())).await;
        let confirm = list.attribute("/disconnect?connection=");
        let confirm = browser.get(&format!("{}{confirm}", server.url())).await;
        browser.disconnect(server.url(), &confirm).await;
        assert_eq!(place.stored(), []);
    }
    let log = server.stop();
    assert_eq!(log.matches(" is disconnected").count(), 2, "{log}");
}

/// The connections are in the database, not in the process.
#[tokio::test]
async fn connections_are_listed_after_a_restart() {
    let finch = finch().await;
    let place = Place::new();
    let server = start(&place, &finch.url());
    let mut browser = Browser::new();
    connect(&mut browser, &server).await;
    server.stop();
    let server = start(&place, &finch.url());
    let list = browser.get(&format!("{}/connections", server.url())).await;
    assert!(list.body.contains(CONNECTION), "{list:?}");
}
