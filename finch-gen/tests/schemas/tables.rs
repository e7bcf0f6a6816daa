//! Makes tables of schemas that combine two schemas, with valid values for each.

use serde_json::{Map, Value, json};

use crate::judge;

/// The components of a document, each with the values that are valid for it. An operation
/// returns each component.
pub(crate) struct Table {
    pub(crate) components: Map<String, Value>,
    pub(crate) values: Vec<(String, Vec<Value>)>,
}

/// Returns the branches of the unions, and the components that they refer to.
fn schemas() -> (Vec<Value>, Map<String, Value>) {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let components = json!({
        "Text": {"type": "string"},
        "MaybeText": {"type": ["string", "null"]},
        "Level": {"type": "string", "enum": ["low", "high"]},
        "MaybeLevel": {"type": ["string", "null"], "enum": ["low", "high", null]},
        "Pet": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        "MaybePet": {
            "type": ["object", "null"],
            "required": ["name", "age"],
            "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        },
        "Nothing": {"type": "null"},
        "Alias": reference("MaybeLevel"),
    });
    let schemas = vec![
        json!({"type": "string"}),
        json!({"type": "string", "format": "date"}),
        json!({"type": "string", "enum": ["a", "b"]}),
        json!({"const": "c"}),
        json!({"type": "integer"}),
        json!({"type": "integer", "enum": [1, 2]}),
        json!({"type": "number"}),
        json!({"type": "boolean"}),
        json!({"type": "array", "items": {"type": "string"}}),
        json!({"type": "object", "additionalProperties": {"type": "integer"}}),
        json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}),
        json!({"type": ["string", "null"]}),
        json!({"type": ["string", "null"], "enum": ["a", null]}),
        json!({"enum": ["d", null]}),
        json!({"type": ["integer", "null"]}),
        json!({"type": ["array", "null"], "items": {"type": "integer"}}),
        json!({"type": ["object", "null"], "required": ["x"], "properties": {"x": {"type": "string"}}}),
        json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
        json!({"type": "null"}),
        json!({"const": null}),
        reference("Text"),
        reference("MaybeText"),
        reference("Level"),
        reference("MaybeLevel"),
        reference("Pet"),
        reference("MaybePet"),
        reference("Nothing"),
        reference("Alias"),
        json!({"$ref": "#/components/schemas/MaybeLevel", "description": "D."}),
    ];
    match components {
        Value::Object(components) => (schemas, components),
        _ => unreachable!("it is a JSON object"),
    }
}

/// Returns values for the schemas. Each schema accepts some of them.
fn values() -> Vec<Value> {
    vec![
        Value::Null,
        json!("a"),
        json!("c"),
        json!("d"),
        json!("low"),
        json!("text"),
        json!("2020-02-29"),
        json!(1),
        json!(-3),
        json!(1.5),
        json!(true),
        json!(["x"]),
        json!([1, 2]),
        json!([]),
        json!({"n": 1}),
        json!({"id": "x"}),
        json!({"x": "y"}),
        json!({"name": "Tom"}),
        json!({"name": "Tom", "age": 3}),
    ]
}

/// Returns all unions of two of the schemas, every third with null as a branch. They are used
/// as components, required and optional properties, and items.
pub(crate) fn unions_with_null() -> Table {
    let (schemas, mut components) = schemas();
    let mut table = Vec::new();
    let mut number = 0;
    for (index, one) in schemas.iter().enumerate() {
        for other in &schemas[index + 1..] {
            number += 1;
            let keyword = if number % 2 == 0 { "anyOf" } else { "oneOf" };
            let mut branches = vec![one.clone(), other.clone()];
            if number % 3 == 0 {
                branches.insert(number % 2, json!({"type": "null"}));
            }
            if number % 5 == 0 {
                branches.reverse();
            }
            let mut union = json!({keyword: branches});
            if number % 7 == 0 {
                union["description"] = "D.".into();
            }
            let (schema, wrap): (Value, fn(Value) -> Value) = match number % 4 {
                0 => (
                    json!({"type": "object", "required": ["u"], "properties": {"u": union}}),
                    |value| json!({"u": value}),
                ),
                1 => (
                    json!({"type": "object", "properties": {"u": union}}),
                    |value| json!({"u": value}),
                ),
                2 => (json!({"type": "array", "items": union}), |value| {
                    json!([value])
                }),
                _ => (union, |value| value),
            };
            let name = format!("Union{number}");
            components.insert(name.clone(), schema);
            table.push((name, values().into_iter().map(wrap).collect()));
        }
    }
    table.extend(unions_with_untyped_objects(&mut components));
    Table {
        components,
        values: table,
    }
}

