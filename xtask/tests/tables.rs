//! Tables of schemas, and values that are valid for them: the types of a client that is
//! compiled read and write all of them.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

#[path = "../../finch-gen/tests/schemas/judge.rs"]
#[allow(dead_code, reason = "what a client accepts is not the question here")]
mod judge;
#[path = "../../finch-gen/tests/schemas/random.rs"]
#[allow(dead_code, reason = "the judge needs one name of it")]
mod random;
#[path = "../../finch-gen/tests/schemas/tables.rs"]
mod tables;

use std::path::Path;
use std::process::Command;

use xtask::files::write_atomically;

/// One in how many rows of a table is tried, unless `TABLES` is `all`.
const STRIDE: usize = 5;

/// Tries a client of rows of `table`, whose crate is named for `name`. Returns how many rows
/// there are, and how many variants of unions are read as such.
#[track_caller]
fn check(name: &str, table: tables::Table) -> (usize, usize) {
    let stride = match std::env::var("TABLES").as_deref() {
        Ok("all") => 1,
        _ => STRIDE,
    };
    let table = table.every(stride).valid();
    let document = table.document(&table.values);
    let count: usize = table.values.iter().map(|(_, values)| values.len()).sum();
    // Where it can be looked at after a failure.
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("xtask-test-{name}.json"));
    write_atomically(&path, &document.to_string()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("try")
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
    let tests = format!("target/try/xtask-test-{name}/tests/generated/variants.rs");
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(tests);
    let tests = std::fs::read_to_string(tests).unwrap();
    let variants = tests.matches("    check_variant(").count();
    (table.values.len(), variants)
}

#[test]
fn unions_of_two_schemas_read_null_where_one_does() {
    check("unions-with-null", tables::unions_with_null());
}

#[test]
fn unions_are_read_by_tags_of_each_kind_at_each_position() {
    let (unions, variants) = check("unions-with-tags", tables::unions_with_tags());
    assert_eq!(variants, unions * 3);
}
