//! Records the requests of each operation of the kitchen sink as they arrive at a server:
//! method, target, headers and body.
//!
//! `REQUESTS_OF=openapi.yaml cargo test -p xtask --test requests` records another document. It
//! writes `target/requests/openapi.txt`, so that the recordings of two revisions of the
//! generator can be compared.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

#[path = "../../finch-gen/tests/schemas/instances.rs"]
mod instances;
#[path = "../../finch-gen/tests/schemas/random.rs"]
#[allow(
    dead_code,
    reason = "the requests come from a document and are not random"
)]
mod random;
mod recorder;

use std::fs;
use std::path::{Path, PathBuf};

use finch_api_tests::{Loopback, Reply};
use recorder::Crate;
use xtask::files::write_atomically;

#[test]
fn the_requests_of_the_kitchen_sink_are_unchanged() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kitchen_sink.yaml");
    insta::assert_snapshot!(record(&document));
}

#[test]
fn a_document_from_the_environment_is_recorded() {
    let Some(document) = std::env::var_os("REQUESTS_OF").map(PathBuf::from) else {
        return;
    };
    let recording = record(&document);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/requests");
    fs::create_dir_all(&folder).unwrap();
    let name = document.file_stem().unwrap().to_string_lossy().into_owned();
    write_atomically(&folder.join(name + ".txt"), &recording).unwrap();
}

/// Calls every operation of `document`, first with all values and then with the required
/// values only. Returns the requests in the order of the calls.
fn record(document: &Path) -> String {
    let client = Crate::generate(document);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let server = runtime.block_on(Loopback::start(Reply::json("400 Bad Request", "{}")));
    let calls = client.run(&server.url());
    let mut received = server.received().into_iter();
    let mut recording = String::new();
    for call in calls {
        recording.push_str(&format!("== {}\n", call.name));
        match call.refused {
            Some(why) => recording.push_str(&format!("not sent: {why}\n")),
            None => {
                let request = received.next().expect("each call sends a request");
                recording.push_str(&normalized(&request.head, server.address()));
                recording.push_str(&format!("\n\n{}\n", request.body));
            }
        }
        recording.push('\n');
    }
    assert!(received.next().is_none(), "a call sends one request");
    without_boundaries(recording)
}

/// Returns `head` without the parts that differ between two runs.
fn normalized(head: &str, address: &str) -> String {
    head.replace(address, "ADDRESS")
}

/// Returns `recording` with a number in place of each random multipart boundary.
fn without_boundaries(mut recording: String) -> String {
    let mut number = 0;
    while let Some((_, rest)) = recording.split_once("boundary=")
        && let Some(boundary) = rest.split(['\r', '\n', '"', ';']).next()
        && !boundary.is_empty()
    {
        number += 1;
        let boundary = boundary.to_owned();
        recording = recording.replace(
            &format!("boundary={boundary}"),
            &format!("BOUNDARY-{number}"),
        );
        recording = recording.replace(&boundary, &format!("BOUNDARY-{number}"));
    }
    recording.replace('\r', "")
}
