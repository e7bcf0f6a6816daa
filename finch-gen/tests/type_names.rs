//! Every type of a client has a name that the generator chose, whatever the inline schema and its
//! position are. typify names the types of some inline schemas after their position, and does not
//! check whether another type has that name.
//!
//! The test combines two schemas in each way, and puts each combination at each position. It tries
//! one of [`STRIDE`] combinations; `TYPE_NAMES=all cargo test -p finch-gen --test type_names` tries
//! all.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::collections::BTreeSet;

use finch_gen::{Inputs, Problems, Text};
use serde_json::{Map, Value, json};
use syn::Item;

/// The test tries one of this many combinations. It has no factor in common with the number of
/// keywords.
const STRIDE: usize = 23;

/// The number of nested schemas.
const NESTED: usize = 1_000;

/// The number of schemas in one document.
const ROWS: usize = 200;

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Returns the schemas that are combined.
fn schemas() -> Vec<Value> {
    vec![
        json!({}),
        json!({"type": "null"}),
        json!({"type": "string"}),
        json!({"type": "string", "enum": ["x", "y"]}),
        json!({"const": "z"}),
        json!({"type": "string", "format": "date"}),
        json!({"type": ["string", "null"]}),
        json!({"type": "integer"}),
        json!({"type": "integer", "enum": [1, 2]}),
        json!({"type": "number"}),
        json!({"type": "boolean"}),
        json!({"type": "array", "items": {"type": "string"}}),
        json!({"type": "array"}),
        json!({"type": "object"}),
        json!({"type": ["object", "null"]}),
        json!({"type": ["object", "null"], "properties": {"n": {"type": "string"}}}),
        json!({"type": "object", "properties": {"a": {"type": "string"}}}),
        json!({"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}}),
        json!({"type": "object", "additionalProperties": {"type": "integer"}}),
        json!({"type": "object", "additionalProperties": false}),
        json!({"required": ["a"]}),
        json!({"properties": {}}),
        json!({"properties": {"c": {}}}),
        json!({"not": {"type": "string"}}),
        json!({"not": {"required": ["d"]}}),
        json!({"title": "Big", "description": "D."}),
        json!({"type": ["string", "integer"]}),
        json!({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        json!({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}),
        json!({"anyOf": [{"type": "object", "properties": {"a": {}}}, {"type": "null"}]}),
        json!({"properties": {"d": {}}, "oneOf": [reference("Pet"), {"type": "boolean"}]}),
        reference("Pet"),
        reference("MaybePet"),
        reference("Text"),
        reference("Level"),
        reference("Either"),
    ]
}

/// Returns the components that the schemas refer to.
fn components() -> Value {
    json!({
        "Text": {"type": "string"},
        "Level": {"type": "string", "enum": ["low", "high"]},
        "Pet": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        "MaybePet": {"type": ["object", "null"], "properties": {"name": {"type": "string"}}},
        "Either": {"oneOf": [reference("Pet"), {"type": "string"}]},
    })
}

/// Returns the schemas, and the combinations of one or two.
fn combinations() -> Vec<Value> {
    let schemas = schemas();
    let mut all = schemas.clone();
    for (index, one) in schemas.iter().enumerate() {
        all.push(json!({"type": "array", "items": one}));
        all.push(json!({"type": "object", "additionalProperties": one}));
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for siblings in [
                json!({}),
                json!({"type": "object"}),
                json!({"type": ["object", "null"]}),
                json!({"type": "string"}),
                json!({"properties": {"p": {}}}),
                json!({"required": ["p"]}),
            ] {
                let mut schema = siblings;
                schema[keyword] = json!([one]);
                all.push(schema);
            }
            for (number, other) in schemas[index..].iter().enumerate() {
                let mut schema = json!({keyword: [one, other]});
                // Some have a sibling.
                match number % 4 {
                    0 => schema["required"] = json!(["a"]),
                    1 => schema["properties"] = json!({"p": {"type": "string"}}),
                    _ => {}
                }
                all.push(schema);
            }
        }
    }
    all
}

/// Returns schemas that nest several of the combinations, chosen by a fixed sequence of numbers.
fn nested(count: usize) -> Vec<Value> {
    let schemas = schemas();
    let mut state = 1_u64;
    let mut next = move |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize % below
    };
    let mut all = Vec::new();
    while all.len() < count {
        let mut parts: Vec<Value> = (0..4)
            .map(|_| schemas[next(schemas.len())].clone())
            .collect();
        while let Some(one) = parts.pop() {
            let Some(other) = parts.pop() else {
                all.push(one);
                break;
            };
            let mut schema = match next(8) {
                0 => json!({"type": "array", "items": one}),
                1 => json!({"type": "object", "additionalProperties": one}),
                2 => json!({"type": ["object", "null"], "properties": {"i": one, "j": other}}),
                3 | 4 => json!({"allOf": [one, other]}),
                5 | 6 => json!({"anyOf": [one, other]}),
                _ => json!({"oneOf": [one, other]}),
            };
            match next(6) {
                0 => schema["required"] = json!(["a"]),
                1 if schema.get("properties").is_none() => {
                    schema["properties"] = json!({"p": {"type": "string"}});
                }
                2 => schema["title"] = "Deep".into(),
                3 => schema = json!({"anyOf": [schema, {"type": "null"}]}),
                _ => {}
            }
            parts.insert(0, schema);
        }
    }
    all
}

/// Puts a schema into the operation and the component called `name`.
type Position = fn(&str, &Value) -> (Value, Value);

fn no_body() -> Value {
    json!({"204": {"description": ""}})
}

fn content(schema: &Value) -> Value {
    json!({"application/json": {"schema": schema}})
}

fn in_component(name: &str, schema: Value) -> (Value, Value) {
    (json!({"responses": no_body()}), json!({name: schema}))
}

const POSITIONS: [(&str, Position); 11] = [
    ("component", |name, schema| {
        in_component(name, schema.clone())
    }),
    ("optional property", |name, schema| {
        in_component(name, json!({"type": "object", "properties": {"q": schema}}))
    }),
    ("required property", |name, schema| {
        let object = json!({"type": "object", "required": ["q"], "properties": {"q": schema}});
        in_component(name, object)
    }),
    ("items", |name, schema| {
        in_component(name, json!({"type": "array", "items": schema}))
    }),
    ("values", |name, schema| {
        in_component(
            name,
            json!({"type": "object", "additionalProperties": schema}),
        )
    }),
    ("other properties", |name, schema| {
        let properties = json!({"q": {}});
        let object =
            json!({"type": "object", "properties": properties, "additionalProperties": schema});
        in_component(name, object)
    }),
    ("parameter", |_, schema| {
        let parameter = json!({"name": "q", "in": "query", "schema": schema});
        let operation = json!({"parameters": [parameter], "responses": no_body()});
        (operation, json!({}))
    }),
    ("request body", |_, schema| {
        let body = json!({"content": content(schema)});
        let operation = json!({"requestBody": body, "responses": no_body()});
        (operation, json!({}))
    }),
    ("response", |_, schema| {
        let responses = json!({"200": {"description": "", "content": content(schema)}});
        (json!({"responses": responses}), json!({}))
    }),
    ("equal responses", |_, schema| {
        let response = json!({"description": "", "content": content(schema)});
        let responses = json!({"200": response, "201": response, "202": {"description": ""}});
        (json!({"responses": responses}), json!({}))
    }),
    ("different responses", |_, schema| {
        let response = json!({"description": "", "content": content(schema)});
        let integer = json!({"description": "", "content": content(&json!({"type": "integer"}))});
        let responses = json!({"200": integer, "201": response, "2XX": response});
        (json!({"responses": responses}), json!({}))
    }),
];

/// Returns a document with an operation for each of `rows`, a number and a schema.
fn document(rows: &[(usize, Value)], position: Position) -> String {
    let mut paths = Map::new();
    let mut schemas = components();
    for (number, schema) in rows {
        let name = row(*number);
        let (mut operation, own) = position(&name, schema);
        operation["operationId"] = format!("get{name}").into();
        paths.insert(format!("/{name}"), json!({"post": operation}));
        for (name, schema) in own.as_object().unwrap() {
            schemas[name] = schema.clone();
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    })
    .to_string()
}

/// Returns the name of a row, without digits: `Rbax`.
fn row(number: usize) -> String {
    let mut name = "R".to_owned();
    let mut rest = number;
    for _ in 0..3 {
        name.push(char::from(b"abcdefghij"[rest % 10]));
        rest /= 10;
    }
    format!("{name}{}x", "y".repeat(rest))
}

/// Returns the names of the types that progenitor emits for `document`, and the chosen names.
fn names(document: &str) -> Result<[BTreeSet<String>; 2], Problems> {
    let inputs = Inputs {
        crate_name: "api",
        ..Inputs::of_document(Text {
            name: "api.json",
            text: document,
        })
    };
    let shaped = finch_gen::shape(&finch_gen::lower_inputs(&inputs)?);
    let schemas = &shaped.document().root()["components"]["schemas"];
    let chosen = schemas.as_object().unwrap().keys().cloned().collect();
    let file = finch_gen::progenitor(finch_gen::preflight(&shaped)?, &shaped)?;
    let types = file.items.iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
        _ => None,
    });
    let (_, types) = types.unwrap();
    let emitted = types.iter().filter_map(|item| match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        _ => None,
    });
    let emitted = emitted.collect();
    finch_gen::client_tree(&inputs)?;
    Ok([emitted, chosen])
}

