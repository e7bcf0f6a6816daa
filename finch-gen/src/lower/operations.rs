//! Finds the operations of a document, and collects the facts about each.

use std::collections::BTreeMap;

use heck::ToPascalCase as _;
use serde_json::Value;

use super::method_names::method_name;
use super::{idempotency, parameters, security};
use crate::api_model::Operation;
use crate::load::Document;
use crate::problem::Problems;
use crate::reachability::METHODS;
use crate::report::Report;
use crate::type_names::Taken;
use crate::{pointer, walk};

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
    let paths = document.root["paths"].as_object().into_iter().flatten();
    for (path, item) in paths {
        let at = pointer::join("/paths", path);
        let members = item.as_object().into_iter().flatten();
        for (method, operation) in members {
            if !METHODS.contains(&method.as_str()) {
                continue;
            }
            let at = pointer::join(&at, method);
            let (id, name) = name(path, method, operation, &at, &ids, report);
            let numbered = |count| format!("{}_{count}", name.trim_end_matches('_'));
            let rust_name = taken.unique_with(&name, |name| name.to_pascal_case(), numbered);
            if rust_name != name {
                let what = format!(
                    "operation id {id:?}, whose method name {name} is taken → the method \
                     {rust_name}"
                );
                report.warn("operation-id", &at, what);
            }
            let has_body = operation.get("requestBody").is_some();
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
            ids.insert(id.clone(), at.clone());
            operations.push(Operation {
                id,
                rust_name,
                summary: text(operation, "/summary"),
                tag: Some(text(operation, "/tags/0")).filter(|tag| !tag.is_empty()),
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
                deprecated: operation.get("deprecated") == Some(&Value::Bool(true)),
                secrets: secrets(document, operation),
                pagination: None,
                pointer: at,
            });
        }
    }
    operations
}

/// Returns the string at `pointer` of `operation`, or an empty one.
fn text(operation: &Value, pointer: &str) -> String {
    let text = operation.pointer(pointer).and_then(Value::as_str);
    text.map(str::trim).unwrap_or_default().to_owned()
}

/// Returns the id of an operation and its method name. If the id is missing, unusable or taken,
/// both are derived from the HTTP method and the path.
fn name(
    path: &str,
    method: &str,
    operation: &Value,
    at: &str,
    ids: &BTreeMap<String, String>,
    report: &mut Report,
) -> (String, String) {
    let id = operation.get("operationId").and_then(Value::as_str);
    let other = id.and_then(|id| ids.get(id));
    if let (Some(id), None) = (id, other)
        && let Some(name) = method_name(id)
    {
        return (id.to_owned(), name);
    }
    let mut made = format!("{method}{}", path.replace(['{', '}'], ""));
    while ids.contains_key(&made) {
        made.push('_');
    }
    // It begins with the HTTP method, so it starts with a letter.
    let name = method_name(&made).unwrap_or_default();
    match (id, other) {
        (Some(id), Some(other)) => {
            let what = format!(
                "operation id {id:?}, which {other} also has → derived from method and path: the \
                 method {name}"
            );
            report.warn("operation-id", at, what);
        }
        (Some(id), None) => {
            let what = format!(
                "operation id {id:?}, which contains no name → derived from method and path: the \
                 method {name}"
            );
            report.warn("operation-id", at, what);
        }
        (None, _) => {
            let what = format!(
                "no `operationId` → derived from method and path: the method \
                                {name}"
            );
            report.info("operation-id", at, what);
        }
    }
    (made, name)
}

/// Returns the names of properties that hold secrets, at any depth of the request body.
fn secrets(document: &Document, operation: &Value) -> Vec<String> {
    let body = operation
        .get("requestBody")
        .and_then(|body| document.follow(body));
    let media_types = body.and_then(|body| body["content"].as_object());
    let mut names = Vec::new();
    let mut seen = Vec::new();
    for media_type in media_types.into_iter().flat_map(|types| types.values()) {
        if let Some(schema) = media_type.get("schema") {
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
        let Some(schema) = pointer::find(root, &place.pointer) else {
            continue;
        };
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str)
            && !seen.contains(&reference)
        {
            seen.push(reference);
            if let Some((_, target)) = document.resolve(reference) {
                secrets_of(document, target, seen, names);
            }
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            let property = document.follow(property).unwrap_or(property);
            let is_secret = property.get("format").and_then(Value::as_str) == Some("password");
            if is_secret && !names.contains(name) {
                names.push(name.clone());
            }
        }
    }
}
