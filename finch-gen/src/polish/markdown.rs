//! Descriptions as Markdown that rustdoc takes for what it was meant to be.
//!
//! A description is CommonMark, and so is documentation, but rustdoc reads
//! `[TEXT]` as a link to an item, warns of bare URLs and of what looks like a
//! tag, and compiles a block of code that names no language. And a link that
//! names no host leads into the site that the description was written for: it
//! becomes one that does, or else its text.

mod html;

use std::ops::Range;

use pulldown_cmark::{BrokenLink, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};
use url::Url;

/// `text`, written so that rustdoc shows it without a warning. What its links
/// lead to that name no host is on `site`.
pub(crate) fn for_rustdoc(text: &str, site: Option<&str>) -> String {
    let text = text.trim();
    if is_plain(text) {
        return text.to_owned();
    }
    let text = html::as_text(text, site);
    let mut edits = Edits::new(&text);
    let mut brackets: Vec<Range<usize>> = Vec::new();
    let note_bracket = |link: BrokenLink<'_>| {
        brackets.push(link.span);
        None
    };
    let parser = Parser::new_with_broken_link_callback(&text, OPTIONS, Some(note_bracket));
    let mut links: Vec<Link> = Vec::new();
    let mut in_code_block = false;
    let mut containers = 0_usize;
    for (event, range) in parser.into_offset_iter() {
        if let Some(link) = links.last_mut()
            && range != link.whole
        {
            link.inner.start = link.inner.start.min(range.start);
            link.inner.end = link.inner.end.max(range.end);
        }
        match event {
            Event::Start(
                Tag::Link {
                    link_type,
                    dest_url,
                    ..
                }
                | Tag::Image {
                    link_type,
                    dest_url,
                    ..
                },
            ) => {
                // `<a@b.c>` is not written as what it leads to.
                let target = match link_type {
                    LinkType::Email => Some(format!("mailto:{dest_url}")),
                    _ => absolute(&dest_url, site),
                };
                links.push(Link {
                    is_right: target.as_deref() == Some(&dest_url) || link_type == LinkType::Email,
                    target,
                    inner: range.end..range.start,
                    whole: range,
                });
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if let Some(link) = links.pop() {
                    link.write(&mut edits);
                }
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                in_code_block = true;
                match kind {
                    CodeBlockKind::Fenced(language) => {
                        edits.fence(range, &language, containers == 0)
                    }
                    CodeBlockKind::Indented => {
                        let line = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
                        edits.insert(line, "````text\n");
                        edits.insert(range.end, "\n````\n");
                    }
                }
            }
            Event::End(TagEnd::CodeBlock) => in_code_block = false,
            Event::Start(Tag::Item | Tag::BlockQuote(_) | Tag::FootnoteDefinition(_)) => {
                containers += 1;
            }
            Event::End(TagEnd::Item | TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition) => {
                containers -= 1;
            }
            Event::Text(_) if links.is_empty() && !in_code_block => {
                for url in urls(&text[range.clone()]) {
                    edits.insert(range.start + url.start, "<");
                    edits.insert(range.start + url.end, ">");
                }
            }
            _ => {}
        }
    }
    for span in brackets {
        edits.insert(span.start, "\\");
        edits.insert(span.end - 1, "\\");
    }
    edits.apply()
}

/// Whether `text` has no character that could begin what is not written as it is:
/// most descriptions are a sentence.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_alphanumeric()
            || matches!(
                c,
                ' ' | '.' | ',' | ';' | '\'' | '"' | '(' | ')' | '-' | '!' | '?'
            )
    })
}

/// What rustdoc reads beside CommonMark.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS);

/// Where `target` leads to, with its host; `None` where that is not known.
fn absolute(target: &str, site: Option<&str>) -> Option<String> {
    let has_host = target.contains("://") || target.starts_with("mailto:");
    if Url::parse(target).is_ok() {
        // Else rustdoc takes it for the path of an item.
        return has_host.then(|| target.to_owned());
    }
    if target.is_empty() || target.starts_with('#') {
        return None;
    }
    Url::parse(site?).ok()?.join(target).ok().map(String::from)
}

