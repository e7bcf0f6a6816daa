//! Finds the operations of a document, and collects the facts about each.

use std::collections::BTreeMap;

use heck::{ToPascalCase as _, ToSnakeCase as _};
use serde_json::Value;

use super::{idempotency, parameters, security};
use crate::api_model::Operation;
use crate::json::Fields as _;
use crate::load::Document;
use crate::problem::Problems;
use crate::report::Report;
use crate::type_names::{self, Taken};
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
        let (id, name) = name(path, method, operation, &at, &ids, report);
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
    let id = operation.text("operationId");
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
    let why = match (id, other) {
        (Some(id), Some(other)) => format!("operation id {id:?}, which {other} also has"),
        (Some(id), None) => format!("operation id {id:?}, which contains no name"),
        (None, _) => "no `operationId`".to_owned(),
    };
    let what = format!("{why} → derived from method and path: the method {name}");
    match id {
        Some(_) => report.warn("operation-id", at, what),
        None => report.info("operation-id", at, what),
    }
    (made, name)
}

/// Method names that are always taken: the runtime's methods, and the methods that generated
/// code calls on the client.
const TAKEN: [&str; 5] = [
    "clone",
    "exec",
    "request",
    "with_access_token",
    "with_options",
];

/// Returns the method name for an operation id. It matches progenitor's own choice, so that
/// progenitor keeps it. It is never a keyword or a taken name.
pub(super) fn method_name(id: &str) -> Option<String> {
    let name = type_names::words(id).to_snake_case();
    // Treat OAuth as one word.
    let name = format!("_{name}").replace("_o_auth", "_oauth");
    let name = name[1..].to_owned();
    match name.chars().next()? {
        '0'..='9' => Some(format!("_{name}")),
        _ if TAKEN.contains(&name.as_str()) => Some(format!("{name}_operation")),
        // `gen` is a keyword since the 2024 edition, which syn does not know.
        _ if name == "gen" || syn::parse_str::<syn::Ident>(&name).is_err() => {
            Some(format!("{name}_"))
        }
        _ => Some(name),
    }
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
        let Some(schema) = pointer::find(root, &place.pointer) else {
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
