//! How long a client takes to compile, beside those that progenitor writes on
//! its own of the very same document.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, Result, bail};
use finch_gen::{Inputs, Interface};

use super::{krate, trial};
use crate::Workspace;

/// How often each crate is built. The least of its times counts: what else the
/// machine does can only add to it.
const ROUNDS: usize = 3;

/// What was measured of one crate.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    pub(super) what: &'static str,
    /// Lines of generated code, without tests.
    pub(super) lines: usize,
    /// `cargo check` of the crate alone.
    pub(super) check: Duration,
    /// `cargo build --release` of the crate alone.
    pub(super) release: Duration,
}

/// Measures the crate of `name`, which is there, and writes the others.
///
/// # Errors
///
/// What progenitor writes does not compile, or cannot be written.
pub(super) fn run(
    workspace: &Workspace,
    name: &str,
    inputs: &Inputs<'_>,
    lines: usize,
) -> Result<Vec<Measured>> {
    let mut crates = vec![(
        workspace.path("target/try").join(name),
        Measured::of("this client", lines),
    )];
    for (what, style, interface) in [
        (
            "progenitor, positional",
            "positional",
            Interface::Positional,
        ),
        ("progenitor, builder", "builder", Interface::Builder),
    ] {
        let code = finch_gen::progenitor_alone(inputs, interface)?;
        let measured = Measured::of(what, code.lines().count());
        let folder = krate::write_alone(workspace, &format!("{name}-{style}"), code)?;
        crates.push((folder, measured));
    }
    let target = workspace.path("target/try/target");
    // The first round is not counted: it builds what they depend on.
    for round in 0..=ROUNDS {
        for (folder, measured) in &mut crates {
            let check = time(folder, &target, &["check"])?;
            let release = time(folder, &target, &["build", "--release"])?;
            if round > 0 {
                measured.check = measured.check.min(check);
                measured.release = measured.release.min(release);
            }
        }
    }
    Ok(crates.into_iter().map(|(_, measured)| measured).collect())
}

impl Measured {
    fn of(what: &'static str, lines: usize) -> Self {
        Self {
            what,
            lines,
            check: Duration::MAX,
            release: Duration::MAX,
        }
    }
}

/// How long cargo takes, where of all crates only the one in `folder` is to be
/// built.
fn time(folder: &Path, target: &Path, arguments: &[&str]) -> Result<Duration> {
    let root = folder.join("src/lib.rs");
    File::options()
        .append(true)
        .open(&root)
        .and_then(|file| file.set_modified(SystemTime::now()))
        .with_context(|| format!("{}: cannot be touched", root.display()))?;
    let start = Instant::now();
    let output = trial::command(folder, target, arguments)
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTFLAGS")
        .output()?;
    let time = start.elapsed();
    if !output.status.success() {
        bail!(
            "{}: cannot be measured: it does not compile: {}",
            folder.display(),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(time)
}
