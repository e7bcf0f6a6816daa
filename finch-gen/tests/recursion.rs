//! A schema that refers to itself ends every walk of the generator, wherever the schema is and
//! whatever its examples are. A walk without end would overflow the stack of the test.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use finch_gen::{Inputs, Text};
use serde_json::{Value, json};

/// Schemas that refer to the component `S`, each a possible value of `S`.
fn schemas() -> Vec<Value> {
    let own = json!({"$ref": "#/components/schemas/S"});
    let mut schemas = vec![
        own.clone(),
        json!({"type": "array", "items": own}),
        json!({"type": "array", "prefixItems": [own], "items": own}),
        json!({"type": "object", "properties": {"a": own}, "required": ["a"]}),
        json!({"type": "object", "properties": {"a": {"anyOf": [own, {"type": "null"}]}}}),
        json!({"type": "object", "additionalProperties": own}),
        json!({"not": own}),
        json!({"if": own, "then": own, "type": "object"}),
        json!({"properties": {"a": {"default": 1, "allOf": [own]}}}),
    ];
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for other in [
            json!({"type": "integer"}),
            json!({"type": "string", "enum": ["a"]}),
            json!({"type": "array", "items": own}),
            json!({"type": "object", "properties": {"a": own}}),
            json!({"type": "null"}),
            json!({keyword: [own]}),
        ] {
            schemas.push(json!({keyword: [other, own]}));
        }
    }
    schemas
}

/// The parts of an operation that have the schema `S`, with `example`.
fn operations(example: &Value) -> Vec<Value> {
    let own = json!({"$ref": "#/components/schemas/S"});
    let content = |media_type: &str| json!({media_type: {"schema": own, "example": example}});
    let parameter = |place: &str, style: &str| {
        json!({"parameters": [{
            "name": "a", "in": place, "required": true, "style": style, "schema": own, "example": example,
        }]})
    };
    let body = |media_type: &str| json!({"requestBody": {"content": content(media_type)}});
    let response = |status: &str| {
        json!({"responses": {status: {
            "description": "", "content": content("application/json"), "headers": {"h": {"schema": own}},
        }}})
    };
    vec![
        parameter("query", "form"),
        parameter("query", "deepObject"),
        parameter("path", "simple"),
        parameter("header", "simple"),
        body("application/json"),
        body("application/x-www-form-urlencoded"),
        body("multipart/form-data"),
        response("200"),
        response("404"),
    ]
}

/// Generates a client of a document whose operations use the component `S` of `schemas`.
fn is_generated(example: &Value, schemas: &Value) -> bool {
    let operations = operations(example);
    let paths = operations
        .into_iter()
        .enumerate()
        .map(|(index, operation)| {
            let mut operation = operation;
            if operation.get("responses").is_none() {
                operation["responses"] = json!({"204": {"description": ""}});
            }
            (format!("/{index}/{{a}}"), json!({"post": operation}))
        });
    let text = json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": paths.collect::<serde_json::Map<_, _>>(),
        "webhooks": {"w": {"post": body_of_webhook()}},
        "components": {"schemas": schemas},
    })
    .to_string();
    let name = "api.json";
    let inputs = Inputs {
        crate_name: "pets",
        docs: "https://docs.rs/pets/1.0.0/pets",
        command: "make",
        keep_going: true,
        ..Inputs::of_document(Text { name, text: &text })
    };
    finch_gen::generate(&inputs).is_ok()
}

#[test]
fn a_schema_that_contains_the_next_one_twice_ends_every_walk() {
    let levels: [fn(&Value) -> Value; 6] = [
        |next| json!({"type": "object", "properties": {"a": next, "b": next}}),
        |next| json!({"type": "object", "properties": {"a": next}, "additionalProperties": next}),
        |next| json!({"type": "array", "prefixItems": [next, next], "items": next}),
        |next| json!({"allOf": [next, {"type": "object", "properties": {"a": next}}]}),
        |next| json!({"type": "object", "patternProperties": {"^a": next, "^b": next}}),
        |next| json!({"anyOf": [{"properties": {"a": next}}, {"properties": {"b": next}}]}),
    ];
    let leaves = [
        json!({"type": "object", "properties": {"z": {"type": "string"}}}),
        json!({"type": "string", "format": "binary"}),
    ];
    const DEPTH: usize = 40;
    let name = |level: usize| match level {
        0 => "S".to_owned(),
        level => format!("S{level}"),
    };
    for level in levels {
        for leaf in &leaves {
            let mut schemas = json!({name(DEPTH): leaf});
            for index in 0..DEPTH {
                let next = format!("#/components/schemas/{}", name(index + 1));
                schemas[name(index)] = level(&json!({"$ref": next}));
            }
            is_generated(&json!({"a": 1}), &schemas);
        }
    }
}

#[test]
fn a_schema_that_refers_to_itself_ends_every_walk() {
    let examples = [
        json!(9_223_372_036_854_775_808_u64),
        json!({"a": {"a": "a"}}),
    ];
    let (mut generated, mut refused) = (0, 0);
    for schema in schemas() {
        for example in &examples {
            let mut component = schema.clone();
            component["example"] = example.clone();
            let schemas = json!({"S": component});
            match is_generated(example, &schemas) {
                true => generated += 1,
                false => refused += 1,
            }
        }
    }
    assert!(generated > 20, "{generated} generated, {refused} refused");
}

fn body_of_webhook() -> Value {
    let own = json!({"$ref": "#/components/schemas/S"});
    json!({
        "requestBody": {"content": {"application/json": {"schema": own}}},
        "responses": {"200": {"description": ""}},
    })
}
