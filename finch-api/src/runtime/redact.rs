//! Prepares text from the server for a log: without secrets, on one line, of limited length.
//! Each secret of eight characters or more becomes `[REDACTED]`, plain, percent-encoded, with
//! JSON escapes, or in Base64. A longer text ends with `…`.
//!
//! A server may repeat a secret in another encoding. Instead of encoding each secret in every
//! way, this module decodes the text in every way and searches it for the secrets.

use std::fmt::{self, Write as _};
use std::iter;
use std::ops::Range;

use zeroize::Zeroizing;

use super::json_text::unescape;
use super::secret::Secret;

/// Replaces each secret.
const REDACTED: &str = "[REDACTED]";

/// Shorter secrets are not redacted: they match parts of ordinary words, and are easy to
/// guess.
const MIN_CHARS: usize = 8;

/// Removes secrets from texts.
///
/// It finds a secret in plain text, percent-encoded (also with `+` for a space), with
/// JSON escapes, and in Base64, alone or within a longer text.
#[derive(Debug, Default)]
pub(crate) struct Redactor(Vec<Secret>);

impl Redactor {
    /// Redacts all `secrets` with at least eight characters.
    pub(crate) fn new(secrets: Vec<Secret>) -> Self {
        let is_long = |secret: &Secret| secret.expose_secret().chars().count() >= MIN_CHARS;
        let mut patterns: Vec<Secret> = secrets.into_iter().filter(is_long).collect();
        for index in 0..patterns.len() {
            let text = patterns[index].expose_secret();
            if text.contains(is_break) {
                patterns.push(one_line(text).into());
            }
        }
        Self(patterns)
    }

    /// Returns `text` without secrets, cut to about `limit` bytes.
    pub(crate) fn redact(&self, text: &str, limit: usize) -> String {
        let kept = &text[..floor(text, limit)];
        let is_cut = kept.len() < text.len();
        let mut found = Vec::new();
        let mut end = kept.len();
        for secret in &self.0 {
            let secret = secret.expose_secret().as_bytes();
            for (start, _) in kept.char_indices() {
                for match_ in matches(kept, start, secret) {
                    match match_ {
                        Match::Whole(range) => found.push(range),
                        Match::Beginning if is_cut => end = end.min(start),
                        Match::Beginning => {}
                    }
                }
            }
        }
        let mut redacted = replace(&kept[..end], found);
        if self.contains_plain(&redacted) {
            // The texts around a removed secret may form another secret.
            redacted = REDACTED.to_owned();
        }
        if is_cut {
            redacted.push('…');
        }
        redacted
    }

    /// Returns `text` without secrets on one line, cut to about `limit` bytes.
    pub(crate) fn line(&self, text: &str, limit: usize) -> String {
        // Keep one extra byte to mark the text as cut.
        let kept = &text[..ceil(text, limit.saturating_add(1))];
        self.redact(&Zeroizing::new(one_line(kept)), limit)
    }

    /// Whether `printed` may be shown: it has no secret, and at most `limit` bytes, so that all
    /// of it can be checked.
    pub(crate) fn allows(&self, printed: impl fmt::Display, limit: usize) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let text = Zeroizing::new(beginning(printed, limit));
        text.len() <= limit && self.redact(&text, limit) == *text
    }

    fn contains_plain(&self, text: &str) -> bool {
        self.0
            .iter()
            .any(|secret| text.contains(secret.expose_secret()))
    }
}

/// Returns `text` on one line, cut to about `limit` bytes.
pub(crate) fn bounded_line(text: &str, limit: usize) -> String {
    Redactor::default().line(text, limit)
}

/// Formats `value`, but stops shortly after `limit` bytes, to save memory.
pub(crate) fn beginning(value: impl fmt::Display, limit: usize) -> String {
    struct Beginning(String, usize);

    impl fmt::Write for Beginning {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let Self(kept, limit) = self;
            let room = (*limit + 1).saturating_sub(kept.len());
            kept.push_str(&text[..ceil(text, room)]);
            Ok(())
        }
    }

    let mut beginning = Beginning(String::new(), limit);
    // A `Display` that fails may have written part of its text.
    let _written = write!(beginning, "{value}");
    beginning.0
}

fn one_line(text: &str) -> String {
    text.replace(is_break, " ")
}

fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Returns the last character boundary at or before `index`.
pub(super) fn floor(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

/// Returns the first character boundary at or after `index`.
pub(super) fn ceil(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index += 1;
    }
    index
}

/// Replaces the ranges `found` with marks. Overlapping ranges share one mark.
fn replace(text: &str, mut found: Vec<Range<usize>>) -> String {
    found.sort_by_key(|range| range.start);
    let mut replaced = String::with_capacity(text.len());
    let mut end = 0;
    for range in found {
        let (start, next) = (range.start.min(text.len()), range.end.min(text.len()));
        if start >= end && start < next {
            replaced.push_str(&text[end..start]);
            replaced.push_str(REDACTED);
        }
        end = end.max(next);
    }
    replaced.push_str(&text[end..]);
    replaced
}

