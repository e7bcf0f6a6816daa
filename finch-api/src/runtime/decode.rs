//! JSON to a value, with errors that say where and never what.
//!
//! What serde_json says of a value of the wrong type includes the value, which
//! may be an access token.

use std::fmt::{self, Write as _};
use std::{io, vec};

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::place::{self, Place};

/// The byte order mark, with which some servers begin a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Decodes `body`, without a byte order mark.
///
/// # Errors
///
/// What is wrong with `body`, and where.
pub(crate) fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    if is_deeper(body, MAX_DEPTH) {
        return Err(format!("nested in more than {MAX_DEPTH} levels"));
    }
    serde_json::from_slice(body).or_else(|error| {
        // A number without a fraction is an integer, however it is written (JSON Schema
        // Validation 6.1.1); but not to serde.
        if WholeNumbers::are_in(body)
            && let Ok(value) = serde_json::from_reader(WholeNumbers::in_json(body))
        {
            return Ok(value);
        }
        if body.trim_ascii() == b"null"
            && let Ok(empty) = serde_json::from_slice(b"[]")
        {
            // Some servers write an empty array as null.
            return Ok(empty);
        }
        Err(describe(body, &error))
    })
}

/// The most characters of a number that is looked at.
const LONGEST: usize = 400;

/// How deep a body may be nested. serde_json needs memory for each level of a value that
/// it skips, and an error must not take more than a megabyte.
const MAX_DEPTH: usize = 250_000;

/// Whether `body` is nested deeper than `limit`.
fn is_deeper(body: &[u8], limit: usize) -> bool {
    let opens = |byte: &&u8| matches!(byte, b'[' | b'{');
    // Counting is many times faster than reading, and nearly always enough.
    if body.len() <= limit || body.iter().filter(opens).count() <= limit {
        return false;
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    body.iter().any(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > limit
    })
}

/// Reads a JSON text as if each integer in it were written in digits alone: `2.0` as `2`,
/// `1e2` as `100` and `-0` as `0`.
struct WholeNumbers<'a> {
    rest: &'a [u8],
    /// The rest of an integer that was written in another way.
    digits: vec::IntoIter<u8>,
    /// How many bytes are left of a number that stays as it is.
    verbatim: usize,
    in_string: bool,
    escaped: bool,
    /// Whether an integer was written in another way.
    has_found: bool,
}

impl<'a> WholeNumbers<'a> {
    fn in_json(text: &'a [u8]) -> Self {
        Self {
            rest: text,
            digits: Vec::new().into_iter(),
            verbatim: 0,
            in_string: false,
            escaped: false,
            has_found: false,
        }
    }

    /// Whether `text` has an integer that is written in another way.
    fn are_in(text: &[u8]) -> bool {
        let mut numbers = WholeNumbers::in_json(text);
        while !numbers.has_found && numbers.next().is_some() {}
        numbers.has_found
    }
}

/// Whether `number` is not in digits alone, and no longer than an integer can be.
fn may_be_whole(number: &str) -> bool {
    number.len() <= LONGEST && (number == "-0" || number.contains(['.', 'e', 'E']))
}

/// The integer that `number`, a number in JSON, is in digits alone, if it is written in
/// another way. An integer that neither an `i64` nor a `u64` can be is left as it is.
fn whole(number: &str) -> Option<String> {
    let (sign, unsigned) = match number.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", number),
    };
    let (digits, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (integer, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let digits = format!("{integer}{fraction}");
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return (number != "0").then(|| "0".to_owned());
    }
    // How many zeros follow the significant digits.
    let fraction = i32::try_from(fraction.len()).ok()?;
    let dropped = i32::try_from(digits.len() - significant.len()).ok()?;
    let zeros = exponent.checked_sub(fraction)?.checked_add(dropped)?;
    let zeros = usize::try_from(zeros).ok().filter(|zeros| *zeros < 20)?;
    let integer = format!("{sign}{significant}{}", "0".repeat(zeros));
    let is_held = integer.parse::<u64>().is_ok() || integer.parse::<i64>().is_ok();
    (is_held && integer != number).then_some(integer)
}

