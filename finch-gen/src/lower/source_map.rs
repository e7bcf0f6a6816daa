//! Where in the document what stands in the lowered one comes from.

use std::collections::BTreeMap;

/// The pointers in the document of the components, members and parameters that do not
/// stand where they did: by their pointers in the lowered document.
pub(crate) type Origins = BTreeMap<String, String>;

/// What stands within `at`: by where it does there, with its origin.
pub(super) fn within(origins: &Origins, at: &str) -> Vec<(String, String)> {
    let at = format!("{at}/");
    let within = origins.range(at.clone()..);
    let within = within.map_while(|(of, origin)| Some((of.strip_prefix(&at)?, origin)));
    let owned = within.map(|(of, origin)| (of.to_owned(), origin.clone()));
    owned.collect()
}

/// As [`within`], which is forgotten.
pub(super) fn take_within(origins: &mut Origins, at: &str) -> Vec<(String, String)> {
    let within = within(origins, at);
    for (of, _) in &within {
        origins.remove(&format!("{at}/{of}"));
    }
    within
}
