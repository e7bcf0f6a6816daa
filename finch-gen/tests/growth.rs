//! The work of the stages grows with the document, and no faster: what they
//! allocate is counted, which says the same on each machine, as time does not.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

#[path = "../benches/stages/synthetic.rs"]
mod synthetic;

use finch_gen::{Inputs, Text};

/// How many blocks are allocated, and of how many bytes, for a client of so many
/// operations.
fn allocated(operations: usize) -> [u64; 2] {
    let document = synthetic::document(operations);
    let overlay = synthetic::overlay(operations);
    let inputs = Inputs {
        overlay: Some(Text {
            name: "overlay.yaml",
            text: &overlay,
        }),
        crate_name: "client",
        ..Inputs::of_document(Text {
            name: "document.yaml",
            text: &document,
        })
    };
    let counted = allocation_counter::measure(|| {
        finch_gen::generate(&inputs).unwrap();
    });
    [counted.count_total, counted.bytes_total]
}

#[test]
fn ten_times_the_operations_are_ten_times_the_work() {
    let (few, many) = (allocated(30), allocated(300));
    for (few, many) in few.into_iter().zip(many) {
        let growth = many as f64 / few as f64;
        assert!(
            (8.0..=10.5).contains(&growth),
            "{few} → {many}: {growth:.2}"
        );
    }
}
