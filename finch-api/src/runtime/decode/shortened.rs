//! A JSON text without the most of its long strings.
//!
//! serde_json copies a string that has another type than expected into its error, and a
//! string with escapes into a buffer. Both take memory that grows with the string.

use std::hash::{DefaultHasher, Hasher as _};
use std::io;
use std::ops::Range;

use crate::runtime::json_text::unescape;
use crate::runtime::place;

/// A text in which long strings are cut. Two of them are equal if they were so before.
pub(super) struct Shortened<'a> {
    text: &'a [u8],
    cuts: Vec<Cut>,
}

impl<'a> Shortened<'a> {
    /// Cuts `strings` to about `limit` bytes.
    pub(super) fn new(text: &'a [u8], strings: Vec<Range<usize>>, limit: usize) -> Self {
        let cuts = strings.into_iter().map(|range| cut(text, range, limit));
        Self {
            text,
            cuts: cuts.collect(),
        }
    }

    pub(super) fn reader(&self) -> impl io::Read {
        Reader {
            of: self,
            next: 0,
            replacement: &[],
            at: 0,
        }
    }

    /// How much of the text was read when decoding what the reader returns failed with
    /// `error`, whose text is `message`.
    pub(super) fn offset(&self, error: &serde_json::Error, message: &str) -> usize {
        // No string has a line break.
        let mut at = place::offset(self.text, error.line(), 0);
        let mut column = error.column();
        for Cut { range, replacement } in &self.cuts {
            match range.start.checked_sub(at) {
                Some(before) if column > before => {
                    column = (column - before).saturating_sub(replacement.len());
                    at = range.end;
                }
                _ => {}
            }
        }
        at = at.saturating_add(column).min(self.text.len());
        at - usize::from(has_next(message, &self.text[..at]))
    }
}

/// Whether the last byte of `read` is only the next one. A decoder that reads from a reader
/// counts it if it has looked at it.
fn has_next(message: &str, read: &[u8]) -> bool {
    match message.split_once(": ") {
        Some(("invalid type" | "invalid value", what)) => {
            let kinds = ["integer", "floating point", "map", "sequence"];
            kinds.iter().any(|kind| what.starts_with(kind))
        }
        // On the way to the next property or item.
        _ => !read.ends_with(b"}") && !read.ends_with(b"]"),
    }
}

/// A part of a string, and what replaces it.
struct Cut {
    range: Range<usize>,
    replacement: Vec<u8>,
}

/// Cuts the string at `range` of `text`, so that it remains a string.
fn cut(text: &[u8], range: Range<usize>, limit: usize) -> Cut {
    let string = &text[range.clone()];
    let beginning = string[..limit.min(string.len())].utf8_chunks().next();
    let beginning = beginning.map_or("", |chunk| chunk.valid());
    let kept = unescape(beginning).last().map_or(0, |(end, _)| end);
    let rest = &string[kept..];
    let replacement = match std::str::from_utf8(rest) {
        Ok(_) => {
            let mut hasher = DefaultHasher::new();
            hasher.write(rest);
            format!("{:016x}", hasher.finish()).into_bytes()
        }
        // It was no Unicode, and is none.
        Err(_) => vec![0xff],
    };
    Cut {
        range: range.start + kept..range.end,
        replacement,
    }
}

struct Reader<'a> {
    of: &'a Shortened<'a>,
    /// The index of the next cut.
    next: usize,
    /// What remains of the last replacement.
    replacement: &'a [u8],
    /// Where in the text the next byte is.
    at: usize,
}

impl io::Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Shortened { text, cuts } = self.of;
        let cut = cuts.get(self.next);
        let end = cut.map_or(text.len(), |cut| cut.range.start);
        if self.replacement.is_empty() && self.at < end {
            let length = (&text[self.at..end]).read(buffer)?;
            self.at += length;
            return Ok(length);
        }
        if let Some(cut) = cut.filter(|_| self.replacement.is_empty()) {
            self.replacement = &cut.replacement;
            self.at = cut.range.end;
            self.next += 1;
        }
        self.replacement.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::io::Read as _;

    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::runtime::decode::survey::Survey;

    const LIMIT: usize = 8;

    fn shortened(text: &[u8]) -> Vec<u8> {
        let strings = Survey::of(text, LIMIT).long_strings;
        let mut short = Vec::new();
        let shortened = Shortened::new(text, strings, LIMIT);
        shortened.reader().read_to_end(&mut short).unwrap();
        short
    }

    /// Compares `value` with `short`, and notes what became of each string.
    fn compare<'a>(value: &'a Value, short: &'a Value, strings: &mut HashMap<&'a str, &'a str>) {
        match (value, short) {
            (Value::String(text), Value::String(short)) => {
                let known = strings.insert(text, short);
                assert!(known.is_none_or(|known| known == short), "{text}");
            }
            (Value::Array(items), Value::Array(short)) => {
                assert_eq!(items.len(), short.len());
                for (item, short) in items.iter().zip(short) {
                    compare(item, short, strings);
                }
            }
            (Value::Object(properties), Value::Object(short)) => {
                assert_eq!(properties.len(), short.len());
                for ((name, value), (short_name, short)) in properties.iter().zip(short) {
                    strings.insert(name, short_name);
                    compare(value, short, strings);
                }
            }
            _ => assert_eq!(value, short),
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![".{0,30}", "[ab]{7,10}", "[😀é\"\\\\\n]{0,9}"];
        let scalar = prop_oneof![Just(Value::Null), text.clone().prop_map(Value::from)];
        scalar.prop_recursive(3, 20, 4, move |inner| {
            let properties = proptest::collection::hash_map(text.clone(), inner.clone(), 0..4);
            prop_oneof![
                proptest::collection::vec(inner, 0..4).prop_map(Value::from),
                properties.prop_map(|properties| properties.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn only_long_strings_change_and_stay_equal_or_different(value in value(), ascii: bool) {
            let mut text = value.to_string();
            if ascii {
                let escaped = |c: char| match c.is_ascii() {
                    true => c.to_string(),
                    false => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
                };
                text = text.chars().map(escaped).collect();
            }
            let short: Value = serde_json::from_slice(&shortened(text.as_bytes())).unwrap();
            let mut strings = HashMap::new();
            compare(&value, &short, &mut strings);
            let mut shorts = HashMap::new();
            for (text, short) in strings {
                prop_assert!(shorts.insert(short, text).is_none(), "{text}");
                prop_assert!(short.len() <= LIMIT + 16, "{short}");
                let written = serde_json::to_string(text).unwrap().len() - 2;
                prop_assert!(written > LIMIT || ascii || short == text, "{text}");
            }
        }
    }

    #[test]
    fn a_string_that_is_no_unicode_still_is_none() {
        for text in [
            &b"\"123456789\xff\""[..],
            b"\"\xff123456789\"",
            b"\"12345\xe2\x82\x82\x82\x82\"",
        ] {
            let short = shortened(text);
            assert!(
                serde_json::from_slice::<String>(&short).is_err(),
                "{short:?}"
            );
        }
    }
}
