//! `cargo xtask fuzz [TARGET…]`: runs the fuzz targets of finch-gen, each for 60 seconds by
//! default.
//!
//! Each target starts with the inputs of `finch-gen/tests/exhaustion`, and continues with inputs
//! that libFuzzer derives from them. Stops at the first target that finds a fault, and keeps the
//! input in `finch-gen/fuzz/artifacts`. An input that takes more than 20 seconds or a gigabyte is a
//! fault, too.

use std::fs;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::ci::{Step, run_steps, step};
use crate::output::Output;
use crate::{Outcome, Workspace};

/// The options of the command.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The targets to run instead of all
    #[arg(value_enum, value_name = "TARGET")]
    pub targets: Vec<Target>,
    /// The number of seconds for which each target tries new inputs
    #[arg(long, value_name = "NUMBER", default_value_t = 60)]
    pub seconds: u32,
}

/// A fuzz target, named like its file in `finch-gen/fuzz/fuzz_targets`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "each file describes its target")]
pub enum Target {
    Load,
    Bundle,
    Overlay,
    Lower,
    Generate,
}

/// The environment for compiling a target: the flags of cargo-fuzz, without a sanitizer. A
/// sanitizer requires a nightly toolchain and finds mistakes in unsafe code, which finch-gen
/// forbids.
const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "RUSTFLAGS",
        "--cfg=fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
         -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
         -Cllvm-args=-sanitizer-coverage-pc-table \
         -Cllvm-args=-sanitizer-coverage-trace-compares",
    ),
    ("CARGO_PROFILE_DEV_OPT_LEVEL", "1"),
];

const FOLDER: &str = "finch-gen/fuzz";

/// Runs the targets one after the other. Stops at the first target that finds a fault.
///
/// # Errors
///
/// Cargo cannot be run.
pub fn run(workspace: &Workspace, options: &Options, out: &mut dyn Output) -> Result<Outcome> {
    fs::create_dir_all(workspace.path(FOLDER).join("artifacts"))?;
    let targets = match &*options.targets {
        [] => Target::value_variants(),
        targets => targets,
    };
    let commands: Vec<String> = targets
        .iter()
        .map(|target| command(*target, options.seconds))
        .collect();
    let seeds = step("run --quiet --package finch-gen --example fuzz_seeds --locked");
    let targets = commands.iter().map(|arguments| Step {
        environment: ENVIRONMENT,
        ..step(arguments)
    });
    let steps: Vec<Step<'_>> = [seeds].into_iter().chain(targets).collect();
    run_steps(&steps, &workspace.path(""), out)
}

fn command(target: Target, seconds: u32) -> String {
    let target = target.to_possible_value().expect("no target is skipped");
    let name = target.get_name();
    let end = match seconds {
        // libFuzzer reads a limit of 0 seconds as no limit.
        0 => "-runs=0".to_owned(),
        seconds => format!("-max_total_time={seconds}"),
    };
    // Without `--target`, the flags would also apply to build scripts.
    format!(
        "run --quiet --package finch-gen-fuzz --bin {name} --target host-tuple --locked -- \
         {FOLDER}/corpus/{name} -artifact_prefix={FOLDER}/artifacts/{name}- -timeout=20 \
         -rss_limit_mb=1024 {end}"
    )
}
