//! Defines `Error`, the only error of this crate: why a call failed, and how to react.
//!
//! Other modules build it from a failure of the transport, a status, a body that cannot be
//! decoded, or a value that cannot be sent. It keeps the received body for `expose_body`. Text
//! from the server is printed on one line, cut to a limit, and without the secrets of the
//! request.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::OnceLock;
use std::time::Duration;
use std::{fmt, io, iter};

use http::header::CONTENT_ENCODING;
use http::{StatusCode, Uri};

use super::deadline::Late;
use super::error_kind::ErrorKind;
use super::json_text::{self, JsonString};
use super::raw_response::RawResponse;
use super::redact::{Redactor, beginning, bounded_line, floor};
use super::request_secrets::RequestSecrets;
use super::retry_rules::{self, Rule};
use super::secret::Secret;
use super::server_error::ServerError;
use super::transport::{BoxError, TransportError};
use super::zeroizing_bytes::ZeroizingBytes;
use crate::service;

/// Why a call failed. This crate has no other error type.
///
/// Its predicates say how to react. [`source`](std::error::Error::source) returns the
/// transport's error, which is a [`TransportError`](crate::transport::TransportError) for
/// the default transport. If a retry of a non-idempotent call fails in a different way
/// than the first attempt, `source` returns the first failure, an `Error`. If the transport's
/// error prints a secret of the request, `source` returns its redacted text instead: in a
/// `TransportError`, if the error was or contained one.
///
/// `Display` prints one line of at most 1,000 bytes for a log and ends with the cause.
/// `Debug` prints at most 8,000 bytes. Neither prints a body or a secret.
///
/// # Secrets in the server's text
///
/// A server may repeat a secret of the request. When printed, each secret of eight
/// characters or more is replaced with `[REDACTED]` in all text from the server: plain,
/// percent-encoded, with JSON escapes, or in Base64. A shorter secret is printed, because
/// it is likely to match parts of ordinary words. Redaction never changes the result of a
/// predicate such as [`outcome_unknown`](Error::outcome_unknown).
pub struct Error(Box<Parts>);

struct Parts {
    kind: ErrorKind,
    /// The operation's id, or the method and path of a request without an operation.
    operation: Option<Cow<'static, str>>,
    what: String,
    status: Option<StatusCode>,
    request_id: Option<ServerText>,
    server: ServerError<Option<ServerText>>,
    retry_after: Option<Duration>,
    attempts: u32,
    body: Option<ZeroizingBytes>,
    /// The secret that a success issued, computed on first use.
    issued: OnceLock<Option<Secret>>,
    /// Whether the deadline passed before the request was sent.
    is_unsent: bool,
    transport: Option<TransportFailure>,
    /// The failure of the first attempt, if it differs from the last one.
    first: Option<Error>,
    /// Whether making the call twice has the same effect as making it once.
    is_idempotent: bool,
}

/// The transport's error.
struct TransportFailure {
    error: BoxError,
    /// The redacted texts of the error and its sources.
    printed: String,
}

/// A string from the server.
pub(super) struct ServerText {
    /// The redacted text, or the exact text if the API documents it.
    value: String,
    /// The redacted text as one short line.
    pub(super) printed: String,
}

/// The limits of the printed texts in bytes.
const MAX_DISPLAY: usize = 1000;
const MAX_DEBUG: usize = 8000;
const MAX_VALUE: usize = 1000;
const MAX_PRINTED: usize = 80;
const MAX_WHAT: usize = 500;
/// The number of sources of an error that are checked for secrets.
const MAX_SOURCES: usize = 32;

impl ServerText {
    pub(super) fn new(text: &str, redactor: &Redactor) -> Self {
        let value = match service::ERROR_TEXTS.contains(&text) {
            true => text.to_owned(),
            false => redactor.redact(text, MAX_VALUE),
        };
        let printed = redactor.line(text, MAX_PRINTED);
        Self { value, printed }
    }
}

