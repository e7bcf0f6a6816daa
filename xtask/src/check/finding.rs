//! Defines the result of checking one item, and prints it: `Fresh`, `Skipped`, `Stale` with the
//! diff that would update the item, or `Broken` with the errors. Each error is printed once, even
//! if it breaks several items.

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

/// The state of an item. The worst is the greatest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// The item is up to date.
    Fresh,
    /// The item cannot be checked until another item is corrected.
    Skipped,
    /// The item must be regenerated or edited.
    Stale {
        /// The change that updates it, as a unified diff.
        diff: String,
    },
    /// Somebody must decide: an input is refused, or a file would be lost.
    Broken {
        /// The reasons.
        errors: Vec<Fault>,
    },
}

impl Finding {
    /// Prints the diff that updates the item, or its errors that are not yet `printed`,
    /// and then its line.
    pub(super) fn print(
        &self,
        out: &mut dyn Output,
        printed: &mut BTreeSet<Fault>,
    ) -> io::Result<()> {
        let verb = match &self.verdict {
            Verdict::Fresh => "Fresh",
            Verdict::Skipped => "Skipped",
            Verdict::Stale { diff } => {
                output::lines(out, diff)?;
                "Stale"
            }
            Verdict::Broken { errors } => {
                let new = errors
                    .iter()
                    .filter(|error| printed.insert((*error).clone()));
                let new: Vec<&Fault> = new.collect();
                diagnostics::errors(out, new.into_iter())?;
                "Broken"
            }
        };
        status(out, verb, &format!("{}: {}", self.of, self.what))
    }
}
