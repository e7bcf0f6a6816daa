//! Contains programs like the ones that users write. Each compiles and runs.

#![allow(
    clippy::needless_borrows_for_generic_args,
    reason = "borrowed values must compile, too"
)]

mod client;

use http::HeaderMap;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::testing::{FakeTransport, RecordedRequest, Reply};
use crate::types::{Company, CreateJob, CreateJobSuccess, Job, Kind, WebhookEvent};
use crate::webhook::Key;
use crate::{Client, ConversionError, Error, ErrorKind, Formatted, Response};

const ID: &str = "550e8400-e29b-41d4-a716-446655440000";

fn company() -> Company {
    let company = Company::builder()
        .id(ID)
        .legal_name("Acme")
        .entity_ids([ID])
        .kind("employer")
        .founded("2024-02-29");
    company.build().unwrap()
}

fn job() -> Job {
    Job::builder().id(ID).build().unwrap()
}

/// Returns a client of a fake server that supports every operation.
fn client() -> (Client, FakeTransport) {
    let fake = FakeTransport::new()
        .on("get-company", Reply::json(&company()))
        .on("update-company", Reply::bytes("").status(204))
        .on("get-directory", Reply::json(json!({"individuals": [{"id": ID}]})))
        .on("get-run", Reply::json(&job()))
        .on("create-job", Reply::json(&job()));
    (client::client_of(&fake, 0), fake)
}

#[tokio::test]
async fn a_call_goes_to_another_task() {
    let (client, _) = client();
    let spawned = tokio::spawn(client.get_company().send());
    assert_eq!(spawned.await.unwrap().unwrap().status(), 200);
    let mut set = JoinSet::new();
    set.spawn(client.get_company().send());
    set.spawn(client.get_company().into_future_of_a_response());
    while let Some(response) = set.join_next().await {
        response.unwrap().unwrap();
    }
}

impl crate::calls::GetCompany {
    /// A call is a value: a program may pass it on.
    async fn into_future_of_a_response(self) -> Result<Response<Company>, Error> {
        self.send().await
    }
}

#[tokio::test]
async fn awaiting_gives_the_value_and_send_the_response() -> Result<(), Error> {
    let (client, _) = client();
    let value = client.get_company().await?;
    let response = client.get_company().send().await?;
    assert_eq!(response.value(), &value);
    let name = response.into_inner().legal_name;
    assert_eq!(name, "Acme");
    assert_eq!(value, company());
    Ok(())
}

#[test]
fn no_event_is_lost() {
    let read = |event: Value| Key.read(&HeaderMap::new(), event.to_string().as_bytes()).unwrap();
    let event = json!({"event_type": "job.completed", "job_id": "a", "new": 1});
    assert!(matches!(read(event), WebhookEvent::JobCompleted(job) if job.job_id == "a"));
    for event in [
        // An unknown type of event.
        json!({"event_type": "job.failed", "job_id": "a"}),
        // Data that does not match the document.
        json!({"event_type": "job.completed", "job_id": 1}),
        json!({"event_type": "job.completed"}),
        // No event at all.
        json!({"job_id": "a"}),
        json!(["a"]),
        json!("a"),
        json!(null),
    ] {
        assert_eq!(read(event.clone()), WebhookEvent::Other(event));
    }
    for body in ["", "{", "a=b"] {
        let error = Key.read(&HeaderMap::new(), body.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Event);
        assert!(!error.outcome_unknown() && !error.is_retryable());
        assert!(error.to_string().starts_with("the webhook cannot be decoded: "), "{error}");
    }
}

#[tokio::test]
async fn a_call_is_kept_and_sent_later() {
    let call = client().0.get_directory().limit(1);
    let again = call.clone();
    call.await.unwrap();
    again.await.unwrap();
}

#[tokio::test]
async fn numbers_infer_and_options_have_their_setters() -> Result<(), Error> {
    let (client, fake) = client();
    client.get_directory().limit(50).await?;
    client.get_directory().limit(5_000_000_000).await?;
    client.get_directory().limit(7).maybe_limit(None).await?;
    client.get_directory().maybe_limit(Some(3)).active(true).await?;
    let queries: Vec<String> = fake.requests().iter().map(query).collect();
    assert_eq!(queries, ["limit=50", "limit=5000000000", "", "active=true&limit=3"]);
    Ok(())
}

