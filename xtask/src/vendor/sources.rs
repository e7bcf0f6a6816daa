//! Reads the texts of the sources: the files and addresses that the user names, or else the
//! recorded pages. Also reads the pages of the same origin that an `llms.txt` lists.
//!
//! Keeps only the OpenAPI documents of each text. Skips most listed pages without one, with a
//! reason such as `no OpenAPI block`. A named or recorded page without one is a problem. Refuses
//! sources that are larger than 16 MiB together.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use anyhow::Result;
use finch_gen::vendor::Subject;
use finch_gen::{Page, Problem, Problems, Text, sha256, vendor, visible};
use indicatif::{ProgressBar, ProgressStyle};
use url::Url;

use super::web::{self, Fetched, Web};
use super::{FetchPolicy, Options};
use crate::diagnostics::counted;
use crate::output::{Output, status};
use crate::read_text::{self, problem};
use crate::workspace::SOURCE;

/// The file name that identifies an index.
const INDEX: &str = "llms.txt";

/// A source, reduced to the needed part.
pub(super) struct Found {
    /// The name in messages: the path or address that the user gave.
    pub(super) name: String,
    /// The published address of the page. An index in a file may have none.
    pub(super) address: String,
    /// The address that the source was fetched from, after redirects; `None` for a file.
    pub(super) fetched_from: Option<Url>,
    /// The SHA-256 of the whole text.
    pub(super) sha256: String,
    pub(super) content: Content,
}

/// The part of a text that stays in memory.
pub(super) enum Content {
    /// The documents: the text itself, or the OpenAPI blocks of a page.
    Fragments(Vec<Fragment>),
    /// The whole text of an index.
    Index(String),
    /// Nothing, for this reason. Many pages of an index contain no document.
    Skipped(&'static str),
    /// Nothing, because of this problem.
    Refused(Problem),
}

/// Corresponds to [`vendor::Fragment`], but owns its text.
pub(super) struct Fragment {
    pub(super) lines_before: usize,
    /// The subject as the fence names it.
    pub(super) subject: Option<String>,
    pub(super) text: String,
}

impl Fragment {
    /// Returns the subject, if the fence names a block.
    pub(super) fn subject(&self) -> Option<Subject<'_>> {
        self.subject.as_deref().and_then(Subject::parse)
    }
}

/// The addresses that were skipped, by the reason.
#[derive(Default)]
pub(super) struct Skips(BTreeMap<&'static str, Vec<String>>);

impl Skips {
    pub(super) fn push(&mut self, reason: &'static str, address: impl Into<String>) {
        self.0.entry(reason).or_default().push(address.into());
    }

    /// Prints a line for each reason, or for each address if `is_verbose`.
    pub(super) fn print(&self, out: &mut dyn Output, is_verbose: bool) -> io::Result<()> {
        for (reason, addresses) in &self.0 {
            if addresses.len() > 1 && !is_verbose {
                let count = counted(addresses.len(), "page");
                let line = format!("{count}: {reason}; --verbose lists them");
                status(out, "Skipped", &line)?;
                continue;
            }
            for address in addresses {
                status(out, "Skipped", &format!("{address}: {reason}"))?;
            }
        }
        Ok(())
    }
}

impl Found {
    /// Keeps the needed part of `text`. `is_listed` distinguishes a page of an index from a
    /// SOURCE of the command.
    fn new(
        name: String,
        address: String,
        fetched_from: Option<Url>,
        is_listed: bool,
        text: String,
    ) -> Self {
        let sha256 = sha256(&text);
        let content = if !is_listed && is_index(&name) {
            Content::Index(text)
        } else {
            Content::of_page(&name, is_listed, &text)
        };
        Self {
            name,
            address,
            fetched_from,
            sha256,
            content,
        }
    }
}

impl Content {
    fn of_page(name: &str, is_listed: bool, text: &str) -> Self {
        let fragments = |found: &[vendor::Fragment<'_>]| {
            let fragments = found.iter().map(|found| Fragment {
                lines_before: found.lines_before,
                subject: found.subject.map(|subject| match subject.file {
                    Some(file) => format!("{file} {subject}"),
                    None => subject.to_string(),
                }),
                text: found.text.to_owned(),
            });
            Self::Fragments(fragments.collect())
        };
        match vendor::content(&Text { name, text }) {
            Ok(vendor::Content::Document(_)) if is_listed => {
                Self::Skipped("a whole document: name it as a SOURCE to vendor it")
            }
            Ok(vendor::Content::Document(document)) => fragments(&[document]),
            Ok(vendor::Content::Page(blocks)) => fragments(&blocks),
            Ok(vendor::Content::Nothing) if is_listed => Self::Skipped("no OpenAPI block"),
            // HTML instead of Markdown may be a login page.
            Ok(vendor::Content::Html) if is_listed && !name.ends_with(".md") => {
                Self::Skipped("HTML, not Markdown")
            }
            Ok(vendor::Content::Html) => Self::Refused(vendor::html(name)),
            Ok(vendor::Content::Nothing) => Self::Refused(vendor::nothing(name)),
            Err(wrong) => Self::Refused(wrong),
        }
    }
}

fn is_index(name: &str) -> bool {
    let path = name.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').next() == Some(INDEX)
}

/// The remaining bytes of all sources.
pub(super) struct Budget {
    left: usize,
    total: usize,
}

impl Budget {
    fn new(total: usize) -> Self {
        Self { left: total, total }
    }

    /// Subtracts the bytes of `text`. Messages call it `name`.
    pub(super) fn take(&mut self, name: &str, text: &str) -> Result<(), Problem> {
        match self.left.checked_sub(text.len()) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                let total = self.total >> 20;
                let what = format!("with it, the sources are larger than {total} MiB");
                let remedy = "name only pages that have an OpenAPI block";
                Err(problem(name, what, remedy))
            }
        }
    }
}

