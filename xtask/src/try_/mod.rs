//! `cargo xtask try`: generates a client of any document, compiles it, and tests it with the
//! examples of the document.

mod cargo;
mod krate;
mod measure;
mod report;
mod trial;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use finch_gen::Problems;

use crate::output::Output;
use crate::{Outcome, Workspace, read_text};
use trial::Trial;

/// The options of the command.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The OpenAPI documents, as YAML or JSON.
    pub files: Vec<PathBuf>,
    /// An OpenAPI Overlay to apply to each document.
    pub overlay: Option<PathBuf>,
    /// Whether to skip and report an operation that is refused, instead of refusing its
    /// document.
    pub keep_going: bool,
    /// Whether to measure how long each client compiles, in comparison with clients that
    /// progenitor alone writes.
    pub measure: bool,
}

/// An input file.
#[derive(Clone, Debug)]
struct Input {
    path: PathBuf,
    /// The path as messages show it.
    name: String,
    text: String,
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
    let overlay = options.overlay.as_deref().map(read).transpose()?;
    let mut documents: Vec<(String, Input)> = Vec::new();
    for path in &options.files {
        let document = read(path)?;
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

fn read(path: &Path) -> Result<Input> {
    let name = path.display().to_string();
    let text = read_text::of_file(path, &name, "give the path of a text file");
    let text = text.map_err(Problems::from)?;
    let path = path.to_owned();
    Ok(Input { path, name, text })
}
