//! Calls every operation, and prints which requests were sent.

#![allow(warnings, reason = "a test generates the calls")]

use crate::generated::types;
use crate::runtime::transport::{ReqwestTransport, Transport};
use crate::runtime::{BaseUrl, Config, Credential, Credentials, Servers};
use crate::{Client, Error, ErrorKind};

fn client() -> Client {
    let server = std::env::var("SERVER").expect("the server's address");
    let config = Config {
        base_url: BaseUrl::parse(&server, true).expect("a base URL"),
        servers: Servers::new(true),
        transport: Transport::new(ReqwestTransport::new(reqwest::Client::new())),
        credentials: std::sync::Arc::new(Credentials {
            id: Some("id".to_owned()),
            secret: Some("secret".into()),
            access_token: Some("token".into()),
            keys: vec![/* keys */],
        }),
        headers: Default::default(),
        timeout: std::time::Duration::from_secs(10),
        max_retries: 0,
        max_retry_wait: std::time::Duration::ZERO,
        max_response_bytes: 1 << 20,
    };
    Client {
        config: std::sync::Arc::new(config),
    }
}

fn value<T: serde::de::DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn report(name: &str, error: Option<Error>) {
    match error {
        Some(error) if error.kind() != ErrorKind::Status => println!("call: {name}: {error}"),
        _ => println!("call: {name}"),
    }
}

#[tokio::test]
async fn every_operation() {
    let client = client();
/* calls */
}
