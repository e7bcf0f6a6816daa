//! Both flows of Finch Connect, with the demo's mock, and with a Finch that records its
//! requests.

use finch_gen::Text;
use reqwest::Url;
use serde_json::{Value, json};

use crate::browser::{Answer, Browser, parameter};
use crate::server::Place;
use crate::{CODE, COMPANY, SECRETS, TOKEN, assert_none_of, finch, received, start};

const MOCKED: &str = include_str!("../../../finch-api/examples/callback_server/demo/token.json");

/// Returns the code that the embedded mock sends to the surrounding page.
fn posted_code(page: &Answer) -> String {
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
    let connected = browser.follow(server.url(), &back).await;
    assert_eq!((connected.status, connected.title()), (200, "Connected"));
    for text in ["Acme, Inc.", "gusto", "directory, employment, individual"] {
        assert!(
            connected.body.contains(&format!("<dd>{text}</dd>")),
            "{connected:?}"
        );
    }
    assert_eq!(place.stored().len(), 1);

    // In another browser, the same code is already used.
    let code = parameter(&Url::parse(&allow).unwrap(), "code");
    let mut other = Browser::new();
    let again = other.come_back(server.url(), &code).await;
    let used = other.get(&again).await;
    assert_eq!((used.status, used.title()), (400, "This link has expired"));
    assert!(
        used.body
            .contains(r#"<a class="button" href="/connect">Start again</a>"#)
    );

    for page in [&home, &back, &connected, &used] {
        assert_none_of(&[TOKEN, &code], &format!("{page:?}"));
    }
    let log = server.stop();
    assert!(log.contains("is stored"));
    assert_none_of(&[TOKEN, &code], &log);
    for (name, value) in &browser.cookies {
        assert_none_of(&[value], &log);
        assert!(value.len() > 40, "{name}");
    }
    place.assert_none_of(&[TOKEN, &code, &browser.cookies["finch-account"]]);
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
    assert_eq!(place.stored(), []);

    // Then the employer uses the back button and continues.
    let allow = consent.attribute(&format!("{}/api/finch/callback?code=", server.url()));
    let back = browser.get(&allow).await;
    let connected = browser.follow(server.url(), &back).await;
    assert_eq!(connected.title(), "Connected");
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

    let code = posted_code(&browser.get(&frame).await);
    let posted = browser.post_code(server.url(), server.url(), &code).await;
    assert_eq!(posted.status, 200);
    let connected = posted.json()["connected"].as_str().unwrap().to_owned();
    let connected = browser.get(&format!("{}{connected}", server.url())).await;
    assert_eq!(connected.title(), "Connected");
    assert!(
        connected.body.contains("<dd>Acme, Inc.</dd>"),
        "{connected:?}"
    );
    assert_eq!(place.stored().len(), 1);
    let mut other = Browser::new();
    let used = other.post_code(server.url(), server.url(), &code).await;
    assert_eq!(used.status, 400);
    assert_eq!(used.json()["title"], "This link has expired");
    assert_eq!(used.json()["next"], json!(["/connect", "Start again"]));

    for page in [&posted, &connected, &used] {
        assert_none_of(&[TOKEN, &code], &format!("{page:?}"));
    }
    assert_none_of(&[TOKEN, &code], &server.stop());
    place.assert_none_of(&[TOKEN, &code]);
}

#[tokio::test]
async fn finch_receives_the_exchange_and_then_the_first_call() {
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
    let back = browser.get(&back).await;
    let connected = browser.follow(server.url(), &back).await;
    let company = "<dd>Dunder &lt;Mifflin&gt; &amp; Co.</dd>";
    assert!(connected.body.contains(company), "{connected:?}");
    let mut other = Browser::new();
    let posted = other.post_code(server.url(), server.url(), CODE).await;
    assert_eq!(posted.status, 200);

    let bodies: Vec<Value> = received(&finch, "/auth/token")
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
    let calls = received(&finch, "/employer/company");
    assert_eq!(calls.len(), 2);
    let authorization = format!("authorization: Bearer {TOKEN}");
    for call in calls {
        assert!(call.head.starts_with("GET "), "{call:?}");
        assert!(call.head.contains(&authorization), "{call:?}");
    }
    assert_none_of(&SECRETS, &format!("{posted:?}{connected:?}"));
    assert_none_of(&SECRETS, &server.stop());
    place.assert_none_of(&SECRETS);
    assert!(COMPANY.contains('<'), "so that it must be escaped");
}

#[test]
fn the_mock_sends_the_example_of_the_document() {
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
