//! overlay: our corrections, applied to the document.
//!
//! Receives the document and an OpenAPI Overlay 1.0 document. Guarantees that
//! every action did something to the document, and that each says why. Refuses
//! an overlay that is not valid, an action without a description, and an action
//! that matches nothing or changes nothing: a correction that the publisher has
//! made itself must not linger.

mod budget;
mod renamed;

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use budget::Budget;
use roas_overlay::apply::ApplyErrorKind;
use roas_overlay::v1_0::{Action, Overlay};
use roas_overlay::validation::Validate as _;
use serde::de::Deserialize as _;
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::load::Document;
use crate::pointer;
use crate::problem::Problems;

/// What to do where an action looks at too much, or writes too much.
const TOO_MUCH: &str = "select less, by the names of what is to be corrected";

/// Why an action was not applied.
enum Refused {
    /// It cannot be.
    Kind(ApplyErrorKind),
    /// It exceeds this limit.
    TooMuch(String),
}

impl From<ApplyErrorKind> for Refused {
    fn from(kind: ApplyErrorKind) -> Self {
        Self::Kind(kind)
    }
}

/// Applies the actions of `overlay` to `document`, in their order.
///
/// # Errors
///
/// What is wrong with the overlay, with a pointer into it.
pub fn apply(mut document: Document, overlay: &Document) -> Result<Document, Problems> {
    let overlaid = read(overlay)?;
    let mut problems = Problems::default();
    let mut budget = Budget::for_document(&document.root);

    // One action at a time, so that each can be held to what it did: roas-overlay
    // does not tell, and clones the document for each.
    for (index, action) in overlaid.actions.iter().enumerate() {
        let at = format!("/actions/{index}");
        if action.description.as_deref().is_none_or(str::is_empty) {
            problems.push(overlay.problem(
                &at,
                "the action does not say why it is there",
                "give it a `description`",
            ));
        }
        match act(action, &mut document.root, &mut budget) {
            Err(Refused::TooMuch(what)) => {
                problems.push(overlay.problem(format!("{at}/target"), what, TOO_MUCH));
                return Err(problems);
            }
            Err(Refused::Kind(kind)) => {
                let renamed = match kind {
                    ApplyErrorKind::ZeroMatch => renamed::suggest(&action.target, &document.root),
                    _ => None,
                };
                let remedy = match renamed {
                    Some(target) => format!(
                        "if it has another name now, write {target}; if the document no longer \
                         needs the action, remove it"
                    ),
                    None => "correct the target, or remove the action if the document no longer \
                             needs it"
                        .to_owned(),
                };
                let what = format!("{} in {}: {kind}", action.target, document.name);
                problems.push(overlay.problem(format!("{at}/target"), what, remedy));
            }
            Ok(false) => problems.push(overlay.problem(
                &at,
                format!(
                    "the action at {} changes nothing: {} says so itself",
                    action.target, document.name
                ),
                "remove the action",
            )),
            Ok(true) => {}
        }
    }
    problems.or(document)
}

/// Applies those actions of `overlay` that `document` has something to correct
/// for: what corrects one revision of a document need not correct another.
///
/// # Errors
///
/// What is wrong with the overlay, with a pointer into it.
pub(crate) fn apply_what_applies(
    mut document: Document,
    overlay: &Document,
) -> Result<Document, Problems> {
    let mut budget = Budget::for_document(&document.root);
    for (index, action) in read(overlay)?.actions.iter().enumerate() {
        if let Err(Refused::TooMuch(what)) = act(action, &mut document.root, &mut budget) {
            let at = format!("/actions/{index}/target");
            return Err(overlay.problem(at, what, TOO_MUCH).into());
        }
    }
    Ok(document)
}

/// The actions of `overlay`.
fn read(overlay: &Document) -> Result<Overlay, Problems> {
    let actions = overlay.root.get("actions").and_then(Value::as_array);
    let targets = actions.into_iter().flatten().enumerate();
    let targets = targets.filter_map(|(index, action)| {
        let what = budget::check(action.get("target")?.as_str()?).err()?;
        Some(overlay.problem(format!("/actions/{index}/target"), what, TOO_MUCH))
    });
    targets.collect::<Problems>().or(())?;
    let actions = Overlay::deserialize(&overlay.root).map_err(|error| {
        overlay.problem(
            "",
            format!("not an OpenAPI Overlay 1.0 document: {error}"),
            "see the specification, https://spec.openapis.org/overlay/v1.0.0.html",
        )
    })?;
    let mut problems = Problems::default();
    if let Err(invalid) = actions.validate(Default::default()) {
        for error in invalid.errors {
            problems.push(overlay.problem(
                to_pointer(&error.path),
                error.message,
                "see the specification, https://spec.openapis.org/overlay/v1.0.0.html",
            ));
        }
    }
    problems.or(actions)
}

