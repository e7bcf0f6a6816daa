//! What is HTML in a description, as text.
//!
//! rustdoc lets tags pass, but warns of one that does not end, and most of what
//! looks like one is none: `<token>`. So tags are written as text; anchors become
//! links, and line breaks stay.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

use super::{EXTENSIONS, Edits, absolute};

/// `text` without HTML.
pub(super) fn as_text(text: &str, site: Option<&str>) -> String {
    let mut edits = Edits::new(text);
    // Anchors that have not ended yet: the tag, and where they lead.
    let mut open: Vec<(Range<usize>, Option<String>)> = Vec::new();
    for (event, range) in Parser::new_ext(text, EXTENSIONS).into_offset_iter() {
        let (Event::Html(_) | Event::InlineHtml(_)) = event else {
            continue;
        };
        for tag in tags(&text[range.clone()]) {
            let tag = range.start + tag.start..range.start + tag.end;
            let name = name(&text[tag.clone()]);
            match name.as_str() {
                "br" if is_break(&text[tag.clone()]) => {}
                "a" => {
                    let target = href(&text[tag.clone()]).and_then(decoded);
                    open.push((tag, target.and_then(|target| absolute(&target, site))));
                }
                "/a" if !open.is_empty() => {
                    if let Some((start, target)) = open.pop() {
                        let (before, after) = match target {
                            Some(target) => ("[", format!("](<{target}>)")),
                            None => ("", String::new()),
                        };
                        // Else it would be an image.
                        if text[..start.start].ends_with('!') {
                            edits.insert(start.start - 1, "\\");
                        }
                        edits.replace(start, before.to_owned());
                        edits.replace(tag, after);
                    }
                }
                _ => edits.insert(tag.start, "\\"),
            }
        }
    }
    for (tag, _) in open {
        edits.insert(tag.start, "\\");
    }
    edits.apply()
}

/// Whether `html` is a line break and nothing else.
pub(super) fn is_break(html: &str) -> bool {
    matches!(html, "<br>" | "<br/>" | "<br />")
}

/// The `value` of an attribute without entities, if it could be the target of a link.
fn decoded(value: &str) -> Option<String> {
    let link = format!("[](<{value}>)");
    Parser::new(&link).find_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.into_string()),
        _ => None,
    })
}

/// What looks like a tag in `html`.
fn tags(html: &str) -> Vec<Range<usize>> {
    let mut tags = Vec::new();
    let mut end = 0;
    for (start, _) in html.match_indices('<') {
        let rest = &html[start + 1..];
        let is_tag = rest.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        if is_tag {
            // Of several that begin before it, it is the end of each.
            if end <= start {
                end = rest.find('>').map_or(html.len(), |at| start + 1 + at + 1);
            }
            tags.push(start..end);
        }
    }
    tags
}

/// The name of a tag in lower case, with a slash before it where it ends one.
fn name(tag: &str) -> String {
    let tag = tag.trim_start_matches('<');
    let end = tag
        .char_indices()
        .skip(1)
        .find(|(_, c)| !c.is_ascii_alphanumeric());
    tag[..end.map_or(tag.len(), |(at, _)| at)].to_ascii_lowercase()
}

/// The value of `href` in a tag.
fn href(tag: &str) -> Option<&str> {
    let at = tag.to_ascii_lowercase().find("href=")?;
    let value = &tag[at + "href=".len()..];
    match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next(),
        _ => value.split([' ', '>']).next(),
    }
}
