//! Finds an anchor that reuses a name, if an alias follows it: `a: &x 1`, `b: &x 2`, `c: *x`.
//! Returns its name, line and column, and `load` refuses the text.
//!
//! In YAML an alias refers to the last anchor before it (1.2.2, section 7.1), but the parser
//! confuses all anchors after the second.

use std::collections::BTreeSet;

use saphyr_parser::{Event, Parser};

/// Returns the name, the line and the column of the first anchor in `text` that reuses a name,
/// if an alias follows it.
pub(super) fn defined_twice(text: &str) -> Option<(String, (usize, usize))> {
    // Most texts have no such anchors, so this check saves a second parse.
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
        if anchor != 0
            && twice.is_none()
            && let Some(start) = starts.get(span.start.index())
            && let Some(name) = name_of(text, *start)
            && !names.insert(name)
        {
            let place = (span.start.line(), span.start.col() + 1);
            twice = Some((name.to_owned(), place));
        }
    }
    None
}

/// Returns the name of the anchor of the value that begins at `start`. The anchor, or a tag
/// next to it, either precedes that position or begins there.
fn name_of(text: &str, start: usize) -> Option<&str> {
    let (before, after) = text.split_at(start);
    match after.starts_with(['&', '!']) {
        true => names_after_ampersands(after).next(),
        false => {
            let mut ampersands = before.rmatch_indices('&');
            ampersands.find_map(|(at, _)| name_after(before, at))
        }
    }
}

/// Returns the possible names of anchors.
fn names_after_ampersands(text: &str) -> impl Iterator<Item = &str> {
    let ampersands = text.match_indices('&');
    ampersands.filter_map(|(at, _)| name_after(text, at))
}

/// Returns the possible name of an anchor after the ampersand at `at`.
fn name_after(text: &str, at: usize) -> Option<&str> {
    let before = text[..at].chars().next_back();
    let begins = before.is_none_or(|c| c.is_whitespace() || "[{,:-?".contains(c));
    let ends = |c: char| c.is_whitespace() || "[]{},".contains(c);
    let name = text[at + 1..].split(ends).next();
    name.filter(|name| begins && !name.is_empty())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn a_reused_anchor_name_is_found() {
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

    #[test]
    fn many_ampersands_take_linear_time() {
        let members = (0..20_000).map(|index| format!("a{index}: ' &nbsp; '\n"));
        let text = members.collect::<String>();
        let start = Instant::now();
        assert_eq!(defined_twice(&text), None);
        assert_eq!(defined_twice(&format!("{text}b: &x 1\nc: *x")), None);
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}