impl Iterator for WholeNumbers<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        if let Some(digit) = self.digits.next() {
            return Some(digit);
        }
        let (byte, after) = self.rest.split_first()?;
        match byte {
            _ if self.verbatim > 0 => self.verbatim -= 1,
            _ if self.escaped => self.escaped = false,
            b'\\' if self.in_string => self.escaped = true,
            b'"' => self.in_string = !self.in_string,
            b'-' | b'0'..=b'9' if !self.in_string => {
                let is_part = |byte: &&u8| {
                    byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')
                };
                let length = self.rest.iter().take_while(is_part).count();
                let (number, after) = self.rest.split_at(length);
                let text = str::from_utf8(number).ok();
                if let Some(integer) = text.filter(|text| may_be_whole(text)).and_then(whole) {
                    self.has_found = true;
                    self.rest = after;
                    self.digits = integer.into_bytes().into_iter();
                    return self.digits.next();
                }
                self.verbatim = length - 1;
            }
            _ => {}
        }
        self.rest = after;
        Some(*byte)
    }
}

impl io::Read for WholeNumbers<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = buffer.iter_mut().zip(self);
        Ok(bytes.map(|(place, byte)| *place = byte).count())
    }
}

/// Returns the beginning and the end of what `error` says: in the middle may be a value,
/// which may be long.
#[cold]
fn message(error: &serde_json::Error) -> String {
    const LIMIT: usize = 500;

    #[derive(Default)]
    struct Ends {
        beginning: Vec<u8>,
        end: Vec<u8>,
    }

    impl fmt::Write for Ends {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let room = LIMIT - self.beginning.len();
            let (beginning, end) = text.as_bytes().split_at(room.min(text.len()));
            self.beginning.extend_from_slice(beginning);
            let end = &end[end.len().saturating_sub(LIMIT)..];
            self.end.extend_from_slice(end);
            let surplus = self.end.len().saturating_sub(LIMIT);
            self.end.drain(..surplus);
            Ok(())
        }
    }

    let mut ends = Ends::default();
    write!(ends, "{error}").expect("memory takes all that is written");
    String::from_utf8_lossy(&[ends.beginning, ends.end].concat()).into_owned()
}

/// What `error` says is wrong with `body`, and where.
#[cold]
fn describe(body: &[u8], error: &serde_json::Error) -> String {
    let read = place::offset(body, error.line(), error.column());
    let read = body.get(..read).unwrap_or(body);
    let (what, place) = match error.classify() {
        Category::Eof => (
            "the body ends too early".to_owned(),
            Place::at_end_of(read).path(),
        ),
        Category::Syntax | Category::Io => {
            let (line, column) = (error.line(), error.column());
            // The last byte is the one that should be another.
            let read = read.split_last().map_or(read, |(_, read)| read);
            (
                format!("not JSON at line {line}, column {column}"),
                Place::at_end_of(read).path(),
            )
        }
        Category::Data => {
            let message = message(error);
            let container = ["invalid type: map,", "invalid type: sequence,"]
                .iter()
                .any(|what| message.starts_with(what));
            let place = Place::at_end_of(read).of_value(container);
            (describe_data(&message), place.path())
        }
    };
    match place.as_str() {
        "" => what,
        place => format!("{what} at `{place}`"),
    }
}

/// `message`, one of serde's, without the value that it names.
fn describe_data(message: &str) -> String {
    let quoted = |message: &str| Some(message.split('`').nth(1)?.to_owned());
    if let Some(rest) = message.strip_prefix("missing field ")
        && let Some(name) = quoted(rest)
    {
        return format!("missing field `{name}`");
    }
    if let Some(rest) = message.strip_prefix("duplicate field ")
        && let Some(name) = quoted(rest)
    {
        return duplicate(&format!("property `{name}`"));
    }
    if let Some(rest) = message.strip_prefix("duplicate key ") {
        // The key of a map may be data.
        let name = quoted(rest).filter(|name| place::is_word(name.as_bytes()));
        let name = name.map(|name| format!("property `{name}`"));
        return duplicate(name.as_deref().unwrap_or("a property"));
    }
    // "invalid type: VALUE, expected EXPECTED at line L column C", of which
    // VALUE may be anything, but EXPECTED is the program's.
    let expected = message.rsplit_once(", expected ").map(|(_, rest)| {
        rest.rsplit_once(" at line ")
            .map_or(rest, |(expected, _)| expected)
    });
    match expected {
        Some(expected) => format!("expected {expected}, found something else"),
        None => "a value that cannot be read".to_owned(),
    }
}

