//! overlay: applies the actions of an OpenAPI Overlay to the document.
//!
//! Receives the document and an Overlay of version 1.0 or 1.1 without `copy`. Guarantees the result
//! that the specification defines. Refuses an invalid Overlay, and an `update` that does not fit
//! its target. If `corrections_expire` is set, it also refuses an action that matches nothing or
//! changes nothing, so that a correction goes when the publisher makes it. Where the publisher
//! probably renamed a key, the message suggests the new target.

mod actions;
mod budget;
mod renamed;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use self::actions::{Action, Actions, Version};
use self::budget::Budget;
use crate::load::{Document, kind};
use crate::pointer;
use crate::problem::Problems;

/// The remedy for an action that reads or writes too much.
const TOO_MUCH: &str = "select fewer values, by name";

/// The effect of an action on the document.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    MatchedNothing,
    ChangedNothing,
    Changed,
}

/// Why an action was not applied.
enum Refused {
    /// The action does not fit the values that its target selects.
    Unfit { what: String, remedy: &'static str },
    /// The action exceeds this limit.
    TooMuch(String),
}

impl Refused {
    fn unfit(what: impl Into<String>, remedy: &'static str) -> Self {
        let what = what.into();
        Self::Unfit { what, remedy }
    }
}

/// Applies the actions of `overlay` to `document`, in their order. If `corrections_expire`,
/// each of them must match and change something.
///
/// # Errors
///
/// The problems of the overlay, with a pointer into it.
pub fn apply(
    mut document: Document,
    overlay: &Document,
    corrections_expire: bool,
) -> Result<Document, Problems> {
    let actions = Actions::read(overlay)?;
    let mut problems = Problems::default();
    let mut budget = Budget::for_document(&document.root);
    for (index, action) in actions.list.iter().enumerate() {
        let at = format!("/actions/{index}");
        let target = action.target;
        match act(action, actions.version, &mut document.root, &mut budget) {
            Err(Refused::TooMuch(what)) => {
                problems.push(overlay.problem(format!("{at}/target"), what, TOO_MUCH));
                return Err(problems);
            }
            Err(Refused::Unfit { what, remedy }) => {
                let what = format!("{target} in {}: {what}", document.name);
                problems.push(overlay.problem(at, what, remedy));
            }
            Ok(Effect::MatchedNothing) if corrections_expire => {
                let remedy = match renamed::suggest(target, &document.root) {
                    Some(target) => format!(
                        "if it has another name now, write {target}; if the document no longer \
                         needs the action, remove it"
                    ),
                    None => "correct the target, or remove the action if the document no longer \
                             needs it"
                        .to_owned(),
                };
                let what = format!("{target} matches nothing in {}", document.name);
                problems.push(overlay.problem(format!("{at}/target"), what, remedy));
            }
            Ok(Effect::ChangedNothing) if corrections_expire => {
                let name = &document.name;
                let what = format!(
                    "the action at {target} changes nothing: {name} already has this value"
                );
                problems.push(overlay.problem(at, what, "remove the action"));
            }
            Ok(_) => {}
        }
    }
    problems.or(document)
}

/// Applies the actions of `overlay` that fit `document`, and skips the others: a correction of
/// one revision of a document may not fit another.
///
/// # Errors
///
/// The problems of the overlay, with a pointer into it.
pub(crate) fn apply_matching(
    mut document: Document,
    overlay: &Document,
) -> Result<Document, Problems> {
    let mut budget = Budget::for_document(&document.root);
    let actions = Actions::read(overlay)?;
    for (index, action) in actions.list.iter().enumerate() {
        let acted = act(action, actions.version, &mut document.root, &mut budget);
        if let Err(Refused::TooMuch(what)) = acted {
            let at = format!("/actions/{index}/target");
            return Err(overlay.problem(at, what, TOO_MUCH).into());
        }
    }
    Ok(document)
}

/// Applies `action` to all values that its target selects, or to none.
fn act(
    action: &Action<'_>,
    version: Version,
    root: &mut Value,
    budget: &mut Budget,
) -> Result<Effect, Refused> {
    budget.look(action.target).map_err(Refused::TooMuch)?;
    let located = action.path.query_located(root);
    if located.is_empty() {
        return Ok(Effect::MatchedNothing);
    }
    let is_primitive = |value: &&Value| !(value.is_object() || value.is_array());
    if version == Version::V1_0
        && let Some(value) = located.nodes().find(is_primitive)
    {
        let kind = kind(value);
        return Err(Refused::unfit(
            format!("Overlay 1.0 changes only objects and arrays, and the target selects {kind}"),
            "select the object or array that contains it, or write `overlay: 1.1.0`",
        ));
    }
    if action.removes && located.locations().any(|location| location.is_empty()) {
        let what = "the whole document cannot be removed";
        return Err(Refused::unfit(what, "select a part of it"));
    }
    if let (false, Some(update)) = (action.removes, action.update) {
        let written = budget.write(update, located.len());
        written.map_err(Refused::TooMuch)?;
        let nodes: Vec<&Value> = located.nodes().collect();
        check_update(version, &nodes, update)?;
    }
    let selected: Vec<String> = located
        .locations()
        .map(|location| location.to_json_pointer())
        .collect();
    let is_changed = match action.update {
        _ if action.removes => remove(root, &selected, budget).map_err(Refused::TooMuch)?,
        Some(update) => write(version, root, &selected, update),
        None => false,
    };
    Ok(match is_changed {
        true => Effect::Changed,
        false => Effect::ChangedNothing,
    })
}

/// Checks that `update` fits each of the selected `nodes`.
fn check_update(version: Version, nodes: &[&Value], update: &Value) -> Result<(), Refused> {
    let first = nodes.first().map(|node| group(node));
    let other = nodes.iter().find(|node| Some(group(node)) != first);
    if let (Version::V1_1, Some(first), Some(other)) = (version, first, other) {
        return Err(Refused::unfit(
            format!("the target selects {first} and {}", group(other)),
            "write an action for each kind",
        ));
    }
    for node in nodes {
        let is_fit = match node {
            Value::Object(_) => update.is_object(),
            Value::Array(_) => true,
            _ => group(update) == group(node),
        };
        if !is_fit {
            let (selected, update) = (group(node), group(update));
            return Err(Refused::unfit(
                format!("the target selects {selected}, and the `update` is {update}"),
                "write an `update` of the same kind",
            ));
        }
        if (version, node.is_object()) == (Version::V1_1, true)
            && let Some((at, old, new)) = mismatch(node, update)
        {
            return Err(Refused::unfit(
                format!("the `update` has {new} at {at}, but the document has {old}"),
                "remove the old value with an earlier action",
            ));
        }
    }
    Ok(())
}

/// Finds two values with the same pointer that cannot be merged (Overlay 1.1, 4.4.3). Returns the
/// pointer and the kinds of both values.
fn mismatch(old: &Value, new: &Value) -> Option<(String, &'static str, &'static str)> {
    if let (Value::Object(old), Value::Object(new)) = (old, new) {
        return new.iter().find_map(|(name, new)| {
            let (at, old, new) = mismatch(old.get(name)?, new)?;
            Some((format!("{}{at}", pointer::join("", name)), old, new))
        });
    }
    (group(old) != group(new)).then(|| (String::new(), kind(old), kind(new)))
}

/// The kinds of values that Overlay 1.1 distinguishes.
fn group(value: &Value) -> &'static str {
    match value {
        Value::Object(_) => "an object",
        Value::Array(_) => "an array",
        _ => "a primitive value",
    }
}

