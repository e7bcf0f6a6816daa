//! The work of the stages grows in proportion to the document. The test counts allocations,
//! which unlike time are the same on every machine.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

#[path = "../benches/stages/synthetic.rs"]
mod synthetic;

use finch_gen::{Inputs, Text};

/// Returns the numbers of blocks and bytes that a client of this many operations allocates.
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
fn ten_times_the_operations_allocate_ten_times_as_much() {
    let (few, many) = (allocated(30), allocated(300));
    for (few, many) in few.into_iter().zip(many) {
        let growth = many as f64 / few as f64;
        // A part of the work does not depend on the document.
        assert!(
            (7.0..=10.5).contains(&growth),
            "{few} → {many}: {growth:.2}"
        );
    }
}
