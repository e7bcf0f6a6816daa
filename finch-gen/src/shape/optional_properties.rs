//! Makes every optional property an option.
//!
//! typify gives an absent property its `default`, or an empty list or map. A client would
//! then invent values that the server did not send, and drop a list that a caller emptied.
//! So every optional property is an option. Its default is only documented: the server
//! applies it, and may change it.
//!
//! typify keeps undeclared properties only if `additionalProperties` is a schema, so `true`
//! becomes `{}`.

use serde_json::{Map, Value, json};

use super::is_branch;
use crate::load::Document;
use crate::walk::{self, Kind};

/// Makes every property that is not required an option.
pub(super) fn make_optional(document: &mut Document) {
    walk::for_each_mut(&mut document.root, |at, kind, schema| {
        if let (Kind::Schema, Value::Object(schema)) = (kind, schema) {
            schema.shift_remove("default");
            members(schema);
            others(schema);
            if !is_branch(at) {
                keep_whole(schema);
            }
        }
    });
}

fn others(schema: &mut Map<String, Value>) {
    // typify also emits a field for a name that is only in `required`.
    if (schema.contains_key("properties") || schema.contains_key("required"))
        && let Some(others @ Value::Bool(true)) = schema.get_mut("additionalProperties")
    {
        *others = json!({});
    }
}

/// For an object that only lists `required`, typify emits a type without other properties.
fn keep_whole(schema: &mut Map<String, Value>) {
    let says_more = ["properties", "allOf", "anyOf", "oneOf"];
    if !says_more
        .iter()
        .any(|keyword| schema.contains_key(*keyword))
    {
        schema.shift_remove("required");
    }
}

fn members(schema: &mut Map<String, Value>) {
    let required = schema.get("required").and_then(Value::as_array).cloned();
    let required = required.unwrap_or_default();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        let is_required = required.iter().any(|required| required == name);
        // typify makes every other property an option anyway.
        let is_list_or_map = match property.get("type").and_then(Value::as_str) {
            Some("array") => true,
            Some("object") => property.get("properties").is_none(),
            _ => false,
        };
        if !is_required && is_list_or_map {
            property["nullable"] = true.into();
        }
    }
}
