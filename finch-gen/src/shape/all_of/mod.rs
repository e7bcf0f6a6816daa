//! Conjunctions (`allOf`) that typify would merge wrongly.
//!
//! typify merges the schemas of a conjunction, and the schemas that they have for one
//! property. To it, an integer and a number have nothing in common: it drops the
//! property, or makes an empty enum of the whole. It names a merged type without looking
//! whether another has that name, and it never ends where a reference leads back. So
//! schemas that differ are merged here, and typify finds one schema for each property:
//!
//! ```yaml
//! T:
//!   allOf:
//!     - $ref: '#/components/schemas/Base' # a: {type: number}
//!     - {type: object, properties: {a: {type: integer}}}
//! ```
//!
//! becomes
//!
//! ```yaml
//! T: {type: object, properties: {a: {type: integer}}}
//! ```

mod intersection;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{nullability, referred};
use crate::annotation_keywords::is_annotation;
use crate::load::Document;
use crate::memo::Memo;
use crate::provenance;
use crate::report::Report;
use crate::walk::{self, Kind};
use intersection::{Intersection, assemble, is_of_objects, overlay, split, union_of};

/// How often the conjunctions are looked at: merging two may leave one within. Preflight
/// refuses those that are left after that.
const ROUNDS: usize = 16;

/// How many schemas may make up one conjunction. Preflight refuses more.
const PARTS: usize = 2048;

/// Merges the schemas of each conjunction that describe one value or one property in
/// different words. Reports those that have no value in common.
///
/// `splits_unions` says whether a union is split whose branches describe a property
/// that stands beside the union, too.
pub(super) fn merge(document: &mut Document, splits_unions: bool, report: &mut Report) {
    let mut pairs = BTreeMap::new();
    for _ in 0..ROUNDS {
        let mut intersection = Intersection::new(document, pairs);
        let mut merged: Vec<(String, Value)> = Vec::new();
        walk::for_each(&document.root, |at, kind, schema| {
            if kind != Kind::Schema || schema.get("allOf").is_none() {
                return;
            }
            let at = at.pointer();
            let is_replaced = merged.last().is_some_and(|(outer, _)| {
                let within = at.strip_prefix(outer.as_str());
                within.is_some_and(|rest| rest.starts_with('/'))
            });
            if !is_replaced
                && let Some(schema) = merge_one(&mut intersection, schema, &at, splits_unions)
            {
                merged.push((at, schema));
            }
        });
        for (at, what) in intersection.contradictions {
            report.warn("all-of-contradiction", &at, what);
        }
        pairs = intersection.pairs;
        let components = intersection.components;
        if merged.is_empty() {
            return;
        }
        for (at, schema) in merged {
            if let Some(place) = document.at_mut(&at) {
                *place = schema;
            }
        }
        if let Some(Value::Object(schemas)) = document.at_mut("/components/schemas") {
            schemas.extend(components);
        }
    }
}

/// What the conjunction `schema` at `at` becomes, if typify would merge it wrongly.
fn merge_one(
    intersection: &mut Intersection<'_>,
    schema: &Value,
    at: &str,
    splits_unions: bool,
) -> Option<Value> {
    let document = intersection.document;
    let (annotations, own) = split(schema);
    let mut parts = Parts::default();
    parts.way.extend(component_of(at));
    parts.add(document, schema)?;
    if own.contains_key("$ref") || parts.all.len() < 2 {
        return None;
    }
    intersection.place = provenance::origin(document, at).unwrap_or_default();
    let is_nullable = nullability::admits_null(document, schema, &mut Memo::default());
    let is_repeated = parts.is_repeated;
    let parts = parts.nearest_first();
    if parts.iter().all(|part| is_of_objects(document, part)) {
        let split = splits_unions.then(|| split_union(document, &parts));
        let object = match split.flatten() {
            Some(union) => union,
            None => merge_objects(intersection, &parts, is_repeated)?,
        };
        return Some(assemble(annotations, object, is_nullable));
    }
    let (of_values, values) = split(&intersection.of_all(&conjuncts(own)));
    let merged = assemble(overlay(annotations, of_values), values, is_nullable);
    (merged != *schema).then_some(merged)
}

