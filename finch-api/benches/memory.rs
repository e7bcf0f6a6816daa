//! Compares the memory of this crate's client and of a handwritten client, during 1,000
//! exchanges with a local server. Counts the allocations of the thread that runs the client.
//!
//! Prints a table with the number of allocations and the bytes allocated per call, without the
//! first call, which makes the connection. Also prints the peak since the creation of the
//! client, and the ratio of the two clients.

#[allow(dead_code, reason = "each bench needs a part of it")]
mod common;

use std::future::Future;

use allocation_counter::AllocationInfo;
use common::{ByHand, exchange, finch_api, runtime, server};

const CALLS: u64 = 1000;

/// Returns the allocations and bytes per call, and the peak in bytes.
fn measure<T, F: Future>(make: impl FnOnce() -> T, call: impl Fn(&T) -> F) -> [f64; 3] {
    let runtime = runtime();
    let mut calls = AllocationInfo::default();
    let all = allocation_counter::measure(|| {
        let client = make();
        // The first call makes the connection.
        runtime.block_on(call(&client));
        calls = allocation_counter::measure(|| {
            for _ in 0..CALLS {
                runtime.block_on(call(&client));
            }
        });
    });
    [
        calls.count_total as f64 / CALLS as f64,
        calls.bytes_total as f64 / CALLS as f64,
        all.bytes_max as f64,
    ]
}

#[allow(clippy::print_stdout, reason = "a benchmark prints its results")]
fn main() {
    let url = server();
    let by_hand = measure(|| ByHand::new(&url), |client| client.clone().exchange());
    let finch_api = measure(|| finch_api(&url), |client| exchange(client.clone()));
    println!(
        "{:<24}{:>12}{:>12}{:>8}",
        "", "by hand", "finch-api", "ratio"
    );
    for (index, name) in ["allocations per call", "bytes per call", "peak in bytes"]
        .iter()
        .enumerate()
    {
        let [one, other] = [by_hand[index], finch_api[index]];
        println!("{name:<24}{one:>12.0}{other:>12.0}{:>8.2}", other / one);
    }
}
