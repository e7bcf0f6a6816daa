//! Tests of schemas: each rule with a schema that exercises it, and properties of every
//! document, checked on random documents.
//!
//! The random cases are few and always the same, so that only a change of the code makes a
//! test fail. `PROPTEST_CASES=10000 PROPTEST_RNG_SEED=1 cargo test -p finch-gen --test
//! schemas` tries others.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

mod instances;
mod judge;
mod mutations;
mod official;
mod panics;
mod random;
mod rules;
mod tables;

use std::cell::Cell;
use std::collections::BTreeSet;

use finch_gen::{Level, Lowered, Text};
use instances::{Choices, guess};
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestError, TestRunner};
use random::COMPONENTS;
use serde_json::Value;

fn runner(cases: u32) -> TestRunner {
    let default = ProptestConfig::default();
    TestRunner::new(ProptestConfig {
        cases: match std::env::var_os("PROPTEST_CASES") {
            Some(_) => default.cases,
            None => cases,
        },
        rng_seed: match default.rng_seed {
            RngSeed::Random => RngSeed::Fixed(1),
            fixed @ RngSeed::Fixed(_) => fixed,
        },
        failure_persistence: None,
        ..default
    })
}

/// Checks `property` for as many random values as `runner` has cases.
#[track_caller]
fn check<S: Strategy>(
    mut runner: TestRunner,
    strategy: &S,
    property: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    match runner.run(strategy, property) {
        Ok(()) => {}
        Err(TestError::Fail(why, value)) => panic!("{why}\n{value:?}"),
        Err(other) => panic!("{other}"),
    }
}

fn lower(document: &Value) -> Lowered {
    let text = document.to_string();
    let document = finch_gen::load(&Text {
        name: "api.yaml",
        text: &text,
    })
    .unwrap();
    finch_gen::lower(document).unwrap_or_else(|problems| panic!("{problems}\n{text}"))
}

/// Generates a random document, and a seed for the values of its schemas.
fn documents() -> impl Strategy<Value = (Json, u64)> {
    (random::documents().prop_map(Json), any::<u64>())
}

/// A document that displays its random components only, as JSON.
#[derive(Clone, PartialEq)]
struct Json(Value);

impl std::fmt::Debug for Json {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let components = &self.0["components"]["schemas"];
        COMPONENTS
            .iter()
            .try_for_each(|name| writeln!(f, "{name}: {}", components[name]))
    }
}

/// Returns values for the component `name`, each with its validity.
fn values(document: &Value, name: &str, seed: u64) -> Vec<(Value, bool)> {
    let judge = judge::of_3_1(document, name);
    let schema = &document["components"]["schemas"][name];
    let mut choices = Choices(seed);
    (0..12)
        .map(|_| guess(document, schema, &mut choices, 3))
        .map(|value| {
            let is_valid = judge.is_valid(&value);
            (value, is_valid)
        })
        .collect()
}

#[test]
fn lowering_keeps_valid_values_valid_and_exact_lowering_keeps_invalid_values_invalid() {
    let counts = Cell::new([0_u32; 3]);
    check(runner(80), &documents(), |(Json(document), seed)| {
        let lowered = lower(&document);
        let is_exact = lowered.report.iter().all(|note| note.level == Level::Info);
        let root = lowered.document.root();
        for name in COMPONENTS {
            let judge = judge::of_3_0(root, name);
            for (value, was_valid) in values(&document, name, seed) {
                let is_valid = judge.is_valid(&value);
                let schema = &root["components"]["schemas"][name];
                prop_assert!(is_valid || !was_valid, "{name} refuses {value}: {schema}");
                let widened = is_valid && !was_valid;
                prop_assert!(!(widened && is_exact), "{name} takes {value}: {schema}");
                let [valid, refused, wider] = counts.get();
                counts.set([
                    valid + u32::from(was_valid),
                    refused + u32::from(!was_valid && is_exact),
                    wider + u32::from(widened),
                ]);
            }
        }
        Ok(())
    });
    // The test only means something if each result occurs often enough.
    let counts = counts.get();
    println!("{counts:?}");
    assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
}

