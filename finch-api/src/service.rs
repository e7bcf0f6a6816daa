//! What is Finch's own, but in no document: the answers to the runtime's
//! questions, and the accessors that have Finch's words.

use serde_json::Value;

use crate::Error;
use crate::runtime::{Credential, Said};

/// The header in which Finch names a request.
pub(crate) const REQUEST_ID: &str = "finch-request-id";

/// What lets a base URL be plain `http://`.
pub(crate) const ALLOW_PLAIN_HTTP: &str = "ClientBuilder::allow_plain_http";

/// What an operation lacks without `credential`, and how to set it.
pub(crate) fn missing(credential: Credential) -> &'static str {
    match credential {
        Credential::Bearer => {
            "an access token: set it with ClientBuilder::access_token or Client::with_access_token"
        }
        Credential::Basic => {
            "a client id and a client secret: set them with ClientBuilder::client_id and \
             ClientBuilder::client_secret, or as FINCH_CLIENT_ID and FINCH_CLIENT_SECRET"
        }
    }
}

/// What Finch says in `body`, that of a failure.
pub(crate) fn said(body: &Value) -> Said<&str> {
    let text = |name| body.get(name)?.as_str();
    Said {
        name: text("name"),
        code: text("finch_code"),
        message: text("message"),
    }
}

/// In Finch's words: [what to do](crate#what-goes-wrong-and-what-to-do) about each.
impl Error {
    /// Finch's code for the error, finer than its name: `reauthenticate_user`.
    pub fn finch_code(&self) -> Option<&str> {
        self.code()
    }

    /// Whether the authorization code is wrong, used or expired
    /// (`invalid_grant_error`): start Finch Connect again.
    pub fn is_invalid_grant(&self) -> bool {
        self.name() == Some("invalid_grant_error")
    }

    /// Whether the client's id or secret is wrong (`invalid_client_error`): correct
    /// them.
    pub fn is_invalid_client(&self) -> bool {
        self.name() == Some("invalid_client_error")
    }

    /// Whether the employer must connect again (`authentication_error`,
    /// `reauthenticate_user`): send them through Finch Connect. The access token
    /// stays as it is.
    pub fn needs_reauthentication(&self) -> bool {
        self.name() == Some("authentication_error")
            || self.finch_code() == Some("reauthenticate_user")
    }
}
