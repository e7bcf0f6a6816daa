//! Tests how responses are decoded, over a socket and over the fake transport.

use std::collections::HashMap;
use std::time::Duration;

use finch_api::types::{ClientType, ConnectionType, CreateAccessTokenResponse};
use finch_api::{Client, ErrorKind, Exposed, Method, Response};
use finch_api_tests::{Loopback, Reply};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::servers::{Server, over_both};

/// The example of Finch's guide: a response without `customer_name`.
const GUIDE: &str = include_str!("../pages/retrieve-access-token.json");

/// The example of an older page of Finch: a response with only the token. The extra comma
/// on that page is removed here.
const OLD_PAGE: &str = include_str!("../pages/exchange-code-for-access-token.json");

/// Exchanges a code with `server`.
async fn exchange_at(
    server: Server,
) -> Result<Response<CreateAccessTokenResponse>, finch_api::Error> {
    let client = Client::builder()
        .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
        .client_secret("finch-secret-1");
    let client = server.take(client).build().unwrap();
    let outcome = client.exchange_code("code-1").send().await;
    assert_eq!(server.received(), 1);
    outcome
}

/// Exchanges a code over a socket and over the fake transport, both with `reply`. Checks
/// that the outcomes agree.
async fn exchange_for(
    reply: Reply,
) -> Result<Response<CreateAccessTokenResponse>, finch_api::Error> {
    let real = exchange_at(Server::socket([reply.clone()]).await).await;
    let fake = exchange_at(Server::fake([reply]).unwrap()).await;
    match (&fake, &real) {
        (Err(fake), Err(real)) => assert_eq!(fake.to_string(), real.to_string()),
        (fake, real) => {
            let [fake, real] = [fake, real].map(|outcome| outcome.as_ref().unwrap().clone());
            assert_eq!(fake.status(), real.status());
            assert_eq!(fake.into_inner(), real.into_inner());
        }
    }
    real
}

async fn exchange(body: &str) -> Result<CreateAccessTokenResponse, finch_api::Error> {
    let response = exchange_for(Reply::json("200 OK", body)).await?;
    Ok(response.into_inner())
}

/// Returns the guide's example with some properties replaced.
fn guide_with(members: Value) -> String {
    let mut body: Value = serde_json::from_str(GUIDE).unwrap();
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.to_string()
}

#[tokio::test]
async fn example_of_the_guide_is_decoded() {
    let token = exchange(GUIDE).await.unwrap();
    assert_eq!(
        token.access_token.expose_secret(),
        "7e965183-9332-423c-9259-3edafb332ad2"
    );
    assert_eq!(token.customer_name, None);
    assert_eq!(token.customer_id.as_deref(), Some("1234567890"));
    assert_eq!(token.client_type, ClientType::Production);
    let again = serde_json::to_value(Exposed(&token)).unwrap();
    assert_eq!(again, serde_json::from_str::<Value>(GUIDE).unwrap());
}

#[tokio::test]
async fn example_without_a_required_property_keeps_the_token() {
    let error = exchange(OLD_PAGE).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    let shown = format!("{error} {error:?} {error:#?}");
    assert!(shown.contains("missing field `client_type`"), "{shown}");
    assert!(!shown.contains("<your_access_token>"), "{shown}");
    assert_eq!(error.expose_body(), Some(OLD_PAGE.as_bytes()));
    assert!(error.outcome_unknown());
}

#[tokio::test]
async fn response_has_the_data_freshness_headers() {
    let headers = [
        ("finch-request-id", "req-1"),
        ("finch-data-retrieved", "2026-01-02T03:04:05Z"),
        ("finch-last-attempted-update-date", "2026-01-03T03:04:05Z"),
        ("finch-last-attempted-update-result", "partial_error"),
    ];
    let read = async |server: Server| {
        let client = server.take(Client::builder()).build().unwrap();
        let request = client.request(Method::GET, "/employer/directory");
        request.send::<Value>().await.unwrap()
    };
    over_both(&[Reply::new("200 OK", &headers, "{}")], async |server| {
        let response = read(server).await;
        assert_eq!(response.request_id(), Some("req-1"));
        assert_eq!(response.data_retrieved(), Some("2026-01-02T03:04:05Z"));
        let date = response.last_attempted_update_date();
        assert_eq!(date, Some("2026-01-03T03:04:05Z"));
        let result = response.last_attempted_update_result();
        assert_eq!(result, Some("partial_error"));
    })
    .await;
    over_both(&[Reply::new("200 OK", &[], "{}")], async |server| {
        let response = read(server).await;
        assert_eq!(response.data_retrieved(), None);
        assert_eq!(response.last_attempted_update_date(), None);
        assert_eq!(response.last_attempted_update_result(), None);
    })
    .await;
}

