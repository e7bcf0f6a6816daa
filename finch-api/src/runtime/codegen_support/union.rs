//! Unions that nothing but the values of their variants tells apart: each variant is
//! tried, and of those that fit, the one that keeps most of the value is chosen.
//!
//! A variant skips the properties that it does not name. So a value that fits the
//! variants `{id, reviewers?}` and `{id, timer?}` is of the first if it has
//! reviewers, and of the second if it has a timer. If it has both, either would lose
//! one, and the value stays as it is.
//!
//! A variant that fits strictly is a better choice than one that only fits leniently,
//! whatever each keeps: see `leniency`. A variant in which the value of a union fits no
//! variant comes last, unless the others lose that value.

use serde::Deserializer;
use serde::de::{self, DeserializeOwned, Error as _};
use serde_json::Value;

use super::union_coverage::{Keeps, Loss};
use crate::runtime::decode::leniency::{self, Choice, Fit, Probed};
use crate::runtime::decode::{lenient, read_any};

/// A variant: the parts of a value that it keeps, and the function that reads it.
pub(crate) type Variant<T> = (Keeps, fn(&Value) -> Option<T>);

/// `value` as a `T`, if it is one.
pub(crate) fn decode<T: DeserializeOwned>(value: &Value) -> Option<T> {
    lenient(value).ok()
}

/// Reads the variant that keeps most, among those that fit best; among equals, the
/// first. It is `other` if none fits, or if one would keep what another loses and the
/// other way round.
///
/// # Errors
///
/// No variant fits, and there is no `other`; or a property has two values.
pub(crate) fn read_union<'de, T: 'static, D: Deserializer<'de>>(
    deserializer: D,
    variants: &[Variant<T>],
    other: Option<fn(Value) -> T>,
) -> Result<T, D::Error> {
    let value = read_any(deserializer)?;
    let read = || leniency::checked(true, || read(&value, variants, other));
    match (leniency::within_union(read), other) {
        (Some(read), _) => Ok(read),
        (None, Some(other)) => Ok(other(value)),
        (None, None) => Err(D::Error::custom("it fits no variant of a union")),
    }
}

/// Reads the variant of a union whose discriminator says which one `value` is.
///
/// # Errors
///
/// The value does not fit the variant.
pub(crate) fn read_variant<T: DeserializeOwned, E: de::Error>(value: Value) -> Result<T, E> {
    // No property is there twice in a value.
    leniency::checked(true, || lenient(value)).map_err(E::custom)
}

/// Returns `value`, and notes that the discriminator of its union is not known.
pub(crate) fn unknown(value: Value) -> Value {
    leniency::note_unknown();
    value
}

/// Reads the variant that `value` is. It may be a placeholder while a union around this one
/// probes its variants.
fn read<T: 'static>(
    value: &Value,
    variants: &[Variant<T>],
    other: Option<fn(Value) -> T>,
) -> Option<T> {
    let is_probing = leniency::is_probing();
    let mut probed = None;
    let mut choose = || {
        let (choice, read) = choose(value, variants, other.is_none());
        probed = read;
        choice
    };
    // Nothing asks twice for the choice of a union that is in no other.
    let choice = match leniency::is_nested() {
        true => leniency::choice::<T>(value, choose),
        false => choose(),
    };
    leniency::note_fit(choice.fit);
    let (_, read) = variants.get(choice.variant?)?;
    let probed = match (probed, other) {
        (Some(probed), _) => probed,
        (None, Some(placeholder)) if is_probing => {
            leniency::note_deferral();
            return Some(placeholder(Value::Null));
        }
        (None, _) if is_probing => leniency::probe(|| read(value))?,
        (None, _) => return leniency::read(|| read(value)),
    };
    if probed.is_deferred {
        if !is_probing {
            return leniency::read(|| read(value));
        }
        leniency::note_deferral();
    }
    Some(probed.value)
}

/// A variant that fits a value.
struct Fitting<'a, T> {
    index: usize,
    keeps: &'a Keeps,
    lost: Loss,
    probed: Probed<T>,
}

impl<T> Fitting<'_, T> {
    /// The least is the best: strictly, then leniently, then with values that fit no variant
    /// of a union within it.
    fn rank(&self) -> (bool, bool, Loss, Fit) {
        let fit = self.probed.fit;
        let has_unknown = fit.unknown > 0;
        (has_unknown, !has_unknown && fit.is_repaired, self.lost, fit)
    }

    fn is_as_strict_as(&self, other: &Self) -> bool {
        let strictness = |of: &Self| (of.rank().0, of.rank().1);
        strictness(self) == strictness(other)
    }

    /// Whether it keeps something of `value` that `other` loses.
    fn saves(&self, value: &Value, other: &Self) -> bool {
        self.keeps.saves(value, other.keeps)
    }
}

