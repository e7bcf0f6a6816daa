//! Bundles the documents of pages with the files that they refer to. The files of a saved page come
//! from its folder, and the files of a fetched page from its host.
//!
//! Prints each fetched file, and records its SHA-256. A file that cannot be read or is elsewhere is
//! a problem. The problems of all documents are returned together.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use anyhow::Result;
use finch_gen::vendor::Fragment;
use finch_gen::{Bundled, Problems, Text, sha256};
use url::Url;

use super::Taken;
use super::sources::{Budget, Found, refuse};
use super::web::Web;
use crate::local_files;
use crate::output::{Output, status};

/// A document that includes its files.
pub(super) struct Bundle {
    /// The name in messages. The lines differ from the lines of the page.
    pub(super) name: String,
    pub(super) text: String,
    /// The SHA-256 of each file, by its published address.
    pub(super) files: BTreeMap<String, String>,
}

/// Reads the files of a page: from its folder if the page is a file, or else from its host.
struct Bundler<'a> {
    web: &'a Web,
    budget: &'a mut Budget,
    out: &'a mut dyn Output,
    printed: io::Result<()>,
}

/// Bundles each document of `pages` that refers to files.
///
/// # Errors
///
/// A file cannot be read, or the files of a document cannot be bundled.
pub(super) fn bundle_all(
    pages: &mut [Taken<'_>],
    web: &Web,
    budget: &mut Budget,
    out: &mut dyn Output,
) -> Result<()> {
    let mut bundler = Bundler {
        web,
        budget,
        out,
        printed: Ok(()),
    };
    let mut problems = Vec::new();
    for taken in pages {
        for (fragment, bundle) in &mut taken.documents {
            match bundler.bundle(taken.page, fragment) {
                Ok(bundled) => *bundle = bundled,
                Err(wrong) => problems.extend(wrong),
            }
        }
    }
    bundler.printed?;
    Ok(refuse(problems)?)
}

impl Bundler<'_> {
    fn bundle(
        &mut self,
        page: &Found,
        fragment: &Fragment<'_>,
    ) -> Result<Option<Bundle>, Problems> {
        // Empty lines keep the line numbers of the page. YAML ignores them.
        let within_page = "\n".repeat(fragment.lines_before) + fragment.text;
        let text = Text {
            name: fragment.page,
            text: &within_page,
        };
        let Bundled {
            text,
            files,
            unread,
        } = match &page.fetched_from {
            Some(base) => self.fetch(base, &text)?,
            None => local_files::bundle_file(Path::new(&page.name), &text)?,
        };
        if !unread.is_empty() {
            return Err(unread);
        }
        let base = page.fetched_from.clone();
        let base = base.or_else(|| Url::parse(&page.address).ok());
        let address = |relative: &str| Some(base.as_ref()?.join(relative).ok()?.to_string());
        let files = files.into_iter().map(|(relative, text)| {
            let address = address(&relative).unwrap_or(relative);
            (address, sha256(&text))
        });
        let files = files.collect();
        Ok(text.map(|text| Bundle {
            name: format!("{} (with its files)", page.name),
            text,
            files,
        }))
    }

    /// Bundles `text`, which was fetched from `base`.
    fn fetch(&mut self, base: &Url, text: &Text<'_>) -> Result<Bundled, Problems> {
        finch_gen::bundle(text, base.as_str(), &mut |address| {
            let address = Url::parse(address).map_err(|error| error.to_string())?;
            if address.origin() != base.origin() {
                return Err("it is on another host".to_owned());
            }
            let fetched = self.web.get_one(&address);
            let text = fetched.and_then(|fetched| {
                self.budget.take(address.as_str(), &fetched.text)?;
                Ok(fetched.text)
            });
            if self.printed.is_ok() {
                let verb = if text.is_ok() { "Fetched" } else { "Failed" };
                self.printed = status(self.out, verb, address.as_str());
            }
            text.map_err(|problem| problem.what)
        })
    }
}
