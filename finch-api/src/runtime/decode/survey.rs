//! Scans a JSON text once, so that the decoder can choose its strategy.
//!
//! It reports the nesting depth, repeated names, long strings and numbers, and integers that
//! serde_json would round. It never misses a repeated name, but may report one by mistake: it
//! compares hashes, does not decode escapes, and stops at a limit. It does not check the syntax.

use super::edited::{large_integer, number};
use crate::runtime::json_text::measure_string;

/// The maximum number of names in open objects that are compared.
const MAX_NAMES: usize = 30_000;

/// The maximum number of open objects whose names are compared.
const MAX_OBJECTS: usize = 10_000;

/// The properties of a JSON text that decide how to decode it.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The nesting depth.
    pub(super) depth: usize,
    /// Whether an object may repeat a name.
    pub(super) may_repeat: bool,
    /// Whether a string or number exceeds the limit.
    pub(super) has_long_scalar: bool,
    /// Whether serde_json would round an integer because of its notation.
    pub(super) has_large_integer: bool,
}

impl Survey {
    /// Surveys `text`. A string or number with more than `limit` bytes counts as long.
    pub(super) fn new(text: &[u8], limit: usize) -> Self {
        let mut survey = Self::default();
        let mut names = Names {
            hashes: Vec::with_capacity(32),
            objects: Vec::with_capacity(8),
            may_repeat: false,
        };
        let (mut depth, mut at) = (0_usize, 0);
        while let Some(byte) = text.get(at) {
            at += 1;
            match byte {
                b'"' => {
                    let rest = &text[at - 1..];
                    let Some((length, is_escaped)) = measure_string(rest) else {
                        break;
                    };
                    let string = &rest[1..length - 1];
                    let after = &rest[length..];
                    at += length - 1;
                    survey.has_long_scalar |= string.len() > limit;
                    if after.trim_ascii_start().first() == Some(&b':') {
                        names.add(string, is_escaped);
                    }
                }
                b'-' | b'0'..=b'9' => {
                    let number = number(&text[at - 1..]);
                    at += number.len() - 1;
                    survey.has_long_scalar |= number.len() > limit;
                    survey.has_large_integer |= large_integer(number).is_some();
                }
                b'{' | b'[' => {
                    depth += 1;
                    survey.depth = survey.depth.max(depth);
                    if *byte == b'{' {
                        names.open();
                    }
                }
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    if *byte == b'}' {
                        names.close();
                    }
                }
                _ => {}
            }
        }
        survey.may_repeat = names.may_repeat;
        survey
    }
}

/// The names in the open objects.
struct Names {
    hashes: Vec<u64>,
    /// The index of the first name of each open object.
    objects: Vec<usize>,
    may_repeat: bool,
}

impl Names {
    fn add(&mut self, name: &[u8], is_escaped: bool) {
        // An escape may be another spelling of a character.
        self.may_repeat |= is_escaped || self.hashes.len() == MAX_NAMES;
        if !self.may_repeat {
            self.hashes.push(hash(name));
        }
    }

    fn open(&mut self) {
        self.may_repeat |= self.objects.len() == MAX_OBJECTS;
        if !self.may_repeat {
            self.objects.push(self.hashes.len());
        }
    }

    fn close(&mut self) {
        if self.may_repeat {
            return;
        }
        let start = self.objects.pop().unwrap_or_default();
        let names = &mut self.hashes[start..];
        names.sort_unstable();
        self.may_repeat = names.windows(2).any(|pair| pair[0] == pair[1]);
        self.hashes.truncate(start);
    }
}

