//! An exchange against a loopback server, beside one that is written by hand: one
//! at a time, and 32 at once. What is measured is the processor time of the
//! client's thread.

#[allow(dead_code, reason = "each bench needs a part of it")]
mod common;

use std::future::Future;
use std::time::Duration;

use common::{ByHand, exchange, finch_api, runtime, server};
use cpu_time::ThreadTime;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{BenchmarkGroup, Criterion, criterion_group};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// Processor time of the thread, shown as criterion shows time.
struct ProcessorTime;

impl Measurement for ProcessorTime {
    type Intermediate = ThreadTime;
    type Value = Duration;

    fn start(&self) -> ThreadTime {
        ThreadTime::now()
    }

    fn end(&self, start: ThreadTime) -> Duration {
        start.elapsed()
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

fn bench<F, C>(group: &mut BenchmarkGroup<'_, ProcessorTime>, name: &str, at_once: usize, call: C)
where
    F: Future<Output: Send + 'static> + Send + 'static,
    C: Fn() -> F,
{
    let runtime = runtime();
    group.bench_function(name, |bencher| {
        bencher.iter(|| runtime.block_on(calls(at_once, &call)));
    });
}

fn benches(criterion: &mut Criterion<ProcessorTime>) {
    let url = server();
    for at_once in [1, 32] {
        let mut group = criterion.benchmark_group(format!("exchange, {at_once} at once"));
        let by_hand = ByHand::new(&url);
        bench(&mut group, "by hand", at_once, || {
            by_hand.clone().exchange()
        });
        let client = finch_api(&url);
        bench(&mut group, "finch-api", at_once, || {
            exchange(client.clone())
        });
        group.finish();
    }
}

/// What a call by hand costs and what one of `finch-api` does, in microseconds,
/// and the one for each of the other: by turns, so that what else the machine
/// does is shared alike, and the median of each.
fn compare(at_once: usize) -> [f64; 3] {
    const TURNS: usize = 300;
    let url = server();
    let runtime = runtime();
    let (by_hand, client) = (ByHand::new(&url), finch_api(&url));
    let mut turns = [(); 3].map(|()| Vec::with_capacity(TURNS));
    for _ in 0..TURNS {
        let one = cost(&runtime, at_once, || by_hand.clone().exchange());
        let other = cost(&runtime, at_once, || exchange(client.clone()));
        for (turns, figure) in turns.iter_mut().zip([one, other, other / one]) {
            turns.push(figure);
        }
    }
    turns.map(|mut figures| {
        figures.sort_by(f64::total_cmp);
        figures[TURNS / 2]
    })
}

/// What a call costs, in microseconds.
fn cost<F>(runtime: &Runtime, at_once: usize, call: impl Fn() -> F) -> f64
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    const CALLS: usize = 128;
    let start = ThreadTime::now();
    for _ in 0..CALLS / at_once {
        runtime.block_on(calls(at_once, &call));
    }
    start.elapsed().as_secs_f64() * 1e6 / CALLS as f64
}

/// So many calls at once.
async fn calls<F>(at_once: usize, call: impl Fn() -> F)
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    if at_once == 1 {
        call().await;
    } else {
        let calls: JoinSet<_> = (0..at_once).map(|_| call()).collect();
        calls.join_all().await;
    }
}

criterion_group! {
    name = all;
    config = Criterion::default().with_measurement(ProcessorTime).sample_size(50);
    targets = benches
}

#[allow(clippy::print_stdout, reason = "it is what a bench is for")]
fn main() {
    all();
    for at_once in [1, 32] {
        let [by_hand, finch_api, ratio] = compare(at_once);
        println!(
            "{at_once} at once: by hand {by_hand:.1} µs, finch-api {finch_api:.1} µs, ratio {ratio:.3}"
        );
    }
}
