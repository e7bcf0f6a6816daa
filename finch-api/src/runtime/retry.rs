//! Sends a call until an attempt succeeds or must not be repeated. Returns the last response or
//! error, with the number of attempts.
//!
//! The table in [`retry_rules`](super::retry_rules) decides which failures are retried. A request
//! that the server may have processed is retried only if it is idempotent. The wait doubles from
//! half a second to eight seconds, and a random part is added. If the server asks for a longer wait,
//! that applies. A call is not retried if the wait would be longer than the client allows, or than the
//! rest of the deadline.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};

use super::deadline::Deadline;
use super::error::Error;
use super::raw_response::RawResponse;
use super::retry_after;

/// The minimum wait before the second attempt. It doubles with each attempt. A random
/// part of up to the same length is added, so that clients that fail together do not
/// retry together.
const MIN_WAIT: Duration = Duration::from_millis(500);
/// The wait at which doubling stops.
const MAX_WAIT: Duration = Duration::from_secs(8);

/// The retry settings of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retry {
    /// Whether the call is idempotent.
    pub(super) idempotent: bool,
    /// The maximum number of retries.
    pub(super) max: u32,
    /// The longest allowed wait.
    pub(super) max_wait: Duration,
    /// The seed of the random number generator, for tests.
    pub(super) jitter: Option<u64>,
}

impl Retry {
    /// Runs `attempt` with its number until it succeeds, until its failure must not be
    /// retried, or until the deadline is too close.
    pub(super) async fn run<F>(
        self,
        deadline: Deadline,
        mut attempt: impl FnMut(u32) -> F,
    ) -> Result<(RawResponse, Attempts), Error>
    where
        F: Future<Output = Result<RawResponse, Error>>,
    {
        let mut waits = self.waits();
        let mut first = None;
        let mut number = 1;
        loop {
            let outcome = attempt(number).await;
            let wait = match self.may_repeat(&outcome) {
                true => self.wait(&outcome, &mut waits),
                false => None,
            };
            let Some(wait) = wait.filter(|wait| deadline.allows(*wait)) else {
                let attempts = Attempts {
                    count: number,
                    first,
                };
                return match outcome {
                    Ok(answer) => Ok((answer, attempts)),
                    Err(error) => Err(attempts.annotate(error)),
                };
            };
            tracing::debug!(
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                "attempt {number} failed, retrying"
            );
            if !self.idempotent && first.is_none() {
                let failure = outcome.map_or_else(|error| error, Error::unexpected);
                first = Some(failure.after(number, None));
            }
            tokio::time::sleep(wait).await;
            number += 1;
        }
    }

    /// Whether a call with this `outcome` may be retried.
    fn may_repeat(self, outcome: &Result<RawResponse, Error>) -> bool {
        let rule = match outcome {
            Ok(response) if response.status.is_success() => return false,
            Ok(response) => match retry_after::advice(&response.headers) {
                Some(false) => return false,
                Some(true) if self.idempotent => {
                    let status = response.status;
                    return status.is_client_error() || status.is_server_error();
                }
                // The server's advice to retry does not make a retry safe.
                _ => response.rule(),
            },
            Err(error) => error.rule(),
        };
        rule.is_some_and(|rule| rule.again.allows(self.idempotent))
    }

    /// Returns how long to wait: as long as the server asks, but at least the backoff.
    /// Returns `None` if that is too long, or if no attempt is left.
    fn wait(
        self,
        outcome: &Result<RawResponse, Error>,
        waits: &mut impl Iterator<Item = Duration>,
    ) -> Option<Duration> {
        let own = waits.next()?.min(self.max_wait);
        let servers = match outcome {
            Ok(answer) => answer.retry_after(),
            Err(error) => error.retry_after(),
        };
        let wait = own.max(servers.unwrap_or_default());
        Some(wait).filter(|wait| *wait <= self.max_wait)
    }

