//! Defines the settings that a handwritten half would have, for an API that nothing is known about.
//! It uses common names, such as `x-request-id` and the error properties of RFC 9457.

use crate::runtime::{Credential, ServerError};

/// The usual header for the id of a request.
pub(crate) const REQUEST_ID: &str = "x-request-id";

/// The headers of a request that the document does not describe.
pub(crate) const HEADERS: &[(&str, &str)] = &[];

/// The accepted credentials of a request that the document does not describe.
pub(crate) const SECURITY: &[&[Credential]] = &[&[Credential::Bearer], &[Credential::Basic], &[]];

/// The name of the setting that allows a base URL with `http://`.
pub(crate) const ALLOW_PLAIN_HTTP: &str = "allow_plain_http";

/// The advice in an error about an operation whose server nobody named.
pub(crate) const NAME_SERVER: &str = "name the server";

/// The name of the credential for bearer authentication.
pub(crate) const NEEDS_BEARER: &str = "an access token";

/// The name of the credential for basic authentication.
pub(crate) const NEEDS_BASIC: &str = "a user and a password";

/// The properties of an error response: the names of RFC 9457, and other common names.
pub(crate) const ERROR_PROPERTIES: ServerError<&[&str]> = ServerError {
    name: &["title", "name"],
    code: &["code", "type"],
    message: &["detail", "message"],
};

/// The names and codes that are never redacted.
pub(crate) const ERROR_TEXTS: &[&str] = &[];

/// The property of a success response that contains an issued secret.
pub(crate) const ISSUED_SECRET: Option<&str> = None;
