//! Runs `cargo xtask try` on a document, and programs with its client.

#![allow(dead_code, reason = "each test only uses some of it")]

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use xtask::files::write_atomically;

/// Tries a client of `document`, whose crate is named after `name`, and checks that it decodes and
/// encodes `count` examples.
#[track_caller]
pub(crate) fn check_examples(name: &str, document: &Value, options: &[&str], count: usize) {
    // The file stays, so that a failure can be examined.
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("xtask-test-{name}.json"));
    write_atomically(&path, &document.to_string()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("try")
        .args(options)
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
}

/// Tries a client with these `arguments`, adds `lib` and `programs` to its crate `name`, and runs
/// the tests that each of `tests` names. Returns the folder of the crate.
#[track_caller]
pub(crate) fn run_programs(
    name: &str,
    arguments: &[&OsStr],
    lib: &str,
    programs: &str,
    tests: &[&[&str]],
) -> PathBuf {
    let tried = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("try")
        .args(arguments)
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&tried.stdout);
    assert!(tried.status.success(), "{out}");

    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/try");
    let folder = target.join(name);
    let path = folder.join("src/lib.rs");
    let with_programs = fs::read_to_string(&path).unwrap() + lib;
    let client = include_str!("client.rs");
    write_atomically(&path, &with_programs).unwrap();
    write_atomically(&folder.join("src/programs.rs"), programs).unwrap();
    write_atomically(&folder.join("src/programs/client.rs"), client).unwrap();
    for tests in tests {
        let output = Command::new(env!("CARGO"))
            .args(["test", "--all-features"])
            .args(*tests)
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", target.join("target"))
            .env("CARGO_INCREMENTAL", "0")
            // The same flags as in the trial, so that the build is reused.
            .env("RUSTFLAGS", "-D warnings")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .output()
            .unwrap();
        let out = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{out}{errors}");
        assert!(!out.contains(" 0 passed"), "{out}");
    }
    folder
}
