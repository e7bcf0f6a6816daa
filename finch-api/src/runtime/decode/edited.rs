//! Rewrites some numbers and strings of a JSON text before it is decoded.
//!
//! serde_json reads an integer with a fraction or an exponent as an `f64`, which is
//! imprecise from 2^53 on, or if the integer has many digits. Such an integer is rewritten in
//! digits.
//!
//! serde_json copies a string of an unexpected type into its error, and a string with
//! escapes into a buffer. With its feature `float_roundtrip`, it copies the digits of a
//! number. These copies grow with the text. So a long string can be cut, and a long
//! number rounded.

use std::hash::{DefaultHasher, Hasher as _};

use crate::runtime::json_text::{string_length, unescape};
use crate::runtime::zeroizing_bytes::ZeroizingBytes;

/// A JSON text with a limit for its strings and numbers. Two edited strings are equal if
/// the originals are equal.
#[derive(Clone, Copy)]
pub(super) struct Edited<'a> {
    text: &'a [u8],
    limit: usize,
}

impl<'a> Edited<'a> {
    /// Cuts strings to about `limit` bytes, and rounds longer numbers.
    pub(super) fn new(text: &'a [u8], limit: usize) -> Self {
        Self { text, limit }
    }

    /// Returns the edited text.
    pub(super) fn to_bytes(self) -> ZeroizingBytes {
        let length = self.pieces().map(|piece| piece.edited().len()).sum();
        let mut bytes = ZeroizingBytes::with_capacity(length);
        for piece in self.pieces() {
            bytes.extend(piece.edited());
        }
        bytes
    }

    fn pieces(self) -> Pieces<'a> {
        Pieces {
            edited: self,
            at: 0,
            edit: None,
        }
    }

    /// Returns the offset in the text that corresponds to `offset` in the edited text. An
    /// offset within an edit corresponds to the start of the edit.
    pub(super) fn original_offset(self, offset: usize) -> usize {
        let (mut left, mut original) = (offset, 0);
        for piece in self.pieces() {
            let length = piece.edited().len();
            if left < length {
                return match piece {
                    Piece::Verbatim(_) => original + left,
                    Piece::Edit(_) => original,
                };
            }
            left -= length;
            original += piece.original_length();
        }
        original
    }
}

struct Pieces<'a> {
    edited: Edited<'a>,
    at: usize,
    /// The next edit, and its position.
    edit: Option<Edit>,
}

enum Piece<'a> {
    Verbatim(&'a [u8]),
    Edit(Edit),
}

impl Piece<'_> {
    fn edited(&self) -> &[u8] {
        match self {
            Self::Verbatim(text) => text,
            Self::Edit(edit) => &edit.text,
        }
    }

    fn original_length(&self) -> usize {
        match self {
            Self::Verbatim(text) => text.len(),
            Self::Edit(edit) => edit.length,
        }
    }
}

/// Replaces `length` bytes of the text.
struct Edit {
    length: usize,
    text: Vec<u8>,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if let Some(edit) = self.edit.take() {
            self.at += edit.length;
            return Some(Piece::Edit(edit));
        }
        let Edited { text, limit } = self.edited;
        let rest = &text[self.at..];
        let mut length = 0;
        while let Some(byte) = rest.get(length) {
            let token = &rest[length..];
            match byte {
                b'"' => {
                    let Some(string) = string_length(token) else {
                        length = rest.len();
                        break;
                    };
                    if string - 2 > limit {
                        let (kept, edit) = cut(&token[..string], limit);
                        length += kept;
                        self.edit = Some(edit);
                        break;
                    }
                    length += string;
                }
                b'-' | b'0'..=b'9' => {
                    let number = number(token);
                    let long = (number.len() > limit).then(|| rounded(number)).flatten();
                    if let Some(digits) = long.or_else(|| large_integer(number)) {
                        self.edit = Some(Edit {
                            length: number.len(),
                            text: digits.into_bytes(),
                        });
                        break;
                    }
                    length += number.len();
                }
                _ => length += 1,
            }
        }
        self.at += length;
        (!rest.is_empty()).then(|| Piece::Verbatim(&rest[..length]))
    }
}

/// Returns how many bytes of `string` to keep, and an edit that replaces the rest. The
/// result is a valid string.
fn cut(string: &[u8], limit: usize) -> (usize, Edit) {
    let beginning = string[1..=limit].utf8_chunks().next();
    let beginning = beginning.map_or("", |chunk| chunk.valid());
    let kept = 1 + unescape(beginning).last().map_or(0, |(end, _)| end);
    let rest = &string[kept..];
    let text = match std::str::from_utf8(rest) {
        Ok(_) => {
            let mut hasher = DefaultHasher::new();
            hasher.write(rest);
            format!("{:016x}\"", hasher.finish()).into_bytes()
        }
        // Invalid Unicode must stay invalid.
        Err(_) => b"\xff\"".to_vec(),
    };
    let length = rest.len();
    (kept, Edit { length, text })
}

/// Returns the number at the start of `text`.
pub(super) fn number(text: &[u8]) -> &[u8] {
    let is_part = |byte: &&u8| byte.is_ascii_digit() || b"-+.eE".contains(byte);
    let length = text.iter().take_while(is_part).count();
    &text[..length]
}

/// Shortens `number` to few digits.
fn rounded(number: &[u8]) -> Option<String> {
    let value: f64 = std::str::from_utf8(number).ok()?.parse().ok()?;
    Some(match value.is_finite() {
        true => format!("{value:e}"),
        // A number that does not fit into an `f64` must stay too large.
        false => "1e999".to_owned(),
    })
}

