//! Checks whether a string in an example is valid for its `format`.
//!
//! Covers the formats that have their own Rust type in requests: `uuid`, `date`, `date-time`,
//! `ip`, `ipv4` and `ipv6`. Any other format accepts every string. Authors often write another
//! notation, such as `2024-02-29 12:00` for a `date-time`. The request type cannot decode it, so
//! the example gets no test.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether `text` matches `format`, if the client has a type for that format.
pub(super) fn has(text: &str, format: &str) -> bool {
    match format {
        "uuid" => is_uuid(text),
        "date" => is_date(text),
        "date-time" => is_date_time(text),
        "ip" => text.parse::<IpAddr>().is_ok(),
        "ipv4" => text.parse::<Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<Ipv6Addr>().is_ok(),
        _ => true,
    }
}

/// RFC 9562, section 4.
fn is_uuid(text: &str) -> bool {
    let mut groups = text.split('-');
    let is_group = |length| {
        let is = |group: &str| group.len() == length && all(group, u8::is_ascii_hexdigit);
        groups.next().is_some_and(is)
    };
    [8, 4, 4, 4, 12].into_iter().all(is_group) && groups.next().is_none()
}

/// RFC 3339, section 5.6: `full-date`.
fn is_date(text: &str) -> bool {
    let Some([year, month, day]) = numbers(text, '-', [4, 2, 2]) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (1..=12).contains(&month) && (1..=days).contains(&day)
}

/// RFC 3339, section 5.6: `date-time`.
fn is_date_time(text: &str) -> bool {
    let parts = text.split_once(['T', 't']).and_then(|(date, time)| {
        let (clock, zone) = time.split_at(time.find(['Z', 'z', '+', '-'])?);
        Some((date, clock, zone))
    });
    let Some((date, clock, zone)) = parts else {
        return false;
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    // A minute may have a leap second.
    let is_clock = matches!(numbers(clock, ':', [2; 3]), Some([0..24, 0..60, 0..=60]));
    let is_zone = match zone {
        "Z" | "z" => true,
        offset => matches!(numbers(&offset[1..], ':', [2; 2]), Some([0..24, 0..60])),
    };
    let is_fraction = !fraction.is_empty() && all(fraction, u8::is_ascii_digit);
    is_date(date) && is_clock && is_fraction && is_zone
}

/// Returns the numbers in `text`, which have this many digits each and are separated by `mark`.
fn numbers<const N: usize>(text: &str, mark: char, digits: [usize; N]) -> Option<[u32; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(mark);
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next().filter(|part| part.len() == digits)?;
        *number = part
            .parse()
            .ok()
            .filter(|_| all(part, u8::is_ascii_digit))?;
    }
    parts.next().is_none().then_some(numbers)
}

fn all(text: &str, is: fn(&u8) -> bool) -> bool {
    text.bytes().all(|byte| is(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_and_invalid_text_of_each_format_is_distinguished() {
        for (format, texts, others) in [
            (
                "uuid",
                &["017F22E2-79B0-7cc3-98c4-dc0c0c07398f"][..],
                &["017f22e2", "017f22e2-79b0-7cc3-98c4-dc0c0c07398x", "a-"][..],
            ),
            (
                "date",
                &["2024-02-29", "2000-02-29"],
                &[
                    "2023-02-29",
                    "1900-02-29",
                    "2024-13-01",
                    "2024-1-01",
                    "2024-04-31",
                    "+024-01-01",
                ],
            ),
            (
                "date-time",
                &[
                    "2024-02-29T12:00:00Z",
                    "2024-02-29t23:59:59.25+02:00",
                    "2016-12-31T23:59:60Z",
                ],
                &[
                    "2016-12-31T23:59:61Z",
                    "2024-02-29",
                    "2024-02-29T12:00:00",
                    "2024-02-29T24:00:00Z",
                    "2024-02-29T12:00:00.Z",
                    "2024-02-29T12:00Z",
                    "2024-02-29T12:00:00+é",
                    "Tuesday",
                ],
            ),
            ("ip", &["127.0.0.1", "::1"], &["localhost"]),
            ("ipv4", &["127.0.0.1"], &["::1"]),
            ("ipv6", &["::1"], &["127.0.0.1"]),
            ("email", &["a@b", "anything"], &[]),
        ] {
            for text in texts {
                assert!(has(text, format), "{text} is a {format}");
            }
            for text in others {
                assert!(!has(text, format), "{text} is not a valid {format}");
            }
        }
    }
}
