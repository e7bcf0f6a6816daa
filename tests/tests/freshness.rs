//! What is checked in is what is generated, and is the same each time.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use xtask::{Outcome, Workspace, check};

fn workspace() -> Workspace {
    Workspace::at(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

#[test]
fn what_is_checked_in_is_what_is_generated() {
    let mut out = Vec::new();
    let outcome = check::run(&workspace(), &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    assert_eq!(outcome, Outcome::Done, "{out}");
}

#[test]
fn two_runs_give_the_same_bytes() {
    assert_eq!(
        workspace().generate().unwrap(),
        workspace().generate().unwrap()
    );
}
