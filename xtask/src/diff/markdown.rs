//! Prints a comparison as the body of a pull request on GitHub.
//!
//! All text of a document becomes a code span or a code block, and so never a link, a mention,
//! a closing keyword, an image or HTML. It has no line breaks: a code span never ends before
//! its fence.
//!
//! GitHub refuses a body of more than 65,536 characters. A long body drops whole elements:
//! first the lists of the items that come with operations, starting with the last list, and then
//! the last changes. It states how many elements are missing.

use finch_gen::{Bump, Change, Comparison, Severity, visible};

use super::{Printed, lines, version};

/// The maximum number of bytes in the lists of changes. Headings and the ends of lists take the
/// rest of a body.
const LISTS: usize = 50_000;

/// The maximum number of bytes in the output of a generation.
const GENERATION: usize = 10_000;

/// The maximum number of characters in one string of a document.
const LONGEST: usize = 400;

/// The maximum number of changes in an open list. A longer list is folded.
const OPEN: usize = 15;

/// The maximum number of operations and callers that a change names.
const NAMED: usize = 5;

/// A change in a list.
struct Element {
    item: String,
    /// The items that the change adds or removes with it, in a folded list.
    brings: String,
}

pub(super) fn print(printed: &Printed<'_>) -> String {
    let Printed {
        old,
        new,
        comparison,
        versions,
        generation,
        ..
    } = printed;
    let mut body = format!(
        "# What changes\n\n{} compared with {}: {}.\n\n",
        code(new),
        code(old),
        lines::counts(comparison)
    );
    body.push_str(&match versions.bump {
        Bump::None => format!(
            "`finch-api` stays at {}: there is nothing to release.\n",
            versions.before
        ),
        bump => format!(
            "`finch-api` {} → **{}** ({}).\n",
            versions.before,
            versions.after,
            version::name(bump)
        ),
    });
    refused(&mut body, comparison);
    lists(&mut body, printed);
    if let Some(generation) = generation {
        block(&mut body, "Output of `cargo xtask generate`", generation);
    }
    body
}

