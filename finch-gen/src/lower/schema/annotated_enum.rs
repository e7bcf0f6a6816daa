//! Lowers enums that document each value (OAS 3.1, Annotated Enumerations) to one form.
//!
//! Authors write them in two ways. Some write a union of constants, each with a title and a
//! description. Others add extensions to an `enum`, each a list in the same order or a map from
//! the values. Both become an `enum` with maps:
//!
//! ```text
//! oneOf: [{const: a, title: First, description: D.}, {const: b, deprecated: true}]
//! ```
//!
//! ```text
//! enum: [a, b]
//! x-enumNames: {a: First}
//! x-enumDescriptions: {a: D.}
//! x-enumDeprecated: [b]
//! ```

use serde_json::{Map, Value, json};

use super::values::Distinct;
use crate::json::Fields as _;

/// The names of the values.
pub(crate) const NAMES: &str = "x-enumNames";
/// The descriptions of the values.
pub(crate) const DESCRIPTIONS: &str = "x-enumDescriptions";
/// The values that are deprecated.
pub(crate) const DEPRECATED: &str = "x-enumDeprecated";

/// The extensions that authors use, each with the one that replaces it.
const EXTENSIONS: [(&str, &str); 6] = [
    (NAMES, NAMES),
    ("x-enum-varnames", NAMES),
    ("x-enum-names", NAMES),
    (DESCRIPTIONS, DESCRIPTIONS),
    ("x-enum-descriptions", DESCRIPTIONS),
    ("x-enum-description", DESCRIPTIONS),
];

/// The keywords of a constant. None of them accepts more values.
const OF_CONSTANT: [&str; 7] = [
    "$comment",
    "const",
    "deprecated",
    "description",
    "enum",
    "title",
    "type",
];

/// Returns the key of `value` in these maps.
pub(crate) fn key(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// Returns `schema` as an `enum` with maps, if it documents its values in another way.
pub(super) fn as_enum(schema: &Map<String, Value>) -> Option<Map<String, Value>> {
    of_union(schema).or_else(|| of_lists(schema))
}

fn of_union(schema: &Map<String, Value>) -> Option<Map<String, Value>> {
    let keyword = match (schema.contains_key("oneOf"), schema.contains_key("anyOf")) {
        (true, false) => "oneOf",
        (false, true) => "anyOf",
        _ => return None,
    };
    if schema.has_any(&["enum", "const"]) {
        return None;
    }
    let branches = schema.list(keyword);
    let mut values: Vec<&Value> = Vec::with_capacity(branches.len());
    let mut seen = Distinct::default();
    let (mut names, mut descriptions, mut deprecated) = (Map::new(), Map::new(), Vec::new());
    for branch in branches {
        let branch = branch.as_object()?;
        let value = constant(branch)?;
        if !seen.insert(value) {
            return None;
        }
        values.push(value);
        if let Some(title) = branch.text("title") {
            names.insert(key(value), title.into());
        }
        if let Some(description) = branch.text("description") {
            descriptions.insert(key(value), description.into());
        }
        if branch.is_true("deprecated") {
            deprecated.push(key(value));
        }
    }
    let of_one_type = |is: fn(&Value) -> bool| {
        let mut values = values.iter().filter(|value| !value.is_null());
        values.clone().count() > 1 && values.all(|value| is(value))
    };
    if !of_one_type(Value::is_string) && !of_one_type(Value::is_i64) {
        return None;
    }
    let mut of_values = schema.clone();
    let values = values.into_iter().cloned().collect();
    of_values.shift_remove(keyword);
    of_values.insert("enum".to_owned(), Value::Array(values));
    for (extension, given) in [(NAMES, names), (DESCRIPTIONS, descriptions)] {
        if !given.is_empty() {
            of_values.insert(extension.to_owned(), given.into());
        }
    }
    if !deprecated.is_empty() {
        of_values.insert(DEPRECATED.to_owned(), json!(deprecated));
    }
    Some(of_values)
}

/// Returns the single value that `branch` accepts, if it has no other assertions.
fn constant(branch: &Map<String, Value>) -> Option<&Value> {
    let is_allowed =
        |keyword: &String| OF_CONSTANT.contains(&keyword.as_str()) || keyword.starts_with("x-");
    if !branch.keys().all(is_allowed) {
        return None;
    }
    let value = match (branch.get("const"), branch.get("enum"), branch.list("enum")) {
        (Some(value), None, _) => value,
        (None, _, [only]) => only,
        (None, None, _) if branch.get("type")? == "null" => &Value::Null,
        _ => return None,
    };
    let is_of = match branch.get("type").map(Value::as_str) {
        None => true,
        Some(Some("string")) => value.is_string(),
        Some(Some("integer" | "number")) => value.is_number(),
        Some(Some("null")) => value.is_null(),
        Some(_) => false,
    };
    is_of.then_some(value)
}

fn of_lists(schema: &Map<String, Value>) -> Option<Map<String, Value>> {
    let values = schema.get("enum")?.as_array()?;
    let mut of_values = None;
    for (extension, becomes) in EXTENSIONS {
        let mapping: Map<String, Value> = match schema.get(extension) {
            Some(Value::Array(given)) if given.len() == values.len() => values
                .iter()
                .zip(given)
                .filter(|(_, given)| given.is_string())
                .map(|(value, given)| (key(value), given.clone()))
                .collect(),
            Some(Value::Object(given)) if extension != becomes => given.clone(),
            _ => continue,
        };
        let of_values = of_values.get_or_insert_with(|| schema.clone());
        of_values.shift_remove(extension);
        of_values.insert(becomes.to_owned(), mapping.into());
    }
    of_values
}