/// The name of the component at `at`, if that is where one is.
fn component_of(at: &str) -> Option<&str> {
    let name = at.strip_prefix("/components/schemas/")?;
    (!name.contains('/')).then_some(name)
}

/// The schemas that `schema` is a conjunction of.
fn conjuncts(mut schema: Map<String, Value>) -> Vec<Value> {
    let mut all = match schema.shift_remove("allOf") {
        Some(Value::Array(all)) => all,
        _ => Vec::new(),
    };
    if !schema.is_empty() {
        all.insert(0, schema.into());
    }
    all
}

/// What a conjunction is made of, through references and conjunctions within.
#[derive(Default)]
struct Parts<'a> {
    /// Each with the number of references that lead to it.
    all: Vec<(usize, &'a Map<String, Value>)>,
    followed: BTreeSet<&'a str>,
    /// The components that lead to where this is.
    way: Vec<&'a str>,
    /// Whether several references lead to one component.
    is_repeated: bool,
}

impl<'a> Parts<'a> {
    /// Adds the parts of `schema`. Returns nothing if there are too many, or if `schema`
    /// contains itself: preflight refuses it.
    fn add(&mut self, document: &'a Document, schema: &'a Value) -> Option<()> {
        if let Some(name) = referred(schema) {
            if self.way.contains(&name) {
                return None;
            }
            if !self.followed.insert(name) {
                self.is_repeated = true;
                return Some(());
            }
            let (_, target) = document.resolve(schema.get("$ref")?.as_str()?)?;
            self.way.push(name);
            self.add(document, target)?;
            self.way.pop();
            return Some(());
        }
        let members = schema.as_object()?;
        let mut own = members.keys().filter(|key| *key != "allOf");
        if !own.all(|key| is_annotation(key)) {
            self.all.push((self.way.len(), members));
        }
        let conjuncts = members.get("allOf").and_then(Value::as_array);
        for conjunct in conjuncts.into_iter().flatten() {
            self.add(document, conjunct)?;
        }
        (self.all.len() <= PARTS).then_some(())
    }

    /// The parts. Those come first that describe a property best.
    fn nearest_first(mut self) -> Vec<&'a Map<String, Value>> {
        self.all.sort_by_key(|(references, _)| *references);
        self.all.into_iter().map(|(_, part)| part).collect()
    }
}

/// Whether `schema` is a conjunction that has properties, and of which no part says that
/// it is an object.
pub(super) fn is_untyped_object(document: &Document, schema: &Value) -> bool {
    let mut parts = Parts::default();
    if schema.get("allOf").is_none() || parts.add(document, schema).is_none() {
        return false;
    }
    let has = |keyword: &str| parts.all.iter().any(|(_, part)| part.contains_key(keyword));
    !has("type") && (has("properties") || has("additionalProperties"))
}

