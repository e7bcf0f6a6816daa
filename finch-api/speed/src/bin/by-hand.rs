//! A measured program: exchanges authorization codes for access tokens, with careful handwritten
//! code. The code uses reqwest with a time limit and without redirects.

use std::sync::Arc;
use std::time::Duration;

use finch_api_speed::{CLIENT_ID, CLIENT_SECRET, CODE, run};
use serde::{Deserialize, Serialize};

fn main() {
    run(connect, exchange);
}

#[derive(Clone)]
struct Client {
    url: Arc<str>,
    http: reqwest::Client,
}

#[derive(Serialize)]
struct Request<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    code: &'a str,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "a program reads every property")]
struct Token {
    access_token: String,
    account_id: String,
    client_type: String,
    company_id: String,
    connection_id: String,
    connection_type: String,
    customer_id: Option<String>,
    customer_name: Option<String>,
    entity_ids: Vec<String>,
    products: Vec<String>,
    provider_id: String,
    token_type: String,
}

fn connect(url: &str) -> Client {
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(60))
        .build();
    Client {
        url: format!("{url}/auth/token").into(),
        http: http.expect("a client"),
    }
}

async fn exchange(client: Client) {
    let body = Request {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        code: CODE,
    };
    let request = client.http.post(&*client.url);
    let request = request.header("accept", "application/json");
    let request = request.header("finch-api-version", "2020-09-17");
    let response = request.json(&body).send().await.expect("a response");
    let response = response.error_for_status().expect("a success");
    let token: Token = response.json().await.expect("a token");
    assert_eq!(token.token_type, "bearer");
}
