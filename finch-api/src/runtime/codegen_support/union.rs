//! Decodes a value as the variant of a union that fits it best.
//!
//! A variant does not fit if a tag differs (see `tag`), or if it cannot decode the value. Among
//! those that fit, a strict fit wins over a lenient fit (see `leniency`). A variant that contains
//! a union value of no known variant comes last. Among equals, the variant that drops the fewest
//! properties wins, then the one with most matching tags, then the first.
//!
//! Some unions have an untyped variant, which keeps any JSON. Such a union keeps an object untyped
//! in three cases:
//!
//! - No variant fits.
//! - No variant names any of its properties.
//! - Each of two equally strict variants drops a property that the other keeps.
//!
//! For example, `{id, reviewers?}` and `{id, timer?}`: an object with `timer` is the second, and
//! an object with both stays untyped.
//!
//! Such a union makes one exception to the order: a variant that comes last still wins if it
//! drops nothing that the best variant keeps, and the best variant drops something that it keeps.

use std::cmp::Reverse;

use serde::Deserializer;
use serde::de::{DeserializeOwned, Error as _};
use serde_json::{Error, Value};

use super::tag::{Match, Tag};
use super::union_coverage::{Keeps, Loss};
use crate::runtime::decode::leniency::{self, Choice, Fit, Probed};
use crate::runtime::decode::{lenient, read_any};

/// The tags of a variant, the properties that it keeps, and the function that decodes it.
pub(crate) type Variant<T> = (&'static [Tag], Keeps, fn(&Value) -> Result<T, Error>);

/// Decodes `value` as a `T`.
///
/// # Errors
///
/// The value is not a `T`.
pub(crate) fn decode<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
    lenient(value)
}

/// Decodes the variant that fits best. Among equals, it prefers the variant that keeps
/// most, then the one with most tags in the value, then the first. It returns `other` if
/// no variant fits, or if each of two variants keeps something that the other loses.
///
/// # Errors
/// No variant fits and `other` is missing, or a property has two different values.
pub(crate) fn read_union<'de, T: 'static, D: Deserializer<'de>>(
    deserializer: D,
    variants: &[Variant<T>],
    other: Option<fn(Value) -> T>,
) -> Result<T, D::Error> {
    let value = read_any(deserializer)?;
    // `value` has no duplicate properties.
    let read = leniency::checked(true, || read(&value, variants, other));
    match (read, other) {
        (Ok(read), _) => Ok(read),
        (Err(_), Some(other)) => Ok(other(value)),
        (Err(error), None) => Err(D::Error::custom(error)),
    }
}

/// Decodes `value` as its variant.
fn read<T: 'static>(
    value: &Value,
    variants: &[Variant<T>],
    other: Option<fn(Value) -> T>,
) -> Result<T, Error> {
    let possible = variants.iter().enumerate();
    let possible = possible.map(|(index, (tags, keeps, _))| Possible { index, tags, keeps });
    let possible: Vec<_> = possible
        .filter(|possible| possible.admits(value, other.is_some()))
        .collect();
    match possible.as_slice() {
        [] => {
            leniency::note_fit(Fit::UNKNOWN);
            let tag = variants.iter().find_map(|(tags, ..)| tags.first());
            Err(match tag.filter(|_| value.is_object()) {
                Some(tag) => Error::custom(format_args!(
                    "`{}` has a value that fits no variant of the union",
                    tag.property()
                )),
                None => Error::custom(NO_VARIANT),
            })
        }
        // The fit only matters to a union around this one.
        [only] if !leniency::is_probing() => (variants[only.index].2)(value),
        possible => leniency::within_union(|| read_best(value, variants, possible, other))
            .ok_or_else(|| Error::custom(NO_VARIANT)),
    }
}

const NO_VARIANT: &str = "the value fits no variant of the union";

/// A variant that a value may belong to.
struct Possible<'a> {
    index: usize,
    tags: &'static [Tag],
    keeps: &'a Keeps,
}

