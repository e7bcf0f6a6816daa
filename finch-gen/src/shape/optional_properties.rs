//! Makes every optional property an option, and removes defaults.
//!
//! typify gives an absent property its `default`, or an empty list or map. A client would then
//! invent values that the server did not send, and drop a list that a caller emptied. So its
//! default is only documented: the server applies it, and may change it.
//!
//! typify keeps undeclared properties only if `additionalProperties` is a schema, so `true` becomes
//! `{}`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::listed_values::unmarked;
use super::{conjunction, each_schema_mut, is_branch, is_only_null, schemas};
use crate::json::Fields as _;
use crate::load::Document;
use crate::type_names;

/// The properties that accept null and other values, by the name of the type and the name of the
/// property.
pub(crate) type NullableProperties = BTreeSet<(String, String)>;

/// Marks a property that is only `nullable` so that typify makes it an option.
const OPTION: &str = "x-\u{E000}option";

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
        if !is_required && is_list_or_map && !property.is_true("nullable") {
            property["nullable"] = true.into();
            property[OPTION] = true.into();
        }
    }
}

/// Finds the nullable properties of the components.
pub(super) fn nullable(document: &Document) -> NullableProperties {
    let mut found = NullableProperties::new();
    for (name, schema) in schemas(document) {
        let of = type_names::type_name(name);
        let conjuncts = conjunction(document, schema).into_iter();
        let properties = conjuncts.flat_map(|conjunct| conjunct.field("properties").fields());
        let (nullable, others): (Vec<_>, Vec<_>) = properties.partition(|(_, of)| is_nullable(of));
        let others: BTreeSet<&str> = others.iter().map(|(name, _)| unmarked(name)).collect();
        let nullable = nullable.into_iter().map(|(name, _)| unmarked(name));
        let nullable = nullable.filter(|name| !others.contains(name));
        found.extend(nullable.map(|name| (of.clone(), name.to_owned())));
    }
    found
}

/// Whether a property accepts null and other values.
fn is_nullable(property: &Value) -> bool {
    property.has("type") && property.is_true("nullable") && !property.has(OPTION)
        || property.list("anyOf").iter().any(is_only_null)
}
