//! Compares unions and conjunctions: finds the branches and parts that are the same, new or
//! removed.
//!
//! A reference corresponds to a reference to the component with the same name, or with the
//! same content. Any other branch corresponds to an equal branch, or else to the next branch
//! of the same type.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::schemas::{conjunction, type_of, union};
use super::{Comparer, HARMLESS, Kind, NARROWED, Place, Revision, Severity, Verdict, WIDENED};
use crate::pointer;
use crate::shape::is_only_null;

/// The server may still require the properties of the part.
const PART_REMOVED: Verdict = (Severity::Warning, Severity::Note);

/// The corresponding items of two lists, and the remaining items of each.
struct Matched<'a> {
    pairs: Vec<(Place<'a>, Place<'a>)>,
    removed: Vec<Place<'a>>,
    added: Vec<Place<'a>>,
}

impl<'a> Comparer<'a> {
    /// Compares two schemas; at least one is a union.
    pub(super) fn unions(&mut self, old: &Place<'a>, new: &Place<'a>) {
        let branches = |of: &Place<'a>| match union(of) {
            Some((_, branches)) => {
                let is_some = |branch: &Place<'a>| !is_only_null(branch.value);
                branches.into_iter().filter(is_some).collect()
            }
            None => vec![of.clone()],
        };
        let (before, after) = (union(old), union(new));
        let matched = self.matched(branches(old), branches(new));
        for branch in &matched.removed {
            let what = format!("branch {} removed", name(branch));
            self.report(NARROWED, Kind::Removed, &branch.pointer, what);
        }
        for branch in &matched.added {
            // In the client a union is open and accepts unknown values. Other types are
            // closed.
            let verdict = if before.is_some() { HARMLESS } else { WIDENED };
            let what = format!("branch {} added", name(branch));
            self.report(verdict, Kind::Added, &branch.pointer, what);
        }
        if let (Some((before, _)), Some((after, _))) = (&before, &after)
            && before != after
        {
            let what = format!("`{before}` → `{after}`");
            self.report(HARMLESS, Kind::Changed, &new.pointer, what);
        }
        for (old, new) in matched.pairs {
            self.schema(old, new);
        }
        if before.is_some() && after.is_some() {
            self.discriminator(old, new);
            self.keywords(old, new);
        }
    }

    /// Compares two schemas; at least one is a conjunction.
    pub(super) fn conjunctions(&mut self, old: &Place<'a>, new: &Place<'a>) {
        // Compare the keywords next to `allOf` with the keywords of the other schema.
        let is_one = |of: &Place<'a>| conjunction(of).is_none();
        let says = |of: &Place<'a>| type_of(of.value).is_some();
        let has_own = match (is_one(old), is_one(new)) {
            (false, false) => true,
            (true, _) => says(new),
            (_, true) => says(old),
        };
        let parts = |of: &Place<'a>| match conjunction(of) {
            Some(parts) => parts,
            None if has_own => Vec::new(),
            None => vec![of.clone()],
        };
        let (before, after) = (self.old, self.new);
        let matched = self.matched(parts(old), parts(new));
        let is_rearranged = !(matched.removed.is_empty() && matched.added.is_empty())
            && flattened(before, old).is_some_and(|old| flattened(after, new) == Some(old));
        if is_rearranged {
            let what = "other members of `allOf` describe the same properties";
            self.report(HARMLESS, Kind::Changed, &new.pointer, what);
            return;
        }
        for part in &matched.removed {
            let what = format!("`allOf` member {} removed", name(part));
            self.report(PART_REMOVED, Kind::Removed, &part.pointer, what);
        }
        for part in &matched.added {
            let what = format!("`allOf` member {} added", name(part));
            self.report(NARROWED, Kind::Added, &part.pointer, what);
        }
        for (old, new) in matched.pairs {
            self.schema(old, new);
        }
        if has_own {
            self.keywords(old, new);
        }
    }

    fn matched(&self, before: Vec<Place<'a>>, after: Vec<Place<'a>>) -> Matched<'a> {
        let (old, new) = (self.old, self.new);
        let mut matched = Matched {
            pairs: Vec::new(),
            removed: before,
            added: after,
        };
        matched.pair(|before, after| {
            let target = before.text("$ref");
            target.is_some() && target == after.text("$ref")
        });
        matched.pair(|before, after| {
            let content = |revision: &'a Revision, of: &Place<'a>| {
                revision.follow(of.clone()).map(|of| of.value)
            };
            content(old, before) == content(new, after)
        });
        matched.pair(|before, after| {
            let is_inline = before.text("$ref").is_none() && after.text("$ref").is_none();
            is_inline && type_of(before.value) == type_of(after.value)
        });
        matched
    }
}

impl<'a> Matched<'a> {
    /// Pairs the branches that correspond.
    fn pair(&mut self, is_same: impl Fn(&Place<'a>, &Place<'a>) -> bool) {
        let mut index = 0;
        while let Some(before) = self.removed.get(index) {
            match self.added.iter().position(|after| is_same(before, after)) {
                Some(other) => {
                    let pair = (self.removed.remove(index), self.added.remove(other));
                    self.pairs.push(pair);
                }
                None => index += 1,
            }
        }
    }
}

/// Returns the properties of a conjunction of objects, and the required ones; `None` if it has
/// other parts.
fn flattened<'a>(
    revision: &'a Revision,
    schema: &Place<'a>,
) -> Option<(BTreeMap<&'a str, &'a Value>, BTreeSet<&'a str>)> {
    const KNOWN: [&str; 7] = [
        "allOf",
        "description",
        "example",
        "properties",
        "required",
        "title",
        "type",
    ];
    let (mut properties, mut required) = (BTreeMap::new(), BTreeSet::new());
    let mut next = vec![schema.clone()];
    let mut seen = BTreeSet::new();
    while let Some(schema) = next.pop() {
        let schema = revision.follow(schema)?;
        if !seen.insert(schema.pointer.clone()) {
            continue;
        }
        let members = schema.value.as_object()?;
        if members.keys().any(|key| !KNOWN.contains(&key.as_str())) {
            return None;
        }
        for (name, property) in schema.members_of("properties") {
            let other = properties.insert(name, property.value);
            if other.is_some_and(|other| other != property.value) {
                return None;
            }
        }
        required.extend(schema.texts("required"));
        next.extend(conjunction(&schema).unwrap_or_default());
    }
    Some((properties, required))
}

/// Returns the name of a branch in messages: the component or the type.
fn name(branch: &Place<'_>) -> String {
    let component = branch.text("$ref").and_then(pointer::last);
    component
        .or_else(|| branch.text("title").map(str::to_owned))
        .map(|name| format!("`{name}`"))
        .or_else(|| type_of(branch.value).map(|of| format!("of type {of}")))
        .unwrap_or_else(|| "without a type".to_owned())
}
