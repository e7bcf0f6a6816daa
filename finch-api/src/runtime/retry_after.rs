//! Reads from the headers of a response how long the server asks to wait, and whether it asks
//! for a retry.
//!
//! `Retry-After: 20` is 20 seconds. A date is also allowed, and is compared with the server's
//! clock. `retry-after-ms` takes precedence. A wait is at most 24 hours. Any other text is
//! ignored. `x-should-retry` is `true` or `false`.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The longest wait to accept. Adding it to a clock never overflows.
const MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns how long to wait before the next request, at most 24 hours. It reads
/// `retry-after-ms`, or else `Retry-After` in seconds or as a date. It ignores any other
/// text.
///
/// A date is compared with the server's `Date`, because the clocks may differ. Without
/// `Date`, it is compared with `now`.
pub(super) fn wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let date = |text| httpdate::parse_http_date(text).ok();
    if let Some(milliseconds) = text("retry-after-ms").and_then(number) {
        return Some(seconds(milliseconds / 1000.0));
    }
    let after = text(RETRY_AFTER.as_str())?;
    match number(after) {
        Some(number) => Some(seconds(number)),
        None => {
            let from = text(DATE.as_str()).and_then(date).unwrap_or(now);
            let wait = date(after)?.duration_since(from).unwrap_or_default();
            Some(wait.min(MAX))
        }
    }
}

/// The server's advice on whether to retry: `x-should-retry`.
pub(super) fn advice(headers: &HeaderMap) -> Option<bool> {
    match headers.get("x-should-retry")?.as_bytes() {
        b"true" => Some(true),
        b"false" => Some(false),
        _ => None,
    }
}

/// Parses digits with an optional fraction. Rejects `inf`, which Rust parses as a number.
fn number(text: &str) -> Option<f64> {
    text.starts_with(|c: char| c.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

fn seconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number).map_or(MAX, |wait| wait.min(MAX))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            let name = HeaderName::from_static(name);
            (name, HeaderValue::from_str(value).unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    #[track_caller]
    fn check(pairs: &[(&'static str, &str)], expected: Option<Duration>) {
        // Fri, 31 May 2024 12:00:00 GMT
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_717_156_800);
        assert_eq!(wait(&headers(pairs), now), expected, "{pairs:?}");
    }

    #[test]
    fn the_wait_has_one_of_three_forms() {
        let seconds = |number| Some(Duration::from_secs(number));
        check(&[("retry-after", "0")], seconds(0));
        check(&[("retry-after", " 90 ")], seconds(90));
        check(&[("retry-after", "0.25")], Some(Duration::from_millis(250)));
        check(
            &[("retry-after", "Fri, 31 May 2024 12:00:30 GMT")],
            seconds(30),
        );
        check(
            &[("retry-after", "Fri, 31 May 2024 11:00:00 GMT")],
            seconds(0),
        );
        check(
            &[("retry-after-ms", "1500"), ("retry-after", "90")],
            Some(Duration::from_millis(1500)),
        );
        check(
            &[("retry-after-ms", "soon"), ("retry-after", "90")],
            seconds(90),
        );
        for text in [
            "86401",
            "99999999999999999999999",
            "1e400",
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ] {
            check(&[("retry-after", text)], Some(MAX));
        }
        check(&[("retry-after-ms", "99999999999999999999999")], Some(MAX));
    }

    /// Either clock may be wrong by any amount.
    #[test]
    fn date_is_relative_to_the_servers_clock() {
        let after = ("retry-after", "Fri, 31 May 2024 12:00:30 GMT");
        for (date, seconds) in [
            ("Fri, 31 May 2024 12:00:10 GMT", 20),
            ("Fri, 31 May 2024 11:00:30 GMT", 3600),
            ("Fri, 31 May 2024 13:00:00 GMT", 0),
            ("Thu, 30 May 2024 11:00:00 GMT", 86_400),
            // Not a date: use our own clock.
            ("now", 30),
        ] {
            check(&[after, ("date", date)], Some(Duration::from_secs(seconds)));
        }
        check(
            &[
                ("retry-after", "20"),
                ("date", "Fri, 31 May 2024 11:00:30 GMT"),
            ],
            Some(Duration::from_secs(20)),
        );
    }

    #[test]
    fn any_other_text_is_ignored() {
        for text in ["", "-1", "soon", "inf", "NaN", "1 minute", "tomorrow"] {
            check(&[("retry-after", text)], None);
        }
        check(&[], None);
    }

    #[test]
    fn advice_is_yes_or_no() {
        for (text, expected) in [("true", Some(true)), ("false", Some(false)), ("1", None)] {
            assert_eq!(advice(&headers(&[("x-should-retry", text)])), expected);
        }
        assert_eq!(advice(&HeaderMap::new()), None);
    }
}
