//! A comparison as the body of a pull request on GitHub.
//!
//! All text of a document is code, either a span or a block, and so never a link, a
//! mention, a closing keyword, an image or HTML. It has no line breaks: a code span
//! never ends before its fence.
//!
//! GitHub refuses a body that is too long. So a long list ends after the items that fit,
//! and says how many more there are.

use finch_gen::{Bump, Change, Comparison, Severity, visible};

use super::{Printed, lines, version};

/// The most bytes of the lists of changes. GitHub takes 65,536 characters. The headings
/// and what ends each list take the rest.
const LISTS: usize = 50_000;

/// The most bytes that a generation says.
const GENERATION: usize = 10_000;

/// The most characters of one text of a document.
const LONGEST: usize = 400;

/// The most changes of a list that is not folded.
const OPEN: usize = 15;

/// The most operations that a change names.
const NAMED: usize = 5;

pub(super) fn print(printed: &Printed<'_>) -> String {
    let Printed {
        old,
        new,
        comparison,
        versions,
        generation,
    } = printed;
    let mut body = format!(
        "# What changes\n\n{} compared with {}: {}.\n\n",
        code(new),
        code(old),
        lines::counts(comparison)
    );
    body.push_str(&match versions.bump {
        Bump::None => format!(
            "`finch-api` {} stays: nothing is to be released.\n",
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
    for (severity, heading) in [
        (Severity::Breaks, "Breaks"),
        (Severity::Warning, "Warnings"),
        (Severity::Note, "Notes"),
    ] {
        let changes: Vec<&Change> = comparison.of(severity).collect();
        if !changes.is_empty() {
            list(&mut body, heading, &changes);
        }
    }
    if let Some(generation) = generation {
        block(&mut body, "What `cargo xtask generate` says", generation);
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

/// Adds a heading and as many of `changes` as fit.
fn list(body: &mut String, heading: &str, changes: &[&Change]) {
    let is_folded = changes.len() > OPEN;
    body.push_str(&format!("\n## {heading}\n\n"));
    if is_folded {
        let summary = format!("<details>\n<summary>All {}</summary>\n\n", changes.len());
        body.push_str(&summary);
    }
    for (index, change) in changes.iter().enumerate() {
        let item = item(change);
        if body.len() + item.len() > LISTS {
            let more = changes.len() - index;
            body.push_str(&format!("- and {more} more, all by `cargo xtask diff`\n"));
            break;
        }
        body.push_str(&item);
    }
    if is_folded {
        body.push_str("\n</details>\n");
    }
}

fn item(change: &Change) -> String {
    let operations = change.operations.iter();
    let named: Vec<String> = operations.take(NAMED).map(|id| code(id)).collect();
    let mut reached = named.join(", ");
    if let Some(more @ 1..) = change.operations.len().checked_sub(NAMED) {
        reached.push_str(&format!(" and {more} more"));
    }
    if !reached.is_empty() {
        reached = format!(" ({reached})");
    }
    let at = match change.pointer.as_str() {
        "" => String::new(),
        pointer => format!(" at {}", code(pointer)),
    };
    format!(
        "- **{}**: {}{at}{reached}\n",
        change.side,
        code(&change.what)
    )
}

/// Adds a heading and as many of the lines of `text` as fit, as a block of code.
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

/// Returns `text` as a code span, whatever is in it.
fn code(text: &str) -> String {
    let text = line(text);
    let fence = "`".repeat(1 + longest_run(&text));
    // Without spaces, the fence would be longer at a backtick, and none at no text. Of
    // the spaces at both ends, a code span loses one.
    let is_plain = !text.is_empty() && !text.starts_with([' ', '`']) && !text.ends_with([' ', '`']);
    match is_plain {
        true => format!("{fence}{text}{fence}"),
        false => format!("{fence} {text} {fence}"),
    }
}

/// The length of the longest run of backticks in `text`.
fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or_default()
}

/// Returns the one line that shows `text`, or how it begins.
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
