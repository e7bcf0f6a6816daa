//! Limits how much the passes over conjunctions and unions may copy.
//!
//! These passes copy a schema to each schema that builds on it, so a short document could become a
//! huge one. They may copy 500,000 values in all, and 50,000 to one schema. The limits grow with
//! long documents. A schema that exceeds one of them stays as it is, and preflight refuses it. Its
//! copies do not count, unless such schemas waste as much as all others may copy.

use serde_json::Value;

use super::origin;
use crate::limits;
use crate::load::Document;
use crate::problem::{LEAVE_OUT, Problems};

/// The maximum number of JSON values that the passes may copy in a document of 3 MB. Each takes two
/// microseconds and 150 bytes.
const TOTAL: usize = 500_000;

/// The maximum number of values that they may copy to one schema.
const EACH: usize = 50_000;

/// The number of comparisons that take as long as one copy.
pub(super) const COMPARISONS: usize = 8;

/// The JSON values that the passes may still copy.
pub(super) struct CopyBudget {
    total: usize,
    each: usize,
    /// How much of `each` remains for the current schema.
    current: usize,
    /// How much of `total` remains.
    left: usize,
    /// How much of `total` remained before the current schema.
    before: usize,
    /// How many more copies for refused schemas do not count. The passes take longer for them, but
    /// the document does not grow.
    refunds: usize,
    /// Whether the current schema needs more than remains.
    is_over: bool,
    /// The schemas that needed more than remained.
    overruns: Problems,
}

impl CopyBudget {
    pub(super) fn new(document: &Document) -> Self {
        let total = limits::scale(document, TOTAL);
        let each = limits::scale(document, EACH);
        Self {
            total,
            each,
            current: each,
            left: total,
            before: total,
            refunds: total,
            is_over: false,
            overruns: Problems::default(),
        }
    }

    /// Starts the budget of the next schema.
    pub(super) fn start_schema(&mut self) {
        self.current = self.each;
        self.before = self.left;
        self.is_over = false;
    }

    /// Accounts for copies of `count` values. Returns `None` if the budget is spent.
    pub(super) fn spend(&mut self, count: usize) -> Option<()> {
        self.current = self.current.saturating_sub(count);
        self.left = self.left.saturating_sub(count);
        (!self.is_spent()).then_some(())
    }

    /// Whether nothing remains for the current schema, which then counts as over its budget.
    pub(super) fn is_spent(&mut self) -> bool {
        self.is_over |= self.current == 0 || self.left == 0;
        self.is_over
    }

    /// Whether a schema needed more than remained.
    pub(super) fn is_overrun(&self) -> bool {
        !self.overruns.is_empty()
    }

    /// Refuses the current schema, which is at `at`, if it is over its budget.
    pub(super) fn finish_schema(&mut self, document: &Document, at: &str) {
        if !self.is_over {
            return;
        }
        let what = match self.current {
            0 => format!("copies more than {} values", self.each),
            _ => format!(
                "copies more values than the other schemas leave of {}, the limit for a document \
                 of this length",
                self.total
            ),
        };
        let what = format!("merging the schemas of this conjunction or union {what}");
        let problem = document.problem(origin(document, at), what, LEAVE_OUT);
        self.overruns.push(problem);
        // The next schemas may use the copies that this one gives back.
        let wasted = (self.before - self.left).min(self.each);
        if let Some(refunds) = self.refunds.checked_sub(wasted) {
            self.refunds = refunds;
            self.left = self.before;
        }
    }

    /// Returns the problems for preflight to report.
    pub(super) fn into_problems(self) -> Problems {
        self.overruns
    }
}

/// The number of JSON values in `value`, including itself.
pub(super) fn count_values(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(count_values).sum::<usize>(),
        Value::Array(items) => 1 + items.iter().map(count_values).sum::<usize>(),
        _ => 1,
    }
}