impl Possible<'_> {
    /// Whether `value` may be a value of the variant. If the union has a variant for any
    /// JSON, the variant must keep some of it.
    fn admits(&self, value: &Value, has_other: bool) -> bool {
        self.keeps.takes(value)
            && self.tags.iter().all(|tag| tag.admits(value))
            && (!has_other || self.keeps.keeps_some(value))
    }
}

/// Decodes the best of the `possible` variants. While an outer union probes, the result
/// may be a placeholder.
fn read_best<T: 'static>(
    value: &Value,
    variants: &[Variant<T>],
    possible: &[Possible<'_>],
    other: Option<fn(Value) -> T>,
) -> Option<T> {
    let is_probing = leniency::is_probing();
    let mut probed: Vec<(usize, Probed<T>)> = Vec::new();
    let mut probe = |index: usize| {
        let (.., read) = variants.get(index)?;
        let read = leniency::probe(|| read(value).ok())?;
        let fit = read.fit;
        probed.push((index, read));
        Some(fit)
    };
    let mut choose = || choose(value, possible, other.is_none(), &mut probe);
    // The choice of an outermost union is needed only once.
    let choice = match leniency::is_nested() {
        true => leniency::choice::<T>(value, choose),
        false => choose(),
    };
    leniency::note_fit(choice.fit);
    let chosen = choice.variant?;
    let (.., read) = variants.get(chosen)?;
    let read = || read(value).ok();
    let mut probed = probed.into_iter();
    let probed = match (probed.find(|(index, _)| *index == chosen), other) {
        (Some((_, probed)), _) => probed,
        (None, Some(placeholder)) if is_probing => {
            leniency::note_deferral();
            return Some(placeholder(Value::Null));
        }
        (None, _) if is_probing => leniency::probe(read)?,
        (None, _) => return leniency::read(read),
    };
    if probed.is_deferred {
        if !is_probing {
            return leniency::read(read);
        }
        leniency::note_deferral();
    }
    Some(probed.value)
}

/// A variant that fits a value.
struct Fitting<'a> {
    index: usize,
    keeps: &'a Keeps,
    lost: Loss,
    /// How many tags of the variant the value has.
    tags: usize,
    fit: Fit,
}

impl Fitting<'_> {
    /// The sort key. A strict fit comes first, then a lenient fit, then a fit with union
    /// values that match no variant.
    fn rank(&self) -> (bool, bool, Loss, Reverse<usize>, Fit) {
        let has_unknown = self.fit.unknown > 0;
        let is_repaired = !has_unknown && self.fit.is_repaired;
        (
            has_unknown,
            is_repaired,
            self.lost,
            Reverse(self.tags),
            self.fit,
        )
    }

    fn is_as_strict_as(&self, other: &Self) -> bool {
        let strictness = |fitting: &Self| (fitting.rank().0, fitting.rank().1);
        strictness(self) == strictness(other)
    }

    /// Whether this variant keeps a part of `value` that `other` loses.
    fn saves(&self, value: &Value, other: &Self) -> bool {
        self.keeps.saves(value, other.keeps)
    }
}