/// A link, or an image.
struct Link {
    whole: Range<usize>,
    /// What it encloses.
    inner: Range<usize>,
    target: Option<String>,
    /// Whether it can stay as it is.
    is_right: bool,
}

impl Link {
    fn write(self, edits: &mut Edits<'_>) {
        let Self {
            whole,
            inner,
            target,
            is_right,
        } = self;
        if is_right {
            return;
        }
        let is_empty = inner.start >= inner.end;
        match target {
            _ if is_empty => edits.replace(whole, String::new()),
            Some(target) => edits.replace(inner.end..whole.end, format!("](<{target}>)")),
            None => {
                edits.replace(whole.start..inner.start, String::new());
                edits.replace(inner.end..whole.end, String::new());
            }
        }
    }
}

/// Changes to a text, at places that do not overlap.
struct Edits<'a> {
    text: &'a str,
    edits: Vec<(Range<usize>, String)>,
}

impl<'a> Edits<'a> {
    fn new(text: &'a str) -> Self {
        let edits = Vec::new();
        Self { text, edits }
    }

    fn insert(&mut self, at: usize, text: &str) {
        self.replace(at..at, text.to_owned());
    }

    fn replace(&mut self, range: Range<usize>, text: String) {
        self.edits.push((range, text));
    }

    /// The block of code at `range`: it is no test of ours, and it ends, if not
    /// with the list or the quote that it is in.
    fn fence(&mut self, range: Range<usize>, language: &str, is_outermost: bool) {
        let block = &self.text[range.clone()];
        let mark = block.chars().next().unwrap_or('`');
        let length = block.chars().take_while(|c| *c == mark).count();
        let info = range.start + length;
        let end = info + block[length..].find('\n').unwrap_or(block.len() - length);
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '-' || c == '#';
        let is_other = !language.is_empty() && language.chars().all(is_name);
        if !is_other || TESTED.contains(&language) || language.starts_with("edition") {
            self.replace(info..end, "text".to_owned());
        }
        let fence = mark.to_string().repeat(length);
        let last = block.trim_end().rsplit('\n').next().unwrap_or_default();
        let is_closed =
            block.contains('\n') && last.starts_with(&fence) && last.chars().all(|c| c == mark);
        if is_outermost && !is_closed {
            self.insert(range.end, &format!("\n{fence}"));
        }
    }

    fn apply(mut self) -> String {
        self.edits
            .sort_by_key(|(range, _)| (range.start, range.end));
        let mut written = String::with_capacity(self.text.len() + 16 * self.edits.len());
        let mut from = 0;
        for (range, text) in &self.edits {
            // Within what has been replaced already there is nothing to change.
            if range.start >= from {
                written.push_str(&self.text[from..range.start]);
                written.push_str(text);
                from = range.end;
            }
        }
        written.push_str(&self.text[from..]);
        written
    }
}

