//! A call, from its request to an answer that is read: with the credentials of
//! its operation, within the client's limits, and again where that is safe.

use std::pin::pin;

use bytes::Bytes;
use reqwest::Request;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use tracing::Instrument as _;

use super::answer::Answer;
use super::attempt::{Limits, attempt};
use super::body::Content;
use super::deadline::Deadline;
use super::error::{Call, Error};
use super::inner::Inner;
use super::operation::Operation;
use super::request_secrets::RequestSecrets;
use super::retry::Retry;
use super::trace::Trace;
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
    async fn exec(&self, mut request: Request, operation: &Operation) -> Result<Answer, Error> {
        let trace = Trace::of(operation);
        // Pinned where it is: it is large, and would be moved into the span. (So is
        // a request: a future has a place for each value that is moved in it.)
        pin!(run(self, &mut request, operation, &trace))
            .instrument(trace.span())
            .await
    }
}

async fn run(
    client: &Client,
    head: &mut Request,
    operation: &Operation,
    trace: &Trace,
) -> Result<Answer, Error> {
    let inner = &client.inner;
    prepare(client, head, operation)?;
    let mut content = Content::take(head);
    let head = &*head;
    let is_sensitive = |value: &&HeaderValue| value.is_sensitive();
    let secrets = RequestSecrets {
        body: content.bytes(),
        names: operation.secrets,
        credentials: inner.credentials.clone(),
        headers: head
            .headers()
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
        max: match content.is_repeatable() {
            true => inner.max_retries,
            false => 0,
        },
        max_wait: inner.max_retry_wait,
        jitter: None,
    };
    let once = |number| {
        trace.attempt(number);
        let response = client.client.execute(content.put_into(head));
        let call = Call {
            operation: operation.id,
            url: head.url(),
            secrets: &secrets,
        };
        async move {
            let outcome = attempt(response, call, limits).await;
            trace.outcome(&outcome);
            outcome
        }
    };
    retry.run(limits.deadline, once).await
}

/// Gives `request` what goes along with each: the headers that the client was
/// told to add, and, where none of the same name is there by now, the operation's
/// own headers and its credentials.
fn prepare(client: &Client, request: &mut Request, operation: &Operation) -> Result<(), Error> {
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
    if let Some(callers) = headers.get_mut(AUTHORIZATION) {
        callers.set_sensitive(true);
    }
    client.inner.credentials.authorize(request, operation)
}
