//! Where the schemas and the other objects of an OpenAPI document stand.
//!
//! Goes by position, never by the name of a key alone: a property may be called
//! `schema`, `default` or `$ref`, and what stands in an example is data.

use serde_json::Value;

use crate::pointer;

/// What stands at a [`Place`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A Schema Object, or a reference to one.
    Schema,
    /// A Media Type Object.
    MediaType,
    /// Any other object of the specification, or a reference to one.
    Object,
}

/// One object of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) pointer: String,
    pub(crate) kind: Kind,
}

/// How the value of a member is to be read.
#[derive(Clone, Copy)]
enum Reading {
    /// As this kind of object, or as a list of them.
    As(Kind),
    /// As a mapping from names to this kind of object.
    Names(Kind),
    /// As a mapping from names to mappings from names to objects.
    NamesOfNames,
    /// As data: nothing in it is part of the description.
    Data,
}

/// All objects of `root`, each before those inside it, in document order.
pub(crate) fn places(root: &Value) -> Vec<Place> {
    let mut places = Vec::new();
    visit(root, "", Reading::As(Kind::Object), &mut places);
    places
}

/// All schemas in the schema `root`, whose pointer is `at`, itself first.
pub(crate) fn schemas(root: &Value, at: &str) -> Vec<Place> {
    let mut places = Vec::new();
    visit(root, at, Reading::As(Kind::Schema), &mut places);
    places
}

fn visit(value: &Value, at: &str, reading: Reading, places: &mut Vec<Place>) {
    match (value, reading) {
        (_, Reading::Data) => {}
        (Value::Array(items), Reading::As(_)) => {
            for (index, item) in items.iter().enumerate() {
                visit(item, &format!("{at}/{index}"), reading, places);
            }
        }
        // `parameters` is a list in an operation, a mapping in the components.
        (Value::Array(_), Reading::Names(kind)) => visit(value, at, Reading::As(kind), places),
        (Value::Object(members), Reading::As(kind)) => {
            places.push(Place {
                pointer: at.to_owned(),
                kind,
            });
            for (key, member) in members {
                let reading = match kind {
                    Kind::Schema => in_schema(key),
                    Kind::MediaType | Kind::Object => in_object(key),
                };
                visit(member, &pointer::join(at, key), reading, places);
            }
        }
        // `true` and `false` are schemas, too (JSON Schema Core 4.3.2).
        (Value::Bool(_), Reading::As(Kind::Schema)) => places.push(Place {
            pointer: at.to_owned(),
            kind: Kind::Schema,
        }),
        (Value::Object(members), Reading::Names(kind)) => {
            for (name, member) in members {
                visit(member, &pointer::join(at, name), Reading::As(kind), places);
            }
        }
        (Value::Object(members), Reading::NamesOfNames) => {
            for (name, member) in members {
                let reading = Reading::Names(Kind::Object);
                visit(member, &pointer::join(at, name), reading, places);
            }
        }
        _ => {}
    }
}

fn in_schema(key: &str) -> Reading {
    match key {
        "items"
        | "additionalItems"
        | "additionalProperties"
        | "not"
        | "if"
        | "then"
        | "else"
        | "contains"
        | "propertyNames"
        | "unevaluatedItems"
        | "unevaluatedProperties"
        | "contentSchema"
        | "allOf"
        | "anyOf"
        | "oneOf"
        | "prefixItems" => Reading::As(Kind::Schema),
        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
            Reading::Names(Kind::Schema)
        }
        _ => Reading::Data,
    }
}

fn in_object(key: &str) -> Reading {
    match key {
        "schema" => Reading::As(Kind::Schema),
        "schemas" => Reading::Names(Kind::Schema),
        "paths" | "webhooks" | "pathItems" | "parameters" | "requestBodies" | "responses"
        | "headers" | "encoding" | "examples" | "links" | "securitySchemes" | "variables" => {
            Reading::Names(Kind::Object)
        }
        "content" => Reading::Names(Kind::MediaType),
        "callbacks" => Reading::NamesOfNames,
        "example" | "value" | "default" | "enum" | "const" | "mapping" | "scopes" | "security"
        | "tags" => Reading::Data,
        key if key.starts_with("x-") => Reading::Data,
        _ => Reading::As(Kind::Object),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_data_are_not_taken_for_keywords() {
        let document = json!({
            "paths": {"/a": {"get": {
                "parameters": [{"schema": {"type": "string", "default": {"$ref": "data"}}}],
                "responses": {"default": {"content": {"application/json": {
                    "schema": {"properties": {"schema": {"items": {}}, "default": {}}},
                    "example": {"schema": {}},
                    "examples": {"one": {"value": {"schema": {}}}},
                }}}},
                "x-note": {"schema": {}},
            }}},
            "components": {"schemas": {"default": {"not": {}}}},
        });
        let schemas: Vec<_> = places(&document)
            .into_iter()
            .filter(|place| place.kind == Kind::Schema)
            .map(|place| place.pointer)
            .collect();
        let body = "/paths/~1a/get/responses/default/content/application~1json/schema";
        assert_eq!(
            schemas,
            [
                "/paths/~1a/get/parameters/0/schema".to_owned(),
                body.to_owned(),
                format!("{body}/properties/schema"),
                format!("{body}/properties/schema/items"),
                format!("{body}/properties/default"),
                "/components/schemas/default".to_owned(),
                "/components/schemas/default/not".to_owned(),
            ]
        );
    }
}
