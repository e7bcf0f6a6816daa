//! Turns the HTML in a description into Markdown.
//!
//! rustdoc accepts tags but warns about an unclosed one, and most apparent tags are not HTML. So
//! tags are escaped: `<token>` becomes `\<token>`. An anchor with a usable target becomes a
//! Markdown link, and other anchors become plain text. `<br>` stays.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

use super::{EXTENSIONS, Edits, absolute};

/// Returns `text` with its HTML escaped or converted.
pub(super) fn as_text(text: &str, site: Option<&str>) -> String {
    let mut edits = Edits::new(text);
    // The open anchors: the range of the tag, and the target.
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
                        // An exclamation mark before a link would make it an image.
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

/// Whether `html` is exactly one line break.
pub(super) fn is_break(html: &str) -> bool {
    matches!(html, "<br>" | "<br/>" | "<br />")
}

/// Returns the `value` of an attribute with its entities decoded, if it can be the target of a
/// link.
fn decoded(value: &str) -> Option<String> {
    let link = format!("[](<{value}>)");
    Parser::new(&link).find_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.into_string()),
        _ => None,
    })
}

/// Returns the ranges in `html` that look like tags.
fn tags(html: &str) -> Vec<Range<usize>> {
    let mut end = 0;
    let starts = html.match_indices('<').map(|(start, _)| start);
    let tags = starts.filter(|start| html[start + 1..].starts_with(is_tag_start));
    let tags = tags.map(|start| {
        // Tags that begin before this end share it.
        if end <= start {
            let rest = &html[start..];
            end = rest.find('>').map_or(html.len(), |at| start + at + 1);
        }
        start..end
    });
    tags.collect()
}

/// Whether `c` after `<` makes a tag.
pub(super) fn is_tag_start(c: char) -> bool {
    c.is_ascii_alphabetic() || "/!?".contains(c)
}

/// Returns the name of a tag in lower case, with a slash first for an end tag.
fn name(tag: &str) -> String {
    let tag = tag.trim_start_matches('<');
    let mut chars = tag.char_indices().skip(1);
    let end = chars.find(|(_, c)| !c.is_ascii_alphanumeric());
    tag[..end.map_or(tag.len(), |(at, _)| at)].to_ascii_lowercase()
}

/// Returns the value of `href` in a tag.
fn href(tag: &str) -> Option<&str> {
    let at = tag.to_ascii_lowercase().find("href=")?;
    let value = &tag[at + "href=".len()..];
    match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next(),
        _ => value.split([' ', '>']).next(),
    }
}
