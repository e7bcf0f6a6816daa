//! The failures. A page tells the employer, and the log tells the operator.

use std::error::Error as _;
use std::fmt::Display;
use std::time::Duration;

use axum::http::StatusCode;
use finch_api::{Error, ErrorKind};

/// How long to wait if Finch asks to wait, but not for how long.
const WAIT: Duration = Duration::from_secs(60);

/// The maximum number of characters of a browser's text in the log.
const MAX_TEXT: usize = 200;

/// The reason why a request failed.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// The page or the connection does not exist.
    NotFound,
    /// The employer changed their mind in Finch Connect.
    Cancelled,
    /// Finch Connect failed.
    ConnectFailed,
    /// Finch Connect cannot be used for a while.
    ConnectBusy,
    /// This browser did not receive the state.
    Forged,
    /// A page of another site sent the request.
    CrossSite,
    /// The server does not understand the request.
    Malformed(StatusCode),
    /// The code is wrong, used or expired.
    Spent,
    /// Finch wants to be called again after this time, not before.
    Busy(Duration),
    /// The connection to Finch failed.
    Unreachable,
    /// Finch may have issued a token, but it did not arrive.
    Unknown,
    /// Finch has issued a token, but it is not stored yet.
    NotStoredYet,
    /// Finch did not disconnect the connection, or it could not be removed.
    NotDisconnected,
    /// Only the operator can correct it.
    Internal,
}

impl Failure {
    /// Logs the failure with its cause, which is for the operator. Errors of this server and
    /// `finch_api::Error` print no secrets.
    pub(crate) fn because(self, cause: impl Display) -> Self {
        let title = self.title();
        match self {
            Self::NotFound
            | Self::Cancelled
            | Self::Forged
            | Self::CrossSite
            | Self::Malformed(_)
            | Self::Spent => tracing::info!("{title}: {cause}"),
            Self::Busy(_) | Self::ConnectFailed | Self::ConnectBusy => {
                tracing::warn!("{title}: {cause}");
            }
            Self::Unreachable
            | Self::Unknown
            | Self::NotStoredYet
            | Self::NotDisconnected
            | Self::Internal => tracing::error!("{title}: {cause}"),
        }
        self
    }

    /// Returns the failure for an error of Finch Connect. [RFC
    /// 6749](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1) lists the errors.
    pub(crate) fn of_connect(error: &str, description: &str) -> Self {
        let (failure, hint) = match error {
            "access_denied" => (Self::Cancelled, ""),
            "temporarily_unavailable" => (Self::ConnectBusy, ""),
            "invalid_scope" => (Self::Internal, ": correct FINCH_PRODUCTS"),
            "unauthorized_client" | "invalid_request" | "unsupported_response_type" => {
                let hint = ": compare FINCH_CLIENT_ID and PUBLIC_URL with Finch's developer \
                            dashboard";
                (Self::Internal, hint)
            }
            // This includes `server_error`, and errors that are not in the RFC.
            _ => (Self::ConnectFailed, ""),
        };
        let short = |text: &str| text.chars().take(MAX_TEXT).collect::<String>();
        let (error, description) = (short(error), short(description));
        failure.because(format_args!(
            "Finch Connect ended with {error:?} {description:?}{hint}"
        ))
    }

    /// Returns the failure for an error of an exchange.
    pub(crate) fn of_exchange(error: &Error) -> Self {
        let cause = cause(error);
        let retry_after = error.retry_after();
        let is_down = error.status() == Some(StatusCode::SERVICE_UNAVAILABLE);
        if error.is_invalid_grant() {
            Self::Spent.because(cause)
        } else if error.is_invalid_client() {
            let hint = "FINCH_CLIENT_ID or FINCH_CLIENT_SECRET is wrong";
            Self::Internal.because(format_args!("{hint}: {cause}"))
        } else if error.is_rate_limited() || (is_down && retry_after.is_some()) {
            let wait = retry_after.filter(|wait| !wait.is_zero());
            Self::Busy(wait.unwrap_or(WAIT)).because(cause)
        } else if error.outcome_unknown() {
            Self::Unknown.because(cause)
        } else if let ErrorKind::Connect | ErrorKind::NotProcessed | ErrorKind::Timeout =
            error.kind()
        {
            Self::Unreachable.because(cause)
        } else {
            Self::Internal.because(cause)
        }
    }

