//! Unions: the variant that a value is meant for.
//!
//! A tag rules out the variants that a value is not meant for: see `tag`. The others are
//! tried. Of those that fit, the one that keeps most of the value is chosen.
//!
//! A variant skips the properties that it does not name. So a value that fits the
//! variants `{id, reviewers?}` and `{id, timer?}` is of the first if it has
//! reviewers, and of the second if it has a timer. If it has both, either would lose
//! one, and the value stays as it is.
//!
//! All variants are tried strictly before any is tried leniently: see `leniency`.

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::fmt::{self, Display};

use serde::de::{DeserializeOwned, Error as _, IgnoredAny};
use serde::{Deserialize as _, Deserializer};
use serde_json::{Number, Value};

use super::any::read_any;
use super::keeps::Keeps;
use super::leniency;
use super::tag::{Match, Tag};

/// The tags of a variant, the properties that it keeps, and the function that reads it.
pub(crate) type Variant<T> = (
    &'static [Tag],
    Keeps,
    fn(&Value) -> Result<T, serde_json::Error>,
);

/// Reads `value` as a `T`.
///
/// # Errors
///
/// `value` is not a `T`.
pub(crate) fn decode<T: DeserializeOwned>(value: &Value) -> Result<T, serde_json::Error> {
    T::deserialize(value)
}

/// Reads the variant that keeps most, among those that fit; among equals, the one with
/// most tags in the value, or else the first. It is `other` if none fits, or if one would
/// keep what another loses and the other way round.
///
/// # Errors
///
/// No variant fits, and there is no `other`; or a property has two values.
pub(crate) fn read_union<'de, T, D: Deserializer<'de>>(
    deserializer: D,
    variants: &[Variant<T>],
    other: Option<fn(Value) -> T>,
) -> Result<T, D::Error> {
    if let Some(other) = other
        && leniency::is_probing()
    {
        leniency::note_deferral();
        IgnoredAny::deserialize(deserializer)?;
        return Ok(other(Value::Null));
    }
    let value = read_any(deserializer)?;
    match (read(&value, variants, other.is_none()), other) {
        (Ok(read), _) => Ok(read),
        (Err(_), Some(other)) => Ok(other(value)),
        (Err(misfit), None) => Err(D::Error::custom(misfit)),
    }
}

/// Why a value is of no variant.
enum Misfit {
    /// No variant has this property as it is in the value.
    Tag(&'static str),
    /// It does not fit the only variant that it can be.
    Only(serde_json::Error),
    All,
}

impl Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(property) => write!(
                f,
                "`{property}` has a value that no variant of the union has"
            ),
            Self::Only(error) => error.fmt(f),
            Self::All => f.write_str("it fits no variant of a union"),
        }
    }
}

