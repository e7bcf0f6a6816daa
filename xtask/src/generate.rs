//! `cargo xtask generate`: regenerates the client from the vendored document.

use std::io::Write;
use std::time::Instant;

use anyhow::Result;
use finch_gen::Generated;

use crate::diagnostics::{self, counted};
use crate::files::{self, Change};
use crate::output::status;
use crate::package::{MANIFEST, Package};
use crate::{Outcome, Workspace};

/// Writes what differs, removes what is no longer generated, and prints what it
/// did, what the client holds, and what of the document was changed for it.
///
/// # Errors
///
/// An input is not what it must be, in which case nothing is changed; or a file
/// cannot be written.
pub fn run(workspace: &Workspace, out: &mut dyn Write) -> Result<Outcome> {
    let start = Instant::now();
    let generated = workspace.generate()?;
    let package = Package::read(workspace)?;
    // All that can be wrong is found before the first file is touched.
    let changes = workspace.changes(&generated).into_iter();
    let changes = changes.map(|(_, changes)| changes);
    let changes = changes.collect::<Result<Vec<_>>>()?;
    let (mut written, mut removed) = (0, 0);
    for (path, change) in changes.iter().flatten() {
        let verb = match change {
            Change::Write { .. } => {
                written += 1;
                "Writing"
            }
            Change::Remove { .. } => {
                removed += 1;
                "Removing"
            }
        };
        status(out, verb, path)?;
        files::apply(&workspace.path(""), path, change)?;
    }
    diagnostics::report(out, &generated.report)?;
    let Generated { counts, report, .. } = &generated;
    let of_client = [
        counted(counts.methods, "operation"),
        counted(counts.types, "type"),
        counted(counts.examples, "example"),
        counted(generated.lines(), "line"),
        diagnostics::of_report(report),
    ];
    status(out, "Generated", &of_client.join(", "))?;
    if let Some(lacks) = package.lacks(&generated.crates) {
        status(out, "Stale", &format!("{MANIFEST}: {lacks}"))?;
    }
    // The reference is one.
    let total = generated.client.len() + generated.tests.len() + 1;
    let seconds = start.elapsed().as_secs_f64();
    let summary = format!("{total} files: {written} written, {removed} removed, in {seconds:.2}s");
    status(out, "Finished", &summary)?;
    Ok(Outcome::Done)
}
