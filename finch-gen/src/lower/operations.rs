//! The operations of a document, and what there is to know of each.

use std::collections::BTreeMap;

use heck::ToSnakeCase as _;
use serde_json::Value;

use super::{idempotency, parameters, security};
use crate::facts::Operation;
use crate::load::Document;
use crate::parts::METHODS;
use crate::problem::{Problem, Problems};
use crate::report::Report;
use crate::{pointer, walk};

/// All operations that can be called, in document order.
pub(super) fn find(
    document: &Document,
    report: &mut Report,
    problems: &mut Problems,
) -> Vec<Operation> {
    let mut operations: Vec<Operation> = Vec::new();
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    let paths = document.root["paths"].as_object().into_iter().flatten();
    for (path, item) in paths {
        let at = pointer::join("/paths", path);
        let members = item.as_object().into_iter().flatten();
        for (method, operation) in members {
            if !METHODS.contains(&method.as_str()) {
                continue;
            }
            match describe(
                document,
                path,
                method,
                operation,
                &pointer::join(&at, method),
                report,
            ) {
                Ok(operation) => {
                    if let Some(other) =
                        taken.insert(operation.rust_name.clone(), operation.pointer.clone())
                    {
                        problems.push(document.problem(
                            format!("{}/operationId", operation.pointer),
                            format!(
                                "the operation id {:?} and the one of {other} are the same, or \
                                 would be the same method, `{}`",
                                operation.id, operation.rust_name
                            ),
                            "give one of them another id through the overlay",
                        ));
                    }
                    operations.push(operation);
                }
                Err(problem) => problems.push(problem),
            }
        }
    }
    operations
}

fn describe(
    document: &Document,
    path: &str,
    method: &str,
    operation: &Value,
    at: &str,
    report: &mut Report,
) -> Result<Operation, Problem> {
    let id = match operation.get("operationId").and_then(Value::as_str) {
        Some(id) => id.to_owned(),
        None => {
            let id = format!("{method}{}", path.replace(['{', '}'], ""));
            let name = method_name(&id).unwrap_or_default();
            let what = format!("no `operationId` → made of method and path, the method {name}");
            report.info("operation-id", at, what);
            id
        }
    };
    Ok(Operation {
        rust_name: method_name(&id).ok_or_else(|| {
            document.problem(
                format!("{at}/operationId"),
                format!("no Rust name can be made of the operation id {id:?}"),
                "give it another id, with a letter in it, through the overlay",
            )
        })?,
        id,
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        headers: parameters::constant_headers(document, at),
        security: security::of(document, operation, at, report)?,
        idempotent: idempotency::of(document, method, operation, at)?,
        deprecated: operation.get("deprecated").and_then(Value::as_bool) == Some(true),
        secrets: secrets(document, operation),
        pointer: at.to_owned(),
    })
}

/// What a client can do whatever its document says: the runtime's methods, and
/// what the generated code calls on it.
const TAKEN: [&str; 5] = [
    "clone",
    "exec",
    "request",
    "with_access_token",
    "with_options",
];

/// The name of the method for an operation id: what progenitor would call it,
/// so that it keeps the name, but never a keyword, and none that is taken.
fn method_name(id: &str) -> Option<String> {
    let words = id.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let name = words.to_snake_case();
    match name.chars().next()? {
        '0'..='9' => Some(format!("_{name}")),
        _ if TAKEN.contains(&name.as_str()) => Some(format!("{name}_operation")),
        _ if syn::parse_str::<syn::Ident>(&name).is_err() => Some(format!("{name}_")),
        _ => Some(name),
    }
}

/// The names of the members of the request body that hold secrets, wherever in
/// it they stand.
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
        let Some(schema) = root.pointer(&place.pointer) else {
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