/// Updates the values at these pointers. Returns whether a value changed.
fn write(version: Version, root: &mut Value, selected: &[String], update: &Value) -> bool {
    let mut is_changed = false;
    for at in selected {
        is_changed |= match root.pointer_mut(at) {
            Some(Value::Array(items)) if version == Version::V1_0 || !update.is_array() => {
                items.push(update.clone());
                true
            }
            Some(value) => merge(value, update),
            None => false,
        };
    }
    is_changed
}

/// Removes the values at these pointers. Returns whether there were any. The remaining values
/// keep their order.
fn remove(root: &mut Value, selected: &[String], budget: &mut Budget) -> Result<bool, String> {
    let mut names: BTreeMap<(Reverse<usize>, &str), HashSet<String>> = BTreeMap::new();
    for at in selected {
        if let (Some((parent, _)), Some(name)) = (at.rsplit_once('/'), pointer::last(at)) {
            // Deepest first: the removal of an item shifts the items after it.
            let depth = Reverse(parent.matches('/').count());
            names.entry((depth, parent)).or_default().insert(name);
        }
    }
    let mut is_changed = false;
    for ((_, parent), names) in names {
        let (before, after) = match root.pointer_mut(parent) {
            Some(Value::Object(members)) => {
                let before = members.len();
                members.retain(|name, _| !names.contains(name));
                (before, members.len())
            }
            Some(Value::Array(items)) => {
                let before = items.len();
                let mut indices = 0..before;
                items.retain(|_| {
                    let index = indices.next();
                    !index.is_some_and(|index| names.contains(&index.to_string()))
                });
                (before, items.len())
            }
            _ => continue,
        };
        budget.pass(before)?;
        is_changed |= after < before;
    }
    Ok(is_changed)
}

/// Merges `update` into `value`. Returns whether `value` changed. Overlay 1.0 does not define
/// how to merge values of different kinds: here the update replaces the value.
fn merge(value: &mut Value, update: &Value) -> bool {
    match (value, update) {
        (Value::Object(members), Value::Object(update)) => {
            let mut is_changed = false;
            for (name, update) in update {
                is_changed |= match members.get_mut(name) {
                    Some(member) => merge(member, update),
                    None => members.insert(name.clone(), update.clone()).is_none(),
                };
            }
            is_changed
        }
        (Value::Array(items), Value::Array(more)) => {
            items.extend_from_slice(more);
            !more.is_empty()
        }
        (value, update) => {
            let is_changed = value != update;
            *value = update.clone();
            is_changed
        }
    }
}

#[cfg(test)]
mod tests;
