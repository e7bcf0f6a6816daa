//! One body of success for progenitor, and the others for the client.
//!
//! progenitor has one type for all answers of success of an operation. So it
//! gets one of them, and what the others are is told to the polish pass
//! `successes`, which makes of all an enum that is chosen by the status.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{names, referred};
use crate::facts::Facts;
use crate::load::Document;

/// The answers of success of the operations that have several kinds of them, by
/// the names of their methods.
pub(crate) type Successes = BTreeMap<String, Vec<Success>>;

/// One kind of answer of success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Success {
    /// The status: `200`, or `2XX`.
    pub(crate) status: String,
    /// The component that its body is; `None` where it has no body.
    pub(crate) component: Option<String>,
}

/// Leaves the operations one kind of answer of success, the first.
pub(super) fn keep_one(document: &mut Document, facts: &Facts) -> Successes {
    let mut successes = Successes::new();
    for operation in &facts.operations {
        let at = format!("{}/responses", operation.pointer);
        let Some(responses) = document.root.pointer(&at).and_then(Value::as_object) else {
            continue;
        };
        let kinds: Vec<Success> = responses
            .iter()
            .map(|(status, response)| Success {
                status: status.clone(),
                component: component(document, response),
            })
            .collect();
        let all_alike = kinds
            .windows(2)
            .all(|pair| pair[0].component == pair[1].component);
        // Bodies that are no JSON have no component: preflight looks at them.
        let all_known = responses
            .values()
            .zip(&kinds)
            .all(|(response, kind)| kind.component.is_some() || has_no_body(document, response));
        if all_alike || !all_known {
            continue;
        }
        let first = kinds
            .iter()
            .find(|kind| kind.component.is_some())
            .unwrap_or(&kinds[0]);
        let first = first.status.clone();
        if let Some(Value::Object(responses)) = document.root.pointer_mut(&at) {
            responses.retain(|status, _| *status == first);
        }
        successes.insert(operation.rust_name.clone(), kinds);
    }
    successes
}

fn content<'a>(document: &'a Document, response: &'a Value) -> Option<&'a Value> {
    document.follow(response)?.get("content")
}

fn has_no_body(document: &Document, response: &Value) -> bool {
    content(document, response)
        .and_then(Value::as_object)
        .is_none_or(|content| content.is_empty())
}

fn component(document: &Document, response: &Value) -> Option<String> {
    let schema = content(document, response)?
        .get("application/json")?
        .get("schema")?;
    let single = schema.get("allOf").and_then(Value::as_array);
    let schema = match single.map(Vec::as_slice) {
        Some([only]) => only,
        _ => schema,
    };
    referred(schema).map(names::type_name)
}