#[test]
fn a_second_lowering_changes_nothing() {
    check(
        runner(80),
        &random::documents().prop_map(Json),
        |Json(document)| {
            let once = lower(&document).document.root().clone();
            let twice = lower(&once).document.root().clone();
            prop_assert_eq!(Json(once), Json(twice));
            Ok(())
        },
    );
}

#[test]
fn the_client_accepts_valid_values() {
    check(runner(80), &documents(), |(Json(document), seed)| {
        let lowered = lower(&document);
        let shaped = finch_gen::shape(&lowered);
        let root = shaped.document().root();
        // A schema that describes objects without a type also accepts other values, but the
        // client refuses them.
        let is_narrowed = shaped
            .report()
            .iter()
            .any(|note| note.code == "type-assumed");
        for name in COMPONENTS {
            let at = format!("/paths/~1{name}/get/responses/200/content/application~1json/schema");
            let judge = judge::of_client(root, &at);
            let schema = &root["components"]["schemas"][name];
            for (value, was_valid) in values(&document, name, seed) {
                let is_valid = judge.is_valid(&value) || is_narrowed;
                prop_assert!(is_valid || !was_valid, "{name} refuses {value}: {schema}");
            }
        }
        Ok(())
    });
}

/// Checks that the lowered document and the client accept the valid values of a table. Returns
/// the number of valid values.
#[track_caller]
fn check_table(table: tables::Table) -> usize {
    let table = table.valid();
    let mut wrong = Vec::new();
    for rows in table.values.chunks(10) {
        let lowered = lower(&table.document(rows));
        let shaped = finch_gen::shape(&lowered);
        let (lowered, shaped) = (lowered.document.root(), shaped.document().root());
        for (name, values) in rows {
            let at = format!("/paths/~1{name}/get/responses/200/content/application~1json/schema");
            let judges = [
                (judge::of_3_0(lowered, name), lowered),
                (judge::of_client(shaped, &at), shaped),
            ];
            for (value, (judge, of)) in values
                .iter()
                .flat_map(|of| judges.iter().map(move |to| (of, to)))
            {
                if !judge.is_valid(value) {
                    let schema = &of["components"]["schemas"][name];
                    wrong.push(format!("{value} {} → {schema}", table.components[name]));
                }
            }
        }
    }
    let count = table.values.iter().map(|(_, values)| values.len()).sum();
    assert!(
        wrong.is_empty(),
        "{} of {count}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    count
}

#[test]
fn unions_of_two_schemas_accept_null_if_a_branch_does() {
    let count = check_table(tables::unions_with_null());
    assert!(count > 1000, "{count}");
}

#[test]
fn unions_with_tags_accept_valid_values() {
    assert_eq!(check_table(tables::unions_with_tags()), 168);
}

#[test]
fn each_type_and_each_note_names_an_existing_place() {
    let count = Cell::new(0_u32);
    check(
        runner(40),
        &random::documents().prop_map(Json),
        |Json(document)| {
            let text = document.to_string();
            let generated = finch_gen::generate(&finch_gen::Inputs {
                crate_name: "api",
                ..finch_gen::Inputs::of_document(Text {
                    name: "api.json",
                    text: &text,
                })
            });
            // A refused document has no types.
            let Ok(generated) = generated else {
                return Ok(());
            };
            for note in generated.report.iter() {
                let at = &note.pointer;
                prop_assert!(document.pointer(at).is_some(), "{note}");
            }
            let types = &generated.client["types.rs"];
            let mut place = None;
            let mut names = BTreeSet::new();
            for line in types.lines() {
                let stated = line.trim_start().strip_prefix("/// From `");
                if let Some(stated) = stated.and_then(|stated| stated.strip_suffix("`.")) {
                    prop_assert!(document.pointer(stated).is_some(), "{stated}");
                    place = Some(stated);
                }
                let public = line.trim_start().strip_prefix("pub ").unwrap_or_default();
                let is_type = ["struct ", "enum ", "type "]
                    .iter()
                    .any(|of| public.starts_with(of));
                prop_assert!(!is_type || names.insert(line), "{line}");
                if is_type {
                    prop_assert!(place.take().is_some(), "{line}\n{types}");
                    count.set(count.get() + 1);
                }
            }
            Ok(())
        },
    );
    // The test only means something if there are enough types.
    assert!(count.get() > 100, "{}", count.get());
}
