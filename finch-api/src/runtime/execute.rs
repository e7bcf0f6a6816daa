//! Sends a request that has been described and encoded, and reads the response.
//!
//! ```text
//! describe → encode → headers and credentials → [ attempt ] × retries → decode by status
//!                     ╰───────────── execute ─────────────╯
//! ```
//!
//! This is the only path of a request: a generated call and `Client::request` both lead here.

use std::pin::{Pin, pin};

use bytes::Bytes;
use http::Uri;
use http::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue, PROXY_AUTHORIZATION};
use http::request::Parts;
use reqwest::Url;
use tracing::Instrument as _;

use super::attempt::{Limits, attempt};
use super::client::Client;
use super::deadline::Deadline;
use super::error::{AttemptedCall, Error};
use super::head::Head;
use super::operation::Operation;
use super::raw_response::RawResponse;
use super::request_secrets::RequestSecrets;
use super::retry::{Attempts, Retry};
use super::secret::Secret;
use super::trace::Trace;
use super::transport::{ParsedUrl, RequestBody};

/// The future of a response, whatever its status.
pub(super) type Exchange =
    Pin<Box<dyn Future<Output = Result<(RawResponse, Attempts), Error>> + Send>>;

/// Sends a request and reads the response, whatever its status. Adds the credentials of
/// `operation`, applies the client's limits, and retries if that is safe. `exposed` are
/// the secrets in the request.
pub(super) async fn execute(
    client: &Client,
    head: Head,
    body: Bytes,
    exposed: Vec<Secret>,
    operation: &Operation,
) -> Result<(RawResponse, Attempts), Error> {
    let prepared = prepare(client, head, operation);
    let head = prepared.map_err(|error| error.of_operation(operation.id))?;
    let trace = Trace::start(operation, &head.1);
    // Pinned here because it is large: moving it into the span would double its size.
    pin!(run(client, &head, body, exposed, operation, &trace))
        .instrument(trace.span())
        .await
        .map_err(|error| error.of_idempotent(operation.idempotent))
}

async fn run(
    client: &Client,
    (head, url): &(Parts, Url),
    body: Bytes,
    exposed: Vec<Secret>,
    operation: &Operation,
    trace: &Trace,
) -> Result<(RawResponse, Attempts), Error> {
    let config = &client.config;
    let is_sensitive = |value: &&HeaderValue| value.is_sensitive();
    let secrets = RequestSecrets {
        body: body.clone(),
        names: operation.secrets,
        credentials: config.credentials.clone(),
        headers: head
            .headers
            .values()
            .filter(is_sensitive)
            .cloned()
            .collect(),
        exposed: exposed.into(),
    };
    let limits = Limits {
        deadline: Deadline::after(config.timeout),
        max_response_bytes: config.max_response_bytes,
    };
    let retry = Retry {
        idempotent: operation.idempotent,
        max: config.max_retries,
        max_wait: config.max_retry_wait,
        jitter: None,
    };
    let uri = &head.uri;
    let once = |number| {
        trace.attempt(number);
        let transport = config.transport.clone();
        let mut head = head.clone();
        head.extensions.insert(ParsedUrl(url.clone()));
        let request = http::Request::from_parts(head, RequestBody::new(body.clone()));
        let call = AttemptedCall {
            operation: operation.id,
            uri,
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

/// Adds headers and credentials to the head of a request. Returns it with its URL.
///
/// The client's headers replace headers of the same name. They do not replace the
/// operation's headers or its credentials.
fn prepare(client: &Client, mut head: Head, operation: &Operation) -> Result<(Parts, Url), Error> {
    let config = &client.config;
    for (name, value) in &config.headers {
        head.headers.insert(name, value.clone());
    }
    for (name, value) in operation.headers {
        let name = HeaderName::from_lowercase(name.as_bytes()).map_err(Error::invalid_request)?;
        let value = Bytes::from_static(value.as_bytes());
        let value = HeaderValue::from_maybe_shared(value).map_err(Error::invalid_request)?;
        head.headers.entry(name).or_insert(value);
    }
    for name in [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION] {
        if let Some(callers) = head.headers.get_mut(name) {
            callers.set_sensitive(true);
        }
    }
    let authorized = config.credentials.authorize(&mut head, operation);
    authorized.map_err(Error::configuration)?;
    let Head {
        method,
        url,
        headers,
    } = head;
    let mut request = http::Request::new(());
    *request.method_mut() = method;
    *request.uri_mut() = Uri::try_from(url.as_str()).map_err(Error::invalid_request)?;
    *request.headers_mut() = headers;
    Ok((request.into_parts().0, url))
}