/// How text matches a secret at some position.
enum Match {
    Whole(Range<usize>),
    /// The text ends within the secret.
    Beginning,
}

/// Compares `text` from `start` with `secret` in every encoding.
fn matches(text: &str, start: usize, secret: &[u8]) -> impl Iterator<Item = Match> {
    let rest = &text[start..];
    let whole = move |end: usize| Match::Whole(start..start + end);
    let part = move |end: usize| Match::Whole(base64_around(text.as_bytes(), start..start + end));
    let plain = compare(secret, plain(rest), whole);
    let json = compare(secret, json(rest), whole);
    let percent = [b'+', b' '].map(|plus| compare(secret, percent(rest, plus), whole));
    let base64 = [0, 2, 4].map(|skipped| compare(secret, base64(rest, skipped), part));
    [plain, json]
        .into_iter()
        .chain(percent)
        .chain(base64)
        .flatten()
}

/// Compares `secret` with the bytes of a `decoded` text. Each byte comes with the offset in the
/// text at which its encoding ends. It is `None` if the text is not in that encoding.
fn compare(
    secret: &[u8],
    mut decoded: impl Iterator<Item = (Option<u8>, usize)>,
    whole: impl Fn(usize) -> Match,
) -> Option<Match> {
    let mut end = 0;
    for byte in secret {
        match decoded.next() {
            Some((Some(found), next)) if found == *byte => end = next,
            None if end > 0 => return Some(Match::Beginning),
            _ => return None,
        }
    }
    Some(whole(end))
}

fn plain(text: &str) -> impl Iterator<Item = (Option<u8>, usize)> {
    text.bytes().zip(1..).map(|(byte, end)| (Some(byte), end))
}

/// Decodes `text` as the content of a JSON string.
fn json(text: &str) -> impl Iterator<Item = (Option<u8>, usize)> {
    unescape(text).flat_map(|(end, c)| {
        let mut buffer = [0; 4];
        let length = c.encode_utf8(&mut buffer).len();
        let bytes = buffer.into_iter().take(length);
        bytes.map(move |byte| (Some(byte), end))
    })
}

/// Percent-decodes `text`, and replaces `+` with `plus`. An incomplete escape at the end
/// is dropped.
fn percent(text: &str, plus: u8) -> impl Iterator<Item = (Option<u8>, usize)> {
    let text = text.as_bytes();
    let digit = |byte: u8| Some(char::from(byte).to_digit(16)? as u8);
    let mut at = 0;
    iter::from_fn(move || {
        let (byte, length) = match text.get(at..)? {
            [] => return None,
            [b'%'] => return None,
            [b'%', high] if digit(*high).is_some() => return None,
            [b'%', high, low, ..] => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (16 * high + low, 3),
                _ => (b'%', 1),
            },
            [b'+', ..] => (plus, 1),
            [byte, ..] => (*byte, 1),
        };
        at += length;
        Some((Some(byte), at))
    })
}

/// Decodes `text` as Base64 in either alphabet. It skips the first `skipped` bits,
/// because a secret may begin in the middle.
fn base64(text: &str, skipped: usize) -> impl Iterator<Item = (Option<u8>, usize)> {
    let text = text.as_bytes();
    (0..).map_while(move |index| {
        let bit = skipped + 8 * index;
        let first = bit / 6;
        let second = *text.get(first + 1)?;
        let byte = sextet(text[first])
            .zip(sextet(second))
            .map(|(first, second)| {
                let bits = (u16::from(first) << 6) | u16::from(second);
                (bits >> (4 - bit % 6)) as u8
            });
        Some((byte, first + 2))
    })
}

/// Extends `range` to the whole Base64 text around it.
fn base64_around(text: &[u8], range: Range<usize>) -> Range<usize> {
    let is_base64 = |byte: &&u8| sextet(**byte).is_some();
    let before = text[..range.start]
        .iter()
        .rev()
        .take_while(is_base64)
        .count();
    let after = text[range.end..].iter().take_while(is_base64).count();
    let end = range.end + after;
    let padding = text[end..].iter().take_while(|byte| **byte == b'=').count();
    range.start - before..end + padding
}

