//! Members on which the schemas of a conjunction agree.
//!
//! typify merges what they say of one member, following references, and never
//! ends where one leads back; but it keeps a reference that is the same in all of
//! them, if nothing stands beside it. So nothing does.

use std::collections::BTreeMap;
use std::iter;

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
        if kind != Kind::Schema || schema.get("allOf").is_none() {
            return;
        }
        let mut all = BTreeMap::new();
        conjuncts(document, &at.pointer(), &mut all);
        let mut members: BTreeMap<&str, Vec<(String, Option<&str>)>> = BTreeMap::new();
        for (at, times) in all {
            let properties = document.at(&at).and_then(|of| of.get("properties"));
            let properties = properties.and_then(Value::as_object);
            for (name, property) in properties.into_iter().flat_map(Map::iter) {
                let member = join(&format!("{at}/properties"), name);
                let said = members.entry(name).or_default();
                said.extend(iter::repeat_n((member, target(property)), times));
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

/// Adds to `all` the pointers of what the schema at `at` is a conjunction of, itself
/// among them, with how often it is each of them: once, or more than once.
fn conjuncts(document: &Document, at: &str, all: &mut BTreeMap<String, usize>) {
    let times = all.entry(at.to_owned()).or_default();
    let Some(schema) = document.at(at).filter(|_| *times < 2) else {
        return;
    };
    *times += 1;
    let list = schema.get("allOf").and_then(Value::as_array);
    for (index, conjunct) in list.into_iter().flatten().enumerate() {
        let target = conjunct.get("$ref").and_then(Value::as_str);
        let target = target.and_then(|reference| document.resolve(reference));
        let inline = || format!("{at}/allOf/{index}");
        let at = target.map_or_else(inline, |(target, _)| target);
        conjuncts(document, &at, all);
    }
}

/// Takes out of conjunctions what asserts nothing; its description is that of the
/// whole, where that has none.
pub(super) fn leave_out_comments(document: &mut Document) {
    walk::for_each_mut(&mut document.root, |_, kind, schema| {
        if let (Kind::Schema, Value::Object(schema)) = (kind, schema) {
            without_comments(schema);
        }
    });
}

fn without_comments(schema: &mut Map<String, Value>) {
    let Some(Value::Array(conjuncts)) = schema.get_mut("allOf") else {
        return;
    };
    let mut description = None;
    let is_comment = |conjunct: &Value| {
        let members = conjunct.as_object().filter(|members| !members.is_empty());
        members.is_some_and(|members| members.keys().all(|key| key == "description"))
    };
    if conjuncts.iter().all(is_comment) {
        return;
    }
    conjuncts.retain(|conjunct| {
        let is_kept = !is_comment(conjunct);
        if !is_kept {
            description.get_or_insert(conjunct["description"].clone());
        }
        is_kept
    });
    if let Some(description) = description {
        schema.entry("description").or_insert(description);
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
