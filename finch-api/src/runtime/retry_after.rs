//! What a server says of when to ask again, and whether to.

use std::time::{Duration, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

/// How long to wait before the next request: `retry-after-ms`, or else
/// `Retry-After`, in seconds or as a date. What is neither says nothing.
pub(super) fn wait(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(milliseconds) = text("retry-after-ms").and_then(number) {
        return Some(seconds(milliseconds / 1000.0));
    }
    let text = text(RETRY_AFTER.as_str())?;
    match number(text) {
        Some(number) => Some(seconds(number)),
        None => {
            let date = httpdate::parse_http_date(text).ok()?;
            Some(date.duration_since(now).unwrap_or_default())
        }
    }
}

/// Whether to send the request again, where the server says so itself:
/// `x-should-retry`.
pub(super) fn advice(headers: &HeaderMap) -> Option<bool> {
    match headers.get("x-should-retry")?.as_bytes() {
        b"true" => Some(true),
        b"false" => Some(false),
        _ => None,
    }
}

/// A number of digits, be it with a fraction; not `inf`, which is one in Rust.
fn number(text: &str) -> Option<f64> {
    text.starts_with(|c: char| c.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

fn seconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number).unwrap_or(Duration::MAX)
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
    fn the_wait_is_said_in_one_of_three_ways() {
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
        check(
            &[("retry-after", "99999999999999999999999")],
            Some(Duration::MAX),
        );
    }

    #[test]
    fn what_says_nothing_is_not_guessed_at() {
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
