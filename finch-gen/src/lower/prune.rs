//! Drops refused parts, and everything that needs them.
//!
//! So one run finds every problem, and the rest can be generated. A problem in an operation
//! drops the operation. A problem in a component also drops the components and operations that
//! refer to it. A problem in a security scheme drops the operations that cannot be called
//! without it. A problem in a failure response only drops that response. The report names each.
//! A problem that costs no operation is a note. A problem of the document as a whole cannot be
//! dropped.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Lowered;
use super::responses::response_at;
use crate::json::Fields as _;
use crate::load::Document;
use crate::problem::Problems;
use crate::reachability::{METHODS, References};
use crate::{pointer, reachability};

/// Drops from `lowered` the parts with `problems`. Keeps the problems there that cost an
/// operation, and notes the others. Returns whether anything was dropped.
pub(crate) fn prune(lowered: &mut Lowered, problems: Problems) -> bool {
    prune_by(lowered, problems, References::new())
}

/// As [`prune`], with the problems of lowering `source`. Reads the references of `source`, too: a
/// lowered union no longer has the branches that were refused.
pub(super) fn prune_source(lowered: &mut Lowered, source: &Document, problems: Problems) {
    if problems.is_empty() {
        return;
    }
    // Lowering drops failure responses, and gives each operation the parameters of its path item.
    let is_read = |pointer: &str| {
        if let Some(response) = response_at(pointer) {
            return lowered.document.at(&response).is_some();
        }
        match pointer.splitn(5, '/').collect::<Vec<&str>>()[..] {
            ["", "paths", _, field, ..] => METHODS.contains(&field),
            _ => true,
        }
    };
    let references = reachability::references_in(source, is_read);
    prune_by(lowered, problems, references);
}

/// Prunes by the references of the lowered document and these.
fn prune_by(lowered: &mut Lowered, problems: Problems, mut references: References) -> bool {
    if problems.is_empty() {
        return false;
    }
    for (part, targets) in reachability::references(&lowered.document) {
        references.entry(part).or_default().extend(targets);
    }
    let needed = needed(lowered, &references);
    let mut causes = BTreeMap::new();
    let mut refused = Problems::default();
    let mut unneeded = Problems::default();
    for problem in problems {
        match parts_at(lowered, &problem.pointer) {
            None => {
                lowered.is_refused = true;
                refused.push(problem);
            }
            Some(parts) => {
                if parts.iter().any(|part| needed.contains(part)) {
                    refused.push(problem);
                } else {
                    let what = format!("{}; no operation needs it → dropped", problem.what);
                    lowered.report.warn("unneeded", &problem.pointer, what);
                    unneeded.push(problem);
                }
                causes.extend(parts.into_iter().map(|part| (part, None)));
            }
        }
    }
    lowered.refused.append(refused);
    lowered.unneeded.append(unneeded);
    drop_parts(lowered, causes, &references)
}

/// Drops the operations with `problems`. Notes each, and refuses nothing.
pub(super) fn drop_operations(lowered: &mut Lowered, problems: Problems) {
    let references = reachability::references(&lowered.document);
    let mut causes = BTreeMap::new();
    for problem in problems {
        let what = format!("{} → dropped", problem.what);
        lowered.report.warn("uncallable", &problem.pointer, what);
        causes.extend(reachability::part_at(&problem.pointer).map(|part| (part, None)));
    }
    drop_parts(lowered, causes, &references);
}

/// Returns the operations, and all parts that they lead to.
fn needed(lowered: &Lowered, references: &References) -> BTreeSet<String> {
    let mut needed = BTreeSet::new();
    for operation in &lowered.model.operations {
        if !needed.contains(&operation.pointer) {
            needed.append(&mut reachability::reached(&operation.pointer, references));
        }
    }
    needed
}

/// Returns the parts that a problem at `pointer` drops, or `None` if it affects the whole
/// document.
fn parts_at(lowered: &Lowered, pointer: &str) -> Option<Vec<String>> {
    let document = &lowered.document;
    let operations = lowered.model.operations.iter();
    let operations = operations.map(|operation| &operation.pointer);
    if let Some(response) = response_at(pointer) {
        let is_operation = operations
            .clone()
            .any(|at| response.starts_with(&format!("{at}/responses/")));
        let mut origins = lowered.model.origins.values();
        let is_success =
            document.at(&response).is_some() || origins.any(|origin| *origin == response);
        if is_operation && !is_success {
            // Lowering has dropped it. Its schema may have become a component.
            return Some(made_of(lowered, pointer));
        }
    }
    let tokens: Vec<&str> = pointer.split('/').collect();
    match tokens[..] {
        ["", "security", ..] => {
            let inherits = |at: &&String| {
                let operation = document.at(at);
                operation.is_some() && operation.field("security").is_none()
            };
            return Some(operations.filter(inherits).cloned().collect());
        }
        ["", "components", "securitySchemes", _, ..] => {
            let scheme = pointer::last(&tokens[..4].join("/"))?;
            let needs = operations.filter(|at| needs_scheme(document, at, &scheme));
            return Some(needs.cloned().collect());
        }
        _ => {}
    }
    let mut parts = made_of(lowered, pointer);
    parts.push(reachability::part_at(pointer)?);
    Some(parts)
}

