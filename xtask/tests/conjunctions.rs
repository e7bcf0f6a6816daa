//! Tests every conjunction of two schemas for one property: the types of a compiled client
//! decode and encode every value that both schemas allow, and the report names every pair
//! without a common value.
//!
//! The test tries each pair in one of the [`Mode`]s. `CONJUNCTIONS=required cargo test -p
//! xtask --test conjunctions` tries all pairs in that mode; `optional` and `nullable` are the
//! other modes.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

mod trial;

use std::collections::BTreeSet;

use finch_gen::{Inputs, Text};
use serde_json::{Map, Value, json};

/// Returns the schemas that are combined, each with its name in messages.
fn schemas() -> Vec<(&'static str, Value)> {
    let list = |items: Value| json!({"type": "array", "items": items});
    let either = |a: Value, b: Value| json!({"anyOf": [a, b]});
    let object = |k: Value| json!({"type": "object", "properties": {"k": k}});
    let [integer, number, string] = ["integer", "number", "string"].map(|of| json!({"type": of}));
    let color = json!({"$ref": "#/components/schemas/Color"});
    let size = json!({"$ref": "#/components/schemas/Size"});
    vec![
        ("anything", json!({})),
        ("boolean", json!({"type": "boolean"})),
        ("integer", integer.clone()),
        ("number", number.clone()),
        ("string", string.clone()),
        ("array", list(json!({}))),
        ("object", json!({"type": "object"})),
        ("boolean?", json!({"type": ["boolean", "null"]})),
        ("integer?", json!({"type": ["integer", "null"]})),
        ("number?", json!({"type": ["number", "null"]})),
        ("string?", json!({"type": ["string", "null"]})),
        ("array?", json!({"type": ["array", "null"], "items": {}})),
        ("object?", json!({"type": ["object", "null"]})),
        ("0..", json!({"type": "integer", "minimum": 0})),
        ("..1.5", json!({"type": "number", "maximum": 1.5})),
        ("short", json!({"type": "string", "maxLength": 1})),
        ("date", json!({"type": "string", "format": "date"})),
        (
            "date-time",
            json!({"type": "string", "format": "date-time"}),
        ),
        ("int32", json!({"type": "integer", "format": "int32"})),
        ("int64", json!({"type": "integer", "format": "int64"})),
        ("double", json!({"type": "number", "format": "double"})),
        ("=x", json!({"const": "x"})),
        ("=1", json!({"const": 1})),
        ("=1.5", json!({"const": 1.5})),
        ("=true", json!({"const": true})),
        ("x|y", json!({"enum": ["x", "y"]})),
        ("y|z", json!({"type": "string", "enum": ["y", "z"]})),
        ("1|2", json!({"enum": [1, 2]})),
        ("x?", json!({"enum": ["x", null]})),
        ("[integer]", list(integer.clone())),
        ("[number]", list(number.clone())),
        ("[string?]", list(json!({"type": ["string", "null"]}))),
        ("[x|y]", list(json!({"enum": ["x", "y"]}))),
        ("{integer}", object(integer.clone())),
        ("{number}", object(number.clone())),
        (
            "map",
            json!({"type": "object", "additionalProperties": integer}),
        ),
        ("Color", color.clone()),
        ("Color?", either(color.clone(), json!({"type": "null"}))),
        ("Size", size.clone()),
        ("Size?", either(size.clone(), json!({"type": "null"}))),
        ("[Size]", list(size)),
        ("integer|string", either(integer.clone(), string.clone())),
        ("number|boolean", either(number, json!({"type": "boolean"}))),
        ("Color|string", either(color, string.clone())),
        (
            "[integer]|integer",
            either(list(integer.clone()), integer.clone()),
        ),
        ("{integer}|string", either(object(integer), string)),
    ]
}

/// Returns the components that these schemas refer to.
fn components() -> Value {
    json!({
        "Color": {"type": "string", "enum": ["x", "z"]},
        "Size": {"type": "object", "required": ["k"], "properties": {"k": {"type": "number"}}},
    })
}

/// Returns values of the property. The instances of a schema are the values that it allows.
fn values() -> Vec<Value> {
    let texts = ["x", "y", "z", "long", "2020-01-31", "2020-01-31T00:00:00Z"];
    let mut values = vec![json!(null), json!(true), json!(false)];
    values.extend([
        json!(0),
        json!(1),
        json!(2),
        json!(-7),
        json!(1.5),
        json!(2.5),
    ]);
    values.extend(texts.map(Value::from));
    values.extend([
        json!([]),
        json!([1]),
        json!([1.5]),
        json!(["x", "y"]),
        json!([null]),
    ]);
    values.extend([
        json!({}),
        json!({"k": 1}),
        json!({"k": 1.5}),
        json!([{"k": 1}]),
    ]);
    values
}

/// How the schemas of a pair declare the property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Required,
    Optional,
    /// The property is optional, and both schemas also allow null.
    Nullable,
}

/// A conjunction of two schemas for the property `a`.
struct Row {
    number: usize,
    name: String,
    mode: Mode,
    first: Value,
    second: Value,
}

impl Row {
    /// Returns the components of the row. The conjunction has one of three forms.
    fn components(&self) -> Map<String, Value> {
        let Self { number, mode, .. } = self;
        let object = |schema: &Value| {
            let mut object = json!({"type": "object", "properties": {"a": schema}});
            if *mode == Mode::Required {
                object["required"] = json!(["a"]);
            }
            object
        };
        let (base, derived) = (format!("Base{number}"), format!("Row{number}"));
        let reference = json!({"$ref": format!("#/components/schemas/{base}")});
        let (first, mut second) = (object(&self.first), object(&self.second));
        second["properties"]["b"] = json!({"type": "string"});
        let whole = match number % 3 {
            0 => json!({"allOf": [reference, second]}),
            1 => {
                second["allOf"] = json!([reference]);
                second
            }
            _ => json!({"allOf": [second, {"allOf": [reference]}]}),
        };
        Map::from_iter([(base, first), (derived, whole)])
    }

