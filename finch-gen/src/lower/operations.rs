//! Finds the operations under `paths`, and collects the facts about each: its id, method name, HTTP
//! method, path, tag, credentials, secrets, and whether it is idempotent.
//!
//! Each operation gets a unique method name. If a name is taken, a number follows it: `get_pet_2`.
//! A fragment in a path (`/a#b`) is dropped. A body of a GET, HEAD or DELETE request is kept, with
//! a warning. A security scheme that the document does not define and an invalid extension are
//! refused.

use std::collections::BTreeMap;

use heck::ToPascalCase as _;
use serde_json::Value;

use super::{idempotency, method_names, parameters, security};
use crate::api_model::Operation;
use crate::json::Fields as _;
use crate::load::Document;
use crate::problem::Problems;
use crate::report::Report;
use crate::type_names::Taken;
use crate::{pointer, reachability, walk};

/// Returns all operations that can be called, in document order.
pub(super) fn find(
    document: &Document,
    report: &mut Report,
    problems: &mut Problems,
) -> Vec<Operation> {
    let mut operations: Vec<Operation> = Vec::new();
    // Maps each id to the pointer of its operation.
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    // The request builder has the method's name in another case.
    let mut taken = Taken::default();
    for (path, method, operation) in reachability::operations(document.root.field("paths")) {
        let at = pointer::join(&pointer::join("/paths", path), method);
        let (id, name) = method_names::id_and_name(path, method, operation, &at, &ids, report);
        let numbered = |count| format!("{}_{count}", name.trim_end_matches('_'));
        let rust_name = taken.unique_with(&name, |name| name.to_pascal_case(), numbered);
        if rust_name != name {
            let what = format!(
                "operation id {id:?}, whose method name {name} is taken → the method {rust_name}"
            );
            report.warn("operation-id", &at, what);
        }
        let has_body = operation.field("requestBody").is_some();
        if has_body && matches!(method.as_str(), "get" | "delete" | "head") {
            let what = format!(
                "body of a {} request, which has no defined meaning (RFC 9110, 9.3) → sent; a \
                 server or a proxy may ignore it",
                method.to_ascii_uppercase()
            );
            report.warn("body-on-get", &at, what);
        }
        let (sent_path, fragment) = path.split_once('#').unwrap_or((path, ""));
        if !fragment.is_empty() {
            let what = "fragment in a path → dropped; HTTP does not send it";
            report.info("path-fragment", &at, what);
        }
        // A problem here drops the operation, or refuses the document.
        let mut or_refused = |problem| problems.push(problem);
        let security = security::requirements(document, operation, &at, report);
        let security = security.map_err(&mut or_refused).unwrap_or_default();
        let idempotent = idempotency::is_idempotent(document, method, operation, &at);
        let idempotent = idempotent.map_err(or_refused).unwrap_or_default();
        let tag = operation.list("tags").first().and_then(Value::as_str);
        ids.insert(id.clone(), at.clone());
        operations.push(Operation {
            id,
            rust_name,
            summary: operation
                .text("summary")
                .unwrap_or_default()
                .trim()
                .to_owned(),
            tag: tag
                .map(str::trim)
                .filter(|tag| !tag.is_empty())
                .map(str::to_owned),
            method: method.to_ascii_uppercase(),
            path: sent_path.to_owned(),
            server: None,
            parameter_pointers: Vec::new(),
            parameters: Vec::new(),
            request_body: None,
            successes: Vec::new(),
            has_success_enum: false,
            headers: parameters::constant_headers(document, &at),
            security: security.alternatives,
            unsent: security.unsent,
            idempotent,
            deprecated: operation.is_true("deprecated"),
            secrets: secrets(document, operation),
            pagination: None,
            pointer: at,
        });
    }
    operations
}

/// Returns the names of properties that hold secrets, at any depth of the request body.
fn secrets(document: &Document, operation: &Value) -> Vec<String> {
    let body = operation.field("requestBody");
    let body = body.and_then(|body| document.follow(body));
    let mut names = Vec::new();
    let mut seen = Vec::new();
    for (_, media_type) in body.field("content").fields() {
        if let Some(schema) = media_type.field("schema") {
            secrets_of(document, schema, &mut seen, &mut names);
        }
    }
    names
}

fn secrets_of<'a>(
    document: &'a Document,
    root: &'a Value,
    seen: &mut Vec<&'a str>,
    names: &mut Vec<String>,
) {
    for place in walk::schemas(root, "") {
        let Some(schema) = root.pointer(&place.pointer) else {
            continue;
        };
        if let Some(reference) = schema.text("$ref")
            && !seen.contains(&reference)
        {
            seen.push(reference);
            if let Some((_, target)) = document.resolve(reference) {
                secrets_of(document, target, seen, names);
            }
        }
        for (name, property) in schema.field("properties").fields() {
            let property = document.follow(property).unwrap_or(property);
            if property.text("format") == Some("password") && !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
}
