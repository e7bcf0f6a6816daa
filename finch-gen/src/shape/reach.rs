//! What requests and responses lead to.

use std::collections::BTreeSet;

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
        let Some(value) = document.root.pointer(&at) else {
            continue;
        };
        // The first are other objects, all that they lead to may be schemas:
        // references are looked for in whichever way there are any.
        let places = walk::places(value)
            .into_iter()
            .chain(walk::schemas(value, ""));
        for place in places {
            let object = value.pointer(&place.pointer);
            let reference = object.and_then(|object| object.get("$ref")?.as_str());
            if let Some((target, _)) = reference.and_then(|of| document.resolve(of))
                && reached.insert(target.clone())
            {
                next.push(target);
            }
        }
    }
    reached
}
