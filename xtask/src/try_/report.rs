//! Prints the result of a trial as a row of a table: the numbers of operations, methods, types and
//! examples, the times, and `passed`, `refused` or `failed`. Up to 20 problems follow below the
//! row, and the measured compile times on request.

use std::io;
use std::time::Duration;

use finch_gen::Names;

use super::measure::Measured;
use super::trial::Trial;
use crate::output::{self, Output};

/// The maximum number of problems that are printed for one document.
const PROBLEMS: usize = 20;

/// The columns after the name of the document, with their widths.
const COLUMNS: [(&str, usize); 9] = [
    ("operations", 10),
    ("methods", 7),
    ("types", 5),
    ("examples", 9),
    ("lines", 7),
    ("notes", 5),
    ("generate", 8),
    ("check", 7),
    ("result", 0),
];

/// Prints the header. The column of document names is `width` wide.
pub(super) fn header(out: &mut dyn Output, width: usize) -> io::Result<()> {
    cells(out, width, "document", COLUMNS.map(|(name, _)| name))
}

/// Prints the row of `name`, and a line for each problem.
pub(super) fn row(out: &mut dyn Output, width: usize, name: &str, trial: &Trial) -> io::Result<()> {
    let seconds = |time: Duration| format!("{:.2}s", time.as_secs_f64());
    let check = trial.check.map_or_else(|| "-".to_owned(), seconds);
    let result = match (trial.passed, trial.check) {
        (true, _) => "passed",
        (false, None) => "refused",
        (false, Some(_)) => "failed",
    };
    cells(
        out,
        width,
        name,
        [
            &trial.operations.to_string(),
            &trial.counts.methods.to_string(),
            &trial.counts.types.to_string(),
            &format!("{}/{}", trial.round_tripped, trial.counts.examples),
            &trial.lines.to_string(),
            &trial.notes.to_string(),
            &seconds(trial.generate),
            &check,
            result,
        ],
    )?;
    if trial.counts.types > 0 {
        output::line(out, &names(&trial.counts.names))?;
    }
    for problem in trial.problems.iter().take(PROBLEMS) {
        problem.print_below(out)?;
    }
    if let Some(more @ 1..) = trial.problems.len().checked_sub(PROBLEMS) {
        output::line(out, &format!("    and {more} more"))?;
    }
    for Measured {
        what,
        lines,
        whole,
        nothing,
    } in &trial.measured
    {
        // Noise may exceed a small difference.
        let net = |whole: Duration, nothing| seconds(whole.saturating_sub(nothing));
        let line = format!(
            "    {what:<22}  {lines:>6} lines  check {:>7} (net {:>7})  release {:>7} (net {:>7})",
            seconds(whole.check),
            net(whole.check, nothing.check),
            seconds(whole.release),
            net(whole.release, nothing.release),
        );
        output::line(out, &line)?;
    }
    // The build of the next document may take minutes.
    out.flush()
}

/// Returns the line with the origins of the type names.
fn names(names: &Names) -> String {
    let Names {
        components,
        titles,
        labels,
        paths,
        numbers,
        longest,
        unused,
    } = names;
    format!(
        "    type names: {components} of components, {titles} titles, {labels} of branches, {paths} \
         paths, {numbers} numbered; the longest has {longest} characters; {unused} unused"
    )
}

fn cells(out: &mut dyn Output, width: usize, name: &str, cells: [&str; 9]) -> io::Result<()> {
    let width = width.max("document".len());
    let mut line = format!("{name:<width$}");
    for (cell, (_, width)) in cells.into_iter().zip(COLUMNS) {
        line.push_str(&format!("  {cell:>width$}"));
    }
    output::line(out, &line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::excerpt::Fault;

    #[test]
    fn many_problems_are_counted() {
        let trial = Trial {
            problems: (1..=22)
                .map(|number| Fault::from(format!("problem {number}")))
                .collect(),
            ..Trial::default()
        };
        let mut out = Vec::new();
        row(&mut out, 3, "api", &trial).unwrap();
        let out = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = out.lines().collect();
        assert_eq!(lines.len(), 22, "{out}");
        assert!(
            lines[0].starts_with("api ") && lines[0].ends_with("-  refused"),
            "{out}"
        );
        assert_eq!(lines[20..], ["    problem 20", "    and 2 more"]);
    }
}
