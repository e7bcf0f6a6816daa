//! What is Finch's own, but in no document: the answers to the runtime's
//! questions, and the accessors that have Finch's words.

use crate::runtime::{Credential, ServerError};
use crate::{API_VERSION, Error, Response, Secret};

/// The header in which Finch names a request.
pub(crate) const REQUEST_ID: &str = "finch-request-id";

/// What goes along with a request that Finch's document says nothing of.
pub(crate) const HEADERS: &[(&str, &str)] = &[("finch-api-version", API_VERSION)];

/// The alternatives of credentials of such a request: the access token, else the
/// client's own, else none.
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

/// The properties of an error's body.
pub(crate) const ERROR_PROPERTIES: ServerError<&[&str]> = ServerError {
    name: &["name"],
    code: &["finch_code"],
    message: &["message"],
};

/// Every `name` and `finch_code` that Finch documents: they are never redacted, because
/// callers decide by them.
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

/// The exchange, as the document's operation and as a request without one.
pub(crate) const EXCHANGE: [&str; 2] = ["create-access-token", "POST /auth/token"];

/// In Finch's words. A failure has a [`name`](Error::name), and some a
/// [`finch_code`](Error::finch_code) that is finer:
///
/// | `name` | `finch_code` | Status | What to do |
/// |---|---|---|---|
/// | `invalid_grant_error` | | 400 | The authorization code is wrong, used or expired: start Finch Connect again. |
/// | `bad_request` | `invalid_request` | 400 | Correct the request: its [`message`](Error::message) says what. |
/// | `invalid_client_error` | | 401 | Correct the client's id and secret. |
/// | `invalid_token_error` | | 401 | The access token is none, or not any more: have the employer connect again. |
/// | `invalid_request_error`, `unauthorized_request_error` | | 401 | Correct the request, or give the client an access token. |
/// | `authentication_error` | `reauthenticate_user` | 401 | Have the employer connect again, and store the new token. |
/// | `insufficient_scope_error` | | 403 | Ask for the product in Finch Connect, and have the employer connect again. |
/// | `not_found_error` | `item_not_found`, `benefit_not_found`, `individual_not_found`, `payment_not_found` | 404 | Read anew what there is. |
/// | `unprocessable_request_error` | `unsupported_parameters`, `invalid_employee_enrollment` | 422 | The provider cannot do it: ask for something else. |
/// | `rate_limit_exceeded_error` | `finch_application_rl`, `finch_api_ip_rl`, `finch_auth_ip_rl`, `upstream_rate_limit_exceeded` | 429 | Call again after [`retry_after`](Error::retry_after), not before. |
/// | `server_error` | | 500 | Calling again at once does not help, as a rule: do so later, or ask Finch, with the [`request_id`](Error::request_id). |
/// | `not_implemented_error` | | 501 | The provider has no such thing: do not call again. |
/// | `bad_gateway_error` | `upstream_provider_error` | 502 | The provider failed: call again later. |
///
/// More may come, and a proxy on the way has none of them: have a case for the
/// rest. Failures without an answer of Finch's are told apart by their
/// [`kind`](Error::kind); [what to do](crate#what-goes-wrong-and-what-to-do) about
/// each stands on the front page.
impl Error {
    /// Finch's code for the error, where it has one beside the
    /// [`name`](Self::name), and finer: which rate limit it was
    /// (`finch_auth_ip_rl`), or what was not found (`individual_not_found`).
    pub fn finch_code(&self) -> Option<&str> {
        self.code()
    }

    /// The access token that Finch issued, although the exchange failed: Finch
    /// responded with a success, but the response was cut off, was late, or is not what
    /// the document says. Store it as carefully as one from a success.
    ///
    /// `None` if the part of the body that was received does not hold the token to its
    /// end, or holds two that differ. `None`, too, if the body is larger than
    /// [`ClientBuilder::max_response_bytes`](crate::ClientBuilder::max_response_bytes),
    /// because such a body is not kept. [`expose_body`](Self::expose_body) has all that
    /// was received.
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
    /// `reauthenticate_user`): send them through Finch Connect, and store the access
    /// token that comes of it in the place of this one.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts of the table in the documentation, which are those of Finch's page.
    #[test]
    fn the_texts_are_those_of_the_documentation() {
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
