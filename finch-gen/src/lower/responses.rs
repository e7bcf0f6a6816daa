//! Keeps the success responses of an operation, and drops the others, which the runtime handles.
//!
//! A success has a 2xx status. Without one, the `default` response becomes `2XX`. Without that too,
//! the operation gets a `2XX` response without a body. An operation without a success but with the
//! status 101 switches to another protocol, such as WebSocket. A client cannot call it, so it is
//! dropped with a note.

use serde_json::{Value, json};

use super::source_map::{self, Origins};
use crate::api_model::Operation;
use crate::load::Document;
use crate::problem::Problems;
use crate::report::Report;

/// Whether `status`, a key of a Responses Object, is a success.
pub(crate) fn is_success(status: &str) -> bool {
    status.len() == 3 && status.starts_with('2')
}

/// Whether the client returns a response with `status` as a success. `all` are the keys of its
/// Responses Object: `default` is a success if none of them is a 2xx.
pub(super) fn is_returned(status: &str, all: &[String]) -> bool {
    let has_success = all.iter().any(|status| is_success(status));
    is_success(status) || status == "default" && !has_success
}

/// Returns the pointer of the response of an operation that contains `pointer`.
pub(super) fn response_at(pointer: &str) -> Option<String> {
    let tokens: Vec<&str> = pointer.split('/').collect();
    match tokens[..] {
        ["", "paths", _, _, "responses", _, ..] => Some(tokens[..6].join("/")),
        _ => None,
    }
}

/// Keeps only the success responses of the operation. If it has none, keeps `default`, or else
/// adds a response without a body. An operation that only switches to another protocol is
/// `uncallable`.
pub(super) fn lower(
    document: &mut Document,
    operation: &Operation,
    origins: &mut Origins,
    report: &mut Report,
    uncallable: &mut Problems,
) {
    let switching = document.problem(
        format!("{}/responses/101", operation.pointer),
        "an operation that switches to another protocol, such as WebSocket, cannot be called",
        "remove the operation through the overlay",
    );
    let Some(Value::Object(members)) = document.at_mut(&operation.pointer) else {
        return;
    };
    let Some(Value::Object(responses)) = members.get("responses") else {
        let what = "no `responses` → a success without a body";
        report.info("no-responses", &operation.pointer, what);
        members.insert("responses".to_owned(), json!({"2XX": {"description": ""}}));
        return;
    };
    let mut success = responses.clone();
    success.retain(|status, _| is_success(status));
    if success.is_empty() {
        if responses.contains_key("101") {
            uncallable.push(switching);
            return;
        }
        let response = responses.get("default").cloned();
        if response.is_some() {
            let at = format!("{}/responses", operation.pointer);
            let (from, to) = (format!("{at}/default"), format!("{at}/2XX"));
            source_map::move_within(origins, &from, &to);
            origins.insert(to, from);
        }
        let response = response.unwrap_or_else(|| json!({"description": ""}));
        success.insert("2XX".to_owned(), response);
    }
    members.insert("responses".to_owned(), success.into());
}
