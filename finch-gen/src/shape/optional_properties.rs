//! Makes every optional property an option, and removes defaults.
//!
//! typify gives an absent property its `default`, or an empty list or map. A client would then
//! invent values that the server did not send, and drop a list that a caller emptied. So its
//! default is only documented: the server applies it, and may change it.
//!
//! typify keeps undeclared properties only if `additionalProperties` is a schema, so `true` becomes
//! `{}`.

use serde_json::{Map, Value, json};

use super::{each_schema_mut, is_branch, is_only_null};
use crate::json::Fields as _;
use crate::load::Document;

/// Makes every property that is not required an option.
pub(super) fn make_optional(document: &mut Document) {
    each_schema_mut(document, |at, schema| {
        schema.shift_remove("default");
        make_options(schema);
        // typify also emits a field for a name that is only in `required`.
        if schema.has_any(&["properties", "required"])
            && let Some(others @ Value::Bool(true)) = schema.get_mut("additionalProperties")
        {
            *others = json!({});
        }
        // For an object that only lists `required`, typify emits a type without other properties.
        if !is_branch(at) {
            drop_required(schema);
        }
        if let Some(Value::Array(branches)) = schema.get_mut("anyOf") {
            let mut others = branches.iter_mut().filter(|branch| !is_only_null(branch));
            if let (Some(Value::Object(only)), None) = (others.next(), others.next()) {
                drop_required(only);
            }
        }
    });
}

/// Removes `required` from `schema` if it has no properties.
fn drop_required(schema: &mut Map<String, Value>) {
    if !schema.has_any(&["properties", "allOf", "anyOf", "oneOf"]) {
        schema.shift_remove("required");
    }
}

/// Makes the optional properties of `schema` options.
fn make_options(schema: &mut Map<String, Value>) {
    let required = schema.list("required").to_vec();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        let is_required = required.iter().any(|required| required == name);
        // typify makes every other property an option anyway.
        let is_list_or_map =
            property.is_type("array") || property.is_type("object") && !property.has("properties");
        if !is_required && is_list_or_map {
            property["nullable"] = true.into();
        }
    }
}
