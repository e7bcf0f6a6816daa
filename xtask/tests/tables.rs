//! Tests tables of schemas with valid values: the types of a compiled client decode and encode
//! all of them.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

#[path = "../../finch-gen/tests/schemas/judge.rs"]
#[allow(
    dead_code,
    reason = "this test only needs the values that a document accepts"
)]
mod judge;
#[path = "../../finch-gen/tests/schemas/random.rs"]
#[allow(dead_code, reason = "the judge needs one name of it")]
mod random;
#[path = "../../finch-gen/tests/schemas/tables.rs"]
mod tables;
mod trial;

use std::path::Path;

/// The test tries one of this many rows, unless `TABLES` is `all`.
const STRIDE: usize = 5;

/// Tries a client for the rows of `table`. Its crate is named after `name`. Returns the number
/// of rows, and the number of decoded union variants.
#[track_caller]
fn check(name: &str, table: tables::Table) -> (usize, usize) {
    let stride = match std::env::var("TABLES").as_deref() {
        Ok("all") => 1,
        _ => STRIDE,
    };
    let table = table.every(stride).valid();
    let document = table.document(&table.values);
    let count: usize = table.values.iter().map(|(_, values)| values.len()).sum();
    trial::check_examples(name, &document, &[], count);
    let tests = format!("target/try/xtask-test-{name}/tests/generated/variants.rs");
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(tests);
    let tests = std::fs::read_to_string(tests).unwrap();
    let variants = tests.matches("    check_variant(").count();
    (table.values.len(), variants)
}

#[test]
fn unions_of_two_schemas_decode_null_if_a_branch_does() {
    check("unions-with-null", tables::unions_with_null());
}

#[test]
fn unions_are_decoded_by_tags_of_each_kind_at_each_position() {
    let (unions, variants) = check("unions-with-tags", tables::unions_with_tags());
    assert_eq!(variants, unions * 3);
}
