//! Sending one request and reading its answer, within the client's limits.

use reqwest::{Request, RequestBuilder, Response};

use super::answer::Answer;
use super::body::{Buffer, send_once};
use super::deadline::Deadline;
use super::error::Error;
use super::inner::Inner;
use super::operation::Operation;
use super::secrets;
use crate::Client;

/// The place of the runtime in every call: progenitor's hook of this name, with
/// the operation for its id and an answer that is read.
#[allow(
    async_fn_in_trait,
    reason = "one client implements it, and its futures are `Send`"
)]
pub(crate) trait ClientHooks<Inner> {
    /// Sends `request`, and reads the answer.
    async fn exec(&self, request: Request, operation: &'static Operation) -> Result<Answer, Error>;
}

impl ClientHooks<Inner> for Client {
    async fn exec(&self, request: Request, operation: &'static Operation) -> Result<Answer, Error> {
        let Inner {
            credentials,
            deadline,
            max_response_bytes,
        } = &self.inner;
        let request = RequestBuilder::from_parts(self.client.clone(), request);
        let request = operation
            .headers
            .iter()
            .fold(request, |request, (name, value)| {
                request.header(*name, *value)
            });
        let mut request = credentials
            .authorize(request, operation)?
            .build()
            .map_err(Error::invalid_request)?;
        let sent = send_once(&mut request);
        let url = request.url().clone();

        let deadline = Deadline::after(*deadline);
        let response = deadline
            .bound(self.client.execute(request))
            .await
            .map_err(|late| Error::late(operation, late))?
            .map_err(|error| Error::transport(operation, error))?;
        let was_redirected = *response.url() != url;
        let mut answer = read(response, operation, deadline, *max_response_bytes).await?;
        if was_redirected {
            return Err(Error::followed_redirect(&answer));
        }
        if !answer.status.is_success() {
            answer.secrets = secrets::of(operation, &sent, credentials);
        }
        Ok(answer)
    }
}

/// Reads `response` to its end; what was read when that fails goes along with
/// the error, as it may hold a token.
async fn read(
    mut response: Response,
    operation: &'static Operation,
    deadline: Deadline,
    limit: usize,
) -> Result<Answer, Error> {
    let mut answer = Answer {
        operation,
        status: response.status(),
        headers: std::mem::take(response.headers_mut()),
        body: Buffer::default(),
        secrets: Vec::new(),
    };
    loop {
        match deadline.bound(response.chunk()).await {
            Ok(Ok(Some(chunk))) if chunk.len() > limit - answer.body.len() => {
                return Err(Error::too_large(answer, limit));
            }
            Ok(Ok(Some(chunk))) => answer.body.extend(&chunk),
            Ok(Ok(None)) => return Ok(answer),
            Ok(Err(error)) => return Err(Error::interrupted(answer, error)),
            Err(late) => return Err(Error::late_within(answer, late)),
        }
    }
}
