//! Measures how long decoding the response of an exchange takes: with this crate's decoder, and
//! with plain serde_json. Both decode the same text into the same type,
//! `CreateAccessTokenResponse`.

#[allow(dead_code, reason = "each bench needs a part of it")]
mod common;
// Includes the source files, because the crate does not export the code that is measured.
#[allow(unused, reason = "its tests are not run here")]
#[path = "../src/runtime"]
mod runtime {
    pub(crate) mod decode;
    mod json_path;
    pub(crate) mod json_text;
    mod zeroizing_bytes;
}

use std::hint::black_box;

use common::TOKEN;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use finch_api::types::CreateAccessTokenResponse;

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Bytes(TOKEN.len() as u64));
    group.bench_function("serde_json", |bencher| {
        bencher.iter(|| -> CreateAccessTokenResponse {
            serde_json::from_slice(black_box(TOKEN).as_bytes()).expect("a token")
        });
    });
    group.bench_function("finch-api", |bencher| {
        bencher.iter(|| -> CreateAccessTokenResponse {
            runtime::decode::from_json(black_box(TOKEN).as_bytes()).expect("a token")
        });
    });
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
