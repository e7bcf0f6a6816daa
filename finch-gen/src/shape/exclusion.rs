//! Finds the branches of a union that other schemas exclude: both list the values of a property
//! that is always there, and share none.

use serde_json::{Value, json};

use super::copy_budget::CopyBudget;
use super::listed_values::{Finder, Visits};
use crate::load::Document;

/// The maximum number of schemas to visit for one union.
const VISITS: usize = 2_000;

/// Returns the `branches` that can share a value with all `siblings`. Drops a branch only if the
/// listed values of a property exclude it.
pub(super) fn possible<'v>(
    document: &Document,
    branches: &'v [Value],
    siblings: &[Value],
    budget: &mut CopyBudget,
) -> Vec<&'v Value> {
    // `budget` limits the visits of the whole document.
    let visits = Visits::of_pass(document);
    let mut finder = Finder::new(document, &visits, VISITS);
    let siblings = json!({"allOf": siblings});
    let siblings = finder.properties(&siblings, 0);
    let mut left = VISITS;
    let possible = branches.iter().filter(|branch| {
        let excluded = finder.properties(branch, 0).exclude(&siblings);
        let visited = left - finder.left();
        left = finder.left();
        budget.spend(visited);
        !excluded
    });
    possible.collect()
}

/// Works as [`possible`] for the branches of a union, but keeps all of them if none is possible.
/// Also returns a note if it drops a branch.
pub(super) fn keep_possible<'v>(
    document: &Document,
    (keyword, branches): (&str, &'v [Value]),
    siblings: &[Value],
    budget: &mut CopyBudget,
) -> (Vec<&'v Value>, Option<String>) {
    let possible = possible(document, branches, siblings, budget);
    match branches.len() - possible.len() {
        0 => (possible, None),
        all if all == branches.len() => (branches.iter().collect(), None),
        dropped => {
            let what = format!(
                "branches of `{keyword}` that the schemas next to it exclude → {dropped} dropped"
            );
            (possible, Some(what))
        }
    }
}
