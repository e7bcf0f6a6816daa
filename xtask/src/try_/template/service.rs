//! The answers to the runtime's questions where nothing is known of an API:
//! what is usual.

use serde_json::Value;

use crate::runtime::{Credential, Said};

/// The header in which servers usually name a request.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// What goes along with a request that the document says nothing of.
pub(crate) const HEADERS: &[(&str, &str)] = &[];

/// The alternatives of credentials of such a request.
pub(crate) const SECURITY: &[&[Credential]] = &[&[Credential::Bearer], &[Credential::Basic], &[]];

/// What lets a base URL be plain `http://`.
pub(crate) const ALLOW_PLAIN_HTTP: &str = "allow_plain_http";

/// What an operation needs that asks for an access token.
pub(crate) const NEEDS_BEARER: &str = "an access token";

/// What an operation needs that asks for a user and a password.
pub(crate) const NEEDS_BASIC: &str = "a user and a password";

/// What `body`, that of a failure, says in the words of RFC 9457, or in those
/// that are usual without it.
pub(crate) fn said(body: &Value) -> Said<&str> {
    let text = |names: [&str; 2]| names.into_iter().find_map(|name| body.get(name)?.as_str());
    Said {
        name: text(["title", "name"]),
        code: text(["code", "type"]),
        message: text(["detail", "message"]),
    }
}
