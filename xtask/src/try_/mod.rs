//! `cargo xtask try FILE…`: tries the generator on any OpenAPI documents.
//!
//! For each document, generates a client into `target/try/`, compiles it, and tests it. The tests
//! decode each example of a parameter or body, and encode it to the same JSON. They also decode a
//! sample of each union variant. Prints a row for each document, and its problems.

mod cargo;
mod krate;
mod measure;
mod report;
mod trial;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::output::Output;
use crate::read_text::Input;
use crate::{Outcome, Workspace};
use trial::Trial;

/// The options of the command.
#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// The OpenAPI documents, as YAML or JSON
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Skips the parts that are refused, and the operations that need them
    #[arg(long)]
    pub keep_going: bool,
    /// An OpenAPI Overlay 1.0 or 1.1 to apply to each document
    #[arg(long, value_name = "FILE")]
    pub overlay: Option<PathBuf>,
    /// Measures how long each client compiles, in comparison with progenitor's own output
    #[arg(long)]
    pub measure: bool,
}

/// Generates a client of each document into `target/try/`, checks and tests it, and prints
/// a row for each document, followed by its problems.
///
/// # Errors
///
/// A file cannot be read or written, two documents have the same name, or cargo cannot be run.
/// A problem of a document is a result of its trial, and not an error.
pub fn run(workspace: &Workspace, options: &Options, out: &mut dyn Output) -> Result<Outcome> {
    // Report wrong arguments before the first build.
    let overlay = options.overlay.as_deref().map(Input::read).transpose()?;
    let mut documents: Vec<(String, Input)> = Vec::new();
    for path in &options.files {
        let document = Input::read(path)?;
        let name = krate::name(path).with_context(|| {
            format!("{}: its name contains no letter: rename it", document.name)
        })?;
        if let Some((_, other)) = documents.iter().find(|(taken, _)| *taken == name) {
            bail!(
                "{} and {}: both have the name {name}: try one at a time, or rename one",
                other.name,
                document.name
            );
        }
        documents.push((name, document));
    }

    let width = documents.iter().map(|(name, _)| name.len()).max();
    let width = width.unwrap_or_default();
    report::header(out, width)?;
    let mut outcome = Outcome::Done;
    for (name, document) in &documents {
        let trial = Trial::run(workspace, name, document, overlay.as_ref(), options)?;
        report::row(out, width, name, &trial)?;
        if !trial.passed {
            outcome = Outcome::Failed;
        }
    }
    Ok(outcome)
}
