//! Removes properties that a JSON text repeats with the same value.
//!
//! No type has to compare the values of its properties then: a property that is still repeated has
//! two different values, and is an error wherever a type reads it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::value::RawValue;

use crate::runtime::json_text::measure_string;
use crate::runtime::zeroizing_bytes::ZeroizingBytes;

/// How deep two values are compared. Values that differ only below are not the same.
const MAX_DEPTH: usize = 128;

/// The maximum number of properties in open objects, and of repetitions. A text with more stays
/// as it is, so that an error needs little memory.
const MAX_PROPERTIES: usize = 4096;

/// Returns `text`, which must be valid JSON, without the repetitions of properties that have the
/// same value. Returns `None` if there are none, or too many.
pub(super) fn without_equal_repeats(text: &[u8]) -> Option<ZeroizingBytes> {
    let mut removed = equal_repeats(text)?;
    if removed.is_empty() {
        return None;
    }
    removed.sort_unstable_by_key(|range| range.start);
    let mut kept = Vec::with_capacity(removed.len() + 1);
    let mut end = 0;
    for range in removed {
        // It may be within the previous one.
        if range.start >= end {
            kept.push(&text[end..range.start]);
            end = range.end;
        }
    }
    kept.push(&text[end..]);
    let mut once = ZeroizingBytes::with_capacity(kept.iter().map(|piece| piece.len()).sum());
    kept.into_iter().for_each(|piece| once.extend(piece));
    Some(once)
}

/// A property of an object.
struct Property<'a> {
    /// Without escapes.
    name: Cow<'a, [u8]>,
    /// The position of the comma or brace before it.
    start: usize,
    /// Ends before the comma or brace after it.
    value: Range<usize>,
}

/// Returns the places of the properties that repeat the value of an earlier one, with the comma
/// before them. Returns `None` if there are too many properties.
fn equal_repeats(text: &[u8]) -> Option<Vec<Range<usize>>> {
    let mut repeats = Repeats {
        text,
        equal: Vec::new(),
        conflicts: BTreeSet::new(),
    };
    // The properties of the open objects. Each object has its depth and the index of its first
    // property.
    let (mut properties, mut objects, mut depth) = (Vec::new(), Vec::new(), 0_usize);
    // The last comma or brace, and the last string.
    let (mut start, mut string) = (0, 0..0);
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                let (length, _) = measure_string(&text[at..])?;
                string = at..at + length;
                at += length;
                continue;
            }
            b'[' => depth += 1,
            b'{' => {
                depth += 1;
                objects.push((depth, properties.len()));
                start = at;
            }
            b':' if properties.len() < MAX_PROPERTIES => properties.push(Property {
                name: name(&text[string.clone()]),
                start,
                value: at + 1..at + 1,
            }),
            b':' => return None,
            b',' | b']' | b'}' => {
                if let Some((_, first)) = objects.pop_if(|(of, _)| *of == depth) {
                    if let [.., last] = &mut properties[first..] {
                        last.value.end = at;
                    }
                    match byte {
                        b'}' => repeats.add(properties.split_off(first))?,
                        _ => objects.push((depth, first)),
                    }
                }
                start = at;
                depth = depth.saturating_sub(usize::from(*byte != b','));
            }
            _ => {}
        }
        at += 1;
    }
    Some(repeats.equal)
}

/// The repetitions found so far.
struct Repeats<'a> {
    text: &'a [u8],
    /// The places of properties that repeat the value of an earlier one.
    equal: Vec<Range<usize>>,
    /// The starts of properties that repeat an earlier one with another value.
    conflicts: BTreeSet<usize>,
}

impl Repeats<'_> {
    /// Adds the repetitions among the `properties` of an object. The objects within it come
    /// first. Returns `None` if there are too many.
    fn add(&mut self, mut properties: Vec<Property<'_>>) -> Option<()> {
        properties.sort_by(|one, other| one.name.cmp(&other.name));
        for same_name in properties.chunk_by(|one, other| one.name == other.name) {
            for repeat in &same_name[1..] {
                match self.is_same(&same_name[0].value, &repeat.value) {
                    true => self.equal.push(repeat.start..repeat.value.end),
                    false => {
                        self.conflicts.insert(repeat.start);
                    }
                }
            }
        }
        (self.equal.len() + self.conflicts.len() <= MAX_PROPERTIES).then_some(())
    }

    fn is_same(&self, one: &Range<usize>, other: &Range<usize>) -> bool {
        let has_conflict = |of: &Range<usize>| self.conflicts.range(of.clone()).next().is_some();
        !has_conflict(one)
            && !has_conflict(other)
            && are_equal(
                &self.text[one.clone()],
                &self.text[other.clone()],
                MAX_DEPTH,
            )
    }
}

/// Returns the content of the string `text`, without escapes if they are valid.
fn name(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'\\') {
        let content = text.get(1..text.len().saturating_sub(1));
        return content.unwrap_or_default().into();
    }
    let decoded = serde_json::from_slice::<String>(text);
    decoded.map_or(text.into(), |name| name.into_bytes().into())
}

