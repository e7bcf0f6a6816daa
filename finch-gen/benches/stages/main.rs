//! Measures how long each stage takes for the vendored document and for synthetic documents.
//! The synthetic ones show whether the cost grows in proportion to the document. Measures CPU
//! time, so that other programs on the machine matter as little as possible.
//!
//! `cargo bench -p finch-gen` measures everything, `cargo bench -p finch-gen -- /1000` only
//! the largest document.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "in a bench, a panic is the message"
)]

mod synthetic;

use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use finch_gen::{Inputs, Text};

/// The CPU time of this thread.
struct CpuTime;

impl Measurement for CpuTime {
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

fn stages(criterion: &mut Criterion<CpuTime>) {
    let read = |name| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi");
        std::fs::read_to_string(format!("{folder}/{name}")).unwrap()
    };
    stages_on(
        criterion,
        "vendored",
        &read("finch.yaml"),
        &read("overlay.yaml"),
    );
    for size in [10, 100, 1000] {
        let document = synthetic::document(size);
        stages_on(
            criterion,
            &size.to_string(),
            &document,
            &synthetic::overlay(size),
        );
    }
}

/// Measures each stage on `document`. Each stage receives the result of the one before.
fn stages_on(criterion: &mut Criterion<CpuTime>, name: &str, document: &str, overlay: &str) {
    let inputs = Inputs {
        overlay: Some(Text {
            name: "overlay.yaml",
            text: overlay,
        }),
        crate_name: "client",
        ..Inputs::of_document(Text {
            name: "document.yaml",
            text: document,
        })
    };
    let document = finch_gen::load(&inputs.document).unwrap();
    let overlay = finch_gen::load(&inputs.overlay.unwrap()).unwrap();
    let corrected = finch_gen::apply_overlay(document.clone(), &overlay, true).unwrap();
    let lowered = finch_gen::lower(corrected.clone()).unwrap();
    let shaped = finch_gen::shape(&lowered);
    let openapi = finch_gen::preflight(&shaped).unwrap();
    let file = finch_gen::progenitor(openapi.clone(), &shaped).unwrap();
    let polish =
        |file| finch_gen::polish_and_emit(file, &lowered, &shaped, inputs.crate_name).unwrap();
    let tree = polish(file.clone());
    finch_gen::check_completeness(&corrected, &tree).unwrap();

    let mut bench = |stage: &str, run: &mut dyn FnMut(&mut criterion::Bencher<'_, CpuTime>)| {
        let mut group = criterion.benchmark_group(stage);
        group.sample_size(10);
        group.bench_function(BenchmarkId::from_parameter(name), run);
    };
    bench("load", &mut |b| {
        b.iter(|| finch_gen::load(black_box(&inputs.document)).unwrap());
    });
    bench("overlay", &mut |b| {
        b.iter_batched(
            || document.clone(),
            |document| finch_gen::apply_overlay(document, &overlay, true).unwrap(),
            BatchSize::LargeInput,
        );
    });
    bench("lower", &mut |b| {
        b.iter_batched(
            || corrected.clone(),
            |corrected| finch_gen::lower(corrected).unwrap(),
            BatchSize::LargeInput,
        );
    });
    bench("shape", &mut |b| {
        b.iter(|| finch_gen::shape(black_box(&lowered)))
    });
    bench("preflight", &mut |b| {
        b.iter(|| finch_gen::preflight(black_box(&shaped)).unwrap());
    });
    bench("progenitor", &mut |b| {
        b.iter(|| finch_gen::progenitor(black_box(openapi.clone()), &shaped).unwrap());
    });
    bench("polish", &mut |b| {
        b.iter_batched(|| file.clone(), polish, BatchSize::PerIteration);
    });
    bench("completeness", &mut |b| {
        b.iter(|| finch_gen::check_completeness(black_box(&corrected), &tree).unwrap());
    });
    bench("render", &mut |b| {
        b.iter_batched(
            || (tree.clone(), corrected.clone()),
            |(tree, corrected)| finch_gen::render(tree, corrected, &inputs),
            BatchSize::PerIteration,
        );
    });
}

criterion_group!(
    name = benches;
    config = Criterion::default().with_measurement(CpuTime);
    targets = stages
);
criterion_main!(benches);