    /// Returns the values that both schemas allow.
    fn common(&self) -> Vec<Value> {
        let schema = json!({
            "allOf": [self.first, self.second],
            "components": {"schemas": components()},
        });
        let options = jsonschema::options().should_validate_formats(true);
        let validator = options.build(&schema).unwrap();
        let mut values = values();
        values.retain(|value| validator.is_valid(value));
        values
    }

    /// Returns a small but sufficient number of instances of the conjunction.
    fn instances(&self) -> Vec<Value> {
        let mut kinds = Vec::new();
        let kind = |value: &Value| {
            let items = value.as_array().map(Vec::len);
            (std::mem::discriminant(value), value.is_f64(), items)
        };
        let mut values = self.common();
        values.retain(|value| {
            let is_new = !kinds.contains(&kind(value));
            kinds.push(kind(value));
            is_new
        });
        let values = values.into_iter();
        let mut instances: Vec<Value> = values
            .map(|value| json!({"a": value, "b": "text"}))
            .collect();
        if self.mode != Mode::Required {
            instances.push(json!({"b": "text"}));
        }
        instances
    }
}

/// Returns every pair in both orders, each in the modes that `is_tried` selects.
fn rows(is_tried: impl Fn(usize, Mode) -> bool) -> Vec<Row> {
    let schemas = schemas();
    let mut rows = Vec::new();
    let mut count = 0;
    for (index, (first_name, first)) in schemas.iter().enumerate() {
        for (second_name, second) in &schemas[index..] {
            count += 1;
            let swapped = count % 2 == 0;
            for mode in [Mode::Required, Mode::Optional, Mode::Nullable] {
                if !is_tried(count, mode) {
                    continue;
                }
                let or_null = |schema: &Value| match mode {
                    Mode::Nullable => json!({"anyOf": [schema, {"type": "null"}]}),
                    _ => schema.clone(),
                };
                let (first, second) = match swapped {
                    true => (second, first),
                    false => (first, second),
                };
                rows.push(Row {
                    number: rows.len(),
                    name: format!("{first_name} and {second_name}, {mode:?}"),
                    mode,
                    first: or_null(first),
                    second: or_null(second),
                });
            }
        }
    }
    rows
}

/// Returns a document with a component for each row, and its instances as examples.
fn document(rows: &[Row]) -> Value {
    let mut schemas = components().as_object().unwrap().clone();
    let mut all = Map::new();
    for row in rows {
        let name = format!("Row{}", row.number);
        let mut components = row.components();
        components[&name]["examples"] = row.instances().into();
        schemas.extend(components);
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        all.insert(format!("row{}", row.number), reference);
    }
    let content = json!({"application/json": {
        "schema": {"type": "object", "properties": all},
    }});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Conjunctions", "version": "1"},
        "paths": {"/rows": {"get": {
            "operationId": "get-rows",
            "responses": {"200": {"description": "", "content": content}},
        }}},
        "components": {"schemas": schemas},
    })
}

/// Returns the rows that the test tries.
fn tried() -> Vec<Row> {
    let modes = [Mode::Required, Mode::Optional, Mode::Nullable];
    let asked = std::env::var("CONJUNCTIONS").ok();
    let is_asked = |mode: Mode| {
        let name = format!("{mode:?}").to_lowercase();
        asked.as_ref().map(|asked| *asked == name)
    };
    rows(|pair, mode| is_asked(mode).unwrap_or(modes[pair % 3] == mode))
}

#[test]
fn values_that_both_schemas_allow_are_decoded_and_encoded() {
    let mut rows = tried();
    rows.retain(|row| !row.common().is_empty());
    let count: usize = rows.iter().map(|row| row.instances().len()).sum();
    println!("{} rows, {count} instances", rows.len());
    trial::check_examples("conjunctions", &document(&rows), &[], count);
    // The test only means something if there are enough instances.
    assert!(count > 300, "{count}");
}

#[test]
fn schemas_without_a_common_value_are_reported() {
    let rows = tried();
    let text = document(&rows).to_string();
    let generated = finch_gen::generate(&Inputs {
        crate_name: "api",
        ..Inputs::of_document(Text {
            name: "conjunctions.json",
            text: &text,
        })
    });
    let report = generated.unwrap().report;
    let notes = report
        .iter()
        .filter(|note| note.code == "all-of-contradiction");
    let reported: BTreeSet<&str> = notes.map(|note| note.pointer.as_str()).collect();
    // The client does not check these schemas.
    let unchecked = ["short", "0..", "..1.5", "date"];
    for row in rows {
        let names = ["Base", "Row"].map(|of| format!("/components/schemas/{of}{}/", row.number));
        let is_reported = reported.iter().any(|at| {
            names.iter().any(|name| at.starts_with(name.as_str())) && at.ends_with("/properties/a")
        });
        let common = row.common();
        let is_empty = |value: &Value| matches!(value.to_string().as_str(), "[]" | "{}" | "null");
        if !common.is_empty() {
            // Lists whose items have nothing in common may be empty.
            let is_allowed = common.iter().all(is_empty);
            assert!(!is_reported || is_allowed, "{}: {common:?}", row.name);
        } else if !unchecked.iter().any(|name| row.name.contains(name)) {
            assert!(is_reported, "{}", row.name);
        }
    }
    assert!(reported.len() > 10, "{reported:?}");
}
