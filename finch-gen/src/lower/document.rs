//! Lowers the document, its path items and its operations from OpenAPI 3.1 to 3.0. Other modules
//! lower the schemas and the media types.
//!
//! - Inlines path items that are references. If several paths share a path item, only one keeps its
//!   operation ids. `method_names` derives the others from the paths.
//! - Renames `webhooks` to `x-webhooks`, and adds an empty `paths` if it is missing.
//! - Drops callbacks, security schemes of type `mutualTLS`, and fields next to a `$ref` outside
//!   schemas.
//! - Moves the new fields of `info` into fields of 3.0 or into extensions.
//!
//! Refuses a `jsonSchemaDialect` other than JSON Schema 2020-12 or the dialect of OpenAPI 3.1. The
//! report notes most of these changes.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::schema_dialects::{self, Dialect};
use crate::json::Fields as _;
use crate::load::Document;
use crate::pointer::{self, join};
use crate::problem::Problems;
use crate::reachability::{METHODS, PATH_ITEMS};
use crate::report::Report;
use crate::walk::{self, Kind};

/// Inlines path items that are references, before anything else looks at operations.
pub(super) fn inline_path_items(document: &mut Document, report: &mut Report) {
    let mut taken = BTreeSet::new();
    for section in ["paths", "webhooks"] {
        for name in document.keys(&format!("/{section}")) {
            let at = join(&format!("/{section}"), &name);
            let Some(mut item) = document.at(&at).object().cloned() else {
                continue;
            };
            // Keep a reference that does not resolve. It is refused later.
            let reference = item.shift_remove("$ref");
            let Some(targets) = reference.and_then(|of| chain(document, of)) else {
                continue;
            };
            let mut items = vec![item];
            for (target, mut item) in targets {
                // If several paths share a path item, only one keeps its operation ids.
                let is_shared = target.starts_with("/paths/") || !taken.insert(target);
                if is_shared && forget_ids(&mut item) {
                    let what = "operations shared with another path → named after this path";
                    report.info("path-ref-shared", &at, what);
                }
                items.push(item);
            }
            let mut merged = Map::new();
            for (key, value) in items.into_iter().rev().flatten() {
                if merged.get(&key).is_some_and(|other| *other != value) {
                    let what = format!("`{key}` here and in the target of `$ref` → the one here");
                    report.warn("path-ref-conflict", &at, what);
                }
                merged.insert(key, value);
            }
            document.root[section][name] = merged.into();
        }
    }
    if let Some(Value::Object(components)) = document.root.get_mut("components")
        && components.shift_remove("pathItems").is_some()
    {
        let what = "path items → inlined where they are referenced; unused ones are dropped";
        report.info("path-items-unused", "/components/pathItems", what);
    }
}

/// Returns the path items that `reference` leads to, following references between them, each
/// without its `$ref`.
fn chain(document: &Document, mut reference: Value) -> Option<Vec<(String, Map<String, Value>)>> {
    let mut items: Vec<(String, Map<String, Value>)> = Vec::new();
    loop {
        let at = pointer::of_reference(reference.as_str()?)?;
        let mut item = document.at(&at)?.as_object()?.clone();
        if items.len() >= PATH_ITEMS {
            return None;
        }
        let next = item.shift_remove("$ref");
        items.push((at, item));
        match next {
            Some(next) => reference = next,
            None => return Some(items),
        }
    }
}

/// Removes the operation ids from a path item. Returns whether there were any.
fn forget_ids(item: &mut Map<String, Value>) -> bool {
    let mut had_ids = false;
    for method in METHODS {
        if let Some(Value::Object(operation)) = item.get_mut(method) {
            had_ids |= operation.shift_remove("operationId").is_some();
        }
    }
    had_ids
}

/// Lowers the fields of the document and of its operations.
pub(super) fn lower(document: &mut Document, report: &mut Report, problems: &mut Problems) {
    dialect(document, problems);
    info(document);
    mutual_tls(document, report);
    callbacks(document);
    for member in ["$self", "jsonSchemaDialect"] {
        remove(&mut document.root, "", member);
    }
    if let Some(webhooks) = remove(&mut document.root, "", "webhooks") {
        let what = "webhooks → `x-webhooks`; the client decodes their events";
        report.info("webhooks", "/webhooks", what);
        document.root["x-webhooks"] = webhooks;
    }
    if document.root.get("paths").is_none() {
        document.root["paths"] = Map::new().into();
    }
    document.root["openapi"] = "3.0.3".into();
}

