//! Reads the top-level strings of a JSON object that may be damaged.
//!
//! A response that cannot be decoded may still contain an error name or a token. The scan
//! finds them despite damage elsewhere: a byte order mark, bytes that are not UTF-8, a
//! number out of range, deep nesting, a missing end. It uses constant memory and no
//! recursion.

use std::iter;

use zeroize::Zeroizing;

/// A complete JSON string as written, including the quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JsonString<'a>(&'a [u8]);

impl<'a> JsonString<'a> {
    /// Decodes the text. Parts that are not Unicode become U+FFFD.
    ///
    /// Text longer than `limit` bytes is cut somewhere after the limit.
    pub(crate) fn to_lossy(self, limit: usize) -> Zeroizing<String> {
        // An escape of six bytes may encode a single byte.
        let written = self.between_quotes();
        let written = &written[..written.len().min(6 * limit + 24)];
        let mut text = Zeroizing::new(String::with_capacity(written.len() + 32));
        for chunk in written.utf8_chunks() {
            text.extend(unescape(chunk.valid()).map(|(_, c)| c));
            if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        text
    }

    /// Returns the JSON text for a strict decoder.
    pub(crate) fn as_json(self) -> &'a [u8] {
        self.0
    }

    fn is(self, text: &str) -> bool {
        let written = self.between_quotes();
        match written.contains(&b'\\') {
            true => written.len() <= 6 * text.len() && *self.to_lossy(text.len()) == text,
            false => written == text.as_bytes(),
        }
    }

    fn between_quotes(self) -> &'a [u8] {
        self.0
            .strip_prefix(b"\"")
            .and_then(|rest| rest.strip_suffix(b"\""))
            .unwrap_or_default()
    }
}

/// Returns the top-level properties of `body` called `name` whose value is a complete
/// string, in order.
pub(crate) fn strings<'a>(body: &'a [u8], name: &str) -> impl Iterator<Item = JsonString<'a>> {
    properties(body).filter_map(move |(property, value)| property.is(name).then_some(value))
}

/// Returns the top-level properties of `body` whose value is a complete string. Returns
/// none if the body is not an object in UTF-8.
pub(crate) fn properties(body: &[u8]) -> impl Iterator<Item = (JsonString<'_>, JsonString<'_>)> {
    let mut scan = Scan {
        body,
        at: start(body),
        depth: 0,
        expects: Expects::Name,
    };
    iter::from_fn(move || scan.next())
}

/// Returns the index of the first byte after a byte order mark and whitespace.
fn start(body: &[u8]) -> usize {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let text = text.trim_ascii_start();
    match text.first() {
        Some(b'{') => body.len() - text.len(),
        _ => body.len(),
    }
}

struct Scan<'a> {
    body: &'a [u8],
    at: usize,
    /// The number of open containers.
    depth: usize,
    /// The next token that the top-level object expects.
    expects: Expects<'a>,
}

#[derive(Clone, Copy)]
enum Expects<'a> {
    Name,
    Colon(JsonString<'a>),
    Value(JsonString<'a>),
    /// A comma, or anything else after a value.
    Comma,
}

impl<'a> Scan<'a> {
    fn next(&mut self) -> Option<(JsonString<'a>, JsonString<'a>)> {
        while let Some(byte) = self.body.get(self.at) {
            if *byte == b'"' {
                let string = self.string()?;
                if self.depth > 1 {
                    continue;
                }
                match self.expects {
                    Expects::Name => self.expects = Expects::Colon(string),
                    Expects::Value(name) => {
                        self.expects = Expects::Comma;
                        return Some((name, string));
                    }
                    Expects::Colon(_) | Expects::Comma => self.expects = Expects::Comma,
                }
                continue;
            }
            self.at += 1;
            match (byte, self.expects) {
                (b'{' | b'[', _) => {
                    if self.depth == 1 {
                        self.expects = Expects::Comma;
                    }
                    self.depth += 1;
                }
                (b'}' | b']', _) => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        self.at = self.body.len();
                    }
                }
                _ if self.depth > 1 => {}
                (b',', _) => self.expects = Expects::Name,
                (b':', Expects::Colon(name)) => self.expects = Expects::Value(name),
                (byte, _) if byte.is_ascii_whitespace() => {}
                _ => self.expects = Expects::Comma,
            }
        }
        None
    }

    /// Reads the string that begins here. Returns `None` if it does not end.
    fn string(&mut self) -> Option<JsonString<'a>> {
        let rest = self.body.get(self.at..)?;
        let string = string_length(rest).and_then(|length| rest.get(..length));
        self.at += string.map_or(rest.len(), <[u8]>::len);
        string.map(JsonString)
    }
}

