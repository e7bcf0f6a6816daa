//! What requests and responses lead to.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::facts::Facts;
use crate::load::Document;
use crate::walk;

/// The pointers of all that responses refer to, directly or not.
pub(super) fn in_responses(document: &Document, facts: &Facts) -> BTreeSet<String> {
    reached(document, facts, &["responses"])
}

/// The pointers of all that requests refer to, directly or not.
pub(super) fn in_requests(document: &Document, facts: &Facts) -> BTreeSet<String> {
    reached(document, facts, &["requestBody", "parameters"])
}

fn reached(document: &Document, facts: &Facts, members: &[&str]) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let operations = facts.operations.iter().map(|operation| &operation.pointer);
    let mut next: Vec<String> = operations
        .flat_map(|at| members.iter().map(move |member| format!("{at}/{member}")))
        .collect();
    while let Some(at) = next.pop() {
        let Some(value) = document.at(&at) else {
            continue;
        };
        let mut follow = |_: &str, _, object: &Value| {
            let reference = object.get("$ref").and_then(Value::as_str);
            if let Some((target, _)) = reference.and_then(|of| document.resolve(of))
                && reached.insert(target.clone())
            {
                next.push(target);
            }
        };
        // The first are other objects, all that they lead to may be schemas:
        // references are looked for in whichever way there are any.
        walk::for_each(value, &mut follow);
        walk::for_each_schema(value, "", &mut follow);
    }
    reached
}
