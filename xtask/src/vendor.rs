//! `cargo xtask vendor`: the document from where it is published, and the record
//! of where that is.

mod addresses;
mod sources;
mod web;

use std::io::Write;
use std::time::SystemTime;

use anyhow::Result;
use finch_gen::vendor::{self, Fragment, Vendored};
use finch_gen::{Page, Problem, Source, Text, sha256};

use self::sources::{Content, Found, refuse};
pub use self::web::Manners;
use crate::diagnostics::counted;
use crate::files::{self, Change};
use crate::output::{self, status};
use crate::workspace::{DOCUMENT, SOURCE};
use crate::{Outcome, Workspace, text};

const HEADER: &str = "\
# Where finch.yaml came from: `cargo xtask vendor` writes this. A generation refuses
# a finch.yaml of another sha256.
";

/// What to vendor, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// Paths of files and addresses, each of a document, a page of documentation,
    /// or an index of such pages by the name of `llms.txt`.
    pub sources: Vec<String>,
    /// The address that the only source, a file, was saved from. An index that is a file
    /// needs it, as only pages with the origin of their index are fetched.
    pub page: Option<String>,
    /// The most pages that an index may list.
    pub max_pages: usize,
    /// Whether to show what would change, in the place of changing it.
    pub dry_run: bool,
    /// Whether there is a person to whom a bar says how far it is.
    pub is_terminal: bool,
    /// How the site is asked for its pages.
    pub manners: Manners,
}

/// Makes the document that the sources are, or are parts of, the vendored one,
/// and prints what it asked for and what it changed; in a dry run what it would
/// change, as a unified diff.
///
/// # Errors
///
/// A source cannot be read or has no document in it, or two of them say
/// different things: all that is wrong, with the source's name. Nothing is
/// changed then.
pub fn run(workspace: &Workspace, options: &Options, out: &mut dyn Write) -> Result<Outcome> {
    let (found, problems) = sources::read(options, out)?;
    let (pages, fragments) = fragments(&found, problems, out)?;
    let vendored = vendor::merge(&fragments)?;
    let record = record(workspace, &vendored, &pages);
    status(out, "Vendored", &summary(&vendored, &record))?;

    let record = format!("{HEADER}{}", record.to_toml());
    let mut changes = Vec::new();
    for (path, text) in [(DOCUMENT, vendored.text), (SOURCE, record)] {
        if let Some(change) = files::change(&workspace.path(path), &text)? {
            changes.push((path, change));
        }
    }
    if changes.is_empty() {
        status(
            out,
            "Fresh",
            &format!("{DOCUMENT} and {SOURCE}: as vendored"),
        )?;
        return Ok(Outcome::Done);
    }
    if options.dry_run {
        for (path, change) in &changes {
            output::lines(out, &files::diff(path, change))?;
        }
        let what = format!("{} would change", counted(changes.len(), "file"));
        status(out, "Stale", &what)?;
        return Ok(Outcome::Stale);
    }
    write(workspace, &changes, out)?;
    Ok(Outcome::Done)
}

/// The pages that have something of OpenAPI, and what they have; or all that is
/// wrong, the `problems` of what was not found first.
fn fragments<'a>(
    found: &'a [Found],
    mut problems: Vec<Problem>,
    out: &mut dyn Write,
) -> Result<(Vec<&'a Found>, Vec<Fragment<'a>>)> {
    let (mut pages, mut fragments) = (Vec::new(), Vec::new());
    for page in found {
        let name = &page.name;
        match &page.content {
            Content::Fragments(found) => {
                pages.push(page);
                fragments.extend(found.iter().map(|found| Fragment {
                    page: name,
                    lines_before: found.lines_before,
                    text: &found.text,
                }));
            }
            Content::Skipped(why) => status(out, "Skipped", &format!("{name}: {why}"))?,
            Content::Refused(wrong) => problems.push(wrong.clone()),
            // Its pages are here instead.
            Content::Index(_) => {}
        }
    }
    refuse(problems)?;
    Ok((pages, fragments))
}

/// The record of `pages`, of which `vendored` was made. A page that is recorded
/// already, as it is now, keeps its day.
fn record(workspace: &Workspace, vendored: &Vendored, pages: &[&Found]) -> Source {
    // A record that cannot be read is replaced.
    let before = text::of_file(&workspace.path(SOURCE), SOURCE, "").unwrap_or_default();
    let before = Source::read(&Text {
        name: SOURCE,
        text: &before,
    });
    let before = before.map(|record| record.pages).unwrap_or_default();
    let today = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let today = today.split('T').next().unwrap_or_default();
    let page = |found: &&Found| {
        let (address, sha256) = (found.address.clone(), found.sha256.clone());
        let is_same = |page: &&Page| page.address == address && page.sha256 == sha256;
        let day = before.iter().find(is_same);
        let date = day.map_or(today, |page| &page.date).to_owned();
        Page {
            address,
            sha256,
            date,
        }
    };
    let mut pages: Vec<Page> = pages.iter().map(page).collect();
    pages.sort();
    pages.dedup();
    Source {
        sha256: sha256(&vendored.text),
        version: vendored.version.clone(),
        pages,
    }
}

fn summary(vendored: &Vendored, record: &Source) -> String {
    format!(
        "{} of {}, version {}",
        counted(vendored.operations, "operation"),
        counted(record.pages.len(), "page"),
        record.version
    )
}

fn write(workspace: &Workspace, changes: &[(&str, Change)], out: &mut dyn Write) -> Result<()> {
    let mut files = Vec::new();
    for (path, change) in changes {
        if let Change::Write { after, .. } = change {
            files.push((workspace.path(path), after.as_str()));
        }
    }
    files::write_together(&files)?;
    for (path, _) in changes {
        status(out, "Writing", path)?;
    }
    let files = counted(changes.len(), "file");
    status(
        out,
        "Finished",
        &format!("{files} written: run `cargo xtask generate`"),
    )?;
    Ok(())
}
