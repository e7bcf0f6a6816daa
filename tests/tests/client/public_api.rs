//! Tests that typical programs of users compile.

#![allow(
    clippy::needless_borrows_for_generic_args,
    reason = "borrowed arguments must compile, too"
)]

use std::future::Future;
use std::time::Duration;

use finch_api::testing::{FakeTransport, Reply};
use finch_api::types::{ClientType, CreateAccessTokenRequest, CreateAccessTokenResponse};
use finch_api::uuid::Uuid;
use finch_api::{
    CallFuture, Client, ClientBuilder, ConversionError, Error, ErrorKind, Formatted, IntoFormat,
    Method, Request, RequestOptions, Response, Secret, calls,
};
use futures_util::future::join_all;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use serde_json::{Value, json};

const ID: &str = "550e8400-e29b-41d4-a716-446655440000";

/// Returns a client of a fake with all endpoints below.
fn client() -> Client {
    let job = || Reply::json(json!({"id": "1"}));
    let finch = FakeTransport::new()
        .on("create-access-token", [(); 20].map(|()| Reply::example()))
        .on("GET /jobs/{id}", [(); 20].map(|()| job()))
        .on("POST /jobs", [(); 20].map(|()| job()))
        .on(
            "DELETE /jobs/{id}",
            [(); 20].map(|()| Reply::json(json!(null)).status(204)),
        );
    finch.client()
}

struct Params {
    code: String,
}

#[tokio::test]
async fn a_token_moves_from_the_call_to_the_client() -> Result<(), Error> {
    let client = client();
    let params = Params {
        code: "a code".to_owned(),
    };
    let token = client.exchange_code(&params.code).await?;
    let company = client.with_access_token(token.access_token)?;
    drop(company);
    Ok(())
}

#[tokio::test]
async fn send_gives_the_response() -> Result<(), Error> {
    let response = client().exchange_code("a code").send().await?;
    assert_eq!(response.status(), 200);
    assert_eq!(response.value().token_type, "bearer");
    let copy = response.clone();
    assert_eq!(response, copy);
    let (token, status, headers) = response.into_parts();
    assert_eq!(
        (status.as_u16(), headers.len()),
        (200, copy.headers().len())
    );
    assert_eq!(token, copy.into_inner());
    Ok(())
}

#[tokio::test]
async fn calls_are_owned() {
    let client = client();
    let exchange = |code: &str| client.exchange_code(code);
    tokio::spawn(exchange("1").send()).await.unwrap().unwrap();
    let mut set = tokio::task::JoinSet::new();
    set.spawn(exchange("2").send());
    assert!(set.join_next().await.unwrap().unwrap().is_ok());
    let mut unordered: FuturesUnordered<_> = [exchange("3").send()].into_iter().collect();
    assert!(unordered.next().await.unwrap().is_ok());
    let joined = join_all(["4", "5"].map(|code| exchange(code).send())).await;
    assert!(joined.iter().all(Result::is_ok));

    // Stored in a variable and sent later.
    let call = client
        .with_access_token("token")
        .unwrap()
        .request(Method::GET, "/jobs/1");
    let generated = client.create_access_token();
    let _copy = generated.clone();
    drop(client);
    let job = call.send::<Value>().await.unwrap();
    assert_eq!(job.value()["id"], "1");
}

#[tokio::test]
async fn a_body_is_built_or_is_its_builder() {
    fn built() -> Result<CreateAccessTokenRequest, Error> {
        let builder = CreateAccessTokenRequest::builder();
        let id: Uuid = ID.parse().unwrap();
        Ok(builder.client_id(id).client_secret("s").code("c").build()?)
    }
    let client = client();
    let body = built().unwrap();
    client.create_access_token().body(body).await.unwrap();
    let builder = CreateAccessTokenRequest::builder()
        .client_id(ID)
        .client_secret("s");
    let call = client.create_access_token();
    call.body(builder.clone().code("c".to_owned()))
        .await
        .unwrap();
    let missing: ConversionError = builder.build().unwrap_err();
    assert_eq!(missing.to_string(), "no value was set for code");
    let error = client.create_access_token().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.operation(), Some("create-access-token"));
    assert!(!error.is_retryable() && !error.outcome_unknown());
}

