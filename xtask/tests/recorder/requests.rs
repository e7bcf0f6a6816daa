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

/// A decoded body. An inherent method takes precedence over a method of a trait.
struct Shown<T>(T);

impl<T: serde::Serialize> Shown<T> {
    fn text(&self) -> String {
        serde_json::to_string(&self.0).expect("a type of the document")
    }
}

trait Debugged {
    fn text(&self) -> String;
}

impl<T: std::fmt::Debug> Debugged for Shown<T> {
    fn text(&self) -> String {
        format!("{:?}", self.0)
    }
}

fn report(name: &str, result: Result<String, Error>) {
    let (result, text) = match &result {
        Ok(value) => ("value", value.clone()),
        Err(error) => match error.kind() {
            ErrorKind::Status | ErrorKind::Decode => ("failed", error.to_string()),
            _ => ("refused", error.to_string()),
        },
    };
    println!("call: {}", serde_json::json!([name, result, text]));
}

#[tokio::test]
async fn every_operation() {
    let client = client();
/* calls */
}
