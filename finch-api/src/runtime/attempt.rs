//! One attempt of a call: sends the request, and reads the response.

use reqwest::Response;

use super::answer::Answer;
use super::body::Buffer;
use super::deadline::Deadline;
use super::error::{Call, Error};
use super::wiped::Wiped;

/// How far an attempt may go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) deadline: Deadline,
    /// The most bytes that the body of the answer may have.
    pub(super) max_response_bytes: usize,
}

/// Makes the attempt `response` of `call`, and reads the response, whatever its status.
pub(super) async fn attempt(
    response: impl Future<Output = reqwest::Result<Response>>,
    call: Call<'_>,
    limits: Limits,
) -> Result<Answer, Error> {
    let response = limits
        .deadline
        .bound(response)
        .await
        .map_err(|late| Error::late(&call, late))?
        .map_err(|error| Error::transport(&call, error))?;
    let was_redirected = response.url() != call.url;
    let answer = read(response, &call, limits).await?;
    if was_redirected {
        return Err(Error::followed_redirect(answer));
    }
    Ok(answer)
}

/// Reads `response` to its end. If that fails, the error gets what was read: it may
/// hold a token.
async fn read(mut response: Response, call: &Call<'_>, limits: Limits) -> Result<Answer, Error> {
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
    let answer = |body| Answer {
        secrets: call.secrets.clone(),
        ..Answer::new(call.operation, status, headers, body)
    };
    match end {
        Ok(Ok(None)) => Ok(answer(body.join())),
        Ok(Ok(Some(_))) => {
            // It is too much to keep.
            drop(body);
            let answer = answer(Wiped::default());
            Err(Error::too_large(answer, max_response_bytes))
        }
        Ok(Err(error)) => Err(Error::interrupted(call, answer(body.join()), error)),
        Err(late) => Err(Error::late_within(call, answer(body.join()), late)),
    }
}
