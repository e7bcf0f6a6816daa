//! index: reads the addresses that an `llms.txt` lists, in order and without duplicates.
//!
//! The index is Markdown: `# Title`, headings, and below them lists of
//! `- [Title](https://…/page.md): description` (<https://llmstxt.org>). Only the first link of each
//! item counts. An empty text, HTML, and an index without links are refused.

use std::collections::HashSet;

use pulldown_cmark::{Event, Parser, Tag};

use super::{html, is_html, refuse_empty};
use crate::load::{Text, without_bom};
use crate::problem::Problem;

/// Returns the addresses that `index` lists, in order and without duplicates. An item lists
/// its first link, without the fragment (`#…`).
///
/// # Errors
///
/// `index` is empty, is HTML, or has no links.
pub fn links(index: &Text<'_>) -> Result<Vec<String>, Problem> {
    refuse_empty(index)?;
    if is_html(index.text) {
        return Err(html(index.name));
    }
    let mut links = Vec::new();
    let mut seen = HashSet::new();
    let mut is_item_open = false;
    for event in Parser::new(without_bom(index.text)) {
        match event {
            Event::Start(Tag::Item) => is_item_open = true,
            // A later link of an item is in its description.
            Event::Start(Tag::Link { dest_url, .. }) if is_item_open => {
                is_item_open = false;
                let address = dest_url.split('#').next().unwrap_or_default();
                if !address.is_empty() && seen.insert(address.to_owned()) {
                    links.push(address.to_owned());
                }
            }
            _ => {}
        }
    }
    if links.is_empty() {
        let remedy = "give an llms.txt that lists its pages as `- [Title](https://…/page.md)`";
        return Err(Problem::new(
            index.name,
            "",
            "an index without links",
            remedy,
        ));
    }
    Ok(links)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<Vec<String>, String> {
        let name = "llms.txt";
        links(&Text { name, text }).map_err(|problem| problem.to_string())
    }

    #[test]
    fn each_page_is_listed_once_and_in_order() {
        let index = "\
# Title

> See [the site](https://example.com/).

## Docs

- [B](https://example.com/b.md): as [A](https://example.com/no.md) does
- [A](/a.md)
* [B again](https://example.com/b.md#part)
  - [C (deep)](https://example.com/c%20d.md)

## Optional

- no link
- [D](<https://example.com/d.md>)
";
        let expected = [
            "https://example.com/b.md",
            "/a.md",
            "https://example.com/c%20d.md",
            "https://example.com/d.md",
        ];
        assert_eq!(check(index).unwrap(), expected);
    }

    #[test]
    fn an_index_without_links_is_refused() {
        for (text, what) in [
            (
                "# Title\n\n- one\n- two\n",
                "llms.txt: an index without links; ",
            ),
            ("- [part](#part)\n", "llms.txt: an index without links; "),
            ("[A](/a.md)\n", "llms.txt: an index without links; "),
            ("\n", "llms.txt: empty; "),
            ("<!doctype html>", "llms.txt: HTML, not Markdown; "),
        ] {
            let message = check(text).unwrap_err();
            assert!(message.starts_with(what), "{message}");
        }
    }
}
