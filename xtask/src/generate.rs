//! `cargo xtask generate`: regenerates the client, its tests and `API.md` from the vendored
//! document, the overlay and the record.
//!
//! Writes only the files that differ, and removes files that are no longer generated. Prints each,
//! and a report. If an input is refused or a file cannot be written, no file is changed. A
//! dependency that a manifest lacks is only reported.

use std::time::Instant;

use anyhow::Result;
use clap::Args;
use finch_gen::Generated;

use crate::diagnostics::{self, counted};
use crate::files::{self, Change};
use crate::manifest::{self, MANIFEST, Package, TESTS_MANIFEST};
use crate::output::{Output, status};
use crate::workspace::Changes;
use crate::{Outcome, Workspace};

/// The options of the command.
#[derive(Args, Clone, Copy, Debug, Default)]
pub struct Options {
    /// Prints every note of the report instead of one of each kind
    #[arg(long, short)]
    pub verbose: bool,
}

/// Writes the generated files that differ, removes the files that are no longer generated,
/// and prints a report.
///
/// # Errors
///
/// An input is refused, or a file cannot be written. In both cases no file is changed.
pub fn run(workspace: &Workspace, options: Options, out: &mut dyn Output) -> Result<Outcome> {
    let start = Instant::now();
    let generated = workspace.generate()?;
    let package = Package::read(workspace)?;
    let test_crates = manifest::tests_lack(workspace, &generated)?;
    let changes = workspace.changes(&generated).into_iter();
    let changes = changes.map(|(_, changes)| changes);
    let changes: Changes = changes.collect::<Result<Vec<_>>>()?.concat();
    files::apply(&workspace.path(""), &changes)?;
    let (mut written, mut removed) = (0, 0);
    for (path, change) in &changes {
        let (verb, count) = match change {
            Change::Write { .. } => ("Writing", &mut written),
            Change::Remove { .. } => ("Removing", &mut removed),
        };
        *count += 1;
        status(out, verb, path)?;
    }
    diagnostics::report(out, &generated.report, options.verbose)?;
    let Generated { counts, report, .. } = &generated;
    let of_client = [
        counted(counts.methods, "operation"),
        counted(counts.types, "type"),
        counted(counts.examples, "example"),
        counted(generated.lines(), "line"),
        diagnostics::of_report(report),
    ];
    status(out, "Generated", &of_client.join(", "))?;
    for (manifest, lacks) in [
        (MANIFEST, package.lacks(&generated)),
        (TESTS_MANIFEST, test_crates),
    ] {
        if let Some(lacks) = lacks {
            status(out, "Stale", &format!("{manifest}: {lacks}"))?;
        }
    }
    // The last file is the reference.
    let total = generated.client.len() + generated.tests.len() + 1;
    let seconds = start.elapsed().as_secs_f64();
    let summary = format!("{total} files: {written} written, {removed} removed, in {seconds:.2}s");
    status(out, "Finished", &summary)?;
    Ok(Outcome::Done)
}
