//! Prints three things in the style of a compiler: the problems of a document, the report of a
//! generation, and a panic.
//!
//! Prints at most 50 problems, and then how many more there are. Prints the first note of each kind
//! in a report, and how many places have such a note. With `--verbose`, prints all notes.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io;
use std::panic::PanicHookInfo;

use finch_gen::{Level, Note, Report};

use crate::excerpt::Fault;
use crate::output::{self, Output, line, status};

/// The maximum number of problems that are printed.
const PROBLEMS: usize = 50;

/// Prints why a command failed: each problem of a document, or another error.
///
/// # Errors
///
/// `out` cannot be written to.
pub fn error(out: &mut dyn Output, error: &anyhow::Error) -> io::Result<()> {
    errors(out, Fault::all(error).iter())
}

/// Prints the message of a panic, which may quote a document, and a backtrace if the
/// environment requests one.
///
/// # Errors
///
/// `out` cannot be written to.
pub fn panic(out: &mut dyn Output, panic: &PanicHookInfo<'_>) -> io::Result<()> {
    line(out, &format!("error: {panic}"))?;
    let backtrace = Backtrace::capture();
    match backtrace.status() {
        BacktraceStatus::Captured => output::lines(out, &backtrace.to_string()),
        _ => Ok(()),
    }
}

/// Prints `faults` as a compiler does: the first ones, and the number of the others.
pub(crate) fn errors<'a>(
    out: &mut dyn Output,
    faults: impl ExactSizeIterator<Item = &'a Fault>,
) -> io::Result<()> {
    let more = faults.len().saturating_sub(PROBLEMS);
    for fault in faults.take(PROBLEMS) {
        fault.print(out)?;
    }
    match more {
        0 => Ok(()),
        _ => line(out, &format!("error: and {more} more")),
    }
}

/// Prints `report` in the style of cargo, warnings first: one note of each kind with the
/// number of its places, or every note if `is_verbose`.
pub(crate) fn report(out: &mut dyn Output, report: &Report, is_verbose: bool) -> io::Result<()> {
    let mut folded = 0;
    for (level, verb) in [(Level::Warning, "Warning"), (Level::Info, "Note")] {
        let mut notes: Vec<_> = report.iter().filter(|note| note.level == level).collect();
        notes.sort_by_key(|note| note.code);
        for of_kind in notes.chunk_by(|a, b| a.code == b.code) {
            match of_kind {
                [first, _, ..] if !is_verbose => {
                    let Note {
                        code,
                        pointer,
                        what,
                        ..
                    } = first;
                    let count = of_kind.len();
                    status(
                        out,
                        verb,
                        &format!("{code} at {count} places, such as {pointer}: {what}"),
                    )?;
                    folded += count - 1;
                }
                notes => {
                    for note in notes {
                        status(out, verb, &note.to_string())?;
                    }
                }
            }
        }
    }
    match folded {
        0 => Ok(()),
        _ => status(
            out,
            "",
            &format!("and {folded} more, which --verbose lists"),
        ),
    }
}

/// Returns `count` and the name of a thing, in the plural unless `count` is 1.
pub(crate) fn counted(count: usize, thing: &str) -> String {
    match count {
        1 => format!("1 {thing}"),
        _ => format!("{count} {thing}s"),
    }
}

/// Counts the warnings and notes of `report`, for a summary.
pub(crate) fn of_report(report: &Report) -> String {
    let warnings = report.iter().filter(|note| note.level == Level::Warning);
    let warnings = warnings.count();
    let notes = report.iter().count() - warnings;
    format!(
        "{}, {}",
        counted(warnings, "warning"),
        counted(notes, "note")
    )
}

#[cfg(test)]
mod tests {
    use finch_gen::{Inputs, Problems, Text};

    use super::*;

    /// Lowers a document with this many components, each with the schema `schema`, and an
    /// operation that needs them.
    fn lower(count: usize, schema: &str) -> Result<finch_gen::Lowered, Problems> {
        let references =
            (1..=count).map(|number| format!("{{$ref: '#/components/schemas/S{number:02}'}}"));
        let references: Vec<String> = references.collect();
        let mut text = format!(
            "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths: {{/a: {{get: {{operationId: a, \
             security: [], responses: {{'200': {{description: '', content: {{application/json: {{schema: {{anyOf: \
             [{}]}}}}}}}}}}}}}}}}\ncomponents:\n  schemas:\n",
            references.join(", ")
        );
        for number in 1..=count {
            text.push_str(&format!("    S{number:02}: {schema}\n"));
        }
        let document = Text {
            name: "api.yaml",
            text: &text,
        };
        finch_gen::lower_inputs(&Inputs::of_document(document))
    }

    #[test]
    fn many_problems_are_counted() {
        let check = |count, lines: usize, last: &str| {
            let mut out = Vec::new();
            let problems = lower(count, "{type: text}").unwrap_err();
            error(&mut out, &problems.into()).unwrap();
            let out = String::from_utf8(out).unwrap();
            let errors = out.lines().filter(|line| line.starts_with("error: "));
            let errors: Vec<&str> = errors.collect();
            assert_eq!(errors.len(), lines, "{out}");
            assert!(errors[lines - 1].starts_with(last), "{out}");
        };
        check(
            50,
            50,
            "error: api.yaml:55:11: /components/schemas/S50/type: \"text\" is not a type; ",
        );
        check(53, 51, "error: and 3 more");
    }

    #[test]
    fn a_report_is_grouped_by_kind_or_complete() {
        let schema = "{not: {contains: {}}, type: [string, integer]}";
        let lowered = lower(7, schema).unwrap();
        let printed = |is_verbose| {
            let mut out = Vec::new();
            report(&mut out, &lowered.report, is_verbose).unwrap();
            String::from_utf8(out).unwrap()
        };
        let check = |out: String, expected: &[(usize, &str)]| {
            let lines: Vec<&str> = out.lines().collect();
            for (index, start) in expected {
                assert!(
                    lines[*index].starts_with(start),
                    "{start}\nis not in\n{out}"
                );
            }
            lines.len()
        };
        let lines = check(
            printed(false),
            &[
                (
                    0,
                    "     Warning contains at 7 places, such as /components/schemas/S01/not: ",
                ),
                (
                    1,
                    "     Warning not-dropped at 7 places, such as /components/schemas/S01: ",
                ),
                (
                    2,
                    "        Note multi-type at 7 places, such as /components/schemas/S01: ",
                ),
                (3, "             and 18 more, which --verbose lists"),
            ],
        );
        assert_eq!(lines, 4);
        let lines = check(
            printed(true),
            &[
                (0, "     Warning contains at /components/schemas/S01/not: "),
                (6, "     Warning contains at /components/schemas/S07/not: "),
                (7, "     Warning not-dropped at /components/schemas/S01: "),
                (14, "        Note multi-type at /components/schemas/S01: "),
            ],
        );
        assert_eq!(lines, 21);
        assert_eq!(of_report(&lowered.report), "14 warnings, 7 notes");
    }
}
