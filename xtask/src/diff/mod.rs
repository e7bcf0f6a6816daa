//! `cargo xtask diff`: prints what a new document changes, and the version of finch-api that it
//! requires. The new document is the vendored one or a given file. The old one is a git revision
//! (`HEAD` by default) or a file. Prints lines, Markdown or JSON.
//!
//! Each document is corrected before the comparison: a committed document by the overlay of its
//! commit, and every other document by the overlay of the work tree. Actions that match nothing are
//! ignored here, because `cargo xtask generate` reports them. If a change breaks, the exit code is
//! 4.

mod callers;
mod git;
mod json;
mod lines;
mod markdown;
pub(crate) mod version;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use finch_gen::{Bump, Comparison, Problems, Revision, Text, compare, load_and_overlay_matching};
use semver::Version;

use crate::output::Output;
use crate::workspace::{DOCUMENT, OVERLAY};
use crate::{Outcome, Workspace, diagnostics, output, read_text};
use callers::Callers;
use version::Versions;

/// The options of the command.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The git revision or the document to compare with
    #[arg(long, value_name = "REV|FILE", default_value = "HEAD")]
    pub base: String,
    /// The format of the output
    ///
    /// `xtask/src/diff/json.rs` describes the JSON.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// The document to compare instead of the vendored one
    pub file: Option<PathBuf>,
}

/// The format of a printed comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A line for each change
    #[default]
    Text,
    /// The body of a pull request, with the report of `cargo xtask generate`
    Markdown,
    /// One object, for a program
    Json,
}

/// The parts of the output.
struct Printed<'a> {
    /// The name of the old document.
    old: &'a str,
    /// The name of the new document.
    new: &'a str,
    comparison: &'a Comparison,
    callers: &'a Callers,
    versions: &'a Versions,
    /// The report of a generation, for a pull request that changes the vendored document.
    generation: Option<String>,
}

/// Compares two documents, and prints the changes.
///
/// # Errors
///
/// A document or the version of finch-api cannot be read.
pub fn run(workspace: &Workspace, options: &Options, out: &mut dyn Output) -> Result<Outcome> {
    let file = options.file.as_deref();
    let new_name = file.map_or(DOCUMENT.to_owned(), |path| path.display().to_string());
    let new_text = match file {
        Some(path) => read(path, &new_name)?,
        None => read(&workspace.path(DOCUMENT), DOCUMENT)?,
    };
    let comparison = compare_with(workspace, &options.base, &new_name, &new_text)?;
    let versions = Versions::read(workspace, &comparison)?;
    let generation = match (options.format, file) {
        (Format::Markdown, None) => Some(generation(workspace)?),
        _ => None,
    };
    let printed = Printed {
        old: &options.base,
        new: &new_name,
        comparison: &comparison,
        callers: &Callers::read(workspace)?,
        versions: &versions,
        generation,
    };
    match options.format {
        Format::Text => lines::print(out, &printed)?,
        Format::Markdown => output::lines(out, &markdown::print(&printed))?,
        Format::Json => output::json(out, &json::print(&printed))?,
    }
    Ok(match comparison.breaks() {
        true => Outcome::Breaks,
        false => Outcome::Done,
    })
}

/// Compares `base`, a revision or a file, with a new document.
fn compare_with(
    workspace: &Workspace,
    base: &str,
    new_name: &str,
    new_text: &str,
) -> Result<Comparison> {
    let overlay = workspace.path(OVERLAY);
    let overlay = overlay
        .exists()
        .then(|| read(&overlay, OVERLAY))
        .transpose()?;
    let overlay = overlay.as_deref().map(|text| Text {
        name: OVERLAY,
        text,
    });
    let old = self::base(workspace, base, overlay)?;
    let new = revision(new_name, new_text, overlay)?;
    Ok(compare(&old, &new))
}

/// The last release, and the version that the changes since then require.
pub(crate) struct Due {
    /// The tag of the release.
    pub(crate) tag: String,
    pub(crate) version: Version,
    pub(crate) bump: Bump,
    /// The number of changes.
    pub(crate) changes: String,
}

/// Compares the document with the one in the last release, if there is a release.
///
/// # Errors
///
/// A document cannot be read.
pub(crate) fn since_release(workspace: &Workspace) -> Result<Option<Due>> {
    let root = workspace.path("");
    let Some(tag) = git::release(&root) else {
        return Ok(None);
    };
    // The tag belongs to another project whose checkout contains this one.
    if git::show(&root, &tag, DOCUMENT, &tag)?.is_none() {
        return Ok(None);
    }
    let released = Version::parse(tag.trim_start_matches('v'))
        .with_context(|| format!("{tag}: this tag is not a version; tag a release as in v1.2.3"))?;
    let document = read(&workspace.path(DOCUMENT), DOCUMENT)?;
    let comparison = compare_with(workspace, &tag, DOCUMENT, &document)?;
    let bump = comparison.bump(released.major > 0);
    Ok(Some(Due {
        version: version::after(&released, bump),
        bump,
        changes: lines::counts(&comparison),
        tag,
    }))
}

/// Returns the report of a generation, or its errors.
fn generation(workspace: &Workspace) -> Result<String> {
    let mut lines = Vec::new();
    match workspace.generate() {
        Ok(generated) => {
            diagnostics::report(&mut lines, &generated.report, false)?;
            let counts = diagnostics::of_report(&generated.report);
            output::status(&mut lines, "Generated", &counts)?;
        }
        Err(error) => {
            diagnostics::error(&mut lines, &error)?;
            let next = "the client could not be generated; CONTRIBUTING.md describes what to do";
            output::status(&mut lines, "Failed", next)?;
        }
    }
    Ok(String::from_utf8(lines)?)
}

/// Returns the revision that `base` names: a file with `overlay`, or a commit.
fn base(workspace: &Workspace, base: &str, overlay: Option<Text<'_>>) -> Result<Revision> {
    let path = Path::new(base);
    // A folder may have the name of a branch.
    if path.exists() && !path.is_dir() {
        return revision(base, &read(path, base)?, overlay);
    }
    let Some(commit) = git::commit(&workspace.path(""), base)? else {
        if path.is_dir() {
            return read(path, base).and_then(|text| revision(base, &text, overlay));
        }
        anyhow::bail!(
            "{base}: neither a file nor a revision that git finds; give one of them with --base"
        );
    };
    let show = |path| git::show(&workspace.path(""), &commit, path, base);
    let document = show(DOCUMENT)?.with_context(|| {
        format!("{base}: it has no {DOCUMENT}; give a later revision, or a file")
    })?;
    let overlay = show(OVERLAY)?;
    let name = format!("{base}:{OVERLAY}");
    let overlay = overlay.as_deref().map(|text| Text { name: &name, text });
    revision(&format!("{base}:{DOCUMENT}"), &document, overlay)
}

fn read(path: &Path, name: &str) -> Result<String> {
    let text = read_text::of_file(path, name, "give the path of a document");
    Ok(text.map_err(Problems::from)?)
}

fn revision(name: &str, text: &str, overlay: Option<Text<'_>>) -> Result<Revision> {
    let document = load_and_overlay_matching(&Text { name, text }, overlay.as_ref())?;
    Ok(finch_gen::revision(document))
}