#[tokio::test]
async fn response_says_how_long_to_wait() {
    for (headers, expected) in [
        (vec![], None),
        (vec![("Retry-After", "7")], Some(Duration::from_secs(7))),
        (vec![("Retry-After", "soon")], None),
        (
            vec![
                ("Date", "Mon, 30 Nov 2026 09:00:00 GMT"),
                ("Retry-After", "Mon, 30 Nov 2026 09:01:00 GMT"),
            ],
            Some(Duration::from_secs(60)),
        ),
    ] {
        let response = exchange_for(Reply::new("200 OK", &headers, GUIDE)).await;
        assert_eq!(response.unwrap().retry_after(), expected, "{headers:?}");
    }
}

#[tokio::test]
async fn unknown_enum_value_keeps_its_text() {
    let body =
        guide_with(json!({"client_type": "no-such-type", "connection_type": "", "new": {"a": 1}}));
    let token = exchange(&body).await.unwrap();
    assert_eq!(token.client_type.as_str(), "no-such-type");
    assert_eq!(token.client_type.to_string(), "no-such-type");
    assert!(matches!(token.client_type, ClientType::Unknown(_)));
    assert_eq!(token.connection_type, ConnectionType::from(""));
    assert_eq!(
        serde_json::to_value(&token.client_type).unwrap(),
        "no-such-type"
    );
    // The text of a known value is never unknown.
    assert_eq!(ClientType::from("sandbox"), ClientType::Sandbox);
}

#[tokio::test]
async fn malformed_text_is_kept() {
    let uuid = "9f2ad35d-1bc8-4e03-a2b2-5ff3cf2b0f07";
    let body = guide_with(json!({"entity_ids": ["entity-1", uuid]}));
    let token = exchange(&body).await.unwrap();
    let [other, entity] = &token.entity_ids[..] else {
        panic!("{:?}", token.entity_ids);
    };
    assert_eq!((other.as_str(), other.value()), ("entity-1", None));
    assert_eq!(entity.value(), uuid.parse().ok());
}

