//! Finds which parts of a document need which others. The parts are the pieces that can be dropped
//! alone: operations, path items, components and webhooks.
//!
//! Returns a map from the pointer of each part to the pointers of the parts that it refers to
//! directly: an operation that returns a `Pet` needs `/components/schemas/Pet`, and also its path
//! item. Follows `$ref` and the mappings of discriminators. Security schemes are not parts, because
//! operations name them without a pointer.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::json::Fields;
use crate::load::Document;
use crate::{pointer, walk};

/// The keys of a path item that hold operations.
pub(crate) const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// The maximum number of path items that refer to one another: each path gets a copy of all of
/// them.
pub(crate) const PATH_ITEMS: usize = 8;

/// Which parts refer to which, by pointer. An operation refers to its path item, because it
/// inherits the parameters.
pub(crate) type References = BTreeMap<String, BTreeSet<String>>;

/// Returns the operations of the mapping `paths`, each with its path and method.
pub(crate) fn operations<'a>(
    paths: impl Fields<'a>,
) -> impl Iterator<Item = (&'a String, &'a String, &'a Value)> {
    paths.fields().flat_map(|(path, item)| {
        operations_of(item).map(move |(method, operation)| (path, method, operation))
    })
}

/// Returns the operations of a path item, each with its method.
pub(crate) fn operations_of<'a>(
    item: impl Fields<'a>,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    item.fields()
        .filter(|(name, _)| METHODS.contains(&name.as_str()))
}

/// Returns the pointer of the smallest part that contains `pointer`. Returns `None` if `pointer`
/// belongs to the whole document.
pub(crate) fn part_at(pointer: &str) -> Option<String> {
    let tokens: Vec<&str> = pointer.split('/').collect();
    let length = match tokens[..] {
        ["", "paths", _, method, ..] if METHODS.contains(&method) => 4,
        ["", "paths" | "webhooks", _, ..] => 3,
        // Operations name a security scheme without a `$ref`.
        ["", "components", "securitySchemes", ..] => return None,
        ["", "components", _, _, ..] => 4,
        _ => return None,
    };
    Some(tokens[..length].join("/"))
}

/// The references between the parts of `document`.
pub(crate) fn references(document: &Document) -> References {
    references_in(document, |_| true)
}

/// The references between the parts of `document` from the pointers that `is_read` accepts.
pub(crate) fn references_in(document: &Document, is_read: impl Fn(&str) -> bool) -> References {
    let mut references = References::new();
    let places = walk::places(&document.root).into_iter();
    for place in places.filter(|place| is_read(&place.pointer)) {
        let Some(part) = part_at(&place.pointer) else {
            continue;
        };
        let targets = references.entry(part.clone()).or_default();
        if let Some((item, method)) = part.rsplit_once('/')
            && METHODS.contains(&method)
            && item.starts_with("/paths/")
        {
            targets.insert(item.to_owned());
        }
        let Some(object) = document.at(&place.pointer) else {
            continue;
        };
        let mapping = object.pointer("/discriminator/mapping").fields();
        let named = object.field("$ref").into_iter();
        let named = named.chain(mapping.map(|(_, name)| name));
        let target = |name: &Value| part_at(&pointer::of_reference(name.as_str()?)?);
        targets.extend(named.filter_map(target));
    }
    references
}

/// Returns `part` and everything that it leads to through `references`.
pub(crate) fn reached(part: &str, references: &References) -> BTreeSet<String> {
    let mut reached = BTreeSet::from([part.to_owned()]);
    let mut next = vec![part];
    while let Some(part) = next.pop() {
        for target in references.get(part).into_iter().flatten() {
            if reached.insert(target.clone()) {
                next.push(target);
            }
        }
    }
    reached
}

/// Returns the pointers of the component schemas that something other than a multipart form
/// leads to.
pub(crate) fn used_outside_multipart(document: &Document) -> BTreeSet<String> {
    let mut of_schemas = References::new();
    let mut used = BTreeSet::new();
    walk::for_each(&document.root, |at, _, object| {
        let target = object.text("$ref").and_then(pointer::of_reference);
        let Some(target) = target.and_then(|target| part_at(&target)) else {
            return;
        };
        let at = at.pointer();
        match part_at(&at).filter(|part| part.starts_with("/components/schemas/")) {
            Some(schema) => drop(of_schemas.entry(schema).or_default().insert(target)),
            None if at.contains("/content/multipart~1form-data/") => {}
            None => drop(used.insert(target)),
        }
    });
    let direct = used.clone();
    used.extend(direct.iter().flat_map(|part| reached(part, &of_schemas)));
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_part_is_found() {
        for (pointer, part) in [
            ("/paths/~1a/get/responses/200", Some("/paths/~1a/get")),
            ("/paths/~1a/parameters/0", Some("/paths/~1a")),
            ("/components/schemas/A/items", Some("/components/schemas/A")),
            ("/webhooks/a/post", Some("/webhooks/a")),
            ("/components/securitySchemes/a", None),
            ("/components/schemas", None),
            ("/info/title", None),
            ("", None),
        ] {
            assert_eq!(part_at(pointer).as_deref(), part, "{pointer}");
        }
    }
}
