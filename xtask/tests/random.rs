//! Tests random schemas with random valid values: the types of a compiled client decode and
//! encode all of them.
//!
//! `PROPTEST_CASES=200 PROPTEST_RNG_SEED=2 cargo test -p xtask --test random` tries other and
//! more schemas.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

#[path = "../../finch-gen/tests/schemas/instances.rs"]
mod instances;
#[path = "../../finch-gen/tests/schemas/judge.rs"]
#[allow(
    dead_code,
    reason = "this test only needs the values that a document accepts"
)]
mod judge;
#[path = "../../finch-gen/tests/schemas/random.rs"]
mod random;
mod trial;

use instances::{Choices, guess};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{RngSeed, TestRunner};
use random::COMPONENTS;
use serde_json::{Map, Value, json};

/// The number of random documents that become one.
const DOCUMENTS: u32 = 20;

/// The number of values that are guessed for each schema.
const VALUES: usize = 12;

fn runner() -> (TestRunner, u32) {
    let default = ProptestConfig::default();
    let documents = match std::env::var_os("PROPTEST_CASES") {
        Some(_) => default.cases,
        None => DOCUMENTS,
    };
    let seed = match default.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        fixed @ RngSeed::Fixed(_) => fixed,
    };
    let config = ProptestConfig {
        rng_seed: seed,
        ..default
    };
    (TestRunner::new(config), documents)
}

/// Returns valid values for the component `name`.
fn values(document: &Value, name: &str, seed: u64) -> Vec<Value> {
    let judge = judge::of_3_1(document, name);
    let schema = &document["components"]["schemas"][name];
    let mut choices = Choices(seed);
    let guesses = (0..VALUES).map(|_| guess(document, schema, &mut choices, 3));
    guesses.filter(|value| judge.is_valid(value)).collect()
}

/// Adds the intended type to each schema that has keywords of objects or lists but no type.
/// Nobody sends the other values that such a schema accepts.
fn typed(mut schema: Value) -> Value {
    match &mut schema {
        Value::Array(items) => {
            for item in items {
                *item = typed(item.take());
            }
        }
        Value::Object(members) => {
            for member in members.values_mut() {
                *member = typed(member.take());
            }
            let has = |keyword: &str| members.contains_key(keyword);
            let has_any = |keywords: &[&str]| keywords.iter().any(|keyword| has(keyword));
            let of = if has_any(&[
                "properties",
                "patternProperties",
                "additionalProperties",
                "unevaluatedProperties",
            ]) {
                Some("object")
            } else if has_any(&["items", "prefixItems", "unevaluatedItems"]) {
                Some("array")
            } else {
                None
            };
            let of = of.filter(|_| {
                !["type", "$ref", "allOf", "anyOf", "oneOf"]
                    .into_iter()
                    .any(has)
            });
            if let Some(of) = of {
                members.insert("type".to_owned(), of.into());
            }
        }
        _ => {}
    }
    schema
}

/// Renames the references in `value` to the components of document `number`.
fn renamed(mut value: Value, number: u32) -> Value {
    match &mut value {
        Value::String(text) => {
            let name = text.strip_prefix("#/components/schemas/");
            if name.is_some_and(|name| COMPONENTS.contains(&name)) {
                text.push_str(&number.to_string());
            }
        }
        Value::Array(items) => {
            for item in items {
                *item = renamed(item.take(), number);
            }
        }
        Value::Object(members) => {
            // Some of the examples are invalid.
            members.shift_remove("examples");
            for member in members.values_mut() {
                *member = renamed(member.take(), number);
            }
        }
        _ => {}
    }
    value
}

/// Returns an operation that receives and returns the component `name`.
fn operation(name: &str, values: Vec<Value>) -> Value {
    let examples: Map<String, Value> = values
        .into_iter()
        .enumerate()
        .map(|(index, value)| (index.to_string(), json!({"value": value})))
        .collect();
    let content = json!({"application/json": {
        "schema": {"$ref": format!("#/components/schemas/{name}")},
        "examples": examples,
    }});
    json!({"post": {
        "operationId": format!("post-{name}"),
        "requestBody": {"required": true, "content": content},
        "responses": {"200": {"description": "", "content": content}},
    }})
}

/// Merges many random documents into one. Returns it with the number of its examples.
fn document() -> (Value, usize) {
    let (mut runner, documents) = runner();
    let strategy = (random::documents(), any::<u64>());
    let mut paths = Map::new();
    let mut components = Map::new();
    let mut count = 0;
    for number in 0..documents {
        let (document, seed) = strategy.new_tree(&mut runner).unwrap().current();
        let document = typed(document);
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            if COMPONENTS.contains(&name.as_str()) {
                let values = values(&document, name, seed);
                count += 2 * values.len();
                let name = format!("{name}{number}");
                paths.insert(format!("/{name}"), operation(&name, values));
                components.insert(name, renamed(schema.clone(), number));
            } else {
                components.insert(name.clone(), schema.clone());
            }
        }
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "Random", "version": "1"},
        "paths": paths,
        "components": {"schemas": components},
    });
    (document, count)
}

#[test]
fn valid_values_are_decoded_and_encoded_unchanged() {
    let (document, count) = document();
    trial::check_examples("random", &document, &["--keep-going"], count);
    // The test only means something if there are enough examples.
    assert!(count > 300, "{count}");
}
