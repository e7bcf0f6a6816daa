//! Decides which values a schema accepts with an independent validator of JSON Schema 2020-12.

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::random;

/// Returns the validator of the component `name` of an OpenAPI 3.1 document, in which 3.0
/// keywords such as `nullable` have the meaning that the author intended.
pub(crate) fn of_3_1(document: &Value, name: &str) -> Validator {
    let mut document = document.clone();
    components(&mut document, &honour_3_0);
    validator(&document, &format!("#/components/schemas/{name}"))
}

/// Returns the validator of the component `name` of an OpenAPI 3.0 document.
pub(crate) fn of_3_0(document: &Value, name: &str) -> Validator {
    let mut document = document.clone();
    components(&mut document, &|schema| from_3_0(schema, false));
    validator(&document, &format!("#/components/schemas/{name}"))
}

/// Works as [`of_3_0`] for the schema at `at` of a document for progenitor: its unions use the
/// first branch that fits, and its enums list names of values.
pub(crate) fn of_client(document: &Value, at: &str) -> Validator {
    let mut document = document.clone();
    components(&mut document, &|schema| from_3_0(schema, true));
    if let Some(schema) = document.pointer_mut(at) {
        *schema = from_3_0(schema.take(), true);
    }
    validator(&document, &format!("#{at}"))
}

fn components(document: &mut Value, with: &dyn Fn(Value) -> Value) {
    let schemas = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    for schema in schemas.into_iter().flat_map(Map::values_mut) {
        *schema = with(schema.take());
    }
}

fn validator(document: &Value, reference: &str) -> Validator {
    let schema = merge(document, reference);
    jsonschema::draft202012::new(&schema).unwrap_or_else(|error| panic!("{error}: {schema:#}"))
}

fn merge(document: &Value, reference: &str) -> Value {
    json!({
        "$ref": reference,
        "components": document["components"],
        "paths": document["paths"],
    })
}

/// Applies `with` to each schema directly inside `schema`.
fn inside(schema: &mut Map<String, Value>, with: &dyn Fn(Value) -> Value) {
    for (keyword, member) in schema {
        match (keyword.as_str(), member) {
            (
                "properties" | "patternProperties" | "dependentSchemas" | "$defs",
                Value::Object(named),
            ) => named
                .values_mut()
                .for_each(|schema| *schema = with(schema.take())),
            ("allOf" | "anyOf" | "oneOf" | "prefixItems", Value::Array(list)) => {
                list.iter_mut()
                    .for_each(|schema| *schema = with(schema.take()));
            }
            (
                "items"
                | "additionalProperties"
                | "unevaluatedItems"
                | "unevaluatedProperties"
                | "contains"
                | "propertyNames"
                | "not"
                | "if"
                | "then"
                | "else",
                schema,
            ) => *schema = with(schema.take()),
            _ => {}
        }
    }
}

fn honour_3_0(schema: Value) -> Value {
    let Value::Object(mut members) = schema else {
        return schema;
    };
    inside(&mut members, &honour_3_0);
    exclusive_bounds(&mut members);
    // The validator only finds an anchor in a place that it knows as a schema.
    if members
        .get("$ref")
        .is_some_and(|reference| reference == "#leaf")
    {
        members.insert("$ref".to_owned(), random::LEAF.into());
    }
    let is_nullable = members.shift_remove("nullable") == Some(Value::Bool(true));
    if !is_nullable {
        return members.into();
    }
    if let Some(of) = members.get("type") {
        let mut types = of.as_array().cloned().unwrap_or_else(|| vec![of.clone()]);
        types.push("null".into());
        types.dedup();
        members.insert("type".to_owned(), types.into());
        if let Some(Value::Array(values)) = members.get_mut("enum") {
            values.push(Value::Null);
            values.dedup();
        }
        return members.into();
    }
    json!({"anyOf": [members, {"type": "null"}]})
}

/// Translates the assertions of 3.0 to 2020-12.
fn from_3_0(schema: Value, is_of_client: bool) -> Value {
    let Value::Object(mut members) = schema else {
        return schema;
    };
    if let Some(reference) = members.get("$ref") {
        return json!({"$ref": reference});
    }
    inside(&mut members, &|schema| from_3_0(schema, is_of_client));
    let is_nullable = members.shift_remove("nullable") == Some(Value::Bool(true));
    if is_nullable && let Some(of) = members.get("type") {
        let types = json!([of, "null"]);
        members.insert("type".to_owned(), types);
    }
    exclusive_bounds(&mut members);
    if is_of_client && members.get("type").is_some() {
        members.shift_remove("enum");
    }
    if is_of_client && let Some(branches) = members.shift_remove("oneOf") {
        let union = json!({"anyOf": branches});
        let all = members.entry("allOf").or_insert(json!([]));
        all.as_array_mut().expect("`allOf` is a list").push(union);
    }
    members.into()
}

/// Translates the exclusive bounds of 3.0, which are booleans next to the inclusive bounds, to
/// 2020-12.
fn exclusive_bounds(members: &mut Map<String, Value>) {
    for (bound, exclusive) in [
        ("minimum", "exclusiveMinimum"),
        ("maximum", "exclusiveMaximum"),
    ] {
        if let Some(Value::Bool(excludes)) = members.get(exclusive) {
            let excludes = *excludes;
            members.shift_remove(exclusive);
            if excludes && let Some(bound) = members.shift_remove(bound) {
                members.insert(exclusive.to_owned(), bound);
            }
        }
    }
}
