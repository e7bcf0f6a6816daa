//! A failure.

use std::error::Error as StdError;
use std::time::Duration;
use std::{fmt, iter};

use reqwest::StatusCode;
use reqwest::header::CONTENT_ENCODING;
use serde_json::Value;

use super::answer::Answer;
use super::deadline::Late;
use super::said::Said;
use super::wiped::Wiped;
use crate::service;

/// Why a call failed: the one error of this crate.
///
/// Each method says what to do. [`source`](std::error::Error::source) leads to what
/// failed beneath: the HTTP client's error; or, where a call that must not be made
/// twice was refused first and then failed in another way, the first failure,
/// which is an `Error` too.
///
/// `Display` is one line, fit for a log; neither it nor `Debug` shows a body or
/// a secret.
pub struct Error(Box<Parts>);

/// What kind of failure an [`Error`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting of the client is missing or malformed. Nothing was sent.
    Configuration,
    /// A value of the request is missing or malformed. Nothing was sent.
    InvalidRequest,
    /// No connection was made. Nothing was sent.
    Connect,
    /// The deadline passed.
    Timeout,
    /// The connection broke before the answer was whole.
    Interrupted,
    /// The answer was a redirect, which is never followed.
    Redirect,
    /// The answer was not one of success.
    Status,
    /// The body of the answer was larger than the limit.
    TooLarge,
    /// The answer was one of success, but not what the API's document says.
    Decode,
    /// What was received is not signed by who it says it is from, or not now.
    Signature,
}

struct Parts {
    kind: ErrorKind,
    /// The id of the operation, where it is one that failed.
    operation: Option<&'static str>,
    what: String,
    status: Option<StatusCode>,
    request_id: Option<String>,
    said: Said<String>,
    retry_after: Option<Duration>,
    /// Whether the answer says that nothing was done.
    refused: bool,
    attempts: u32,
    body: Option<Wiped>,
    /// What failed beneath.
    transport: Option<reqwest::Error>,
    /// The failure of the first attempt, where it must not be lost.
    first: Option<Error>,
}

impl Error {
    /// What kind of failure it is: what to match on, with a case for kinds that
    /// are still to come.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The status of the answer, if there was one. Where it alone is known (a proxy
    /// gives no [`name`](Self::name)), a 4xx says that the request must change, a
    /// 5xx that the server failed.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The server's name for the request, if it gave one: log it, and tell it to the
    /// server's support.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The server's name for the error, if it gave one: what to decide by, where no
    /// method here does.
    pub fn name(&self) -> Option<&str> {
        self.0.said.name.as_deref()
    }

    /// The server's code for the error, where it has one beside the name.
    pub(crate) fn code(&self) -> Option<&str> {
        self.0.said.code.as_deref()
    }

    /// What the server says of the error, in a sentence: for whoever reads the log.
    /// Do not decide by it, as it may change.
    pub fn message(&self) -> Option<&str> {
        self.0.said.message.as_deref()
    }

    /// How long the server says to wait before the next request, as of when it
    /// answered. It was not waited for: it is longer than the client may wait, or
    /// than what was left of the deadline, or no attempt was left. Ask again when
    /// it is over, not before.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How often the request was sent, or was to be; 0 where it could not be. More
    /// than once, and the server went on to fail: to call again at once will
    /// hardly help.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether a time limit passed: the deadline, or that for the connection. A
    /// longer one may help, unless the [outcome is
    /// unknown](Self::outcome_unknown).
    pub fn is_timeout(&self) -> bool {
        let transport = self.0.transport.as_ref();
        self.kind() == ErrorKind::Timeout || transport.is_some_and(reqwest::Error::is_timeout)
    }

    /// Whether no connection was made, so that nothing was sent: see whether the
    /// base URL is right and the network there, then call again.
    pub fn is_connect(&self) -> bool {
        self.kind() == ErrorKind::Connect
    }

