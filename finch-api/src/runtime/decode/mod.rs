//! Decodes JSON into a type, leniently (see `lenient`), and skips a byte order mark.
//!
//! A property may be repeated with the same value: see `repeats`.
//!
//! An error names the problem and its path, and never shows the value: an error of serde_json
//! quotes a value of the wrong type, which may be an access token. Refuses a body that is
//! nested deeper than 250,000 levels. A large body is checked for its syntax first, and a long
//! string is cut before an error can copy it.

mod any;
mod edited;
pub(crate) mod leniency;
mod lenient;
mod map;
mod repeats;
mod survey;

use std::fmt::{self, Write as _};

use serde::de::{Deserialize as _, DeserializeOwned, DeserializeSeed as _, IgnoredAny};
use serde_json::Deserializer;
use serde_json::error::Category;

pub(crate) use any::read_any;
use edited::Edited;
pub(crate) use lenient::{LenientSeed, lenient};
pub(crate) use map::Map;
use repeats::without_equal_repeats;
use survey::Survey;

use super::json_path::{self, JsonPath};

/// The maximum nesting depth of a body. serde_json needs memory for each level of a
/// skipped value, and an error must not use more than a megabyte.
const MAX_DEPTH: usize = 250_000;

/// The size up to which the error of any body needs little memory.
const SMALL: usize = 40_000;

/// Decodes `body`, and skips a byte order mark.
///
/// # Errors
///
/// Describes the problem with `body` and its path.
pub(crate) fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let mut value = None;
    decode_checked(body, &mut |text| {
        value = Some(decode(text)?);
        Ok(())
    })?;
    Ok(value.expect("`decode_checked` decodes at least once"))
}

/// Decodes JSON, and keeps the value.
type Decode<'a> = &'a mut dyn FnMut(&[u8]) -> serde_json::Result<()>;

/// Calls `decode` at least once with `body`, or with an equivalent text that it decodes precisely.
/// The last call counts.
// Not generic, so that it is compiled once for all types.
fn decode_checked(body: &[u8], decode: Decode<'_>) -> Result<(), String> {
    let body = without_byte_order_mark(body);
    let limit = longest_string(body);
    let survey = Survey::new(body, limit);
    if survey.depth > MAX_DEPTH {
        return Err(format!("nested deeper than {MAX_DEPTH} levels"));
    }
    leniency::checked(!survey.may_repeat, || {
        if body.len() > SMALL || survey.may_repeat {
            // Check the syntax first. Decoding invalid JSON would waste time.
            decode_verbatim(body, &mut |text| {
                let mut deserializer = Deserializer::from_slice(text);
                IgnoredAny::deserialize(&mut deserializer)?;
                deserializer.end()
            })?;
        }
        let once = survey.may_repeat.then(|| without_equal_repeats(body));
        let once = once.flatten();
        let body = once.as_deref().unwrap_or(body);
        if survey.has_long_scalar {
            // Find an error before it can copy a long string or number.
            decode_edited(Edited::new(body, limit), body, decode)?;
        }
        match survey.has_large_integer {
            true => decode_edited(Edited::new(body, usize::MAX), body, decode),
            false => decode_verbatim(body, decode),
        }
    })
}

/// Returns `body` without the byte order mark that some servers send.
pub(crate) fn without_byte_order_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// Returns the longest string of `body` that an error may copy. It is a fraction of the
/// body, so that the time grows linearly.
fn longest_string(body: &[u8]) -> usize {
    match body.len() {
        ..=SMALL => SMALL,
        size => (size / 500).clamp(SMALL / 10, SMALL),
    }
}

fn decode_verbatim(body: &[u8], decode: Decode<'_>) -> Result<(), String> {
    decode(body).map_err(|error| {
        let read = json_path::offset(body, error.line(), error.column());
        describe(body, &error, read)
    })
}

fn decode_edited(edited: Edited<'_>, body: &[u8], decode: Decode<'_>) -> Result<(), String> {
    let text = edited.to_bytes();
    decode(&text).map_err(|error| {
        let read = json_path::offset(&text, error.line(), error.column());
        describe(body, &error, edited.original_offset(read))
    })
}

fn decode<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    let mut deserializer = Deserializer::from_slice(text);
    let value = LenientSeed::new().deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Returns the start and end of the text of `error`. The middle may be a long value.
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
    write!(ends, "{error}").expect("writing to memory never fails");
    String::from_utf8_lossy(&[ends.beginning, ends.end].concat()).into_owned()
}

