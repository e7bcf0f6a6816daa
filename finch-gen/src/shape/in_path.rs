//! Names of the parameters in a path, where they would be no methods of a request.
//!
//! progenitor makes a method of each, by the name that the template has for it,
//! and does not look whether there is one already: `{a-b}/{a_b}`, or `{send}`. So
//! the later of two has another name in the template that it gets, and the client
//! writes it into the place of the one that it has in the document.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase as _;

use crate::names::Taken;
use crate::pointer;

/// What the builder of a request has beside its parameters.
pub(super) const TAKEN: [&str; 4] = ["body", "body_map", "new", "send"];

/// The paths in which a parameter has another name for progenitor, with what they
/// are for it.
pub(crate) type Paths = BTreeMap<String, String>;

/// What the parameters in a path are called.
pub(super) type Names<'a> = BTreeMap<&'a str, String>;

/// The names of the parameters in `path`, each with the one that it is given, its
/// own where it can have that. All operations of a path share them, and one of
/// them `has_body`, or none. With other names, it is none of the `others`.
pub(super) fn names<'a>(path: &'a str, has_body: bool, others: &BTreeSet<String>) -> Names<'a> {
    let taken = TAKEN
        .iter()
        .filter(|name| has_body || !name.starts_with("body"));
    let mut taken: BTreeSet<String> = taken.map(|name| (*name).to_owned()).collect();
    loop {
        let given = names_beside(path, taken.iter().cloned().collect());
        if renamed(path, &given).is_none_or(|path| !others.contains(&path)) {
            return given;
        }
        let new = given.into_iter().filter(|(name, given)| name != given);
        taken.extend(new.map(|(_, given)| given));
    }
}

fn names_beside(path: &str, mut taken: Taken) -> Names<'_> {
    let mut given = Names::new();
    for name in pointer::template_names(path) {
        given.entry(name).or_insert_with(|| {
            let ident = ident(name);
            let unique = taken.unique(&ident);
            let is_free = unique == ident;
            if is_free { name.to_owned() } else { unique }
        });
    }
    given
}

/// `name` as that of a method.
pub(super) fn ident(name: &str) -> String {
    let words = name.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    match words.to_snake_case() {
        ident if ident.is_empty() => "x".to_owned(),
        ident => ident,
    }
}

/// `path` with the names that its parameters are given, if those are others.
pub(super) fn renamed(path: &str, given: &Names<'_>) -> Option<String> {
    let mut parts = path.split('{');
    let mut renamed = parts.next()?.to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        let name = given.get(name).map_or(name, String::as_str);
        renamed.extend(["{", name, "}", rest]);
    }
    (renamed != path).then_some(renamed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_would_be_another_method_is_another() {
        for (path, has_body, expected) in [
            ("/a/{id}/{Id-2}/{id}", true, None),
            ("/{send}/{new}.{id}", false, Some("/{send2}/{new2}.{id}")),
            ("/{a-b}/{a_b}/{a_b2}", false, Some("/{a-b}/{a_b2}/{a_b22}")),
            ("/{body}/{bodyMap}", false, None),
            ("/{body}/{bodyMap}", true, Some("/{body2}/{body_map2}")),
            ("/{}/{!}", false, Some("/{}/{x2}")),
            ("/{send}", false, Some("/{send4}")),
        ] {
            let others = BTreeSet::from(["/{send2}".to_owned(), "/{send3}".to_owned()]);
            let found = renamed(path, &names(path, has_body, &others));
            assert_eq!(found.as_deref(), expected, "{path}");
        }
    }
}
