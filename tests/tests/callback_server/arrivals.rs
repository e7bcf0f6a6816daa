//! Tests what reaches the redirect URI besides the first click: a prefetch or a HEAD request does not
//! use the code, and a second click does not exchange it again.

use std::sync::Arc;

use finch_api_tests::{Loopback, Reply};
use reqwest::Method;
use tokio::sync::Notify;

use crate::browser::Browser;
use crate::origins::started;
use crate::server::{Place, until};
use crate::{ANSWER, CLIENT_ID, CODE, SECRET, answer, exchanges, start};

#[tokio::test]
async fn a_prefetch_and_a_head_request_spend_no_code() {
    let (finch, place, server) = started().await;
    let mut browser = Browser::new();
    let back = browser.come_back(server.url(), CODE).await;
    for (method, headers, status) in [
        (Method::HEAD, &[][..], 200),
        (Method::GET, &[("sec-purpose", "prefetch")], 503),
        (Method::GET, &[("sec-purpose", "prefetch;prerender")], 503),
        (Method::GET, &[("purpose", "prefetch")], 503),
        (Method::GET, &[("x-purpose", "preview")], 503),
        (Method::GET, &[("x-moz", "prefetch")], 503),
    ] {
        let answer = browser.request(method, &back, headers, "").await;
        assert_eq!(answer.status, status, "{headers:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(finch.received().len(), 0, "{headers:?}");
    }
    // The employer's click.
    let connected = browser.get(&back).await;
    let connected = browser.follow(server.url(), &connected).await;
    assert_eq!(connected.title(), "Connected");
    assert_eq!((exchanges(&finch), place.stored().len()), (1, 1));
}

/// A browser drops the response to the first click when it sends the second.
#[tokio::test]
async fn a_second_click_waits_for_the_outcome_of_the_first() {
    let release = Arc::new(Notify::new());
    let reply = Reply::json("200 OK", ANSWER).once_notified(&release);
    let finch = Loopback::script([reply, answer()]).await;
    let place = Place::new();
    let server = start(&place, &finch.url());
    let mut browser = Browser::new();
    let back = browser.come_back(server.url(), CODE).await;
    let click = || {
        let (mut browser, back) = (browser.clone(), back.clone());
        tokio::spawn(async move { browser.get(&back).await })
    };
    let first = click();
    until("the exchange", || exchanges(&finch) == 1).await;
    first.abort();
    let (second, third) = (click(), click());
    let waiting = "the code was already used";
    until("the clicks", || {
        server.output().matches(waiting).count() == 2
    })
    .await;
    release.notify_one();
    let (second, third) = (second.await.unwrap(), third.await.unwrap());
    assert_eq!(second.location(), third.location());
    let connected = browser.follow(server.url(), &second).await;
    assert_eq!(connected.title(), "Connected");
    assert_eq!((exchanges(&finch), place.stored().len()), (1, 1));
}

#[tokio::test]
async fn a_click_after_the_end_sees_the_outcome_of_the_first() {
    let refusal = r#"{"code":500,"name":"server_error","message":"no"}"#;
    let refusal = Reply::json("500 Internal Server Error", refusal);
    let finch = Loopback::script([answer(), answer(), refusal, answer()]).await;
    let place = Place::new();
    let server = start(&place, &finch.url());
    let mut browser = Browser::new();
    let good = browser.come_back(server.url(), CODE).await;
    let bad = browser.come_back(server.url(), "another-code").await;
    let first = browser.get(&good).await;
    let failed = browser.get(&bad).await;
    assert_eq!(failed.status, 502);
    for _ in 0..3 {
        assert_eq!(browser.get(&good).await.location(), first.location());
        let again = browser.get(&bad).await;
        assert_eq!((again.status, again.title()), (502, failed.title()));
    }
    assert_eq!(exchanges(&finch), 2);
    // Another browser has the address, but not the cookie.
    assert_eq!(Browser::new().get(&good).await.status, 403);

    // A restart does not make the server send a used code again.
    server.stop();
    let server = place.start(&[
        ("FINCH_CLIENT_ID", CLIENT_ID),
        ("FINCH_CLIENT_SECRET", SECRET),
        ("FINCH_BASE_URL", &finch.url()),
        ("PORT", good.split([':', '/']).nth(4).unwrap()),
    ]);
    browser.connect_anew();
    assert_eq!(browser.get(&good).await.location(), first.location());
    let connected = browser.follow(server.url(), &first).await;
    assert_eq!(connected.title(), "Connected");
    assert_eq!(exchanges(&finch), 2);
}

/// OAuth servers may revoke a token whose code comes twice.
#[tokio::test]
async fn code_from_both_flows_is_sent_once() {
    let (finch, place, server) = started().await;
    let mut browser = Browser::new();
    let one_tab = browser.come_back(server.url(), CODE).await;
    let other_tab = browser.come_back(server.url(), CODE).await;
    let mut others = [browser.clone(), browser.clone(), browser.clone()];
    let [one, two, three] = &mut others;
    let answers = tokio::join!(
        browser.get(&one_tab),
        one.get(&other_tab),
        two.post_code(server.url(), server.url(), CODE),
        three.post_code(server.url(), server.url(), CODE),
    );
    assert_eq!(answers.0.location(), answers.1.location());
    assert_eq!(answers.2.json()["connected"], answers.0.location());
    assert_eq!(answers.3.json(), answers.2.json());
    assert_eq!((exchanges(&finch), place.stored().len()), (1, 1));
}
