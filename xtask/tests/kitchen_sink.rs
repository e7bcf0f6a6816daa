//! Every construct that the generator knows, in one document: what is generated
//! compiles without a warning, and reads and writes the document's examples.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::path::Path;
use std::process::Command;

#[test]
fn every_construct_compiles_and_reads_its_examples() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kitchen_sink.yaml");
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("try")
        .arg(&document)
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    let row: Vec<&str> = out.lines().nth(1).unwrap().split_whitespace().collect();
    let [name, operations, methods, _, examples, .., result] = row[..] else {
        panic!("{out}");
    };
    assert_eq!(
        [name, operations, methods, examples, result],
        ["kitchen-sink", "17", "17", "6/6", "passed"],
        "{out}"
    );
    insta::assert_snapshot!(report());
}

/// What was changed for it, and why.
fn report() -> String {
    let text = include_str!("kitchen_sink.yaml");
    let document = finch_gen::Text {
        name: "kitchen_sink.yaml",
        text,
    };
    let polished = finch_gen::polish(&finch_gen::Inputs {
        crate_name: "kitchen_sink",
        ..finch_gen::Inputs::of_document(document)
    })
    .unwrap();
    polished.report().to_string()
}