    /// Whether there were too many requests (429): nothing was done. Wait for as
    /// long as [`retry_after`](Self::retry_after) says, or for minutes.
    pub fn is_rate_limited(&self) -> bool {
        self.0.status == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the server may have done what was asked, although the call failed: the
    /// request may have arrived, and no answer says that it was refused. Find out
    /// before calling again, unless doing it twice does no harm.
    pub fn outcome_unknown(&self) -> bool {
        match self.kind() {
            ErrorKind::Configuration
            | ErrorKind::InvalidRequest
            | ErrorKind::Connect
            | ErrorKind::Redirect
            | ErrorKind::Signature => false,
            ErrorKind::Status => {
                !self.0.refused && self.0.status.is_some_and(|status| status.is_server_error())
            }
            ErrorKind::Timeout
            | ErrorKind::Interrupted
            | ErrorKind::TooLarge
            | ErrorKind::Decode => true,
        }
    }

    /// The body of the answer, as far as it was received; `None` where no answer
    /// came, or one that is larger than the limit.
    ///
    /// It may hold an access token that was issued and that is nowhere else:
    /// where the [outcome is unknown](Self::outcome_unknown), keep it as
    /// carefully as a token. Nothing else shows it; its memory is wiped when the
    /// error is dropped.
    pub fn expose_body(&self) -> Option<&[u8]> {
        self.0.body.as_deref()
    }

    pub(crate) fn configuration(what: impl fmt::Display) -> Self {
        Self::local(ErrorKind::Configuration, what)
    }

    pub(crate) fn invalid_request(what: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let what = what.into();
        // Of reqwest's errors, the first says no more than that there is one.
        let causes = iter::successors(what.source(), |error| (*error).source());
        let text = causes.fold(what.to_string(), |text, cause| format!("{text}: {cause}"));
        Self::local(ErrorKind::InvalidRequest, text)
    }

    /// An error of nothing that was sent.
    pub(crate) fn local(kind: ErrorKind, what: impl fmt::Display) -> Self {
        Self(Box::new(Self::parts(None, kind, what.to_string())))
    }

    fn parts(operation: Option<&'static str>, kind: ErrorKind, what: String) -> Parts {
        Parts {
            kind,
            operation,
            what,
            status: None,
            request_id: None,
            said: Said::default(),
            retry_after: None,
            refused: false,
            attempts: 0,
            body: None,
            transport: None,
            first: None,
        }
    }

    /// The same of the last of `attempts`, where `first` is what came of the
    /// first.
    pub(crate) fn after(mut self, attempts: u32, first: Option<Error>) -> Self {
        self.0.attempts = attempts;
        self.0.first = first;
        self
    }

    /// The request could not be sent, or no answer came.
    pub(crate) fn transport(operation: &'static str, error: reqwest::Error) -> Self {
        let (kind, what) = if error.is_connect() {
            (ErrorKind::Connect, "no connection could be made")
        } else if error.is_timeout() {
            (
                ErrorKind::Timeout,
                "a time limit passed before an answer came",
            )
        } else if error.is_redirect() {
            (ErrorKind::Redirect, "the answer was a redirect")
        } else {
            (
                ErrorKind::Interrupted,
                "the connection broke before an answer came",
            )
        };
        Self(Box::new(Parts {
            transport: Some(error.without_url()),
            ..Self::parts(Some(operation), kind, what.to_owned())
        }))
    }

    /// The deadline passed before an answer came.
    pub(crate) fn late(operation: &'static str, Late(limit): Late) -> Self {
        let what = format!("the deadline of {limit:?} passed before an answer came");
        Self(Box::new(Self::parts(
            Some(operation),
            ErrorKind::Timeout,
            what,
        )))
    }

    /// The deadline passed while the body of the answer was read.
    pub(crate) fn late_within(answer: Answer, Late(limit): Late) -> Self {
        let what = format!("the deadline of {limit:?} passed within the body of the answer");
        Self::from_answer(answer, ErrorKind::Timeout, what)
    }

    /// The body of the answer did not come to its end.
    pub(crate) fn interrupted(answer: Answer, error: reqwest::Error) -> Self {
        let (kind, what) = if error.is_timeout() {
            (
                ErrorKind::Timeout,
                "a time limit passed within the body of the answer",
            )
        } else {
            (
                ErrorKind::Interrupted,
                "the connection broke within the body of the answer",
            )
        };
        let mut interrupted = Self::from_answer(answer, kind, what);
        interrupted.0.transport = Some(error.without_url());
        interrupted
    }

    /// The body of the answer is larger than `limit` bytes.
    pub(crate) fn too_large(answer: Answer, limit: usize) -> Self {
        let what = format!("the body of the answer is larger than {limit} bytes");
        let mut too_large = Self::from_answer(answer, ErrorKind::TooLarge, what);
        too_large.0.body = None;
        too_large
    }

    /// A client that somebody else made followed a redirect: the answer is
    /// another server's, and none of it is kept.
    pub(crate) fn followed_redirect(answer: &Answer) -> Self {
        let what = "the reqwest client followed a redirect: give it redirect::Policy::none()";
        Self(Box::new(Parts {
            status: Some(answer.status),
            ..Self::parts(Some(answer.operation), ErrorKind::Redirect, what.to_owned())
        }))
    }

    /// The answer is none of those that the document has for a success.
    pub(crate) fn unexpected(answer: Answer) -> Self {
        let (kind, what) = if answer.status.is_redirection() {
            (ErrorKind::Redirect, "a redirect, which is not followed")
        } else if answer.status.is_success() {
            (
                ErrorKind::Decode,
                "a success of which the document does not say what it means",
            )
        } else {
            (ErrorKind::Status, "")
        };
        // A proxy may answer in HTML: what is not JSON says nothing.
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let said = service::said(&body).map(|text| answer.scrub(text));
        let mut unexpected = Self::from_answer(answer, kind, what);
        unexpected.0.said = said;
        unexpected
    }

    /// The answer is one of success, but `what` is wrong with its body.
    pub(crate) fn decode(answer: Answer, what: String) -> Self {
        let encoding = answer.text(CONTENT_ENCODING);
        let what = match (encoding, answer.media_type()) {
            (Some(encoding), _) => format!(
                "the body is encoded as {}, which was not asked for: {what}",
                answer.scrub(encoding)
            ),
            (None, Some(media_type)) if !media_type.contains("json") => {
                format!("expected JSON, found {}: {what}", answer.scrub(media_type))
            }
            _ => what,
        };
        Self::from_answer(answer, ErrorKind::Decode, what)
    }

    /// Whether `other` says the same.
    fn is_like(&self, other: &Self) -> bool {
        (self.0.kind, self.0.status, &self.0.said) == (other.0.kind, other.0.status, &other.0.said)
    }

    fn from_answer(answer: Answer, kind: ErrorKind, what: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            status: Some(answer.status),
            request_id: answer.request_id(),
            retry_after: answer.retry_after(),
            refused: answer.is_refused(),
            attempts: answer.attempts,
            body: Some(answer.body),
            first: answer.first,
            ..Self::parts(Some(answer.operation), kind, what.into())
        }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts {
            operation,
            what,
            status,
            said,
            request_id,
            attempts,
            retry_after,
            ..
        } = &*self.0;
        let status = status.map(|status| status.to_string());
        let parts = [
            *operation,
            status.as_deref(),
            said.name.as_deref(),
            said.code.as_deref(),
            Some(what.as_str()),
            said.message.as_deref(),
        ];
        let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
        for (index, part) in parts.enumerate() {
            if index > 0 {
                f.write_str(": ")?;
            }
            f.write_str(part)?;
        }
        let notes = [
            request_id.as_ref().map(|id| format!("request {id}")),
            (*attempts > 1).then(|| format!("{attempts} attempts")),
            retry_after
                .filter(|wait| !wait.is_zero())
                .map(|wait| format!("try again after {wait:?}")),
        ];
        let notes: Vec<String> = notes.into_iter().flatten().collect();
        match notes.as_slice() {
            [] => Ok(()),
            notes => write!(f, " ({})", notes.join(", ")),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts {
            kind,
            operation,
            what,
            status,
            request_id,
            said,
            retry_after,
            refused: _,
            attempts,
            body,
            transport,
            first,
        } = &*self.0;
        f.debug_struct("Error")
            .field("kind", kind)
            .field("operation", operation)
            .field("what", what)
            .field("status", &status.map(|status| status.as_u16()))
            .field("request_id", request_id)
            .field("name", &said.name)
            .field("code", &said.code)
            .field("message", &said.message)
            .field("retry_after", retry_after)
            .field("attempts", attempts)
            .field("body_bytes", &body.as_ref().map(|body| body.len()))
            .field("transport", transport)
            .field("first", first)
            .finish()
    }
}

impl StdError for Error {
    /// What came before: the failure of the first attempt, where a later one
    /// failed in another way and the operation is not idempotent; else what
    /// failed beneath.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let Parts {
            first, transport, ..
        } = &*self.0;
        match first {
            Some(first) if !self.is_like(first) => Some(first),
            _ => transport.as_ref().map(|error| error as _),
        }
    }
}
