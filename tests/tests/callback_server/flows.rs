//! Both flows of Finch Connect, with the mock of the demo, and with a Finch that
//! remembers what it was sent.

use finch_gen::Text;
use reqwest::Url;
use serde_json::{Value, json};

use crate::browser::{Answer, Browser, parameter};
use crate::server::Place;
use crate::{CODE, SECRETS, TOKEN, assert_none_of, finch, start};

const MOCKED: &str = include_str!("../../../finch-api/examples/callback_server/demo/token.json");

/// The code that the embedded mock tells the page around it.
fn told(page: &Answer) -> String {
    let message: Value = serde_json::from_str(&page.attribute("{")).unwrap();
    assert_eq!(message["kind"], "success");
    message["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_redirect_flow_of_the_demo() {
    let place = Place::new();
    let server = place.start(&[]);
    let mut browser = Browser::new();

    let home = browser.get(&format!("{}/", server.url())).await;
    assert_eq!(home.title(), "Connect your payroll");
    let connect = browser
        .get(&format!("{}{}", server.url(), home.attribute("/connect")))
        .await;
    let consent = browser.get(connect.location()).await;
    assert_eq!(consent.title(), "Finch Connect (mock)");
    assert!(consent.body.contains("<li>directory</li>"));
    let allow = consent.attribute(&format!("{}/api/finch/callback?code=", server.url()));
    let back = browser.get(&allow).await;
    assert_eq!(back.location(), "/connected");
    let connected = browser.get(&format!("{}/connected", server.url())).await;
    assert_eq!((connected.status, connected.title()), (200, "Connected"));
    assert_eq!(place.stored().len(), 1);

    // The same address again: its state is used.
    let replayed = browser.get(&allow).await;
    assert_eq!(
        (replayed.status, replayed.title()),
        (403, "This link is not from here")
    );
    assert!(
        replayed
            .body
            .contains(r#"<a class="button" href="/connect">Start again</a>"#)
    );
    // The same code with a state that is good: the code is used.
    let code = parameter(&Url::parse(&allow).unwrap(), "code");
    let again = browser.come_back(server.url(), &code).await;
    let used = browser.get(&again).await;
    assert_eq!((used.status, used.title()), (400, "This link has expired"));
    assert!(
        used.body
            .contains(r#"<a class="button" href="/connect">Start again</a>"#)
    );

    for page in [&home, &back, &connected, &replayed, &used] {
        assert_none_of(&[TOKEN, &code], &format!("{page:?}"));
    }
    let log = server.stop();
    assert!(log.contains("is stored"));
    assert_none_of(&[TOKEN, &code], &log);
    place.assert_none_of(&[TOKEN, &code]);
}

#[tokio::test]
async fn an_employer_may_change_their_mind() {
    let place = Place::new();
    let server = place.start(&[]);
    let mut browser = Browser::new();
    let connect = browser.connect(server.url()).await;
    let consent = browser.get(connect.as_str()).await;
    let cancel = consent.attribute(&format!("{}/api/finch/callback?error=", server.url()));
    let cancelled = browser.get(&cancel).await;
    assert_eq!(
        (cancelled.status, cancelled.title()),
        (200, "Not connected")
    );
    assert!(cancelled.body.contains(r#"href="/connect""#));
    assert!(browser.cookies.is_empty());
    assert_eq!(place.stored(), []);
}

#[tokio::test]
async fn the_embedded_flow_of_the_demo() {
    let place = Place::new();
    let server = place.start(&[]);
    let mut browser = Browser::new();
    let page = browser.get(&format!("{}/embedded", server.url())).await;
    let frame = page.attribute("http://127.0.0.1:");
    let policy = page.header("content-security-policy").unwrap();
    let mock = Url::parse(&frame).unwrap().origin().ascii_serialization();
    assert!(policy.contains(&format!("frame-src {mock};")), "{policy}");

    let code = told(&browser.get(&frame).await);
    let posted = browser.post_code(server.url(), server.url(), &code).await;
    assert_eq!(
        (posted.status, posted.json()),
        (200, json!({"connected": true}))
    );
    assert_eq!(place.stored().len(), 1);
    let again = browser.post_code(server.url(), server.url(), &code).await;
    assert_eq!(again.status, 400);
    assert_eq!(again.json()["title"], "This link has expired");
    assert_eq!(again.json()["can_start_again"], true);

    for page in [&posted, &again] {
        assert_none_of(&[TOKEN, &code], &format!("{page:?}"));
    }
    assert_none_of(&[TOKEN, &code], &server.stop());
    place.assert_none_of(&[TOKEN, &code]);
}

#[tokio::test]
async fn a_code_is_exchanged_once_however_often_it_comes_at_once() {
    let place = Place::new();
    let server = place.start(&[]);
    let mut browser = Browser::new();
    let page = browser.get(&format!("{}/embedded", server.url())).await;
    let code = told(&browser.get(&page.attribute("http://127.0.0.1:")).await);
    let mut other = browser.clone();
    let (one, two) = tokio::join!(
        browser.post_code(server.url(), server.url(), &code),
        other.post_code(server.url(), server.url(), &code),
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    assert_eq!(place.stored().len(), 1);

    // As well in the redirect flow, from two tabs that have a state each.
    let consent = browser.connect(server.url()).await;
    let consent = browser.get(consent.as_str()).await;
    let allow = consent.attribute(&format!("{}/api/finch/callback?code=", server.url()));
    let code = parameter(&Url::parse(&allow).unwrap(), "code");
    let other_tab = browser.come_back(server.url(), &code).await;
    let mut other = browser.clone();
    let (one, two) = tokio::join!(browser.get(&allow), other.get(&other_tab));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 400]);
    assert_eq!(place.stored().len(), 1);
}

#[tokio::test]
async fn what_finch_is_sent() {
    let finch = finch().await;
    let place = Place::new();
    let server = start(&place, &finch.url());
    let mut browser = Browser::new();
    let connect = browser.connect(server.url()).await;
    let connect = connect.as_str();
    assert!(
        connect.starts_with("https://connect.tryfinch.com/authorize?client_id=4ab15e51-"),
        "{connect}"
    );
    let back = browser.come_back(server.url(), CODE).await;
    assert_eq!(browser.get(&back).await.location(), "/connected");
    let posted = browser.post_code(server.url(), server.url(), CODE).await;
    assert_eq!(posted.status, 200);

    let bodies: Vec<Value> = finch
        .received()
        .iter()
        .map(|request| serde_json::from_str(&request.body).unwrap())
        .collect();
    assert_eq!(
        bodies[0]["redirect_uri"],
        format!("{}/api/finch/callback", server.url())
    );
    assert_eq!(bodies[1].get("redirect_uri"), None);
    assert!(bodies.iter().all(|body| body["code"] == CODE));
    assert_eq!(bodies.len(), 2);
    assert_none_of(&SECRETS, &format!("{posted:?}"));
    assert_none_of(&SECRETS, &server.stop());
    place.assert_none_of(&SECRETS);
}

#[test]
fn the_mock_answers_with_the_example_of_the_document() {
    let name = "openapi/finch.yaml";
    let text = include_str!("../../../openapi/finch.yaml");
    let document = finch_gen::load(&Text { name, text }).unwrap();
    let example = &document.root()["paths"]["/auth/token"]["post"]["responses"]["200"]["content"]["application/json"]
        ["examples"]["Success"]["value"];
    assert_eq!(serde_json::from_str::<Value>(MOCKED).unwrap(), *example);
}

#[tokio::test]
async fn the_mock_refuses_a_wrong_secret_as_finch_does() {
    let place = Place::new();
    let server = place.start(&[]);
    let connect = Browser::new().connect(server.url()).await;
    let client = finch_api::Client::builder()
        .base_url(connect.origin().ascii_serialization())
        .client_id(parameter(&connect, "client_id"))
        .client_secret("another")
        .build()
        .unwrap();
    let error = client.exchange_code("code-1").await.unwrap_err();
    assert_eq!(error.status().unwrap(), 401);
    assert!(error.is_invalid_client(), "{error}");
    let body: Value = serde_json::from_slice(error.expose_body().unwrap()).unwrap();
    assert_eq!(body["code"], 401);
    assert!(body["message"].is_string());
}
