//! Makes a server's text fit for a log: without secrets, in one line, of bounded length.
//!
//! A server may repeat a secret in another spelling. Instead of spelling each secret in
//! every way, the text is decoded in every way and searched for the secrets.

use std::ops::Range;

use zeroize::Zeroizing;

use super::json_text::unescape;
use super::secret::Secret;

/// Replaces a secret.
const REDACTED: &str = "[REDACTED]";

/// Shorter secrets are not redacted: they would take ordinary words out of a text, and
/// are no secrets to anyone who can guess.
const MIN_CHARS: usize = 8;

/// Takes secrets out of texts.
///
/// It finds a secret in plain text, percent-encoded (`+` for a space, too), with the
/// escapes of a JSON string, and in Base64, alone or as a part of something longer.
#[derive(Debug, Default)]
pub(crate) struct Redactor(Vec<Secret>);

impl Redactor {
    /// Redacts those of `secrets` that have eight characters or more.
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
            for view in views(kept) {
                found.extend(view.find(secret));
                if is_cut {
                    end = end.min(view.start_of_tail(secret));
                }
            }
        }
        let mut redacted = replace(&kept[..floor(kept, end)], found);
        if self.contains_plain(&redacted) {
            // What is left on both sides of a secret may be another one.
            redacted = REDACTED.to_owned();
        }
        if is_cut {
            redacted.push('…');
        }
        redacted
    }

    /// Returns `text` without secrets, in one line, cut to about `limit` bytes.
    pub(crate) fn line(&self, text: &str, limit: usize) -> String {
        // One byte more, so that it is known to be cut.
        let kept = &text[..ceil(text, limit.saturating_add(1))];
        self.redact(&Zeroizing::new(one_line(kept)), limit)
    }

    fn contains_plain(&self, text: &str) -> bool {
        self.0
            .iter()
            .any(|secret| text.contains(secret.expose_secret()))
    }
}

/// Cuts `text` to about `limit` bytes, in one line.
pub(crate) fn bounded_line(text: &str, limit: usize) -> String {
    Redactor::default().line(text, limit)
}

fn one_line(text: &str) -> String {
    text.replace(is_break, " ")
}

fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// Returns the last character boundary up to `index`.
pub(super) fn floor(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

fn ceil(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index += 1;
    }
    index
}

/// Replaces the ranges `found`, each or several that overlap by one mark.
fn replace(text: &str, mut found: Vec<Range<usize>>) -> String {
    found.sort_by_key(|range| range.start);
    let mut replaced = String::with_capacity(text.len());
    let mut end = 0;
    for Range { start, end: next } in found {
        let (start, next) = (floor(text, start), ceil(text, next));
        if start >= end {
            replaced.push_str(&text[end..start]);
            if start < next {
                replaced.push_str(REDACTED);
            }
        }
        end = end.max(next);
    }
    replaced.push_str(&text[end..]);
    replaced
}

/// A text decoded in one way.
struct View {
    bytes: Zeroizing<Vec<u8>>,
    /// Where each byte comes from in the text, and where the last one ends.
    origins: Vec<usize>,
    /// What to redact if a secret is in it, if that is more than the secret.
    whole: Option<Range<usize>>,
    /// Whether it goes on to the end of the text.
    reaches_end: bool,
}

fn views(text: &str) -> Vec<View> {
    let mut views = vec![View::plain(text)];
    if text.contains(['%', '+']) {
        views.push(View::percent(text, b'+'));
        views.push(View::percent(text, b' '));
    }
    if text.contains('\\') {
        views.push(View::json(text));
    }
    views.extend(base64_views(text.as_bytes()));
    views
}

impl View {
    fn new(decoded: impl Iterator<Item = (usize, u8)>, end: usize) -> Self {
        let mut bytes = Zeroizing::new(Vec::with_capacity(end + 4));
        let mut origins = Vec::with_capacity(end + 5);
        for (origin, byte) in decoded {
            bytes.push(byte);
            origins.push(origin);
        }
        origins.push(end);
        Self {
            bytes,
            origins,
            whole: None,
            reaches_end: true,
        }
    }

    fn plain(text: &str) -> Self {
        Self::new(text.bytes().enumerate(), text.len())
    }

    /// The text without percent-encoding, in which `+` stands for `plus`.
    fn percent(text: &str, plus: u8) -> Self {
        let text = text.as_bytes();
        let mut at = 0;
        let decoded = std::iter::from_fn(|| {
            let start = at;
            let digit = |index| Some(char::from(*text.get(index)?).to_digit(16)? as u8);
            let byte = match *text.get(start)? {
                b'%' => match (digit(start + 1), digit(start + 2)) {
                    (Some(high), Some(low)) => {
                        at += 2;
                        16 * high + low
                    }
                    // An escape that the end cuts off.
                    (None, _) if start + 1 == text.len() => return None,
                    (Some(_), _) if start + 2 == text.len() => return None,
                    _ => b'%',
                },
                b'+' => plus,
                byte => byte,
            };
            at += 1;
            Some((start, byte))
        });
        Self::new(decoded, text.len())
    }

