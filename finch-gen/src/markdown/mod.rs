//! Escapes a document's text for documentation: for doc comments, notes of `#[deprecated]`, and the
//! API reference. All text of a document goes through this module.
//!
//! Documents are not trusted, and rustdoc compiles and runs any code block that does not name
//! another language. So:
//!
//! - a name or a value becomes [`code`]: inline code that no text can end early;
//! - a title, a summary or a note becomes a [`line`] without blocks;
//! - a description, which is CommonMark, becomes a [`block`]. The function changes the parts that
//!   rustdoc would misread: `[TEXT]`, which looks like a link to an item, bare URLs, HTML tags,
//!   and code blocks. If the result still contains something other than harmless Markdown, all of it is
//!   escaped instead.
//!
//! [`check`] decides whether a whole doc comment is harmless. The `completeness` stage calls
//! it for the finished client.

mod html;

use std::borrow::Cow;
use std::iter;
use std::ops::Range;

use pulldown_cmark::{
    BrokenLink, CodeBlockKind, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd,
    TextMergeStream,
};
use url::Url;

use crate::{doc_attrs, provenance, visible};

/// The extensions that rustdoc renders with. It searches for tests without any of them.
const RUSTDOC: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_SMART_PUNCTUATION);

/// [`RUSTDOC`] without the extension that changes text.
const EXTENSIONS: Options = RUSTDOC.difference(Options::ENABLE_SMART_PUNCTUATION);

/// The languages that a code block may name: rustdoc runs none of them. Any other language
/// becomes [`TEXT`].
const LANGUAGES: [&str; 26] = [
    "bash",
    "c",
    "console",
    "cpp",
    "csharp",
    "css",
    "curl",
    "diff",
    "go",
    "graphql",
    "html",
    "http",
    "java",
    "javascript",
    "js",
    "json",
    "kotlin",
    "php",
    "python",
    "ruby",
    "sh",
    "shell",
    "sql",
    "text",
    "xml",
    "yaml",
];

/// The language of a code block that names no language, or an unknown one.
const TEXT: &str = "text";

/// The maximum number of passes of edits over a description: an outer bracket can gain a meaning
/// when the inner ones are escaped.
const EDITS: usize = 3;