impl Error {
    /// The kind of failure, to match on. Include a case for kinds that later versions
    /// add.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation's id, or the method and path of a request without an operation.
    /// `None` if the error does not belong to a call.
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// The status of the response, if there was one. If nothing else is known (a proxy
    /// sends no [`name`](Self::name)), a 4xx means that the request must change, and a
    /// 5xx that the server failed.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The server's id for the request, if it sent one. Log it, and quote it to the
    /// server's support. A secret in it is [redacted](Self#secrets-in-the-servers-text).
    pub fn request_id(&self) -> Option<&str> {
        Some(&self.0.request_id.as_ref()?.value)
    }

    /// [`request_id`](Self::request_id), for a log.
    pub(super) fn printed_request_id(&self) -> Option<&str> {
        Some(&self.0.request_id.as_ref()?.printed)
    }

    /// The server's name for the error, if it sent one. Match on it if no predicate here
    /// fits.
    ///
    /// A name that the API documents is returned exactly as received. In any other name,
    /// secrets are [redacted](Self#secrets-in-the-servers-text), and everything after
    /// the first 1,000 bytes is cut.
    pub fn name(&self) -> Option<&str> {
        Some(&self.0.server.name.as_ref()?.value)
    }

    /// The server's code for the error, if it sent one in addition to the name.
    pub(crate) fn code(&self) -> Option<&str> {
        Some(&self.0.server.code.as_ref()?.value)
    }

    /// The server's message, for a log: one line of at most about 500 bytes, with secrets
    /// [redacted](Self#secrets-in-the-servers-text). Do not match on it: it may change.
    pub fn message(&self) -> Option<&str> {
        Some(&self.0.server.message.as_ref()?.value)
    }

    /// How long the server asks to wait before the next request, counted from its
    /// response. Zero means not to wait. At most 24 hours: longer times are reduced to
    /// that.
    ///
    /// The client did not wait, because the time exceeds its longest wait or the rest of
    /// the deadline, or because no attempt was left. Call again after this time, not
    /// before.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How often the request was sent, or was to be sent. It is 0 if the request could
    /// not be sent. After several attempts, calling again at once is unlikely to help.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Whether a time limit passed: the deadline or the connection timeout. A longer
    /// limit may help, unless the [outcome is unknown](Self::outcome_unknown).
    pub fn is_timeout(&self) -> bool {
        let transport = self.0.transport.as_ref();
        self.kind() == ErrorKind::Timeout
            || transport.is_some_and(|transport| TransportError::is_timeout(&*transport.error))
    }

    /// Whether no connection was made and nothing was sent. Check the base URL and the
    /// network, then call again.
    pub fn is_connect(&self) -> bool {
        self.kind() == ErrorKind::Connect
    }

    /// Whether the server refused the request because there were too many (429). Nothing
    /// was done. Wait for [`retry_after`](Self::retry_after), or for some minutes.
    pub fn is_rate_limited(&self) -> bool {
        self.0.status == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether repeating the call later is safe and may succeed: nothing was done, or
    /// repeating it has no further effect. After
    /// [`is_rate_limited`](Self::is_rate_limited), wait first.
    ///
    /// The client has already used all its attempts.
    pub fn is_retryable(&self) -> bool {
        let Parts {
            is_unsent,
            is_idempotent,
            ..
        } = *self.0;
        let rule = self.rule();
        is_unsent || rule.is_some_and(|rule| rule.again.allows(is_idempotent))
    }

    /// Whether the server may have processed the request although the call failed: the
    /// request may have arrived, and no response says that it was refused. Find out
    /// before you call again, unless the call is idempotent.
    ///
    /// The same table decides whether the client retries a call. The first matching row
    /// applies. A failure status takes precedence over a response that breaks off.
    ///
    /// | Failure | Retried | Outcome |
    /// |---|---|---|
    /// | 307, 308 | no | nothing was done |
    /// | any other 3xx | no | unknown |
    /// | 408 | if idempotent | unknown |
    /// | 429 | yes | nothing was done |
    /// | any other 4xx | no | nothing was done |
    /// | 501 | no | unknown |
    /// | 503 with `Retry-After` | yes | nothing was done |
    /// | any other 5xx | if idempotent | unknown |
    /// | any other status except a success | no | unknown |
    /// | a deadline that passed before the request was sent | no | nothing was done |
    /// | no connection, a request that the server refused to process | yes | nothing was done |
    /// | a connection that broke, a time limit | if idempotent | unknown |
    /// | a success that cannot be read | no | unknown |
    /// | a redirect that was followed | no | unknown |
    /// | a setting, a value, a webhook | no | nothing was done |
    pub fn outcome_unknown(&self) -> bool {
        self.rule().is_none_or(|rule| rule.is_unknown)
    }

    /// Returns the rule for this failure.
    pub(super) fn rule(&self) -> Option<&'static Rule> {
        let Parts {
            kind,
            status,
            retry_after,
            is_unsent,
            ..
        } = *self.0;
        status
            .and_then(|status| retry_rules::of_status(status, retry_after.is_some()))
            .or_else(|| retry_rules::of_kind(kind, is_unsent))
    }

