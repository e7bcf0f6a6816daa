//! The sources that somebody names, to the texts behind them.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Result;
use finch_gen::{Problem, Problems, Text, vendor};
use indicatif::{ProgressBar, ProgressStyle};
use url::Url;

use super::Options;
use super::web::{self, Web};
use crate::diagnostics::counted;
use crate::status;
use crate::text::{self, problem};

/// The name by which an index is known.
const INDEX: &str = "llms.txt";

/// A text that a source led to.
pub(super) struct Found {
    /// What messages call it: its path or address, as it was named.
    pub(super) name: String,
    /// Where it is published, as far as that is known.
    pub(super) address: String,
    /// Whether an index led to it, and nobody named it.
    pub(super) is_listed: bool,
    pub(super) text: String,
}

impl Found {
    fn is_index(&self) -> bool {
        let path = self.name.split(['?', '#']).next().unwrap_or_default();
        path.rsplit('/').next() == Some(INDEX)
    }
}

/// Reads the sources, and what the indices among them list; says to `out` what
/// is asked for. With what was found goes what was wrong with the rest.
///
/// # Errors
///
/// What is wrong with the arguments; or `out` cannot be written to.
pub(super) fn read(options: &Options, out: &mut dyn Write) -> Result<(Vec<Found>, Vec<Problem>)> {
    // What is wrong with the arguments is said before a site is asked.
    let (mut found, addresses) = arguments(options)?;
    let mut reader = Reader {
        web: Web::new(&options.manners),
        seen: HashSet::new(),
        problems: Vec::new(),
        options,
        out,
    };
    found.extend(reader.fetch(addresses, false)?);
    let (indices, mut found): (Vec<_>, Vec<_>) = found.into_iter().partition(Found::is_index);
    let mut listed = Vec::new();
    for index in &indices {
        listed.extend(reader.links(index)?);
    }
    found.extend(reader.fetch(listed, true)?);
    Ok((found, reader.problems))
}

/// Reads the sources that are files, and tells those that are addresses.
fn arguments(options: &Options) -> Result<(Vec<Found>, Vec<Url>)> {
    let mut problems = Vec::new();
    let (mut found, mut addresses) = (Vec::new(), Vec::new());
    for source in &options.sources {
        match address(source) {
            Ok(Some(address)) => addresses.push(address),
            Ok(None) => match file(source) {
                Ok(file) => found.push(file),
                Err(wrong) => problems.push(wrong),
            },
            Err(wrong) => problems.push(wrong),
        }
    }
    match (&options.page, &mut found[..], &addresses[..]) {
        (None, ..) => {}
        (Some(page), [file], []) if address(page).is_ok_and(|it| it.is_some()) => {
            file.address.clone_from(page);
        }
        (Some(page), ..) => {
            let remedy = "give one SOURCE, a file, and the https:// address of its page";
            problems.push(problem(
                "--page",
                format!("{page:?} is no page of a file"),
                remedy,
            ));
        }
    }
    refuse(problems)?;
    Ok((found, addresses))
}

/// The address that `source` is, where it is no path.
fn address(source: &str) -> Result<Option<Url>, Problem> {
    if !source.contains("://") {
        return Ok(None);
    }
    let address = Url::parse(source).map_err(|error| error.to_string());
    let address = address.and_then(|address| web::check(&address).map(|()| address));
    let mut address = address.map_err(|what| problem(source, what, web::REMEDY))?;
    // It names a part of the page, which is asked for as a whole.
    address.set_fragment(None);
    Ok(Some(address))
}

fn file(source: &str) -> Result<Found, Problem> {
    let path = Path::new(source);
    let text = text::of_file(path, source, "give the path of a text file, or an address")?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(Found {
        name: source.to_owned(),
        address: name.into_owned(),
        is_listed: false,
        text,
    })
}

/// What a run of the command has asked for, and what was wrong with it.
struct Reader<'a> {
    options: &'a Options,
    out: &'a mut dyn Write,
    web: Web,
    seen: HashSet<Url>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    /// The texts at those of `addresses` that were not asked for yet.
    fn fetch(&mut self, mut addresses: Vec<Url>, is_listed: bool) -> io::Result<Vec<Found>> {
        addresses.retain(|address| self.seen.insert(address.clone()));
        let bar = self.options.is_terminal.then(|| bar(addresses.len()));
        let mut said = Ok(());
        let texts = self.web.get_all(&addresses, |address, text| match &bar {
            Some(bar) => {
                bar.set_message(address.to_string());
                bar.inc(1);
            }
            None if said.is_ok() => {
                let verb = if text.is_ok() { "Fetched" } else { "Failed" };
                said = status(self.out, verb, address.as_str());
            }
            None => {}
        });
        said?;
        bar.inspect(ProgressBar::finish_and_clear);
        let mut found = Vec::new();
        for (address, text) in addresses.into_iter().zip(texts) {
            match text {
                Ok(text) => found.push(Found {
                    name: address.to_string(),
                    address: address.into(),
                    is_listed,
                    text,
                }),
                Err(wrong) => self.problems.push(wrong),
            }
        }
        Ok(found)
    }

    /// The pages that `index` lists.
    fn links(&mut self, index: &Found) -> io::Result<Vec<Url>> {
        let name = &index.name;
        let links = vendor::links(&Text {
            name,
            text: &index.text,
        });
        let links = links.unwrap_or_else(|wrong| {
            self.problems.push(wrong);
            Vec::new()
        });
        let most = self.options.max_pages;
        if links.len() > most {
            let what = format!("lists {}, more than {most}", counted(links.len(), "page"));
            let remedy = "see whether it is the index; raise the number with --max-pages if it is";
            self.problems.push(problem(name, what, remedy));
            return Ok(Vec::new());
        }
        let site = Url::parse(name).ok();
        let mut pages = Vec::new();
        for link in links {
            let address = match &site {
                Some(site) => site.join(&link),
                None => Url::parse(&link),
            };
            match (address, &site) {
                (Ok(page), Some(site)) if page.origin() != site.origin() => {
                    status(self.out, "Skipped", &format!("{page}: on another host"))?;
                }
                (Ok(page), _) => pages.push(page),
                (Err(error), _) => {
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
    let style = style.expect("its keys are indicatif's, and a test makes one");
    let bar = ProgressBar::new(length as u64).with_prefix("Fetching");
    bar.with_style(style.progress_chars("=> "))
}

/// All that is wrong, where something is.
pub(super) fn refuse(problems: Vec<Problem>) -> Result<(), Problems> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(problems.into_iter().collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_bar_has_a_style() {
        assert_eq!(super::bar(2).length(), Some(2));
    }
}
