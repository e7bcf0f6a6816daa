//! Codes that an attacker plants in an employer's browser. They would connect the
//! employer to the attacker's company.

use finch_api_tests::Loopback;

use reqwest::Method;

use crate::browser::{Answer, Browser};
use crate::server::{Place, Server};
use crate::{CLIENT_ID, CODE, SECRET, SECRETS, assert_none_of, exchanges, finch, start};

pub(crate) async fn started() -> (Loopback, Place, Server) {
    let finch = finch().await;
    let place = Place::new();
    let server = start(&place, &finch.url());
    (finch, place, server)
}

/// Checks that nothing was exchanged or stored.
fn assert_nothing(finch: &Loopback, place: &Place, answer: &Answer) {
    assert_eq!(finch.received().len(), 0, "{answer:?}");
    assert_eq!(place.stored(), []);
    assert_none_of(&SECRETS, &format!("{answer:?}"));
}

#[tokio::test]
async fn a_forged_state_is_refused_before_anything_is_exchanged() {
    let (finch, place, server) = started().await;
    let mut browser = Browser::new();
    let good = browser.come_back(server.url(), CODE).await;
    let attackers = Browser::new().come_back(server.url(), CODE).await;
    let callback = format!("{}/api/finch/callback", server.url());
    for forged in [
        // The state of another browser, a part of a good one, and a missing one.
        attackers.as_str(),
        &good[..good.len() - 1],
        &format!("{callback}?code={CODE}&state="),
        &format!("{callback}?code={CODE}"),
        &callback,
        &format!("{callback}?error=access_denied"),
    ] {
        let answer = browser.get(forged).await;
        assert_eq!(
            (answer.status, answer.title()),
            (403, "This link is not valid"),
            "{forged}"
        );
        assert_nothing(&finch, &place, &answer);
    }
    // The browser that received the state, without its cookie.
    let answer = Browser::new().get(&good).await;
    assert_eq!(answer.status, 403);
    // An address with a repeated parameter is refused.
    let answer = browser.get(&format!("{good}&code=another")).await;
    assert_eq!(
        (answer.status, answer.title()),
        (400, "This request is not valid")
    );
    assert_nothing(&finch, &place, &answer);

    // The state is still good, for one code.
    let back = browser.get(&good).await;
    assert_eq!(
        browser.follow(server.url(), &back).await.title(),
        "Connected"
    );
    let another = good.replace(CODE, "another-code");
    let answer = browser.get(&another).await;
    assert_eq!(
        (answer.status, answer.title()),
        (403, "This link is not valid")
    );
    assert_eq!(exchanges(&finch), 1);
    assert_none_of(&SECRETS, &server.stop());
}

#[tokio::test]
async fn several_tabs_do_not_disturb_one_another() {
    let (finch, _place, server) = started().await;
    let mut browser = Browser::new();
    let first = browser.come_back(server.url(), CODE).await;
    let second = browser.come_back(server.url(), "another-code").await;
    for back in [&second, &first] {
        let back = browser.get(back).await;
        assert_eq!(
            browser.follow(server.url(), &back).await.title(),
            "Connected"
        );
    }
    assert_eq!(exchanges(&finch), 2);
}

/// The ninth visit to Finch Connect drops only the oldest state.
#[tokio::test]
async fn oldest_tab_is_dropped_first() {
    let (finch, _place, server) = started().await;
    let mut browser = Browser::new();
    let mut tabs = Vec::new();
    for tab in 0..9 {
        tabs.push(
            browser
                .come_back(server.url(), &format!("code-{tab}"))
                .await,
        );
    }
    let oldest = browser.get(&tabs[0]).await;
    assert_eq!(
        (oldest.status, oldest.title()),
        (403, "This link is not valid")
    );
    for tab in &tabs[1..] {
        assert_eq!(browser.get(tab).await.status, 303, "{tab}");
    }
    assert_eq!(exchanges(&finch), 8);
}

