//! Merges the conjunctions (`allOf`) that typify would merge wrongly.
//!
//! typify merges the schemas of a conjunction, and the schemas that they have for one property. It
//! finds no overlap between an integer and a number: it drops the property, or makes the whole type
//! an empty enum. It names a merged type without a check for collisions, and loops forever on a
//! circular reference. So this pass merges the schemas, and typify finds one schema for each
//! property:
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

use super::copy_budget::{COMPARISONS, CopyBudget, count_values};
use super::exclusion::keep_possible;
use super::{
    component_at, each_schema, each_schema_mut, is_only_null, referred, replace, schemas_mut,
    union_of,
};
use crate::annotation_keywords::is_annotation;
use crate::json::Fields as _;
use crate::load::Document;
use crate::pointer;
use crate::provenance;
use crate::report::Report;

pub(super) use intersection::is_of_objects;
use intersection::{Intersection, assemble, overlay, split};

/// The number of passes that merge conjunctions: a merged schema may contain another conjunction.
/// Preflight refuses those that remain.
const ROUNDS: usize = 16;

/// The maximum number of schemas in one conjunction. Preflight refuses more.
const PARTS: usize = 2048;

/// Merges the schemas of each conjunction of arrays, scalars or unions, before inline
/// schemas become components.
pub(super) fn merge_values(document: &mut Document, budget: &mut CopyBudget, report: &mut Report) {
    merge_all(document, false, budget, report);
}

/// Merges the schemas of each conjunction that describe one value or one property, after
/// inline schemas have become components: a copy of an inline schema would be a second type.
pub(super) fn merge(document: &mut Document, budget: &mut CopyBudget, report: &mut Report) {
    merge_all(document, true, budget, report);
}

/// Merges the schemas of each conjunction, including conjunctions of objects if `with_objects`.
/// Reports schemas without a common value. Skips the conjunctions that exceed `budget`.
fn merge_all(
    document: &mut Document,
    with_objects: bool,
    budget: &mut CopyBudget,
    report: &mut Report,
) {
    let mut pairs = BTreeMap::new();
    for _ in 0..ROUNDS {
        if budget.is_overrun() {
            break;
        }
        let mut intersection = Intersection::new(document, pairs, budget);
        let mut merged: Vec<(String, Value)> = Vec::new();
        each_schema(document, |at, schema| {
            if !schema.has("allOf") {
                return;
            }
            let at = at.pointer();
            let is_replaced = merged.last().is_some_and(|(outer, _)| {
                let within = at.strip_prefix(outer.as_str());
                within.is_some_and(|rest| rest.starts_with('/'))
            });
            if is_replaced {
                return;
            }
            intersection.budget.start_schema();
            let schema = merge_one(&mut intersection, schema, &at, with_objects);
            intersection.budget.finish_schema(document, &at);
            merged.extend(schema.map(|schema| (at, schema)));
        });
        for (at, what) in intersection.contradictions {
            report.warn("all-of-contradiction", &at, what);
        }
        pairs = intersection.pairs;
        let components = intersection.components;
        if merged.is_empty() {
            break;
        }
        for (at, schema) in merged {
            replace(document, &at, schema);
        }
        if let Some(schemas) = schemas_mut(document) {
            schemas.extend(components);
        }
    }
}

/// Returns the schema that replaces the conjunction `schema` at `at`, if typify would merge
/// it wrongly.
fn merge_one(
    intersection: &mut Intersection<'_, '_>,
    schema: &Value,
    at: &str,
    with_objects: bool,
) -> Option<Value> {
    let document = intersection.document;
    let (annotations, own) = split(schema);
    let mut parts = Parts::default();
    parts.way.extend(component_at(at));
    parts.add(document, schema)?;
    if own.contains_key("$ref") || parts.all.len() < 2 {
        return None;
    }
    intersection.place = provenance::origin(document, at).unwrap_or_default();
    let is_nullable = intersection.allows_null(schema);
    let is_repeated = parts.is_repeated;
    let parts = parts.nearest_first();
    if parts.iter().all(|part| is_of_objects(document, part)) {
        if !with_objects {
            return None;
        }
        let object = split_union(intersection, &parts);
        let object = object.or_else(|| merge_objects(intersection, &parts, is_repeated));
        // Objects without a type do not allow null unless one of them declares it.
        let is_nullable = is_nullable && parts.iter().any(|part| declares_null(part));
        return Some(assemble(annotations, object?, is_nullable));
    }
    let (of_values, values) = split(&intersection.of_values(&conjuncts(own), is_nullable));
    let merged = assemble(overlay(annotations, of_values), values, is_nullable);
    (merged != *schema).then_some(merged)
}