/// Returns `text` as inline code on one line. No `text` can end the code early.
pub(crate) fn code(text: &str) -> String {
    let text = visible::escape(text, |c| is_hidden(c) || is_line_end(c) || c == '\t');
    if text.is_empty() {
        return "`\"\"`".to_owned();
    }
    let fence = "`".repeat(longest_run(&text, "`") + 1);
    // Markdown strips one space on each side.
    let is_edge = |c| c == '`' || c == ' ';
    let pad = match text.starts_with(is_edge) || text.ends_with(is_edge) {
        true if text.contains(|c| c != ' ') => " ",
        _ => "",
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Returns the length of the longest run of `mark`, one character, in `text`.
fn longest_run(text: &str, mark: &str) -> usize {
    let runs = text.split(|c| !mark.contains(c)).map(str::len);
    runs.max().unwrap_or_default()
}

/// Returns the text of `code` if it is inline code and nothing else.
pub(crate) fn text_of_code(code: &str) -> Option<String> {
    let mut events = Parser::new(code).skip(1);
    match (events.next(), events.next(), events.next()) {
        (Some(Event::Code(text)), Some(Event::End(TagEnd::Paragraph)), None) => {
            Some(text.into_string())
        }
        _ => None,
    }
}

/// Returns `text` as Markdown within a line. Keeps code and links, and drops other markup and
/// line breaks.
pub(crate) fn line(text: &str, site: Option<&str>) -> String {
    // Without the markup in it, a text may need fewer escapes.
    repeated(edited_line(text, site), |line| edited_line(line, site))
}

/// Returns `text` after passes of `edit`, until it stays the same or has had [`EDITS`] passes.
fn repeated(mut text: String, edit: impl Fn(&str) -> String) -> String {
    for _ in 0..EDITS {
        let before = std::mem::take(&mut text);
        text = edit(&before);
        if text == before {
            break;
        }
    }
    text
}

/// Returns `text` as a line after one pass.
fn edited_line(text: &str, site: Option<&str>) -> String {
    /// Makes the parser read the rest as the text of a paragraph.
    const START: &str = "x ";

    let text = normalized(text);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if is_plain(&text) {
        return text;
    }
    let text = html::as_text(&format!("{START}{text}"), site);
    let mut line = String::with_capacity(text.len() + 16);
    // The targets of the open links.
    let mut links: Vec<Option<String>> = Vec::new();
    let mut events = TextMergeStream::new(Parser::new_ext(&text, EXTENSIONS));
    while let Some(event) = events.next() {
        match event {
            Event::Text(text) if links.iter().any(Option::is_some) => escape(&text, &mut line),
            Event::Text(text) => {
                let mut from = 0;
                for url in urls(&text) {
                    escape(&text[from..url.start], &mut line);
                    line.push('<');
                    line.push_str(&text[url.clone()]);
                    line.push('>');
                    from = url.end;
                }
                escape(&text[from..], &mut line);
            }
            Event::Code(text) => match text.trim() {
                "" => line.push_str("` `"),
                text => line.push_str(&code(text)),
            },
            Event::Html(text) | Event::InlineHtml(text) => escape(&text, &mut line),
            Event::SoftBreak | Event::HardBreak => line.push(' '),
            Event::FootnoteReference(name) => escape(&format!("[^{name}]"), &mut line),
            Event::Start(tag) => {
                let Some((link_type, dest_url)) = link_of(&tag) else {
                    continue;
                };
                // Links do not nest.
                let is_inner = links.iter().any(Option::is_some);
                let mut target = target(link_type, dest_url, site).filter(|_| !is_inner);
                if let (LinkType::Autolink | LinkType::Email, Some(_)) = (link_type, &target) {
                    line.push_str(&format!("<{dest_url}>"));
                    // Skip the text, which repeats the target.
                    events.next();
                    target = None;
                }
                if target.is_some() {
                    // An exclamation mark before a link would make it an image.
                    if line.ends_with('!') {
                        line.insert(line.len() - 1, '\\');
                    }
                    line.push('[');
                }
                links.push(target);
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if let Some(target) = links.pop().flatten() {
                    line.push_str(&format!("](<{target}>)"));
                }
            }
            _ => {}
        }
    }
    let line = line.strip_prefix(START).unwrap_or(&line);
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the CommonMark `text` as Markdown that rustdoc renders without a warning and that
/// does not affect the text after it. A relative link is resolved against `site`; without a
/// site it becomes its text.
pub(crate) fn block(text: &str, site: Option<&str>) -> String {
    let text = text.trim();
    if is_plain(text) {
        return text.to_owned();
    }
    let text = normalized(text);
    // An edit can join two texts into something that needs another edit.
    let edited = repeated(text.clone(), |text| normalized(&edit(text, site)));
    match is_harmless(&edited) {
        true => edited,
        false => escaped(&text),
    }
}

/// Works as [`block`], and adds a missing full stop.
pub(crate) fn sentence(text: &str, site: Option<&str>) -> String {
    let text = block(text, site);
    if !text.ends_with(|c: char| c.is_alphanumeric() || ")\"'`".contains(c)) {
        return text;
    }
    // A full stop after the fence of a code block would undo the fence.
    let stopped = format!("{text}.");
    match is_harmless(&stopped) {
        true => stopped,
        false => text,
    }
}

/// Returns `text` after one pass of the changes that make it harmless.
fn edit(text: &str, site: Option<&str>) -> String {
    let text = html::as_text(text, site);
    let mut edits = Edits::new(&text);
    let mut brackets: Vec<Range<usize>> = Vec::new();
    let note_bracket = |link: BrokenLink<'_>| {
        brackets.push(link.span);
        None
    };
    let parser = Parser::new_with_broken_link_callback(&text, EXTENSIONS, Some(note_bracket));
    let events = parser.into_offset_iter();
    // A definition in one description could give a target to brackets in another.
    for (_, definition) in events.reference_definitions().iter() {
        edits.replace(definition.span.clone(), String::new());
    }
    let mut links: Vec<Link> = Vec::new();
    let mut code_block: Option<CodeBlock> = None;
    let mut containers = 0_usize;
    for (event, range) in events {
        if let Some(link) = links.last_mut()
            && range != link.whole
        {
            link.inner.start = link.inner.start.min(range.start);
            link.inner.end = link.inner.end.max(range.end);
        }
        match event {
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if let Some(link) = links.pop() {
                    link.write(&mut edits);
                }
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let (is_fenced, language) = match &kind {
                    CodeBlockKind::Fenced(language) => (true, language.as_ref()),
                    CodeBlockKind::Indented => (false, ""),
                };
                let language = LANGUAGES.iter().find(|known| **known == language);
                code_block = Some(CodeBlock {
                    language: language.unwrap_or(&TEXT),
                    is_fenced,
                    code: String::new(),
                });
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some(block) = code_block.take() {
                    block.write(range, containers == 0, &mut edits);
                }
            }
            Event::Start(Tag::Item | Tag::BlockQuote(_) | Tag::FootnoteDefinition(_)) => {
                containers += 1;
            }
            Event::Start(tag) => {
                let Some((link_type, dest_url)) = link_of(&tag) else {
                    continue;
                };
                let is_image = matches!(tag, Tag::Image { .. });
                let target = target(link_type, dest_url, site);
                let is_right = match link_type {
                    LinkType::Inline | LinkType::Autolink => target.as_deref() == Some(dest_url),
                    LinkType::Email => true,
                    _ => false,
                };
                links.push(Link {
                    is_right: is_right && !is_image,
                    // Links do not nest.
                    target: target.filter(|_| links.is_empty()),
                    inner: range.end..range.start,
                    whole: range,
                });
            }
            Event::End(TagEnd::Item | TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition) => {
                containers -= 1;
            }
            Event::Text(code) => match &mut code_block {
                Some(block) => block.code.push_str(&code),
                None if links.is_empty() => {
                    for url in urls(&text[range.clone()]) {
                        edits.insert(range.start + url.start, "<");
                        edits.insert(range.start + url.end, ">");
                    }
                }
                None => {}
            },
            _ => {}
        }
    }
    for span in brackets {
        edits.insert(span.start, "\\");
        edits.insert(span.end - 1, "\\");
    }
    edits.apply()
}

/// Returns the type and the target of the link or image that `tag` starts.
fn link_of<'a>(tag: &'a Tag<'_>) -> Option<(LinkType, &'a str)> {
    match tag {
        Tag::Link {
            link_type,
            dest_url,
            ..
        }
        | Tag::Image {
            link_type,
            dest_url,
            ..
        } => Some((*link_type, dest_url)),
        _ => None,
    }
}

