//! Defines the Finch-specific values that the OpenAPI document does not contain: the `User-Agent`, the
//! header with the request id, the property names of an error response, every error name in Finch's
//! documentation, and the error texts that mention a setting.
//!
//! The runtime and the builder of clients read them. Also adds methods in Finch's terms to `Error` and `Response`, such
//! as `is_invalid_grant` and `data_retrieved`.

use crate::runtime::{Credential, ServerError};
use crate::{API_VERSION, Error, Response, Secret};

/// The `User-Agent` header of every request.
pub(crate) const USER_AGENT: &str = concat!("finch-api-rust/", env!("CARGO_PKG_VERSION"));

/// The response header with Finch's id for the request.
pub(crate) const REQUEST_ID: &str = "finch-request-id";

/// Headers of a request without an operation in the document.
pub(crate) const HEADERS: &[(&str, &str)] = &[("finch-api-version", API_VERSION)];

/// The alternative credentials of such a request: the access token, else the client's id
/// and secret, else none.
pub(crate) const SECURITY: &[&[Credential]] = &[&[Credential::Bearer], &[Credential::Basic], &[]];

/// The setting that allows a plain `http://` base URL.
pub(crate) const ALLOW_PLAIN_HTTP: &str = "ClientBuilder::allow_plain_http";

/// How the server of an operation is named.
pub(crate) const NAME_SERVER: &str = "name the server with ClientBuilder::server";

/// Completes "it needs" for an access token.
pub(crate) const NEEDS_BEARER: &str =
    "an access token: set it with ClientBuilder::access_token or Client::with_access_token";

/// Completes "it needs" for the client's id and secret.
pub(crate) const NEEDS_BASIC: &str = "a client id and a client secret: set them with \
     ClientBuilder::client_id and ClientBuilder::client_secret, or as FINCH_CLIENT_ID and \
     FINCH_CLIENT_SECRET";

/// The properties of an error response.
pub(crate) const ERROR_PROPERTIES: ServerError<&[&str]> = ServerError {
    name: &["name"],
    code: &["finch_code"],
    message: &["message"],
};

/// Every `name` and `finch_code` that Finch documents. They are never redacted, because
/// callers match on them.
pub(crate) const ERROR_TEXTS: &[&str] = &[
    "invalid_grant_error",
    "bad_request",
    "invalid_request",
    "invalid_client_error",
    "invalid_token_error",
    "invalid_request_error",
    "unauthorized_request_error",
    "authentication_error",
    "reauthenticate_user",
    "insufficient_scope_error",
    "not_found_error",
    "item_not_found",
    "benefit_not_found",
    "individual_not_found",
    "payment_not_found",
    "unprocessable_request_error",
    "unsupported_parameters",
    "invalid_employee_enrollment",
    "rate_limit_exceeded_error",
    "finch_application_rl",
    "finch_api_ip_rl",
    "finch_auth_ip_rl",
    "upstream_rate_limit_exceeded",
    "server_error",
    "not_implemented_error",
    "bad_gateway_error",
    "upstream_provider_error",
];

/// The property of an exchange's response that holds a secret.
pub(crate) const ISSUED_SECRET: Option<&str> = Some("access_token");

/// The exchange: the operation in the document, and the same request without an
/// operation.
pub(crate) const EXCHANGE: [&str; 2] = ["create-access-token", "POST /auth/token"];

