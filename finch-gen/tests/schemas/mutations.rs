//! Makes almost valid documents: small valid documents, each changed at random places.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

/// Generates a small document that uses many features of OpenAPI, changed at one to four
/// places.
pub(crate) fn mutated() -> impl Strategy<Value = Value> {
    let mutations = prop::collection::vec(mutation(), 1..5);
    (select(originals()), mutations).prop_map(|(document, mutations)| {
        mutations
            .into_iter()
            .fold(document, |document, mutation| mutation.apply(document))
    })
}

/// A change to the node with the chosen index.
#[derive(Clone, Debug)]
enum Change {
    Delete,
    /// Repeats the node next to itself.
    Duplicate,
    Replace(Value),
    /// Replaces the node with a copy of another node.
    Copy(Index),
    /// Replaces the node with a reference to another node.
    Refer(Index),
    /// Inserts a key with a value into the node.
    Insert(&'static str, Value),
}

#[derive(Clone, Debug)]
struct Mutation(Index, Change);

fn mutation() -> impl Strategy<Value = Mutation> {
    let change = prop_oneof![
        1 => Just(Change::Delete),
        1 => Just(Change::Duplicate),
        2 => odd_values().prop_map(Change::Replace),
        2 => any::<Index>().prop_map(Change::Copy),
        2 => any::<Index>().prop_map(Change::Refer),
        3 => (select(KEYWORDS.to_vec()), odd_values())
            .prop_map(|(keyword, value)| Change::Insert(keyword, value)),
    ];
    (any::<Index>(), change).prop_map(|(at, change)| Mutation(at, change))
}

/// Keywords that change the meaning of a schema, parameter or operation.
const KEYWORDS: [&str; 28] = [
    "type",
    "format",
    "enum",
    "const",
    "default",
    "nullable",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "items",
    "properties",
    "additionalProperties",
    "required",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "pattern",
    "minItems",
    "uniqueItems",
    "discriminator",
    "title",
    "$ref",
    "deprecated",
    "style",
    "content",
    "a",
    "",
];

fn odd_values() -> impl Strategy<Value = Value> {
    select(vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(-1),
        json!(0.5),
        json!(18_446_744_073_709_551_615_u64),
        json!(""),
        json!("a"),
        json!("A"),
        json!("self"),
        json!("2 b/é~"),
        json!("object"),
        json!("array"),
        json!("string"),
        json!("integer"),
        json!("date-time"),
        json!("int32"),
        json!("query"),
        json!("header"),
        json!("deepObject"),
        json!("multipart/form-data"),
        json!("("),
        json!("#"),
        json!("#/components/schemas/Pet"),
        json!("#/components/schemas/None"),
        json!([]),
        json!([null]),
        json!(["a", "A", "a", "", null, 1]),
        json!(["string", "null"]),
        json!([{"$ref": "#/components/schemas/Pet"}, {"type": "string"}]),
        json!([{"type": "object", "properties": {"a": {}}}]),
        json!({}),
        json!({"type": "string"}),
        json!({"type": "object", "properties": {"a": {"type": "integer"}, "A": {}}}),
        json!({"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}),
        json!({"a": {"$ref": "#/components/schemas/Tree"}}),
        json!({"propertyName": "kind"}),
        json!({"$ref": "#/components/schemas/Kind"}),
        json!({"$ref": 1}),
    ])
}

impl Mutation {
    fn apply(self, mut document: Value) -> Value {
        let pointers = pointers(&document);
        let at = |index: Index| pointers[index.index(pointers.len())].clone();
        let Self(index, change) = self;
        let here = at(index);
        let value = match change {
            Change::Delete => {
                edit_parent(&mut document, &here, |parent, token| match parent {
                    Value::Object(members) => {
                        members.shift_remove(token);
                    }
                    Value::Array(items) => {
                        items.remove(token.parse().unwrap());
                    }
                    _ => unreachable!("only these contain values"),
                });
                return document;
            }
            Change::Duplicate => {
                let value = document.pointer(&here).unwrap().clone();
                edit_parent(&mut document, &here, |parent, token| match parent {
                    Value::Object(members) => {
                        members.insert(format!("{token}_"), value);
                    }
                    Value::Array(items) => items.push(value),
                    _ => unreachable!("only these contain values"),
                });
                return document;
            }
            Change::Insert(keyword, value) => {
                if let Some(Value::Object(members)) = document.pointer_mut(&here) {
                    members.insert(keyword.to_owned(), value);
                }
                return document;
            }
            Change::Replace(value) => value,
            Change::Copy(other) => document.pointer(&at(other)).unwrap().clone(),
            Change::Refer(other) => json!({"$ref": format!("#{}", at(other))}),
        };
        *document.pointer_mut(&here).unwrap() = value;
        document
    }
}

fn edit_parent(document: &mut Value, at: &str, edit: impl FnOnce(&mut Value, &str)) {
    if let Some((parent, token)) = at.rsplit_once('/') {
        let token = token.replace("~1", "/").replace("~0", "~");
        edit(document.pointer_mut(parent).unwrap(), &token);
    }
}

/// Returns the pointers of `document` and of every value inside it.
fn pointers(document: &Value) -> Vec<String> {
    fn visit(value: &Value, at: &str, pointers: &mut Vec<String>) {
        pointers.push(at.to_owned());
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    visit(member, &format!("{at}/{key}"), pointers);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    visit(item, &format!("{at}/{index}"), pointers);
                }
            }
            _ => {}
        }
    }
    let mut pointers = Vec::new();
    visit(document, "", &mut pointers);
    pointers
}