/// What a block of code is called that rustdoc compiles.
const TESTED: [&str; 8] = [
    "rust",
    "ignore",
    "should-panic",
    "no-run",
    "compile-fail",
    "test-harness",
    "standalone",
    "custom",
];

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
            .find(|c: char| c.is_whitespace() || "<>()\"'`\\".contains(c))
            .map_or(text.len(), |at| start + at);
        let end = start
            + text[start..end]
                .trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '|'])
                .len();
        let is_more = end > start + text[start..end].find("//").map_or(0, |at| at + 2);
        if is_more && !text[..start].ends_with('<') {
            found.push(start..end);
        }
        from = end.max(start + 1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let site = Some("https://docs.example/reference/page.md");
        assert_eq!(for_rustdoc(text, site), expected, "of {text}");
    }

    #[test]
    fn what_rustdoc_would_misread_is_escaped() {
        for (text, expected) in [
            ("[DEPRECATED] Use `a[0]`", "\\[DEPRECATED\\] Use `a[0]`"),
            ("[`Pet`] and [a][b]", "\\[`Pet`\\] and \\[a][b\\]"),
            ("- [x] done\n- [Pet] not", "- [x] done\n- \\[Pet\\] not"),
            ("see https://a.b/c.", "see <https://a.b/c>."),
            ("**https://a.b/c**", "**<https://a.b/c>**"),
            ("see <https://a.b/c>", "see <https://a.b/c>"),
            ("http:// and https://", "http:// and https://"),
            ("write <a@b.c>", "write <a@b.c>"),
            (
                "| a |\n|---|\n| [b] https://c.d |",
                "| a |\n|---|\n| \\[b\\] <https://c.d> |",
            ),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn no_block_of_code_is_a_test_and_each_ends() {
        for (text, expected) in [
            ("```\nlet\n```", "```text\nlet\n```"),
            ("```json\n{}\n```", "```json\n{}\n```"),
            ("```rust\nlet\n```", "```text\nlet\n```"),
            ("~~~ should_panic, x\nlet\n~~~", "~~~text\nlet\n~~~"),
            ("```\nlet", "```text\nlet\n```"),
            ("```", "```text\n```"),
            ("``` a\n``` b", "``` a\n``` b\n```"),
            ("> ```\n> let\n\nb", "> ```text\n> let\n\nb"),
            ("a\n\n    code\n\nb", "a\n\n````text\n    code\n\n````\n\nb"),
            (
                "```sh\ncurl https://a.b [x] <y>\n```",
                "```sh\ncurl https://a.b [x] <y>\n```",
            ),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn links_lead_to_a_host_or_are_text() {
        for (text, expected) in [
            (
                "a [link](https://a.b/c) stays",
                "a [link](https://a.b/c) stays",
            ),
            (
                "[a *b*](/docs/x \"t\").",
                "[a *b*](<https://docs.example/docs/x>).",
            ),
            ("[a](y#z)", "[a](<https://docs.example/reference/y#z>)"),
            ("[a](crate::b)", "a"),
            ("[a](#below) b", "a b"),
            ("[](/x) b", " b"),
            ("![alt](/x.png)", "![alt](<https://docs.example/x.png>)"),
            (
                "[![alt](/x.png)](/y)",
                "[![alt](<https://docs.example/x.png>)](<https://docs.example/y>)",
            ),
            (
                "[a][1] and [b]\n\n[1]: /x\n[b]: https://c.d",
                "[a](<https://docs.example/x>) and [b]\n\n[1]: /x\n[b]: https://c.d",
            ),
            (
                "[https://a.b](/x)",
                "[https://a.b](<https://docs.example/x>)",
            ),
        ] {
            check(text, expected);
        }
        assert_eq!(for_rustdoc("[a `b`](/x) ![c](d)", None), "a `b` c");
    }

    #[test]
    fn tags_are_text_and_anchors_links() {
        for (text, expected) in [
            ("a <token> here", "a \\<token> here"),
            ("a Map<K, Vec<T>>", "a Map<K, Vec\\<T>>"),
            ("a < b > c", "a < b > c"),
            ("`<T>`", "`<T>`"),
            (
                "<a href=\"/x\">see</a> it",
                "[see](<https://docs.example/x>) it",
            ),
            ("<a name='x'>see</a> it", "see it"),
            ("<a href='/x'>see", "\\<a href='/x'>see"),
            ("a<br/>b<br>c", "a<br/>b<br>c"),
            ("<p>one <b>two</p>\n[x]", "\\<p>one \\<b>two\\</p>\n\\[x\\]"),
            ("<!-- note -->", "\\<!-- note -->"),
        ] {
            check(text, expected);
        }
    }
}
