//! The work of the stages grows no faster than their input, even for hostile input. The tests
//! count allocations, which unlike time are the same on every machine. A generous limit on the
//! time catches work that allocates nothing, such as a comparison of all pairs.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

mod inputs;

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use cpu_time::ThreadTime;
use inputs::{Bound, INPUTS, Input, Text};

/// The maximum number of bytes in memory at once, if the work grows no faster than the input.
const PEAK: u64 = 200 << 20;

/// The maximum number of bytes in memory at once, and allocated in all, before a limit stops the
/// work.
const BOUND: [u64; 2] = [800 << 20, 20 << 30];

/// The maximum CPU time for an input: three times the time on an idle machine.
const TIME: Duration = Duration::from_secs(60);

/// The largest factor between the growth of the work and of the input.
const SLACK: f64 = 1.6;

/// The cost of an input of one size.
struct Cost {
    /// The length of the input.
    length: usize,
    /// The numbers of allocated blocks and bytes.
    total: [u64; 2],
    /// The maximum number of bytes in memory at once.
    peak: u64,
    /// The CPU time.
    time: Duration,
}

impl Cost {
    fn measure(input: &Input, size: usize) -> Self {
        let (text, generate): (_, fn(&str)) = match (input.text)(size) {
            Text::Document(text) => (text, finch_gen_fuzz::generate),
            Text::Files(text) => (text, finch_gen_fuzz::bundle),
            Text::Overlay(text) => (text, finch_gen_fuzz::overlay),
        };
        let start = ThreadTime::now();
        let counted = allocation_counter::measure(|| generate(&text));
        Self {
            length: text.len(),
            total: [counted.count_total, counted.bytes_total],
            peak: counted.bytes_max,
            time: start.elapsed(),
        }
    }

    /// Describes the cost if it exceeds the limits on bytes at once, bytes in all, or time.
    fn excess(&self, peak: u64, total: u64) -> Option<String> {
        let allocated = self.total[1];
        let is_within = self.peak <= peak && allocated <= total && self.time <= TIME;
        (!is_within).then(|| {
            let (at_once, time) = (self.peak, self.time.as_secs_f64());
            format!("{at_once} bytes at once, {allocated} in all, {time:.1} s")
        })
    }
}

/// Returns the fault of the cost of `input`.
fn check(input: &Input) -> Option<String> {
    let [peak, total] = BOUND;
    let excess = match input.bound {
        Bound::Growth => check_growth(input),
        Bound::Limit => Cost::measure(input, input.size).excess(peak, total),
        Bound::Tenth => Cost::measure(input, input.size).excess(peak / 10, total / 10),
    };
    excess.map(|what| format!("{}: {what}", input.name))
}

/// Returns the cost that grows faster than `input`.
fn check_growth(input: &Input) -> Option<String> {
    let (few, many) = (
        Cost::measure(input, input.size),
        Cost::measure(input, input.size * 4),
    );
    let longer = many.length as f64 / few.length as f64;
    for (few, many) in few.total.into_iter().zip(many.total) {
        let growth = many as f64 / few as f64;
        if growth > longer * SLACK {
            return Some(format!(
                "{longer:.1} times the text, {growth:.1} times the work"
            ));
        }
    }
    many.excess(PEAK, BOUND[1])
}

/// Calls `check` with each input, and asserts that it finds no fault.
fn for_each(check: fn(&Input) -> Option<String>) {
    let next = Mutex::new(INPUTS.iter());
    let failures = Mutex::new(Vec::new());
    let work = || {
        while let Some(input) = { next.lock().unwrap().next() } {
            // A stack overflow prints the name of its thread. The stack of a thread is smaller
            // than the main stack of a program.
            let thread = thread::Builder::new().name(input.name.to_owned());
            let failure = thread.spawn(move || check(input)).unwrap().join().unwrap();
            failures.lock().unwrap().extend(failure);
        }
    };
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn work_grows_no_faster_than_the_input() {
    for_each(check);
}

/// The test above already runs the other fuzz targets.
#[test]
fn the_fuzz_targets_accept_each_input() {
    for_each(|input| {
        if let Text::Document(text) = (input.text)(input.size) {
            finch_gen_fuzz::load(&text);
            finch_gen_fuzz::bundle(&text);
            finch_gen_fuzz::lower(&text);
        }
        None
    });
}