    /// Returns the status of the response.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Cancelled => StatusCode::OK,
            Self::Spent => StatusCode::BAD_REQUEST,
            Self::Malformed(status) => *status,
            Self::Forged | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::Busy(_) | Self::ConnectBusy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unreachable | Self::Unknown | Self::ConnectFailed | Self::NotDisconnected => {
                StatusCode::BAD_GATEWAY
            }
            Self::NotStoredYet | Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Returns the seconds to wait before the next attempt.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        match self {
            // Rounded up, so that no browser retries too early.
            Self::Busy(wait) => {
                let begun = u64::from(wait.subsec_nanos() > 0);
                Some(wait.as_secs().saturating_add(begun))
            }
            _ => None,
        }
    }

    /// Returns the address of the next page, and the text of its link; `None` if only waiting
    /// helps.
    pub(crate) fn next(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::NotFound => Some(("/", "To the start")),
            Self::NotDisconnected | Self::NotStoredYet => {
                Some(("/connections", "Your connections"))
            }
            Self::Busy(_) | Self::Internal => None,
            Self::Cancelled
            | Self::ConnectFailed
            | Self::ConnectBusy
            | Self::Forged
            | Self::CrossSite
            | Self::Malformed(_)
            | Self::Spent
            | Self::Unreachable
            | Self::Unknown => Some(("/connect", "Start again")),
        }
    }

    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::NotFound => "Page not found",
            Self::Cancelled => "Not connected",
            Self::ConnectFailed => "Finch Connect has failed",
            Self::ConnectBusy => "Finch Connect is busy",
            Self::Forged => "This link is not valid",
            Self::CrossSite | Self::Malformed(_) => "This request is not valid",
            Self::Spent => "This link has expired",
            Self::Busy(_) => "Too many requests",
            Self::Unreachable => "Finch cannot be reached",
            Self::Unknown => "We do not know whether you are connected",
            Self::NotStoredYet => "Almost connected",
            Self::NotDisconnected => "Still connected",
            Self::Internal => "This is our mistake",
        }
    }

    /// Tells the employer the effect of the failure, and the next step.
    pub(crate) fn text(&self) -> &'static str {
        match self {
            Self::NotFound => "The address is wrong, or the connection has been disconnected.",
            Self::Cancelled => "You left Finch Connect before the end, and nothing was shared.",
            Self::ConnectFailed => {
                "Something went wrong at Finch, and nothing was connected. Start again in a few \
                 minutes."
            }
            Self::ConnectBusy => {
                "Finch is overloaded, and nothing was connected. Start again in a few minutes."
            }
            Self::Forged => {
                "It was made for another browser, is too old, or was used before. Nothing \
                 was connected."
            }
            Self::CrossSite | Self::Malformed(_) => "Nothing was changed.",
            Self::Spent => "It can be used once, for a few minutes.",
            Self::Busy(_) => "Nothing is lost. Finch asks you to wait.",
            Self::Unreachable => "Nothing was connected. Start again in a few minutes.",
            Self::Unknown => {
                "Finch did not respond as expected. Start again. This does no harm if you are \
                 connected."
            }
            Self::NotStoredYet => {
                "Finch has connected you, and we are still saving it. You do not need to do \
                 anything. If you are not connected in an hour, tell us."
            }
            Self::NotDisconnected => "We could not disconnect it. Try again in a few minutes.",
            Self::Internal => "You cannot fix it, but we have been notified.",
        }
    }
}

/// Returns the text of an error. If an earlier attempt failed in another way, adds that error.
fn cause(error: &Error) -> String {
    let first = error
        .source()
        .and_then(|source| source.downcast_ref::<Error>());
    first.map_or_else(
        || error.to_string(),
        |first| format!("{error}; the attempt before: {first}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "test-util")]
    #[tokio::test(start_paused = true)]
    async fn failure_cause_lists_each_attempt() {
        use finch_api::testing::{FakeTransport, Reply};

        let busy = Reply::rate_limited(Duration::from_secs(1));
        let finch = FakeTransport::new().on("create-access-token", [busy, Reply::lost()]);
        let error = finch.client().exchange_code("code-1").await.unwrap_err();
        let cause = cause(&error);
        assert!(
            cause.contains("create-access-token: the connection to "),
            "{cause}"
        );
        let first = "; the attempt before: create-access-token: 429 Too Many Requests: \
                     rate_limit_exceeded_error";
        assert!(cause.contains(first), "{cause}");
    }

    /// The errors of RFC 6749, and one that is not in it.
    #[test]
    fn only_access_denied_means_the_employer_refused() {
        for (error, title) in [
            ("access_denied", "Not connected"),
            ("server_error", "Finch Connect has failed"),
            ("temporarily_unavailable", "Finch Connect is busy"),
            ("invalid_request", "This is our mistake"),
            ("invalid_scope", "This is our mistake"),
            ("unauthorized_client", "This is our mistake"),
            ("unsupported_response_type", "This is our mistake"),
            ("new_error", "Finch Connect has failed"),
        ] {
            assert_eq!(Failure::of_connect(error, "").title(), title, "{error}");
        }
    }

    #[test]
    fn retry_time_is_rounded_up() {
        for (wait, seconds) in [(0, 0), (1, 1), (1000, 1), (1001, 2)] {
            let failure = Failure::Busy(Duration::from_millis(wait));
            assert_eq!(failure.retry_after(), Some(seconds), "{wait}");
        }
        assert_eq!(Failure::Internal.retry_after(), None);
    }
}