/// Returns the length of the string at the start of `text`, including quotes. Returns
/// `None` if the string does not end.
pub(crate) fn string_length(text: &[u8]) -> Option<usize> {
    measure_string(text).map(|(length, _)| length)
}

/// As [`string_length`], and whether the string has an escape.
pub(crate) fn measure_string(text: &[u8]) -> Option<(usize, bool)> {
    let (mut length, mut is_escaped) = (1, false);
    loop {
        length += memchr::memchr2(b'"', b'\\', text.get(length..)?)? + 1;
        match text.get(length - 1) {
            Some(b'\\') => (length, is_escaped) = (length + 1, true),
            _ => return Some((length, is_escaped)),
        }
    }
}

/// Decodes `text`, the content of a JSON string. Each character comes with the offset of
/// its end. An incomplete escape at the end is dropped.
pub(crate) fn unescape(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut at = 0;
    iter::from_fn(move || {
        let rest = &text[at..];
        let next = rest.chars().next()?;
        let (character, length) = match next {
            '\\' => escape(&rest.as_bytes()[1..])?,
            _ => (next, next.len_utf8()),
        };
        at += length;
        Some((at, character))
    })
}

/// Decodes the escape after a backslash. `rest` follows the backslash. Returns its
/// length, too.
fn escape(rest: &[u8]) -> Option<(char, usize)> {
    let character = match rest.first()? {
        byte @ (b'"' | b'\\' | b'/') => char::from(*byte),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode_escape(&rest[1..]),
        // The backslash begins no valid escape, and is kept.
        _ => return Some(('\\', 1)),
    };
    Some((character, 2))
}

