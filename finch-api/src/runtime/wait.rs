//! Repeats a call that the server answers with 202 (Accepted), until the response has another
//! status. Then decodes it as the main success of the operation, the type that the call returns.
//!
//! Waits between two requests: for the time in `Retry-After`, but at least a second. If a
//! response has no `Retry-After`, waits one second, then two, four, and so on up to 30. If the next
//! request would be later than the time limit, returns an error with the status 202 at once.

use std::time::Duration;

use http::StatusCode;

use super::call::{Call, main_success};
use super::deadline::Deadline;
use super::error::Error;
use super::error_kind::ErrorKind;
use super::execute::Exchange;
use super::options::RequestOptions;
use super::response::Response;
use super::success::Success;

/// The shortest wait before the request is repeated. Without `Retry-After`, it is the first
/// wait, and each further wait is twice as long.
const MIN_WAIT: Duration = Duration::from_secs(1);
/// The wait at which doubling stops.
const MAX_WAIT: Duration = Duration::from_secs(30);

impl Call {
    /// Repeats the request until its status is another than 202 (Accepted), and decodes the
    /// main success. The operation must be safe to repeat.
    ///
    /// # Errors
    ///
    /// The status is still 202 when the next request would be later than `timeout`, or as
    /// for [`value`](Self::value).
    pub(crate) async fn wait_until_ready<S: Success>(
        self,
        timeout: Duration,
    ) -> Result<Response<S::Value>, Error> {
        let operation = self.operation;
        let (answer, attempts) = self.exchange_until_ready(timeout).await?;
        main_success::<S>(operation, answer).map_err(|error| attempts.annotate(error))
    }