fn refused(body: &mut String, comparison: &Comparison) {
    let mut problems = comparison.refused.iter();
    if let Some(first) = problems.next() {
        let more = match problems.count() {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        let first = code(&first.to_string());
        body.push_str(&format!(
            "\nOnly the part of the client that can be generated is compared: {first}{more}.\n"
        ));
    }
}

/// Adds a heading and a list for each severity, as far as they fit.
fn lists(body: &mut String, printed: &Printed<'_>) {
    let mut left = LISTS.saturating_sub(body.len());
    let mut take = |text: &str| match left.checked_sub(text.len()) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    let severities = [
        (Severity::Breaks, "Breaking changes"),
        (Severity::Warning, "Warnings"),
        (Severity::Note, "Notes"),
    ];
    let mut lists = severities.map(|(severity, heading)| {
        let all = printed.comparison.with_severity(severity);
        let elements = all.map(|change| Element {
            item: item(change, printed),
            brings: brings(change),
        });
        let fitting = elements.take_while(|element| take(&element.item));
        let count = printed.comparison.with_severity(severity).count();
        (heading, count, fitting.collect::<Vec<_>>())
    });
    // The changes come first; the lists of items get the remaining space.
    let mut is_full = false;
    let all = lists.iter_mut().flat_map(|(.., elements)| elements);
    for element in all.filter(|element| !element.brings.is_empty()) {
        is_full |= !take(&element.brings);
        if is_full {
            element.brings.clear();
        }
    }
    for (heading, count, elements) in lists {
        if count > 0 {
            list(body, heading, count, &elements);
        }
    }
}

/// Adds a heading and a list of `elements`, the first of `count` changes.
fn list(body: &mut String, heading: &str, count: usize, elements: &[Element]) {
    let is_folded = count > OPEN;
    body.push_str(&format!("\n## {heading}\n\n"));
    if is_folded {
        let summary = format!("<details>\n<summary>All {count}</summary>\n\n");
        body.push_str(&summary);
    }
    for Element { item, brings } in elements {
        body.push_str(item);
        body.push_str(brings);
    }
    if let Some(more @ 1..) = count.checked_sub(elements.len()) {
        body.push_str(&format!(
            "- and {more} more; `cargo xtask diff` lists all\n"
        ));
    }
    if is_folded {
        body.push_str("\n</details>\n");
    }
}

/// Returns the list item for `change`, without the items that it adds or removes with it.
fn item(change: &Change, printed: &Printed<'_>) -> String {
    let at = match change.pointer.as_str() {
        "" => String::new(),
        pointer => code(pointer),
    };
    let callers = printed.callers.reached(change, printed.comparison);
    let parts = [
        (" at ", at, ""),
        (" (", named(&change.operations), ")"),
        (", called by ", named(&callers), ""),
        (", with ", change.counts(), ""),
    ];
    let parts = parts.into_iter().filter(|(_, text, _)| !text.is_empty());
    let parts = parts.map(|(before, text, after)| format!("{before}{text}{after}"));
    let parts: String = parts.collect();
    format!("- **{}**: {}{parts}\n", change.side, code(&change.what))
}

/// Returns a folded list of the items that `change` adds or removes with it.
fn brings(change: &Change) -> String {
    if change.brings.is_empty() {
        return String::new();
    }
    let items = change.brings.iter().map(|item| {
        let (side, what) = (item.side, code(&item.what));
        format!("  - **{side}**: {what}\n")
    });
    let items: String = items.collect();
    let count = change.brings.len();
    format!("  <details>\n  <summary>All {count}</summary>\n\n{items}\n  </details>\n")
}

/// Returns the first of `names` as code, and the number of the others.
fn named(names: &[String]) -> String {
    let first: Vec<String> = names.iter().take(NAMED).map(|name| code(name)).collect();
    let mut text = first.join(", ");
    if let Some(more @ 1..) = names.len().checked_sub(NAMED) {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

/// Adds a heading and a code block with as many lines of `text` as fit.
fn block(body: &mut String, heading: &str, text: &str) {
    let all: Vec<String> = text.lines().map(line).collect();
    let mut length = 0;
    let fitting = all.iter().take_while(|line| {
        length += line.len() + 1;
        length <= GENERATION
    });
    let fitting: Vec<&str> = fitting.map(String::as_str).collect();
    let fence = "`".repeat(longest_run(&fitting.join("\n")).max(2) + 1);
    body.push_str(&format!("\n## {heading}\n\n{fence}text\n"));
    for line in &fitting {
        body.push_str(&format!("{line}\n"));
    }
    body.push_str(&format!("{fence}\n"));
    if let Some(more @ 1..) = all.len().checked_sub(fitting.len()) {
        body.push_str(&format!("\nAnd {more} more lines.\n"));
    }
}

/// Returns `text` as a code span that no `text` can end early.
fn code(text: &str) -> String {
    let text = line(text);
    let fence = "`".repeat(1 + longest_run(&text));
    // Without spaces, a backtick at an end would join the fence, and an empty text would have
    // no span. Markdown strips one space from each end of a code span.
    let is_plain = !text.is_empty() && !text.starts_with([' ', '`']) && !text.ends_with([' ', '`']);
    match is_plain {
        true => format!("{fence}{text}{fence}"),
        false => format!("{fence} {text} {fence}"),
    }
}

/// Returns the length of the longest run of backticks in `text`.
fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or_default()
}

/// Returns `text` on one line, cut if it is long.
fn line(text: &str) -> String {
    let text = visible(text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_in_its_code_span() {
        for (text, expected) in [
            ("", "`  `"),
            ("a_b", "`a_b`"),
            ("property `a` added", "``property `a` added``"),
            ("`a`", "`` `a` ``"),
            ("a``b```", "```` a``b``` ````"),
            (" a", "`  a `"),
            ("a\n\n@b\r", "`a\\n\\n@b\\r`"),
        ] {
            assert_eq!(code(text), expected);
        }
        let long = code(&"é".repeat(2 * LONGEST));
        assert_eq!(long, format!("`{}…`", "é".repeat(LONGEST)));
    }

    #[test]
    fn a_block_ends_after_a_line_and_at_its_fence() {
        let blocked = |text: &str| {
            let mut body = String::new();
            block(&mut body, "H", text);
            body
        };
        assert_eq!(blocked("a\n"), "\n## H\n\n```text\na\n```\n");
        let fence = "`".repeat(5);
        assert_eq!(
            blocked("````\n<b>"),
            format!("\n## H\n\n{fence}text\n````\n<b>\n{fence}\n")
        );
        let long = blocked(&"0123456789\n".repeat(1_000));
        assert_eq!(
            long.lines().filter(|line| *line == "0123456789").count(),
            909
        );
        assert!(long.ends_with("\n```\n\nAnd 91 more lines.\n"), "{long}");
    }
}
