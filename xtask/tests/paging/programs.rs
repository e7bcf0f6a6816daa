//! Contains programs that walk lists in pages. Each compiles and runs.

mod client;

use std::time::Duration;

use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

use crate::testing::{FakeTransport, Reply};
use crate::types::{Directory, Item};
use crate::{Client, Error, ErrorKind, Page};

fn client(fake: &FakeTransport) -> Client {
    client::client_of(fake, 2)
}

/// Returns items with these ids.
fn items(ids: impl IntoIterator<Item = i64>) -> Value {
    ids.into_iter().map(|id| json!({"id": id})).collect()
}

/// Returns the ids from `first` on, at most `size` of `count`, as a page of a list called `name`.
fn page(name: &str, first: i64, size: i64, count: i64) -> Reply {
    let items = items(first..count.min(first + size));
    Reply::json(json!({ name: items, "paging": {"offset": first, "count": count} }))
}

/// Returns the value of a query parameter in each request.
fn sent(fake: &FakeTransport, name: &str) -> Vec<String> {
    let requests = fake.requests();
    let values = requests.iter().map(|request| {
        let pair = request.query().iter().find(|(known, _)| known == name);
        pair.map_or("-".to_owned(), |(_, value)| value.clone())
    });
    values.collect()
}

fn ids(items: &[Item]) -> Vec<i64> {
    items.iter().map(|item| item.id).collect()
}

#[tokio::test]
async fn every_item_of_a_list() -> Result<(), Error> {
    let pages = [0, 2, 4].map(|first| page("individuals", first, 2, 5));
    let fake = FakeTransport::new().on("get-directory", pages);
    let mut individuals = client(&fake).get_directory().limit(2).items();
    assert!(fake.requests().is_empty());
    let mut found = Vec::new();
    while let Some(individual) = individuals.try_next().await? {
        found.push(individual.id);
        assert_eq!(fake.requests().len(), found.len().div_ceil(2));
    }
    assert_eq!(found, [0, 1, 2, 3, 4]);
    assert_eq!(sent(&fake, "offset"), ["-", "2", "4"]);
    assert_eq!(sent(&fake, "limit"), ["2", "2", "2"]);
    Ok(())
}

/// The lists have other names, and end in other ways.
#[tokio::test]
async fn each_list_of_the_overlay() -> Result<(), Error> {
    let two = |name| [page(name, 0, 2, 3), page(name, 2, 2, 3)];
    let fake = FakeTransport::new()
        .on("list-documents", two("documents"))
        .on("list-plans", two("plans"))
        .on("list-plan-enrollments", two("enrollments"))
        .on("list-plan-dependents", two("dependents"))
        // It has no count, and so only an empty page ends it.
        .on(
            "get-jobs-automated",
            [[0, 1], [2, 3]]
                .map(|ids| Reply::json(json!({ "data": items(ids) })))
                .into_iter()
                .chain([Reply::json(json!({"data": []}))])
                .collect::<Vec<_>>(),
        );
    let client = client(&fake);
    let lists = [
        client.list_documents().items().try_collect::<Vec<_>>().await?,
        client.list_plans().items().try_collect().await?,
        client.list_plan_enrollments().items().try_collect().await?,
        client.list_plan_dependents().items().try_collect().await?,
    ];
    for list in lists {
        assert_eq!(ids(&list), [0, 1, 2]);
    }
    let jobs: Vec<Item> = client.get_jobs_automated().items().try_collect().await?;
    assert_eq!(ids(&jobs), [0, 1, 2, 3]);
    assert_eq!(fake.requests().len(), 11);
    Ok(())
}

#[tokio::test]
async fn a_page_has_its_response_and_its_position() -> Result<(), Error> {
    let replies = [0, 2, 4].map(|first| page("individuals", first, 2, 6).header("x-request-id", "a"));
    let fake = FakeTransport::new().on("get-directory", replies);
    let call = client(&fake).get_directory().limit(2);
    let mut pages = call.clone().pages();
    let page: Page<Directory> = pages.try_next().await?.unwrap();
    assert_eq!((page.response().status().as_u16(), page.response().request_id()), (200, Some("a")));
    assert_eq!(page.value().paging.offset, 0);
    assert_eq!(page.position().as_str(), "0");
    let done = page.next_position().unwrap().as_str().to_owned();

    // Another program goes on.
    let mut pages = call.pages_from(done);
    let page = pages.try_next().await?.unwrap();
    assert_eq!(ids(&page.value().individuals), [2, 3]);
    let next = page.next_position().unwrap().clone();
    let directory: Directory = page.into_inner();
    assert_eq!(directory.paging.offset, 2);
    let last = pages.try_next().await?.unwrap();
    assert_eq!((last.position(), last.next_position()), (&next, None));
    assert!(pages.try_next().await?.is_none());
    assert_eq!(sent(&fake, "offset"), ["-", "2", "4"]);
    Ok(())
}

