//! Tests that programs like the ones that users write compile with generated operations, and run.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

mod trial;

use std::path::Path;

/// Programs outside the client's crate, because `non_exhaustive` has no effect inside it.
const OUTSIDE: &str = r##"
#[cfg(all(test, feature = "test-util", feature = "webhook"))]
mod programs;

/// A program must handle future events:
///
/// ```
/// use try_document::types::WebhookEvent;
/// use try_document::webhook::Key;
///
/// fn main() {
///     let body = br#"{"event_type": "account.updated", "status": "connected"}"#;
///     match Key.read(&http::HeaderMap::new(), body).unwrap() {
///         WebhookEvent::AccountUpdated(event) => assert_eq!(event.status, "connected"),
///         WebhookEvent::JobCompleted(event) => panic!("{event:?}"),
///         _ => panic!("a new event"),
///     }
/// }
/// ```
///
/// ```compile_fail,E0004
/// # use try_document::types::WebhookEvent;
/// fn is_job(event: WebhookEvent) -> bool {
///     match event {
///         WebhookEvent::AccountUpdated(_) => false,
///         WebhookEvent::JobCompleted(_) => true,
///         WebhookEvent::Other(_) => false,
///     }
/// }
/// ```
///
/// The same applies to an enum in a request:
///
/// ```compile_fail,E0004
/// # use try_document::types::Kind;
/// fn is_bureau(kind: Kind) -> bool {
///     match kind {
///         Kind::Employer => false,
///         Kind::Bureau => true,
///         Kind::Unknown(_) => false,
///     }
/// }
/// ```
///
/// And to the successes of a call:
///
/// ```compile_fail,E0004
/// # use try_document::types::CreateJobSuccess;
/// fn is_done(success: CreateJobSuccess) -> bool {
///     match success {
///         CreateJobSuccess::Status200(_) => true,
///         CreateJobSuccess::Status202(_) => false,
///     }
/// }
/// ```
///
/// A later document may remove these traits:
///
/// ```compile_fail,E0277
/// fn check<T: Default>() {}
/// check::<try_document::types::Job>();
/// ```
///
/// ```compile_fail,E0277
/// fn check<T: Copy>() {}
/// check::<try_document::types::Kind>();
/// ```
///
/// ```compile_fail,E0277
/// fn check<T: Ord>() {}
/// check::<try_document::types::Kind>();
/// ```
#[cfg(doctest)]
pub struct Programs;
"##;

#[test]
fn programs_compile_and_run() {
    run(
        "document",
        include_str!("public_api/programs.rs"),
        OUTSIDE,
        &[&["--lib", "programs::"], &["--doc", "Programs"]],
    );
}

/// Includes the programs in the client's crate.
const INSIDE: &str = "#[cfg(all(test, feature = \"test-util\"))]\nmod programs;\n";

#[test]
fn setters_take_each_type_of_argument() {
    let programs = include_str!("public_api/formats.rs");
    run("formats", programs, INSIDE, &[&["--lib", "programs::"]]);
}

#[test]
fn integers_are_read_at_each_place() {
    let programs = include_str!("public_api/numbers.rs");
    run("numbers", programs, INSIDE, &[&["--lib", "programs::"]]);
}

#[test]
fn successes_without_a_body_are_successes() {
    let programs = include_str!("public_api/statuses.rs");
    run("statuses", programs, INSIDE, &[&["--lib", "programs::"]]);
}

/// Runs `programs` with the client of the document `name`: see [`trial::run_programs`].
#[track_caller]
fn run(name: &str, programs: &str, lib: &str, tests: &[&[&str]]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/public_api");
    let document = folder.join(format!("{name}.yaml"));
    trial::run_programs(name, &[document.as_os_str()], lib, programs, tests);
}
