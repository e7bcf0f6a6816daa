//! vendor: makes the vendored document from the pages of a publisher. It runs before all stages,
//! and only on request.
//!
//! ```text
//! index ─links→ addresses        text ─content→ fragments ─merge→ document
//! ```
//!
//! - `index`: reads the links of an `llms.txt`, a list of a site's pages.
//! - `page`: finds the blocks of OpenAPI in a page of documentation. Each is a complete
//!   document with one operation and every component that the operation reaches.
//! - `block`: checks that a block is complete.
//! - `merge`: merges fragments into one document.
//! - `difference`: finds where two definitions of one name differ.

mod block;
mod difference;
mod index;
mod merge;
mod page;

use crate::load::{Text, without_bom};
use crate::problem::Problem;

pub use index::links;
pub(crate) use merge::{COMPONENTS, write};
pub use merge::{Vendored, merge};
pub use page::Subject;

/// An OpenAPI document from a page: a whole document, or the part for one operation.
#[derive(Clone, Copy, Debug)]
pub struct Fragment<'a> {
    /// The name of the page in messages. Fragments are sorted by it.
    pub page: &'a str,
    /// The number of lines of the page before the fragment.
    pub lines_before: usize,
    /// The operation or webhook that the fence names; `None` for a whole document.
    pub subject: Option<Subject<'a>>,
    /// The fragment, byte for byte.
    pub text: &'a str,
}

/// The OpenAPI documents in a text.
#[derive(Clone, Debug)]
pub enum Content<'a> {
    /// The text is a document.
    Document(Fragment<'a>),
    /// The text is a page in Markdown with one or more OpenAPI blocks.
    Page(Vec<Fragment<'a>>),
    /// The text is HTML: some sites answer with HTML if they have no Markdown page.
    Html,
    /// The text is something else.
    Nothing,
}

/// Finds the OpenAPI documents in `text`. A page has an OpenAPI block, and a document has
/// the key `openapi` or `swagger`. A byte order mark is not part of a fragment.
///
/// # Errors
///
/// `text` is empty, or an OpenAPI block does not end.
pub fn content<'a>(text: &Text<'a>) -> Result<Content<'a>, Problem> {
    refuse_empty(text)?;
    let text = &Text {
        text: without_bom(text.text),
        ..*text
    };
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
            subject: None,
            text: text.text,
        })
    } else {
        Content::Nothing
    })
}

/// Returns the problem of a source that is [`Content::Nothing`].
pub fn nothing(name: &str) -> Problem {
    let what = "neither an OpenAPI document nor a page with an OpenAPI block";
    let remedy = "give a document with the key `openapi`, a page in Markdown with a block that \
                  begins like ````yaml post /path, or an index by the name of llms.txt";
    Problem::new(name, "", what, remedy)
}

/// Returns the problem of a source that is [`Content::Html`] instead of Markdown.
pub fn html(name: &str) -> Problem {
    let remedy = "give the page as Markdown, often at the same address with .md at its end";
    Problem::new(name, "", "HTML, not Markdown", remedy)
}

fn refuse_empty(text: &Text<'_>) -> Result<(), Problem> {
    if start(text.text).is_empty() {
        let remedy = "give the whole text, as it is published";
        return Err(Problem::new(text.name, "", "empty", remedy));
    }
    Ok(())
}

fn is_html(text: &str) -> bool {
    ["<!doctype html", "<html"].iter().any(|tag| {
        let found = start(text).get(..tag.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(tag))
    })
}

/// Returns `text` without white space and a byte order mark at its start.
fn start(text: &str) -> &str {
    without_bom(text).trim_start()
}

/// Whether the first line is a key with a value, and some line has a key that only OpenAPI
/// documents have. Prose does not meet both conditions.
fn is_document(text: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "source";

    /// Returns the kind of content, and its only document.
    fn check(text: &str) -> Result<(&str, Option<&str>), String> {
        let content = content(&Text { name: NAME, text }).map_err(|problem| problem.to_string())?;
        Ok(match content {
            Content::Document(document) => ("document", Some(document.text)),
            Content::Page(blocks) => ("page", blocks.first().map(|block| block.text)),
            Content::Html => ("HTML", None),
            Content::Nothing => ("nothing", None),
        })
    }

    #[test]
    fn a_document_is_recognized_by_its_key() {
        for text in [
            "openapi: 3.1.0\npaths: {}\n",
            "# by hand\n\n%YAML 1.2\n---\ninfo: {}\n\"openapi\" : 3.1.0\n",
            "swagger: '2.0'",
            "  {\"paths\": {}, \"openapi\": \"3.1.0\"}",
        ] {
            assert_eq!(check(text), Ok(("document", Some(text))), "{text}");
            let marked = format!("\u{feff}{text}");
            assert_eq!(check(&marked), Ok(("document", Some(text))), "{text}");
        }
    }

    #[test]
    fn a_block_may_follow_a_byte_order_mark() {
        let page = "\u{feff}```yaml get /a\na: 1\n```\n";
        assert_eq!(check(page), Ok(("page", Some("a: 1\n"))));
    }

    #[test]
    fn prose_is_not_a_document() {
        for text in [
            "# Title\n\nThe member is `openapi: 3.1.0`.\n",
            "---\ntitle: Exchange\n---\n\n```yaml\nopenapi_version: 3\n```\n",
            "name: something else\n",
            "Our API\nopenapi: it is\n",
        ] {
            assert_eq!(check(text), Ok(("nothing", None)), "{text}");
        }
    }

    #[test]
    fn html_is_recognized_by_its_first_tag() {
        for text in ["\n<!DOCTYPE HTML><p>", "\u{feff}<html lang=en>"] {
            assert_eq!(check(text), Ok(("HTML", None)), "{text}");
        }
        assert_eq!(check("<htm> is a tag"), Ok(("nothing", None)));
    }

    #[test]
    fn an_empty_source_is_refused() {
        for text in ["", "\u{feff} \n"] {
            let message = check(text).unwrap_err();
            assert!(message.starts_with("source: empty; "), "{message}");
        }
    }
}