/// Finch's own terms for an error. A failure has a [`name`](Error::name). Some failures
/// have a more specific [`finch_code`](Error::finch_code):
///
/// | `name` | `finch_code` | Status | What to do |
/// |---|---|---|---|
/// | `invalid_grant_error` | | 400 | The authorization code is wrong, used or expired: start Finch Connect again. |
/// | `bad_request` | `invalid_request` | 400 | Correct the request as the [`message`](Error::message) says. |
/// | `invalid_client_error` | | 401 | Correct the client's id and secret. |
/// | `invalid_token_error` | | 401 | The access token is invalid or revoked: have the employer connect again. |
/// | `invalid_request_error`, `unauthorized_request_error` | | 401 | Correct the request, or give the client an access token. |
/// | `authentication_error` | `reauthenticate_user` | 401 | Have the employer connect again, and store the new token. |
/// | `insufficient_scope_error` | | 403 | Ask for the product in Finch Connect, and have the employer connect again. |
/// | `not_found_error` | `item_not_found`, `benefit_not_found`, `individual_not_found`, `payment_not_found` | 404 | Refresh your list of items. |
/// | `unprocessable_request_error` | `unsupported_parameters`, `invalid_employee_enrollment` | 422 | The provider cannot do it: ask for something else. |
/// | `rate_limit_exceeded_error` | `finch_application_rl`, `finch_api_ip_rl`, `finch_auth_ip_rl`, `upstream_rate_limit_exceeded` | 429 | Call again after [`retry_after`](Error::retry_after), not before. |
/// | `server_error` | | 500 | Call again later, or ask Finch with the [`request_id`](Error::request_id). Calling again at once rarely helps. |
/// | `not_implemented_error` | | 501 | The provider does not support this: do not call again. |
/// | `bad_gateway_error` | `upstream_provider_error` | 502 | The provider failed: call again later. |
///
/// Finch may add more, and the response of a proxy has none of them, so handle all other
/// values as well. To distinguish failures without a response from Finch, use
/// [`kind`](Error::kind). [The front page](crate#errors) lists what to do about each.
impl Error {
    /// Finch's code for the error, if it is more specific than the [`name`](Self::name):
    /// the rate limit that was exceeded (`finch_auth_ip_rl`), or the item that was not
    /// found (`individual_not_found`).
    pub fn finch_code(&self) -> Option<&str> {
        self.code()
    }

    /// The access token that Finch issued although the exchange failed. Finch responded
    /// with a success, but the response was cut off, was late, or does not match the
    /// document. Store it as carefully as a token from a success.
    ///
    /// `None` if the received part of the body does not contain the complete token as a
    /// string at its top level, or contains two different tokens. Also `None` if the body is
    /// compressed or not UTF-8, or if it is larger than
    /// [`ClientBuilder::max_response_bytes`](crate::ClientBuilder::max_response_bytes):
    /// such a large body is not kept. Otherwise, [`expose_body`](Self::expose_body) returns the
    /// received part of the body.
    pub fn access_token(&self) -> Option<&Secret> {
        let is_exchange = EXCHANGE.contains(&self.operation()?);
        is_exchange.then(|| self.issued_secret()).flatten()
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
    /// `reauthenticate_user`). Send them through Finch Connect, and replace this access
    /// token with the new one.
    pub fn needs_reauthentication(&self) -> bool {
        self.name() == Some("authentication_error")
            || self.finch_code() == Some("reauthenticate_user")
    }
}

/// The freshness of data that Finch reads from an employer's system.
impl<T> Response<T> {
    /// When Finch read the data from the employer's system (ISO 8601).
    pub fn data_retrieved(&self) -> Option<&str> {
        self.text("finch-data-retrieved")
    }

    /// When Finch last tried to refresh the data (ISO 8601).
    pub fn last_attempted_update_date(&self) -> Option<&str> {
        self.text("finch-last-attempted-update-date")
    }

    /// The result of that attempt: `success`, `error`, or `partial_error` if some items
    /// of a batch failed.
    pub fn last_attempted_update_result(&self) -> Option<&str> {
        self.text("finch-last-attempted-update-result")
    }

    fn text(&self, header: &str) -> Option<&str> {
        self.headers().get(header)?.to_str().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table in the documentation, which Finch's page contains, has the same texts.
    #[test]
    fn error_texts_match_the_documentation() {
        let rows = include_str!("service.rs").lines();
        let rows = rows.filter_map(|line| line.strip_prefix("/// | "));
        let columns = rows.flat_map(|row| row.split('|').take(2));
        let texts = columns.flat_map(|column| column.split('`').skip(1).step_by(2));
        let mut texts: Vec<_> = texts
            .filter(|text| !["name", "finch_code"].contains(text))
            .collect();
        let mut known = ERROR_TEXTS.to_vec();
        texts.sort();
        known.sort();
        assert_eq!(texts, known);
    }
}
