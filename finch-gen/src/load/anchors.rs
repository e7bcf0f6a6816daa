//! Anchors of which two have one name. YAML takes an alias for the last one before
//! it (1.2.2, section 7.1); the parser mixes up all that come after the second.

use std::collections::BTreeSet;

use saphyr_parser::{Event, Parser};

/// The first anchor in `text` whose name another has, with line and column, where
/// there is an alias.
pub(super) fn defined_twice(text: &str) -> Option<(String, (usize, usize))> {
    // Most texts have none, and are not to be read twice for it.
    let mut names = BTreeSet::new();
    if names_after_ampersands(text).all(|name| names.insert(name)) {
        return None;
    }
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let mut names = BTreeSet::new();
    let mut twice = None;
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { break };
        let anchor = match event {
            Event::Alias(_) if twice.is_some() => return twice,
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _) => anchor,
            _ => 0,
        };
        let start = starts.get(span.start.index()).copied();
        let (before, after) = text.split_at(start.unwrap_or(text.len()));
        // An anchor, or a tag beside one, may begin what it is of, or precede it.
        let name = match after.starts_with(['&', '!']) {
            true => names_after_ampersands(after).next(),
            false => names_after_ampersands(before).last(),
        };
        if anchor != 0
            && twice.is_none()
            && let Some(name) = name
            && !names.insert(name)
        {
            let place = (span.start.line(), span.start.col() + 1);
            twice = Some((name.to_owned(), place));
        }
    }
    None
}

/// What could be the names of anchors.
fn names_after_ampersands(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('&').filter_map(|(at, _)| {
        let before = text[..at].chars().next_back();
        let begins = before.is_none_or(|c| c.is_whitespace() || "[{,:-?".contains(c));
        let name = text[at + 1..].split(|c: char| c.is_whitespace() || "[]{},".contains(c));
        name.into_iter()
            .next()
            .filter(|name| begins && !name.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_two_anchors_have_is_found() {
        for (text, expected) in [
            ("{a: &x 1, b: &x 2, c: *x}", Some(("x", (1, 14)))),
            (
                "a: &x\n  b: é\nc: *x\nd: &x [1]\ne: *x",
                Some(("x", (4, 4))),
            ),
            ("a: &x {b: &y 1}\nc: &y 2\nd: *x", Some(("y", (2, 4)))),
            ("a: &x\n  b: 1\nc: !!map &x\n  d: *x", Some(("x", (3, 4)))),
            ("{a: &x 1, b: &y 2, c: *x}", None),
            ("{a: &x 1, b: &x 2}", None),
            ("a: 'one &nbsp; two &nbsp;'\nb: &x 1\nc: *x", None),
            ("a: |\n  &x 1\n  &x 2\nb: &x 1\nc: *x", None),
        ] {
            let found = defined_twice(text);
            let found = found.as_ref().map(|(name, at)| (name.as_str(), *at));
            assert_eq!(found, expected, "{text}");
        }
    }
}
