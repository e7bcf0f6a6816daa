//! Every construct that the generator knows, in one document: what is generated
//! compiles without a warning, and reads and writes the document's examples.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::fs;
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
        ["kitchen-sink", "21", "21", "8/8", "passed"],
        "{out}"
    );
    insta::assert_snapshot!(report());
    the_calls_of_the_reference_compile();
}

/// Each call of API.md is the example of its method, and rustdoc compiles it.
#[track_caller]
fn the_calls_of_the_reference_compile() {
    let tried = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/try");
    let folder = tried.join("kitchen-sink");
    let reference = fs::read_to_string(folder.join("API.md")).unwrap();
    let client = fs::read_to_string(folder.join("src/generated/client.rs")).unwrap();
    let blocks = reference.split("```rust\n").skip(1);
    let calls: Vec<&str> = blocks
        .map(|block| block.split_once("?\n```\n").unwrap().0)
        .collect();
    assert_eq!(calls.len(), 21);
    for call in calls {
        let example = format!("    /// {call}\n    /// # }}\n    /// ```\n");
        assert!(client.contains(&example), "{call}");
    }
    let output = Command::new(env!("CARGO"))
        .args(["test", "--doc"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", tried.join("target"))
        // As the trial has built it.
        .env("RUSTFLAGS", "-D warnings")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, errors) = (text(output.stdout), text(output.stderr));
    assert!(
        out.contains("test result: ok. 21 passed; 0 failed"),
        "{out}{errors}"
    );
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
