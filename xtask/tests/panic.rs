//! Checks the message of a panic, which may quote a document. This test has its own process,
//! because it replaces the panic hook.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::panic;
use std::sync::{Arc, Mutex};

use xtask::diagnostics;

#[test]
fn a_panic_is_one_line() {
    let printed = Arc::<Mutex<Vec<u8>>>::default();
    let out = Arc::clone(&printed);
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        diagnostics::panic(&mut *out.lock().unwrap(), panic).unwrap();
    }));
    let caught = panic::catch_unwind(|| panic!("no type \n::add-mask::{}", "\u{1b}[2J\r"));
    panic::set_hook(before);
    assert!(caught.is_err());
    let printed = String::from_utf8(printed.lock().unwrap().clone()).unwrap();
    // A backtrace may follow.
    let line = printed.lines().next().unwrap();
    assert!(
        line.starts_with("error: panicked at xtask/tests/panic.rs:"),
        "{line}"
    );
    assert!(
        line.ends_with(r":\nno type \n::add-mask::\u{1b}[2J\r"),
        "{line}"
    );
}
