//! `cargo xtask lower [FILE]`: prints a document as OpenAPI 3.0.3, and a report of the
//! changes.

use std::path::PathBuf;

use anyhow::Result;
use finch_gen::{Inputs, Problems, Text};

use crate::excerpt::Fault;
use crate::output::{self, Output};
use crate::{Outcome, Workspace, diagnostics, read_text};

/// The options of the command.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The document to lower without an overlay. `None` lowers the vendored document with our
    /// overlay.
    pub file: Option<PathBuf>,
    /// Whether to skip and report the parts that are refused, instead of refusing the
    /// document.
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
        Some(path) => {
            let name = path.display().to_string();
            let text = read_text::of_file(path, &name, "give the path of a text file");
            let text = text.map_err(Problems::from)?;
            let document = Text {
                name: &name,
                text: &text,
            };
            lower(&Inputs::of_document(document))?
        }
    };
    for note in lowered.report.iter() {
        output::line(errors, &note.to_string())?;
    }
    let refused: Vec<Fault> = lowered.refused.iter().map(Fault::from).collect();
    diagnostics::errors(errors, refused.iter())?;
    output::json(out, lowered.document.root())?;
    Ok(Outcome::Done)
}