/// Returns `text` with `\n` as the only line end, and with escapes for hidden and misleading
/// characters.
fn normalized(text: &str) -> String {
    // Most text has no character that needs the slower code.
    let is_plain = text.bytes().all(|byte| matches!(byte, b'\n' | b' '..=b'~'));
    let text = match is_plain {
        true => Cow::Borrowed(text),
        false => {
            let text = text.replace("\r\n", "\n").replace(is_line_end, "\n");
            visible::escape(&text, is_hidden).into_owned().into()
        }
    };
    let lines: Vec<&str> = text.trim().lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// Returns `text` on one line of a comment.
pub(crate) fn in_one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    visible::escape(&words.join(" "), is_hidden).into_owned()
}

/// Whether CommonMark, Unicode or an editor ends a line at `c`.
fn is_line_end(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Whether `c` is hidden, or changes how a reader sees other characters.
fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || doc_attrs::hides(c) || provenance::is_mark(c)
}

/// Whether `text` consists of words, as most descriptions do.
fn is_plain(text: &str) -> bool {
    let is_plain = |c: char| {
        c.is_alphanumeric()
            || matches!(
                c,
                ' ' | '.' | ',' | ';' | '\'' | '"' | '(' | ')' | '-' | '!' | '?'
            )
    };
    // A text that begins with another character may be a list, or code in one.
    text.starts_with(char::is_alphabetic) && text.chars().all(is_plain)
}

