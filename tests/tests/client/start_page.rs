//! Contains the test that the README and the front page of the documentation show.

use finch_api::Client;
use finch_api::testing::{FakeTransport, Reply};

/// The page that follows Finch Connect: a piece of your program.
async fn next_page(client: &Client, code: &str) -> &'static str {
    match client.exchange_code(code).await {
        Ok(_token) => "/connected",
        Err(error) if error.is_invalid_grant() => "/start",
        Err(_) => "/try-later",
    }
}

#[tokio::test]
async fn a_used_code_shows_the_start_page() {
    let finch = FakeTransport::new().on("create-access-token", Reply::invalid_grant());
    assert_eq!(next_page(&finch.client(), "a used code").await, "/start");
}