/// The longest number in bytes that is examined.
const LONGEST: usize = 400;

/// Returns the digits of `number` if it is a 64-bit integer in another notation, and too
/// large or too long to be precise as an `f64`.
pub(super) fn large_integer(number: &[u8]) -> Option<String> {
    const PRECISE: f64 = 9_007_199_254_740_992.0;
    // serde_json rounds a number before it moves the decimal point.
    const DIGITS: usize = 15;

    let is_other = |byte: &u8| b".eE".contains(byte);
    if number.len() > LONGEST || !number.iter().any(is_other) {
        return None;
    }
    let number = std::str::from_utf8(number).ok()?;
    let value: f64 = number.parse().ok()?;
    (value.abs() >= PRECISE || number.len() > DIGITS)
        .then(|| digits(number))
        .flatten()
}

/// Returns the digits of `number` if it is a 64-bit integer.
fn digits(number: &str) -> Option<String> {
    let (sign, unsigned) = match number.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", number),
    };
    let (digits, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{integer}{fraction}");
    let significant = all.trim_end_matches('0');
    let dropped = i32::try_from(all.len() - significant.len()).ok()?;
    // The number of zeros after the significant digits.
    let fraction = i32::try_from(fraction.len()).ok()?;
    let zeros = exponent.checked_sub(fraction)?.checked_add(dropped)?;
    let zeros = usize::try_from(zeros).ok().filter(|zeros| *zeros < 20)?;
    let significant = significant.trim_start_matches('0');
    let integer = format!("{sign}{significant}{}", "0".repeat(zeros));
    let is_held = integer.parse::<u64>().is_ok() || integer.parse::<i64>().is_ok();
    is_held.then_some(integer)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    const LIMIT: usize = 8;

    fn shortened(text: &[u8]) -> ZeroizingBytes {
        Edited::new(text, LIMIT).to_bytes()
    }

    /// Compares `value` with `short`, and records how each string was shortened.
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
        fn only_long_strings_change_and_equality_is_kept(value in value(), ascii: bool) {
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
    fn invalid_unicode_stays_invalid() {
        for text in [
            &b"\"123456789\xff\""[..],
            b"\"\xff123456789\"",
            b"\"12345\xe2\x82\x82\x82\x82\"",
        ] {
            let short = shortened(text);
            assert!(
                serde_json::from_slice::<String>(&short).is_err(),
                "{:?}",
                &*short
            );
        }
    }

    #[test]
    fn a_large_integer_is_written_in_digits() {
        for (number, expected) in [
            ("9007199254740993.0", Some("9007199254740993")),
            ("-9007199254740993.000", Some("-9007199254740993")),
            ("18446744073709551615.0", Some("18446744073709551615")),
            ("1.8446744073709551615e19", Some("18446744073709551615")),
            ("0.0018446744073709551615E+22", Some("18446744073709551615")),
            ("-9.223372036854775808e18", Some("-9223372036854775808")),
            ("9223372036854775807000e-3", Some("9223372036854775807")),
            ("1e19", Some("10000000000000000000")),
            // They are precise as an `f64`.
            ("2.0", None),
            ("1e2", None),
            ("-0.0", None),
            ("123456789012.0", None),
            // serde_json would round them.
            ("9007199254740991.0", Some("9007199254740991")),
            ("-123456789012345.000", Some("-123456789012345")),
            ("2.000000000000000", Some("2")),
            // They are already in digits.
            ("18446744073709551615", None),
            ("-9223372036854775808", None),
            // They do not fit into 64 bits or have a fraction.
            ("9007199254740993.5", None),
            ("1.8446744073709551616e19", None),
            ("-9.223372036854775809e18", None),
            ("1e400", None),
            ("1e999999999999", None),
            ("1e-5", None),
        ] {
            assert_eq!(
                large_integer(number.as_bytes()).as_deref(),
                expected,
                "{number}"
            );
            let text = format!("{{\"{number}\": [{number},{number}], \"a\":{number}}}");
            let edited = Edited::new(text.as_bytes(), usize::MAX).to_bytes();
            let edited = std::str::from_utf8(&edited).unwrap();
            let number = expected.unwrap_or(number);
            let rest = format!(": [{number},{number}], \"a\":{number}}}");
            assert!(edited.ends_with(&rest), "{edited}");
        }
    }

    #[test]
    fn a_long_number_is_rounded() {
        for (number, expected) in [
            ("12.5", "12.5"),
            ("-12.5000000", "-1.25e1"),
            ("500000000", "5e8"),
            ("1000000000e-8", "1e1"),
            ("0.00000000", "0e0"),
            ("1234567e400", "1e999"),
            ("-12345678-9", "-12345678-9"),
        ] {
            let text = format!("{{\"a\":[{number}]}}");
            let expected = format!("{{\"a\":[{expected}]}}");
            assert_eq!(*shortened(text.as_bytes()), *expected.as_bytes());
        }
    }

    #[test]
    fn arbitrary_text_does_not_panic() {
        for text in [
            "",
            "\"",
            "-",
            "1e",
            "[1-2.",
            "\"a\\",
            "{\"123456789",
            "1e5\"",
            "--..",
        ] {
            assert_eq!(*shortened(text.as_bytes()), *text.as_bytes());
        }
    }
}
