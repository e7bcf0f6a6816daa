//! Finds the path to an error in a JSON text, such as `individuals[2].id`.
//!
//! A deserializer that tracks its path would compile every type a second time. serde_json
//! reports how much text it had read when it failed. A scan of that part finds the path for any
//! type. A name that may be data, such as a map key with digits, is not shown. A path is cut
//! after 32 levels or about 200 bytes.

use std::fmt::{self, Display, Formatter, Write as _};
use std::ops::Range;

use super::json_text::string_length;

/// A position in a JSON text: the path to it, and the token it is in.
#[derive(Debug)]
pub(crate) struct JsonPath<'a> {
    text: &'a [u8],
    /// The current property or index of each open array and object.
    steps: Vec<Step>,
    /// The number of open containers below `steps`. Storing their steps would take memory
    /// that grows with the text.
    deeper: usize,
    at: At,
}

/// The maximum number of open containers whose steps are stored.
const MAX_STEPS: usize = 32;

/// The longest path in bytes.
const MAX_PATH: usize = 200;

#[derive(Debug, PartialEq)]
enum Step {
    /// The name of the property as written between the quotes.
    Property(Range<usize>),
    Item(usize),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    /// Before a value.
    Awaited,
    /// In a string, a number or a literal, or at the end of a number.
    Within,
    /// After a value.
    Ended,
    /// In an object, before or within a name.
    Name,
}

impl At {
    fn after_space(self) -> Self {
        match self {
            Self::Within => Self::Ended,
            at => at,
        }
    }
}

/// Returns how many bytes of `body` precede `line` and `column`. As in serde_json, lines
/// count from one and columns from zero.
pub(crate) fn offset(body: &[u8], line: usize, column: usize) -> usize {
    let before: usize = body
        .split_inclusive(|byte| *byte == b'\n')
        .take(line.saturating_sub(1))
        .map(<[u8]>::len)
        .sum();
    before.saturating_add(column).min(body.len())
}

impl<'a> JsonPath<'a> {
    /// Returns the position at the end of `text`, which may be the beginning of a longer
    /// text.
    pub(crate) fn at_end_of(text: &'a [u8]) -> Self {
        let mut place = Self {
            text,
            steps: Vec::new(),
            deeper: 0,
            at: At::Awaited,
        };
        let mut next = 0;
        while let Some(byte) = text.get(next) {
            next = match byte {
                b'"' => place.string(next),
                _ => place.byte(*byte, next),
            };
        }
        place
    }

    /// Skips the string at `start`. Returns the index after it.
    fn string(&mut self, start: usize) -> usize {
        let Some(length) = string_length(&self.text[start..]) else {
            if self.at != At::Name {
                self.at = At::Within;
            }
            return self.text.len();
        };
        let end = start + length;
        let name = start + 1..end - 1;
        match (self.at, self.steps.last_mut()) {
            (At::Name, Some(Step::Property(of))) => *of = name,
            _ if self.deeper > 0 => {}
            _ => self.at = At::Ended,
        }
        end
    }

    /// Processes `byte` at `index`, outside of a string. Returns the index to continue
    /// from.
    fn byte(&mut self, byte: u8, index: usize) -> usize {
        let next = index + 1;
        match byte {
            b'{' | b'[' if self.steps.len() == MAX_STEPS => {
                self.deeper += 1;
                self.at = At::Within;
            }
            b'}' | b']' if self.deeper > 0 => {
                self.deeper -= 1;
                self.at = match self.deeper {
                    0 => At::Ended,
                    _ => At::Within,
                };
            }
            _ if self.deeper > 0 => {}
            b'{' => {
                self.steps.push(Step::Property(next..next));
                self.at = At::Name;
            }
            b'[' => {
                self.steps.push(Step::Item(0));
                self.at = At::Awaited;
            }
            b'}' | b']' => {
                self.steps.pop();
                self.at = At::Ended;
            }
            b':' => self.at = At::Awaited,
            b',' => match self.steps.last_mut() {
                Some(Step::Property(_)) => self.at = At::Name,
                Some(Step::Item(item)) => {
                    *item = item.saturating_add(1);
                    self.at = At::Awaited;
                }
                None => {}
            },
            byte if byte.is_ascii_whitespace() => self.at = self.at.after_space(),
            _ if self.at == At::Awaited => self.at = At::Within,
            _ => {}
        }
        next
    }

    /// Moves to the value that cannot be decoded, as far as it can be found.
    /// `is_container` tells that this value is an array or object where another type was
    /// expected.
    ///
    /// serde_json does not read such a container, but reads any other value to its end.
    /// If a value fails only after it was read (because a union tries several variants),
    /// serde_json is before the next item or at the end of the container.
    pub(crate) fn of_value(mut self, is_container: bool) -> Self {
        let before = self.text.trim_ascii_end().strip_suffix(b",");
        let of_containers = before
            .is_some_and(|before| matches!(before.trim_ascii_end().last(), Some(b'}' | b']')));
        match (self.at, self.steps.last_mut()) {
            (At::Awaited, Some(Step::Item(item))) if *item > 0 => {
                if is_container && of_containers {
                    // The error is in the previous item or the next one.
                    self.steps.pop();
                } else if !is_container {
                    *item -= 1;
                }
            }
            _ => {}
        }
        self
    }

