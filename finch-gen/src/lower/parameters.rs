//! Removes header parameters that callers do not set, and merges path-level parameters.
//!
//! OpenAPI says to ignore the header parameters `Accept`, `Content-Type` and `Authorization`,
//! as other parts of the document describe them (Parameter Object, `name`). A required header
//! parameter with a default becomes a constant header that the client sends. Parameters of a
//! path item move into its operations. The path template decides which path parameters exist: a
//! parameter that it does not name is dropped, and a name without a description is a string.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::source_map::{self, Origins};
use crate::api_model::Operation;
use crate::load::Document;
use crate::report::Report;
use crate::{pointer, walk};

const RESERVED: [&str; 3] = ["accept", "content-type", "authorization"];

/// How a parameter is lowered.
enum Fate {
    /// It stays a parameter.
    Asked,
    /// It is dropped, as OpenAPI says.
    Ignored,
    /// It becomes a header with this name and value.
    Constant(String, String),
}

/// Returns the constant headers of the operation at `at`.
pub(super) fn constant_headers(document: &Document, at: &str) -> Vec<(String, String)> {
    effective(document, at)
        .into_iter()
        .filter_map(|(_, parameter)| match fate(document.follow(parameter)?) {
            Fate::Constant(name, value) => Some((name, value)),
            Fate::Asked | Fate::Ignored => None,
        })
        .collect()
}

/// Returns the pointers of the parameters that the caller of the operation at `at` sets.
pub(super) fn asked(document: &Document, at: &str) -> Vec<String> {
    let effective = effective(document, at).into_iter();
    effective
        .filter(|(_, parameter)| is_asked(document, parameter))
        .map(|(at, _)| at)
        .collect()
}

fn is_asked(document: &Document, parameter: &Value) -> bool {
    let followed = document.follow(parameter);
    followed.is_none_or(|parameter| matches!(fate(parameter), Fate::Asked))
}

/// Keeps only the parameters that the operation's caller sets. Returns their original pointers.
pub(super) fn lower(
    document: &mut Document,
    operation: &Operation,
    report: &mut Report,
) -> Vec<String> {
    for (_, parameter) in effective(document, &operation.pointer) {
        let name = document
            .follow(parameter)
            .and_then(|parameter| parameter["name"].as_str());
        if let (Some(name), Some(Fate::Ignored)) = (name, document.follow(parameter).map(fate)) {
            let what = format!("header parameter {name} → dropped; OpenAPI says to ignore it");
            report.warn("reserved-header", &operation.pointer, what);
        }
    }
    let mut asked: Vec<(String, Value)> = effective(document, &operation.pointer)
        .into_iter()
        .filter(|(_, parameter)| is_asked(document, parameter))
        .map(|(at, parameter)| (at, parameter.clone()))
        .collect();
    let names: BTreeSet<&str> = pointer::template_names(&operation.path).collect();
    let mut described = BTreeSet::new();
    asked.retain_mut(|(_, parameter)| {
        let Some(followed) = document.follow(parameter) else {
            return true;
        };
        let name = followed.get("name").and_then(Value::as_str);
        let Some(name) = name.filter(|_| followed["in"] == "path") else {
            return true;
        };
        if !names.contains(name) {
            let what = format!("path parameter {name}, which is not in the path → dropped");
            report.warn("path-parameter", &operation.pointer, what);
            return false;
        }
        described.insert(name.to_owned());
        if followed.get("required") != Some(&Value::Bool(true)) {
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
        let reference = object.get("$ref").and_then(Value::as_str);
        references.extend(reference.map(str::to_owned));
    });
    references
}

/// Returns the parameters of the operation and its path item, each with its pointer. An
/// operation's parameter replaces one of the path item with the same name and location.
fn effective<'a>(document: &'a Document, at: &str) -> Vec<(String, &'a Value)> {
    let list = |pointer: &str| {
        let at = format!("{pointer}/parameters");
        let list = document.at(&at).and_then(Value::as_array);
        let list = list.into_iter().flatten().enumerate();
        list.map(move |(index, parameter)| (format!("{at}/{index}"), parameter))
    };
    let identity = |parameter: &'a Value| {
        let parameter = document.follow(parameter)?;
        Some((parameter.get("name")?, parameter.get("in")?))
    };
    let own: Vec<_> = list(at).collect();
    let path_item = at.rsplit_once('/').map_or("", |(item, _)| item);
    list(path_item)
        .filter(|(_, shared)| !own.iter().any(|(_, own)| identity(own) == identity(shared)))
        .chain(own.iter().cloned())
        .collect()
}

fn fate(parameter: &Value) -> Fate {
    let text = |key| parameter.get(key).and_then(Value::as_str);
    let (Some("header"), Some(name)) = (text("in"), text("name")) else {
        return Fate::Asked;
    };
    if RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
        return Fate::Ignored;
    }
    let value = match parameter.pointer("/schema/default") {
        Some(Value::String(value)) => value.clone(),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
        _ => return Fate::Asked,
    };
    match parameter.get("required") {
        Some(Value::Bool(true)) => Fate::Constant(name.to_owned(), value),
        _ => Fate::Asked,
    }
}