    // Boxed, because the caller's crate compiles the body of an `async fn`.
    fn exchange_until_ready(self, timeout: Duration) -> Exchange {
        Box::pin(async move {
            let is_idempotent = self.operation.idempotent;
            let not_ready = |answer| Error::not_ready(answer, timeout).of_idempotent(is_idempotent);
            let deadline = Deadline::after(timeout);
            let mut backoff = MIN_WAIT;
            let mut accepted = None;
            loop {
                let mut call = self.clone();
                let longest = call.client.config.timeout.min(deadline.remaining());
                let options = RequestOptions::new().timeout(longest);
                call.client = call.client.with_options(options);
                let (answer, attempts) = match (call.exchange().await, accepted) {
                    (Ok(exchanged), _) => exchanged,
                    (Err(error), Some(answer))
                        if error.kind() == ErrorKind::Timeout && deadline.remaining().is_zero() =>
                    {
                        return Err(not_ready(answer));
                    }
                    (Err(error), _) => return Err(error),
                };
                if answer.status != StatusCode::ACCEPTED {
                    return Ok((answer, attempts));
                }
                let wait = match answer.retry_after() {
                    Some(wait) => wait.max(MIN_WAIT),
                    None => backoff,
                };
                backoff = (backoff * 2).min(MAX_WAIT);
                if !deadline.allows(wait) {
                    return Err(not_ready(answer));
                }
                tracing::debug!(
                    wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                    "the result is not ready, asking again"
                );
                accepted = Some(answer);
                tokio::time::sleep(wait).await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::{Arc, Mutex};

    use bytes::Bytes;
    use http::header::{HeaderMap, RETRY_AFTER};
    use http_body_util::Full;
    use serde_json::{Value, json};
    use tokio::time::Instant;

    use super::*;
    use crate::runtime::operation::{EXAMPLE, Operation, Successes};
    use crate::runtime::success::Json;
    use crate::runtime::transport::{RequestBody, Transport};
    use crate::runtime::{BaseUrl, Client, Config};

    static GET: Operation = Operation {
        successes: Successes::Several(&[200, 202]),
        ..EXAMPLE
    };

    /// A status, the seconds of `Retry-After`, and how long the response takes.
    type Reply = (u16, Option<u64>, u64);

    /// Waits up to `timeout` seconds for a server that gives one reply after the other, and the
    /// last one forever. Returns the result and the seconds at which requests were sent.
    async fn wait(replies: &[Reply], timeout: u64) -> (Result<Response<Value>, Error>, Vec<u64>) {
        let (replies, start) = (replies.to_vec(), Instant::now());
        let sent = Arc::new(Mutex::new(Vec::new()));
        let log = sent.clone();
        let transport = tower::service_fn(move |_: http::Request<RequestBody>| {
            let mut sent = log.lock().unwrap();
            let reply = replies.get(sent.len()).or(replies.last());
            let (status, retry_after, delay) = *reply.unwrap();
            sent.push(start.elapsed().as_secs());
            async move {
                tokio::time::sleep(Duration::from_secs(delay)).await;
                let mut response = http::Response::builder().status(status);
                if let Some(seconds) = retry_after {
                    response = response.header(RETRY_AFTER, seconds);
                }
                let body = json!({"status": status}).to_string();
                Ok::<_, Infallible>(response.body(Full::new(Bytes::from(body))).unwrap())
            }
        });
        let config = Arc::new(Config {
            base_url: BaseUrl::parse("https://api.example.com/v1", false).unwrap(),
            servers: Default::default(),
            transport: Transport::new(transport),
            credentials: Default::default(),
            headers: HeaderMap::new(),
            timeout: Duration::from_secs(10),
            max_retries: 0,
            max_retry_wait: Duration::ZERO,
            max_response_bytes: 1 << 20,
        });
        let call = Call::new(Client { config }, &GET);
        let timeout = Duration::from_secs(timeout);
        let result = call.wait_until_ready::<Json<Value>>(timeout).await;
        let sent = sent.lock().unwrap().clone();
        (result, sent)
    }

    const ACCEPTED: Reply = (202, None, 0);
    const OK: Reply = (200, None, 0);

    /// Each row: the replies, the seconds of the timeout, and when the requests are sent.
    #[tokio::test(start_paused = true)]
    async fn a_request_is_repeated_while_it_is_accepted() {
        let accepted_after = |seconds| (202, Some(seconds), 0);
        let rows: [(&[Reply], u64, &[u64]); 5] = [
            (&[OK], 0, &[0]),
            (&[ACCEPTED, ACCEPTED, ACCEPTED, OK], 60, &[0, 1, 3, 7]),
            (
                &[
                    ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED, ACCEPTED, OK,
                ],
                600,
                &[0, 1, 3, 7, 15, 31, 61, 91],
            ),
            // The server says when, but a busy loop is never right.
            (
                &[
                    accepted_after(20),
                    accepted_after(0),
                    accepted_after(40),
                    OK,
                ],
                600,
                &[0, 20, 21, 61],
            ),
            // The time of a response counts.
            (&[(202, None, 5), OK], 60, &[0, 6]),
        ];
        for (replies, timeout, expected) in rows {
            let (result, sent) = wait(replies, timeout).await;
            assert_eq!(result.unwrap().value(), &json!({"status": 200}));
            assert_eq!(sent, expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_timeout_names_the_operation_and_the_last_status() {
        for (replies, timeout, sent, text) in [
            (
                &[ACCEPTED][..],
                10,
                &[0, 1, 3, 7][..],
                "get-a: 202 Accepted: the result is not ready after 10s",
            ),
            // No request is sent that the server has asked not to send yet.
            (
                &[(202, Some(60), 0)],
                10,
                &[0],
                "get-a: 202 Accepted: the result is not ready after 10s, try again after 60s",
            ),
            // The last request is cut short.
            (
                &[ACCEPTED, (202, None, 100)],
                5,
                &[0, 1],
                "get-a: 202 Accepted: the result is not ready after 5s",
            ),
        ] {
            let start = Instant::now();
            let (result, found) = wait(replies, timeout).await;
            let error = result.unwrap_err();
            assert_eq!((error.to_string().as_str(), &found[..]), (text, sent));
            assert!(error.is_timeout() && error.is_retryable());
            assert_eq!(error.status(), Some(StatusCode::ACCEPTED));
            assert!(start.elapsed() <= Duration::from_secs(timeout));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn any_other_outcome_ends_the_wait() {
        for (replies, kind, text) in [
            (
                &[ACCEPTED, (404, None, 0)][..],
                ErrorKind::Status,
                "get-a: 404 Not Found",
            ),
            (
                &[ACCEPTED, (204, None, 0)],
                ErrorKind::Decode,
                "get-a: 204 No Content: ",
            ),
            (
                &[ACCEPTED, (500, None, 0)],
                ErrorKind::Status,
                "get-a: 500 ",
            ),
            // The deadline of one request, which the client has.
            (
                &[ACCEPTED, (200, None, 100)],
                ErrorKind::Timeout,
                "get-a: the deadline of 10s passed",
            ),
        ] {
            let (result, sent) = wait(replies, 60).await;
            let error = result.unwrap_err();
            assert_eq!(error.kind(), kind);
            assert!(error.to_string().starts_with(text), "{error}");
            assert_eq!(sent, [0, 1]);
        }
    }
}