/// Adds unions with an object that has no `type` and no properties to `components`, for each kind of
/// object and each position of the union. Returns them with values that are objects.
fn unions_with_untyped_objects(components: &mut Map<String, Value>) -> Vec<(String, Vec<Value>)> {
    let objects = [
        json!({"required": ["n"]}),
        json!({"required": ["n"], "description": "D."}),
        json!({"required": ["n"], "minProperties": 1}),
        json!({"required": ["n"], "additionalProperties": true}),
        json!({"required": ["n"], "additionalProperties": {"type": "integer"}}),
        json!({"required": ["n"], "patternProperties": {"^n": {"type": "integer"}}}),
        json!({"required": ["n"], "unevaluatedProperties": {"type": "integer"}}),
        json!({"additionalProperties": {"type": "integer"}}),
        json!({"allOf": [{"required": ["n"]}, {"additionalProperties": {"type": "integer"}}]}),
    ];
    type Position = (fn(Value) -> Value, fn(Value) -> Value);
    let positions: [Position; 6] = [
        (|union| union, |value| value),
        (
            |union| json!({"type": "object", "properties": {"u": union}}),
            |value| json!({"u": value}),
        ),
        (
            |union| json!({"type": "array", "items": union}),
            |value| json!([value]),
        ),
        (
            |union| json!({"type": "object", "additionalProperties": union}),
            |value| json!({"k": value}),
        ),
        (
            |union| json!({"anyOf": [union, {"type": "integer"}]}),
            |value| value,
        ),
        (
            |union| json!({"allOf": [{"type": "object", "properties": {"q": {"type": "integer"}}}, union]}),
            |value| value,
        ),
    ];
    let pet = json!({"$ref": "#/components/schemas/Pet"});
    let mut table = Vec::new();
    for object in &objects {
        for (schema, value) in positions {
            let name = format!("Untyped{}", table.len() + 1);
            let union = schema(json!({"oneOf": [pet, object]}));
            components.insert(name.clone(), union);
            let values = [
                json!({"name": "Tom"}),
                json!({"n": 1}),
                json!({"n": 1, "m": 2}),
            ];
            table.push((name, values.into_iter().map(value).collect()));
        }
    }
    table
}

