//! Tests that the generator emits the checked-in code, and the same code each time.

use xtask::{Outcome, Workspace, check};

fn workspace() -> Workspace {
    Workspace::at(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

#[test]
fn checked_in_code_matches_the_generator() {
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
