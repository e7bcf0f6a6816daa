//! Removes header parameters that callers do not set, and merges path-level parameters.
//!
//! The header parameters `Accept`, `Content-Type` and `Authorization` are dropped: the Parameter
//! Object says to ignore them, because other parts of the document describe them. A header
//! parameter with a default becomes a constant header, which the client sends without asking the
//! caller, in two cases: the header is required, or the default is its only value.
//!
//! Parameters of a path item move into its operations. A path parameter that the path template does
//! not name is dropped. A name in the template without a parameter becomes a string parameter.

use std::collections::BTreeSet;
use std::slice;

use serde_json::{Map, Value, json};

use super::source_map::{self, Origins};
use crate::api_model::Operation;
use crate::json::{Fields as _, text_of_scalar};
use crate::load::Document;
use crate::report::Report;
use crate::{pointer, walk};

const RESERVED: [&str; 3] = ["accept", "content-type", "authorization"];

/// How a parameter is lowered.
#[derive(PartialEq)]
enum Fate {
    /// It stays a parameter.
    Asked,
    /// It is a header with this name, and dropped, as OpenAPI says.
    Ignored(String),
    /// It becomes a header with this name and value.
    Constant(String, String),
}

/// Returns the constant headers of the operation at `at`.
pub(super) fn constant_headers(document: &Document, at: &str) -> Vec<(String, String)> {
    let fates = effective(document, at).into_iter();
    let fates = fates.map(|(_, parameter)| fate(document, parameter));
    let headers = fates.filter_map(|fate| match fate {
        Fate::Constant(name, value) => Some((name, value)),
        Fate::Asked | Fate::Ignored(_) => None,
    });
    headers.collect()
}

/// Returns the pointers of the parameters that the caller of the operation at `at` sets.
pub(super) fn asked(document: &Document, at: &str) -> Vec<String> {
    let asked = effective(document, at).into_iter();
    let asked = asked.filter(|(_, parameter)| fate(document, parameter) == Fate::Asked);
    asked.map(|(at, _)| at).collect()
}

/// Keeps only the parameters that the operation's caller sets. Returns their original pointers.
pub(super) fn lower(
    document: &mut Document,
    operation: &Operation,
    report: &mut Report,
) -> Vec<String> {
    let mut asked: Vec<(String, Value)> = Vec::new();
    for (at, parameter) in effective(document, &operation.pointer) {
        match fate(document, parameter) {
            Fate::Asked => asked.push((at, parameter.clone())),
            Fate::Ignored(name) => {
                let what = format!("header parameter {name} → dropped; OpenAPI says to ignore it");
                report.warn("reserved-header", &operation.pointer, what);
            }
            Fate::Constant(..) => {}
        }
    }
    let names: BTreeSet<&str> = pointer::template_names(&operation.path).collect();
    let mut described = BTreeSet::new();
    asked.retain_mut(|(_, parameter)| {
        let Some(followed) = document.follow(parameter) else {
            return true;
        };
        let name = followed.text("name");
        let Some(name) = name.filter(|_| followed["in"] == "path") else {
            return true;
        };
        if !names.contains(name) {
            let what = format!("path parameter {name}, which is not in the path → dropped");
            report.warn("path-parameter", &operation.pointer, what);
            return false;
        }
        described.insert(name.to_owned());
        if !followed.is_true("required") {
            let mut required = followed.clone();
            required["required"] = true.into();
            let what = format!("path parameter {name} without `required: true` → required");
            report.info("path-parameter", &operation.pointer, what);
            *parameter = required;
        }
        true
    });
    for name in pointer::template_names(&operation.path) {
        if described.insert(name.to_owned()) {
            let schema = json!({"type": "string"});
            let of_path = json!({"name": name, "in": "path", "required": true, "schema": schema});
            asked.push((operation.pointer.clone(), of_path));
            let what = format!("undeclared path parameter {{{name}}} → a string");
            report.warn("path-parameter", &operation.pointer, what);
        }
    }
    let (stood, asked): (Vec<String>, Vec<Value>) = asked.into_iter().unzip();
    if let Some(Value::Object(members)) = document.at_mut(&operation.pointer) {
        if asked.is_empty() {
            members.shift_remove("parameters");
        } else {
            members.insert("parameters".to_owned(), asked.into());
        }
    }
    stood
}

