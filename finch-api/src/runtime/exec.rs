//! A call, from its request to an answer that is read: with the credentials of
//! its operation, within the client's limits, and again where that is safe.

use reqwest::{Request, RequestBuilder};
use tracing::Instrument as _;

use super::answer::Answer;
use super::attempt::{Limits, attempt};
use super::body::Content;
use super::deadline::Deadline;
use super::error::Error;
use super::inner::Inner;
use super::operation::Operation;
use super::retry::Retry;
use super::secrets;
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
    async fn exec(&self, request: Request, operation: &Operation) -> Result<Answer, Error> {
        let trace = Trace::of(operation);
        run(self, request, operation, &trace)
            .instrument(trace.span())
            .await
    }
}

async fn run(
    client: &Client,
    request: Request,
    operation: &Operation,
    trace: &Trace,
) -> Result<Answer, Error> {
    let inner = &client.inner;
    let mut request = prepare(client, request, operation)?;
    let mut content = Content::take(&mut request);
    let sent = content.bytes();
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
        let request = content.put_into(&request);
        let sent = &sent;
        async move {
            let mut outcome = attempt(&client.client, request, operation.id, limits).await;
            if let Ok(answer) = &mut outcome
                && (!answer.status.is_success() || trace.is_enabled())
            {
                answer.secrets = secrets::of(operation, sent, &inner.credentials);
            }
            trace.outcome(&outcome);
            outcome
        }
    };
    retry.run(limits.deadline, once).await
}

/// `request` with what goes along with each: the operation's own headers, its
/// credentials, and the headers that the client was told to add.
fn prepare(client: &Client, request: Request, operation: &Operation) -> Result<Request, Error> {
    let request = RequestBuilder::from_parts(client.client.clone(), request);
    let request = operation
        .headers
        .iter()
        .fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
    client
        .inner
        .credentials
        .authorize(request, operation)?
        .headers(client.inner.headers.clone())
        .build()
        .map_err(Error::invalid_request)
}
