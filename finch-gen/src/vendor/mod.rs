//! vendor: what a publisher shows of its API, to the one document that is
//! checked in. It stands before all stages, and is run by hand.
//!
//! ```text
//! index ─links→ addresses        text ─content→ fragments ─merge→ document
//! ```
//!
//! - `index`: the links of an `llms.txt`, a list of a site's pages.
//! - `page`: the blocks of OpenAPI in a page of documentation. Each is a
//!   document of its own: it has all that its operation reaches.
//! - `merge`: the one document that all fragments are parts of.
//! - `difference`: where two definitions of one name differ.

mod difference;
mod index;
mod merge;
mod page;

use crate::load::Text;
use crate::problem::Problem;

pub use index::links;
pub use merge::{Vendored, merge};

/// A document of OpenAPI as a page shows it: whole, or what one operation needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment<'a> {
    /// The page's name: what messages say, and what the order goes by.
    pub page: &'a str,
    /// The lines of the page before the fragment.
    pub lines_before: usize,
    /// The fragment, byte for byte.
    pub text: &'a str,
}

/// What a text holds of OpenAPI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// It is a document, as a whole.
    Document(Fragment<'a>),
    /// It is a page in Markdown with such blocks, at least one.
    Page(Vec<Fragment<'a>>),
    /// It is HTML, which some sites answer with for want of a page.
    Html,
    /// It is nothing of that.
    Nothing,
}

/// Finds out what `text` holds: a page is known by a block of OpenAPI, a
/// document by its member `openapi` (or `swagger`).
///
/// # Errors
///
/// It is empty, or a block of OpenAPI does not end.
pub fn content<'a>(text: &Text<'a>) -> Result<Content<'a>, Problem> {
    refuse_what_is_empty(text)?;
    if is_html(text.text) {
        return Ok(Content::Html);
    }
    let blocks = page::blocks(text)?;
    Ok(if !blocks.is_empty() {
        Content::Page(blocks)
    } else if is_document(text.text) {
        Content::Document(Fragment {
            page: text.name,
            lines_before: 0,
            text: text.text,
        })
    } else {
        Content::Nothing
    })
}

/// What is wrong with a text that holds [`Content::Nothing`], where it should.
pub fn nothing(name: &str) -> Problem {
    problem(
        name,
        "neither an OpenAPI document nor a page with an OpenAPI block",
        "give a document with the member `openapi`, a page in Markdown with a block that begins \
         like ````yaml post /path, or an index by the name of llms.txt",
    )
}

/// What is wrong with a text that is [`Content::Html`], where it should be
/// Markdown.
pub fn html(name: &str) -> Problem {
    let remedy = "give the page as Markdown, often at the same address with .md at its end";
    problem(name, "HTML, not Markdown", remedy)
}

fn refuse_what_is_empty(text: &Text<'_>) -> Result<(), Problem> {
    if start(text.text).is_empty() {
        let remedy = "give the whole text, as it is published";
        return Err(problem(text.name, "empty", remedy));
    }
    Ok(())
}

fn is_html(text: &str) -> bool {
    ["<!doctype html", "<html"].iter().any(|tag| {
        let found = start(text).get(..tag.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(tag))
    })
}

/// `text` from where it says something.
fn start(text: &str) -> &str {
    text.trim_start_matches('\u{feff}').trim_start()
}

/// Whether the first line that says something is a member, and some line is the
/// member that documents of OpenAPI have. Prose has not both.
fn is_document(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines().filter(|line| {
        let line = line.trim_start();
        !(line.is_empty() || line.starts_with(['#', '%']) || line == "---")
    });
    let first = lines.next().unwrap_or_default();
    let has_member = |line: &str| {
        let line = line.trim_start_matches(['"', '\'']);
        let rest = ["openapi", "swagger"].iter();
        rest.filter_map(|name| line.strip_prefix(name)).any(|rest| {
            let rest = rest.trim_start_matches(['"', '\'']);
            rest.trim_start().starts_with(':')
        })
    };
    // JSON, or YAML written like it, may be on one line.
    first.trim_start().starts_with('{')
        || first.contains(':') && (has_member(first) || lines.any(has_member))
}

fn problem(file: &str, what: impl Into<String>, remedy: impl Into<String>) -> Problem {
    Problem {
        file: file.to_owned(),
        pointer: String::new(),
        what: what.into(),
        remedy: remedy.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "source";

    fn check(text: &str) -> Result<Content<'_>, String> {
        content(&Text { name: NAME, text }).map_err(|problem| problem.to_string())
    }

    #[test]
    fn documents_are_known_by_their_member() {
        for text in [
            "openapi: 3.1.0\npaths: {}\n",
            "\u{feff}# by hand\n\n%YAML 1.2\n---\ninfo: {}\n\"openapi\" : 3.1.0\n",
            "swagger: '2.0'",
            "  {\"paths\": {}, \"openapi\": \"3.1.0\"}",
        ] {
            let document = Fragment {
                page: NAME,
                lines_before: 0,
                text,
            };
            assert_eq!(check(text), Ok(Content::Document(document)), "{text}");
        }
    }

    #[test]
    fn prose_holds_nothing() {
        for text in [
            "# Title\n\nThe member is `openapi: 3.1.0`.\n",
            "---\ntitle: Exchange\n---\n\n```yaml\nopenapi_version: 3\n```\n",
            "name: something else\n",
            "Our API\nopenapi: it is\n",
        ] {
            assert_eq!(check(text), Ok(Content::Nothing), "{text}");
        }
    }

    #[test]
    fn html_is_known_by_its_first_tag() {
        for text in ["\n<!DOCTYPE HTML><p>", "\u{feff}<html lang=en>"] {
            assert_eq!(check(text), Ok(Content::Html), "{text}");
        }
        assert_eq!(check("<htm> is a tag"), Ok(Content::Nothing));
    }

    #[test]
    fn what_is_empty_is_refused() {
        for text in ["", "\u{feff} \n"] {
            let message = check(text).unwrap_err();
            assert!(message.starts_with("source: empty; "), "{message}");
        }
    }
}