/// Whether two JSON texts have the same value. Numbers are the same if they are spelled alike.
fn are_equal(one: &[u8], other: &[u8], depth: usize) -> bool {
    let (one, other) = (one.trim_ascii(), other.trim_ascii());
    if one == other {
        return true;
    }
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let are_equal = |one: &RawValue, other: &RawValue| {
        are_equal(one.get().as_bytes(), other.get().as_bytes(), depth)
    };
    match (one.first(), other.first()) {
        (Some(b'"'), Some(b'"')) => name(one) == name(other),
        (Some(b'['), Some(b'[')) => {
            let items = |text| serde_json::from_slice::<Vec<&RawValue>>(text).ok();
            items(one).zip(items(other)).is_some_and(|(one, other)| {
                let mut pairs = one.iter().zip(&other);
                one.len() == other.len() && pairs.all(|(one, other)| are_equal(one, other))
            })
        }
        (Some(b'{'), Some(b'{')) => {
            type Properties<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;
            let properties = |text| serde_json::from_slice::<Properties<'_>>(text).ok();
            properties(one)
                .zip(properties(other))
                .is_some_and(|(one, other)| {
                    let mut pairs = one.iter().zip(&other);
                    one.len() == other.len()
                        && pairs.all(|(one, other)| one.0 == other.0 && are_equal(one.1, other.1))
                })
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn once(text: &str) -> String {
        let once = without_equal_repeats(text.as_bytes());
        let once = once.as_deref().unwrap_or(text.as_bytes());
        String::from_utf8(once.to_vec()).unwrap()
    }

    #[test]
    fn only_equal_repetitions_are_removed() {
        for (text, expected) in [
            (r#"{"a": 1, "a": 1}"#, r#"{"a": 1}"#),
            (r#"{"a": 1 , "b": 2 , "a": 1 }"#, r#"{"a": 1 , "b": 2 }"#),
            (r#"{"a":1,"a":1,"a":1,"b":[]}"#, r#"{"a":1,"b":[]}"#),
            (r#"[{"a":1},{"a":1}]"#, r#"[{"a":1},{"a":1}]"#),
            (r#"{"a":1,"b":{"a":1}}"#, r#"{"a":1,"b":{"a":1}}"#),
            (r#"{"a":"x","\u0061":"\u0078"}"#, r#"{"a":"x"}"#),
            (r#"{"a":"}","a":"}"}"#, r#"{"a":"}"}"#),
            (
                r#"{"a":{"x":1,"y":[2]},"a":{ "y":[ 2 ], "x":1 }}"#,
                r#"{"a":{"x":1,"y":[2]}}"#,
            ),
            (
                r#"[{"a":{"b":1,"b":1},"a":{"b":1}},{"c":2,"c":2}]"#,
                r#"[{"a":{"b":1}},{"c":2}]"#,
            ),
        ] {
            assert_eq!(once(text), expected, "{text}");
        }
    }

    #[test]
    fn conflicts_are_kept() {
        for text in [
            r#"{"a": 1, "a": 2}"#,
            r#"{"a": 1, "a": 1.0}"#,
            r#"{"a": null, "a": []}"#,
            r#"{"a": [1, 2], "a": [2, 1]}"#,
            r#"{"a": [1], "a": [1, 1]}"#,
            r#"{"a": {"x": 1}, "a": {"x": 1, "y": 2}}"#,
            // The second value of `b` differs.
            r#"{"a": {"b": 2}, "a": {"b": 1, "b": 2}}"#,
            r#"{"a": {"b": 1, "b": 2}, "a": {"b": 2}}"#,
            r#"{"a": 12345678901234567890123, "a": 12345678901234567890124}"#,
        ] {
            assert_eq!(once(text), text);
        }
        let nested = |last: &str| "[".repeat(MAX_DEPTH + 1) + last + &"]".repeat(MAX_DEPTH + 1);
        let deep = format!(r#"{{"a":{},"a":{}}}"#, nested("1"), nested(" 1"));
        assert_eq!(once(&deep), deep);
    }

    #[test]
    fn repetitions_have_a_limit() {
        let count = MAX_PROPERTIES / 2;
        let nested = r#"{"a":1,"a":"#.repeat(count - 1) + "2" + &"}".repeat(count - 1);
        let items = "[ ".repeat(100_000) + &"]".repeat(100_000);
        let text = format!(r#"{{"a":{items},"b":{nested},"a": {items}}}"#);
        assert!(once(&text) == format!(r#"{{"a":{items},"b":{nested}}}"#));
        let text = |count: usize| format!("[{}1]", r#"{"a":1,"a":1},"#.repeat(count));
        let (most, more) = (text(MAX_PROPERTIES), text(MAX_PROPERTIES + 1));
        assert!(once(&most).len() < most.len());
        assert_eq!(once(&more), more);
        let text = |count: usize| format!("{{{}}}", r#""a":1,"#.repeat(count) + r#""b":1"#);
        assert_eq!(once(&text(MAX_PROPERTIES - 1)), r#"{"a":1,"b":1}"#);
        assert_eq!(once(&text(MAX_PROPERTIES)), text(MAX_PROPERTIES));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn arbitrary_text_does_not_panic(parts in proptest::collection::vec("[{}\\[\\]\",:\\\\a ]{1,3}", 0..20)) {
            without_equal_repeats(parts.concat().as_bytes());
        }
    }
}
