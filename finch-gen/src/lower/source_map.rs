//! Maps pointers in the lowered document to pointers in the original one, and moves the entries
//! when lowering moves a schema.

use std::collections::BTreeMap;

/// Maps pointers in the lowered document to pointers in the original one, for components,
/// properties and parameters that moved.
pub(crate) type Origins = BTreeMap<String, String>;

/// Returns the entries within `at`, each with its origin.
pub(super) fn within(origins: &Origins, at: &str) -> Vec<(String, String)> {
    let at = format!("{at}/");
    let within = origins.range(at.clone()..);
    let within = within.map_while(|(of, origin)| Some((of.strip_prefix(&at)?, origin)));
    let owned = within.map(|(of, origin)| (of.to_owned(), origin.clone()));
    owned.collect()
}

/// Like [`within`], and removes the entries.
pub(super) fn take_within(origins: &mut Origins, at: &str) -> Vec<(String, String)> {
    let within = within(origins, at);
    for (of, _) in &within {
        origins.remove(&format!("{at}/{of}"));
    }
    within
}

/// Moves the entries within `from` to the same places within `to`.
pub(super) fn move_within(origins: &mut Origins, from: &str, to: &str) {
    for (of, origin) in take_within(origins, from) {
        origins.insert(format!("{to}/{of}"), origin);
    }
}