/// Returns a hash of `name` that is fast for short names. Names with the same hash are
/// only compared more carefully, so a server gains nothing from collisions.
fn hash(name: &[u8]) -> u64 {
    let (words, rest) = name.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let mix = |hash: u64, word: &[u8; 8]| {
        let mixed = hash.rotate_left(5) ^ u64::from_le_bytes(*word);
        mixed.wrapping_mul(0x517c_c1b7_2722_0a95)
    };
    let hash = words.iter().fold(name.len() as u64, mix);
    mix(hash, &last)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    /// JSON that may repeat a name in an object.
    #[derive(Clone, Debug)]
    enum Json {
        Scalar(String),
        Array(Vec<Self>),
        Object(Vec<(String, Self)>),
    }

    impl Json {
        fn text(&self, space: &str) -> String {
            let join = |parts: Vec<String>| parts.join(&format!("{space},{space}"));
            match self {
                Self::Scalar(text) => text.clone(),
                Self::Array(items) => {
                    let items = items.iter().map(|item| item.text(space)).collect();
                    format!("[{space}{}{space}]", join(items))
                }
                Self::Object(properties) => {
                    let property = |(name, value): &(String, Self)| {
                        format!("{name}{space}:{space}{}", value.text(space))
                    };
                    let properties = properties.iter().map(property).collect();
                    format!("{{{space}{}{space}}}", join(properties))
                }
            }
        }

        fn depth(&self) -> usize {
            let deepest = |depths: &mut dyn Iterator<Item = usize>| 1 + depths.max().unwrap_or(0);
            match self {
                Self::Scalar(_) => 0,
                Self::Array(items) => deepest(&mut items.iter().map(Self::depth)),
                Self::Object(properties) => {
                    deepest(&mut properties.iter().map(|(_, value)| value.depth()))
                }
            }
        }

        /// Returns the length of the longest string or number.
        fn longest(&self) -> usize {
            let longest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or(0);
            match self {
                Self::Scalar(text) if text.starts_with('"') => text.len() - 2,
                Self::Scalar(text) if text == "null" => 0,
                Self::Scalar(text) => text.len(),
                Self::Array(items) => longest(&mut items.iter().map(Self::longest)),
                Self::Object(properties) => longest(
                    &mut properties
                        .iter()
                        .map(|(name, value)| value.longest().max(name.len() - 2)),
                ),
            }
        }

        fn repeats(&self) -> bool {
            match self {
                Self::Scalar(_) => false,
                Self::Array(items) => items.iter().any(Self::repeats),
                Self::Object(properties) => {
                    let mut names = HashSet::new();
                    properties
                        .iter()
                        .any(|(name, value)| !names.insert(name) || value.repeats())
                }
            }
        }
    }

    fn json() -> impl Strategy<Value = Json> {
        let scalar = "null|-1[.]5e3|\"[^\\\\\"\\x00-\\x1f]{0,9}\"|\"[:{}\\[\\],]{0,4}\"|\"(\\\\\\\\|\\\\\")*\"";
        let scalar = scalar.prop_map(Json::Scalar);
        scalar.prop_recursive(5, 40, 5, |inner| {
            let properties = proptest::collection::vec(("\"[a-e:]\"", inner.clone()), 0..5);
            prop_oneof![
                proptest::collection::vec(inner, 0..5).prop_map(Json::Array),
                properties.prop_map(Json::Object),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_survey_finds_what_a_text_contains(json in json(), space in " ?|\n\t") {
            let text = json.text(&space);
            let survey = Survey::new(text.as_bytes(), 5);
            prop_assert_eq!(survey.depth, json.depth());
            prop_assert_eq!(survey.may_repeat, json.repeats());
            prop_assert_eq!(survey.has_long_scalar, json.longest() > 5);
            prop_assert!(!survey.has_large_integer);
        }

        #[test]
        fn arbitrary_text_does_not_panic(parts in proptest::collection::vec("[{}\\[\\]\",:\\\\a ]{1,3}", 0..20)) {
            Survey::new(parts.concat().as_bytes(), 2);
        }
    }

    #[test]
    fn too_many_names_count_as_repeated() {
        let survey = |text: &str| Survey::new(text.as_bytes(), 1000);
        let object = |count| {
            let names: Vec<String> = (0..count).map(|name| format!("\"{name}\": 1")).collect();
            format!("{{{}}}", names.join(","))
        };
        assert!(!survey(&object(MAX_NAMES)).may_repeat);
        assert!(survey(&object(MAX_NAMES + 1)).may_repeat);
        // Closed objects use no memory.
        let list = format!("[{}1]", format!("{},", object(1000)).repeat(100));
        assert!(!survey(&list).may_repeat);
        let nested = |depth| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        assert!(!survey(&nested(MAX_OBJECTS)).may_repeat);
        let deep = survey(&nested(MAX_OBJECTS + 1));
        assert!(deep.may_repeat && deep.depth == MAX_OBJECTS + 1);
        assert!(survey(r#"{"\u0061": 1}"#).may_repeat);
        assert!(!survey(r#"{"a": "\u0061"}"#).may_repeat);
        assert!(survey("[1, 9007199254740993.0]").has_large_integer);
        assert!(!survey(r#"["9007199254740993.0", 9007199254740993]"#).has_large_integer);
    }
}