fn read<T>(value: &Value, variants: &[Variant<T>], may_lose: bool) -> Result<T, Misfit> {
    let is_ruled_out = |tags: &[Tag]| !tags.iter().all(|tag| tag.admits(value));
    let tags = |tags: &[Tag]| {
        let same = tags.iter().filter(|tag| tag.compare(value) == Match::Same);
        same.count()
    };
    let possible = variants
        .iter()
        .filter(|(tags, keeps, _)| !is_ruled_out(tags) && keeps.takes(value));
    let mut tried: Vec<_> = possible
        .map(|(of, keeps, read)| ((keeps.lost(value), Reverse(tags(of))), keeps, read))
        .collect();
    tried.sort_by_key(|(order, ..)| *order);
    let whole = OnceCell::new();
    let whole = || {
        let whole = whole.get_or_init(|| without_empty_fractions(value));
        whole.as_ref()
    };
    match tried.as_slice() {
        [] => {
            let tag = variants.iter().find_map(|(tags, ..)| tags.first());
            return Err(tag.map_or(Misfit::All, |tag| Misfit::Tag(tag.property())));
        }
        [(_, _, read)] if !leniency::is_probing() => {
            return read(value).or_else(|error| {
                let again = whole().map(read);
                again.and_then(Result::ok).ok_or(Misfit::Only(error))
            });
        }
        _ => {}
    }
    let choose = |leniently: bool| {
        let mut fitting = tried.iter().filter_map(|(_, keeps, read)| {
            let probe = |value| Some((leniency::probe(|| read(value).ok())?, value));
            let (probed, value) = probe(value).or_else(|| probe(whole()?))?;
            (probed.is_repaired == leniently).then_some((keeps, read, probed, value))
        });
        let (keeps, read, probed, read_from) = fitting.next()?;
        let is_whole = may_lose
            || keeps.lost(value).members == 0
            || !fitting.any(|(other, ..)| other.saves(value, keeps));
        Some(is_whole.then_some((read, probed, read_from)))
    };
    let chosen = choose(false).or_else(|| choose(true)).flatten();
    let (read, probed, value) = chosen.ok_or(Misfit::All)?;
    if leniency::is_probing() {
        // It is a part of a variant, which will be read again.
        leniency::note_part(&probed);
    } else if probed.is_deferred {
        return leniency::read(|| read(value).ok()).ok_or(Misfit::All);
    }
    Ok(probed.value)
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

    use super::super::object::object;
    use super::super::tag::Scalar;
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
                    &[],
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
                (&[], Keeps::Names(&["id", "reviewers", "timer"]), |value| {
                    decode(value).map(Rule::Timer)
                }),
                (
                    &[],
                    Keeps::Items(&Keeps::Names(&["id", "timer"])),
                    |value| decode(value).map(Rule::Timers),
                ),
                (&[], Keeps::All, |value| decode(value).map(Rule::Integer)),
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

    #[derive(Debug, Deserialize, PartialEq)]
    struct Wire {
        amount: String,
    }

    #[derive(Debug, PartialEq)]
    enum Payment {
        Wire(Wire),
        Object(serde_json::Map<String, Value>),
        Name(String),
        Other(Value),
    }

    fn payment(value: &Value, is_open: bool) -> Result<Payment, String> {
        let wire: Variant<Payment> = (
            &[Tag::Required(&["kind"], &[Scalar::Text("wire")])],
            Keeps::Object,
            |value| decode(value).map(Payment::Wire),
        );
        let object: Variant<Payment> = (
            &[Tag::Optional(&["kind"], &[Scalar::Text("object")])],
            Keeps::Object,
            |value| decode(value).map(Payment::Object),
        );
        let name: Variant<Payment> = (&[], Keeps::All, |value| decode(value).map(Payment::Name));
        let variants = [wire, object, name];
        let read = match is_open {
            true => read_union(value, &variants, Some(Payment::Other)),
            false => read_union(value, &variants[..1], None),
        };
        read.map_err(|error| error.to_string())
    }

    #[test]
    fn a_tag_rules_variants_out_and_the_others_are_tried() {
        let wire = |amount: &str| Wire {
            amount: amount.to_owned(),
        };
        for (value, expected) in [
            (
                json!({"kind": "wire", "amount": "1"}),
                Ok(Payment::Wire(wire("1"))),
            ),
            // It is one by its tag, but does not fit.
            (json!({"kind": "wire", "amount": 1}), Err(true)),
            (json!({"kind": "new", "amount": "1"}), Err(true)),
            (json!({"kind": "object"}), Err(false)),
            (json!({}), Err(false)),
            (json!("a"), Ok(Payment::Name("a".to_owned()))),
            (json!(1), Err(true)),
        ] {
            let expected = match expected {
                Ok(payment) => payment,
                Err(true) => Payment::Other(value.clone()),
                Err(false) => Payment::Object(value.as_object().unwrap().clone()),
            };
            assert_eq!(payment(&value, true), Ok(expected), "{value}");
        }
        for (value, error) in [
            (
                json!({"kind": "wire", "amount": 1}),
                "invalid type: integer `1`, expected a string",
            ),
            (
                json!({"kind": "new"}),
                "`kind` has a value that no variant of the union has",
            ),
            (
                json!(1),
                "`kind` has a value that no variant of the union has",
            ),
        ] {
            assert_eq!(payment(&value, false), Err(error.to_owned()));
        }
    }

    #[derive(Debug, PartialEq)]
    struct Person {
        id: u8,
        emails: Vec<String>,
        manager: Option<String>,
    }

    object! {
        Person;
        required 0 id "id";
        container 1 emails "emails";
        expected 2 manager "manager";
    }

    #[derive(Debug, PartialEq)]
    struct Failure {
        id: u8,
        code: Option<u8>,
    }

    object! {
        Failure;
        required 0 id "id";
        optional 1 code "code";
    }

    #[derive(Debug, PartialEq)]
    enum Entry {
        Person(Person),
        Failure(Failure),
        Other(Value),
    }

    impl<'de> serde::Deserialize<'de> for Entry {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let person: Variant<Self> =
                (&[], Keeps::Names(&["id", "emails", "manager"]), |value| {
                    decode(value).map(Self::Person)
                });
            let failure: Variant<Self> = (&[], Keeps::Names(&["id", "code"]), |value| {
                decode(value).map(Self::Failure)
            });
            read_union(deserializer, &[person, failure], Some(Self::Other))
        }
    }

    #[test]
    fn a_variant_that_fits_strictly_is_meant_before_one_that_fits_leniently() {
        let person = |emails: &[&str]| {
            Entry::Person(Person {
                id: 1,
                emails: emails.iter().map(ToString::to_string).collect(),
                manager: None,
            })
        };
        let failure = |code| Entry::Failure(Failure { id: 1, code });
        for (value, expected) in [
            (
                json!({"id": 1, "emails": ["a"], "manager": null}),
                person(&["a"]),
            ),
            // A person only leniently, and a failure that loses nothing more.
            (json!({"id": 1}), failure(None)),
            (json!({"id": 1, "emails": null}), failure(None)),
            (json!({"id": 1, "code": 2}), failure(Some(2))),
            // No failure: its code is a number.
            (json!({"id": 1, "emails": null, "code": "a"}), person(&[])),
            (
                json!({"id": 1, "emails": ["a"], "code": "a"}),
                person(&["a"]),
            ),
            (json!({"id": "1"}), Entry::Other(json!({"id": "1"}))),
        ] {
            let read: Entry = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(read, expected, "{value}");
        }
        let error = serde_json::from_str::<Entry>(r#"{"id": 1, "x": 1, "x": 2}"#).unwrap_err();
        assert!(
            error.to_string().starts_with("duplicate key `x`"),
            "{error}"
        );
    }

    /// A union without a variant for everything else: it cannot wait for the outer one.
    #[derive(Debug, PartialEq)]
    enum Closed {
        Person(Person),
    }

    impl<'de> serde::Deserialize<'de> for Closed {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let person: Variant<Self> = (&[], Keeps::All, |value| decode(value).map(Self::Person));
            read_union(deserializer, &[person], None)
        }
    }

    #[derive(Debug, PartialEq)]
    struct Holder {
        closed: Closed,
        entry: Option<Entry>,
    }

    object! {
        Holder;
        required 0 closed "closed";
        optional 1 entry "entry";
    }

    #[test]
    fn a_closed_union_is_a_part_of_the_variant_that_it_is_in() {
        fn read(value: Value) -> Result<Holder, Value> {
            let holder: Variant<Result<Holder, Value>> =
                (&[], Keeps::All, |value| decode(value).map(Ok));
            let any: Variant<Result<Holder, Value>> =
                (&[], Keeps::All, |value| decode(value).map(Err));
            read_union(value, &[holder, any], Some(Err)).unwrap()
        }
        let person = |emails: Value| json!({"id": 1, "emails": emails, "manager": null});
        let strict = json!({"closed": person(json!([])), "entry": person(Value::Null)});
        let holder = read(strict).unwrap();
        assert!(matches!(holder.closed, Closed::Person(_)), "{holder:?}");
        // It was read after the holder had been chosen.
        let entry = holder.entry.unwrap();
        assert!(matches!(entry, Entry::Failure(_)), "{entry:?}");
        // Only the other variant fits strictly.
        let lenient = json!({"closed": person(Value::Null)});
        assert_eq!(read(lenient.clone()), Err(lenient));
    }

    thread_local! {
        static READ: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    /// A tree in which the variants differ by one property alone, which is read after
    /// the child.
    #[derive(Debug, PartialEq)]
    enum Node {
        First(First),
        Second(Second),
        Other(Value),
    }

    #[derive(Debug, PartialEq)]
    struct First {
        child: Option<Box<Node>>,
        items: Vec<u8>,
        first: u8,
    }

    #[derive(Debug, PartialEq)]
    struct Second {
        child: Option<Box<Node>>,
        items: Vec<u8>,
        second: Option<u8>,
    }

    object! {
        First;
        required 0 first "first";
        container 1 items "items";
        optional 2 child "child";
    }

    object! {
        Second;
        container 0 items "items";
        expected 1 second "second";
        optional 2 child "child";
    }

    impl<'de> serde::Deserialize<'de> for Node {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            fn counted<T: DeserializeOwned>(value: &Value) -> Result<T, serde_json::Error> {
                READ.set(READ.get() + 1);
                assert!(READ.get() < 1000, "the cost is not linear");
                decode(value)
            }
            let first: Variant<Self> = (&[], Keeps::All, |value| counted(value).map(Self::First));
            let second: Variant<Self> = (&[], Keeps::All, |value| counted(value).map(Self::Second));
            read_union(deserializer, &[first, second], Some(Self::Other))
        }
    }

    #[test]
    fn the_cost_is_linear_in_the_depth() {
        for (leaf, node, expected) in [
            // Each level fits the second variant strictly.
            (
                json!({"items": [], "second": 1}),
                json!({"items": [], "second": 1}),
                "Second",
            ),
            // Each level fits the second variant, and only leniently.
            (json!({"items": null}), json!({"items": null}), "Second"),
            // The innermost alone is lenient.
            (
                json!({"items": null}),
                json!({"items": [], "second": null}),
                "Second",
            ),
            // No level fits any variant.
            (json!({"items": 1}), json!({"items": 1}), "Other"),
            // The innermost alone fits none.
            (json!([]), json!({"items": [], "second": 1}), "Second"),
        ] {
            let cost = |depth: usize| {
                let mut value = leaf.clone();
                for _ in 0..depth {
                    // The child comes first.
                    let mut parent = json!({"child": value});
                    let properties = node.as_object().unwrap().clone();
                    parent.as_object_mut().unwrap().extend(properties);
                    value = parent;
                }
                READ.set(0);
                let read: Node = serde_json::from_value(value).unwrap();
                assert!(format!("{read:?}").starts_with(expected), "{read:?}");
                if expected == "Second" {
                    let levels = format!("{read:?}").matches("Second(Second").count();
                    assert!(levels >= depth, "{read:?}");
                }
                READ.get()
            };
            let (of_20, of_40) = (cost(20), cost(40));
            assert!(of_20 <= 6 * 21, "{of_20} reads at depth 20");
            assert!(of_40 <= 2 * of_20, "{of_40} reads at depth 40");
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