#[test]
fn setters_accept_common_types() {
    let builder = CreateAccessTokenRequest::builder;
    let text = || ID.to_owned();
    let id: Uuid = ID.parse().unwrap();
    let formatted = Formatted::from(id);
    let _ = builder()
        .client_id(ID)
        .client_id(text())
        .client_id(id)
        .client_id(&id);
    let _ = builder().client_id(formatted.clone()).client_id(&formatted);
    let _ = builder()
        .code("c")
        .code(text())
        .code(&text())
        .code(text().into_boxed_str());
    let _ = builder()
        .code(Secret::from("c"))
        .redirect_uri("u")
        .redirect_uri(text());
    let _ = builder()
        .maybe_redirect_uri(None)
        .maybe_redirect_uri(Some(text()));
}

#[tokio::test]
async fn builder_accepts_values_from_a_response() {
    let token = client().exchange_code("a code").await.unwrap();
    let ids = token.entity_ids.clone();
    let builder = || CreateAccessTokenResponse::builder().entity_ids(ids.clone());
    let id: Uuid = ID.parse().unwrap();
    let again = builder()
        .entity_ids([id])
        .entity_ids([ID])
        .entity_ids(vec![&ids[0]])
        .entity_ids(&ids)
        .products(token.products.clone())
        .products(["company"])
        .products(token.products.iter())
        .client_type(token.client_type.clone())
        .client_type("sandbox")
        .client_type(ClientType::Sandbox)
        .connection_id(&token.connection_id)
        .connection_type(token.connection_type.clone())
        .provider_id(token.provider_id.clone())
        .access_token(token.access_token.clone())
        .token_type("bearer")
        .build()
        .unwrap();
    assert_eq!(again.entity_ids, token.entity_ids);
}

#[tokio::test]
async fn request_accepts_the_same_arguments_as_reqwest() {
    let client = client();
    let id = "1".to_owned();
    let job: Response<Value> = client
        .request(Method::GET, format!("/jobs/{id}"))
        .header("x-trace", "1")
        .header(finch_api::header::ACCEPT, String::from("application/json"))
        .query(&[("limit", 50)])
        .send()
        .await
        .unwrap();
    assert_eq!(job.value()["id"], "1");
    let posted = client.request(Method::POST, "/jobs").json(&json!({"a": 1}));
    assert!(!posted.send_for_bytes().await.unwrap().value().is_empty());
    let deleted = client.request(Method::DELETE, String::from("/jobs/1"));
    deleted.send_ignoring_body().await.unwrap();
    let refused = client.request(Method::GET, "/jobs/1").header("x y", "1");
    let error = refused.send::<Value>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[test]
fn options_and_errors_use_conventional_names() {
    let options = RequestOptions::new().timeout(Duration::from_secs(5));
    let client = client().with_options(options);
    assert!(format!("{client:?}").contains("timeout: 5s"));
    assert_eq!(ErrorKind::Connect.to_string(), "no connection");
    let formatted = Formatted::<Uuid>::from_text(ID);
    assert_eq!(formatted, ID);
    assert_eq!(formatted.parse(), Ok(ID.parse().unwrap()));
    assert_eq!(String::from(formatted.clone()), formatted.as_ref());
    let id: Result<Uuid, ConversionError> = formatted.into_format();
    assert!(id.is_ok());
}

#[test]
fn public_types_are_send() {
    fn is_static<T: Send + Sync + 'static>() {}
    fn is_future<T: Send + 'static>(_: &T) {}
    is_static::<Client>();
    is_static::<ClientBuilder>();
    is_static::<Error>();
    is_static::<ConversionError>();
    is_static::<Request>();
    is_static::<Response<CreateAccessTokenResponse>>();
    is_static::<calls::CreateAccessToken>();
    let client = client();
    let exchange = client.exchange_code("code");
    is_future(&exchange.clone().send());
    let future: CallFuture<CreateAccessTokenResponse> = exchange.clone().into_future();
    is_future(&future);
    is_future(&client.request(Method::GET, "/a").send::<Value>());
}

/// Limits the size of an exchange's future.
#[test]
fn the_future_of_an_exchange_is_small() {
    fn size<F: Future>(_: &F) -> usize {
        size_of::<F>()
    }
    let size = size(&client().exchange_code("code").send());
    assert!(size <= 5 * 1024, "{size}");
}