    /// The received part of the response body. `None` if no response arrived,
    /// or if the body exceeds the limit.
    ///
    /// It may contain an access token that was issued and is stored nowhere else. If the
    /// [outcome is unknown](Self::outcome_unknown), keep it as carefully as a token. No
    /// other method shows it. Its memory is wiped when the error is dropped.
    pub fn expose_body(&self) -> Option<&[u8]> {
        self.0.body.as_deref()
    }

    /// The secret that a success issued, if the received part of the body contains it
    /// completely at the top level. `None` if the body contains two different secrets.
    pub(crate) fn issued_secret(&self) -> Option<&Secret> {
        let find = || {
            let body = self.expose_body()?;
            let mut found = json_text::strings(body, service::ISSUED_SECRET?);
            let secret = decode(found.next()?)?;
            let is_same = |other| {
                decode(other).is_some_and(|other| other.expose_secret() == secret.expose_secret())
            };
            found.all(is_same).then_some(secret)
        };
        let is_success = self.0.status.is_some_and(|status| status.is_success());
        self.0
            .issued
            .get_or_init(|| is_success.then(find).flatten())
            .as_ref()
    }

    pub(crate) fn configuration(what: impl fmt::Display) -> Self {
        Self::local(ErrorKind::Configuration, what)
    }

    pub(crate) fn invalid_request(what: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        // A reqwest error states the reason in its source.
        Self::local(ErrorKind::InvalidRequest, chain(&*what.into()))
    }

    /// Returns an error that occurred before anything was sent.
    pub(crate) fn local(kind: ErrorKind, what: impl fmt::Display) -> Self {
        let what = bounded_line(&beginning(what, MAX_WHAT), MAX_WHAT);
        Self(Box::new(Self::parts(None, kind, what)))
    }

    fn parts(operation: Option<Cow<'static, str>>, kind: ErrorKind, what: String) -> Parts {
        Parts {
            kind,
            operation,
            what,
            status: None,
            request_id: None,
            server: ServerError::default(),
            retry_after: None,
            attempts: 0,
            body: None,
            issued: OnceLock::new(),
            is_unsent: false,
            transport: None,
            first: None,
            is_idempotent: false,
        }
    }

    /// Sets the number of attempts, and the failure of the first.
    pub(crate) fn after(mut self, attempts: u32, first: Option<Error>) -> Self {
        self.0.attempts = attempts;
        self.0.first = first;
        self
    }

    /// Sets whether the call is idempotent.
    pub(crate) fn of_idempotent(mut self, is_idempotent: bool) -> Self {
        self.0.is_idempotent = is_idempotent;
        self
    }

    /// Sets the name of the operation.
    pub(crate) fn of_operation(mut self, name: &str) -> Self {
        self.0.operation = Some(name.to_owned().into());
        self.0.first = self.0.first.map(|first| first.of_operation(name));
        self
    }

