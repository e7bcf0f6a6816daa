//! What can go wrong, and what to tell of it: to the employer in a page, to the
//! operator in the log.

use std::time::Duration;

use axum::http::StatusCode;
use finch_api::ErrorKind;

/// How long to wait if Finch asks to wait, but does not say for how long.
const WAIT: Duration = Duration::from_secs(60);

/// Why there is no connection.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The employer changed their mind in Finch Connect.
    Cancelled,
    /// The code comes with a state that this browser was not given.
    Forged,
    /// The code comes from a page of another site.
    CrossSite,
    /// What was sent is none of the two flows.
    Malformed(StatusCode),
    /// The code is wrong, used or expired.
    Spent,
    /// Finch wants fewer requests, and more only after this time.
    Busy(Duration),
    /// Finch was not reached.
    Unreachable,
    /// Finch may have issued a token, and it did not arrive.
    Unknown,
    /// The token is issued, and is still to be stored.
    NotStoredYet,
    /// Only the operator can mend it.
    Internal,
}

impl Failure {
    /// What to tell an employer of a failed exchange. The operator's part is
    /// logged: no text of the error's has a secret in it.
    pub(crate) fn of(error: &finch_api::Error) -> Self {
        let retry_after = error.retry_after();
        if error.is_invalid_grant() {
            tracing::info!("{error}");
            Self::Spent
        } else if error.is_invalid_client() {
            tracing::error!("FINCH_CLIENT_ID or FINCH_CLIENT_SECRET is wrong: {error}");
            Self::Internal
        } else if error.is_rate_limited()
            || (error.status() == Some(StatusCode::SERVICE_UNAVAILABLE) && retry_after.is_some())
        {
            tracing::warn!("{error}");
            let wait = retry_after.filter(|wait| !wait.is_zero());
            Self::Busy(wait.unwrap_or(WAIT))
        } else if error.outcome_unknown() {
            tracing::error!("{error}");
            Self::Unknown
        } else if let ErrorKind::Connect | ErrorKind::NotProcessed | ErrorKind::Timeout =
            error.kind()
        {
            tracing::error!("{error}");
            Self::Unreachable
        } else {
            tracing::error!("{error}");
            Self::Internal
        }
    }

    /// The status of the answer.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Cancelled => StatusCode::OK,
            Self::Spent => StatusCode::BAD_REQUEST,
            Self::Malformed(status) => *status,
            Self::Forged | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unreachable | Self::Unknown => StatusCode::BAD_GATEWAY,
            Self::NotStoredYet | Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The seconds to wait before the next attempt.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        match self {
            // Rounded up: not before.
            Self::Busy(wait) => {
                let begun = u64::from(wait.subsec_nanos() > 0);
                Some(wait.as_secs().saturating_add(begun))
            }
            _ => None,
        }
    }

    /// Whether starting again now may help.
    pub(crate) fn can_start_again(&self) -> bool {
        !matches!(self, Self::Busy(_) | Self::NotStoredYet | Self::Internal)
    }

    /// What happened, and what the employer can do.
    pub(crate) fn texts(&self) -> (&'static str, &'static str) {
        match self {
            Self::Cancelled => (
                "Not connected",
                "You left Finch Connect before the end, and nothing was shared.",
            ),
            Self::Forged => (
                "This link is not from here",
                "It was not made for this browser, or it is too old, or it was used before. \
                 Nothing was connected.",
            ),
            Self::CrossSite | Self::Malformed(_) => {
                ("This request is not from here", "Nothing was connected.")
            }
            Self::Spent => (
                "This link has expired",
                "It is good once, and for a few minutes.",
            ),
            Self::Busy(_) => (
                "Too many at once",
                "Nothing is lost: Finch wants you to wait.",
            ),
            Self::Unreachable => (
                "Finch cannot be reached",
                "Nothing was connected. Start again in a few minutes.",
            ),
            Self::Unknown => (
                "We do not know whether you are connected",
                "Finch did not answer as it should. Start again: it does no harm if you are.",
            ),
            Self::NotStoredYet => (
                "Almost connected",
                "Finch has connected you, and we are still saving it. You need do nothing; if \
                 you are not connected in an hour, tell us.",
            ),
            Self::Internal => (
                "This is our mistake",
                "You can do nothing about it, and we have been told.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::pending;

    use finch_api::http::{Request, Response};
    use finch_api::transport::RequestBody;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_request_that_was_not_sent_leaves_no_doubt() {
        let connecting = tower::service_fn(|_: Request<RequestBody>| {
            pending::<Result<Response<String>, Infallible>>()
        });
        let client = finch_api::Client::builder()
            .client_id("4ab15e51-11ad-49f4-acae-f343b7794375")
            .client_secret("a-secret-of-the-test")
            .transport(connecting);
        let error = client.build().unwrap().exchange_code("a code").await;
        let failure = Failure::of(&error.unwrap_err());
        assert!(matches!(failure, Failure::Unreachable), "{failure:?}");
    }
}
