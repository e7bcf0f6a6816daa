//! What is Finch's own, but in no document: the answers to the runtime's
//! questions, and the accessors that have Finch's words.

use serde_json::Value;

use crate::runtime::{Credential, Said};
use crate::{API_VERSION, Error, Response};

/// The header in which Finch names a request.
pub(crate) const REQUEST_ID: &str = "finch-request-id";

/// What goes along with a request that Finch's document says nothing of.
pub(crate) const HEADERS: &[(&str, &str)] = &[("finch-api-version", API_VERSION)];

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
    /// Finch's code for the error, where it has one beside the
    /// [`name`](Self::name), and finer: which rate limit it was
    /// (`finch_auth_ip_rl`), or what was not found (`individual_not_found`).
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

/// How fresh the data is, which Finch says of data that it reads from an
/// employer's system.
impl<T> Response<T> {
    /// When the data was read from the employer's system (ISO 8601).
    pub fn data_retrieved(&self) -> Option<&str> {
        self.text("finch-data-retrieved")
    }

    /// When Finch last tried to read it anew (ISO 8601).
    pub fn last_attempted_update_date(&self) -> Option<&str> {
        self.text("finch-last-attempted-update-date")
    }

    /// What came of that: `success`, `error`, or `partial_error` where it failed
    /// for some items of a batch.
    pub fn last_attempted_update_result(&self) -> Option<&str> {
        self.text("finch-last-attempted-update-result")
    }

    fn text(&self, header: &str) -> Option<&str> {
        self.headers().get(header)?.to_str().ok()
    }
}
