//! Records each call as a `tracing` span at level `INFO`, with its operation, status, number of
//! retries and duration.
//!
//! Its fields have the names of OpenTelemetry's semantic conventions for HTTP clients. It
//! contains no body, no query and no header value except the request id. Its path is the
//! document's template, because an id in a path may identify a person.

use std::fmt;
use std::time::Instant;

use reqwest::Url;
use tracing::Span;
use tracing::field::{self, Empty};

use super::error::{Error, ServerText};
use super::operation::Operation;
use super::raw_response::RawResponse;

/// The span of one call. Dropping it records the end of the call, even if the caller
/// stops waiting.
pub(super) struct Trace {
    span: Span,
    start: Instant,
}

impl Trace {
    /// Starts the span of a call of `operation`, which is sent to `url`.
    pub(super) fn start(operation: &Operation, url: &Url) -> Self {
        let method = operation.method.as_str();
        let template = (!operation.path.is_empty()).then_some(operation.path);
        let span = tracing::info_span!(
            "call",
            otel.kind = "client",
            otel.name = template.map(|path| field::display(SpanName { method, path })),
            operation = operation.id,
            http.request.method = method,
            url.template = template,
            server.address = url.host_str(),
            server.port = url.port_or_known_default(),
            deprecated = operation.deprecated,
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            request_id = Empty,
            elapsed_ms = Empty,
        );
        Self {
            span,
            start: Instant::now(),
        }
    }

    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    /// Whether a subscriber records the span.
    pub(super) fn is_enabled(&self) -> bool {
        !self.span.is_disabled()
    }

    /// Records the number of an attempt, which starts at 1.
    pub(super) fn attempt(&self, number: u32) {
        if number > 1 {
            self.span.record("http.request.resend_count", number - 1);
        }
    }

    /// Records the outcome of an attempt.
    pub(super) fn outcome(&self, outcome: &Result<RawResponse, Error>) {
        if !self.is_enabled() {
            return;
        }
        let (status, request_id) = match outcome {
            Ok(answer) => (Some(answer.status), printed_request_id(answer)),
            Err(error) => (
                error.status(),
                error.printed_request_id().map(str::to_owned),
            ),
        };
        if let Some(status) = status {
            self.span
                .record("http.response.status_code", status.as_u16());
        }
        if let Some(request_id) = request_id {
            self.span.record("request_id", request_id);
        }
    }
}

/// The name of a span for OpenTelemetry.
struct SpanName<'a> {
    method: &'a str,
    path: &'a str,
}

impl fmt::Display for SpanName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Returns the redacted request id of `answer`.
fn printed_request_id(answer: &RawResponse) -> Option<String> {
    let redactor = answer.secrets.redactor();
    Some(ServerText::new(answer.request_id()?, &redactor).printed)
}

impl Drop for Trace {
    fn drop(&mut self) {
        let elapsed = self.start.elapsed().as_millis();
        self.span
            .record("elapsed_ms", u64::try_from(elapsed).unwrap_or(u64::MAX));
    }
}