fn declares_null(part: &Map<String, Value>) -> bool {
    let mut unions = ["anyOf", "oneOf"].into_iter();
    part.is_true("nullable") || unions.any(|keyword| part.list(keyword).iter().any(is_only_null))
}

/// Returns the schemas in the conjunction `schema`.
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

/// The schemas that make up a conjunction, through references and nested conjunctions.
#[derive(Default)]
struct Parts<'a> {
    /// Each with the number of references that lead to it.
    all: Vec<(usize, &'a Map<String, Value>)>,
    followed: BTreeSet<&'a str>,
    /// The components on the path to the current schema.
    way: Vec<&'a str>,
    /// Whether several references lead to one component.
    is_repeated: bool,
}

impl<'a> Parts<'a> {
    /// Adds the parts of `schema`. Returns `None` if there are too many, or if `schema`
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
            let target = document.follow(schema)?;
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
        for conjunct in members.list("allOf") {
            self.add(document, conjunct)?;
        }
        (self.all.len() <= PARTS).then_some(())
    }

    /// The parts. The parts that describe a property best come first.
    fn nearest_first(mut self) -> Vec<&'a Map<String, Value>> {
        self.all.sort_by_key(|(references, _)| *references);
        self.all.into_iter().map(|(_, part)| part).collect()
    }
}

/// Whether `schema` is a conjunction with properties, none of whose parts has a `type`.
pub(super) fn is_untyped_object(document: &Document, schema: &Value) -> bool {
    let mut parts = Parts::default();
    if !schema.has("allOf") || parts.add(document, schema).is_none() {
        return false;
    }
    let has_any = |keywords: &[&str]| parts.all.iter().any(|(_, part)| part.has_any(keywords));
    !has_any(&["type"]) && has_any(&["properties", "additionalProperties"])
}

/// The one object that a conjunction of `parts` becomes, if two of them describe one
/// property, or one of them `is_repeated`.
fn merge_objects(
    intersection: &mut Intersection<'_, '_>,
    parts: &[&Map<String, Value>],
    is_repeated: bool,
) -> Option<Map<String, Value>> {
    let Declared {
        properties: declared,
        open,
    } = Declared::of(intersection, parts)?;
    let others: Vec<&Value> = open.into_iter().map(|(_, schema)| schema).collect();
    let lists = || declared.values().chain([&others]);
    if !is_repeated && lists().all(|schemas| schemas.len() < 2) {
        return None;
    }
    let of_lists = parts.iter();
    let of_lists = of_lists.flat_map(|part| ["required", "anyOf", "oneOf"].map(|of| part.get(of)));
    let copied = lists().flatten().copied().chain(of_lists.flatten());
    intersection.budget.spend(copied.map(count_values).sum())?;
    let mut object = Map::from_iter([("type".to_owned(), json!("object"))]);
    let mut known = BTreeSet::new();
    let required = parts.iter().flat_map(|part| part.list("required"));
    let required = required.filter_map(Value::as_str);
    let required: Vec<&str> = required.filter(|name| known.insert(*name)).collect();
    if !required.is_empty() {
        object.insert("required".to_owned(), json!(required));
    }
    let of_whole = intersection.place.clone();
    let mut properties = Map::new();
    for (name, schemas) in declared {
        let description = schemas.iter().find_map(|schema| schema.text("description"));
        let place = description.and_then(provenance::first_mark);
        // A property of another schema is right there. Only this conjunction may contradict it.
        let place = place.filter(|place| pointer::is_within(place, &of_whole));
        let common = if let Some(place) = place {
            intersection.place = place;
            intersection.of_all(schemas)
        } else {
            intersection.of_parts(format!("`{name}`"), schemas)
        };
        intersection.place.clone_from(&of_whole);
        properties.insert(name.to_owned(), common);
    }
    if !properties.is_empty() {
        object.insert("properties".to_owned(), properties.into());
    }
    if !others.is_empty() {
        let others = intersection.of_parts("the undeclared properties", others);
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

/// The properties that the parts of a conjunction describe.
struct Declared<'a> {
    /// The schemas of each property, by its name.
    properties: BTreeMap<&'a str, Vec<&'a Value>>,
    /// The parts that describe undeclared properties, each with their schema.
    open: Vec<(&'a Map<String, Value>, &'a Value)>,
}

impl<'a> Declared<'a> {
    /// Returns `None` if that is too much work.
    fn of(
        intersection: &mut Intersection<'_, '_>,
        parts: &[&'a Map<String, Value>],
    ) -> Option<Self> {
        let mut properties: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for part in parts {
            let own = part.field("properties").object();
            intersection.budget.spend(own.map_or(0, Map::len))?;
            for (name, schema) in own.into_iter().flatten() {
                properties.entry(name).or_default().push(schema);
            }
        }
        let open = parts.iter();
        let open = open.filter_map(|part| Some((*part, part.get("additionalProperties")?)));
        let open: Vec<_> = open.collect();
        let comparisons = properties.len().saturating_mul(open.len());
        let count = (parts.len() + comparisons) / COMPARISONS;
        intersection.budget.spend(count)?;
        for (name, schemas) in &mut properties {
            schemas.extend(undeclared(&open, name));
        }
        Some(Self { properties, open })
    }

    /// Whether `other` describes one of the properties of `self` differently, as far as the
    /// budget suffices.
    fn differs_from(&self, intersection: &mut Intersection<'_, '_>, other: &Self) -> bool {
        self.properties.iter().any(|(name, schemas)| {
            let mut all = schemas.clone();
            match other.properties.get(name) {
                Some(others) => all.extend(others),
                None => all.extend(undeclared(&other.open, name)),
            }
            let count = (other.open.len() + all.len()) / COMPARISONS;
            intersection.budget.spend(count).is_some() && differ(&all)
        })
    }
}

/// Returns the schemas of undeclared properties that apply to the property `name`.
fn undeclared<'a>(
    open: &[(&'a Map<String, Value>, &'a Value)],
    name: &str,
) -> impl Iterator<Item = &'a Value> {
    let others = open.iter().filter(move |(part, _)| {
        let own = part.get("properties");
        own.is_none_or(|own| !own.has(name))
    });
    others.map(|(_, schema)| *schema)
}

