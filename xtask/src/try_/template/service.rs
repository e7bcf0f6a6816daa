//! The answers to the runtime's questions where nothing is known of an API:
//! what is usual.

use crate::runtime::{Credential, ServerError};

/// The header in which servers usually name a request.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// What goes along with a request that the document says nothing of.
pub(crate) const HEADERS: &[(&str, &str)] = &[];

/// The alternatives of credentials of such a request.
pub(crate) const SECURITY: &[&[Credential]] = &[&[Credential::Bearer], &[Credential::Basic], &[]];

/// What lets a base URL be plain `http://`.
pub(crate) const ALLOW_PLAIN_HTTP: &str = "allow_plain_http";

/// How the server of an operation is named.
pub(crate) const NAME_SERVER: &str = "name the server";

/// What an operation needs that asks for an access token.
pub(crate) const NEEDS_BEARER: &str = "an access token";

/// What an operation needs that asks for a user and a password.
pub(crate) const NEEDS_BASIC: &str = "a user and a password";

/// The properties of an error's body, in the words of RFC 9457, or in those that are
/// usual without it.
pub(crate) const ERROR_PROPERTIES: ServerError<&[&str]> = ServerError {
    name: &["title", "name"],
    code: &["code", "type"],
    message: &["detail", "message"],
};

/// The names and codes that are never redacted: none is known.
pub(crate) const ERROR_TEXTS: &[&str] = &[];

/// The property of a success that holds a secret which was issued: none is known.
pub(crate) const ISSUED_SECRET: Option<&str> = None;
