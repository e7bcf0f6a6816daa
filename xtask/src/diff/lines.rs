//! Prints a comparison in the style of cargo.
//!
//! Prints one line for each change, the most severe first: `Breaks`, `Warning`, then `Note`. A
//! line also names the callers of the changed item. At most 200 changes of each severity are
//! printed. The last lines give the refused parts, the number of changes, and the next version of
//! `finch-api`.

use std::io;

use finch_gen::{Bump, Comparison, Severity};

use super::{Printed, version};
use crate::diagnostics::counted;
use crate::output::{Output, status};

/// The maximum number of changes that are printed for each severity.
const MOST: usize = 200;

pub(super) fn print(out: &mut dyn Output, printed: &Printed<'_>) -> io::Result<()> {
    let Printed {
        old,
        new,
        comparison,
        callers,
        versions,
        ..
    } = printed;
    for (severity, verb) in [
        (Severity::Breaks, "Breaks"),
        (Severity::Warning, "Warning"),
        (Severity::Note, "Note"),
    ] {
        let count = comparison.with_severity(severity).count();
        for change in comparison.with_severity(severity).take(MOST) {
            let callers = callers.reached(change, comparison);
            let called = match callers.is_empty() {
                true => String::new(),
                false => format!("; called by `{}`", callers.join("`, `")),
            };
            status(out, verb, &format!("{change}{called}"))?;
        }
        if let Some(more @ 1..) = count.checked_sub(MOST) {
            status(
                out,
                "",
                &format!("and {more} more; `--format json` lists all"),
            )?;
        }
    }
    for problem in comparison.refused.iter().take(MOST) {
        status(out, "Refused", &problem.to_string())?;
    }
    let counts = counts(comparison);
    status(out, "Compared", &format!("{new} with {old}: {counts}"))?;
    let before = &versions.before;
    let what = match versions.bump {
        Bump::None => format!("finch-api stays at {before}: there is nothing to release"),
        bump => {
            let after = &versions.after;
            format!("finch-api {before} → {after} ({})", version::name(bump))
        }
    };
    status(out, "Version", &what)
}

/// Returns the numbers of changes by severity.
pub(super) fn counts(comparison: &Comparison) -> String {
    if comparison.changes.is_empty() {
        return "no change".to_owned();
    }
    let count = |severity| comparison.with_severity(severity).count();
    let breaks = match count(Severity::Breaks) {
        1 => "1 break".to_owned(),
        breaks => format!("{breaks} breaks"),
    };
    let warnings = counted(count(Severity::Warning), "warning");
    let notes = counted(count(Severity::Note), "note");
    [breaks, warnings, notes].join(", ")
}