/// Returns the components that lowering made of a schema around `pointer`.
fn made_of(lowered: &Lowered, pointer: &str) -> Vec<String> {
    let origins = lowered.model.origins.iter();
    let around = origins.filter(|(_, origin)| pointer::is_within(pointer, origin));
    let parts = around.filter_map(|(component, _)| reachability::part_at(component));
    parts
        .filter(|part| part.starts_with("/components/"))
        .collect()
}

/// Whether the operation at `at` cannot be called without the security scheme `name`.
fn needs_scheme(document: &Document, at: &str, name: &str) -> bool {
    let operation = document.at(at);
    let alternatives = match operation.field("security") {
        Some(_) => operation.list("security"),
        None => document.root.list("security"),
    };
    !alternatives.is_empty() && alternatives.iter().all(|it| it.field(name).is_some())
}

/// Drops the parts of `causes`, and the parts that need them. Returns whether anything was
/// dropped.
fn drop_parts(
    lowered: &mut Lowered,
    mut causes: BTreeMap<String, Option<String>>,
    references: &References,
) -> bool {
    let mut leading: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (part, targets) in references {
        for target in targets {
            leading.entry(target).or_default().push(part);
        }
    }
    let mut next: Vec<String> = causes.keys().cloned().collect();
    while let Some(refused) = next.pop() {
        for part in leading.get(refused.as_str()).into_iter().flatten() {
            if !causes.contains_key(*part) {
                causes.insert((*part).to_owned(), Some(refused.clone()));
                next.push((*part).to_owned());
            }
        }
    }

    let there: Vec<_> = causes
        .iter()
        .map(|(part, cause)| (place(part), part, cause))
        .filter(|(at, ..)| lowered.document.at(at).is_some())
        .collect();
    // One pass over each mapping, however many entries it drops.
    let mut names: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (at, part, cause) in &there {
        let what = match cause {
            Some(cause) => format!("it needs {cause} → dropped with it"),
            None => "it cannot be generated → dropped".to_owned(),
        };
        lowered.report.warn("dropped", part, what);
        if let (Some((parent, _)), Some(name)) = (at.rsplit_once('/'), pointer::last(at)) {
            names.entry(parent).or_default().insert(name);
        }
    }
    for (parent, names) in names {
        if let Some(Value::Object(parent)) = lowered.document.at_mut(parent) {
            parent.retain(|name, _| !names.contains(name));
        }
    }
    let any = !there.is_empty();
    forget(lowered, &causes);
    any
}

/// Returns the pointer of `part` in the lowered document: see `document`.
fn place(part: &str) -> String {
    match part.strip_prefix("/webhooks/") {
        Some(name) => format!("/x-webhooks/{name}"),
        None => part.to_owned(),
    }
}

/// Removes the dropped operations and their examples from the model.
fn forget(lowered: &mut Lowered, parts: &BTreeMap<String, Option<String>>) {
    let mut kept = Vec::new();
    let mut new_index = Vec::new();
    for operation in std::mem::take(&mut lowered.model.operations) {
        let is_kept = !parts.contains_key(&operation.pointer);
        new_index.push(is_kept.then_some(kept.len()));
        if is_kept {
            kept.push(operation);
        }
    }
    lowered.model.operations = kept;
    lowered.model.examples.retain_mut(|example| {
        let index = new_index[example.operation];
        example.operation = index.unwrap_or_default();
        index.is_some()
    });
    let is_kept =
        |at: &str| reachability::part_at(at).is_none_or(|part| !parts.contains_key(&part));
    let webhooks = &mut lowered.model.webhooks;
    webhooks.retain(|webhook| is_kept(&webhook.pointer) && is_kept(&webhook.schema));
    let examples = &mut lowered.model.schema_examples;
    examples.retain(|example| is_kept(&example.schema));
}