/// Adds to `origins` the original pointers of the parameters of `operation` and of their
/// contents.
pub(super) fn note_origins(operation: &Operation, origins: &mut Origins) {
    let own = format!("{}/parameters", operation.pointer);
    let mut moved = Origins::new();
    for (index, stood) in operation.parameter_pointers.iter().enumerate() {
        let at = format!("{own}/{index}");
        // A parameter that only the path template names has no contents.
        if *stood != operation.pointer {
            let within = source_map::within(origins, stood).into_iter();
            moved.extend(within.map(|(of, origin)| (format!("{at}/{of}"), origin)));
        }
        if at != *stood {
            moved.insert(at, stood.clone());
        }
    }
    source_map::take_within(origins, &own);
    origins.append(&mut moved);
}

/// Removes the parameters of path items, which the operations now have, and components that
/// only a parameter of `original` referred to.
pub(super) fn forget_unused(document: &mut Document, original: &Document) {
    for item in document.root["paths"]
        .as_object_mut()
        .into_iter()
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
    {
        item.shift_remove("parameters");
    }
    let before = references(original);
    let after = references(document);
    let Some(Value::Object(components)) = document.root.get_mut("components") else {
        return;
    };
    if let Some(Value::Object(parameters)) = components.get_mut("parameters") {
        parameters.retain(|name, _| {
            let reference = format!("#/components/parameters/{name}");
            after.contains(&reference) || !before.contains(&reference)
        });
        if parameters.is_empty() {
            components.shift_remove("parameters");
        }
    }
}

fn references(document: &Document) -> BTreeSet<String> {
    let mut references = BTreeSet::new();
    walk::for_each(&document.root, |_, _, object| {
        references.extend(object.text("$ref").map(str::to_owned));
    });
    references
}

/// Returns the parameters of the operation and its path item, each with its pointer. An
/// operation's parameter replaces one of the path item with the same name and location.
fn effective<'a>(document: &'a Document, at: &str) -> Vec<(String, &'a Value)> {
    let list = |pointer: &str| {
        let at = format!("{pointer}/parameters");
        let list = document.at(pointer).list("parameters").iter().enumerate();
        list.map(move |(index, parameter)| (format!("{at}/{index}"), parameter))
    };
    let identity = |parameter: &'a Value| {
        let parameter = document.follow(parameter)?;
        Some((parameter.get("name")?, parameter.get("in")?))
    };
    let own: Vec<_> = list(at).collect();
    let path_item = pointer::parent(at);
    list(path_item)
        .filter(|(_, shared)| !own.iter().any(|(_, own)| identity(own) == identity(shared)))
        .chain(own.iter().cloned())
        .collect()
}

fn fate(document: &Document, parameter: &Value) -> Fate {
    let parameter = document.follow(parameter);
    let (Some("header"), Some(name)) = (parameter.text("in"), parameter.text("name")) else {
        return Fate::Asked;
    };
    if RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
        return Fate::Ignored(name.to_owned());
    }
    let Some(schema) = parameter.field("schema") else {
        return Fate::Asked;
    };
    // Lowering made a conjunction of a reference with a default next to it.
    let target = match schema.list("allOf") {
        [only] => only,
        _ => schema,
    };
    let target = document.follow(target).unwrap_or(target);
    let default = schema.field("default").or(target.field("default"));
    let is_only_value = default
        .is_some_and(|default| target.list("enum") == slice::from_ref(default))
        || default == target.field("const");
    let value = default.filter(|_| parameter.is_true("required") || is_only_value);
    match value.and_then(text_of_scalar) {
        Some(value) => Fate::Constant(name.to_owned(), value),
        None => Fate::Asked,
    }
}
