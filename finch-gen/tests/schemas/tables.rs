//! Tables of schemas that are made of two, and values that are valid for them.

use serde_json::{Map, Value, json};

use crate::judge;

/// A document whose operation returns each component, by its name with the values that are
/// valid for it.
pub(crate) struct Table {
    pub(crate) components: Map<String, Value>,
    pub(crate) values: Vec<(String, Vec<Value>)>,
}

/// The schemas that unions are made of, and the components that they refer to.
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
        _ => unreachable!("it is a mapping"),
    }
}

/// Values of which some are valid for each of the schemas.
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

/// All unions of two of the schemas, one of which accepts null, or that stand beside null:
/// in the place of a component, and of a required and an optional property.
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
    Table {
        components,
        values: table,
    }
}

impl Table {
    /// A document of `rows`.
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

    /// The table with one of `stride` rows.
    #[allow(dead_code, reason = "only what compiles the table needs less of it")]
    pub(crate) fn every(mut self, stride: usize) -> Self {
        let rows = std::mem::take(&mut self.values).into_iter().enumerate();
        let (kept, dropped): (Vec<_>, Vec<_>) = rows.partition(|(at, _)| at % stride == 0);
        for (_, (name, _)) in dropped {
            self.components.shift_remove(&name);
        }
        self.values = kept.into_iter().map(|(_, row)| row).collect();
        self
    }

    /// The table with those of its values that are valid.
    pub(crate) fn valid(mut self) -> Self {
        let mut rows = std::mem::take(&mut self.values);
        // Each validator compiles all of its document.
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
