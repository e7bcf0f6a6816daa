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
use crate::pointer::join;
use crate::problem::Problems;
use crate::report::Report;

/// Whether `status`, a key of a Responses Object, is a success.
pub(crate) fn is_success(status: &str) -> bool {
    is_status(status) && status.starts_with('2')
}

/// Whether `key` is a status or a range of them. Some authors write the range `2XX` as `2xx`.
fn is_status(key: &str) -> bool {
    let is_number = key.len() == 3 && key.chars().all(|of| of.is_ascii_digit());
    let range = key.strip_prefix(|of| matches!(of, '1'..='5'));
    is_number || range.is_some_and(|rest| rest.eq_ignore_ascii_case("XX"))
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
    let at = format!("{}/responses", operation.pointer);
    let mut success = responses.clone();
    success.retain(|key, _| {
        if !is_status(key) && key != "default" && !key.starts_with("x-") {
            let what = "a response whose key is not a status → dropped";
            report.warn("not-3-0", &join(&at, key), what);
        }
        is_success(key)
    });
    let is_range = |key: &&String| key.eq_ignore_ascii_case("2XX");
    let range = success.keys().find(is_range).cloned();
    if let Some(key) = range.filter(|key| key != "2XX") {
        let what = format!("`{key}`, which is not a range of statuses → read as `2XX`");
        report.warn("not-3-0", &join(&at, &key), what);
        rename(&at, &key, origins);
        if let Some(response) = success.shift_remove(&key) {
            success.insert("2XX".to_owned(), response);
        }
    }
    if success.is_empty() {
        if responses.contains_key("101") {
            uncallable.push(switching);
            return;
        }
        let response = responses.get("default").cloned();
        if response.is_some() {
            rename(&at, "default", origins);
        }
        let response = response.unwrap_or_else(|| json!({"description": ""}));
        success.insert("2XX".to_owned(), response);
    }
    members.insert("responses".to_owned(), success.into());
}

/// Records in `origins` that the response `key` of the Responses Object at `at` becomes `2XX`.
fn rename(at: &str, key: &str, origins: &mut Origins) {
    let (from, to) = (join(at, key), join(at, "2XX"));
    source_map::move_within(origins, &from, &to);
    origins.insert(to, from);
}