fn remove(root: &mut Value, at: &str, member: &str) -> Option<Value> {
    root.pointer_mut(at)?.as_object_mut()?.shift_remove(member)
}

fn dialect(document: &Document, problems: &mut Problems) {
    if let Some(dialect) = document.root.text("jsonSchemaDialect")
        && Dialect::from_uri(dialect) != Dialect::Read
    {
        let what = format!("the dialect {dialect} cannot be read");
        let problem = document.problem("/jsonSchemaDialect", what, schema_dialects::REMEDY);
        problems.push(problem);
    }
}

fn info(document: &mut Document) {
    if let Some(summary) = remove(&mut document.root, "/info", "summary") {
        let info = &mut document.root["info"];
        let field = match info.get("description") {
            Some(_) => "x-summary",
            None => "description",
        };
        info[field] = summary;
    }
    if let Some(identifier) = remove(&mut document.root, "/info/license", "identifier") {
        let license = &mut document.root["info"]["license"];
        let single = identifier.as_str().filter(|id| !id.contains(' '));
        match single {
            Some(id) if license.get("url").is_none() => {
                license["url"] = format!("https://spdx.org/licenses/{id}.html").into();
            }
            _ => license["x-identifier"] = identifier,
        }
    }
}

/// Drops mutual TLS from the security schemes and requirements: a client certificate is not an HTTP
/// credential. An operation that only requires a certificate keeps an empty requirement, which
/// differs from a missing `security`.
fn mutual_tls(document: &mut Document, report: &mut Report) {
    const SCHEMES: &str = "/components/securitySchemes";

    let mut names = BTreeSet::new();
    if let Some(Value::Object(schemes)) = document.at_mut(SCHEMES) {
        schemes.retain(|name, scheme| {
            let is_kept = scheme.text("type") != Some("mutualTLS");
            is_kept || !names.insert(name.clone())
        });
    }
    if names.is_empty() {
        return;
    }
    for name in &names {
        let what = "mutual TLS → not configured; give the certificate to the HTTP client";
        report.warn("mutual-tls", &join(SCHEMES, name), what);
    }
    let forget = |requirements: Option<&mut Value>| {
        let requirements = requirements.and_then(Value::as_array_mut).into_iter();
        for requirement in requirements.flatten().filter_map(Value::as_object_mut) {
            requirement.retain(|name, _| !names.contains(name));
        }
    };
    forget(document.root.get_mut("security"));
    for_each_operation(&mut document.root, |operation| {
        forget(operation.get_mut("security"))
    });
}

/// Removes callbacks: openapiv3 cannot read callbacks that are references, or extensions among
/// callback expressions. progenitor does not read callbacks at all.
fn callbacks(document: &mut Document) {
    for_each_operation(&mut document.root, |operation| {
        operation.shift_remove("callbacks");
    });
    remove(&mut document.root, "/components", "callbacks");
}

fn for_each_operation(root: &mut Value, mut with: impl FnMut(&mut Map<String, Value>)) {
    let paths = root.get_mut("paths").and_then(Value::as_object_mut);
    for item in paths.into_iter().flat_map(Map::values_mut) {
        let members = item.as_object_mut().into_iter().flatten();
        for (method, operation) in members {
            if METHODS.contains(&method.as_str())
                && let Some(operation) = operation.as_object_mut()
            {
                with(operation);
            }
        }
    }
}

/// Strips the fields next to `$ref`: only 3.1 allows a Reference Object to have a summary and a
/// description.
pub(super) fn strip_references(document: &mut Document, report: &mut Report) {
    walk::for_each_mut(&mut document.root, |at, kind, object| {
        if let Value::Object(object) = object
            && kind != Kind::Schema
            && let Some(reference) = object.get("$ref").cloned()
            && object.len() > 1
        {
            *object = Map::from_iter([("$ref".to_owned(), reference)]);
            let what = "fields next to `$ref` → dropped; the target has its own";
            report.info("reference-siblings", &at.pointer(), what);
        }
    });
}
