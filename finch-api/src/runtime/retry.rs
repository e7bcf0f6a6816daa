//! Whether a call that failed is made again, and when.
//!
//! The table in [`outcome`](super::outcome) decides whether. A request that the server
//! may have acted on is sent again only if doing it twice is the same as doing it once.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBuilder};

use super::deadline::Deadline;
use super::error::Error;
use super::raw_response::RawResponse;
use super::retry_after;

/// The least wait before the second attempt. It doubles with each attempt, and up to as
/// much again is added at random, so that clients that failed together do not come back
/// together.
const MIN_WAIT: Duration = Duration::from_millis(500);
/// The wait at which it stops doubling.
const MAX_WAIT: Duration = Duration::from_secs(8);

/// How often a call is made, and how long it waits in between.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retry {
    /// Whether sending the request twice does no more than sending it once.
    pub(super) idempotent: bool,
    /// How often the request may be sent after the first attempt.
    pub(super) max: u32,
    /// The longest wait that is waited for.
    pub(super) max_wait: Duration,
    /// The seed of the random numbers, for tests.
    pub(super) jitter: Option<u64>,
}

impl Retry {
    /// Makes `attempt`, which gets its number, until it succeeds, must not be repeated, or
    /// the rest of `deadline` is too short.
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
                "attempt {number} failed, and is made again"
            );
            if !self.idempotent && first.is_none() {
                let failure = outcome.map_or_else(|error| error, Error::unexpected);
                first = Some(failure.after(number, None));
            }
            tokio::time::sleep(wait).await;
            number += 1;
        }
    }

    /// Whether a call that ended as `outcome` may be made again.
    fn may_repeat(self, outcome: &Result<RawResponse, Error>) -> bool {
        let rule = match outcome {
            Ok(response) if response.status.is_success() => return false,
            Ok(response) => match retry_after::advice(&response.headers) {
                Some(false) => return false,
                Some(true) if self.idempotent => {
                    let status = response.status;
                    return status.is_client_error() || status.is_server_error();
                }
                // That the server advises it does not make it safe.
                _ => response.rule(),
            },
            Err(error) => error.rule(),
        };
        rule.is_some_and(|rule| rule.again.allows(self.idempotent))
    }

    /// How long to wait first: as long as the server says, but never less than the
    /// backoff. `None` if that is too long, or no attempt is left.
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
    /// The failure of the first, if the operation is not idempotent.
    first: Option<Error>,
}

impl Attempts {
    /// Tells `error`, which came of the last attempt, about all of them.
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
    use crate::runtime::error::Call;
    use crate::runtime::request_secrets::RequestSecrets;
    use crate::runtime::zeroizing_bytes::ZeroizingBytes;
    use ErrorKind::{Connect, Interrupted, Timeout, TooLarge};

    /// The result of one attempt.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        Status(u16),
        /// A status, and a header with its value.
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

    /// Runs `steps` and repeats the last one; returns the outcome and the waits between
    /// the attempts.
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

    /// How often an operation is sent that always ends as `step`.
    async fn attempts(retry: Retry, step: Step) -> usize {
        let (outcome, waits) = run(retry, DEADLINE, &[step]).await;
        let counted = match outcome {
            Ok((_, attempts)) => attempts.count,
            Err(error) => error.attempts(),
        };
        assert_eq!(counted as usize, waits.len() + 1);
        counted as usize
    }

    /// A row per result: how often an idempotent request is sent, and any other.
    #[tokio::test(start_paused = true)]
    async fn what_is_sent_again() {
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
            // The server's advice: it never makes a request safe that is not.
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
            // Only a request that certainly was not acted on is sent again.
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
    async fn the_first_success_ends_it() {
        let (outcome, waits) = run(POLICY, DEADLINE, &[Status(503), Status(200)]).await;
        let answer = outcome.unwrap();
        assert_eq!((answer.0.status, answer.1.count), (StatusCode::OK, 2));
        assert_eq!(waits.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn waits_double_and_have_a_share_of_chance() {
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
    async fn the_servers_wait_is_waited_for_where_that_is_not_too_long() {
        let wait = |text| Says(429, "retry-after", text);
        let check = |step, deadline: u64| async move {
            let (outcome, waits) = run(ONCE, Duration::from_secs(deadline), &[step]).await;
            let (answer, attempts) = outcome.unwrap();
            let error = attempts.annotate(Error::unexpected(answer));
            let seconds: Vec<u64> = waits.iter().map(Duration::as_secs).collect();
            (seconds, error.retry_after().map(|wait| wait.as_secs()))
        };
        assert_eq!(check(wait("20"), 60).await, (vec![20, 20], Some(20)));
        // Longer than is waited for.
        assert_eq!(check(wait("31"), 60).await, (vec![], Some(31)));
        // Longer than the rest of the deadline.
        assert_eq!(check(wait("20"), 20).await, (vec![], Some(20)));
        assert_eq!(check(wait("20"), 30).await, (vec![20], Some(20)));
        assert_eq!(
            check(Says(429, "retry-after-ms", "3000"), 60).await,
            (vec![3, 3], Some(3))
        );
    }

    /// A limit of requests may carry a penalty, and a server that says 0 may be wrong.
    #[tokio::test(start_paused = true)]
    async fn it_never_waits_less_than_the_backoff() {
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

    /// How a response ends counts less than its status.
    #[tokio::test(start_paused = true)]
    async fn a_refusal_that_broke_off_is_still_a_refusal() {
        for (status, text, attempts) in [(429, "1", 3), (503, "1", 3), (400, "1", 1), (500, "1", 1)]
        {
            let uri = http::Uri::from_static("https://a.example");
            let call = Call {
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
    async fn the_first_failure_of_what_is_not_idempotent_is_not_lost() {
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

        // The same failure again is not another error, and an idempotent call has no
        // first failure.
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