/// Describes `error` and its path. The decoder had read `read` bytes of `body`.
#[cold]
fn describe(body: &[u8], error: &serde_json::Error, read: usize) -> String {
    let message = message(error);
    let read = body.get(..read).unwrap_or(body);
    let (what, place) = match error.classify() {
        Category::Eof => (
            "the body ends too early".to_owned(),
            JsonPath::at_end_of(read).path(),
        ),
        Category::Syntax | Category::Io if message.starts_with("recursion limit exceeded") => (
            "nested too deeply".to_owned(),
            JsonPath::at_end_of(read).path(),
        ),
        Category::Syntax | Category::Io => {
            let line = 1 + read.iter().filter(|byte| **byte == b'\n').count();
            let column = read
                .rsplit(|byte| *byte == b'\n')
                .next()
                .map_or(0, <[u8]>::len);
            // The last byte is the unexpected one.
            let read = read.split_last().map_or(read, |(_, read)| read);
            (
                format!("not JSON at line {line}, column {column}"),
                JsonPath::at_end_of(read).path(),
            )
        }
        Category::Data => {
            let container = ["invalid type: map,", "invalid type: sequence,"]
                .iter()
                .any(|what| message.starts_with(what));
            let place = JsonPath::at_end_of(read).of_value(container);
            (describe_data(&message), place.path())
        }
    };
    match place.as_str() {
        "" => what,
        place => format!("{what} at `{place}`"),
    }
}

/// How serde begins a message that ends with the expected type or name.
const SERDE: [&str; 5] = [
    "invalid type: ",
    "invalid value: ",
    "invalid length ",
    "unknown variant ",
    "unknown field ",
];

