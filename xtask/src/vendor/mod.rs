//! `cargo xtask vendor [SOURCE…]`: takes the document from the pages that publish it, and records
//! the pages.
//!
//! Reads the sources (or the recorded pages), merges their OpenAPI blocks into one document, and
//! writes `openapi/finch.yaml` and `openapi/SOURCE.toml`. If a page cannot be read, or two pages
//! contradict each other, nothing is written, and the error names every problem. A dry run prints
//! the changes instead.

mod addresses;
mod blocks;
mod bundle;
mod sources;
mod web;

use std::collections::BTreeMap;
use std::time::SystemTime;

use anyhow::Result;
use finch_gen::vendor::{self, Fragment, Subject, Vendored};
use finch_gen::{Page, Problem, Problems, Source, Text, sha256};

use self::blocks::{Asked, Choice};
use self::bundle::Bundle;
use self::sources::{Content, Found, Skips, Sources, refuse};
use crate::diagnostics::counted;
use crate::files;
use crate::output::{self, Output, status};
use crate::read_text::{self, problem};
pub use crate::vendor_options::{FetchPolicy, Options};
use crate::workspace::{Changes, DOCUMENT, SOURCE};
use crate::{Outcome, Workspace};

const HEADER: &str = "\
# The origin of finch.yaml, written by `cargo xtask vendor`. The generator refuses a
# finch.yaml with another sha256.
";

/// Vendors the document in the sources, and prints the fetched pages and the changed files. A
/// dry run prints the changes as a unified diff.
///
/// # Errors
///
/// A source cannot be read or has no document, or two sources contradict each other. The error
/// has every problem, with the name of its source. In these cases nothing is changed.
pub fn run(workspace: &Workspace, options: &Options, out: &mut dyn Output) -> Result<Outcome> {
    let before = pages_before(workspace, options)?;
    let mut skips = Skips::default();
    let Sources {
        found,
        problems,
        web,
        mut budget,
    } = sources::read(options, &before, &mut skips, out)?;
    let taken = take(&found, options, &before, &mut skips, problems);
    skips.print(out, options.verbose)?;
    let mut pages = taken?;
    bundle::bundle_all(&mut pages, &web, &mut budget, out)?;
    let fragments: Vec<Fragment<'_>> = pages.iter().flat_map(Taken::fragments).collect();
    let vendored = vendor::merge(&fragments)?;
    let record = record(&before, &vendored, pages);
    let operations = counted(vendored.operations, "operation");
    let from = counted(record.pages.len(), "page");
    let what = format!("{operations} from {from}, version {}", record.version);
    status(out, "Vendored", &what)?;

    let record = format!("{HEADER}{}", record.to_toml());
    let mut changes = Changes::new();
    for (path, text) in [(DOCUMENT, vendored.text), (SOURCE, record)] {
        if let Some(change) = files::change(&workspace.path(path), &text)? {
            changes.push((path.to_owned(), change));
        }
    }
    if changes.is_empty() {
        let what = format!("{DOCUMENT} and {SOURCE}: as vendored");
        status(out, "Fresh", &what)?;
        return Ok(Outcome::Done);
    }
    let count = counted(changes.len(), "file");
    if options.dry_run {
        for (path, change) in &changes {
            output::lines(out, &files::diff(path, change))?;
        }
        status(out, "Stale", &format!("{count} would change"))?;
        return Ok(Outcome::Stale);
    }
    files::apply(&workspace.path(""), &changes)?;
    for (path, _) in &changes {
        status(out, "Writing", path)?;
    }
    let what = format!("{count} written: run `cargo xtask generate`");
    status(out, "Finished", &what)?;
    Ok(Outcome::Done)
}

/// Returns the recorded pages.
///
/// # Errors
///
/// The record cannot be read, and the options name no sources.
fn pages_before(workspace: &Workspace, options: &Options) -> Result<Vec<Page>, Problems> {
    let text = read_text::of_file(&workspace.path(SOURCE), SOURCE, "name the pages as SOURCEs");
    let record = text.map_err(Problems::from).and_then(|text| {
        let text = &text;
        Source::read(&Text { name: SOURCE, text })
    });
    match record {
        Ok(record) => Ok(record.pages),
        // The new record replaces an unreadable one.
        Err(_) if !options.sources.is_empty() => Ok(Vec::new()),
        Err(problems) => Err(problems),
    }
}

/// A page with an OpenAPI document.
struct Taken<'a> {
    page: &'a Found,
    /// The names of the taken blocks, if the page has other blocks.
    blocks: Vec<String>,
    /// The documents, each with its bundle if it refers to files.
    documents: Vec<(Fragment<'a>, Option<Bundle>)>,
}