/// Applies `action`, and tells whether that changed anything.
fn act(action: &Action, root: &mut Value, budget: &mut Budget) -> Result<bool, Refused> {
    budget.look(&action.target).map_err(Refused::TooMuch)?;
    let path = JsonPath::parse(&action.target)
        .map_err(|error| ApplyErrorKind::InvalidJsonPath(error.to_string()))?;
    let selected = path.query_located(root);
    if selected.is_empty() {
        return Err(ApplyErrorKind::ZeroMatch.into());
    }
    if !selected
        .nodes()
        .all(|node| node.is_object() || node.is_array())
    {
        return Err(ApplyErrorKind::PrimitiveActionTarget.into());
    }
    let selected: Vec<String> = selected
        .locations()
        .map(|location| location.to_json_pointer())
        .collect();
    let mut is_changed = false;
    if action.is_remove() {
        is_changed = remove(root, &selected, budget).map_err(Refused::TooMuch)?;
    } else if let Some(update) = &action.update {
        budget
            .write(update, selected.len())
            .map_err(Refused::TooMuch)?;
        for at in &selected {
            is_changed |= match root.pointer_mut(at) {
                Some(Value::Array(items)) => {
                    items.push(update.clone());
                    true
                }
                Some(value) => merge(value, update),
                None => false,
            };
        }
    }
    Ok(is_changed)
}

/// Removes the values at these pointers, and tells whether there were any. The values next
/// to them keep their order.
fn remove(root: &mut Value, selected: &[String], budget: &mut Budget) -> Result<bool, String> {
    let mut names: BTreeMap<(Reverse<usize>, &str), HashSet<String>> = BTreeMap::new();
    for at in selected {
        if let (Some((parent, _)), Some(name)) = (at.rsplit_once('/'), pointer::last(at)) {
            // The deepest first: removing an item of a list changes the pointers behind it.
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
                let mut indices = 0..;
                items.retain(|_| {
                    let index: Option<usize> = indices.next();
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

/// Merges `update` into `value` (Overlay 1.0, section 4.4.3), and tells whether
/// that changed it.
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

/// The JSON pointer of a path as roas-overlay writes it: `#.actions[3].target`.
fn to_pointer(path: &str) -> String {
    path.trim_start_matches('#')
        .replace('[', ".")
        .replace(']', "")
        .replace('.', "/")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::load::{Text, load};

    fn check(actions: &str) -> Result<Value, String> {
        let document = Text {
            name: "api.yaml",
            text: "{info: {title: A}, list: [1]}",
        };
        let overlay = format!("overlay: 1.0.0\ninfo: {{title: T, version: '1'}}\n{actions}");
        let overlay = Text {
            name: "overlay.yaml",
            text: &overlay,
        };
        let document = load(&document).unwrap();
        let overlay = load(&overlay).unwrap();
        apply(document, &overlay)
            .map(|document| document.root)
            .map_err(|problems| problems.to_string())
    }

    #[test]
    fn an_action_updates_and_removes() {
        assert_eq!(
            check(
                "actions:\n\
                 - {target: $.info, description: why, update: {title: B}}\n\
                 - {target: $.list, description: why, remove: true}"
            ),
            Ok(json!({"info": {"title": "B"}})),
        );
    }

    #[test]
    fn what_stands_beside_what_is_removed_keeps_its_order() {
        let document = Text {
            name: "api.yaml",
            text: "{a: {}, b: {}, c: {}, d: [{}, [1], {}]}",
        };
        let overlay = Text {
            name: "overlay.yaml",
            text: "{overlay: 1.0.0, info: {title: T, version: '1'}, actions: [\
                   {target: $.a, description: why, remove: true}, \
                   {target: '$.d[0,2]', description: why, remove: true}]}",
        };
        let corrected = apply(load(&document).unwrap(), &load(&overlay).unwrap());
        assert_eq!(
            corrected.unwrap().root.to_string(),
            r#"{"b":{},"c":{},"d":[[1]]}"#
        );
    }

    #[test]
    fn an_action_must_hold_apply_and_say_why() {
        for (actions, message) in [
            (
                "actions: [{target: $.nothing, description: why, update: {a: 1}}]",
                "overlay.yaml: /actions/0/target: $.nothing in api.yaml: target matched zero nodes \
                 (error-on-zero-match); correct the target, or remove the action if the document \
                 no longer needs it",
            ),
            (
                "actions: [{target: $.info, description: why, update: {title: A}}]",
                "overlay.yaml: /actions/0: the action at $.info changes nothing: api.yaml says so \
                 itself; remove the action",
            ),
            (
                "actions: [{target: $.info, update: {title: B}}]",
                "overlay.yaml: /actions/0: the action does not say why it is there; give it a \
                 `description`",
            ),
            (
                "actions: [{target: '$[', description: why, update: {a: 1}}]",
                "overlay.yaml: /actions/0/target: ",
            ),
            (
                "actions: []",
                "overlay.yaml: /actions: must contain at least one entry; ",
            ),
            (
                "actions: 1",
                "overlay.yaml: not an OpenAPI Overlay 1.0 document: ",
            ),
        ] {
            let found = check(actions).unwrap_err();
            assert!(found.starts_with(message), "{found}\nis not\n{message}");
        }
    }
}
