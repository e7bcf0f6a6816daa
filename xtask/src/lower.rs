//! `cargo xtask lower [FILE]`: the OpenAPI 3.0.3 document that a document
//! becomes, and what was changed on the way.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, Result};
use finch_gen::{Inputs, Text};

use crate::{Outcome, Workspace};

/// Prints the lowered document as JSON to `out`, and the report to `errors`: of
/// `file`, without an overlay, or else of the vendored document with ours.
///
/// # Errors
///
/// The document cannot be read or lowered.
pub fn run(
    workspace: &Workspace,
    file: Option<&Path>,
    out: &mut dyn Write,
    errors: &mut dyn Write,
) -> Result<Outcome> {
    let lowered = match file {
        None => workspace.with_inputs(finch_gen::lower_inputs)??,
        Some(path) => {
            let name = path.display().to_string();
            let text =
                fs::read_to_string(path).with_context(|| format!("{name}: cannot be read"))?;
            let document = Text {
                name: &name,
                text: &text,
            };
            finch_gen::lower_inputs(&Inputs::of_document(document))?
        }
    };
    write!(errors, "{}", lowered.report)?;
    writeln!(out, "{:#}", lowered.document.root())?;
    Ok(Outcome::Done)
}
