//! A comparison as the body of a pull request on GitHub.
//!
//! What a document says is data: none of it may become a link, a mention or HTML,
//! so all but what stands between backticks is escaped. A body that is too long is
//! refused, so notes are left out before warnings, and warnings before breaks; how
//! many were is said.

use finch_gen::{Bump, Change, Comparison, Severity};

use super::{Printed, lines, version};

/// The most bytes of a body: GitHub takes 65,536 characters.
const MOST: usize = 60_000;

/// The most bytes that a change says of itself.
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
    } = printed;
    let mut body = format!(
        "# What changes\n\n{} beside {}: {}.\n\n",
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
            section(&mut body, heading, &changes);
        }
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
        let first = escaped(&cut(&first.to_string()));
        body.push_str(&format!(
            "\nOf what cannot be generated the client is not compared: {first}{more}.\n"
        ));
    }
}

/// Adds a heading, and as many of `changes` as there is place for.
fn section(body: &mut String, heading: &str, changes: &[&Change]) {
    let is_folded = changes.len() > OPEN;
    body.push_str(&format!("\n## {heading}\n\n"));
    if is_folded {
        let summary = format!("<details>\n<summary>All {}</summary>\n\n", changes.len());
        body.push_str(&summary);
    }
    for (index, change) in changes.iter().enumerate() {
        let item = item(change);
        if body.len() + item.len() > MOST {
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
    let named: Vec<String> = change
        .operations
        .iter()
        .take(NAMED)
        .map(|id| code(&cut(id)))
        .collect();
    let mut reached = named.join(", ");
    if let Some(more @ 1..) = change.operations.len().checked_sub(NAMED) {
        reached.push_str(&format!(" and {more} more"));
    }
    if !reached.is_empty() {
        reached = format!(" ({reached})");
    }
    let at = match change.pointer.as_str() {
        "" => String::new(),
        pointer => format!(" at {}", code(&cut(pointer))),
    };
    let what = escaped(&cut(&change.what));
    format!("- **{}**: {what}{at}{reached}\n", change.side)
}

/// `text`, or how it begins.
fn cut(text: &str) -> String {
    let mut end = LONGEST.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    match end == text.len() {
        true => text.to_owned(),
        false => format!("{}…", &text[..end]),
    }
}

/// `text` as code, whatever is in it.
fn code(text: &str) -> String {
    let text: String = text.chars().map(on_one_line).collect();
    let ticks = text.split(|c| c != '`').map(str::len).max();
    let fence = "`".repeat(ticks.unwrap_or_default() + 1);
    match fence.len() {
        1 => format!("`{text}`"),
        _ => format!("{fence} {text} {fence}"),
    }
}

/// `text`, of which what stands between backticks is code, and the rest says
/// nothing to Markdown.
fn escaped(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let mut markdown = String::with_capacity(text.len());
    for (index, part) in parts.iter().enumerate() {
        let is_closed = index + 1 < parts.len();
        if index % 2 == 1 && is_closed && !part.is_empty() {
            markdown.push_str(&code(part));
            continue;
        }
        if index % 2 == 1 {
            markdown.push_str("\\`");
        }
        let mut rest = part.chars().map(on_one_line).peekable();
        while let Some(c) = rest.next() {
            match c {
                // A mention of a person or of an issue is one in spite of a
                // backslash, but not with a comment in it.
                '@' | '#' => {
                    markdown.push(c);
                    markdown.push_str("<!-- -->");
                }
                // What looks like an address becomes a link.
                ':' if rest.peek() == Some(&'/') => markdown.push_str("&#58;"),
                '<' => markdown.push_str("&lt;"),
                '&' => markdown.push_str("&amp;"),
                '\\' | '*' | '_' | '[' | ']' | '>' | '|' | '!' | '~' | '$' => {
                    markdown.push('\\');
                    markdown.push(c);
                }
                c => markdown.push(c),
            }
        }
        if index % 2 == 1 && is_closed {
            markdown.push_str("\\`");
        }
    }
    markdown
}

fn on_one_line(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_document_says_is_no_markdown() {
        for (text, expected) in [
            ("property `a_b` added", "property `a_b` added"),
            ("a_b *c*", "a\\_b \\*c\\*"),
            ("<img src=x> & @all", "&lt;img src=x\\> &amp; @<!-- -->all"),
            ("[a](https://b)\n# c", "\\[a\\](https&#58;//b) #<!-- --> c"),
            ("one ` alone", "one \\` alone"),
            ("`<b>` and ``", "`<b>` and \\`\\`"),
        ] {
            assert_eq!(escaped(text), expected);
        }
        assert_eq!(code("a``b"), "``` a``b ```");
    }
}