/// Returns unions of two schemas that only differ in the values of one property, for each kind
/// of value and each position of the property.
pub(crate) fn unions_with_tags() -> Table {
    let object = |properties: Value, is_required: bool| {
        let names: Vec<&String> = properties
            .as_object()
            .into_iter()
            .flat_map(Map::keys)
            .collect();
        let mut object = json!({"type": "object", "properties": properties});
        if is_required {
            object["required"] = json!(names);
        }
        object
    };
    let kinds: [(Value, Value, Value, Value); 7] = [
        (
            json!({"const": "a"}),
            json!({"const": "b"}),
            json!("a"),
            json!("b"),
        ),
        (
            json!({"type": "string", "enum": ["a"]}),
            json!({"type": "string", "enum": ["b", "c"]}),
            json!("a"),
            json!("c"),
        ),
        (json!({"const": 1}), json!({"const": 2}), json!(1), json!(2)),
        (
            json!({"type": "integer", "enum": [1, 2]}),
            json!({"type": "integer", "enum": [3, 4]}),
            json!(2),
            json!(3),
        ),
        (
            json!({"const": true}),
            json!({"const": false}),
            json!(true),
            json!(false),
        ),
        (
            json!({"type": "boolean", "enum": [true]}),
            json!({"type": "boolean", "enum": [false]}),
            json!(true),
            json!(false),
        ),
        (
            json!({"const": "a"}),
            json!({"const": 1}),
            json!("a"),
            json!(1),
        ),
    ];
    type Position = (&'static str, fn(Value) -> Value, fn(Value) -> Value);
    let positions: [Position; 8] = [
        (
            "Direct",
            |of| json!({"t": of, "x": {"type": "string"}}),
            |of| json!({"t": of, "x": "y"}),
        ),
        (
            "Optional",
            |of| json!({"t": of, "x": {"type": "string"}}),
            |of| json!({"t": of, "x": "y"}),
        ),
        (
            "Deeper",
            |of| json!({"in": {"type": "object", "required": ["t"], "properties": {"t": of}}}),
            |of| json!({"in": {"t": of}}),
        ),
        (
            "Deep",
            |of| json!({"in": {"type": "object", "properties": {"in": {"type": "object", "properties": {"t": of}}}}}),
            |of| json!({"in": {"in": {"t": of}}}),
        ),
        (
            "Items",
            |of| json!({"in": {"type": "array", "items": {"type": "object", "required": ["t"], "properties": {"t": of}}}}),
            |of| json!({"in": [{"t": of}]}),
        ),
        (
            "AllOf",
            |of| json!({"t": of}),
            |of| json!({"t": of, "base": "y"}),
        ),
        (
            "Nested",
            |of| json!({"t": of}),
            |of| json!({"t": of, "base": "y"}),
        ),
        ("Described", |of| json!({"t": of}), |of| json!({"t": of})),
    ];
    let mut components = Map::new();
    components.insert(
        "Base".to_owned(),
        object(json!({"base": {"type": "string"}}), true),
    );
    let base = json!({"$ref": "#/components/schemas/Base"});
    let mut values = Vec::new();
    for (number, (a, b, of_a, of_b)) in kinds.iter().enumerate() {
        for (position, schema, value) in positions {
            let name = format!("{position}{number}");
            let mut branches = Vec::new();
            for (letter, of) in [("A", a), ("B", b)] {
                let own = object(schema(of.clone()), position != "Optional");
                let own = match position {
                    "AllOf" => json!({"allOf": [base, own]}),
                    "Nested" => json!({"allOf": [{"allOf": [own]}, base]}),
                    _ => own,
                };
                components.insert(format!("{name}{letter}"), own);
                let mut branch = json!({"$ref": format!("#/components/schemas/{name}{letter}")});
                if position == "Described" && letter == "A" {
                    branch["description"] = "D.".into();
                }
                branches.push(branch);
            }
            branches.push(json!({"type": "string"}));
            components.insert(name.clone(), json!({"oneOf": branches}));
            let row = vec![value(of_a.clone()), value(of_b.clone()), json!("text")];
            values.push((name, row));
        }
    }
    Table { components, values }
}

impl Table {
    /// Returns a document with `rows`.
    pub(crate) fn document(&self, rows: &[(String, Vec<Value>)]) -> Value {
        let is_used = |name: &String| {
            let is_row = self.values.iter().any(|(row, _)| row == name);
            !is_row || rows.iter().any(|(row, _)| row == name)
        };
        let components = self.components.iter().filter(|(name, _)| is_used(name));
        let components = components.map(|(name, schema)| (name.clone(), schema.clone()));
        let components: Map<String, Value> = components.collect();
        let paths = rows.iter().map(|(name, values)| {
            let examples = values.iter().enumerate();
            let examples = examples.map(|(at, value)| (at.to_string(), json!({"value": value})));
            let examples: Map<String, Value> = examples.collect();
            let content = json!({"application/json": {
                "schema": {"$ref": format!("#/components/schemas/{name}")},
                "examples": examples,
            }});
            let operation = json!({"get": {
                "operationId": format!("get-{name}"),
                "responses": {"200": {"description": "", "content": content}},
            }});
            (format!("/{name}"), operation)
        });
        let paths: Map<String, Value> = paths.collect();
        json!({
            "openapi": "3.1.0",
            "info": {"title": "Table", "version": "1"},
            "servers": [{"url": "https://example.com"}],
            "paths": paths,
            "components": {"schemas": components},
        })
    }

    /// Returns the table with one of `stride` rows.
    #[allow(dead_code, reason = "only compiled clients are too slow for all rows")]
    pub(crate) fn every(mut self, stride: usize) -> Self {
        let rows = std::mem::take(&mut self.values).into_iter().enumerate();
        let (kept, dropped): (Vec<_>, Vec<_>) = rows.partition(|(at, _)| at % stride == 0);
        for (_, (name, _)) in dropped {
            self.components.shift_remove(&name);
        }
        self.values = kept.into_iter().map(|(_, row)| row).collect();
        self
    }

    /// Returns the table with the valid values only.
    pub(crate) fn valid(mut self) -> Self {
        let mut rows = std::mem::take(&mut self.values);
        // Each validator compiles its whole document, so the documents stay small.
        for rows in rows.chunks_mut(10) {
            let document = self.document(rows);
            for (name, values) in rows {
                let judge = judge::of_3_1(&document, name);
                values.retain(|value| judge.is_valid(value));
            }
        }
        self.values = rows;
        self
    }
}