/// Returns `message`, which is from serde, without the value that it quotes.
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
        // A map key may be data.
        let name = quoted(rest).filter(|name| json_path::is_word(name.as_bytes()));
        let name = name.map(|name| format!("property `{name}`"));
        return duplicate(name.as_deref().unwrap_or("a property"));
    }
    // "invalid type: VALUE, expected EXPECTED at line L column C": VALUE may be anything.
    // EXPECTED is a constant of the program. A custom message has no such parts: it may quote the
    // value anywhere.
    let is_of_serde = SERDE.iter().any(|start| message.starts_with(start));
    let expected = message.rsplit_once(", expected ").filter(|_| is_of_serde);
    let expected = expected.map(|(_, rest)| {
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

    /// An untagged union.
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
    fn errors_name_the_path_but_not_the_value() {
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
    fn path_to_a_union_error_is_as_precise_as_possible() {
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

    /// A type whose message looks like one of serde, but quotes the value.
    #[derive(Debug)]
    struct Quoting;

    impl<'de> serde::Deserialize<'de> for Quoting {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            let message = format!("not a token, expected another than {text}");
            Err(serde::de::Error::custom(message))
        }
    }

    #[test]
    fn a_custom_message_is_not_shown() {
        for value in ["s3cret", "a, expected s3cret", "s3cret at line 1 column 2"] {
            let body = format!("[\"{value}\"]");
            let error = from_json::<Vec<Quoting>>(body.as_bytes()).unwrap_err();
            // serde_json takes a position from the end of the message.
            assert!(error.starts_with("a value that cannot be read"), "{error}");
            assert!(!error.contains("s3cret"), "{error}");
        }
    }

    /// Cuts the body anywhere and changes any byte: no error shows a value.
    #[test]
    fn damaged_body_never_shows_the_value() {
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
    fn values_of_any_length_are_omitted() {
        for value in ["s3cret", "é", "\\n", "😀", ", expected s3cret"] {
            for times in [1, 90, 100_000] {
                let value = value.repeat(times);
                let body = format!(r#"{{"token": "a", "ids": "{value}"}}"#);
                let expected = "expected a sequence, found something else at `ids`";
                assert_eq!(check(&body), Err(expected.to_owned()));
            }
        }
    }

    /// An error names the same path, whether or not a string is too long to copy.
    #[test]
    fn a_long_string_changes_no_message() {
        let lengths = [1, SMALL / 2, SMALL + 1, 3_000_000];
        for (text, message) in [
            (
                r#"{"things": "_"}"#,
                "expected a sequence, found something else at `things`",
            ),
            (
                r#"{"things": ["_", 5]}"#,
                "a value that cannot be read at `things`",
            ),
            (
                r#"{"things": ["_", 5, 6]}"#,
                "a value that cannot be read at `things[1]`",
            ),
            (
                r#"{"things": ["_"], "total": 256}"#,
                "expected u8, found something else at `total`",
            ),
            (
                r#"{"things": ["_"], "total": {"a": 1}}"#,
                "expected u8, found something else at `total`",
            ),
            (
                r#"{"things": ["_"], "total": [1]}"#,
                "expected u8, found something else at `total`",
            ),
            (
                r#"{"things": ["_"], "total": true}"#,
                "expected u8, found something else at `total`",
            ),
            (
                r#"{"things": ["_"], "total": "_"}"#,
                "expected u8, found something else at `total`",
            ),
            (
                r#"{"things": ["_"],~ "x": "_", "total": -1 }"#,
                "expected u8, found something else at `total`",
            ),
            (
                r#"{"things": ["_", {"token": "_", "ids": ["_"]}, "_"]}"#,
                "a value that cannot be read at `things[1]`",
            ),
            (r#"{"x": "_", "y": "_"}"#, "missing field `things`"),
            (
                r#"{"things": [], "total": 1, "x": ["_"], "total": 2}"#,
                "two different values of property `total`",
            ),
            (
                r#"{"things": ["_"],~ "x": "_", total: 1}"#,
                "not JSON at line 2, column _",
            ),
            (
                r#"{"things": ["_", "_"#,
                "the body ends too early at `things[1]`",
            ),
        ] {
            for length in lengths {
                let text = text.replace('~', "\n").replace('_', &"a".repeat(length));
                // The column is after the string.
                let message = message.replace('_', &(length + 11).to_string());
                let error = from_json::<Listed>(text.as_bytes()).unwrap_err();
                assert_eq!(error, message, "{length}");
            }
        }
    }

    #[test]
    fn a_large_integer_is_precise_however_it_is_written() {
        let number = 9_007_199_254_740_993_u64;
        let text = b"[9007199254740993.0, 9007199254740993, 900719925474099300e-2]";
        assert_eq!(from_json(text), Ok(vec![number; 3]));
        assert_eq!(from_json(text), Ok(vec![Some(i128::from(number)); 3]));
        assert_eq!(from_json(text), Ok(vec![serde_json::json!(number); 3]));
        assert_eq!(from_json(text), Ok(vec![number as f64; 3]));
        for (text, number) in [
            ("-9223372036854775808", i128::from(i64::MIN)),
            ("-9223372036854775808.0", i128::from(i64::MIN)),
            ("-9.223372036854775808e18", i128::from(i64::MIN)),
            ("18446744073709551615", i128::from(u64::MAX)),
            ("1.8446744073709551615e19", i128::from(u64::MAX)),
            ("1e19", 10_000_000_000_000_000_000),
            ("9.007199254740992e15", 9_007_199_254_740_992),
            ("9007199254740991.0", 9_007_199_254_740_991),
            ("-9007199254740991000e-3", -9_007_199_254_740_991),
            ("123456789012345.000", 123_456_789_012_345),
            ("2.00000000000000000000000", 2),
            ("-0.00000000000000000000000", 0),
        ] {
            assert_eq!(from_json(text.as_bytes()), Ok(number));
            let narrow = from_json::<i64>(text.as_bytes()).ok();
            assert_eq!(narrow, i64::try_from(number).ok());
            let unsigned = from_json::<u64>(text.as_bytes()).ok();
            assert_eq!(unsigned, u64::try_from(number).ok());
        }
        let text = r#"{"x": 9007199254740993.0, "things": [], "total": 256}"#;
        assert_eq!(
            from_json::<Listed>(text.as_bytes()),
            Err("expected u8, found something else at `total`".to_owned())
        );
        let text = r#"{"things": [{"token": 1e19, "ids": []}, "a"]}"#;
        assert_eq!(
            from_json::<Listed>(text.as_bytes()),
            Err("a value that cannot be read at `things[0]`".to_owned())
        );
    }

    #[test]
    fn a_long_string_is_read() {
        for unit in ["a", "é", "\\n", "😀", "\\ud83d\\ude00"] {
            let text = unit.repeat(100_000);
            let body = format!("{{\"things\": [\"{text}\"], \"{text}\": 2.0, \"total\": 3.0}}");
            let listed: Listed = from_json(body.as_bytes()).unwrap();
            let expected: String = serde_json::from_str(&format!("\"{text}\"")).unwrap();
            assert_eq!(listed.things, [Thing::Text(expected)]);
            assert_eq!(listed.total, Some(3));
        }
    }

    #[test]
    fn skipped_value_has_a_depth_limit() {
        let body = |depth| {
            let (open, close) = ("[".repeat(depth), "]".repeat(depth));
            let text = "[".repeat(MAX_DEPTH);
            format!(r#"{{"x": "\"{text}", "y": {open}{close}, "token": "a", "ids": []}}"#)
        };
        assert!(check(&body(MAX_DEPTH - 1)).is_ok());
        let error = check(&body(MAX_DEPTH)).unwrap_err();
        assert_eq!(error, "nested deeper than 250000 levels");
    }

    #[test]
    fn a_number_without_a_fraction_is_an_integer() {
        let check = |body: &str| from_json::<(i64, u8, f64, String)>(body.as_bytes());
        let expected = (2, 30, 4.5, "\"5.0\\".to_owned());
        assert_eq!(check(r#"[2.0, 30.00, 4.5, "\"5.0\\"]"#), Ok(expected));
        for body in [
            r#"[2.5, 3, 4, "5"]"#,
            r#"[2.05, 3, 4, "5"]"#,
            r#"[2e-1, 3, 4, "5"]"#,
        ] {
            let expected = "expected i64, found something else at `[0]`";
            assert_eq!(check(body), Err(expected.to_owned()), "{body}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_skipped_once() {
        let body = |marks: &str| format!("{marks}{{\"token\": \"a\", \"ids\": []}}");
        assert!(check(&body("\u{feff}")).is_ok());
        let error = "not JSON at line 1, column 1";
        assert_eq!(check(&body("\u{feff}\u{feff}")), Err(error.to_owned()));
        // The position excludes the byte order mark.
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

    /// The error names a duplicate key, unless the key may be data.
    #[test]
    fn duplicate_property_is_named_if_it_is_a_word() {
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
    fn unknown_property_is_skipped() {
        let token = check(r#"{"token": "a", "ids": [], "new": {}}"#).unwrap();
        assert_eq!(token.token, "a");
    }
}