/// Adds `text` to `line`, and escapes characters that would be markup.
fn escape(text: &str, line: &mut String) {
    let is_entity = |rest: &str| {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '#';
        rest.trim_start_matches(is_name).starts_with(';')
    };
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let (before, after) = (line.chars().next_back(), rest.chars().next());
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let is_markup = match c {
            '\\' | '`' | '[' | ']' | '~' => true,
            '_' => !is_word(before) || !is_word(after),
            '*' => before != Some(' ') || after != Some(' '),
            '#' => !is_word(before),
            '&' => is_entity(rest),
            '<' => after.is_none_or(html::is_tag_start),
            _ => false,
        };
        if is_markup {
            line.push('\\');
        }
        line.push(c);
    }
}

/// Returns Markdown that renders all of `text` as text.
fn escaped(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut escaped = String::with_capacity(text.len() * 2);
    for c in lines.join("\n").chars() {
        if c.is_ascii_punctuation() && !",;'\"?/%".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Whether `text` is harmless alone, and with other text after it.
fn is_harmless(text: &str) -> bool {
    let whole = format!("{text}\n\nx");
    let ends = |extensions| {
        let parser = Parser::new_ext(&whole, extensions);
        if parser.reference_definitions().iter().next().is_some() {
            return false;
        }
        let mut depth = 0;
        let mut last = [const { None }; 3];
        for event in parser {
            match &event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                _ => {}
            }
            last.rotate_left(1);
            last[2] = Some((event, depth));
        }
        let [start, text, end] = last;
        matches!(start, Some((Event::Start(Tag::Paragraph), 1)))
            && matches!(text, Some((Event::Text(CowStr::Borrowed("x")), 1)))
            && matches!(end, Some((Event::End(TagEnd::Paragraph), 0)))
    };
    ends(Options::empty()) && ends(RUSTDOC) && check(&whole, |_| false, |_| false).is_ok()
}

/// Refuses harmful documentation: a code block that is neither in one of [`LANGUAGES`] nor
/// accepted by `is_example`, HTML, an image, and a link that leads neither to the web nor to
/// an item that `is_item` accepts.
///
/// Reads the text with and without rustdoc's extensions: a table with them may be HTML without
/// them.
///
/// # Errors
///
/// The harmful part.
pub(crate) fn check(
    text: &str,
    is_example: impl Fn(&str) -> bool,
    is_item: impl Fn(&str) -> bool,
) -> Result<(), String> {
    for extensions in [Options::empty(), RUSTDOC] {
        let mut bracket = None;
        let note_bracket = |link: BrokenLink<'_>| {
            bracket.get_or_insert(link.reference.into_string());
            None
        };
        let parser = Parser::new_with_broken_link_callback(text, extensions, Some(note_bracket));
        for (event, range) in parser.into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    let block = &text[range];
                    let is_known = matches!(kind, CodeBlockKind::Fenced(info) if LANGUAGES.contains(&info.as_ref()));
                    if !is_known && !is_example(block.trim_end()) {
                        return Err(format!("a code block: {block:?}"));
                    }
                }
                Event::Html(html) | Event::InlineHtml(html) if !html::is_break(html.trim()) => {
                    return Err(format!("HTML: {html:?}"));
                }
                Event::Start(Tag::Image { dest_url, .. }) => {
                    return Err(format!("an image: {dest_url:?}"));
                }
                Event::Start(Tag::Link {
                    link_type,
                    dest_url,
                    ..
                }) if !is_item(&dest_url) && target(link_type, &dest_url, None).is_none() => {
                    return Err(format!("a link: {dest_url:?}"));
                }
                _ => {}
            }
        }
        // Without the extensions, a footnote is an unresolved bracket, too.
        let is_shown = extensions == RUSTDOC;
        if let Some(bracket) = bracket.filter(|bracket| is_shown && !is_item(bracket)) {
            return Err(format!("a link to an item: {bracket:?}"));
        }
    }
    Ok(())
}

/// Whether `text` starts with `start`, in upper or lower case.
fn starts_with(text: &str, start: &str) -> bool {
    let found = text.get(..start.len());
    found.is_some_and(|found| found.eq_ignore_ascii_case(start))
}

/// Returns the target of a link of a document, if documentation may contain it.
fn target(link_type: LinkType, dest: &str, site: Option<&str>) -> Option<String> {
    match link_type {
        // `<a@b.c>` omits the scheme of its target.
        LinkType::Email => absolute(&format!("mailto:{dest}"), site),
        _ => absolute(dest, site),
    }
}

