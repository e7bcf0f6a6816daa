//! difference: finds the innermost places where two values differ.
//!
//! Returns for each the pointer and both values, cut to about 60 characters around the first
//! difference: `{a: {b: 1}}` and `{a: {b: 2}}` differ at `/a/b`, as `1` and `2`. Lists of different
//! lengths differ as a whole.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::pointer;

/// The maximum number of characters of a value in a message.
const SHOWN: usize = 60;

/// The number of characters before the first difference in a message.
const CONTEXT: usize = 15;

/// A difference between two values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// Its JSON pointer.
    pub(super) pointer: String,
    /// The two values, cut so that the difference is visible.
    pub(super) values: [String; 2],
}

/// Returns the innermost differences between `one` and `other`, both at `at`. `None` is an absent
/// value.
pub(super) fn between(one: Option<&Value>, other: Option<&Value>, at: &str) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(one, other, at, &mut found);
    found
}

fn compare(one: Option<&Value>, other: Option<&Value>, at: &str, found: &mut Vec<Difference>) {
    match (one, other) {
        _ if one == other => {}
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            for name in names {
                compare(
                    one.get(name),
                    other.get(name),
                    &pointer::join(at, name),
                    found,
                );
            }
        }
        // In lists of different lengths, equal items may have different indices.
        (Some(Value::Array(one)), Some(Value::Array(other))) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                compare(Some(one), Some(other), &format!("{at}/{index}"), found);
            }
        }
        _ => found.push(Difference {
            pointer: at.to_owned(),
            values: shown([one, other].map(written)),
        }),
    }
}

fn written(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

/// Cuts both texts to a readable length that starts a little before the first difference.
fn shown(texts: [String; 2]) -> [String; 2] {
    if texts.iter().all(|text| text.chars().count() <= SHOWN) {
        return texts;
    }
    let [one, other] = &texts;
    let pairs = one.chars().zip(other.chars());
    let common = pairs.take_while(|(one, other)| one == other).count();
    let skipped = common.saturating_sub(CONTEXT);
    texts.map(|text| {
        let mut rest = text.chars().skip(skipped);
        let mut shown = if skipped > 0 { "…" } else { "" }.to_owned();
        shown.extend(rest.by_ref().take(SHOWN));
        if rest.next().is_some() {
            shown.push('…');
        }
        shown
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(one: Value, other: Value, expected: &[(&str, &str, &str)]) {
        let found = between(Some(&one), Some(&other), "/a");
        let found: Vec<_> = found
            .iter()
            .map(|it| {
                (
                    it.pointer.as_str(),
                    it.values[0].as_str(),
                    it.values[1].as_str(),
                )
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_innermost_places_are_found() {
        check(
            json!({"x": {"y/z": [1, 2], "same": 1}, "only": null}),
            json!({"only2": {}, "x": {"same": 1, "y/z": [1, "2"]}}),
            &[
                ("/a/only", "null", "nothing"),
                ("/a/only2", "nothing", "{}"),
                ("/a/x/y~1z/1", "2", "\"2\""),
            ],
        );
        check(
            json!(["a"]),
            json!(["a", "b"]),
            &[("/a", r#"["a"]"#, r#"["a","b"]"#)],
        );
        check(json!({"b": 1, "a": 2}), json!({"a": 2, "b": 1}), &[]);
    }

    #[test]
    fn long_values_are_cut_around_the_first_difference() {
        let text = |at_100: &str| format!("{}{at_100}{}", "é".repeat(100), "z".repeat(100));
        let shown = |at_100| format!("…{}{at_100}{}…", "é".repeat(15), "z".repeat(44));
        check(
            text("a").into(),
            text("b").into(),
            &[("/a", &shown("a"), &shown("b"))],
        );
        let long = format!("\"{}\"", "a".repeat(58));
        check(json!("a".repeat(58)), json!(1), &[("/a", &long, "1")]);
    }
}
