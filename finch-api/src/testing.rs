//! A fake of Finch for the tests of your program, without a socket.
//!
//! It needs the feature `test-util`. Enable the feature only in the dev-dependencies of
//! your program.
//!
//! A [`FakeTransport`] replaces the network. A [`Reply`] is the response of Finch:
//!
//! ```
//! use finch_api::testing::{FakeTransport, Reply};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let finch = FakeTransport::new().on("create-access-token", Reply::invalid_grant());
//!
//! let error = finch.client().exchange_code("a used code").await.unwrap_err();
//! assert!(error.is_invalid_grant());
//!
//! let requests = finch.requests();
//! let body: serde_json::Value = requests[0].json();
//! assert_eq!(body["code"], "a used code");
//! # }
//! ```
//!
//! # Replies
//!
//! | To reply with | Use |
//! |---|---|
//! | a success | [`Reply::json`] with any value, [`Reply::example`] from Finch's document |
//! | a failure that Finch documents | [`Reply::invalid_grant`], [`Reply::rate_limited`] and others |
//! | no connection, so that nothing is sent | [`Reply::no_connection`] |
//! | no response, so that the outcome is unknown | [`Reply::lost`] |
//! | a response that breaks off | [`Reply::cut_off_after`] |
//! | no response in time | [`Reply::delayed`], [`Reply::stalls_after`] |
//! | anything else | [`Reply::bytes`] with [`status`](Reply::status) and [`header`](Reply::header) |
//!
//! A list replies to one request after the other. With a paused clock, the test does not
//! wait:
//!
//! ```
//! use std::time::Duration;
//!
//! use finch_api::testing::{FakeTransport, Reply};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), finch_api::Error> {
//! # tokio::time::pause();
//! // In a test: #[tokio::test(start_paused = true)]
//! let busy = Reply::rate_limited(Duration::from_secs(20));
//! let finch = FakeTransport::new().on("create-access-token", [busy, Reply::example()]);
//!
//! finch.client().exchange_code("a code").await?;
//! assert_eq!(finch.requests().len(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # Values of response types
//!
//! With this feature, every response type has a builder. Request types always have one. A
//! program in production needs no response builders, and compiles faster without them.
//!
//! ```
//! use finch_api::testing::{FakeTransport, Reply};
//! use finch_api::types::CreateAccessTokenResponse;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let token = CreateAccessTokenResponse::builder()
//!     .access_token("a token")
//!     .client_type("sandbox")
//!     .connection_id("connection-1")
//!     .connection_type("finch")
//!     .entity_ids(["550e8400-e29b-41d4-a716-446655440000"])
//!     .products(["company"])
//!     .provider_id("gusto")
//!     .token_type("bearer")
//!     .build()?;
//! let finch = FakeTransport::new().on("create-access-token", Reply::json(&token));
//!
//! let received = finch.client().exchange_code("a code").await?;
//! assert_eq!(received, token);
//! # Ok(())
//! # }
//! ```
//!
//! # Endpoints without an operation
//!
//! Name the endpoints of [`Client::request`] by method and path:
//!
//! ```
//! use finch_api::Method;
//! use finch_api::testing::{FakeTransport, Reply};
//! use serde_json::{Value, json};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), finch_api::Error> {
//! let finch = FakeTransport::new()
//!     .on("GET /employer/company", Reply::json(json!({"legal_name": "Acme"})))
//!     .on("GET /jobs/{job_id}", Reply::not_found("item_not_found"));
//!
//! let client = finch.client();
//! let request = client.request(Method::GET, "/employer/company");
//! assert_eq!(request.send::<Value>().await?.value()["legal_name"], "Acme");
//! # Ok(())
//! # }
//! ```

use std::time::Duration;

use http::header::RETRY_AFTER;
use serde_json::json;

pub use crate::runtime::testing::{FakeTransport, RecordedRequest, Replies, Reply, ReplyBody};