/// Chooses a variant for `value`, and reads it.
fn choose<T>(
    value: &Value,
    variants: &[Variant<T>],
    may_lose: bool,
) -> (Choice, Option<Probed<T>>) {
    let variants = variants.iter().enumerate();
    let mut tried: Vec<_> = variants
        .filter(|(_, (keeps, _))| keeps.takes(value))
        .map(|(index, (keeps, read))| (keeps.lost(value), index, keeps, read))
        .collect();
    tried.sort_by_key(|(lost, ..)| *lost);
    let mut fitting = Vec::new();
    for (lost, index, keeps, read) in tried {
        let Some(probed) = leniency::probe(|| read(value)) else {
            continue;
        };
        let is_best = probed.fit == Fit::default() && (may_lose || lost.members == 0);
        fitting.push(Fitting {
            index,
            keeps,
            lost,
            probed,
        });
        if is_best {
            break;
        }
    }
    fitting.sort_by_key(Fitting::rank);
    match best(value, fitting, may_lose) {
        Some(Fitting { index, probed, .. }) => {
            let choice = Choice {
                variant: Some(index),
                fit: probed.fit,
            };
            (choice, Some(probed))
        }
        None => {
            let choice = Choice {
                variant: None,
                fit: Fit::UNKNOWN,
            };
            (choice, None)
        }
    }
}

/// Returns the best of `fitting`, which are sorted; `None` if whichever is chosen loses
/// something that another keeps.
fn best<'a, T>(
    value: &Value,
    fitting: Vec<Fitting<'a, T>>,
    may_lose: bool,
) -> Option<Fitting<'a, T>> {
    let mut fitting = fitting.into_iter();
    let best = fitting.next()?;
    if may_lose || best.lost.members == 0 {
        return Some(best);
    }
    for rival in fitting.filter(|rival| rival.saves(value, &best)) {
        if rival.is_as_strict_as(&best) {
            return None;
        }
        // A value that nobody knows is new, and no reason to lose more.
        if !rival.probed.fit.is_repaired {
            return (!best.saves(value, &rival)).then_some(rival);
        }
    }
    Some(best)
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::json;

    use super::super::object::object;
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
            // To serde's own code, the first two are this, too.
            (json!([1, null]), "Other"),
            (json!({"timer": 2}), "Other"),
            (json!(7), "Integer"),
        ] {
            let read = format!("{:?}", rule(&value, Some(Rule::Other)).unwrap());
            assert!(read.starts_with(expected), "{value}: {read}");
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
            let person: Variant<Self> = (Keeps::Names(&["id", "emails", "manager"]), |value| {
                decode(value).map(Self::Person)
            });
            let failure: Variant<Self> = (Keeps::Names(&["id", "code"]), |value| {
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
            let person: Variant<Self> = (Keeps::All, |value| decode(value).map(Self::Person));
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
    fn a_closed_union_is_a_part_of_the_variant_that_it_is_in() {
        fn read(value: Value) -> Result<Holder, Value> {
            let holder: Variant<Result<Holder, Value>> =
                (Keeps::All, |value| decode(value).map(Ok));
            let any: Variant<Result<Holder, Value>> = (Keeps::All, |value| decode(value).map(Err));
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

    /// An item of another kind than an entry.
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
            let sized: Variant<Self> = (Keeps::Object, |value| decode(value).map(Self::Sized));
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
            let shapes: Variant<Self> = (Keeps::All, |value| decode(value).map(Self::Shapes));
            let entries: Variant<Self> = (Keeps::All, |value| decode(value).map(Self::Entries));
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
    fn a_value_of_a_new_kind_is_not_lost_with_its_property() {
        #[derive(Debug)]
        enum Held {
            Failure(Failure),
            Holds(Holds),
            Other(Value),
        }

        let read = |value: Value| {
            let failure: Variant<Held> = (Keeps::Names(&["id", "code"]), |value| {
                decode(value).map(Held::Failure)
            });
            let holds: Variant<Held> = (Keeps::Names(&["id", "shape"]), |value| {
                decode(value).map(Held::Holds)
            });
            let held = read_union(value, &[failure, holds], Some(Held::Other));
            format!("{:?}", held.unwrap())
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

    /// The outermost union decides, and it knows how well the unions within it fit.
    #[test]
    fn a_union_fits_as_well_as_the_unions_within_it() {
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
            // Leniently is better than not at all, and not as good as strictly.
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
            // An item that nobody knows makes no difference.
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
        // One item of many.
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
            fn counted<T: DeserializeOwned>(value: &Value) -> Option<T> {
                READ.set(READ.get() + 1);
                assert!(READ.get() < 1000, "the cost is not linear");
                decode(value)
            }
            let first: Variant<Self> = (Keeps::All, |value| counted(value).map(Self::First));
            let second: Variant<Self> = (Keeps::All, |value| counted(value).map(Self::Second));
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