fn sextet(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    fn redactor<const N: usize>(secrets: [&str; N]) -> Redactor {
        Redactor::new(secrets.map(Secret::from).into())
    }

    #[test]
    fn line_removes_secrets_and_line_breaks_and_is_cut() {
        let redactor = redactor(["code-123", "code-1234", "", "short", "two\nlines"]);
        for (text, expected) in [
            ("code-1234 is\nno code-123", "[REDACTED] is no [REDACTED]"),
            ("a short code", "a short code"),
            ("code-123code-123", "[REDACTED][REDACTED]"),
            ("two\nlines, two lines", "[REDACTED], [REDACTED]"),
            ("a\u{2028}b\u{85}c\x1b[0m", "a b c [0m"),
        ] {
            assert_eq!(redactor.line(text, 500), expected);
        }
        let long = redactor.line(&"é".repeat(1000), 500);
        assert_eq!(long.chars().count(), 251);
    }

    #[test]
    fn beginning_exceeds_the_limit_or_is_complete() {
        for (text, limit, expected) in [
            ("", 0, ""),
            ("a", 0, "a"),
            ("ab", 0, "a"),
            ("éé", 1, "é"),
            ("éé", 2, "éé"),
            ("a😀b", 3, "a😀"),
            ("a😀b", 9, "a😀b"),
        ] {
            assert_eq!(beginning(text, limit), expected, "{text} {limit}");
            assert_eq!(beginning(format_args!("{text}{}", ""), limit), expected);
        }
    }

    /// Returns `secret` in every encoding, alone and after an id.
    fn spellings(secret: &str) -> Vec<String> {
        let percent = |is_kept: fn(u8) -> bool, upper: bool| -> String {
            secret
                .bytes()
                .map(|byte| match (is_kept(byte), upper) {
                    (true, _) => char::from(byte).to_string(),
                    (_, true) => format!("%{byte:02X}"),
                    (_, false) => format!("%{byte:02x}"),
                })
                .collect()
        };
        let mut url = reqwest::Url::parse("https://a.example").unwrap();
        url.query_pairs_mut().append_pair("", secret);
        let form = url.query().unwrap()[1..].to_owned();
        let json = serde_json::to_string(secret).unwrap();
        let json = json[1..json.len() - 1].to_owned();
        let unicode: String = secret
            .encode_utf16()
            .map(|unit| format!("\\u{unit:04X}"))
            .collect();
        let mut spellings = vec![
            secret.to_owned(),
            percent(|byte| byte.is_ascii_alphanumeric(), true),
            percent(|byte| byte.is_ascii_alphanumeric(), false),
            percent(|_| false, true),
            percent(|_| false, false),
            form,
            json.replace('/', "\\/"),
            json,
            unicode.to_ascii_lowercase(),
            unicode,
        ];
        for plain in [
            secret.to_owned(),
            format!("4ab15e51:{secret}"),
            format!("i:{secret}:x"),
        ] {
            spellings.push(STANDARD.encode(&plain));
            spellings.push(STANDARD_NO_PAD.encode(&plain));
            spellings.push(URL_SAFE.encode(&plain));
            spellings.push(URL_SAFE_NO_PAD.encode(&plain));
        }
        spellings
    }

    #[test]
    fn every_spelling_is_found() {
        for secret in [
            "s3cret-code",
            "a/b?c d+e%f\"g\\h\n",
            "ééééé€€€€😀",
            "abcdefgh",
            ">>>???~~~ÿÿÿ",
        ] {
            let redactor = redactor([secret]);
            for spelling in spellings(secret) {
                for (before, after) in [("", ""), ("the ", "!"), ("a=", "&b"), ("\"", "\" = x")] {
                    let text = format!("{before}{spelling}{after}");
                    let redacted = redactor.redact(&text, 1000);
                    assert!(redacted.contains(REDACTED), "{text}: {redacted}");
                    assert!(!redacted.contains(&spelling), "{text}: {redacted}");
                    assert!(
                        redacted.len() <= before.len() + after.len() + 12,
                        "{text}: {redacted}"
                    );
                }
            }
        }
    }

    /// A limit that cuts a secret keeps no part of it.
    #[test]
    fn cut_secret_is_removed() {
        let secret = "s3cret/code?é";
        let redactor = redactor([secret]);
        for spelling in spellings(secret) {
            let text = format!("the {spelling} is used up");
            for limit in 4..=text.len() {
                let line = redactor.line(&text, limit);
                let rest = line.replace(REDACTED, "").replace('…', "");
                let rest = rest.strip_prefix("the ").unwrap_or(&rest);
                let is_part = rest.len() < 6 && rest.starts_with(['\\', '%']);
                let is_clean = rest.len() < 4 || is_part || " is used up".starts_with(rest);
                // The id before the secret may remain.
                let is_id = spelling.starts_with("NGFi") || spelling.starts_with("aTp");
                assert!(is_clean || is_id, "{text}, {limit}: {line}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_secret_is_removed(
            secrets in proptest::collection::vec(".{8,20}|[ab]{8,10}", 1..4),
            parts in proptest::collection::vec((".{0,9}|[ab]{0,4}", any::<proptest::sample::Index>()), 0..6),
            limit in 1_usize..200,
        ) {
            let redactor = Redactor::new(secrets.iter().map(|secret| secret.as_str().into()).collect());
            let spellings: Vec<_> = secrets.iter().flat_map(|secret| spellings(secret)).collect();
            let text: String = parts
                .iter()
                .map(|(part, index)| format!("{part}{}", spellings[index.index(spellings.len())]))
                .collect();
            let line = redactor.line(&text, limit);
            prop_assert!(!line.contains(is_break));
            prop_assert!(line.len() < 2 * limit + 20);
            for spelling in spellings.iter().filter(|spelling| !REDACTED.contains(*spelling)) {
                prop_assert!(!line.contains(spelling), "{text}: {line}");
            }
        }

        #[test]
        fn text_without_secrets_is_unchanged(text in "[a-z0-9 .%+\\\\/=-]{0,100}") {
            prop_assert_eq!(redactor(["A-SECRET"]).redact(&text, 100), text);
        }
    }
}
