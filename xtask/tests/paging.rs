//! Programs walk lists that come in pages, with a generated client and its test kit. An overlay
//! adds the extension to the lists of a document that does not have it.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

mod trial;

use std::fs;
use std::path::Path;

#[test]
fn programs_walk_lists_in_pages() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/paging");
    // The name of the document is the name of the client.
    let document = tempfile::tempdir().unwrap();
    let document = document.path().join("xtask-test-paging.yaml");
    fs::copy(tests.join("document.yaml"), &document).unwrap();
    let overlay = tests.join("overlay.yaml");
    let folder = trial::run_programs(
        "xtask-test-paging",
        &[
            document.as_os_str(),
            "--overlay".as_ref(),
            overlay.as_os_str(),
        ],
        "\n#[cfg(all(test, feature = \"test-util\"))]\nmod programs;\n",
        include_str!("paging/programs.rs"),
        &[&["--lib", "programs::"]],
    );
    let reference = fs::read_to_string(folder.join("API.md")).unwrap();
    let is_paged = |line: &&str| line.starts_with("- Returns one page of a list: ");
    assert_eq!(reference.lines().filter(is_paged).count(), 10);
    let waits = |line: &&str| line.starts_with("- The result may follow later (202): ");
    assert_eq!(reference.lines().filter(waits).count(), 4);
}