/// Adds the faults of `rows` at this position to `faults`. Tries the rows apart if they are refused
/// together.
fn check(position: &(&str, Position), rows: &[(usize, Value)], faults: &mut Vec<String>) {
    let (at, put) = position;
    match names(&document(rows, *put)) {
        Ok([emitted, chosen]) => {
            for name in emitted.difference(&chosen) {
                let is_own = |(number, _): &&(usize, Value)| name.contains(&row(*number));
                let schema = rows.iter().find(is_own).map(|(_, schema)| schema);
                let schema = schema.unwrap_or(&Value::Null);
                faults.push(format!("{at}: typify names {name}, from {schema}"));
            }
        }
        Err(problems) => match rows {
            [(_, schema)] => faults.push(format!("{at}: {schema}: {problems}")),
            _ => {
                let (first, second) = rows.split_at(rows.len() / 2);
                check(position, first, faults);
                check(position, second, faults);
            }
        },
    }
}

#[test]
fn generator_names_the_type_of_each_inline_schema_at_each_position() {
    check_all(&combinations());
}

#[test]
fn generator_names_the_type_of_each_nested_schema_at_each_position() {
    check_all(&nested(NESTED));
}

/// Checks `schemas`, or some of them, at each position.
fn check_all(schemas: &[Value]) {
    let stride = match std::env::var("TYPE_NAMES").as_deref() {
        Ok("all") => 1,
        _ => STRIDE,
    };
    let mut faults = Vec::new();
    for (offset, position) in POSITIONS.iter().enumerate() {
        let rows = schemas.iter().cloned().enumerate();
        let rows: Vec<_> = rows.skip(offset).step_by(stride).collect();
        for rows in rows.chunks(ROWS) {
            check(position, rows, &mut faults);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Beside each schema are components with the names that typify would choose.
#[test]
fn types_of_inline_schemas_do_not_collide_with_components() {
    for schema in [
        json!({"type": ["object", "null"], "allOf": [{"required": ["a"]}]}),
        json!({"allOf": [{"required": ["a"]}, {"properties": {}}]}),
        json!({"allOf": [reference("Either"), reference("Either")]}),
        json!({"allOf": [reference("Pet")], "required": ["p"]}),
        json!({"anyOf": [reference("Pet"), {"type": "string"}], "required": ["a"]}),
        json!({"anyOf": [{}, {"type": "string"}], "properties": {"a": {}}}),
        json!({"anyOf": [{"type": "null"}, {"required": ["a"]}]}),
        json!({"allOf": [{"properties": {"c": {}}}, {"properties": {"c": {}}}]}),
        json!({"allOf": [reference("Either"), {"oneOf": [reference("MaybePet"), reference("Pet")]}]}),
        json!({
            "allOf": [{"type": ["object", "null"]}, {"properties": {"c": {}}}],
            "required": ["a"],
        }),
        json!({"allOf": [
            {"properties": {"p": {}}, "anyOf": [reference("Level"), {"description": "D."}]},
            {"type": "string", "format": "date"},
        ]}),
        json!({"allOf": [
            {"type": "string", "enum": ["x", "y"], "required": ["a"]},
            {"oneOf": [{"not": {"type": "string"}}, {"type": "string"}], "required": ["a"]},
        ]}),
    ] {
        for (at, put) in POSITIONS {
            let name = row(0);
            let mut document: Value =
                serde_json::from_str(&document(&[(0, schema.clone())], put)).unwrap();
            for owner in [name.clone(), format!("Get{name}")] {
                for end in [
                    "Q",
                    "QInner",
                    "Inner",
                    "Item",
                    "Value",
                    "Response",
                    "Response201",
                    "Body",
                    "Variant0",
                    "QVariant0",
                ] {
                    let name = format!("{owner}{end}");
                    document["components"]["schemas"][name] =
                        json!({"type": "object", "properties": {"own": {"type": "string"}}});
                }
            }
            let found = names(&document.to_string());
            let found = found.unwrap_or_else(|problems| panic!("{at}: {schema}: {problems}"));
            let [emitted, chosen] = found;
            assert!(emitted.is_subset(&chosen), "{at}: {schema}: {emitted:?}");
        }
    }
}
