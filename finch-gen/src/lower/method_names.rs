//! Makes the names of methods from operation ids. An id that comes from a framework gets a shorter
//! name. Without a usable id, the name comes from the HTTP method and the path.
//!
//! | operation id | method |
//! |---|---|
//! | `3af7d1ac36c35008b8ebb93fecbdb35b`, with the summary `List job titles` | `list_job_titles` |
//! | `read_item_items__item_id__get`, by FastAPI | `read_item` |
//! | `PetsController_findAll`, by NestJS | `find_all`, `pets_find_all` |
//!
//! If two operations want the same name, neither gets it, and each takes its next candidate.

use std::collections::BTreeMap;

use heck::{ToPascalCase as _, ToSnakeCase as _};
use serde_json::Value;

use crate::api_model::Operation;
use crate::json::Fields as _;
use crate::report::Report;
use crate::type_names;

/// The minimum length of a hexadecimal number that counts as a hash.
const HASH: usize = 16;

/// The maximum length of a summary that can become a name.
const SUMMARY: usize = 50;

/// Returns the id of an operation and its method name. If the id is missing, unusable or taken,
/// both are derived from the HTTP method and the path.
pub(super) fn id_and_name(
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
fn method_name(id: &str) -> Option<String> {
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

/// Gives each of `operations` the shortest name that is unique.
pub(super) fn shorten(operations: &mut [Operation], report: &mut Report) {
    let candidates = operations.iter().map(candidates);
    let candidates: Vec<Vec<String>> = candidates.collect();
    let keys = candidates.iter().map(|names| {
        // The request builder has the method's name in another case.
        names.iter().map(|name| name.to_pascal_case()).collect()
    });
    let keys: Vec<Vec<String>> = keys.collect();
    let chosen = type_names::choose(&keys, |_| false);
    for ((operation, names), chosen) in operations.iter_mut().zip(candidates).zip(chosen) {
        if let Some(name) = names
            .get(chosen)
            .filter(|name| **name != operation.rust_name)
        {
            let what = format!("operation id {:?} → the method {name}", operation.id);
            report.info("operation-id", &operation.pointer, what);
            operation.rust_name.clone_from(name);
        }
    }
}

/// Returns the candidate names for the method of `operation`, best first. The last one is its
/// current name.
fn candidates(operation: &Operation) -> Vec<String> {
    let Operation {
        id,
        method,
        path,
        summary,
        ..
    } = operation;
    let mut names = Vec::new();
    if is_number(id) {
        let is_short = summary.len() <= SUMMARY;
        names.extend(is_short.then(|| summary.clone()));
        names.push(format!("{} {path}", method.to_ascii_lowercase()));
    }
    names.extend(without_path(id, method, path).map(str::to_owned));
    if let Some((controller, name)) = id.split_once("Controller_") {
        names.push(name.to_owned());
        names.push(format!("{controller} {name}"));
    }
    let mut names: Vec<String> = names.iter().filter_map(|name| method_name(name)).collect();
    names.retain(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()));
    names.push(operation.rust_name.clone());
    names.dedup();
    names
}

/// Whether `id` contains no word, because it is a number or a hash.
fn is_number(id: &str) -> bool {
    let digits = id.replace(['-', '_'], "");
    let is_hash = digits.len() >= HASH && digits.chars().all(|c| c.is_ascii_hexdigit());
    digits.contains(|c: char| c.is_ascii_digit())
        && (is_hash || digits.chars().all(|c| c.is_ascii_digit()))
}

/// Returns `id` without the path and method that FastAPI appends to the name of a function.
fn without_path<'a>(id: &'a str, method: &str, path: &str) -> Option<&'a str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let path = path.replace(|c| !is_part(c), "_");
    let suffix = format!("{path}_{}", method.to_ascii_lowercase());
    let name = id.strip_suffix(&suffix).filter(|_| !path.is_empty())?;
    (!name.to_snake_case().is_empty()).then_some(name)
}
