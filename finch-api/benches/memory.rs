//! Compares the memory of this crate's client and of a handwritten client, during 1,000
//! exchanges with a local server.
//!
//! Prints a table with the number of allocations and the bytes allocated per call, without the
//! first call, which makes the connection. Also prints the peak since the creation of the
//! client, and the ratio of the two clients.

#[allow(dead_code, reason = "each bench needs a part of it")]
mod common;

use std::future::Future;

use common::{ByHand, exchange, finch_api, runtime, server};
use dhat::{Alloc, HeapStats, Profiler};

#[global_allocator]
static ALLOCATOR: Alloc = Alloc;

const CALLS: u64 = 1000;

/// Returns the allocations and bytes per call, and the peak in bytes.
fn measure<T, F: Future>(make: impl FnOnce() -> T, call: impl Fn(&T) -> F) -> [f64; 3] {
    let runtime = runtime();
    let _profiler = Profiler::builder().testing().build();
    let client = make();
    // The first call makes the connection.
    runtime.block_on(call(&client));
    let before = HeapStats::get();
    for _ in 0..CALLS {
        runtime.block_on(call(&client));
    }
    let after = HeapStats::get();
    [
        (after.total_blocks - before.total_blocks) as f64 / CALLS as f64,
        (after.total_bytes - before.total_bytes) as f64 / CALLS as f64,
        after.max_bytes as f64,
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