/// The sources that were read.
pub(super) struct Sources {
    pub(super) found: Vec<Found>,
    /// The problems of the other sources.
    pub(super) problems: Vec<Problem>,
    pub(super) web: Web,
    /// The remaining budget.
    pub(super) budget: Budget,
}

/// Reads the sources and the pages that indices list, and prints each address to `out`.
/// Without sources, reads the pages of the `record`.
///
/// # Errors
///
/// An argument is wrong, the sources are over the budget, or `out` cannot be written to.
pub(super) fn read(
    options: &Options,
    record: &[Page],
    skips: &mut Skips,
    out: &mut dyn Output,
) -> Result<Sources> {
    let mut budget = Budget::new(options.manners.total);
    // Report wrong arguments before the first request.
    let (mut found, addresses) = match options.sources[..] {
        [] => (Vec::new(), recorded(options, record)?),
        _ => arguments(options, record, &mut budget)?,
    };
    let mut reader = Reader {
        web: Web::new(&options.manners)?,
        seen: HashSet::new(),
        problems: Vec::new(),
        budget,
        options,
        skips,
        out,
    };
    found.extend(reader.fetch(addresses, false)?);
    let mut listed = Vec::new();
    for source in &found {
        if let Content::Index(text) = &source.content {
            listed.extend(reader.links(source, text)?);
        }
    }
    found.extend(reader.fetch(listed, true)?);
    let Reader {
        web,
        problems,
        budget,
        ..
    } = reader;
    Ok(Sources {
        found,
        problems,
        web,
        budget,
    })
}

/// Returns the addresses of the recorded pages.
fn recorded(options: &Options, record: &[Page]) -> Result<Vec<Url>, Problems> {
    let (mut addresses, mut problems) = (Vec::new(), Vec::new());
    for Page { address, .. } in record {
        match self::address(address, &options.manners) {
            Ok(Some(address)) => addresses.push(address),
            Ok(None) => {
                let what = format!("records {address:?}, which is not an address");
                let remedy = "name the page as a SOURCE";
                problems.push(problem(SOURCE, what, remedy));
            }
            Err(wrong) => problems.push(wrong),
        }
    }
    if record.is_empty() {
        let remedy = "name the pages as SOURCEs";
        problems.push(problem(SOURCE, "records no page", remedy));
    }
    problems.extend(options.pages.iter().map(|page| no_page_of_a_file(page)));
    refuse(problems)?;
    Ok(addresses)
}

