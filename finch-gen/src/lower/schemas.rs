//! Schemas: what JSON Schema 2020-12 says and OpenAPI 3.0.3 says otherwise.

use serde_json::{Map, Value, json};

use crate::load::Document;
use crate::problem::Problems;
use crate::walk::{self, Kind};

/// Keywords of JSON Schema 2020-12 that OpenAPI 3.0.3 has no word for.
const WITHOUT_A_WORD: [&str; 24] = [
    "$anchor",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$schema",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "definitions",
];

const REMEDY: &str = "say it in the words of OpenAPI 3.0 through the overlay";

/// Lowers every schema of `document`.
pub(super) fn lower(document: &mut Document, problems: &mut Problems) {
    // From the inside out: what is inside a schema is not moved any more when
    // the schema itself is rewritten.
    for place in walk::places(&document.root).iter().rev() {
        if place.kind != Kind::Schema {
            continue;
        }
        for (keyword, what) in refused(&document.root, &place.pointer) {
            problems.push(document.problem(
                crate::pointer::join(&place.pointer, &keyword),
                what,
                REMEDY,
            ));
        }
        if let Some(Value::Object(schema)) = document.root.pointer_mut(&place.pointer) {
            join_reference(schema);
            single_example(schema);
        }
    }
}

/// What of the schema at `at` cannot be lowered: keyword and reason.
fn refused(root: &Value, at: &str) -> Vec<(String, String)> {
    let Some(Value::Object(schema)) = root.pointer(at) else {
        return Vec::new();
    };
    let mut refused = Vec::new();
    for (keyword, value) in schema {
        let reason = match (keyword.as_str(), value) {
            (keyword, _) if WITHOUT_A_WORD.contains(&keyword) => {
                "OpenAPI 3.0.3 has no such keyword".to_owned()
            }
            ("type", Value::Array(_)) => "a list of types cannot be lowered".to_owned(),
            ("type", Value::String(null)) if null == "null" => {
                "the type \"null\" cannot be lowered".to_owned()
            }
            ("exclusiveMinimum" | "exclusiveMaximum", Value::Number(_)) => {
                "an exclusive bound cannot be a number".to_owned()
            }
            ("items" | "not", Value::Bool(_)) => "a schema cannot be a boolean".to_owned(),
            _ => continue,
        };
        refused.push((keyword.clone(), reason));
    }
    refused
}

/// In 3.1 the neighbours of a `$ref` apply as well, in 3.0 they are ignored.
fn join_reference(schema: &mut Map<String, Value>) {
    if schema.len() < 2 {
        return;
    }
    if let Some(reference) = schema.shift_remove("$ref") {
        let reference = json!({"$ref": reference});
        match schema.get_mut("allOf") {
            Some(Value::Array(members)) => members.insert(0, reference),
            _ => {
                schema.insert("allOf".to_owned(), json!([reference]));
            }
        }
    }
}

/// In 3.1 a schema has a list of examples, in 3.0 one.
fn single_example(schema: &mut Map<String, Value>) {
    if let Some(examples) = schema.shift_remove("examples")
        && let Some(first) = examples.get(0)
        && !schema.contains_key("example")
    {
        schema.insert("example".to_owned(), first.clone());
    }
}
