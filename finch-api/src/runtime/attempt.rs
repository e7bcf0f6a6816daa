//! Makes one attempt of a call: waits for the transport, sends the request, and reads the
//! response, whatever its status.
//!
//! Returns an error if the transport fails, if the deadline passes, if the body exceeds the
//! size limit, or if it breaks off. The error says whether the request may have been sent. It
//! keeps the part of the body that arrived, which may contain a token, unless the body is too
//! large.

use http_body::Body as _;
use http_body_util::BodyExt as _;

use super::body::Buffer;
use super::deadline::Deadline;
use super::error::{AttemptedCall, Error};
use super::raw_response::RawResponse;
use super::transport::{BoxBody, RequestBody, Transport, TransportError};
use super::zeroizing_bytes::ZeroizingBytes;

/// The limits of one attempt.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) deadline: Deadline,
    /// The largest size of the response body in bytes.
    pub(super) max_response_bytes: usize,
}

/// Sends the `request` of `call`, and reads the response, whatever its status.
pub(super) async fn attempt(
    mut transport: Transport,
    request: http::Request<RequestBody>,
    call: AttemptedCall<'_>,
    limits: Limits,
) -> Result<RawResponse, Error> {
    let deadline = limits.deadline;
    deadline
        .bound(transport.ready())
        .await
        .map_err(|late| Error::late_unsent(&call, late))?
        // A transport that is not ready has sent nothing.
        .map_err(|error| Error::transport(&call, TransportError::NotConnected(error).into()))?;
    let progress = request.body().progress();
    let response = deadline
        .bound(transport.send(request))
        .await
        .map_err(|late| match progress.cancel() {
            true => Error::late_unsent(&call, late),
            false => Error::late(&call, late),
        })?
        .map_err(|error| Error::transport(&call, error))?;
    read(response, &call, limits).await
}

/// Reads `response` to its end. If reading fails, the error keeps the part that arrived:
/// it may contain a token.
async fn read(
    response: http::Response<BoxBody>,
    call: &AttemptedCall<'_>,
    limits: Limits,
) -> Result<RawResponse, Error> {
    let Limits {
        deadline,
        max_response_bytes,
    } = limits;
    let (head, mut body) = response.into_parts();
    let mut buffer = Buffer::new(max_response_bytes, body.size_hint().exact());
    let end = loop {
        match deadline.bound(body.frame()).await {
            // A frame of trailers has no data.
            Ok(Some(Ok(frame))) if frame.data_ref().is_none_or(|data| buffer.extend(data)) => {}
            end => break end,
        }
    };
    let answer = |body| RawResponse {
        operation: call.operation.into(),
        status: head.status,
        headers: head.headers,
        body,
        secrets: call.secrets.clone(),
    };
    match end {
        Ok(None) => Ok(answer(buffer.join())),
        Ok(Some(Ok(_))) => {
            // Do not keep an oversized body in the error.
            drop(buffer);
            let answer = answer(ZeroizingBytes::default());
            Err(Error::too_large(answer, max_response_bytes))
        }
        Ok(Some(Err(error))) => Err(Error::interrupted(call, answer(buffer.join()), error)),
        Err(late) => Err(Error::late_within(call, answer(buffer.join()), late)),
    }
}
