//! A call, from its request to the response: with the credentials of its operation, within
//! the client's limits, and repeated if that is safe.

use std::pin::pin;

use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue, PROXY_AUTHORIZATION};
use http::request::Parts;
use reqwest::Request;
use tracing::Instrument as _;

use super::answer::Answer;
use super::attempt::{Limits, attempt};
use super::body;
use super::deadline::Deadline;
use super::error::{Call, Error};
use super::inner::Inner;
use super::operation::Operation;
use super::request_secrets::RequestSecrets;
use super::retry::Retry;
use super::trace::Trace;
use super::transport::RequestBody;
use crate::Client;

/// The place of the runtime in every call: progenitor's hook of this name, with
/// the operation for its id and an answer that is read.
#[allow(
    async_fn_in_trait,
    reason = "one client implements it, and its futures are `Send`"
)]
pub(crate) trait ClientHooks<Inner> {
    /// Sends `request`, and reads the answer.
    async fn exec(&self, request: Request, operation: &Operation) -> Result<Answer, Error>;
}

impl ClientHooks<Inner> for Client {
    async fn exec(&self, request: Request, operation: &Operation) -> Result<Answer, Error> {
        let (head, body) = prepare(self, request, operation)?;
        let trace = Trace::of(operation);
        // Pinned here: it is large, and moving it into the span would take its size twice.
        pin!(run(self, &head, body, operation, &trace))
            .instrument(trace.span())
            .await
    }
}

async fn run(
    client: &Client,
    head: &Parts,
    body: Bytes,
    operation: &Operation,
    trace: &Trace,
) -> Result<Answer, Error> {
    let inner = &client.inner;
    let is_sensitive = |value: &&HeaderValue| value.is_sensitive();
    let secrets = RequestSecrets {
        body: body.clone(),
        names: operation.secrets,
        credentials: inner.credentials.clone(),
        headers: head
            .headers
            .values()
            .filter(is_sensitive)
            .cloned()
            .collect(),
    };
    let limits = Limits {
        deadline: Deadline::after(inner.deadline),
        max_response_bytes: inner.max_response_bytes,
    };
    let retry = Retry {
        idempotent: operation.idempotent,
        max: inner.max_retries,
        max_wait: inner.max_retry_wait,
        jitter: None,
    };
    let once = |number| {
        trace.attempt(number);
        let transport = inner.transport.clone();
        let request = http::Request::from_parts(head.clone(), RequestBody::new(body.clone()));
        let call = Call {
            operation: operation.id,
            uri: &head.uri,
            secrets: &secrets,
        };
        async move {
            let outcome = attempt(transport, request, call, limits).await;
            trace.outcome(&outcome);
            outcome
        }
    };
    retry.run(limits.deadline, once).await
}

/// Adds headers and credentials to `request`, and returns its head and its body.
///
/// The client's own headers replace those of the same name. The headers of the operation
/// and its credentials do not.
fn prepare(
    client: &Client,
    mut request: Request,
    operation: &Operation,
) -> Result<(Parts, Bytes), Error> {
    let headers = request.headers_mut();
    for (name, value) in &client.inner.headers {
        headers.insert(name, value.clone());
    }
    for (name, value) in operation.headers {
        let name = HeaderName::from_lowercase(name.as_bytes()).map_err(Error::invalid_request)?;
        let value = Bytes::from_static(value.as_bytes());
        let value = HeaderValue::from_maybe_shared(value).map_err(Error::invalid_request)?;
        headers.entry(name).or_insert(value);
    }
    for name in [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION] {
        if let Some(callers) = headers.get_mut(name) {
            callers.set_sensitive(true);
        }
    }
    client
        .inner
        .credentials
        .authorize(&mut request, operation)?;
    let body = body::take(&mut request);
    let request = http::Request::try_from(request).map_err(Error::invalid_request)?;
    Ok((request.into_parts().0, body))
}