#[tokio::test]
async fn a_page_of_another_site_cannot_post_a_code() {
    let (finch, place, server) = started().await;
    let mut browser = Browser::new();
    let callback = format!("{}/api/finch/callback", server.url());
    let json = ("content-type", "application/json");
    let ours = ("origin", server.url());
    let body = format!("{{\"code\":\"{CODE}\"}}");
    for (headers, body, status) in [
        (&[json][..], body.as_str(), 403),
        (&[json, ("origin", "https://evil.example")], &body, 403),
        (&[json, ("origin", "null")], &body, 403),
        // The same host, with another scheme or port.
        (&[json, ("origin", "https://127.0.0.1")], &body, 403),
        (&[json, ours, ("sec-fetch-site", "cross-site")], &body, 403),
        (&[json, ours, ("sec-fetch-site", "same-site")], &body, 403),
        // The media types that a form can send.
        (&[("content-type", "text/plain"), ours], &body, 415),
        (&[ours], &body, 415),
        // Bodies that are not a code.
        (&[json, ours], "{}", 422),
        (&[json, ours], "{", 400),
        (&[json, ours], &format!("{body}{}", " ".repeat(20_000)), 413),
    ] {
        let answer = browser
            .request(Method::POST, &callback, headers, body)
            .await;
        assert_eq!(answer.status, status, "{headers:?}");
        assert_eq!(answer.json()["title"], "This request is not valid");
        assert_nothing(&finch, &place, &answer);
    }
    let headers = [json, ours, ("sec-fetch-site", "same-origin")];
    let answer = browser
        .request(Method::POST, &callback, &headers, &body)
        .await;
    assert_eq!(answer.status, 200);
    assert_none_of(&SECRETS, &server.stop());
}

#[tokio::test]
async fn no_response_contains_a_code() {
    let (_finch, _place, server) = started().await;
    let mut browser = Browser::new();
    let forged = format!("/api/finch/callback?code={CODE}&state=a.b");
    for path in [
        "/",
        "/connect",
        "/connected/1",
        "/connections",
        "/clean_address.js",
        "/nothing",
        &forged,
    ] {
        let answer = browser.get(&format!("{}{path}", server.url())).await;
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(
            answer.header("referrer-policy"),
            Some("no-referrer"),
            "{path}"
        );
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self';"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
    }
    let page = browser.get(&format!("{}{forged}", server.url())).await;
    assert!(page.body.contains(r#"<script src="/clean_address.js">"#));
}

#[tokio::test]
async fn cookies_behind_an_https_proxy_are_limited_to_the_host() {
    let finch = finch().await;
    let place = Place::new();
    let server = place.start(&[
        ("FINCH_CLIENT_ID", CLIENT_ID),
        ("FINCH_CLIENT_SECRET", SECRET),
        ("FINCH_BASE_URL", &finch.url()),
        ("PUBLIC_URL", "https://payroll.example"),
    ]);
    assert_eq!(server.url(), "https://payroll.example");
    let address = server.listens_on().await;
    let mut browser = Browser::new();
    let connect = browser.get(&format!("{address}/connect")).await;
    let cookies: Vec<_> = connect.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies.len(), 2);
    for name in ["__Host-finch-state-", "__Host-finch-account="] {
        let cookies = cookies.iter().map(|cookie| cookie.to_str().unwrap());
        let cookie = cookies.clone().find(|cookie| cookie.starts_with(name));
        let cookie = cookie.unwrap_or_else(|| panic!("{cookies:?}"));
        assert!(
            cookie.contains("; HttpOnly; SameSite=Lax; Secure; Path=/;"),
            "{cookie}"
        );
    }

    let back = browser.come_back(&address, CODE).await;
    let back = back.strip_prefix("https://payroll.example").unwrap();
    let answer = browser.get(&format!("{address}{back}")).await;
    assert_eq!(browser.follow(&address, &answer).await.title(), "Connected");
    let posted = browser.post_code(&address, &address, CODE).await;
    assert_eq!(posted.status, 403);
    let posted = browser
        .post_code(&address, "https://payroll.example", CODE)
        .await;
    assert_eq!(posted.status, 200);
}