/// Chooses one of the `possible` variants for `value`. `probe` decodes the variant with an
/// index, and returns its fit.
// Not generic, so that it is compiled once for all unions.
fn choose(
    value: &Value,
    possible: &[Possible<'_>],
    may_lose: bool,
    probe: &mut dyn FnMut(usize) -> Option<Fit>,
) -> Choice {
    let mut tried: Vec<_> = possible
        .iter()
        .map(|possible| {
            let tags = possible.tags.iter().map(|tag| tag.compare(value));
            let tags = tags.filter(|tag| *tag == Match::Same).count();
            (possible.keeps.lost(value), tags, possible)
        })
        .collect();
    tried.sort_by_key(|(lost, tags, _)| (*lost, Reverse(*tags)));
    let mut fitting = Vec::new();
    for (lost, tags, Possible { index, keeps, .. }) in tried {
        let Some(fit) = probe(*index) else {
            continue;
        };
        fitting.push(Fitting {
            index: *index,
            keeps,
            lost,
            tags,
            fit,
        });
        if fit == Fit::default() && (may_lose || lost.properties == 0) {
            break;
        }
    }
    fitting.sort_by_key(Fitting::rank);
    let best = best(value, &fitting, may_lose);
    Choice {
        variant: best.map(|best| best.index),
        fit: best.map_or(Fit::UNKNOWN, |best| best.fit),
    }
}

/// Returns the best of `fitting`, which is sorted. Returns `None` if every choice loses
/// something that another variant keeps.
fn best<'a, 'v>(
    value: &Value,
    fitting: &'a [Fitting<'v>],
    may_lose: bool,
) -> Option<&'a Fitting<'v>> {
    let (best, rivals) = fitting.split_first()?;
    if may_lose || best.lost.properties == 0 {
        return Some(best);
    }
    for rival in rivals.iter().filter(|rival| rival.saves(value, best)) {
        if rival.is_as_strict_as(best) {
            return None;
        }
        // An unknown value is new. It does not justify losing more.
        if !rival.fit.is_repaired {
            return (!best.saves(value, rival)).then_some(rival);
        }
    }
    Some(best)
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::json;

    use super::super::object::object;
    use super::super::tag::Scalar;
    use super::*;

    #[derive(Debug, PartialEq, Serialize)]
    struct Reviewers {
        id: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        reviewers: Option<Vec<Reviewer>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    }

    object! {
        Reviewers;
        required id "id";
        optional reviewers "reviewers";
        optional note "note";
    }

    #[derive(Debug, PartialEq, Serialize)]
    struct Reviewer {
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    }

    object! {
        Reviewer;
        optional name "name";
    }

    #[derive(Debug, PartialEq, Serialize)]
    struct Timer {
        id: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        reviewers: Option<Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        timer: Option<i64>,
    }

    object! {
        Timer;
        required id "id";
        optional reviewers "reviewers";
        optional timer "timer";
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
    fn variant_that_keeps_most_is_chosen() {
        for (value, expected) in [
            (json!({"id": 1}), "Reviewers"),
            (json!({"id": 1, "new": 2}), "Reviewers"),
            (json!({"id": 1, "reviewers": [{"name": "a"}]}), "Reviewers"),
            (json!({"id": 1, "reviewers": [{"team": "a"}]}), "Timer"),
            (json!({"id": 1, "timer": 2}), "Timer"),
            // Null carries no data, but is better than a guess.
            (json!({"id": 1, "timer": null}), "Timer"),
            (json!([{"id": 1, "timer": 2}]), "Timers"),
            // Either variant would lose a property.
            (json!({"id": 1, "timer": 2, "note": "a"}), "Other"),
            (
                json!({"id": 1, "reviewers": [{"team": 1}], "note": "a"}),
                "Other",
            ),
            (
                json!({"id": 1, "timer": null, "note": "a", "new": 1}),
                "Reviewers",
            ),
            // Code that serde derives would accept this as one of the first two.
            (json!([1, null]), "Other"),
            (json!({"timer": 2}), "Other"),
            (json!(7), "Integer"),
        ] {
            let read = format!("{:?}", rule(&value, Some(Rule::Other)).unwrap());
            assert!(read.starts_with(expected), "{value}: {read}");
        }
    }

    #[test]
    fn object_without_a_property_of_any_variant_stays_untyped() {
        #[derive(Debug)]
        enum Person {
            Reviewer(Reviewer),
            Other(Value),
        }

        for (value, is_open, is_typed) in [
            (json!({"name": "a"}), true, true),
            (json!({"name": "a", "team": "b"}), true, true),
            (json!({}), true, true),
            (json!({"team": null}), true, true),
            (json!({"team": "b"}), true, false),
            (json!({"team": "b", "name": null}), true, false),
            // The union has no variant for any JSON, so it decodes its only variant.
            (json!({"team": "b"}), false, true),
        ] {
            let other = is_open.then_some(Person::Other as fn(Value) -> Person);
            let reviewer: Variant<Person> = (&[], Keeps::Names(&["name"]), |value| {
                decode(value).map(Person::Reviewer)
            });
            match read_union(&value, &[reviewer], other).unwrap() {
                Person::Reviewer(_) => assert!(is_typed, "{value}"),
                Person::Other(other) => assert!(!is_typed && other == value, "{value}"),
            }
        }
    }

    #[derive(Debug, PartialEq)]
    struct Wire {
        amount: String,
    }

    object! {
        Wire;
        required amount "amount";
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
    fn tags_rule_variants_out() {
        let wire = |amount: &str| Wire {
            amount: amount.to_owned(),
        };
        for (value, expected) in [
            (
                json!({"kind": "wire", "amount": "1"}),
                Ok(Payment::Wire(wire("1"))),
            ),
            // The tag matches this variant, but the value does not fit.
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
                "`kind` has a value that fits no variant of the union",
            ),
            (json!(1), NO_VARIANT),
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
        required id "id";
        required emails "emails";
        expected manager "manager";
    }

    #[derive(Debug, PartialEq)]
    struct Failure {
        id: u8,
        code: Option<u8>,
    }

    object! {
        Failure;
        required id "id";
        optional code "code";
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
    fn strict_fit_is_preferred_to_lenient_fit() {
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
            // It fits a person only leniently, and a failure loses nothing more.
            (json!({"id": 1}), failure(None)),
            (json!({"id": 1, "emails": null}), failure(None)),
            (json!({"id": 1, "code": 2}), failure(Some(2))),
            // Not a failure, because the code of a failure is a number.
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

    /// A union without a fallback variant, so it cannot wait for the outer union.
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
        required closed "closed";
        optional entry "entry";
    }

    #[test]
    fn closed_union_affects_the_fit_of_its_variant() {
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
        let entry = holder.entry.unwrap();
        assert!(matches!(entry, Entry::Failure(_)), "{entry:?}");
        // Only the other variant fits strictly.
        let lenient = json!({"closed": person(Value::Null)});
        assert_eq!(read(lenient.clone()), Err(lenient));
    }

    /// An item that is not an entry.
    #[derive(Debug, PartialEq)]
    enum Shape {
        Sized(Sized),
        Other(Value),
    }

    #[derive(Debug, PartialEq)]
    struct Sized {
        size: u8,
    }

    object! {
        Sized;
        required size "size";
    }

    impl<'de> serde::Deserialize<'de> for Shape {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let sized: Variant<Self> = (&[], Keeps::Object, |value| decode(value).map(Self::Sized));
            read_union(deserializer, &[sized], Some(Self::Other))
        }
    }

    #[derive(Debug, PartialEq)]
    struct Shapes {
        items: Vec<Shape>,
        note: Option<String>,
    }

    object! {
        Shapes;
        required items "items";
        expected note "note";
    }

    #[derive(Debug, PartialEq)]
    struct Entries {
        items: Vec<Entry>,
    }

    object! {
        Entries;
        required items "items";
    }

    #[derive(Debug, PartialEq)]
    enum List {
        Shapes(Shapes),
        Entries(Entries),
        Other(Value),
    }

    impl<'de> serde::Deserialize<'de> for List {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let shapes: Variant<Self> = (&[], Keeps::All, |value| decode(value).map(Self::Shapes));
            let entries: Variant<Self> =
                (&[], Keeps::All, |value| decode(value).map(Self::Entries));
            read_union(deserializer, &[shapes, entries], Some(Self::Other))
        }
    }

    #[derive(Debug, PartialEq)]
    struct Holds {
        id: u8,
        shape: Option<Shape>,
    }

    object! {
        Holds;
        required id "id";
        optional shape "shape";
    }

    #[test]
    fn unknown_union_value_is_not_lost() {
        #[derive(Debug)]
        enum Held {
            Failure(Failure),
            Holds(Holds),
            Other(Value),
        }

        let read = |value: Value| {
            let failure: Variant<Held> = (&[], Keeps::Names(&["id", "code"]), |value| {
                decode(value).map(Held::Failure)
            });
            let holds: Variant<Held> = (&[], Keeps::Names(&["id", "shape"]), |value| {
                decode(value).map(Held::Holds)
            });
            let result = read_union(value, &[failure, holds], Some(Held::Other));
            format!("{:?}", result.unwrap())
        };
        for (value, expected) in [
            (json!({"id": 1}), "Failure"),
            (json!({"id": 1, "shape": {"size": 1}}), "Holds"),
            (json!({"id": 1, "shape": {"new": 1}}), "Holds"),
            (json!({"id": 1, "shape": {"size": 1}, "code": 1}), "Other"),
            (json!({"id": 1, "shape": {"new": 1}, "code": 1}), "Other"),
        ] {
            let read = read(value.clone());
            assert!(read.starts_with(expected), "{value}: {read}");
        }
    }

    /// The outermost union decides, and considers the fit of the unions inside it.
    #[test]
    fn fit_of_a_union_includes_inner_unions() {
        const UNKNOWN: &str = "Other(Object {\"new\": Number(1)})";
        for (value, list, items) in [
            (
                json!({"items": [{"size": 1}], "note": null}),
                "Shapes",
                "Sized(Sized { size: 1 })",
            ),
            (
                json!({"items": [{"id": 1}], "note": null}),
                "Entries",
                "Failure(Failure { id: 1, code: None })",
            ),
            // A lenient fit is better than none, and worse than a strict one.
            (
                json!({"items": [{"id": 1, "emails": null, "code": "a"}], "note": null}),
                "Entries",
                "Person(Person { id: 1, emails: [], manager: None })",
            ),
            (
                json!({"items": [{"size": 1}]}),
                "Shapes",
                "Sized(Sized { size: 1 })",
            ),
            (
                json!({"items": [{"size": 1, "id": 1}]}),
                "Entries",
                "Failure(Failure { id: 1, code: None })",
            ),
            // An unknown item makes no difference.
            (
                json!({"items": [{"new": 1}], "note": null}),
                "Shapes",
                UNKNOWN,
            ),
            (json!({"items": [{"new": 1}]}), "Entries", UNKNOWN),
            (json!({"items": [], "note": null}), "Shapes", ""),
            (json!({"items": []}), "Entries", ""),
            (json!({"items": null, "note": null}), "Shapes", ""),
        ] {
            let read: List = serde_json::from_value(value.clone()).unwrap();
            let text = format!("{read:?}");
            assert!(text.starts_with(list), "{value}: {text}");
            assert!(
                text.contains(&format!("items: [{items}]")),
                "{value}: {text}"
            );
        }
        // One item among many.
        let items = json!([{"size": 1}, {"new": 1}, {"id": 1, "code": 2}]);
        let read: List = serde_json::from_value(json!({"items": items, "note": null})).unwrap();
        assert!(matches!(read, List::Shapes(_)), "{read:?}");
        let items = json!([{"size": 1}, {"new": 1}, {"size": 2}]);
        let read: List = serde_json::from_value(json!({"items": items})).unwrap();
        assert!(matches!(read, List::Shapes(_)), "{read:?}");
    }

    thread_local! {
        static READ: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    /// A tree whose variants differ only in a property after the child.
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
        required first "first";
        required items "items";
        optional child "child";
    }

    object! {
        Second;
        required items "items";
        expected second "second";
        optional child "child";
    }

    impl<'de> serde::Deserialize<'de> for Node {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            fn counted<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
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
            // Each level fits the second variant only leniently.
            (json!({"items": null}), json!({"items": null}), "Second"),
            // Only the innermost level fits leniently.
            (
                json!({"items": null}),
                json!({"items": [], "second": null}),
                "Second",
            ),
            // No level fits any variant.
            (json!({"items": 1}), json!({"items": 1}), "Other"),
            // Only the innermost level fits no variant.
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
            (json!(-0.0), json!(0)),
            (json!(9e15), json!(9_000_000_000_000_000_i64)),
        ] {
            let read = serde_json::to_value(rule(&value, None).unwrap()).unwrap();
            assert_eq!(read, expected);
        }
        assert!(rule(&json!(7.5), None).is_none());
        assert!(rule(&json!(1e300), None).is_none());
    }
}