/// The one object that a conjunction of `parts` becomes, if two of them describe one
/// property, or one of them `is_repeated`.
fn merge_objects(
    intersection: &mut Intersection<'_>,
    parts: &[&Map<String, Value>],
    is_repeated: bool,
) -> Option<Map<String, Value>> {
    let declared = declared(parts);
    let others = parts
        .iter()
        .filter_map(|part| part.get("additionalProperties"));
    let others: Vec<Value> = others.cloned().collect();
    let are_shared = declared
        .values()
        .chain([&others])
        .any(|schemas| schemas.len() > 1);
    if !are_shared && !is_repeated {
        return None;
    }
    let mut object = Map::from_iter([("type".to_owned(), json!("object"))]);
    let mut required: Vec<Value> = Vec::new();
    for part in parts {
        let listed = part.get("required").and_then(Value::as_array);
        for name in listed.into_iter().flatten() {
            if !required.contains(name) {
                required.push(name.clone());
            }
        }
    }
    if !required.is_empty() {
        object.insert("required".to_owned(), required.into());
    }
    let of_whole = intersection.place.clone();
    let mut properties = Map::new();
    for (name, schemas) in declared {
        let description = schemas
            .iter()
            .find_map(|schema| schema.get("description")?.as_str());
        let place = description.and_then(provenance::first_mark);
        intersection.place = place.unwrap_or_else(|| of_whole.clone());
        properties.insert(name, intersection.of_all(&schemas));
    }
    intersection.place = of_whole;
    if !properties.is_empty() {
        object.insert("properties".to_owned(), properties.into());
    }
    if !others.is_empty() {
        let others = intersection.of_all(&others);
        object.insert("additionalProperties".to_owned(), others);
    }
    let unions = parts.iter().filter_map(|part| {
        let (keyword, branches) = union_of(part)?;
        let mut union = Map::from_iter([(keyword.to_owned(), json!(branches))]);
        let discriminator = part.get("discriminator");
        union.extend(discriminator.map(|of| ("discriminator".to_owned(), of.clone())));
        Some(Value::Object(union))
    });
    let unions: Vec<Value> = unions.collect();
    if !unions.is_empty() {
        object.insert("allOf".to_owned(), unions.into());
    }
    Some(object)
}

/// What `parts` say of each property, by its name.
fn declared(parts: &[&Map<String, Value>]) -> BTreeMap<String, Vec<Value>> {
    let named = |part: &Map<String, Value>| {
        let properties = part.get("properties").and_then(Value::as_object);
        properties.cloned().unwrap_or_default()
    };
    let names: BTreeSet<String> = parts
        .iter()
        .flat_map(|part| named(part).into_iter().map(|(name, _)| name))
        .collect();
    let of_name = |name: String| {
        let described = parts.iter().filter_map(|part| {
            let property = part.get("properties").and_then(|named| named.get(&name));
            // What one part names may be an undeclared property of another.
            property.or(part.get("additionalProperties")).cloned()
        });
        let described = described.collect();
        (name, described)
    };
    names.into_iter().map(of_name).collect()
}

/// Whether `schemas` are not all the same, apart from annotations.
fn differ(schemas: &[Value]) -> bool {
    let mut cores = schemas.iter().map(|schema| split(schema).1);
    let first = cores.next();
    cores.any(|core| Some(core) != first)
}

/// A union of what the conjunction of `parts` becomes with each branch of the first union
/// in it, if a branch describes a property differently than another part.
fn split_union(document: &Document, parts: &[&Map<String, Value>]) -> Option<Map<String, Value>> {
    let is_split = |(at, part): &(usize, &&Map<String, Value>)| {
        let Some((_, branches)) = union_of(part) else {
            return false;
        };
        let mut beside = parts.to_vec();
        beside.remove(*at);
        branches.iter().any(|branch| {
            let mut all = Parts::default();
            if all.add(document, branch).is_none() {
                return false;
            }
            let of_branch = all.nearest_first();
            let own = declared(&of_branch);
            let both: Vec<_> = of_branch
                .into_iter()
                .chain(beside.iter().copied())
                .collect();
            let both = declared(&both);
            own.iter()
                .any(|(name, schemas)| !differ(schemas) && differ(&both[name]))
        })
    };
    let (at, union) = parts.iter().enumerate().find(is_split)?;
    let (keyword, branches) = union_of(union)?;
    let mut beside: Vec<Value> = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let mut part: Map<String, Value> = (*part).clone();
        part.retain(|key, _| key != "allOf" && !is_annotation(key));
        if index == at {
            part.retain(|key, _| key != keyword && key != "discriminator");
        }
        beside.extend((!part.is_empty()).then_some(Value::Object(part)));
    }
    let branches = branches.iter().map(|branch| {
        let mut all = beside.clone();
        all.push(branch.clone());
        json!({"allOf": all})
    });
    let branches: Vec<Value> = branches.collect();
    Some(Map::from_iter([(keyword.to_owned(), branches.into())]))
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