/// Decodes the escape after `\u`.
fn unicode_escape(rest: &[u8]) -> Option<(char, usize)> {
    let unit = |digits: &[u8]| {
        let digits = std::str::from_utf8(digits).ok()?;
        let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hexadecimal.then(|| u16::from_str_radix(digits, 16).ok())?
    };
    let is_cut = |digits: &[u8]| digits.len() < 4 && digits.iter().all(u8::is_ascii_hexdigit);
    if is_cut(rest) {
        return None;
    }
    let Some(first) = rest.get(..4).and_then(unit) else {
        return Some(('\\', 1));
    };
    let replaced = Some((char::REPLACEMENT_CHARACTER, 6));
    match first {
        0xD800..=0xDBFF => {}
        0xDC00..=0xDFFF => return replaced,
        _ => return Some((char::from_u32(first.into())?, 6)),
    }
    let rest = &rest[4..];
    let second = match rest {
        [] | [b'\\'] => return None,
        [b'\\', b'u', rest @ ..] if is_cut(rest) => return None,
        [b'\\', b'u', rest @ ..] => rest.get(..4).and_then(unit),
        _ => None,
    };
    match second.map(|second| char::decode_utf16([first, second]).next()) {
        Some(Some(Ok(character))) => Some((character, 12)),
        _ => replaced,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    #[track_caller]
    fn check(body: impl AsRef<[u8]>, expected: &[(&str, &str)]) {
        let body = body.as_ref();
        let found = properties(body).map(|(name, value)| {
            let [name, value] = [name, value].map(|text| text.to_lossy(1000).to_string());
            (name, value)
        });
        let found: Vec<_> = found.collect();
        let found: Vec<_> = found
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        assert_eq!(found, expected, "{}", String::from_utf8_lossy(body));
    }

    #[test]
    fn only_top_level_strings_are_found() {
        for body in [
            "",
            "{",
            "{}",
            "null",
            r#"["a", "b"]"#,
            r#"[{"a": "b"}]"#,
            "<p a=\"b\">",
        ] {
            check(body, &[]);
        }
        check(
            r#" {"a": "b", "c": {"a": "no"}, "d": ["x", {"a": "no"}, "y"], "e": null, "f": "g"}"#,
            &[("a", "b"), ("f", "g")],
        );
        check(
            r#"{"a": "b", "a": 1, "a": "c"} {"a": "no"}"#,
            &[("a", "b"), ("a", "c")],
        );
    }

    #[test]
    fn escapes_are_read() {
        check(
            r#"{"\u0061\/": "\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}"#,
            &[("a/", "\"\\/\u{8}\u{c}\n\r\té😀")],
        );
        for (written, text) in [
            (r"\x", r"\x"),
            (r"\u12", r""),
            (r"\u12zz", r"\u12zz"),
            (r"\ud800", r""),
            (r"\ud800a", "\u{fffd}a"),
            (r"\ud800\ud800\udc00", "\u{fffd}\u{10000}"),
            (r"\udc00", "\u{fffd}"),
        ] {
            let found: String = unescape(written).map(|(_, c)| c).collect();
            assert_eq!(found, text, "{written}");
        }
    }

    #[test]
    fn damage_elsewhere_loses_nothing() {
        let nested = "[".repeat(1000) + &"]".repeat(1000);
        for before in [
            "1e999",
            "0x",
            "tru",
            "\"\\x\"",
            "\"a\nb\"",
            "\"\\ud800\"",
            "nested",
            &nested,
            "\"a\" \"b\"",
            "{\"a\" 1}",
            "",
        ] {
            let body = format!(r#"{{"x": {before}, "name": "n", "y": {before}"#);
            let found: Vec<_> = strings(body.as_bytes(), "name").collect();
            assert_eq!(found, [JsonString(b"\"n\"")], "{body}");
        }
        check(b"\xef\xbb\xbf{\"a\": \"b\"}", &[("a", "b")]);
        check(
            b"{\"x\": \"\xe9\", \"a\": \"caf\xe9!\"}",
            &[("x", "\u{fffd}"), ("a", "caf\u{fffd}!")],
        );
        check(
            r#"{"a": "b", "c": "cut of"#,
            &[("a", "b"), ("c", "cut of")][..1],
        );
        check(r#"{"a": "b\"#, &[]);
        // JSON is UTF-8. Another encoding yields no strings.
        let utf_16 = "\u{feff}{\"a\": \"b\"}".encode_utf16();
        check(utf_16.flat_map(u16::to_le_bytes).collect::<Vec<_>>(), &[]);
    }

    #[test]
    fn a_long_text_is_cut_beyond_the_limit() {
        for unit in ["a", r"\u0061", "é", r"\ud83d\ude00", "\\\\"] {
            let written = format!("\"{}\"", unit.repeat(100_000));
            let text = JsonString(written.as_bytes()).to_lossy(100);
            assert!((101..1000).contains(&text.len()), "{unit}: {}", text.len());
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        scalar.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                object(inner).prop_map(Value::from),
            ]
        })
    }

    fn object(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
        proptest::collection::vec((any::<String>(), value), 0..4)
            .prop_map(|properties| properties.into_iter().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// The scan agrees with a decoder, and no cut or damage makes it panic.
        #[test]
        fn a_scan_agrees_with_a_decoder(
            object in object(value()),
            pretty: bool,
            (cut, byte) in any::<(proptest::sample::Index, u8)>(),
        ) {
            let body = match pretty {
                true => serde_json::to_vec_pretty(&object),
                false => serde_json::to_vec(&object),
            };
            let mut body = body.unwrap();
            let decoded = object.iter().filter_map(|(name, value)| {
                Some((name.clone(), value.as_str()?.to_owned()))
            });
            let decoded: Vec<_> = decoded.collect();
            let scan = |body: &[u8]| -> Vec<_> {
                properties(body)
                    .map(|pair| <[_; 2]>::from(pair).map(|text| text.to_lossy(usize::MAX / 8).to_string()))
                    .map(|[name, value]| (name, value))
                    .collect()
            };
            prop_assert_eq!(&scan(&body), &decoded);
            let cut = cut.index(body.len());
            let found = scan(&body[..cut]);
            prop_assert_eq!(&found[..], &decoded[..found.len()]);
            body[cut] = byte;
            scan(&body);
        }
    }
}
