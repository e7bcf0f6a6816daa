//! Programs walk lists that come in pages, with a generated client and its test kit. An overlay
//! adds the extension to the lists of a document that does not have it.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::fs;
use std::path::Path;
use std::process::Command;

use xtask::files::write_atomically;

#[test]
fn programs_walk_lists_in_pages() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/paging");
    // The name of the document is the name of the client.
    let document = tempfile::tempdir().unwrap();
    let document = document.path().join("xtask-test-paging.yaml");
    fs::copy(tests.join("document.yaml"), &document).unwrap();
    let tried = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("try")
        .arg(&document)
        .arg("--overlay")
        .arg(tests.join("overlay.yaml"))
        .output()
        .unwrap();
    let out = String::from_utf8_lossy(&tried.stdout);
    assert!(tried.status.success(), "{out}");

    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/try");
    let folder = target.join("xtask-test-paging");
    let reference = fs::read_to_string(folder.join("API.md")).unwrap();
    let is_paged = |line: &&str| line.starts_with("- Returns one page of a list: ");
    assert_eq!(reference.lines().filter(is_paged).count(), 10);
    let waits = |line: &&str| line.starts_with("- The result may follow later (202): ");
    assert_eq!(reference.lines().filter(waits).count(), 4);

    let lib = folder.join("src/lib.rs");
    let with_programs = fs::read_to_string(&lib).unwrap()
        + "\n#[cfg(all(test, feature = \"test-util\"))]\nmod programs;\n";
    write_atomically(&lib, &with_programs).unwrap();
    let programs = include_str!("paging/programs.rs");
    write_atomically(&folder.join("src/programs.rs"), programs).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["test", "--features", "test-util", "--lib", "programs::"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", target.join("target"))
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
