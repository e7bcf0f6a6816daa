//! Random schemas, and random values that are valid for them: the types of a
//! client that is compiled read and write all of them.
//!
//! `PROPTEST_CASES=200 PROPTEST_RNG_SEED=2 cargo test -p xtask --test random`
//! tries other schemas, and more of them, than the test does.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

#[path = "../../finch-gen/tests/schemas/instances.rs"]
mod instances;
#[path = "../../finch-gen/tests/schemas/judge.rs"]
#[allow(dead_code, reason = "what a client accepts is not the question here")]
mod judge;
#[path = "../../finch-gen/tests/schemas/random.rs"]
mod random;

use std::path::Path;
use std::process::Command;

use instances::{Choices, guess};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{RngSeed, TestRunner};
use random::COMPONENTS;
use serde_json::{Map, Value, json};
use xtask::files::write_atomically;

/// How many documents are made into one.
const DOCUMENTS: u32 = 20;

/// How many values are tried on each schema.
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

/// Values that are valid for the component `name`.
fn values(document: &Value, name: &str, seed: u64) -> Vec<Value> {
    let judge = judge::of_3_1(document, name);
    let schema = &document["components"]["schemas"][name];
    let mut choices = Choices(seed);
    let guesses = (0..VALUES).map(|_| guess(document, schema, &mut choices, 3));
    guesses.filter(|value| judge.is_valid(value)).collect()
}

/// `schema` with the type that it means where it has keywords of objects or of
/// lists, and says none: what else would be valid for it, nobody sends.
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

/// `value` with references to `number`'s own components in the place of those
/// that each document has.
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
            // Not all of them are valid.
            members.shift_remove("examples");
            for member in members.values_mut() {
                *member = renamed(member.take(), number);
            }
        }
        _ => {}
    }
    value
}

/// An operation that is sent the component `name`, and answers with it.
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

/// One document of many random ones, and how many examples there are in it.
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
fn valid_values_are_read_and_written_as_they_were() {
    let (document, count) = document();
    // Where it can be looked at after a failure.
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("xtask-test-random.json");
    write_atomically(&path, &document.to_string()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["try", "--keep-going"])
        .arg(&path)
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    println!("{out}");
    let row: Vec<&str> = out.lines().nth(1).unwrap().split_whitespace().collect();
    let [_, operations, methods, _, examples, .., result] = row[..] else {
        panic!("{out}");
    };
    assert_eq!(result, "passed", "{out}");
    assert_eq!(operations, methods, "{out}");
    assert_eq!(examples, format!("{count}/{count}"), "{out}");
    // There were enough to tell something.
    assert!(count > 300, "{out}");
}
