//! One attempt of a call: a request is sent, and its answer read.

use reqwest::{Response, Url};

use super::answer::Answer;
use super::body::Buffer;
use super::deadline::Deadline;
use super::error::Error;
use super::wiped::Wiped;

/// How far an attempt may go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) deadline: Deadline,
    /// The most bytes that the body of the answer may have.
    pub(super) max_response_bytes: usize,
}

/// Makes `call`, of `url`, and reads the answer, whatever its status.
pub(super) async fn attempt(
    call: impl Future<Output = reqwest::Result<Response>>,
    url: &Url,
    operation: &'static str,
    limits: Limits,
) -> Result<Answer, Error> {
    let response = limits
        .deadline
        .bound(call)
        .await
        .map_err(|late| Error::late(operation, late))?
        .map_err(|error| Error::transport(operation, error))?;
    let was_redirected = response.url() != url;
    let answer = read(response, operation, limits).await?;
    if was_redirected {
        return Err(Error::followed_redirect(&answer));
    }
    Ok(answer)
}

/// Reads `response` to its end; what was read when that fails goes along with
/// the error, as it may hold a token.
async fn read(
    mut response: Response,
    operation: &'static str,
    limits: Limits,
) -> Result<Answer, Error> {
    let Limits {
        deadline,
        max_response_bytes,
    } = limits;
    let mut body = Buffer::new(max_response_bytes, response.content_length());
    let end = loop {
        match deadline.bound(response.chunk()).await {
            Ok(Ok(Some(chunk))) if body.extend(&chunk) => {}
            end => break end,
        }
    };
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let answer = |body| Answer::new(operation, status, headers, body);
    match end {
        Ok(Ok(None)) => Ok(answer(body.join())),
        Ok(Ok(Some(_))) => {
            // What there is of it is too much already to be kept.
            drop(body);
            let answer = answer(Wiped::default());
            Err(Error::too_large(answer, max_response_bytes))
        }
        Ok(Err(error)) => Err(Error::interrupted(answer(body.join()), error)),
        Err(late) => Err(Error::late_within(answer(body.join()), late)),
    }
}