    /// Returns the names and indices that lead to the position; empty at the root.
    ///
    /// A name that may be data, such as a map key, is not shown: a long name, one with
    /// unusual characters, or one with more than two digits.
    pub(crate) fn path(&self) -> String {
        // Between two properties, the position is the object.
        let steps = match (self.at, self.steps.split_last()) {
            (At::Name, Some((_, open))) => open,
            _ => &self.steps,
        };
        let mut path = String::new();
        for step in steps {
            if path.len() > MAX_PATH {
                break;
            }
            let shown = Shown(self.text, step);
            match step {
                Step::Property(_) if !path.is_empty() => write!(path, ".{shown}"),
                _ => write!(path, "{shown}"),
            }
            .expect("writing to a string never fails");
        }
        if self.deeper > 0 || path.len() > MAX_PATH {
            path.push('…');
        }
        path
    }
}

struct Shown<'a>(&'a [u8], &'a Step);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.1 {
            Step::Item(item) => write!(f, "[{item}]"),
            Step::Property(name) => f.write_str(
                self.0
                    .get(name.clone())
                    .filter(|name| is_word(name))
                    .and_then(|name| std::str::from_utf8(name).ok())
                    .unwrap_or("*"),
            ),
        }
    }
}

pub(crate) fn is_word(name: &[u8]) -> bool {
    let digits = name.iter().filter(|byte| byte.is_ascii_digit()).count();
    (1..=40).contains(&name.len())
        && digits <= 2
        && name
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> String {
        JsonPath::at_end_of(text.as_bytes()).path()
    }

    #[test]
    fn path_names_each_step() {
        for (text, expected) in [
            ("", ""),
            ("{", ""),
            (r#"{"a"#, ""),
            (r#"{"a" "#, ""),
            (r#"{"a":"#, "a"),
            (r#"{"a": "x"#, "a"),
            (r#"{"a": "x""#, "a"),
            (r#"{"a": 1, "#, ""),
            (r#"{"a": 1, "b": [{"c": [1, 2"#, "b[0].c[1]"),
            (r#"{"a": {"x": 1}, "b": {"c": 1}"#, "b"),
            (r#"{"a": [{}, {"b": "]}\"\\"}, "#, "a[2]"),
            (r#"{"a": [[], []]"#, "a"),
            (r#"[{"a,:{": {"b": 1"#, "[0].*.b"),
            (r#"{"0123-key": 1"#, "*"),
            (r#"{"": 1"#, "*"),
            ("{}", ""),
        ] {
            assert_eq!(path(text), expected, "{text}");
        }
    }

    #[test]
    fn deep_path_is_cut() {
        let shown = "[0]".repeat(MAX_STEPS);
        assert_eq!(path(&"[".repeat(MAX_STEPS)), shown);
        for inside in ["", "[", "{\"a", "{\"a\"", "{\"a\": 1, ", "[1, [], 2, "] {
            let text = "[".repeat(MAX_STEPS + 1) + inside;
            assert_eq!(path(&text), format!("{shown}…"), "{inside}");
        }
        // The scan finds the path again after the deep containers close.
        let deep = "[".repeat(100) + "1, {\"a\": [2, \"]\"]}" + &"]".repeat(99);
        assert_eq!(path(&format!("{deep}, 3")), "[1]");
        assert_eq!(path(&(deep + "], 4]")), "");
        let names = "{\"a-long-name-of-a-property\":".repeat(20);
        assert!((MAX_PATH..MAX_PATH + 50).contains(&path(&names).len()));
    }

    #[test]
    fn offset_is_within_the_text() {
        let body = b"{\n \"a\":\n}";
        for (line, column, expected) in [
            (0, 0, 0),
            (1, 1, 1),
            (2, 0, 2),
            (3, 1, 9),
            (2, 99, 9),
            (9, 9, 9),
            (usize::MAX, usize::MAX, 9),
        ] {
            assert_eq!(offset(body, line, column), expected, "{line}:{column}");
        }
    }

    /// Scans all short texts of significant bytes.
    #[test]
    fn arbitrary_text_does_not_panic() {
        let alphabet = br#"{}[]:,"\ 1"#;
        let mut texts: Vec<Vec<u8>> = vec![Vec::new()];
        for _ in 0..5 {
            texts = texts
                .iter()
                .flat_map(|text| alphabet.iter().map(|byte| [text, &[*byte][..]].concat()))
                .collect();
            for text in &texts {
                for container in [false, true] {
                    let path = JsonPath::at_end_of(text).of_value(container).path();
                    assert!(path.len() < 20, "{path}");
                }
            }
        }
        for byte in 0..=u8::MAX {
            JsonPath::at_end_of(&[b'{', b'"', byte, b'"', b':', byte, byte]).path();
        }
    }
}
