//! Limits how much the passes over conjunctions and unions may copy.
//!
//! These passes copy a schema to each schema that builds on it, so a short document could become a
//! huge one. They may copy 500,000 values in all, and 50,000 to one schema. The limits grow with
//! long documents. A schema over its limit stays as it is, and preflight refuses it. If the whole
//! document is over its limit, preflight refuses the document.

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
    /// The schemas that needed more than `each`.
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
            overruns: Problems::default(),
        }
    }

    /// Starts the budget of the next schema.
    pub(super) fn start_schema(&mut self) {
        self.current = self.each;
    }

    /// Accounts for copies of `count` values. Returns `None` if the budget is spent.
    pub(super) fn spend(&mut self, count: usize) -> Option<()> {
        self.current = self.current.saturating_sub(count);
        self.left = self.left.saturating_sub(count);
        (!self.is_spent()).then_some(())
    }

    /// Whether the budget of the current schema is spent.
    pub(super) fn is_spent(&self) -> bool {
        self.current == 0 || self.is_exhausted()
    }

    /// Whether the budget of the whole document is spent.
    pub(super) fn is_exhausted(&self) -> bool {
        self.left == 0
    }

    /// Whether one schema exceeds its budget, or the whole document does.
    pub(super) fn is_overrun(&self) -> bool {
        self.is_exhausted() || !self.overruns.is_empty()
    }

    /// Refuses the current schema, which is at `at`, if its budget is spent.
    pub(super) fn finish_schema(&mut self, document: &Document, at: &str) {
        if self.current == 0 {
            let most = self.each;
            let what = format!(
                "merging the schemas of this conjunction or union copies more than {most} values"
            );
            let problem = document.problem(origin(document, at), what, LEAVE_OUT);
            self.overruns.push(problem);
        }
    }

    /// Returns the problems for preflight to report. If the document as a whole needs too
    /// many copies, that is the only one.
    pub(super) fn into_problems(self, document: &Document) -> Problems {
        if !self.is_exhausted() {
            return self.overruns;
        }
        let what = format!(
            "merging the schemas of conjunctions and unions copies more than {} values, the limit \
             for a document of this length",
            self.total
        );
        document.problem("", what, limits::LEAVE_OUT).into()
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