/// Reads the sources that are files, and returns the other sources as addresses. The n-th file
/// comes from the n-th page in the options.
fn arguments(
    options: &Options,
    record: &[Page],
    budget: &mut Budget,
) -> Result<(Vec<Found>, Vec<Url>)> {
    let mut problems = Vec::new();
    let (mut found, mut addresses) = (Vec::new(), Vec::new());
    let mut pages = options.pages.iter();
    for source in &options.sources {
        let page = match address(source, &options.manners) {
            Ok(Some(address)) => {
                addresses.push(address);
                continue;
            }
            Ok(None) => pages.next(),
            Err(wrong) => {
                problems.push(wrong);
                continue;
            }
        };
        match (file(source, budget), page) {
            (Err(wrong), _) => problems.push(wrong),
            (Ok(text), Some(page)) => match address(page, &options.manners) {
                Ok(Some(page)) => {
                    found.push(Found::new(source.clone(), page.into(), None, false, text));
                }
                Ok(None) => problems.push(no_page_of_a_file(page)),
                Err(wrong) => problems.push(wrong),
            },
            // An index without an address is not recorded, and its pages cannot be fetched.
            (Ok(text), None) if is_index(source) => {
                found.push(Found::new(source.clone(), String::new(), None, false, text));
            }
            (Ok(_), None) => problems.push(unpublished(source, record)),
        }
    }
    problems.extend(pages.map(|page| no_page_of_a_file(page)));
    refuse(problems)?;
    Ok((found, addresses))
}

fn no_page_of_a_file(page: &str) -> Problem {
    let what = format!("{page:?} does not match a SOURCE that is a file");
    let remedy = "give one for each SOURCE that is a file, in their order: its https:// address";
    problem("--page", what, remedy)
}

/// Returns the problem of a file with an unknown address.
fn unpublished(source: &str, record: &[Page]) -> Problem {
    let last = |path: &str| path.rsplit('/').next().map(str::to_owned);
    let mut recorded = record.iter().map(|page| &page.address);
    let page = recorded.find(|address| last(address) == last(source));
    let example = page.map_or("URL", String::as_str);
    problem(
        source,
        "the published address of this file is unknown, but must be recorded",
        format!("give it with --page {example}"),
    )
}

/// Parses `source` if it is an address and not a path.
fn address(source: &str, manners: &FetchPolicy) -> Result<Option<Url>, Problem> {
    if !source.contains("://") {
        return Ok(None);
    }
    let address = Url::parse(source);
    let address = address.map_err(|error| (error.to_string(), "give an https:// address"));
    let address = address.and_then(|address| web::check(&address, manners).map(|()| address));
    let mut address = address.map_err(|(what, remedy)| problem(source, what, remedy))?;
    // A fragment identifies a part of the page, but the whole page is fetched.
    address.set_fragment(None);
    Ok(Some(address))
}

fn file(source: &str, budget: &mut Budget) -> Result<String, Problem> {
    let remedy = "give the path of a text file, or an address";
    let text = read_text::of_file(Path::new(source), source, remedy)?;
    budget.take(source, &text)?;
    Ok(text)
}

/// The state of one run of the command.
struct Reader<'a> {
    options: &'a Options,
    skips: &'a mut Skips,
    out: &'a mut dyn Output,
    web: Web,
    seen: HashSet<Url>,
    problems: Vec<Problem>,
    budget: Budget,
}