/// Returns small valid documents.
fn originals() -> Vec<Value> {
    vec![
        document(parameters(), json!({})),
        document(bodies(), json!({})),
        document(answers(), json!({})),
        document(returning("Pet"), pets()),
        document(returning("Any"), unions()),
        document(returning("Person"), scalars()),
    ]
}

fn document(paths: Value, schemas: Value) -> Value {
    let mut schemas = schemas;
    let named: &mut Map<String, Value> = schemas.as_object_mut().unwrap();
    for (name, schema) in [
        (
            "Pet",
            json!({"type": "object", "properties": {"name": {"type": "string"}}}),
        ),
        ("Kind", json!({"type": "string", "enum": ["cat", "dog"]})),
        (
            "Tree",
            json!({"type": "object", "properties": {
                "next": {"$ref": "#/components/schemas/Tree"},
            }}),
        ),
    ] {
        named.entry(name).or_insert(schema);
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://example.com/v1"}],
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

fn returning(name: &str) -> Value {
    json!({"/a": {"post": {
        "operationId": "post-a",
        "requestBody": body("application/json", &format!("#/components/schemas/{name}")),
        "responses": {"200": body("application/json", &format!("#/components/schemas/{name}"))},
    }}})
}

fn body(media_type: &str, reference: &str) -> Value {
    json!({"description": "D.", "content": {media_type: {"schema": {"$ref": reference}}}})
}

fn parameters() -> Value {
    json!({"/a/{id}": {
        "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
        "get": {
            "operationId": "get-a",
            "parameters": [
                {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 3}},
                {"name": "kinds", "in": "query", "explode": false, "schema": {
                    "type": "array", "items": {"$ref": "#/components/schemas/Kind"},
                }},
                {"name": "filter", "in": "query", "style": "deepObject", "schema": {
                    "type": "object", "properties": {"name": {"type": "string"}},
                }},
                {"name": "X-Trace", "in": "header", "required": true, "schema": {"type": "string"}},
                {"name": "session", "in": "cookie", "schema": {"type": "string"}},
            ],
            "security": [{"key": []}],
            "responses": {"204": {"description": "Done."}},
        },
    }})
}

fn bodies() -> Value {
    json!({
        "/file": {"put": {
            "operationId": "put-file",
            "requestBody": {"content": {"multipart/form-data": {"schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}, "at": {}},
            }}}},
            "responses": {"200": {"description": "", "content": {"text/plain": {}}}},
        }},
        "/form": {"post": {
            "requestBody": body("application/x-www-form-urlencoded", "#/components/schemas/Pet"),
            "responses": {"default": {"description": ""}},
        }},
    })
}

fn answers() -> Value {
    json!({"/a": {"get": {
        "operationId": "a",
        "tags": ["pets"],
        "responses": {
            "200": {
                "description": "",
                "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Pet"},
                    "example": {"name": "b"},
                    "examples": {"one": {"value": {"name": "a"}}},
                }},
            },
            "202": {"description": "", "content": {"application/json": {
                "schema": {"type": "object", "required": ["id"], "properties": {"id": {}}},
            }}},
            "4XX": body("application/json", "#/components/schemas/Tree"),
        },
    }}})
}

fn pets() -> Value {
    json!({
        "Pet": {
            "oneOf": [
                {"$ref": "#/components/schemas/Cat"},
                {"$ref": "#/components/schemas/Dog"},
            ],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {"cat": "#/components/schemas/Cat"},
            },
        },
        "Base": {
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"type": "string"}, "born": {"type": "string", "format": "date"}},
        },
        "Cat": {"allOf": [
            {"$ref": "#/components/schemas/Base"},
            {"type": "object", "properties": {"lives": {"type": "integer", "default": 9}}},
        ]},
        "Dog": {
            "type": "object",
            "required": ["kind"],
            "properties": {
                "kind": {"const": "dog"},
                "owner": {"anyOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "null"}]},
            },
            "additionalProperties": {"type": "number"},
        },
    })
}

fn unions() -> Value {
    json!({
        "Any": {"anyOf": [
            {"title": "Number", "type": "number", "exclusiveMinimum": 0},
            {"type": ["string", "null"], "minLength": 2},
            {"type": "array", "prefixItems": [{"type": "string"}, {"$ref": "#/components/schemas/Pet"}]},
            {"type": "object", "patternProperties": {"^x": {"type": "boolean"}}},
            {"if": {"required": ["a"]}, "then": {"properties": {"a": {"enum": [1, null]}}}},
        ]},
        "Kind": {"type": ["string", "null"], "enum": ["a", "A", "", "2", null]},
    })
}

fn scalars() -> Value {
    json!({"Person": {
        "title": "A person",
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string", "format": "uuid", "readOnly": true},
            "password": {"type": "string", "format": "password", "writeOnly": true},
            "type": {"$ref": "#/components/schemas/Kind", "description": "The kind."},
            "count": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 300},
            "tags": {"type": "array", "uniqueItems": true, "items": {"type": "string"}},
            "first_name": {"type": "string", "deprecated": true},
            "firstName": {"type": "string", "pattern": "^[a-z]+$"},
            "map": {"type": "object", "additionalProperties": {"type": "boolean"}},
        },
    }})
}
