//! What is made of schemas: each rule on a schema of its own, and what holds for
//! every document, tried on random ones.
//!
//! The random cases are few and always the same, so that a change is what makes a test
//! fail. `PROPTEST_CASES=10000 PROPTEST_RNG_SEED=1 cargo test -p finch-gen
//! --test schemas` tries others.

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

/// Holds `property` against as many random values as `runner` has cases.
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

/// A random document, and a number that values for its schemas are chosen by.
fn documents() -> impl Strategy<Value = (Json, u64)> {
    (random::documents().prop_map(Json), any::<u64>())
}

/// A document of which only the random components are shown, as JSON.
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

/// Values for the component `name`, each with whether it is valid.
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
fn what_is_valid_stays_valid_and_what_is_lowered_exactly_stays_invalid() {
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
    // Of each kind there were enough to tell something.
    let counts = counts.get();
    println!("{counts:?}");
    assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
}

#[test]
fn what_is_lowered_does_not_change_when_it_is_lowered_again() {
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
fn what_is_valid_is_valid_for_the_client() {
    check(runner(80), &documents(), |(Json(document), seed)| {
        let lowered = lower(&document);
        let shaped = finch_gen::shape(&lowered);
        let root = shaped.document().root();
        // The client refuses what a schema without a type takes that describes objects.
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

/// Checks that what is valid for the components of a table stays valid when it is lowered,
/// and for the client. Returns how many values were valid.
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
fn all_unions_of_two_schemas_accept_null_where_one_does() {
    let count = check_table(tables::unions_with_null());
    assert!(count > 1000, "{count}");
}

#[test]
fn all_tags_of_unions_accept_what_is_valid() {
    assert_eq!(check_table(tables::unions_with_tags()), 168);
}

#[test]
fn each_type_and_each_note_has_a_place_of_its_own() {
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
            // What is refused says so.
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
                let said = line.trim_start().strip_prefix("/// From `");
                if let Some(said) = said.and_then(|said| said.strip_suffix("`.")) {
                    prop_assert!(document.pointer(said).is_some(), "{said}");
                    place = Some(said);
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
    // There were enough to tell something.
    assert!(count.get() > 100, "{}", count.get());
}