    fn waits(self) -> impl Iterator<Item = Duration> {
        let waits = ExponentialBuilder::new()
            .with_min_delay(MIN_WAIT)
            .with_max_delay(MAX_WAIT)
            .with_jitter()
            .with_max_times(self.max as usize);
        match self.jitter {
            Some(seed) => waits.with_jitter_seed(seed),
            None => waits,
        }
        .build()
    }
}

/// The attempts of a call.
pub(super) struct Attempts {
    count: u32,
    /// The first failure, if the operation is not idempotent.
    first: Option<Error>,
}

impl Attempts {
    /// Adds information about all attempts to `error`, the error of the last.
    pub(super) fn annotate(self, error: Error) -> Error {
        error.after(self.count, self.first)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::error::Error as _;

    use reqwest::StatusCode;
    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
    use tokio::time::Instant;

    use super::*;
    use crate::ErrorKind;
    use crate::runtime::deadline::Late;
    use crate::runtime::error::AttemptedCall;
    use crate::runtime::request_secrets::RequestSecrets;
    use crate::runtime::zeroizing_bytes::ZeroizingBytes;
    use ErrorKind::{Connect, Interrupted, Timeout, TooLarge};

    /// The result of one attempt.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        Status(u16),
        /// A status and a header.
        Says(u16, &'static str, &'static str),
        Fails(ErrorKind),
    }
    use Step::{Fails, Says, Status};