/// Whether `schemas` are not all the same, apart from annotations.
fn differ(schemas: &[&Value]) -> bool {
    let mut cores = schemas.iter().map(|schema| split(schema).1);
    let first = cores.next();
    cores.any(|core| Some(core) != first)
}

/// Distributes the conjunction of `parts` over the branches of the first union in it, if a
/// branch describes a property differently than another part.
fn split_union(
    intersection: &mut Intersection<'_, '_>,
    parts: &[&Map<String, Value>],
) -> Option<Map<String, Value>> {
    let document = intersection.document;
    let unions = parts.iter().enumerate().filter_map(|(at, part)| {
        let (keyword, branches) = union_of(part)?;
        let parts = branches.iter().map(|branch| of_branch(document, branch));
        Some((at, keyword, branches, parts.collect::<Vec<_>>()))
    });
    let unions: Vec<_> = unions.collect();
    let (at, keyword, branches, _) = unions.iter().find(|(at, _, _, of_branches)| {
        let mut beside = parts.to_vec();
        beside.remove(*at);
        let others = unions.iter().filter(|(other, ..)| other != at);
        beside.extend(others.flat_map(|(_, _, _, parts)| parts).flatten());
        let Some(beside) = Declared::of(intersection, &beside) else {
            return false;
        };
        of_branches.iter().any(|branch| {
            let own = Declared::of(intersection, branch);
            own.is_some_and(|own| own.differs_from(intersection, &beside))
        })
    })?;
    let mut beside: Vec<Value> = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let mut part: Map<String, Value> = (*part).clone();
        part.retain(|key, _| key != "allOf" && !is_annotation(key));
        if index == *at {
            part.retain(|key, _| key != keyword && key != "discriminator");
        }
        beside.extend((!part.is_empty()).then_some(Value::Object(part)));
    }
    let union = (*keyword, branches.as_slice());
    let (possible, note) = keep_possible(document, union, &beside, intersection.budget);
    let place = intersection.place.clone();
    intersection
        .contradictions
        .extend(note.map(|what| (place, what)));
    let size: usize = beside.iter().map(count_values).sum();
    let size = size.saturating_mul(possible.len());
    intersection.budget.spend(size)?;
    let branches = possible.into_iter().map(|branch| {
        let mut all = beside.clone();
        all.push(branch.clone());
        Map::from_iter([("allOf".to_owned(), all.into())])
    });
    let mut branches: Vec<Map<String, Value>> = branches.collect();
    Some(match branches.len() {
        1 => branches.remove(0),
        _ => Map::from_iter([((*keyword).to_owned(), branches.into())]),
    })
}