/// Returns the decoded query of a request.
fn query(request: &RecordedRequest) -> String {
    let pairs = request.query().iter();
    let pairs: Vec<String> = pairs.map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

#[tokio::test]
async fn ids_and_dates_are_accepted_in_every_form() -> Result<(), Error> {
    let (client, fake) = client();
    let company = client.get_company().await?;
    let uuid: Uuid = ID.parse().unwrap();
    let id: &Formatted<Uuid> = &company.id;
    let directory = || client.get_directory();
    directory().entity_ids(company.entity_ids.clone()).await?;
    directory().entity_ids(&company.entity_ids).await?;
    directory().entity_ids([uuid]).await?;
    directory().entity_ids([ID]).await?;
    directory().entity_ids(vec![id]).await?;
    directory().entity_ids(vec![ID.to_owned()]).await?;
    directory().maybe_entity_ids(Some(vec![uuid])).maybe_since(None).await?;
    let last = fake.requests().pop().unwrap();
    assert_eq!(query(&last), format!("entity_ids={ID}"));
    directory().since("2024-02-29").await?;
    directory().since(String::from("2024-02-29")).await?;
    directory().since(company.founded.clone()).await?;
    directory().since(&company.founded).await?;
    let last = fake.requests().pop().unwrap();
    assert_eq!(query(&last), "since=2024-02-29");
    Ok(())
}

#[tokio::test]
async fn a_value_of_the_wrong_format_is_refused_before_it_is_sent() {
    let (client, fake) = client();
    let error = client.get_directory().entity_ids(["a"]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().contains("entity_ids"), "{error}");
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn texts_and_enums_are_accepted_in_every_form() -> Result<(), Error> {
    let (client, _) = client();
    let company = client.get_company().await?;
    let directory = || client.get_directory();
    let department = String::from("sales");
    directory().department("sales").department(&department).await?;
    directory().department(department).maybe_department(None).await?;
    directory().kind(Kind::Bureau).kind("bureau").await?;
    directory().kind(company.kind.clone()).await?;
    // This version of the client does not know the value.
    let kind = Kind::from("union");
    assert_eq!(kind.as_str(), "union");
    directory().kind(kind).await?;
    Ok(())
}

#[tokio::test]
async fn the_items_of_a_response_are_moved_out() -> Result<(), Error> {
    let (client, _) = client();
    for individual in client.get_directory().await?.individuals {
        let name: Option<String> = individual.first_name;
        assert_eq!((individual.id.as_str(), name), (ID, None));
    }
    Ok(())
}

#[tokio::test]
async fn requests_accept_values_of_responses() -> Result<(), Error> {
    let (client, fake) = client();
    let company = client.get_company().await?;
    client.update_company().body(company.clone()).await?;
    let sent: Company = fake.requests().pop().unwrap().json();
    assert_eq!(sent, company);
    client.get_run(&company.id, 1).token_of_run("t").page(1).await?;
    client.get_run(company.id, 1).token_of_run("t").page(1).await?;
    Ok(())
}

#[tokio::test]
async fn path_parameters_are_arguments_in_path_order() -> Result<(), Error> {
    let (client, fake) = client();
    let uuid: Uuid = ID.parse().unwrap();
    client.get_run(uuid, 7).token_of_run("t").page(1).await?;
    client.get_run(ID, 7).token_of_run(String::from("t")).page(1).await?;
    for request in fake.requests() {
        assert_eq!(request.path(), format!("/jobs/{ID}/runs/7"));
        assert_eq!(query(&request), "page=1&token_of_run=t");
    }
    Ok(())
}

#[tokio::test]
async fn one_error_names_every_value_that_is_missing() {
    let (client, fake) = client();
    let error = client.get_run(ID, 7).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "get-run: no value was set for page, token_of_run"
    );
    assert_eq!(error.operation(), Some("get-run"));
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_body_is_built_or_is_its_builder() -> Result<(), Error> {
    fn built() -> Result<CreateJob, Error> {
        Ok(CreateJob::builder().name("a").kind("employer").retries(3).build()?)
    }
    let (client, fake) = client();
    client.create_job().body(built()?).await?;
    let builder = CreateJob::builder().name("a").kind(Kind::Employer);
    client.create_job().body(builder.maybe_retries(Some(3))).await?;
    for request in fake.requests() {
        let body: serde_json::Value = request.json();
        assert_eq!(body, json!({"name": "a", "kind": "employer", "retries": 3}));
    }
    let missing: ConversionError = CreateJob::builder().build().unwrap_err();
    assert_eq!(missing.to_string(), "no value was set for kind, name");
    Ok(())
}

#[tokio::test]
async fn a_call_with_several_successes_gives_the_lowest() -> Result<(), Error> {
    let (client, fake) = client();
    let body = || CreateJob::builder().name("a").kind("employer");
    let job: Job = client.create_job().body(body()).await?;
    assert_eq!(job.id, ID);
    let accepted = Reply::json(json!({"position": 4})).status(202);
    fake.on("create-job", accepted);
    let error = client.create_job().body(body()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OtherSuccess);
    assert!(error.outcome_unknown());
    assert!(error.to_string().contains("`send()`"), "{error}");
    match client.create_job().body(body()).send().await?.into_inner() {
        CreateJobSuccess::Status202(accepted) => assert_eq!(accepted.position, 4),
        other => panic!("{other:?}"),
    }
    Ok(())
}