fn duplicate(property: &str) -> String {
    format!("two different values of {property}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Token {
        token: String,
        ids: Vec<uuid::Uuid>,
    }

    /// A list of things that are told apart by their shape.
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Listed {
        things: Vec<Thing>,
        total: Option<u8>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(untagged)]
    enum Thing {
        Text(String),
        Token(Token),
    }

    fn check(body: &str) -> Result<Token, String> {
        from_json(body.as_bytes())
    }

    #[test]
    fn errors_say_where_and_not_what() {
        for (body, message) in [
            (r#"{"token": "s3cret"}"#, "missing field `ids`"),
            (
                r#"{"token": 31337, "ids": []}"#,
                "expected a string, found something else at `token`",
            ),
            (
                r#"{"token": "a", "ids": "s3cret, expected s3cret"}"#,
                "expected a sequence, found something else at `ids`",
            ),
            (
                r#"{"token": "a", "ids": ["s3cret"]}"#,
                "a value that cannot be read at `ids[0]`",
            ),
            (r#"{"token": "s3cre"#, "the body ends too early at `token`"),
            ("<html>s3cret</html>", "not JSON at line 1, column 1"),
            (
                r#"{"token": "a", "ids": []} s3cret"#,
                "not JSON at line 1, column 27",
            ),
            ("", "the body ends too early"),
            (
                "{\"token\": \"a\",\n \"ids\": [\n{\"s3cret\": 1}]}",
                "expected a formatted UUID string, found something else at `ids[0]`",
            ),
            (
                r#"{"token": {}, "ids": []}"#,
                "expected a string, found something else at `token`",
            ),
            (
                r#"{"token": "a", "token": "s3cret"}"#,
                "two different values of property `token`",
            ),
        ] {
            assert_eq!(check(body), Err(message.to_owned()), "{body}");
        }
    }

    #[test]
    fn what_is_tried_in_several_shapes_is_found_as_far_as_it_can_be() {
        let check = |body: &str| from_json::<Listed>(body.as_bytes());
        let message = "a value that cannot be read";
        for (body, place) in [
            (r#"{"things": ["a", 5, "b"]}"#, " at `things[1]`"),
            (r#"{"things": ["a", {}, {}]}"#, " at `things[1]`"),
            (r#"{"things": ["a", 5]}"#, " at `things`"),
        ] {
            assert_eq!(check(body), Err(format!("{message}{place}")), "{body}");
        }
        assert_eq!(
            from_json::<Thing>(b"5"),
            Err("a value that cannot be read".to_owned())
        );
        assert_eq!(
            from_json::<Vec<Listed>>(br#"[{"things": []}, {"total": 1}]"#),
            Err("missing field `things` at `[1]`".to_owned())
        );
        assert_eq!(
            from_json::<Vec<Vec<u8>>>(br#"[[1], {}]"#),
            Err("expected a sequence, found something else".to_owned())
        );
    }

    /// Wherever it ends, and whichever byte is another, it is said without
    /// the value.
    #[test]
    fn no_damage_is_too_strange() {
        let body = br#"{"token": "s3cret", "ids": ["67e55044-10b1-426f-9247-bb680e5fe0c8"]}"#;
        assert!(from_json::<Token>(body).is_ok());
        for end in 0..body.len() {
            let message = from_json::<Token>(&body[..end]).unwrap_err();
            assert!(message.starts_with("the body ends too early"), "{message}");
            for byte in 0..=u8::MAX {
                let mut damaged = body.to_vec();
                damaged[end] = byte;
                if let Err(message) = from_json::<Token>(&damaged) {
                    assert!(!message.contains("s3cret"), "{message}");
                }
            }
        }
    }

    #[test]
    fn a_value_of_any_length_is_left_out() {
        for value in ["s3cret", "é", "\\n", "😀", ", expected s3cret"] {
            for times in [1, 90, 100_000] {
                let value = value.repeat(times);
                let body = format!(r#"{{"token": "a", "ids": "{value}"}}"#);
                let expected = "expected a sequence, found something else at `ids`";
                assert_eq!(check(&body), Err(expected.to_owned()));
            }
        }
    }

    #[test]
    fn what_is_skipped_may_be_deep_but_not_without_end() {
        let body = |depth| {
            let (open, close) = ("[".repeat(depth), "]".repeat(depth));
            let text = "[".repeat(MAX_DEPTH);
            format!(r#"{{"x": "\"{text}", "y": {open}{close}, "token": "a", "ids": []}}"#)
        };
        assert!(check(&body(MAX_DEPTH - 1)).is_ok());
        let error = check(&body(MAX_DEPTH)).unwrap_err();
        assert_eq!(error, "nested in more than 250000 levels");
    }

    #[test]
    fn an_integer_may_be_written_in_any_way() {
        let check = |body: &str| from_json::<(i64, u8, f64, String)>(body.as_bytes());
        let expected = (2, 30, 4.5, "\"5.0\\".to_owned());
        assert_eq!(
            check(r#"[2.0, 30.00, 4.5, "\"5.0\\"]"#),
            Ok(expected.clone())
        );
        assert_eq!(check(r#"[20e-1, 3E+1, 0.45e1, "\"5.0\\"]"#), Ok(expected));
        for body in [
            r#"[2.5, 3, 4, "5"]"#,
            r#"[2.05, 3, 4, "5"]"#,
            r#"[2e-1, 3, 4, "5"]"#,
            r#"[1e300, 3, 4, "5"]"#,
            r#"[1e-999999999999, 3, 4, "5"]"#,
        ] {
            let expected = "expected i64, found something else at `[0]`";
            assert_eq!(check(body), Err(expected.to_owned()), "{body}");
        }
        let wide = from_json::<Vec<i128>>(b"[1e2, -0, 2.0, 18446744073709551615]");
        assert_eq!(wide, Ok(vec![100, 0, 2, u64::MAX.into()]));
        let error = check(r#"[9223372036854775808, 3, 4, "5"]"#).unwrap_err();
        assert_eq!(error, "expected i64, found something else at `[0]`");
    }

    #[test]
    fn integers_are_those_of_64_bits() {
        for (number, expected) in [
            ("2.0", Some("2")),
            ("-2.00", Some("-2")),
            ("-0", Some("0")),
            ("-0.0", Some("0")),
            ("0e5", Some("0")),
            ("1e2", Some("100")),
            ("1.5E+1", Some("15")),
            ("1500e-2", Some("15")),
            ("0.001e3", Some("1")),
            ("9007199254740993.0", Some("9007199254740993")),
            ("18446744073709551615.0", Some("18446744073709551615")),
            ("1.8446744073709551615e19", Some("18446744073709551615")),
            ("-9.223372036854775808e18", Some("-9223372036854775808")),
            // They are written in digits already.
            ("0", None),
            ("20", None),
            ("-20", None),
            // Not integers, or too large.
            ("1.5", None),
            ("1e-1", None),
            ("1.8446744073709551616e19", None),
            ("-9.223372036854775809e18", None),
            ("1e999999999", None),
            ("1e99999999999", None),
        ] {
            assert_eq!(whole(number).as_deref(), expected, "{number}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_skipped_once() {
        let body = |marks: &str| format!("{marks}{{\"token\": \"a\", \"ids\": []}}");
        assert!(check(&body("\u{feff}")).is_ok());
        let error = "not JSON at line 1, column 1";
        assert_eq!(check(&body("\u{feff}\u{feff}")), Err(error.to_owned()));
        // The position is that in the text.
        let error = check("\u{feff}{\"token\": x").unwrap_err();
        assert_eq!(error, "not JSON at line 1, column 11 at `token`");
    }

    #[test]
    fn null_is_an_empty_array() {
        assert_eq!(from_json::<Vec<u8>>(b" null\n"), Ok(Vec::new()));
        assert_eq!(from_json::<Option<Vec<u8>>>(b"null"), Ok(None));
        let error = from_json::<Token>(b"null").unwrap_err();
        assert!(error.starts_with("expected struct Token"), "{error}");
    }

    /// A duplicate key is named, unless it may be data.
    #[test]
    fn a_duplicate_is_named_if_its_name_is_a_word() {
        for (message, expected) in [
            ("duplicate field `a b` at line 1 column 2", "property `a b`"),
            ("duplicate key `a_b` at line 1 column 2", "property `a_b`"),
            (
                "duplicate key `123-45-6789` at line 1 column 2",
                "a property",
            ),
            ("duplicate key `` at line 1 column 2", "a property"),
        ] {
            let expected = format!("two different values of {expected}");
            assert_eq!(describe_data(message), expected, "{message}");
        }
    }

    #[test]
    fn a_member_that_is_not_known_is_skipped() {
        let token = check(r#"{"token": "a", "ids": [], "new": {}}"#).unwrap();
        assert_eq!(token.token, "a");
    }
}
