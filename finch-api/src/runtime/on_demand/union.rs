//! Unions whose variants nothing tells apart but what they hold: each is tried,
//! and of those that a value fits, the one that keeps most of it is meant.
//!
//! A variant reads over the members that it does not name. So what fits the
//! variants `{id, reviewers?}` and `{id, timer?}` is of the first where it has
//! reviewers, and of the second where it has a timer; where it has both, either
//! would lose one, and it stays as it is.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize as _, Deserializer};
use serde_json::{Number, Value};

use super::keeps::Keeps;

/// What a variant keeps of a value, and how it is read.
pub(crate) type Variant<T> = (Keeps, fn(&Value) -> Option<T>);

/// `value` as a `T`, if it is one.
pub(crate) fn decode<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(value).ok()
}

/// Reads the variant that keeps most, among those that fit; among equals, the
/// first. It is `other` where none fits, and where one would keep what another
/// loses and the other way round.
///
/// # Errors
///
/// No variant fits, and there is no other.
pub(crate) fn read_union<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    variants: &[Variant<T>],
    other: Option<fn(Value) -> T>,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    match (read(&value, variants, other.is_none()), other) {
        (Some(read), _) => Ok(read),
        (None, Some(other)) => Ok(other(value)),
        (None, None) => Err(D::Error::custom("it fits no variant of a union")),
    }
}

fn read<T>(value: &Value, variants: &[Variant<T>], may_lose: bool) -> Option<T> {
    let variants = variants.iter().filter(|(keeps, _)| keeps.takes(value));
    let mut tried: Vec<_> = variants
        .map(|(keeps, read)| (keeps.lost(value), keeps, read))
        .collect();
    tried.sort_by_key(|(lost, ..)| *lost);
    let mut whole = None;
    let mut tried = tried.into_iter().filter_map(|(_, keeps, read)| {
        let read = read(value).or_else(|| {
            let whole = whole.get_or_insert_with(|| without_empty_fractions(value));
            whole.as_ref().and_then(read)
        });
        Some((keeps, read?))
    });
    let (keeps, read) = tried.next()?;
    let is_whole = may_lose
        || keeps.lost(value).members == 0
        || !tried.any(|(other, _)| other.saves(value, keeps));
    is_whole.then_some(read)
}

/// `value` with 2 in the place of each 2.0, if there is one: see the module `decode`.
fn without_empty_fractions(value: &Value) -> Option<Value> {
    fn whole(number: &Number) -> Option<Number> {
        let float = number.is_f64().then(|| number.to_string())?;
        float.strip_suffix(".0")?.parse().ok()
    }
    fn has_one(value: &Value) -> bool {
        match value {
            Value::Number(number) => whole(number).is_some(),
            Value::Array(items) => items.iter().any(has_one),
            Value::Object(members) => members.values().any(has_one),
            _ => false,
        }
    }
    fn replaced(mut value: Value) -> Value {
        match &mut value {
            Value::Number(number) => *number = whole(number).unwrap_or_else(|| number.clone()),
            Value::Array(items) => items
                .iter_mut()
                .for_each(|item| *item = replaced(item.take())),
            Value::Object(members) => members
                .values_mut()
                .for_each(|member| *member = replaced(member.take())),
            _ => {}
        }
        value
    }
    has_one(value).then(|| replaced(value.clone()))
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, Serialize)]
    struct Reviewers {
        id: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        reviewers: Option<Vec<Reviewer>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    }

    #[derive(Debug, Deserialize, Serialize)]
    struct Reviewer {
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    }

    #[derive(Debug, Deserialize, Serialize)]
    struct Timer {
        id: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        reviewers: Option<Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        timer: Option<i64>,
    }

    #[derive(Debug, Serialize)]
    #[serde(untagged)]
    enum Rule {
        Reviewers(Reviewers),
        Timer(Timer),
        Timers(Vec<Timer>),
        Integer(i64),
        Other(Value),
    }

    fn rule(value: &Value, other: Option<fn(Value) -> Rule>) -> Option<Rule> {
        let rule = read_union(
            value,
            &[
                (
                    Keeps::Members(
                        &[
                            ("id", Keeps::All),
                            ("note", Keeps::All),
                            ("reviewers", Keeps::Items(&Keeps::Names(&["name"]))),
                        ],
                        None,
                    ),
                    |value| decode(value).map(Rule::Reviewers),
                ),
                (Keeps::Names(&["id", "reviewers", "timer"]), |value| {
                    decode(value).map(Rule::Timer)
                }),
                (Keeps::Items(&Keeps::Names(&["id", "timer"])), |value| {
                    decode(value).map(Rule::Timers)
                }),
                (Keeps::All, |value| decode(value).map(Rule::Integer)),
            ],
            other,
        );
        rule.ok()
    }

    #[test]
    fn what_keeps_most_is_meant() {
        for (value, expected) in [
            (json!({"id": 1}), "Reviewers"),
            (json!({"id": 1, "new": 2}), "Reviewers"),
            (json!({"id": 1, "reviewers": [{"name": "a"}]}), "Reviewers"),
            (json!({"id": 1, "reviewers": [{"team": "a"}]}), "Timer"),
            (json!({"id": 1, "timer": 2}), "Timer"),
            // Null says nothing, but is better than a guess.
            (json!({"id": 1, "timer": null}), "Timer"),
            (json!([{"id": 1, "timer": 2}]), "Timers"),
            // Either would lose what the other names.
            (json!({"id": 1, "timer": 2, "note": "a"}), "Other"),
            (
                json!({"id": 1, "reviewers": [{"team": 1}], "note": "a"}),
                "Other",
            ),
            (
                json!({"id": 1, "timer": null, "note": "a", "new": 1}),
                "Reviewers",
            ),
            // To serde, the first two are this, too.
            (json!([1, null]), "Other"),
            (json!({"timer": 2}), "Other"),
            (json!(7), "Integer"),
        ] {
            let read = format!("{:?}", rule(&value, Some(Rule::Other)).unwrap());
            assert!(read.starts_with(expected), "{value}: {read}");
        }
    }

    #[test]
    fn a_number_without_a_fraction_is_an_integer() {
        for (value, expected) in [
            (
                json!({"id": 1.0, "timer": 2.0}),
                json!({"id": 1, "timer": 2}),
            ),
            (json!([{"id": 1.0}]), json!([{"id": 1}])),
            (json!(7.0), json!(7)),
        ] {
            let read = serde_json::to_value(rule(&value, None).unwrap()).unwrap();
            assert_eq!(read, expected);
        }
        assert!(rule(&json!(7.5), None).is_none());
        assert!(rule(&json!(1e300), None).is_none());
    }
}
