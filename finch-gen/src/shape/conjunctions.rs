//! Members on which the schemas of a conjunction agree.
//!
//! typify merges what they say of one member, following references, and never
//! ends where one leads back; but it keeps a reference that is the same in all of
//! them, if nothing stands beside it. So nothing does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{reference, referred};
use crate::load::Document;
use crate::pointer::join;
use crate::walk::{self, Kind};

/// Leaves nothing beside references to one schema, where several of the schemas
/// of a conjunction refer to it for the same member.
pub(super) fn agree(document: &mut Document) {
    let mut agreed: BTreeMap<String, Value> = BTreeMap::new();
    walk::for_each(&document.root, |at, kind, schema| {
        let conjuncts = schema.get("allOf").and_then(Value::as_array);
        let (Kind::Schema, Some(conjuncts)) = (kind, conjuncts) else {
            return;
        };
        let mut members: BTreeMap<&str, Vec<(String, Option<&str>)>> = BTreeMap::new();
        let inline = |index| format!("{at}/allOf/{index}");
        let conjuncts = conjuncts.iter().enumerate().map(|(index, conjunct)| {
            let target = conjunct.get("$ref").and_then(Value::as_str);
            let target = target.and_then(|reference| document.resolve(reference));
            target.map_or_else(|| inline(index), |(at, _)| at)
        });
        for at in conjuncts.chain([at.to_owned()]).collect::<BTreeSet<_>>() {
            let properties = document.at(&at).and_then(|of| of.get("properties"));
            let properties = properties.and_then(Value::as_object);
            for (name, property) in properties.into_iter().flat_map(Map::iter) {
                let member = join(&format!("{at}/properties"), name);
                members
                    .entry(name)
                    .or_default()
                    .push((member, target(property)));
            }
        }
        for said in members.into_values().filter(|said| said.len() > 1) {
            let first = said[0].1;
            if let Some(name) = first
                && said.iter().all(|(_, target)| *target == first)
            {
                agreed.extend(said.into_iter().map(|(at, _)| (at, reference(name))));
            }
        }
    });
    for (at, reference) in agreed {
        if let Some(property) = document.at_mut(&at) {
            *property = reference;
        }
    }
}

/// The component that `property` is a reference to, whatever is said of it
/// besides.
fn target(property: &Value) -> Option<&str> {
    let annotations = [
        "allOf",
        "description",
        "deprecated",
        "readOnly",
        "writeOnly",
    ];
    match property.get("allOf").and_then(Value::as_array) {
        Some(conjuncts) => match conjuncts.as_slice() {
            [only] => {
                let members = property.as_object()?;
                let says_nothing = members
                    .keys()
                    .all(|key| annotations.contains(&key.as_str()));
                referred(only).filter(|_| says_nothing)
            }
            _ => None,
        },
        None => referred(property),
    }
}