use crate::{Client, ClientBuilder, service};

impl FakeTransport {
    /// Returns a client that uses this transport, with a made-up client id, client secret
    /// and access token, and default settings otherwise.
    pub fn client(&self) -> Client {
        let client = self.client_builder().build();
        client.expect("these settings are valid")
    }

    /// Returns a builder for such a [client](Self::client), to change its settings.
    ///
    /// A base URL with a path needs [`base_path`](Self::base_path).
    pub fn client_builder(&self) -> ClientBuilder {
        Client::builder()
            .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
            .client_secret("test-client-secret")
            .access_token("test-access-token")
            .transport(self.clone())
    }
}

/// Finch's failures, with the names that [`Error`](crate::Error) lists. Each has the
/// header `Finch-Request-Id`.
impl Reply {
    /// The authorization code is wrong, used or expired (400).
    pub fn invalid_grant() -> Self {
        Self::failure(400, "invalid_grant_error", None)
    }

    /// The request is malformed (400).
    pub fn bad_request() -> Self {
        Self::failure(400, "bad_request", Some("invalid_request"))
    }

    /// The client's id or secret is wrong (401).
    pub fn invalid_client() -> Self {
        Self::failure(401, "invalid_client_error", None)
    }

    /// The access token is wrong or no longer valid (401).
    pub fn invalid_token() -> Self {
        Self::failure(401, "invalid_token_error", None)
    }

    /// The request lacks a part of the authentication (401).
    pub fn invalid_request() -> Self {
        Self::failure(401, "invalid_request_error", None)
    }

    /// The request has no access token (401).
    pub fn unauthorized() -> Self {
        Self::failure(401, "unauthorized_request_error", None)
    }

    /// The employer must connect again (401).
    pub fn reauthenticate() -> Self {
        Self::failure(401, "authentication_error", Some("reauthenticate_user"))
    }

    /// The access token is not for this product (403).
    pub fn insufficient_scope() -> Self {
        Self::failure(403, "insufficient_scope_error", None)
    }

    /// The item does not exist (404). `finch_code` names its kind, such as
    /// `individual_not_found`.
    pub fn not_found(finch_code: &str) -> Self {
        Self::failure(404, "not_found_error", Some(finch_code))
    }

    /// The provider cannot do it (422). `finch_code` has the reason, such as
    /// `unsupported_parameters`.
    pub fn unprocessable(finch_code: &str) -> Self {
        Self::failure(422, "unprocessable_request_error", Some(finch_code))
    }

    /// There were too many requests (429). The next request is allowed after this time.
    pub fn rate_limited(after: Duration) -> Self {
        let reply = Self::failure(
            429,
            "rate_limit_exceeded_error",
            Some("finch_application_rl"),
        );
        reply.header(RETRY_AFTER, after.as_secs_f64().to_string())
    }

    /// Finch failed (500).
    pub fn server_error() -> Self {
        Self::failure(500, "server_error", None)
    }

    /// The provider has no such endpoint (501).
    pub fn not_implemented() -> Self {
        Self::failure(501, "not_implemented_error", None)
    }

    /// The provider failed (502).
    pub fn bad_gateway() -> Self {
        Self::failure(502, "bad_gateway_error", Some("upstream_provider_error"))
    }

    fn failure(status: u16, name: &str, finch_code: Option<&str>) -> Self {
        let mut body = json!({"code": status, "name": name, "message": "A reply of a test."});
        if let Some(finch_code) = finch_code {
            body["finch_code"] = finch_code.into();
        }
        Self::json(body)
            .status(status)
            .header(service::REQUEST_ID, "test-request")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_name_has_a_reply() {
        let is_name = |text: &&&str| text.ends_with("_error") || **text == "bad_request";
        for name in service::ERROR_TEXTS.iter().filter(is_name) {
            let literal = format!("\"{name}\"");
            assert!(include_str!("testing.rs").contains(&literal), "{name}");
        }
    }
}