/// The parts of a branch of a union.
fn of_branch<'a>(document: &'a Document, branch: &'a Value) -> Vec<&'a Map<String, Value>> {
    let mut parts = Parts::default();
    match parts.add(document, branch) {
        Some(()) => parts.nearest_first(),
        None => Vec::new(),
    }
}

/// Removes conjuncts that only have annotations: the conjunction takes those that it lacks. Replaces
/// a conjunction or union of one inline schema with that schema.
pub(super) fn flatten(document: &mut Document) {
    each_schema_mut(document, |_, schema| {
        drop_annotations(schema);
        unwrap_only(schema);
    });
}

fn drop_annotations(schema: &mut Map<String, Value>) {
    let has_type = schema.contains_key("type");
    let Some(Value::Array(conjuncts)) = schema.get_mut("allOf") else {
        return;
    };
    let only_annotates = |conjunct: &Value| {
        let mut keywords = conjunct.fields().map(|(keyword, _)| keyword);
        conjunct.is_object() && keywords.all(|keyword| is_annotation(keyword))
    };
    if conjuncts.iter().all(only_annotates) && !has_type {
        return;
    }
    let (annotations, others): (Vec<Value>, _) = std::mem::take(conjuncts)
        .into_iter()
        .partition(only_annotates);
    *conjuncts = others;
    if conjuncts.is_empty() {
        schema.shift_remove("allOf");
    }
    for (keyword, value) in annotations.iter().flat_map(|of| of.fields()) {
        schema.entry(keyword).or_insert_with(|| value.clone());
    }
}

/// Replaces a conjunction or union of one inline schema with that schema and its siblings. typify
/// would name its type without a check for collisions.
fn unwrap_only(schema: &mut Map<String, Value>) {
    for keyword in ["allOf", "anyOf", "oneOf"] {
        if let [Value::Object(only)] = schema.list(keyword)
            && are_independent(schema, keyword, only)
            && let Some(Value::Array(mut list)) = schema.shift_remove(keyword)
            && let Some(Value::Object(only)) = list.pop()
        {
            *schema = unite(std::mem::take(schema), only);
        }
    }
}

/// Whether one schema can have the keywords of `outer`, except `keyword`, and of `inner`, and allow
/// the same values.
fn are_independent(outer: &Map<String, Value>, keyword: &str, inner: &Map<String, Value>) -> bool {
    // `nullable` only has an effect next to a type.
    let means_nothing = |schema: &Map<_, _>| schema.has("nullable") && !schema.has("type");
    let closes = |one: &Map<_, _>, other: &Map<_, _>| {
        let others = one.get("additionalProperties");
        others.is_some_and(|others| *others != true) && other.has("properties")
    };
    let is_shared = |(key, value): (&String, &Value)| {
        let is_united = matches!(key.as_str(), "nullable" | "required") || is_annotation(key);
        is_united || key == keyword || outer.get(key).is_none_or(|of| of == value)
    };
    !inner.contains_key("$ref")
        && !means_nothing(outer)
        && !means_nothing(inner)
        && !closes(outer, inner)
        && !closes(inner, outer)
        && inner.iter().all(is_shared)
}

/// Returns one schema with the keywords of both.
fn unite(mut outer: Map<String, Value>, mut inner: Map<String, Value>) -> Map<String, Value> {
    let admits_null =
        |schema: &mut Map<_, _>| schema.shift_remove("nullable").is_some() || !schema.has("type");
    let is_nullable = admits_null(&mut outer) & admits_null(&mut inner);
    if let Some(Value::Array(names)) = outer.get_mut("required")
        && let Some(Value::Array(more)) = inner.get_mut("required")
    {
        more.retain(|name| !names.contains(name));
        names.append(more);
    }
    let description = outer.text("description").unwrap_or_default();
    if provenance::strip(description).is_empty()
        && let Some(mark) = provenance::first_mark(description)
        && let Some(inner) = inner.text("description")
    {
        let described = provenance::with_mark(&provenance::strip(inner), &mark);
        outer.insert("description".to_owned(), described.into());
    }
    let mut united = overlay(outer, inner);
    if is_nullable && united.contains_key("type") {
        united.insert("nullable".to_owned(), true.into());
    }
    if !is_nullable && let Some(Value::Array(values)) = united.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    united
}
