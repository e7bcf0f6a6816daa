//! definitions: collects the values that fragments have at each pointer, and assembles the document
//! if they agree.
//!
//! If two pages have different values at one pointer, or only one of them has a value where both
//! must, returns up to five differences as problems. Each names both pages and both values.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::pointer;
use crate::problem::{Problem, Problems};
use crate::vendor::difference;

/// The maximum number of reported differences between two definitions.
const REPORTED: usize = 5;

/// The position of a definition: the tokens of its pointer, each with its rank among its
/// siblings.
pub(super) type Place = Vec<(usize, String)>;

/// A value, and the pages that have it. `None` means that the value is absent in these pages and
/// present in others.
struct Definition<'a> {
    value: Option<&'a Value>,
    pages: Vec<&'a str>,
}

/// All definitions in the order of the document. A mapping whose values are separate definitions
/// has no value.
#[derive(Default)]
pub(super) struct Definitions<'a>(BTreeMap<Place, Vec<Definition<'a>>>);

impl<'a> Definitions<'a> {
    /// Adds the `value` that `page` has at `place`.
    pub(super) fn add(&mut self, place: Place, page: &'a str, value: Option<&'a Value>) {
        let all = self.0.entry(place).or_default();
        match all.iter_mut().find(|known| known.value == value) {
            Some(known) => known.pages.push(page),
            None => all.push(Definition {
                value,
                pages: vec![page],
            }),
        }
    }

    /// Adds a mapping at `place`, which may remain empty.
    pub(super) fn add_mapping(&mut self, place: Place) {
        self.0.entry(place).or_default();
    }

    /// Adds the values of all `mappings` at `place` for each key that one of them has, except
    /// for the keys in `united`.
    pub(super) fn add_all(
        &mut self,
        place: &Place,
        mappings: &[(&'a str, &'a Map<String, Value>)],
        united: &[&str],
        rank: impl Fn(&str) -> usize,
    ) {
        let names = mappings.iter().flat_map(|(_, members)| members.keys());
        let names: BTreeSet<&'a String> = names
            .filter(|name| !united.contains(&name.as_str()))
            .collect();
        for name in names {
            for (page, members) in mappings {
                let place = within(place, rank(name), name);
                self.add(place, page, members.get(name));
            }
        }
    }
}

/// Assembles the document. Reports conflicting values as a problem.
pub(super) fn assemble(definitions: Definitions<'_>) -> Result<Value, Problems> {
    let mut problems = Problems::default();
    let mut root = Map::new();
    for (place, values) in definitions.0 {
        let value = match &values[..] {
            [] => Value::Object(Map::new()),
            [only] => only.value.cloned().unwrap_or_default(),
            [first, others @ ..] => {
                let at = pointer_of(&place);
                let conflicts = others.iter().flat_map(|other| conflict(&at, first, other));
                conflicts.for_each(|it| problems.push(it));
                continue;
            }
        };
        insert(&mut root, &place, value);
    }
    // Definitions store tags by name; the document stores a list.
    if let Some(Value::Object(tags)) = root.get_mut("tags") {
        let tags = std::mem::take(tags).into_iter().map(|(_, tag)| tag);
        root["tags"] = tags.collect();
    }
    problems.or(root.into())
}

fn insert(root: &mut Map<String, Value>, place: &Place, value: Value) {
    let Some(((_, name), parents)) = place.split_last() else {
        return;
    };
    let mut at = root;
    for (_, parent) in parents {
        let inner = at.entry(parent).or_insert_with(|| Map::new().into());
        at = inner
            .as_object_mut()
            .expect("the parent of a definition is a mapping");
    }
    at.insert(name.clone(), value);
}

/// Reports how `other` differs from `first`.
fn conflict(at: &str, first: &Definition<'_>, other: &Definition<'_>) -> Vec<Problem> {
    let differences = difference::between(first.value, other.value, at);
    let others = |pages: &[&str], and: &str| match pages.len() - 1 {
        0 => String::new(),
        1 => format!("{and} 1 other page"),
        more => format!("{and} {more} other pages"),
    };
    let here_too = others(&first.pages, " and in");
    let there_too = others(&other.pages, " and");
    let (here, there) = (first.pages[0], other.pages[0]);
    let remedy = "fetch both pages again; if they still differ, ask the publisher, or save \
                  the pages, correct one, and give the files";
    let problem = |pointer: &str, what: String| Problem::new(here, pointer, what, remedy);
    let mut problems: Vec<_> = differences
        .iter()
        .take(REPORTED)
        .map(|it| {
            let [one, another] = &it.values;
            let what = format!("{one} here{here_too}, but {another} in {there}{there_too}");
            problem(&it.pointer, what)
        })
        .collect();
    if let Some(more @ 1..) = differences.len().checked_sub(REPORTED) {
        let what = format!("and {more} more differences from {there}");
        problems.push(problem(at, what));
    }
    problems
}

/// Returns the position of the key `name` within `place`.
pub(super) fn within(place: &Place, rank: usize, name: &str) -> Place {
    let mut place = place.clone();
    place.push((rank, name.to_owned()));
    place
}

/// Returns the JSON pointer of `place`.
pub(super) fn pointer_of(place: &Place) -> String {
    place.iter().fold(String::new(), |mut pointer, (_, token)| {
        pointer::push(&mut pointer, token);
        pointer
    })
}