/// Returns `target` as an absolute web or mail URL. Resolves a relative one against `site`.
fn absolute(target: &str, site: Option<&str>) -> Option<String> {
    let url = match Url::parse(target) {
        Ok(_) => target.to_owned(),
        Err(_) if target.is_empty() || target.starts_with('#') => return None,
        Err(_) => Url::parse(site?).ok()?.join(target).ok()?.into(),
    };
    let schemes = ["https://", "http://", "mailto:"];
    let is_allowed = schemes.iter().any(|scheme| starts_with(&url, scheme));
    // Markdown would end the URL at these characters, or misread them.
    let is_one = !url.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\\".contains(c));
    (is_allowed && is_one).then_some(url)
}

/// A code block of a description.
struct CodeBlock {
    language: &'static str,
    is_fenced: bool,
    code: String,
}

impl CodeBlock {
    /// Writes the block at `range`. A block in a list or a quote keeps its lines, because each
    /// begins with the prefix of its container.
    fn write(self, range: Range<usize>, is_outermost: bool, edits: &mut Edits<'_>) {
        let language = self.language;
        let block = &edits.text[range.clone()];
        if is_outermost {
            let mark = match self.is_fenced && block.starts_with('~') {
                true => "~",
                false => "`",
            };
            let fence = mark.repeat(longest_run(&self.code, mark).max(2) + 1);
            let end = if block.ends_with('\n') { "\n" } else { "" };
            let mut code = self.code.trim_end_matches('\n').to_owned();
            if !code.is_empty() {
                code.push('\n');
            }
            let start = edits.text[..range.start].trim_end_matches(' ').len();
            let block = format!("{fence}{language}\n{code}{fence}{end}");
            edits.replace(start..range.end, block);
        } else if self.is_fenced {
            let info = block.trim_start_matches(['`', '~']);
            let info = range.start + (block.len() - info.len())
                ..range.start + block.find('\n').unwrap_or(block.len());
            edits.replace(info, language.to_owned());
        }
    }
}

/// A link, or an image.
struct Link {
    whole: Range<usize>,
    /// The range of the content.
    inner: Range<usize>,
    target: Option<String>,
    /// Whether the link can stay unchanged.
    is_right: bool,
}

impl Link {
    fn write(self, edits: &mut Edits<'_>) {
        let Self { whole, inner, .. } = self;
        if self.is_right {
            return;
        }
        if inner.is_empty() {
            return edits.replace(whole, String::new());
        }
        let (before, after) = match self.target {
            Some(target) => ("[", format!("](<{target}>)")),
            None => ("", String::new()),
        };
        edits.replace(whole.start..inner.start, before.to_owned());
        edits.replace(inner.end..whole.end, after);
    }
}

/// Changes to ranges of a text that do not overlap.
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

    fn apply(mut self) -> String {
        self.edits
            .sort_by_key(|(range, _)| (range.start, range.end));
        let mut written = String::with_capacity(self.text.len() + 16 * self.edits.len());
        let mut from = 0;
        for (range, text) in &self.edits {
            // Skip changes inside a range that is already replaced.
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

/// Returns the ranges of the URLs in `text`.
fn urls(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    for (start, _) in text.match_indices("http") {
        let rest = &text[start..];
        let is_url = rest.starts_with("https://") || rest.starts_with("http://");
        if !is_url || start < from {
            continue;
        }
        let is_end = |c: char| c.is_whitespace() || "<>()\"'`\\".contains(c);
        let url = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        let url = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '|']);
        // A bracket may be part of a URL, or of the text around it.
        let bracket = url.find(['[', ']']).map(|at| &url[..at]);
        let mut urls = iter::once(url).chain(bracket);
        let Some(url) = urls.find(|url| absolute(url, None).is_some()) else {
            continue;
        };
        from = start + url.len();
        if !text[..start].ends_with('<') {
            found.push(start..from);
        }
    }
    found
}

