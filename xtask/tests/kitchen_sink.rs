//! Generates a client of a document with every construct that the generator supports. The
//! client compiles without a warning, and decodes and encodes the document's examples.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::fs;
use std::path::Path;
use std::process::Command;

/// The number of operations in the document.
const OPERATIONS: usize = 32;

/// The number of operations with a list whose items are known.
const LISTS: usize = 5;

#[test]
fn every_construct_compiles_and_reads_its_examples() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kitchen_sink.yaml");
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .current_dir(std::env::temp_dir())
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
        [
            "kitchen-sink",
            &OPERATIONS.to_string(),
            &OPERATIONS.to_string(),
            "33/33",
            "passed"
        ],
        "{out}"
    );
    insta::assert_snapshot!(report());
    every_type_names_its_place();
    the_calls_of_the_reference_compile();
    another_run_writes_the_same(&document);
    the_documentation_has_no_warning();
}

/// Each type names an existing place of the document.
#[track_caller]
fn every_type_names_its_place() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/try/kitchen-sink");
    let types = fs::read_to_string(folder.join("src/generated/types.rs")).unwrap();
    let document = finch_gen::load(&finch_gen::Text {
        name: "kitchen_sink.yaml",
        text: include_str!("kitchen_sink.yaml"),
    })
    .unwrap();
    let mut place = None;
    let mut count = 0;
    for line in types.lines() {
        let stated = line.trim_start().strip_prefix("/// From `");
        if let Some(stated) = stated.and_then(|stated| stated.strip_suffix("`.")) {
            let stated = stated.trim_matches('`');
            // A place with an escape is not a valid pointer.
            let is_spelled = stated.contains('\\');
            assert!(
                is_spelled || document.root().pointer(stated).is_some(),
                "{stated}"
            );
            place = Some(stated);
        }
        let public = line.trim_start().strip_prefix("pub ").unwrap_or_default();
        let item = ["struct ", "enum ", "type "]
            .iter()
            .any(|of| public.starts_with(of));
        if item {
            assert!(place.take().is_some(), "{line}");
            count += 1;
        }
    }
    assert!(count > 80, "{count}");
}

/// Another process in another directory writes the same bytes.
#[track_caller]
fn another_run_writes_the_same(document: &Path) {
    let name = document.display().to_string();
    let text = include_str!("kitchen_sink.yaml");
    let again = finch_gen::generate(&finch_gen::Inputs {
        crate_name: "try_kitchen_sink",
        command: "cargo xtask try",
        ..finch_gen::Inputs::of_document(finch_gen::Text { name: &name, text })
    })
    .unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/try/kitchen-sink");
    let client = xtask::files::read(&folder.join("src/generated")).unwrap();
    assert!(client == again.client, "the clients differ");
    let tests = xtask::files::read(&folder.join("tests/generated")).unwrap();
    assert!(tests == again.tests, "the tests differ");
}

#[track_caller]
fn the_documentation_has_no_warning() {
    let tried = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/try");
    let output = Command::new(env!("CARGO"))
        .args(["doc", "--no-deps", "--quiet"])
        .current_dir(tried.join("kitchen-sink"))
        .env("CARGO_TARGET_DIR", tried.join("target"))
        .env("RUSTFLAGS", "-D warnings")
        .env("RUSTDOCFLAGS", "-D warnings")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTDOCFLAGS")
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{errors}");
}

/// Each program in API.md is the example of its method, which rustdoc compiles.
#[track_caller]
fn the_calls_of_the_reference_compile() {
    let tried = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/try");
    let folder = tried.join("kitchen-sink");
    let reference = fs::read_to_string(folder.join("API.md")).unwrap();
    let generated = ["client.rs", "webhook.rs"].map(|name| {
        let path = folder.join("src/generated").join(name);
        fs::read_to_string(path).unwrap()
    });
    let generated = generated.concat();
    let blocks = reference.split("```rust\n").skip(1);
    let blocks: Vec<&str> = blocks
        .map(|block| block.split_once("\n```\n").unwrap().0)
        .collect();
    // The last one reads a webhook.
    assert_eq!(blocks.len(), OPERATIONS + 1);
    for block in blocks {
        let lines = block.strip_suffix('?').unwrap_or(block).lines();
        let example: String = lines.map(|line| format!("    /// {line}\n")).collect();
        assert!(generated.contains(&(example + "    /// # ")), "{block}");
    }
    let output = Command::new(env!("CARGO"))
        .args(["test", "--doc", "--all-features"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", tried.join("target"))
        // The same flags as in the trial, so that the build is reused.
        .env("RUSTFLAGS", "-D warnings")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, errors) = (text(output.stdout), text(output.stderr));
    assert!(
        out.contains(&format!(
            "test result: ok. {} passed; 0 failed",
            OPERATIONS + LISTS + 1
        )),
        "{out}{errors}"
    );
}

/// Returns the report of lowering and shaping.
fn report() -> String {
    let text = include_str!("kitchen_sink.yaml");
    let document = finch_gen::Text {
        name: "kitchen_sink.yaml",
        text,
    };
    let tree = finch_gen::client_tree(&finch_gen::Inputs {
        crate_name: "kitchen_sink",
        ..finch_gen::Inputs::of_document(document)
    })
    .unwrap();
    tree.report().to_string()
}
