//! Finds everything that requests or responses refer to, directly or not. Returns the pointers of
//! the components. Parameters and request bodies belong to requests, and webhooks belong to
//! responses, because the client decodes them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{SCHEMAS, schemas};
use crate::api_model::ApiModel;
use crate::json::Fields as _;
use crate::load::Document;
use crate::walk::{self, At};
use crate::{pointer, provenance};

/// Returns the pointers of everything that responses and webhooks refer to, directly or not.
pub(super) fn in_responses(document: &Document, model: &ApiModel) -> BTreeSet<String> {
    let events = model.webhook_events.as_ref();
    // An earlier pass may have renamed the component.
    let events = events.and_then(|origin| {
        let mut places = schemas(document).map(|(name, _)| pointer::join(SCHEMAS, name));
        places.find(|at| provenance::origin(document, at).as_ref() == Some(origin))
    });
    let mut starts = of_operations(model, &["responses"]);
    starts.extend(events.clone());
    let mut reached = reached(document, starts);
    reached.extend(events);
    reached
}

/// Returns the pointers of everything that requests refer to, directly or not.
pub(super) fn in_requests(document: &Document, model: &ApiModel) -> BTreeSet<String> {
    let starts = of_operations(model, &["requestBody", "parameters"]);
    reached(document, starts)
}

/// Returns the pointers of these `members` of all operations.
fn of_operations(model: &ApiModel, members: &[&str]) -> Vec<String> {
    let operations = model.operations.iter().map(|operation| &operation.pointer);
    operations
        .flat_map(|at| members.iter().map(move |member| format!("{at}/{member}")))
        .collect()
}

/// Returns the pointers of everything that the values at `next` refer to, directly or not.
fn reached<'a>(document: &'a Document, mut next: Vec<String>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut seen = BTreeSet::new();
    while let Some(at) = next.pop() {
        let Some(value) = document.at(&at) else {
            continue;
        };
        let follow = |_: &At<'_>, _, object: &'a Value| {
            if let Some(reference) = object.text("$ref")
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
