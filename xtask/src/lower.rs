//! `cargo xtask lower [FILE]`: prints a document as OpenAPI 3.0.3 in JSON, and a report of the
//! changes to standard error.
//!
//! Without a file, lowers the vendored document with its overlay. If a part is refused, the command
//! fails. With `--keep-going`, it skips the part and the operations that need it.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use finch_gen::Inputs;

use crate::excerpt::Fault;
use crate::output::{self, Output};
use crate::read_text::Input;
use crate::{Outcome, Workspace, diagnostics};

/// The options of the command.
#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// The document to lower instead of the vendored one, without the overlay
    pub file: Option<PathBuf>,
    /// Skips the parts that are refused, and the operations that need them
    #[arg(long)]
    pub keep_going: bool,
}

/// Prints the lowered document as JSON to `out`, and the report and the skipped parts to
/// `errors`.
///
/// # Errors
///
/// The document cannot be read or lowered.
pub fn run(
    workspace: &Workspace,
    options: &Options,
    out: &mut dyn Output,
    errors: &mut dyn Output,
) -> Result<Outcome> {
    let lower = |inputs: &Inputs<'_>| {
        finch_gen::lower_inputs(&Inputs {
            keep_going: options.keep_going,
            ..*inputs
        })
    };
    let lowered = match &options.file {
        None => workspace.with_inputs(lower)??,
        Some(path) => lower(&Inputs::of_document(Input::read(path)?.text()))?,
    };
    for note in lowered.report.iter() {
        output::line(errors, &note.to_string())?;
    }
    let refused: Vec<Fault> = lowered.refused.iter().map(Fault::from).collect();
    diagnostics::errors(errors, refused.iter())?;
    output::json(out, lowered.document.root())?;
    Ok(Outcome::Done)
}
