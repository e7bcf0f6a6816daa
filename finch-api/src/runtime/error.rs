//! A failure.

use std::error::Error as StdError;
use std::{fmt, iter};

use reqwest::StatusCode;
use serde_json::Value;

use super::answer::Answer;
use super::body::Buffer;
use super::deadline::Late;
use super::operation::Operation;
use super::response::request_id;
use super::said::Said;
use crate::service;

/// Why a call failed: the one error of this crate.
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
}

#[derive(Default)]
struct Parts {
    kind: Option<ErrorKind>,
    operation: Option<&'static str>,
    what: String,
    status: Option<StatusCode>,
    request_id: Option<String>,
    said: Said<String>,
    body: Option<Buffer>,
    source: Option<reqwest::Error>,
}

impl Error {
    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind.unwrap_or(ErrorKind::Configuration)
    }

    /// The status of the answer, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The server's name for the request, if it gave one: what its support asks
    /// for.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The server's name for the error.
    pub fn name(&self) -> Option<&str> {
        self.0.said.name.as_deref()
    }

    /// The server's code for the error, where it has one beside the name.
    pub(crate) fn code(&self) -> Option<&str> {
        self.0.said.code.as_deref()
    }

    /// What the server says of the error, in a sentence.
    pub fn message(&self) -> Option<&str> {
        self.0.said.message.as_deref()
    }

    /// Whether a time limit passed: the deadline, or that for the connection.
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout
            || self
                .0
                .source
                .as_ref()
                .is_some_and(reqwest::Error::is_timeout)
    }

    /// Whether no connection was made, so that nothing was sent.
    pub fn is_connect(&self) -> bool {
        self.kind() == ErrorKind::Connect
    }

    /// Whether the server may have done what was asked, although the call failed: the
    /// request may have arrived, and no answer says that it was refused.
    pub fn outcome_unknown(&self) -> bool {
        match self.kind() {
            ErrorKind::Configuration
            | ErrorKind::InvalidRequest
            | ErrorKind::Connect
            | ErrorKind::Redirect => false,
            ErrorKind::Status => self.0.status.is_some_and(|status| status.is_server_error()),
            ErrorKind::Timeout
            | ErrorKind::Interrupted
            | ErrorKind::TooLarge
            | ErrorKind::Decode => true,
        }
    }

    /// The body of the answer, as far as it was received; `None` where no answer
    /// came.
    ///
    /// It may hold an access token that was issued and that is nowhere else:
    /// where the [outcome is unknown](Self::outcome_unknown), keep it as
    /// carefully as a token. Nothing else shows it; its memory is wiped when the
    /// error is dropped.
    pub fn expose_body(&self) -> Option<&[u8]> {
        self.0.body.as_ref().map(Buffer::as_slice)
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

    fn local(kind: ErrorKind, what: impl fmt::Display) -> Self {
        Self(Box::new(Parts {
            kind: Some(kind),
            what: what.to_string(),
            ..Parts::default()
        }))
    }

    fn of(operation: &'static Operation, kind: ErrorKind, what: impl Into<String>) -> Parts {
        Parts {
            kind: Some(kind),
            operation: Some(operation.id),
            what: what.into(),
            ..Parts::default()
        }
    }

    /// The request could not be sent, or no answer came.
    pub(crate) fn transport(operation: &'static Operation, error: reqwest::Error) -> Self {
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
            source: Some(error.without_url()),
            ..Self::of(operation, kind, what)
        }))
    }

    /// The deadline passed before an answer came.
    pub(crate) fn late(operation: &'static Operation, Late(limit): Late) -> Self {
        let what = format!("the deadline of {limit:?} passed before an answer came");
        Self(Box::new(Self::of(operation, ErrorKind::Timeout, what)))
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
        interrupted.0.source = Some(error.without_url());
        interrupted
    }

    /// The body of the answer is larger than `limit` bytes.
    pub(crate) fn too_large(answer: Answer, limit: usize) -> Self {
        let what = format!("the body of the answer is larger than {limit} bytes");
        Self::from_answer(answer, ErrorKind::TooLarge, what)
    }

    /// A client that somebody else made followed a redirect: the answer is
    /// another server's, and none of it is kept.
    pub(crate) fn followed_redirect(answer: &Answer) -> Self {
        let what = "the reqwest client followed a redirect: give it redirect::Policy::none()";
        Self(Box::new(Parts {
            status: Some(answer.status),
            ..Self::of(answer.operation, ErrorKind::Redirect, what)
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
        let body: Value = serde_json::from_slice(answer.body.as_slice()).unwrap_or_default();
        let said = service::said(&body).map(|text| answer.scrub(text));
        let mut unexpected = Self::from_answer(answer, kind, what);
        unexpected.0.said = said;
        unexpected
    }

    /// The answer is one of success, but `what` is wrong with its body.
    pub(crate) fn decode(answer: Answer, what: String) -> Self {
        let what = match answer.media_type() {
            Some(media_type) if !media_type.contains("json") => {
                format!("expected JSON, found {}: {what}", answer.scrub(media_type))
            }
            _ => what,
        };
        Self::from_answer(answer, ErrorKind::Decode, what)
    }

    fn from_answer(answer: Answer, kind: ErrorKind, what: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            status: Some(answer.status),
            request_id: request_id(&answer.headers).map(|id| answer.scrub(id)),
            body: Some(answer.body),
            ..Self::of(answer.operation, kind, what)
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
        match request_id {
            Some(request_id) => write!(f, " (request {request_id})"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts {
            kind: _,
            operation,
            what,
            status,
            request_id,
            said,
            body,
            source,
        } = &*self.0;
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("operation", operation)
            .field("what", what)
            .field("status", &status.map(|status| status.as_u16()))
            .field("request_id", request_id)
            .field("name", &said.name)
            .field("code", &said.code)
            .field("message", &said.message)
            .field("body_bytes", &body.as_ref().map(Buffer::len))
            .field("source", source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|error| error as _)
    }
}
