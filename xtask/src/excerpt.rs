//! Shows a problem together with its line of text, and marks the faulty part. An error without a
//! known line prints as its message alone.
//!
//! ```text
//! error: openapi/finch.yaml:41:7: /components/schemas/A/enum: expected a list; list the values
//!    |
//! 41 |       enum: sandbox
//!    |       ^^^^^^^^^^^^^
//! ```

use std::io;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use finch_gen::{Excerpt, Place, Problem, Problems};

use crate::output::{Output, on_one_line, printable};

/// A problem or another error, ready to be printed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fault {
    pub(crate) message: String,
    line: Option<Line>,
}

/// A line of text without hidden characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    number: usize,
    text: String,
    /// The start and the end of the faulty part.
    faulty: (usize, usize),
}

impl Fault {
    /// Returns the problems that `error` consists of, or `error` itself.
    pub(crate) fn all(error: &anyhow::Error) -> Vec<Self> {
        match error.downcast_ref::<Problems>() {
            Some(problems) => problems.iter().map(Self::from).collect(),
            None => vec![Self::from(format!("{error:#}"))],
        }
    }

    /// Prints `error: `, the message, and the line.
    pub(crate) fn print(&self, out: &mut dyn Output) -> io::Result<()> {
        self.render(Level::ERROR, out.has_colours())
            .try_for_each(|line| writeln!(out, "{line}"))
    }

    /// Prints the message below a row of a table, and then the line.
    pub(crate) fn print_below(&self, out: &mut dyn Output) -> io::Result<()> {
        let mut indent = "    ";
        for line in self.render(Level::ERROR.no_name(), out.has_colours()) {
            writeln!(out, "{indent}{line}")?;
            indent = "      ";
        }
        Ok(())
    }

    fn render(&self, level: Level<'_>, is_styled: bool) -> impl Iterator<Item = String> {
        let snippet = self.line.as_ref().map(|line| {
            let (start, end) = line.faulty;
            Snippet::source(&line.text)
                .line_start(line.number)
                .annotation(AnnotationKind::Primary.span(start..end))
        });
        let title = level.primary_title(printable(&self.message));
        let renderer = match is_styled {
            true => Renderer::styled(),
            false => Renderer::plain(),
        };
        let text = renderer.render(&[Group::with_title(title).elements(snippet)]);
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.into_iter()
    }
}

impl From<&Problem> for Fault {
    fn from(problem: &Problem) -> Self {
        let line = problem.place.as_ref().and_then(|place| {
            let Place { line, excerpt, .. } = &**place;
            let Excerpt { text, faulty } = excerpt.as_ref()?;
            let (text, faulty) = visible(text, faulty);
            Some(Line {
                number: *line,
                text,
                faulty: (faulty.start, faulty.end),
            })
        });
        Self {
            message: problem.to_string(),
            line,
        }
    }
}

impl From<String> for Fault {
    fn from(message: String) -> Self {
        let line = None;
        Self { message, line }
    }
}

/// Returns `text` as [`on_one_line`] does, and the new range of `part`.
fn visible(text: &str, part: &Range<usize>) -> (String, Range<usize>) {
    let shown_until = |end: usize| on_one_line(text.get(..end).unwrap_or(text)).len();
    let part = shown_until(part.start)..shown_until(part.end);
    (on_one_line(text), part)
}

#[cfg(test)]
mod tests {
    use finch_gen::{Inputs, Text};

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let name = "api.yaml";
        let problems = finch_gen::lower_inputs(&Inputs::of_document(Text { name, text }));
        let problems = problems.unwrap_err();
        let mut out = Vec::new();
        for fault in Fault::all(&problems.into()) {
            fault.print(&mut out).unwrap();
        }
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    /// An operation that needs the schemas `names`.
    fn paths(names: &[&str]) -> String {
        let references = names
            .iter()
            .map(|name| format!("{{$ref: '#/components/schemas/{name}'}}"));
        let references: Vec<String> = references.collect();
        format!(
            "paths: {{/a: {{get: {{operationId: a, responses: {{'200': {{description: '', content: \
             {{application/json: {{schema: {{anyOf: [{}]}}}}}}}}}}}}}}}}\n",
            references.join(", ")
        )
    }

    const START: &str = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\ncomponents:\n  schemas:\n";

    #[test]
    fn the_faulty_part_is_underlined() {
        check(
            &format!(
                "{START}    A: {{enum: cat, type: string}}\n    B:\n      type: text # none\n{}",
                paths(&["A", "B"])
            ),
            "error: api.yaml:5:9: /components/schemas/A/enum: expected a list; list the values\n  \
             |\n5 |     A: {enum: cat, type: string}\n  |         ^^^^^^^^^\n\
             error: api.yaml:7:7: /components/schemas/B/type: \"text\" is not a type; use \
             null, boolean, object, array, number, integer or string\n  \
             |\n7 |       type: text # none\n  |       ^^^^^^^^^^\n",
        );
    }

    #[test]
    fn a_hidden_character_is_underlined_as_it_is_shown() {
        check(
            &format!(
                "{START}    A\u{ad}: {{enum: \"##[a\u{202e}\"}}\n{}",
                paths(&["A\u{ad}"])
            ),
            "error: api.yaml:5:10: /components/schemas/A\\u{ad}/enum: expected a list; list the \
             values\n  |\n5 |     A\\u{ad}: {enum: \"##\\u{5b}a\\u{202e}\"}\n  \
             |               ^^^^^^^^^^^^^^^^^^^^^^^^^\n",
        );
    }

    #[test]
    fn a_syntax_error_is_shown_at_its_place() {
        check(
            "openapi: 3.1.0\ninfo: [1\npaths: {}\n",
            "error: api.yaml:3:6: not YAML: did not find expected ',' or ']' at line 3 column 6, \
             while parsing a flow sequence at line 2 column 7; correct the syntax there\n  \
             |\n3 | paths: {}\n  |      ^\n",
        );
    }
}