#[cfg(test)]
#[path = "../../tests/hostile/payloads.rs"]
mod payloads;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let site = Some("https://docs.example/reference/page.md");
        assert_eq!(block(text, site), expected, "of {text}");
    }

    #[test]
    fn brackets_and_urls_that_rustdoc_would_misread_are_escaped() {
        for (text, expected) in [
            ("[DEPRECATED] Use `a[0]`", "\\[DEPRECATED\\] Use `a[0]`"),
            ("[`Pet`] and [a][b]", "\\[`Pet`\\] and \\[a][b\\]"),
            ("[[0, 1], [1, 0]]", "\\[\\[0, 1\\], \\[1, 0\\]\\]"),
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
    fn code_blocks_are_closed_and_not_tested() {
        for (text, expected) in [
            ("```\nlet\n```", "```text\nlet\n```"),
            ("```json\n{}\n```", "```json\n{}\n```"),
            ("```rust\nlet\n```", "```text\nlet\n```"),
            ("~~~ should_panic, x\nlet\n~~~", "~~~text\nlet\n~~~"),
            ("```\nlet", "```text\nlet\n```"),
            ("```", "```text\n```"),
            ("``` a\n``` b", "````text\n``` b\n````"),
            ("> ```\n> let\n\nb", "> ```text\n> let\n\nb"),
            ("a\n\n    code\n\nb", "a\n\n```text\ncode\n```\n\nb"),
            (
                "```sh\ncurl https://a.b [x] <y>\n```",
                "```sh\ncurl https://a.b [x] <y>\n```",
            ),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn links_without_a_host_become_text() {
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
            ("[](/x) b", "b"),
            ("![alt](/x.png)", "[alt](<https://docs.example/x.png>)"),
            ("[![alt](/x.png)](/y)", "[alt](<https://docs.example/y>)"),
            (
                "[a][1] and [b]\n\n[1]: /x\n[b]: https://c.d",
                "[a](<https://docs.example/x>) and [b](<https://c.d>)",
            ),
            (
                "[https://a.b](/x)",
                "[https://a.b](<https://docs.example/x>)",
            ),
        ] {
            check(text, expected);
        }
        assert_eq!(block("[a `b`](/x) ![c](d)", None), "a `b` c");
    }

    #[test]
    fn tags_become_text_and_anchors_become_links() {
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

    #[test]
    fn text_cannot_end_inline_code() {
        for (text, expected) in [
            ("a", "`a`"),
            ("", "`\"\"`"),
            (" ", "` `"),
            (" a", "`  a `"),
            ("`", "`` ` ``"),
            ("``a`", "``` ``a` ```"),
            ("a`b", "``a`b``"),
            ("a\\", "`a\\`"),
            ("<b> [a](b) &amp;", "`<b> [a](b) &amp;`"),
            ("a\r\n\tb\u{2028}\u{0}", "`a\\r\\n\\tb\\u{2028}\\u{0}`"),
            ("a\u{202e}b\u{e000}", "`a\\u{202e}b\\u{e000}`"),
        ] {
            assert_eq!(code(text), expected);
        }
        for text in ["a", " a", " a ", "`", "a ``` ` ``", "   ", "&lt; \\` <a>"] {
            assert_eq!(text_of_code(&code(text)).as_deref(), Some(text));
        }
        assert_eq!(text_of_code("`a` b"), None);
    }

    #[test]
    fn a_line_keeps_only_code_and_links() {
        for (text, expected) in [
            ("R&D: a_b, C#, 2 * 3 < 4", "R&D: a_b, C#, 2 * 3 < 4"),
            ("use `a` or\n*b*", "use `a` or b"),
            ("# a #", "\\# a \\#"),
            ("    a", "a"),
            ("```rust\na\n```", "`rust a`"),
            ("``` a", "\\`\\`\\` a"),
            ("&lt;a&gt; &amp;amp;", "\\<a> \\&amp;"),
            (
                "[a] [b](c) <i>",
                "\\[a\\] [b](<https://docs.example/reference/c>) \\<i>",
            ),
            ("see https://a.b/c.", "see <https://a.b/c>."),
            ("![a](https://a.b)", "[a](<https://a.b>)"),
            ("!<a href='https://a.b'>c</a>", "\\![c](<https://a.b>)"),
            ("[![a](https://a.b)](https://c.d)", "[a](<https://c.d>)"),
            ("[m](<javascript://%0a>) [n](java&#115;cript:x)", "m n"),
            (
                "<javascript:a> <mailto:a@b.c> <a@b.c>",
                "javascript:a <mailto:a@b.c> <a@b.c>",
            ),
        ] {
            let site = Some("https://docs.example/reference/page.md");
            assert_eq!(line(text, site), expected, "of {text}");
            // The reference passes a note through `line` a second time.
            assert_eq!(line(expected, site), expected);
        }
    }

    #[test]
    fn links_lead_to_the_web_or_to_mail() {
        for (text, expected) in [
            ("[a](https://b.c)", "[a](https://b.c)"),
            ("[a](HTTP://b.c)", "[a](HTTP://b.c)"),
            ("[a](mailto:b@c.d)", "[a](mailto:b@c.d)"),
            ("[a](javascript:b)", "a"),
            ("[a](<javascript://%0ab>)", "a"),
            ("[a](java&#115;cript:b)", "a"),
            ("[a](<java\tscript:b>)", "a"),
            ("[a](< javascript:b>)", "a"),
            (
                "[a](vbscript:b) [c](data:text/html,d) [e](file:///f)",
                "a c e",
            ),
            ("[a](ftp://b.c)", "a"),
            ("[a](//b.c/d)", "[a](<https://b.c/d>)"),
            ("<javascript:a>", "javascript:a"),
            ("<a href='javascript:b'>a</a>", "a"),
            ("<a href='java&#115;cript:b'>a</a>", "a"),
            ("[a][b]\n\n[b]: javascript:c", "a"),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn harmful_text_is_escaped() {
        for (text, expected) in [
            ("-     code", "\\-     code"),
            ("[^a]: b\n\n    code", "\\[\\^a\\]\\: b\n\ncode"),
            ("- a\n\n      code", "\\- a\n\ncode"),
            ("1) a\n\n       code", "1\\) a\n\ncode"),
            // A table for rustdoc, and an HTML comment without extensions.
            ("|<!--a\n|-|\n-->", "\\|\\<\\!\\-\\-a\n\\|\\-\\|\n\\-\\-\\>"),
        ] {
            check(text, expected);
        }
    }

    /// Asserts that each form of `text` is harmless, and that a second pass changes nothing.
    #[track_caller]
    fn check_any(text: &str) {
        let site = Some("https://docs.example/");
        for block in [block(text, site), sentence(text, site)] {
            assert!(is_harmless(&block), "{text:?}: {block:?}");
            assert_eq!(super::block(&block, site), block, "{text:?}");
        }
        let line = line(text, site);
        assert!(is_harmless(&format!("x {line}")), "{text:?}: {line:?}");
        assert!(!line.contains('\n'), "{text:?}: {line:?}");
        assert_eq!(super::line(&line, site), line, "{text:?}");
        let code = code(text);
        let read = text_of_code(&code);
        assert!(read.is_some(), "{text:?}: {code:?}");
        let is_shown = |c| !is_hidden(c) && !is_line_end(c) && c != '\t';
        if !text.is_empty() && text.chars().all(is_shown) {
            assert_eq!(read.as_deref(), Some(text));
        }
    }

    #[test]
    fn every_payload_is_harmless() {
        payloads::payloads().for_each(|text| check_any(&text));
    }

    /// Markup between two characters that mean something together.
    #[test]
    fn dropped_markup_joins_nothing_harmful() {
        for open in [
            "<", "</", "<!--", "[", "![", "[a](", "`", "&", "&lt", "\\", "~", "h",
        ] {
            for inner in ["", "a", "https://a.example", "#60", "http"] {
                for markup in ["*", "**", "_", "~~", "` `", "<b>", "![](x)"] {
                    for close in [">", "-->", "]", "](b)", ")", "`", ";", "(x)", "ttps://b"] {
                        check_any(&format!("{open}{markup}{inner}{close}{markup}{close} (x)"));
                        check_any(&format!("{open}{markup}{close}{markup}{close} {inner}"));
                    }
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_text_is_harmless(parts in prop::collection::vec(part(), 0..20)) {
            check_any(&parts.concat());
        }
    }

    fn part() -> impl Strategy<Value = String> {
        prop_oneof![
            6 => prop::sample::select(&payloads::PARTS[..]).prop_map(str::to_owned),
            1 => any::<char>().prop_map(String::from),
        ]
    }
}
