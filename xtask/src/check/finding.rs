//! The result of a check, and printing it.

use std::collections::BTreeSet;
use std::io;

use crate::diagnostics;
use crate::excerpt::Fault;
use crate::output::{self, Output, status};

/// The result of checking an item.
pub(super) struct Finding {
    /// The item: a path within the workspace, or `version`.
    pub(super) of: &'static str,
    pub(super) verdict: Verdict,
    /// The state, or the remedy.
    pub(super) what: String,
}

/// The state of an item; the worst is the greatest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// It is up to date.
    Fresh,
    /// It cannot be checked until another item is corrected.
    Skipped,
    /// Somebody forgot to regenerate or to edit it.
    Stale {
        /// The change that makes it fresh, as a unified diff.
        diff: String,
    },
    /// It takes a decision: an input is refused, or a file would be lost.
    Broken {
        /// The reasons.
        errors: Vec<Fault>,
    },
}

impl Finding {
    /// Prints the diff that makes it fresh, or its errors unless they were `said` already,
    /// and then its line.
    pub(super) fn print(&self, out: &mut dyn Output, said: &mut BTreeSet<Fault>) -> io::Result<()> {
        let verb = match &self.verdict {
            Verdict::Fresh => "Fresh",
            Verdict::Skipped => "Skipped",
            Verdict::Stale { diff } => {
                output::lines(out, diff)?;
                "Stale"
            }
            Verdict::Broken { errors } => {
                let new = errors.iter().filter(|error| said.insert((*error).clone()));
                let new: Vec<&Fault> = new.collect();
                diagnostics::errors(out, new.into_iter())?;
                "Broken"
            }
        };
        status(out, verb, &format!("{}: {}", self.of, self.what))
    }
}
