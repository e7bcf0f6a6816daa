//! A measured program: exchanges authorization codes for access tokens, with the client of
//! finch-api.

use finch_api::Client;
use finch_api_speed::{CLIENT_ID, CLIENT_SECRET, CODE, run};

fn main() {
    run(connect, exchange);
}

fn connect(url: &str) -> Client {
    let client = Client::builder()
        .base_url(url)
        .client_id(CLIENT_ID)
        .client_secret(CLIENT_SECRET);
    client.build().expect("a client")
}

async fn exchange(client: Client) {
    let token = client.exchange_code(CODE).await.expect("a token");
    assert_eq!(token.token_type, "bearer");
}