#[tokio::test]
async fn null_and_missing_decode_alike() {
    let body = guide_with(json!({"customer_id": null, "customer_name": null, "redirect": null}));
    let token = exchange(&body).await.unwrap();
    assert_eq!((&token.customer_id, &token.customer_name), (&None, &None));
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_named_and_not_shown() {
    for (members, place) in [
        (json!({"access_token": ["t0ken"]}), "at `access_token`"),
        (json!({"entity_ids": "t0ken"}), "at `entity_ids`"),
        (json!({"entity_ids": [["t0ken"]]}), "at `entity_ids[0]`"),
    ] {
        let error = exchange(&guide_with(members)).await.unwrap_err();
        let shown = format!("{error} {error:?} {error:#?}");
        assert!(shown.contains(place), "{shown}");
        assert!(!shown.contains("t0ken"), "{shown}");
    }
}

#[tokio::test]
async fn server_mistakes_lose_no_token() {
    let with = |properties: &str| GUIDE.replacen('{', &format!("{{{properties},"), 1);
    for body in [
        format!("\u{feff}{GUIDE}"),
        guide_with(json!({"products": null, "entity_ids": null})),
        guide_with(json!({"client_type": "no-such-type"})),
        with(r#""access_token": "7e965183-9332-423c-9259-3edafb332ad2""#),
        format!(
            "{}{}",
            &GUIDE.trim_end()[..GUIDE.trim_end().len() - 1],
            r#","token_type": "bearer"}"#
        ),
        with(r#""new": 1, "new": 2"#),
    ] {
        let token = exchange(&body)
            .await
            .unwrap_or_else(|error| panic!("{error}: {body}"));
        let issued = "7e965183-9332-423c-9259-3edafb332ad2";
        assert_eq!(token.access_token.expose_secret(), issued);
    }
    let error = exchange(&with(r#""access_token": "t0ken""#))
        .await
        .unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(
        shown.contains("two different values of property `access_token`"),
        "{shown}"
    );
    assert!(!shown.contains("t0ken"), "{shown}");
}

#[tokio::test]
async fn undocumented_success_status_is_decoded_unless_it_differs_in_meaning() {
    let mut read = Vec::new();
    for status in 200..300 {
        let reply = Reply::json(&format!("{status} S"), GUIDE);
        match exchange_for(reply).await {
            Ok(token) => {
                assert_eq!(token.status().as_u16(), status);
                read.push(status);
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::Decode, "{error}"),
        }
    }
    let never = [202, 204, 205, 206, 207, 208, 226];
    let expected: Vec<u16> = (200..300)
        .filter(|status| !never.contains(status))
        .collect();
    assert_eq!(read, expected);
}

/// Decodes `body` as the response to a request without an operation.
async fn read<T: DeserializeOwned>(body: &str) -> Result<T, finch_api::Error> {
    let server = Loopback::start(Reply::json("200 OK", body)).await;
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let response = client.request(Method::GET, "/a").send().await;
    response.map(Response::into_inner)
}

/// A type of the program that contains another type.
#[derive(Debug, PartialEq, serde::Deserialize)]
struct Own {
    lists: Vec<Vec<u8>>,
    any: Option<Value>,
    own: Option<Box<Self>>,
    maps: Option<Vec<HashMap<String, i64>>>,
}

#[tokio::test]
async fn server_mistakes_are_tolerated_in_any_type() {
    type Map<T> = HashMap<String, T>;
    assert!(read::<Vec<Vec<u8>>>("null").await.unwrap().is_empty());
    assert!(read::<Map<u8>>("null").await.unwrap().is_empty());
    let lists: Vec<Vec<u8>> = read("[null, [1.0, 2e0]]").await.unwrap();
    assert_eq!(lists, [vec![], vec![1, 2]]);
    let lists: Map<Vec<u8>> = read(r#"{"a": null}"#).await.unwrap();
    assert_eq!(lists, HashMap::from([("a".to_owned(), vec![])]));
    let value: Value = read(r#"{"a": [{"b": null, "b": null}], "n": 1.0}"#)
        .await
        .unwrap();
    assert_eq!(value, json!({"a": [{"b": null}], "n": 1.0}));
    let own: Own = read(r#"{"own": {"lists": [null], "maps": [null, {"a": 1.0, "a": 1.0}]}, "lists": null, "new": 1, "new": 2}"#)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let expected = Own {
        lists: vec![vec![]],
        any: None,
        own: None,
        maps: Some(vec![HashMap::new(), HashMap::from([("a".to_owned(), 1)])]),
    };
    assert_eq!(own.own, Some(Box::new(expected)));
    assert!(own.lists.is_empty());
}

/// The client does not choose the last of two values.
#[tokio::test]
async fn conflicting_property_values_are_named() {
    type Map<T> = HashMap<String, T>;
    let mut errors = Vec::new();
    for body in [
        r#"{"x": 1, "x": 2}"#,
        r#"[{"y": [{"x": "a", "x": "b"}]}]"#,
        r#"{"a": {"x": null, "x": []}}"#,
        r#"{"a": {"x": 1, "\u0078": "1"}}"#,
    ] {
        errors.push(read::<Value>(body).await.unwrap_err());
    }
    errors.push(read::<Map<u8>>(r#"{"x": 1, "x": 2}"#).await.unwrap_err());
    errors.push(
        read::<Vec<Map<u8>>>(r#"[{"x": 1, "x": 2}]"#)
            .await
            .unwrap_err(),
    );
    for body in [
        r#"{"lists": [], "any": {"x": 1, "x": 2}}"#,
        r#"{"lists": [], "maps": [{"x": 1, "x": 2}]}"#,
        r#"{"lists": [], "own": {"lists": [], "any": [{"x": 1, "x": 2}]}}"#,
    ] {
        errors.push(read::<Own>(body).await.unwrap_err());
    }
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Decode);
        let text = error.to_string();
        assert!(
            text.contains("two different values of property `x`"),
            "{text}"
        );
    }
}
