//! Tests that a secret is serialized in clear text only on request.

use std::collections::BTreeMap;
use std::fmt::Display;

use axum::Json;
use axum::response::IntoResponse as _;
use finch_api::types::{CreateAccessTokenRequest, CreateAccessTokenResponse};
use finch_api::{Client, Exposed, Method, Secret, StatusCode};
use finch_api_tests::{Loopback, Reply};
use serde::Serialize;
use serde_json::Value;

const GUIDE: &str = include_str!("../pages/retrieve-access-token.json");
const TOKEN: &str = "7e965183-9332-423c-9259-3edafb332ad2";

fn token() -> CreateAccessTokenResponse {
    serde_json::from_str(GUIDE).unwrap()
}

fn request() -> CreateAccessTokenRequest {
    CreateAccessTokenRequest::builder()
        .client_id("4ab15e51-11ad-49f4-acae-f343b7794375".to_owned())
        .client_secret(TOKEN)
        .code(TOKEN)
        .try_into()
        .unwrap()
}

/// Checks that the error says what to do and omits the secret.
#[track_caller]
fn check_error(error: &impl Display) {
    let error = error.to_string();
    assert!(error.contains("wrap the value in `Exposed`"), "{error}");
    assert!(!error.contains(TOKEN), "{error}");
}

#[track_caller]
fn check_refused(value: &impl Serialize) {
    check_error(&serde_json::to_string(value).unwrap_err());
    check_error(&serde_json::to_vec_pretty(value).unwrap_err());
    check_error(&serde_json::to_value(value).unwrap_err());
    let exposed = serde_json::to_string(&Exposed(value)).unwrap();
    assert!(exposed.contains(TOKEN), "{exposed}");
    assert!(!exposed.contains("REDACTED"), "{exposed}");
    assert!(serde_json::to_string(value).is_err());
}

#[test]
fn json_of_a_secret_is_refused() {
    check_refused(&Secret::from(TOKEN));
    check_refused(&token());
    check_refused(&request());
    check_refused(&vec![Some(token())]);
    check_refused(&BTreeMap::from([("connection", token())]));
}

#[tokio::test]
async fn server_cannot_respond_with_a_token_by_accident() {
    let response = Json(token()).into_response();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let body = axum::body::to_bytes(response.into_body(), 10_000).await;
    check_error(&String::from_utf8_lossy(&body.unwrap()));
}

#[test]
fn a_token_is_stored_and_reloaded() {
    let stored = serde_json::to_string(&Exposed(token())).unwrap();
    let json: Value = serde_json::from_str(&stored).unwrap();
    assert_eq!(json, serde_json::from_str::<Value>(GUIDE).unwrap());
    let reloaded: CreateAccessTokenResponse = serde_json::from_str(&stored).unwrap();
    assert_eq!(reloaded, token());
}

#[tokio::test]
async fn requests_send_secrets_in_clear_text() {
    let server = Loopback::start(Reply::json("200 OK", "{}")).await;
    let client = Client::builder().base_url(server.url()).build().unwrap();
    let call = client
        .request(Method::POST, "/a")
        .query(&[("code", Secret::from(TOKEN))])
        .json(&request());
    call.send::<Value>().await.unwrap();
    let [sent] = &server.received()[..] else {
        panic!("{:?}", server.received());
    };
    assert!(
        sent.head.contains(&format!("/a?code={TOKEN} ")),
        "{}",
        sent.head
    );
    let body: Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!([&body["client_secret"], &body["code"]], [TOKEN, TOKEN]);
}

#[test]
fn values_are_compared() {
    assert_eq!(token(), token());
    assert_eq!(request(), request());
    let other = GUIDE.replace(TOKEN, "another");
    let other: CreateAccessTokenResponse = serde_json::from_str(&other).unwrap();
    assert_ne!(token(), other);
}