    /// The request could not be sent, or no response arrived.
    pub(super) fn transport(call: &AttemptedCall<'_>, error: BoxError) -> Self {
        let host = call.host();
        let (kind, what) = match TransportError::find(&*error) {
            Some(TransportError::NotConnected(_)) => {
                (ErrorKind::Connect, format!("no connection to {host}"))
            }
            Some(TransportError::NotProcessed(_)) => {
                let what = format!("{host} did not process the request");
                (ErrorKind::NotProcessed, what)
            }
            Some(TransportError::Timeout(_)) => {
                let what = format!("a time limit passed before {host} responded");
                (ErrorKind::Timeout, what)
            }
            Some(TransportError::Redirected(_)) => {
                let what = format!("the response of {host} was a redirect");
                (ErrorKind::Redirect, what)
            }
            Some(TransportError::Other(_)) | None => {
                let what = format!("the connection to {host} broke before a response came");
                (ErrorKind::Interrupted, what)
            }
        };
        let operation = Some(call.operation.into());
        Self(Box::new(Self::parts(operation, kind, what)))
            .caused_by(error, &call.secrets.redactor())
    }

    /// Adds the transport's error as the cause.
    fn caused_by(mut self, error: BoxError, redactor: &Redactor) -> Self {
        let cause = root_cause(&*error);
        self.0.what = redactor.line(&format!("{}: {cause}", self.0.what), MAX_WHAT);
        let printed = redactor.line(&chain(&*error), MAX_WHAT);
        let error = match shows_secret(&*error, redactor) {
            true => TransportError::with_text(&*error, printed.clone()),
            false => error,
        };
        self.0.transport = Some(TransportFailure { error, printed });
        self
    }

    /// The deadline passed before a response arrived.
    pub(super) fn late(call: &AttemptedCall<'_>, Late(limit): Late) -> Self {
        let host = call.host();
        let what = format!("the deadline of {limit:?} passed before {host} responded");
        let operation = Some(call.operation.into());
        Self(Box::new(Self::parts(operation, ErrorKind::Timeout, what)))
    }

    /// The deadline passed before the request was sent.
    pub(super) fn late_unsent(call: &AttemptedCall<'_>, Late(limit): Late) -> Self {
        let host = call.host();
        let what =
            format!("the deadline of {limit:?} passed before the request to {host} was sent");
        let operation = Some(call.operation.into());
        Self(Box::new(Parts {
            is_unsent: true,
            ..Self::parts(operation, ErrorKind::Timeout, what)
        }))
    }

    /// The deadline passed while the response body was read.
    pub(super) fn late_within(
        call: &AttemptedCall<'_>,
        answer: RawResponse,
        Late(limit): Late,
    ) -> Self {
        let host = call.host();
        let what =
            format!("the deadline of {limit:?} passed while reading the response body from {host}");
        Self::from_answer(answer, ErrorKind::Timeout, &what)
    }

    /// The response body broke off.
    pub(super) fn interrupted(
        call: &AttemptedCall<'_>,
        answer: RawResponse,
        error: BoxError,
    ) -> Self {
        let host = call.host();
        let (kind, what) = match TransportError::is_timeout(&*error) {
            true => {
                let what =
                    format!("a time limit passed while reading the response body from {host}");
                (ErrorKind::Timeout, what)
            }
            false => {
                let what =
                    format!("the connection to {host} broke while reading the response body");
                (ErrorKind::Interrupted, what)
            }
        };
        let redactor = call.secrets.redactor();
        Self::from_answer(answer, kind, &what).caused_by(error, &redactor)
    }

    /// The response body is larger than `limit` bytes.
    pub(crate) fn too_large(answer: RawResponse, limit: usize) -> Self {
        let what = format!("the response body is larger than {limit} bytes");
        let mut too_large = Self::from_answer(answer, ErrorKind::TooLarge, &what);
        too_large.0.body = None;
        too_large
    }

    /// The document has no success with this status.
    pub(crate) fn unexpected(answer: RawResponse) -> Self {
        let (kind, what) = if answer.status.is_redirection() {
            (ErrorKind::Redirect, "a redirect, which is not followed")
        } else if answer.status.is_success() {
            let what = "the document has no success with this status";
            (ErrorKind::Decode, what)
        } else {
            (ErrorKind::Status, "")
        };
        Self::from_answer(answer, kind, what)
    }

    /// The status is a documented success other than the main one.
    pub(crate) fn other_success(answer: RawResponse) -> Self {
        let what = "the call succeeded with another kind of value: use `send()`, which returns \
                    every kind of success";
        Self::from_answer(answer, ErrorKind::OtherSuccess, what)
    }

