//! Descriptions as Markdown that rustdoc takes for what it was meant to be.
//!
//! A description is CommonMark, and so is documentation, but rustdoc reads
//! `[TEXT]` as a link to an item, warns of bare URLs and of what looks like a
//! tag, and compiles a block of code that names no language.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// `text`, written so that rustdoc shows it without a warning.
pub(super) fn for_rustdoc(text: &str) -> String {
    let mut insertions: Vec<(usize, &str)> = Vec::new();
    let mut brackets: Vec<Range<usize>> = Vec::new();
    let note_bracket = |link: pulldown_cmark::BrokenLink<'_>| {
        brackets.push(link.span);
        None
    };
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let parser = Parser::new_with_broken_link_callback(text, options, Some(note_bracket));
    let mut in_link = 0_usize;
    let mut in_code_block = false;
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::Start(Tag::Link { .. }) => in_link += 1,
            Event::End(TagEnd::Link) => in_link -= 1,
            Event::Html(_) | Event::InlineHtml(_) => insertions.push((range.start, "\\")),
            Event::Start(Tag::CodeBlock(kind)) => {
                in_code_block = true;
                match kind {
                    CodeBlockKind::Fenced(language) if language.is_empty() => {
                        let fence = text[range.clone()]
                            .find(|c| c != '`' && c != '~')
                            .unwrap_or(range.len());
                        insertions.push((range.start + fence, "text"));
                    }
                    CodeBlockKind::Fenced(_) => {}
                    CodeBlockKind::Indented => {
                        let line = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
                        insertions.push((line, "```text\n"));
                        insertions.push((range.end, "\n```\n"));
                    }
                }
            }
            Event::End(TagEnd::CodeBlock) => in_code_block = false,
            Event::Text(_) if in_link == 0 && !in_code_block => {
                for url in urls(&text[range.clone()]) {
                    insertions.push((range.start + url.start, "<"));
                    insertions.push((range.start + url.end, ">"));
                }
            }
            _ => {}
        }
    }
    for span in brackets {
        insertions.push((span.start, "\\"));
        insertions.push((span.end - 1, "\\"));
    }
    insertions.sort_by_key(|(at, _)| *at);
    let mut written = String::with_capacity(text.len() + insertions.len());
    let mut from = 0;
    for (at, insertion) in insertions {
        written.push_str(&text[from..at]);
        written.push_str(insertion);
        from = at;
    }
    written.push_str(&text[from..]);
    written
}

/// The places of the URLs in `text`.
fn urls(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = ["https://", "http://"]
        .iter()
        .filter_map(|scheme| text[from..].find(scheme))
        .min()
        .map(|at| from + at)
    {
        let end = text[start..]
            .find(|c: char| c.is_whitespace() || "<>()\"'`".contains(c))
            .map_or(text.len(), |at| start + at);
        let end = start
            + text[start..end]
                .trim_end_matches(['.', ',', ';', ':', '!', '?'])
                .len();
        if !text[..start].ends_with('<') {
            found.push(start..end);
        }
        from = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::for_rustdoc;

    #[test]
    fn what_rustdoc_would_misread_is_escaped() {
        for (text, expected) in [
            ("[DEPRECATED] Use `a[0]`", "\\[DEPRECATED\\] Use `a[0]`"),
            (
                "a [link](https://a.b/c) stays",
                "a [link](https://a.b/c) stays",
            ),
            ("see https://a.b/c.", "see <https://a.b/c>."),
            ("see <https://a.b/c>", "see <https://a.b/c>"),
            ("a <token> here", "a \\<token> here"),
            ("```\nlet\n```", "```text\nlet\n```"),
            ("```json\n{}\n```", "```json\n{}\n```"),
            ("a\n\n    code\n\nb", "a\n\n```text\n    code\n\n```\n\nb"),
        ] {
            assert_eq!(for_rustdoc(text), expected);
        }
    }
}
