//! Null belongs to the reference, not to what it refers to.
//!
//! Of a component that admits null progenitor makes a type around an option,
//! which refers to itself where the component has its own name for a title. So
//! such a component loses null, and every reference to it gets it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{only_null, referred};
use crate::load::Document;
use crate::walk::{self, Kind};

/// Moves null from components to the references to them.
pub(super) fn move_to_references(document: &mut Document) {
    let mut nullable = BTreeSet::new();
    if let Some(Value::Object(schemas)) = document.root.pointer_mut("/components/schemas") {
        for (name, schema) in schemas.iter_mut() {
            if let Value::Object(members) = schema
                && strip_null(members)
            {
                nullable.insert(name.clone());
            }
        }
        // What only refers to a nullable component is one.
        loop {
            let before = nullable.len();
            nullable.extend(
                schemas
                    .iter()
                    .filter(|(_, schema)| alias(schema).is_some_and(|name| nullable.contains(name)))
                    .map(|(name, _)| name.clone())
                    .collect::<Vec<_>>(),
            );
            if nullable.len() == before {
                break;
            }
        }
    }
    if nullable.is_empty() {
        return;
    }
    // From the inside out, so that what is wrapped is not looked at again.
    for place in walk::places(&document.root).iter().rev() {
        if place.kind != Kind::Schema {
            continue;
        }
        let (parent, _) = place.pointer.rsplit_once('/').unwrap_or_default();
        let is_component = parent == "/components/schemas";
        let in_conjunction = parent.ends_with("/allOf");
        let in_union = parent.ends_with("/anyOf") || parent.ends_with("/oneOf");
        let beside_null = in_union
            && document
                .root
                .pointer(parent)
                .and_then(Value::as_array)
                .is_some_and(|branches| branches.contains(&only_null()));
        let Some(schema) = document.root.pointer_mut(&place.pointer) else {
            continue;
        };
        let is_nullable =
            |schema: &Value| referred(schema).is_some_and(|name| nullable.contains(name));
        if is_nullable(schema) && !is_component && !in_conjunction && !beside_null {
            *schema = json!({"anyOf": [schema.clone(), only_null()]});
        } else if let Value::Object(members) = schema
            && let Some(Value::Array(conjuncts)) = members.get("allOf")
            && let [only] = conjuncts.as_slice()
            && is_nullable(only)
            && !members.contains_key("type")
            && !is_component
        {
            let union = json!([only, only_null()]);
            members.shift_remove("allOf");
            members.insert("anyOf".to_owned(), union);
        }
    }
}

/// The name of the component that `schema` is another name of, with a
/// description of its own or not.
fn alias(schema: &Value) -> Option<&str> {
    let only = schema.get("allOf").and_then(Value::as_array);
    let is_described = |schema: &Map<String, Value>| {
        let mut keys = schema.keys();
        keys.all(|key| matches!(key.as_str(), "allOf" | "description" | "title"))
    };
    match only.map(Vec::as_slice) {
        Some([only]) if schema.as_object().is_some_and(is_described) => referred(only),
        _ => referred(schema),
    }
}

/// Takes null out of what `schema` admits; whether it was there.
fn strip_null(schema: &mut Map<String, Value>) -> bool {
    if schema.get("type").is_some() && schema.shift_remove("nullable").is_some() {
        if let Some(Value::Array(values)) = schema.get_mut("enum") {
            values.retain(|value| !value.is_null());
        }
        return true;
    }
    let Some(Value::Array(branches)) = schema.get_mut("anyOf") else {
        return false;
    };
    if !branches.contains(&only_null()) {
        return false;
    }
    branches.retain(|branch| *branch != only_null());
    if let [only] = branches.as_slice() {
        let only = only.clone();
        schema.shift_remove("anyOf");
        match only {
            Value::Object(inner) if !inner.contains_key("$ref") || schema.is_empty() => {
                for (key, value) in inner {
                    schema.entry(key).or_insert(value);
                }
            }
            other => {
                schema.insert("allOf".to_owned(), json!([other]));
            }
        }
    }
    true
}