    /// The server sent the list of another page again, or would.
    pub(super) fn repeated_page(answer: RawResponse) -> Self {
        let what = "the server repeats a page of the list, which would never end";
        Self::from_answer(answer, ErrorKind::RepeatedPage, what)
    }

    /// The status is still 202 (Accepted) after `limit`.
    pub(super) fn not_ready(answer: RawResponse, limit: Duration) -> Self {
        let what = format!("the result is not ready after {limit:?}");
        Self::from_answer(answer, ErrorKind::Timeout, &what)
    }

    /// The status is a success, but the body has the problem `what`.
    pub(crate) fn decode(answer: RawResponse, what: String) -> Self {
        let redactor = answer.secrets.redactor();
        let encoding = answer.text(CONTENT_ENCODING);
        let what = match (encoding, answer.media_type()) {
            (Some(encoding), _) => {
                let encoding = redactor.line(encoding, MAX_PRINTED);
                format!("the body is encoded as {encoding}, which was not asked for: {what}")
            }
            (None, Some(media_type)) if !media_type.contains("json") => {
                let media_type = redactor.line(media_type, MAX_PRINTED);
                format!("expected JSON, found {media_type}: {what}")
            }
            _ => what,
        };
        Self::from_answer(answer, ErrorKind::Decode, &what)
    }

    /// Whether `other` has the same texts.
    fn is_like(&self, other: &Self) -> bool {
        fn texts(error: &Error) -> [Option<&str>; 3] {
            [error.name(), error.code(), error.message()]
        }
        (self.kind(), self.status(), texts(self)) == (other.kind(), other.status(), texts(other))
    }

    fn from_answer(answer: RawResponse, kind: ErrorKind, what: &str) -> Self {
        let redactor = answer.secrets.redactor();
        let request_id = answer.request_id();
        let request_id = request_id.map(|id| ServerText::new(id, &redactor));
        let server = match answer.status.is_success() {
            // The properties of a success are data, not the name and message of an error.
            true => ServerError::default(),
            false => server_error(&answer.body, &redactor),
        };
        Self(Box::new(Parts {
            status: Some(answer.status),
            request_id,
            server,
            retry_after: answer.retry_after(),
            attempts: 1,
            body: Some(answer.body),
            ..Self::parts(Some(answer.operation), kind, redactor.line(what, MAX_WHAT))
        }))
    }
}

/// The request of one attempt, as its errors describe it.
pub(super) struct AttemptedCall<'a> {
    pub(super) operation: &'static str,
    pub(super) uri: &'a Uri,
    pub(super) secrets: &'a RequestSecrets,
}

impl AttemptedCall<'_> {
    /// The host, and the port unless it is the default one.
    fn host(&self) -> String {
        let host = self.uri.host().unwrap_or_default();
        let host = bounded_line(host, MAX_PRINTED);
        match self.uri.port_u16() {
            Some(port) => format!("{host}:{port}"),
            None => host,
        }
    }
}

/// Reads the error properties from `body`. Only string values count. If a property is
/// repeated, the last one counts.
fn server_error(body: &[u8], redactor: &Redactor) -> ServerError<Option<ServerText>> {
    let ServerError {
        name,
        code,
        message,
    } = service::ERROR_PROPERTIES;
    let find = |names: &[&str], limit| {
        let mut names = names.iter();
        let found = names.find_map(|name| json_text::strings(body, name).last())?;
        Some(found.to_lossy(limit))
    };
    let text = |names| Some(ServerText::new(&find(names, MAX_VALUE)?, redactor));
    let message = find(message, MAX_WHAT).map(|text| {
        let printed = redactor.line(&text, MAX_WHAT);
        ServerText {
            value: printed.clone(),
            printed,
        }
    });
    ServerError {
        name: text(name),
        code: text(code),
        message,
    }
}

/// Decodes `text` strictly. Returns `None` if it is not Unicode or is empty.
fn decode(text: JsonString<'_>) -> Option<Secret> {
    let secret: Secret = serde_json::from_slice(text.as_json()).ok()?;
    (!secret.expose_secret().is_empty()).then_some(secret)
}

