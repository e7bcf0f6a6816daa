//! Tests tables of parameters by style and type, and of bodies by media type and direction. A
//! compiled client sends each value to a server and decodes each response. The tests compute the
//! expected requests on their own.
//!
//! `TABLES=all cargo test -p xtask --test encodings -- --nocapture` tries all rows, and prints how
//! many there are.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

#[path = "encodings/bodies.rs"]
mod bodies;
#[path = "../../finch-gen/tests/schemas/instances.rs"]
mod instances;
#[path = "encodings/parameters.rs"]
mod parameters;
#[path = "../../finch-gen/tests/schemas/random.rs"]
#[allow(
    dead_code,
    reason = "the requests come from a document and are not random"
)]
mod random;
mod recorder;

use std::path::Path;
use std::sync::LazyLock;

use finch_api_tests::{Loopback, Received};
use finch_gen::{Generated, Inputs, Text};
use recorder::Crate;
use serde_json::{Map, Value, json};
use xtask::files::write_atomically;

/// Returns the distance of the rows that the tests try: all of them if `TABLES` is `all`.
pub(crate) fn stride() -> usize {
    match std::env::var("TABLES").as_deref() {
        Ok("all") => 1,
        _ => 7,
    }
}

/// The request and the response of a call.
pub(crate) struct Outcome {
    /// The operation, and which values were set.
    pub(crate) name: String,
    /// The request, or the reason why none was sent.
    pub(crate) request: Result<Received, String>,
    /// The decoded body of the response as JSON, or the reason why the call failed.
    pub(crate) response: Result<String, String>,
}

/// The calls of both tables, which share clients because they take long to compile.
static OUTCOMES: LazyLock<Vec<Outcome>> = LazyLock::new(outcomes);

/// Returns a document with `paths`.
fn document(paths: Map<String, Value>) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Encodings", "version": "1"},
        "servers": [{"url": "https://example.com"}],
        "paths": paths,
        "components": {"schemas": parameters::components()},
    })
}

/// Generates a client for `paths`, and skips the operations that are refused.
pub(crate) fn generate(mut paths: Map<String, Value>) -> Generated {
    // A document needs an operation that is not refused.
    let operation = json!({"get": {"responses": {"204": {"description": ""}}}});
    paths.insert("/other".to_owned(), operation);
    let text = document(paths).to_string();
    let generated = finch_gen::generate(&Inputs {
        crate_name: "api",
        keep_going: true,
        ..Inputs::of_document(Text {
            name: "encodings.json",
            text: &text,
        })
    });
    generated.unwrap()
}

/// Returns the first segment of the path that `pointer` is in.
pub(crate) fn path_of(pointer: &str) -> &str {
    let path = pointer.split(['/', '~']).nth(3);
    path.and_then(|path| path.strip_prefix('1'))
        .unwrap_or_default()
}

/// The most operations of a client, because the generator limits the size of a document.
const OPERATIONS: usize = 600;

fn outcomes() -> Vec<Outcome> {
    let paths = parameters::paths().into_iter().chain(bodies::paths());
    let paths: Vec<(String, Value)> = paths.collect();
    let parts = paths.chunks(OPERATIONS);
    parts
        .flat_map(|part| outcomes_of(part.iter().cloned().collect()))
        .collect()
}

/// Compiles a client for `paths`, and returns the outcomes of its calls.
fn outcomes_of(paths: Map<String, Value>) -> Vec<Outcome> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("xtask-test-encodings.json");
    write_atomically(&path, &document(paths).to_string()).unwrap();
    let client = Crate::generate(&path);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(Loopback::answer(|request| bodies::reply(&request.head)));
    let calls = client.run(&server.url());
    let mut received = server.received().into_iter();
    let outcomes = calls.into_iter().map(|call| {
        let request = match &call.refused {
            Some(why) => Err(why.clone()),
            None => Ok(received.next().expect("each call sends a request")),
        };
        Outcome {
            name: call.name,
            request,
            response: call.value,
        }
    });
    outcomes.collect()
}

#[track_caller]
fn check(counts: &str, faults: &[String]) {
    println!("{counts}");
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

#[test]
fn parameters_are_written_in_each_style_by_type() {
    check(&parameters::counts(), &parameters::check(&OUTCOMES));
}

#[test]
fn parameters_without_a_defined_text_are_refused() {
    check(&parameters::counts(), &parameters::check_undefined());
}

#[test]
fn bodies_are_written_and_read_by_media_type() {
    check(&bodies::counts(), &bodies::check(&OUTCOMES));
}

#[test]
fn bodies_that_the_client_cannot_write_are_refused() {
    check(&bodies::counts(), &bodies::check_undefined());
}
