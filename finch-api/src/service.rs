//! What is Finch's own, but in no document: the answers to the runtime's
//! questions, and the accessors that have Finch's words.

use serde_json::Value;

use crate::Error;
use crate::runtime::Said;

/// The header in which Finch names a request.
pub(crate) const REQUEST_ID: &str = "finch-request-id";

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

    /// Whether the client's id or secret is wrong (`invalid_client_error`).
    pub fn is_invalid_client(&self) -> bool {
        self.name() == Some("invalid_client_error")
    }
}