    impl Step {
        fn outcome(self) -> Result<RawResponse, Error> {
            let (status, header) = match self {
                Status(status) => (status, None),
                Says(status, name, value) => (status, Some((name, value))),
                Fails(kind) => return Err(Error::local(kind, "in a test")),
            };
            let header = header.map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            });
            let status = StatusCode::from_u16(status).unwrap();
            let headers = HeaderMap::from_iter(header);
            Ok(RawResponse::new(
                "get-a",
                status,
                headers,
                ZeroizingBytes::default(),
            ))
        }
    }

    const POLICY: Retry = Retry {
        idempotent: true,
        max: 2,
        max_wait: Duration::from_secs(30),
        jitter: Some(7),
    };
    const ONCE: Retry = Retry {
        idempotent: false,
        ..POLICY
    };
    const DEADLINE: Duration = Duration::from_secs(60);

    /// Runs `steps` and repeats the last one. Returns the outcome and the waits between
    /// attempts.
    async fn run(
        retry: Retry,
        deadline: Duration,
        steps: &[Step],
    ) -> (Result<(RawResponse, Attempts), Error>, Vec<Duration>) {
        let moments = RefCell::new(Vec::new());
        let outcome = retry
            .run(Deadline::after(deadline), |number| {
                moments.borrow_mut().push(Instant::now());
                assert_eq!(moments.borrow().len(), number as usize);
                let step = steps.get(number as usize - 1).or(steps.last());
                let outcome = step.unwrap().outcome();
                async move { outcome }
            })
            .await;
        let moments = moments.into_inner();
        let waits = moments.windows(2).map(|pair| pair[1] - pair[0]).collect();
        (outcome, waits)
    }

    /// Returns how often an operation that always ends as `step` is sent.
    async fn attempts(retry: Retry, step: Step) -> usize {
        let (outcome, waits) = run(retry, DEADLINE, &[step]).await;
        let counted = match outcome {
            Ok((_, attempts)) => attempts.count,
            Err(error) => error.attempts(),
        };
        assert_eq!(counted as usize, waits.len() + 1);
        counted as usize
    }

    /// Each row: an outcome, and how often an idempotent and any other request is sent.
    #[tokio::test(start_paused = true)]
    async fn retries_depend_on_outcome_and_idempotency() {
        for (step, idempotent, not) in [
            (Status(200), 1, 1),
            (Status(301), 1, 1),
            (Status(303), 1, 1),
            (Status(307), 1, 1),
            (Status(400), 1, 1),
            (Status(401), 1, 1),
            (Status(408), 3, 1),
            (Status(409), 1, 1),
            (Status(429), 3, 3),
            (Status(500), 3, 1),
            (Status(501), 1, 1),
            (Status(502), 3, 1),
            (Status(503), 3, 1),
            (Says(503, "retry-after", "1"), 3, 3),
            (Says(503, "retry-after", "soon"), 3, 1),
            (Says(500, "retry-after", "1"), 3, 1),
            (Fails(Connect), 3, 3),
            (Fails(ErrorKind::NotProcessed), 3, 3),
            (Fails(Timeout), 3, 1),
            (Fails(Interrupted), 3, 1),
            (Fails(TooLarge), 1, 1),
            (Fails(ErrorKind::Redirect), 1, 1),
            (Fails(ErrorKind::Configuration), 1, 1),
            // The server's advice never makes an unsafe retry safe.
            (Says(500, "x-should-retry", "false"), 1, 1),
            (Says(429, "x-should-retry", "false"), 1, 1),
            (Says(409, "x-should-retry", "true"), 3, 1),
            (Says(501, "x-should-retry", "true"), 3, 1),
            (Says(500, "x-should-retry", "true"), 3, 1),
            (Says(429, "x-should-retry", "true"), 3, 3),
            (Says(200, "x-should-retry", "true"), 1, 1),
            (Says(307, "x-should-retry", "true"), 1, 1),
        ] {
            assert_eq!(attempts(POLICY, step).await, idempotent, "{step:?}");
            assert_eq!(attempts(ONCE, step).await, not, "{step:?}, not idempotent");
            // Retries a non-idempotent request only if the server certainly did not
            // process it.
            if let (Status(_) | Says(_, "retry-after", _), Ok(answer)) = (step, step.outcome())
                && !answer.status.is_success()
                && not > 1
            {
                assert!(!Error::unexpected(answer).outcome_unknown(), "{step:?}");
            }
        }
        for max in [0, 1, 5] {
            let sent = attempts(Retry { max, ..POLICY }, Status(503)).await;
            assert_eq!(sent, max as usize + 1);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn first_success_ends_the_retries() {
        let (outcome, waits) = run(POLICY, DEADLINE, &[Status(503), Status(200)]).await;
        let answer = outcome.unwrap();
        assert_eq!((answer.0.status, answer.1.count), (StatusCode::OK, 2));
        assert_eq!(waits.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn waits_double_with_jitter() {
        let many = Retry { max: 8, ..POLICY };
        let waits = run(many, Duration::MAX, &[Fails(Connect)]).await.1;
        for (wait, least) in waits.iter().zip([0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0, 8.0]) {
            let wait = wait.as_secs_f64();
            assert!((least..=2.0 * least + 0.002).contains(&wait), "{waits:?}");
        }
        assert_eq!(waits.len(), 8);
        let other = Retry {
            jitter: Some(8),
            ..many
        };
        assert_ne!(run(other, Duration::MAX, &[Fails(Connect)]).await.1, waits);
        let short = Retry {
            max_wait: Duration::from_secs(1),
            ..many
        };
        let waits = run(short, Duration::MAX, &[Fails(Connect)]).await.1;
        assert_eq!(waits.len(), 8);
        assert!(
            waits.iter().all(|wait| wait.as_millis() <= 1001),
            "{waits:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn retry_after_is_respected_within_limits() {
        let wait = |text| Says(429, "retry-after", text);
        let check = |step, deadline: u64| async move {
            let (outcome, waits) = run(ONCE, Duration::from_secs(deadline), &[step]).await;
            let (answer, attempts) = outcome.unwrap();
            let error = attempts.annotate(Error::unexpected(answer));
            let seconds: Vec<u64> = waits.iter().map(Duration::as_secs).collect();
            (seconds, error.retry_after().map(|wait| wait.as_secs()))
        };
        assert_eq!(check(wait("20"), 60).await, (vec![20, 20], Some(20)));
        // Exceeds the longest wait.
        assert_eq!(check(wait("31"), 60).await, (vec![], Some(31)));
        // Exceeds the rest of the deadline.
        assert_eq!(check(wait("20"), 20).await, (vec![], Some(20)));
        assert_eq!(check(wait("20"), 30).await, (vec![20], Some(20)));
        assert_eq!(
            check(Says(429, "retry-after-ms", "3000"), 60).await,
            (vec![3, 3], Some(3))
        );
    }

    /// A repeated rate limit may be penalized, and a server may send 0 by mistake.
    #[tokio::test(start_paused = true)]
    async fn wait_is_never_less_than_the_backoff() {
        for (name, text) in [
            ("retry-after", "0"),
            ("retry-after", "0.1"),
            ("retry-after", "Fri, 31 May 2024 12:00:00 GMT"),
            ("retry-after-ms", "0"),
            ("retry-after-ms", "20"),
        ] {
            for retry in [ONCE, POLICY] {
                let waits = run(retry, DEADLINE, &[Says(429, name, text)]).await.1;
                let backoff = run(retry, DEADLINE, &[Fails(Connect)]).await.1;
                assert_eq!(waits, backoff, "{name}: {text}");
                assert!(waits[0] >= MIN_WAIT && waits[1] >= 2 * MIN_WAIT);
            }
        }
    }

    /// The status of a response takes precedence over how the response ends.
    #[tokio::test(start_paused = true)]
    async fn status_takes_precedence_over_a_broken_body() {
        for (status, text, attempts) in [(429, "1", 3), (503, "1", 3), (400, "1", 1), (500, "1", 1)]
        {
            let uri = http::Uri::from_static("https://a.example");
            let call = AttemptedCall {
                operation: "get-a",
                uri: &uri,
                secrets: &RequestSecrets::default(),
            };
            let sent = RefCell::new(0);
            let broken = |_| {
                *sent.borrow_mut() += 1;
                let answer = Says(status, "retry-after", text).outcome().unwrap();
                let error = Error::late_within(&call, answer, Late(DEADLINE));
                async { Err(error) }
            };
            let outcome = ONCE.run(Deadline::after(DEADLINE), broken).await;
            let error = outcome.err().unwrap();
            assert_eq!(error.outcome_unknown(), status == 500, "{status}");
            assert_eq!(sent.into_inner(), attempts, "{status}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn first_failure_of_a_non_idempotent_call_is_kept() {
        let steps = [Says(429, "retry-after", "1"), Fails(Timeout)];
        let error = run(ONCE, DEADLINE, &steps).await.0.err().unwrap();
        assert_eq!((error.kind(), error.attempts()), (Timeout, 2));
        let first: &Error = error.source().unwrap().downcast_ref().unwrap();
        assert_eq!(first.status(), Some(StatusCode::TOO_MANY_REQUESTS));
        assert_eq!(first.attempts(), 1);

        let steps = [Fails(Connect), Says(429, "retry-after", "1"), Status(400)];
        let answer = run(ONCE, DEADLINE, &steps).await.0.unwrap();
        let (answer, attempts) = answer;
        let error = attempts.annotate(Error::unexpected(answer));
        assert_eq!(error.attempts(), 3);
        let first: &Error = error.source().unwrap().downcast_ref().unwrap();
        assert!(first.is_connect());

        // A repeated failure does not count as different, and an idempotent call stores
        // no first failure.
        for (retry, steps) in [
            (ONCE, [Status(429), Status(429)]),
            (POLICY, [Status(503), Status(400)]),
        ] {
            let answer = run(retry, DEADLINE, &steps).await.0.unwrap();
            let (answer, attempts) = answer;
            let error = attempts.annotate(Error::unexpected(answer));
            assert!(error.source().is_none());
        }
    }
}