    /// The text as the inside of a JSON string.
    fn json(text: &str) -> Self {
        let decoded = unescape(text).flat_map(|(start, c)| {
            let mut buffer = [0; 4];
            let length = c.encode_utf8(&mut buffer).len();
            buffer.into_iter().take(length).map(move |byte| (start, byte))
        });
        Self::new(decoded, text.len())
    }

    /// Returns where in the text `secret` is.
    fn find(&self, secret: &[u8]) -> impl Iterator<Item = Range<usize>> {
        let starts = self.bytes.windows(secret.len()).enumerate();
        starts
            .filter(move |(_, window)| *window == secret)
            .map(|(start, window)| match &self.whole {
                Some(whole) => whole.clone(),
                None => self.origins[start]..self.origins[start + window.len()],
            })
    }

    /// Returns where the end of the text begins that may be the beginning of `secret`;
    /// the end of the text if none may be.
    fn start_of_tail(&self, secret: &[u8]) -> usize {
        if !self.reaches_end {
            return usize::MAX;
        }
        let first = self.bytes.len().saturating_sub(secret.len() - 1);
        let tail = (first..self.bytes.len()).find(|start| secret.starts_with(&self.bytes[*start..]));
        self.origins[tail.unwrap_or(self.bytes.len())]
    }
}

/// Decodes each part of `text` that may be Base64, in either alphabet: beginning at each
/// of four characters, because a secret may be in the middle.
fn base64_views(text: &[u8]) -> Vec<View> {
    let mut views = Vec::new();
    let mut start = 0;
    for part in text.split(|byte| sextet(*byte).is_none()) {
        let end = start + part.len();
        let padding = text[end..].iter().take_while(|byte| **byte == b'=');
        let whole = start..end + padding.count();
        let reaches_end = end == text.len();
        if part.len() > MIN_CHARS || (reaches_end && !part.is_empty()) {
            views.extend((0..4.min(part.len())).map(|skipped| View {
                whole: Some(whole.clone()),
                reaches_end,
                ..View::new(base64(start + skipped, &part[skipped..]), end)
            }));
        }
        start = end + 1;
    }
    views
}

/// Decodes `part`, which is Base64 without padding; a last byte that is not complete is
/// left out.
fn base64(start: usize, part: &[u8]) -> impl Iterator<Item = (usize, u8)> {
    let sextet = |index: usize| part.get(index).and_then(|byte| sextet(*byte));
    (0..part.len() * 6 / 8).filter_map(move |byte| {
        let first = byte * 8 / 6;
        let bits = (u16::from(sextet(first)?) << 6) | u16::from(sextet(first + 1)?);
        let unused = 12 - 8 - (byte * 8 % 6);
        Some((start + first, (bits >> unused) as u8))
    })
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
    fn secrets_line_breaks_and_length_are_taken_out() {
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

    /// Each way in which `secret` may be spelled, alone and after an id.
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
        let unicode: String = secret.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
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
        for plain in [secret.to_owned(), format!("4ab15e51:{secret}"), format!("i:{secret}:x")] {
            spellings.push(STANDARD.encode(&plain));
            spellings.push(STANDARD_NO_PAD.encode(&plain));
            spellings.push(URL_SAFE.encode(&plain));
            spellings.push(URL_SAFE_NO_PAD.encode(&plain));
        }
        spellings
    }

    #[test]
    fn every_spelling_is_found() {
        for secret in ["s3cret-code", "a/b?c d+e%f\"g\\h\n", "ééééé€€€€😀", "abcdefgh", ">>>???~~~ÿÿÿ"] {
            let redactor = redactor([secret]);
            for spelling in spellings(secret) {
                for (before, after) in [("", ""), ("the ", "!"), ("a=", "&b"), ("\"", "\" = x")] {
                    let text = format!("{before}{spelling}{after}");
                    let redacted = redactor.redact(&text, 1000);
                    assert!(redacted.contains(REDACTED), "{text}: {redacted}");
                    assert!(!redacted.contains(&spelling), "{text}: {redacted}");
                    assert!(redacted.len() <= before.len() + after.len() + 12, "{text}: {redacted}");
                }
            }
        }
    }

    /// A limit that cuts a secret leaves nothing of it.
    #[test]
    fn no_beginning_of_a_secret_is_left() {
        let secret = "s3cret/code?é";
        let redactor = redactor([secret]);
        for spelling in spellings(secret) {
            let text = format!("the {spelling} is used up");
            for limit in 4..=text.len() {
                let line = redactor.line(&text, limit);
                let rest = line.replace(REDACTED, "");
                let rest = rest.strip_prefix("the ").unwrap_or(&rest);
                let is_clean = rest.len() < 4 || rest.starts_with(" is") || rest.starts_with('…');
                // An id before the secret may be left.
                let is_id = spelling.starts_with("NGFi") || spelling.starts_with("aTp");
                assert!(is_clean || is_id, "{text}, {limit}: {line}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_secret_is_left(
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
        fn a_text_without_a_secret_is_left_alone(text in "[a-z0-9 .%+\\\\/=-]{0,100}") {
            prop_assert_eq!(redactor(["A-SECRET"]).redact(&text, 100), text);
        }
    }
}
