//! What is refused is left out, with all that leads to it.
//!
//! So that everything that is wrong is found in one run, and so that what is
//! right can be generated without it: a problem in an operation takes out the
//! operation, one in a component also the components and operations that refer
//! to it. The report names each of them. What is wrong with the whole document
//! cannot be left out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Lowered;
use crate::problem::Problems;
use crate::{pointer, reachability};

/// Leaves out of `lowered` what `problems` are in, and keeps them there. Whether
/// anything was left out.
pub(crate) fn prune(lowered: &mut Lowered, problems: Problems) -> bool {
    if problems.is_empty() {
        return false;
    }
    let mut causes = BTreeMap::new();
    for problem in problems.iter() {
        match reachability::part_at(&problem.pointer) {
            Some(part) => {
                causes.insert(part, None);
            }
            None => lowered.is_refused = true,
        }
    }
    lowered.refused.append(problems);

    let mut leading: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let references = reachability::references(&lowered.document);
    for (part, targets) in &references {
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
    // One pass over each mapping, however many of its members go.
    let mut names: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (at, part, cause) in &there {
        let what = match cause {
            Some(cause) => format!("it needs {cause}, which is left out → nothing"),
            None => "it cannot be generated → nothing".to_owned(),
        };
        lowered.report.warn("left-out", part, what);
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

/// Where `part` stands in the lowered document: see `document`.
fn place(part: &str) -> String {
    match part.strip_prefix("/webhooks/") {
        Some(name) => format!("/x-webhooks/{name}"),
        None => part.to_owned(),
    }
}

/// Forgets the operations that are left out, and their examples.
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
    lowered.model.schema_examples.retain(|example| {
        let part = reachability::part_at(&example.schema);
        part.is_none_or(|part| !parts.contains_key(&part))
    });
}
