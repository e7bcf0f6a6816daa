//! Finds the schemas that requests and responses use.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::api_model::ApiModel;
use crate::load::Document;
use crate::walk::{self, At};

/// Returns the pointers of everything that responses refer to, directly or not.
pub(super) fn in_responses(document: &Document, model: &ApiModel) -> BTreeSet<String> {
    reached(document, model, &["responses"])
}

/// Returns the pointers of everything that requests refer to, directly or not.
pub(super) fn in_requests(document: &Document, model: &ApiModel) -> BTreeSet<String> {
    reached(document, model, &["requestBody", "parameters"])
}

fn reached<'a>(document: &'a Document, model: &ApiModel, members: &[&str]) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let operations = model.operations.iter().map(|operation| &operation.pointer);
    let mut next: Vec<String> = operations
        .flat_map(|at| members.iter().map(move |member| format!("{at}/{member}")))
        .collect();
    while let Some(at) = next.pop() {
        let Some(value) = document.at(&at) else {
            continue;
        };
        let follow = |_: &At<'_>, _, object: &'a Value| {
            if let Some(reference) = object.get("$ref").and_then(Value::as_str)
                && seen.insert(reference)
                && let Some((target, _)) = document.resolve(reference)
                && reached.insert(target.clone())
            {
                next.push(target);
            }
        };
        if at.starts_with("/components/schemas/") {
            walk::for_each_schema(value, "", follow);
        } else {
            walk::for_each(value, follow);
        }
    }
    reached
}