impl Reader<'_> {
    /// Fetches each of `addresses` that was not fetched before.
    ///
    /// # Errors
    ///
    /// The pages are over the budget, or `out` cannot be written to.
    fn fetch(&mut self, mut addresses: Vec<Url>, is_listed: bool) -> Result<Vec<Found>> {
        addresses.retain(|address| self.seen.insert(address.clone()));
        let bar = self.options.is_terminal.then(|| bar(addresses.len()));
        let mut printed = Ok(());
        let mut too_large = None;
        // Keyed by index, because the answers come in any order.
        let mut texts = BTreeMap::new();
        self.web.get_all(&addresses, |index, text| {
            let address = &addresses[index];
            match &bar {
                Some(bar) => {
                    bar.set_message(visible(address.as_str()).into_owned());
                    bar.inc(1);
                }
                None if printed.is_ok() => {
                    let verb = if text.is_ok() { "Fetched" } else { "Failed" };
                    printed = status(self.out, verb, address.as_str());
                }
                None => {}
            }
            let name = address.to_string();
            if let Ok(Fetched { text, .. }) = &text
                && let Err(wrong) = self.budget.take(&name, text)
            {
                too_large = Some(wrong);
                return ControlFlow::Break(());
            }
            let found = text.map(|Fetched { at, text }| {
                Found::new(name.clone(), name, Some(at), is_listed, text)
            });
            texts.insert(index, found);
            ControlFlow::Continue(())
        });
        printed?;
        if let Some(wrong) = too_large {
            return Err(Problems::from(wrong).into());
        }
        bar.inspect(ProgressBar::finish_and_clear);
        let mut found = Vec::new();
        for text in texts.into_values() {
            match text {
                Ok(text) => found.push(text),
                Err(wrong) => self.problems.push(wrong),
            }
        }
        Ok(found)
    }

    /// Returns the pages that `index`, with this text, lists and that have the same origin.
    fn links(&mut self, index: &Found, text: &str) -> io::Result<Vec<Url>> {
        let name = &index.name;
        let links = vendor::links(&Text { name, text });
        let links = links.unwrap_or_else(|wrong| {
            self.problems.push(wrong);
            Vec::new()
        });
        let most = self.options.max_pages;
        if links.len() > most {
            let what = format!("lists {}, more than {most}", counted(links.len(), "page"));
            let remedy = "check that it is the index; if it is, raise the number with --max-pages";
            self.problems.push(problem(name, what, remedy));
            return Ok(Vec::new());
        }
        let Ok(site) = Url::parse(&index.address) else {
            let remedy = "give the address it was saved from with --page: only pages with the same \
                          origin are fetched";
            let what = "an index that is a file, from an unknown origin";
            self.problems.push(problem(name, what, remedy));
            return Ok(Vec::new());
        };
        let mut pages = Vec::new();
        for link in links {
            match site.join(&link) {
                Ok(page) if page.origin() == site.origin() => pages.push(page),
                Ok(page) => self.skips.push("on another host", page),
                Err(error) => {
                    let what = format!("lists {link:?}: {error}");
                    self.problems.push(problem(name, what, "correct the link"));
                }
            }
        }
        status(
            self.out,
            "Fetching",
            &format!("{} of {name}", counted(pages.len(), "page")),
        )?;
        Ok(pages)
    }
}

fn bar(length: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix:>12} [{bar:25}] {pos}/{len} {wide_msg}");
    let style = style.expect("the template is valid, as a test checks");
    let bar = ProgressBar::new(length as u64).with_prefix("Fetching");
    bar.with_style(style.progress_chars("=> "))
}

/// Fails with `problems` unless the list is empty.
pub(super) fn refuse(problems: Vec<Problem>) -> Result<(), Problems> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(problems.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only the blocks of a page stay in memory, even if the page is long.
    #[test]
    fn only_the_blocks_of_a_page_are_kept() {
        let block = "openapi: 3.1.0\n";
        let around = "Text.\n\n".repeat(10_000);
        let text = format!("{around}```yaml get /a\n{block}```\n\n{around}");
        let name = || "https://example.com/a.md".to_owned();
        let found = Found::new(name(), name(), None, true, text.clone());
        assert_eq!(found.sha256, sha256(&text));
        let Content::Fragments(fragments) = found.content else {
            panic!("no fragments");
        };
        let [fragment] = &fragments[..] else {
            panic!("{}", fragments.len());
        };
        assert_eq!(fragment.text, block);
        assert_eq!(
            (fragment.text.capacity(), fragment.lines_before),
            (block.len(), 20_001)
        );
        let found = Found::new(name(), name(), None, true, around);
        assert!(matches!(
            found.content,
            Content::Skipped("no OpenAPI block")
        ));
    }

    #[test]
    fn the_style_of_the_progress_bar_is_valid() {
        assert_eq!(bar(2).length(), Some(2));
    }
}
