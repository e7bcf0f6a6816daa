//! What a check found out, and how it is printed.

use std::collections::BTreeSet;
use std::io;

use crate::diagnostics;
use crate::fault::Fault;
use crate::output::{self, Output, status};

/// What was found out about one thing.
pub(super) struct Finding {
    /// What was checked, as a path within the workspace.
    pub(super) of: &'static str,
    pub(super) verdict: Verdict,
    /// What is so, or what to do.
    pub(super) what: String,
}

/// How it is with what was checked; the worst is the greatest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// It is as it should be.
    Fresh,
    /// It cannot be told before something else is mended.
    Skipped,
    /// Somebody forgot to make it anew.
    Stale {
        /// What would make it fresh, as a unified diff.
        diff: String,
    },
    /// It takes a decision: nothing can be made of it, or what is there would be
    /// lost.
    Broken {
        /// What is wrong with it.
        errors: Vec<Fault>,
    },
}

impl Finding {
    /// Prints its line; above it what would make it fresh, or what is wrong, but
    /// for what was `said` already.
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