#[tokio::test]
async fn a_success_without_the_list_names_its_status() {
    let accepted = Reply::json(json!({"message": "later"})).status(202);
    let fake = FakeTransport::new().on("list-plans", [page("plans", 0, 1, 3), accepted]);
    let mut plans = client(&fake).list_plans().items();
    assert_eq!(plans.try_next().await.unwrap().unwrap().id, 0);
    let error = plans.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OtherSuccess);
    assert_eq!(error.status().unwrap().as_u16(), 202);
    assert!(error.to_string().starts_with("list-plans: 202 Accepted: "), "{error}");
    assert!(plans.try_next().await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_program_waits_for_the_data() -> Result<(), Error> {
    let accepted = || Reply::json(json!({"message": "later"})).status(202);
    let replies = [accepted(), accepted().header("retry-after", "7"), page("individuals", 0, 2, 2)];
    let fake = FakeTransport::new().on("get-directory", replies);
    let start = tokio::time::Instant::now();
    let response = client(&fake)
        .get_directory()
        .wait_until_ready(Duration::from_secs(60))
        .await?;
    assert_eq!(start.elapsed().as_secs(), 8);
    assert_eq!(ids(&response.into_inner().individuals), [0, 1]);

    let fake = FakeTransport::new().on("get-directory", accepted());
    let waiting = client(&fake).get_directory().wait_until_ready(Duration::from_secs(60));
    let error = tokio::spawn(waiting).await.unwrap().unwrap_err();
    assert!(error.is_timeout());
    let expected = "get-directory: 202 Accepted: the result is not ready after 60s";
    assert_eq!(error.to_string(), expected);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_failed_page_is_sent_again() -> Result<(), Error> {
    let busy = Reply::bytes("").status(503);
    let replies = [page("plans", 0, 1, 2), busy, page("plans", 1, 1, 2)];
    let fake = FakeTransport::new().on("list-plans", replies);
    let plans: Vec<Item> = client(&fake).list_plans().items().try_collect().await?;
    assert_eq!(ids(&plans), [0, 1]);
    assert_eq!(sent(&fake, "offset"), ["-", "1", "1"]);
    Ok(())
}

#[tokio::test]
async fn a_server_that_ignores_the_offset_is_an_error() {
    let fake = FakeTransport::new().on("list-plans", page("plans", 0, 2, 5));
    let plans = client(&fake).list_plans().items().try_collect::<Vec<_>>().await;
    assert_eq!(plans.unwrap_err().kind(), ErrorKind::RepeatedPage);
    assert_eq!(fake.requests().len(), 2);
}

#[tokio::test]
async fn pages_by_number_and_by_cursor() -> Result<(), Error> {
    let listed = |ids: &[i64], next: Option<&str>| {
        Reply::json(json!({"items": items(ids.iter().copied()), "next": next}))
    };
    let by_cursor = || [listed(&[1], Some("a+b")), listed(&[2], None)];
    let fake = FakeTransport::new()
        .on("list-by-number", [listed(&[1], None), listed(&[2], None), listed(&[], None)])
        .on("list-by-cursor", by_cursor())
        .on("search", by_cursor());
    let client = client(&fake);
    let found: Vec<Item> = client.list_by_number().items().try_collect().await?;
    assert_eq!(ids(&found), [1, 2]);
    assert_eq!(sent(&fake, "page"), ["-", "2", "3"]);
    let found: Vec<Item> = client.list_by_cursor().items().try_collect().await?;
    assert_eq!(ids(&found), [1, 2]);
    assert_eq!(sent(&fake, "after")[3..], ["-", "a+b"]);
    let body = crate::types::SearchRequest::builder().text("t");
    let found: Vec<Item> = client.search().body(body).items().try_collect().await?;
    assert_eq!(ids(&found), [1, 2]);
    let bodies: Vec<Value> = fake.requests()[5..].iter().map(|request| request.json()).collect();
    assert_eq!(bodies, [json!({"text": "t"}), json!({"text": "t", "after": "a+b"})]);
    Ok(())
}

#[tokio::test]
async fn the_next_url_is_followed_on_the_same_host_only() {
    let listed = |id, next: &str| Reply::json(json!({"items": items([id]), "next": next}));
    let fake = FakeTransport::new().on(
        "list-by-url",
        [
            listed(1, "https://api.example.com/by-url?page=2"),
            listed(2, "https://evil.example/by-url?page=3"),
        ],
    );
    let mut items = client(&fake).list_by_url().kind("a").items();
    assert_eq!(items.try_next().await.unwrap().unwrap().id, 1);
    assert_eq!(items.try_next().await.unwrap().unwrap().id, 2);
    let error = items.try_next().await.unwrap_err();
    assert!(error.to_string().contains("https://evil.example, which is not followed"), "{error}");
    assert_eq!(fake.requests().len(), 2);
    assert_eq!((sent(&fake, "kind"), sent(&fake, "page")), (
        vec!["a".to_owned(), "-".to_owned()],
        vec!["-".to_owned(), "2".to_owned()]
    ));
}

#[tokio::test]
async fn a_walk_goes_to_another_task() {
    fn check<S: Send + 'static>(_: &S) {}
    let fake = FakeTransport::new().on("list-plans", [page("plans", 0, 1, 1), page("plans", 0, 1, 1)]);
    let client = client(&fake);
    let (pages, mut items) = (client.list_plans().pages(), client.list_plans().items());
    check(&pages);
    let walk = tokio::spawn(async move { items.try_next().await.unwrap().unwrap().id });
    assert_eq!(walk.await.unwrap(), 0);
    assert_eq!(tokio::spawn(pages.try_collect::<Vec<_>>()).await.unwrap().unwrap().len(), 1);
}