/// Joins the texts of `error` and its sources, up to at least [`MAX_WHAT`] bytes.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = String::new();
    for error in iter::successors(Some(error), |error| (*error).source()) {
        if text.len() > MAX_WHAT {
            break;
        }
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&beginning(error, MAX_WHAT));
    }
    text
}

/// Whether `error` or one of its sources prints a secret, or more text than can be checked.
fn shows_secret(error: &(dyn StdError + 'static), redactor: &Redactor) -> bool {
    let mut chain = iter::successors(Some(error), |error| (*error).source());
    let is_clean = |error: &(dyn StdError + 'static)| {
        redactor.allows(error, MAX_DEBUG) && redactor.allows(format_args!("{error:?}"), MAX_DEBUG)
    };
    !chain.by_ref().take(MAX_SOURCES).all(is_clean) || chain.next().is_some()
}

/// Returns the text of the innermost source of `error`, formatted like [`chain`].
fn root_cause(error: &(dyn StdError + 'static)) -> String {
    let root = iter::successors(error.source(), |error| (*error).source())
        .last()
        .unwrap_or(error);
    root.downcast_ref::<io::Error>()
        // Its own text contains the error number of the operating system.
        .filter(|error| error.raw_os_error().is_some())
        .map(|error| error.kind().to_string())
        .filter(|kind| kind != "uncategorized error")
        .unwrap_or_else(|| beginning(root, MAX_WHAT))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts {
            operation,
            what,
            status,
            server,
            request_id,
            attempts,
            retry_after,
            ..
        } = &*self.0;
        let status = status.map(|status| status.to_string());
        let printed = |text: &Option<ServerText>| Some(text.as_ref()?.printed.clone());
        let parts = [
            operation.as_deref().map(str::to_owned),
            status,
            printed(&server.name),
            printed(&server.code),
            Some(what.clone()),
            // Other parts may follow the message.
            printed(&server.message).map(|text| text.trim_end_matches('.').to_owned()),
        ];
        let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
        let parts: Vec<String> = parts.collect();
        let notes = [
            Some(parts.join(": ")),
            printed(request_id).map(|id| format!("request {id}")),
            (*attempts > 1).then(|| format!("{attempts} attempts")),
            retry_after
                .filter(|wait| !wait.is_zero())
                .map(|wait| format!("try again after {wait:?}")),
        ];
        let notes: Vec<String> = notes.into_iter().flatten().collect();
        f.write_str(&bounded_line(
            &notes.join(", "),
            MAX_DISPLAY - '…'.len_utf8(),
        ))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = match f.alternate() {
            true => format!("{:#?}", self.0),
            false => format!("{:?}", self.0),
        };
        if text.len() > MAX_DEBUG {
            text.truncate(floor(&text, MAX_DEBUG - '…'.len_utf8()));
            text.push('…');
        }
        f.write_str(&text)
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            operation,
            what,
            status,
            request_id,
            server,
            retry_after,
            attempts,
            body,
            issued: _,
            is_unsent,
            transport,
            first,
            is_idempotent: _,
        } = self;
        f.debug_struct("Error")
            .field("kind", kind)
            .field("operation", operation)
            .field("what", what)
            .field("status", &status.map(|status| status.as_u16()))
            .field("request_id", request_id)
            .field("name", &server.name)
            .field("code", &server.code)
            .field("message", &server.message)
            .field("retry_after", retry_after)
            .field("attempts", attempts)
            .field("body_bytes", &body.as_ref().map(|body| body.len()))
            .field("is_unsent", is_unsent)
            .field(
                "transport",
                &transport.as_ref().map(|failure| &failure.printed),
            )
            .field("first", first)
            .finish()
    }
}

impl fmt::Debug for ServerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.printed, f)
    }
}

impl StdError for Error {
    /// Returns the failure of the first attempt, if a later attempt of a non-idempotent
    /// call failed in a different way. Otherwise returns the transport's error.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let Parts {
            first, transport, ..
        } = &*self.0;
        match first {
            Some(first) if !self.is_like(first) => Some(first),
            _ => Some(&*transport.as_ref()?.error),
        }
    }
}