impl Taken<'_> {
    fn fragments(&self) -> impl Iterator<Item = Fragment<'_>> {
        self.documents
            .iter()
            .map(|(fragment, bundle)| match bundle {
                Some(bundle) => Fragment {
                    page: &bundle.name,
                    lines_before: 0,
                    text: &bundle.text,
                    ..*fragment
                },
                None => *fragment,
            })
    }

    /// Returns the SHA-256 of each file that the documents refer to, by its published address.
    fn files(&self) -> BTreeMap<String, String> {
        let bundles = self
            .documents
            .iter()
            .filter_map(|(_, bundle)| bundle.as_ref());
        bundles.flat_map(|bundle| bundle.files.clone()).collect()
    }
}

/// Returns the pages with an OpenAPI document, and the parts to take from them.
///
/// # Errors
///
/// `problems`, the problems of the pages, and of the named blocks.
fn take<'a>(
    found: &'a [Found],
    options: &Options,
    before: &[Page],
    skips: &mut Skips,
    mut problems: Vec<Problem>,
) -> Result<Vec<Taken<'a>>, Problems> {
    let mut pages = Vec::new();
    for name in &options.blocks {
        if Subject::parse(name).is_none() {
            let what = format!("{name:?} does not name a block");
            let remedy = "write a method and a path, as in --block 'post /auth/token', or \
                          'webhook NAME'";
            problems.push(problem("--block", what, remedy));
        }
    }
    let mut asked = Asked::new(&options.blocks);
    for page in found {
        match &page.content {
            Content::Fragments(found) => {
                let choice = match recorded_blocks(options, before, page) {
                    [] => asked.choose(&page.name, found),
                    names => choose_all(&page.name, found, names),
                };
                match choice {
                    Ok(choice) => {
                        let fragments = choice.fragments.into_iter().map(|found| Fragment {
                            page: &page.name,
                            lines_before: found.lines_before,
                            subject: found.subject(),
                            text: &found.text,
                        });
                        pages.push(Taken {
                            page,
                            blocks: choice.names,
                            documents: fragments.map(|fragment| (fragment, None)).collect(),
                        });
                    }
                    Err(wrong) => problems.push(wrong),
                }
            }
            Content::Skipped(why) => skips.push(why, &page.name),
            Content::Refused(wrong) => problems.push(wrong.clone()),
            // The list contains the pages of an index separately.
            Content::Index(_) => {}
        }
    }
    // A refused page may be the one with the block.
    if problems.is_empty() {
        problems.extend(asked.missing().map(|name| {
            let what = format!("no page has a block `{name}`");
            problem("--block", what, "correct the name")
        }));
    }
    refuse(problems)?;
    Ok(pages)
}

/// Returns the names of the blocks to take again from `page`.
fn recorded_blocks<'a>(options: &Options, before: &'a [Page], page: &Found) -> &'a [String] {
    if !(options.sources.is_empty() && options.blocks.is_empty()) {
        return &[];
    }
    let recorded = before.iter().find(|before| before.address == page.address);
    recorded.map_or(&[], |page| &page.blocks)
}

/// Chooses the recorded blocks among `fragments`, the blocks of `page`.
fn choose_all<'a>(
    page: &str,
    fragments: &'a [sources::Fragment],
    names: &[String],
) -> Result<Choice<'a>, Problem> {
    let mut asked = Asked::new(names);
    let choice = asked.choose(page, fragments)?;
    match asked.missing().next() {
        None => Ok(choice),
        Some(name) => Err(problem(
            page,
            format!("no longer has the block `{name}`, which {SOURCE} records"),
            "name the page as a SOURCE, and its blocks with --block",
        )),
    }
}

/// Returns the record of `vendored`, which comes from `pages`. A page that equals its entry in
/// `before` keeps its date.
fn record(before: &[Page], vendored: &Vendored, pages: Vec<Taken<'_>>) -> Source {
    let today = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let today = today.split('T').next().unwrap_or_default();
    let page = |taken: Taken<'_>| {
        let mut page = Page {
            address: taken.page.address.clone(),
            sha256: taken.page.sha256.clone(),
            date: today.to_owned(),
            files: taken.files(),
            blocks: taken.blocks,
        };
        let key = |page: &Page| {
            (
                page.address.clone(),
                page.sha256.clone(),
                page.files.clone(),
            )
        };
        let is_same = |before: &&Page| key(before) == key(&page);
        if let Some(before) = before.iter().find(is_same) {
            page.date.clone_from(&before.date);
        }
        page
    };
    let mut pages: Vec<Page> = pages.into_iter().map(page).collect();
    pages.sort();
    pages.dedup();
    Source {
        sha256: sha256(&vendored.text),
        version: vendored.version.clone(),
        pages,
    }
}
