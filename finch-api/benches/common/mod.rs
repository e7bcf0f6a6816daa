//! Provides what the benches share: a server that responds to every request with an access token,
//! this crate's client, and a handwritten client for comparison. Both clients exchange an
//! authorization code for the token.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use finch_api::{Client, types};
use tokio::runtime::Runtime;

/// The response of Finch to an exchange.
pub(crate) const TOKEN: &str = r#"{"access_token":"7e965183-9332-423c-9259-3edafb332ad2","account_id":"ac3a2af9-ce03-46c4-9142-81abe789c64d","client_type":"production","company_id":"4ab15e51-11ad-49f4-acae-f343b7794375","connection_id":"6dab009c-77c8-43d9-8f81-e093f7c65bc1","connection_type":"provider","customer_id":"1234567890","entity_ids":["ba9c617b-3446-447a-9dc9-4a8c108ecf2e"],"products":["directory","employment","individual"],"provider_id":"gusto","token_type":"bearer"}"#;

const CLIENT_ID: &str = "4ab15e51-11ad-49f4-acae-f343b7794375";
const CLIENT_SECRET: &str = "finch-secret-sandbox-1";
const CODE: &str = "a-code-that-is-good-once";

/// Starts a server that responds to each request with [`TOKEN`], and returns its URL. It
/// runs in other threads, which are not measured.
pub(crate) fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound listener");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(stream));
        }
    });
    format!("http://{address}")
}

fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nfinch-request-id: req-1\r\n\
         content-length: {}\r\n\r\n{TOKEN}",
        TOKEN.len()
    );
    let mut buffer = [0; 4096];
    let mut request = Vec::new();
    loop {
        let read = stream.read(&mut buffer)?;
        request.extend_from_slice(&buffer[..read]);
        // The only request body ends like this.
        if read == 0 || request.ends_with(b"\"}") {
            request.clear();
            stream.write_all(answer.as_bytes())?;
        }
        if read == 0 {
            return Ok(());
        }
    }
}

/// Returns a runtime on the measured thread.
pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Returns this crate's client.
pub(crate) fn finch_api(url: &str) -> Client {
    Client::builder()
        .base_url(url)
        .client_id(CLIENT_ID)
        .client_secret(CLIENT_SECRET)
        .build()
        .expect("a client")
}

/// Makes an exchange with this crate's client.
pub(crate) async fn exchange(client: Client) -> types::CreateAccessTokenResponse {
    client.exchange_code(CODE).await.expect("a token")
}

/// A careful handwritten client: without redirects, and with the same timeout.
#[derive(Clone)]
pub(crate) struct ByHand {
    url: Arc<str>,
    client: reqwest::Client,
}

impl ByHand {
    pub(crate) fn new(url: &str) -> Self {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(60))
            .build();
        Self {
            url: format!("{url}/auth/token").into(),
            client: client.expect("a client"),
        }
    }

    /// Makes the same exchange with the same types.
    pub(crate) async fn exchange(self) -> types::CreateAccessTokenResponse {
        let body = types::CreateAccessTokenRequest::builder()
            .client_id(CLIENT_ID)
            .client_secret(CLIENT_SECRET)
            .code(CODE);
        let body = types::CreateAccessTokenRequest::try_from(body).expect("a request");
        let response = self
            .client
            .post(&*self.url)
            .header("accept", "application/json")
            .header("finch-api-version", finch_api::API_VERSION)
            .json(&finch_api::Exposed(&body))
            .send()
            .await;
        let response = response.expect("an answer").error_for_status();
        response.expect("a success").json().await.expect("a token")
    }
}
