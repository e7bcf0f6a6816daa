//! Intersects schemas: finds a schema that allows the values that all of them allow. An integer and
//! a number become an integer.
//!
//! Two components of objects become one of them, if it builds on the other, or else a new
//! component. If the schemas have no common value, the result is wider, and allows every value of
//! their common type or any JSON. The report notes it, because a client decodes any value that the
//! server sends. If a document needs too many copies, the schemas stay a conjunction: see
//! `copy_budget`.

use std::collections::{BTreeMap, BTreeSet};
use std::slice;

use serde_json::{Map, Value, json};

use super::super::copy_budget::{COMPARISONS, CopyBudget, count_values};
use super::{Parts, conjuncts};
use crate::annotation_keywords::is_annotation;
use crate::json::Fields as _;
use crate::load::Document;
use crate::lower::is_integer;
use crate::memo::Memo;
use crate::provenance;
use crate::shape::exclusion::possible;
use crate::shape::type_naming::Path;
use crate::shape::{
    REFERENCE, is_only_null, nullability, only_null, reference, schema, taken, union_of,
};
use crate::type_names::{self, Taken};

/// A schema without its annotations and without null.
type Core = Map<String, Value>;

/// How deep two schemas are compared.
const DEPTH: usize = 32;

/// The maximum number of combinations of branches in the intersection of two unions.
const COMBINATIONS: usize = 64;

/// Intersects schemas of one document.
pub(super) struct Intersection<'a, 'b> {
    pub(super) document: &'a Document,
    /// The pointer in the lowered document of the conjunction whose schemas are intersected now, or
    /// of a property in it.
    pub(super) place: String,
    /// What they describe within the schemas of the conjunction, from the inside out.
    pub(super) subject: Vec<String>,
    /// The locations of schemas without a common value, each with a message.
    pub(super) contradictions: Vec<(String, String)>,
    /// The components that are the intersection of two components, by the names of both.
    pub(super) pairs: BTreeMap<(String, String), String>,
    /// The components that are to be added to the document.
    pub(super) components: Vec<(String, Value)>,
    taken: Taken,
    pub(super) budget: &'b mut CopyBudget,
}

impl<'a, 'b> Intersection<'a, 'b> {
    pub(super) fn new(
        document: &'a Document,
        pairs: BTreeMap<(String, String), String>,
        budget: &'b mut CopyBudget,
    ) -> Self {
        Self {
            document,
            place: String::new(),
            subject: Vec::new(),
            contradictions: Vec::new(),
            pairs,
            components: Vec::new(),
            taken: taken(document),
            budget,
        }
    }

    /// Returns a schema that allows every value that all `schemas` allow. If they have no common
    /// value, the result is wider, because a client decodes whatever the server sends.
    pub(super) fn of_all<'s>(&mut self, schemas: impl IntoIterator<Item = &'s Value>) -> Value {
        self.of_values(schemas, false)
    }

    /// Does the same as [`Self::of_all`]. If the conjunction of the schemas `is_nullable`, null is a
    /// common value, even if one of `schemas` is without it.
    pub(super) fn of_values<'s>(
        &mut self,
        schemas: impl IntoIterator<Item = &'s Value>,
        is_nullable: bool,
    ) -> Value {
        let mut schemas = schemas.into_iter();
        let mut whole = schemas.next().cloned().unwrap_or_else(|| json!({}));
        for schema in schemas {
            let count = count_values(&whole) + count_values(schema);
            if self.budget.spend(count).is_none() {
                break;
            }
            whole = self.of_two(&whole, schema).unwrap_or_else(|| {
                let (annotations, one) = split(&whole);
                let (more, other) = split(schema);
                if is_nullable {
                    let (_, null) = split(&only_null());
                    return assemble(overlay(annotations, more), null, false);
                }
                let of = one.get("type").filter(|of| other.get("type") == Some(of));
                let wider = of.map(|of| ("type".to_owned(), of.clone()));
                let accepted = of.and_then(Value::as_str).unwrap_or("JSON value");
                self.contradict(&format!("every {accepted} is accepted"));
                assemble(overlay(annotations, more), Core::from_iter(wider), false)
            });
        }
        whole
    }

    pub(super) fn allows_null(&self, schema: &Value) -> bool {
        nullability::admits_null(self.document, schema, &mut Memo::default())
    }

    /// Returns `core`, or its target if the target allows null.
    fn not_null(&self, core: Core) -> Core {
        let target = name_of(&core).and_then(|name| schema(self.document, name));
        match target.filter(|target| self.allows_null(target)) {
            Some(target) => split(target).1,
            None => core,
        }
    }

    fn contradict(&mut self, outcome: &str) {
        let subject = self.subject();
        let what = format!("the schemas of `allOf` have no common value{subject} → {outcome}");
        self.contradictions.push((self.place.clone(), what));
    }

    /// Returns ` for …` with the part that is intersected now, unless that is the whole conjunction.
    fn subject(&self) -> String {
        let parts: Vec<&str> = self.subject.iter().rev().map(String::as_str).collect();
        match parts.as_slice() {
            [] => String::new(),
            parts => format!(" for {}", parts.join(" of ")),
        }
    }

    /// Intersects what `schemas` say about a part of the values: `subject`.
    pub(super) fn of_parts<'s>(
        &mut self,
        subject: impl Into<String>,
        schemas: impl IntoIterator<Item = &'s Value>,
    ) -> Value {
        self.subject.push(subject.into());
        let common = self.of_all(schemas);
        self.subject.pop();
        common
    }

    /// Returns a schema that allows every value that both `a` and `b` allow, if there is a common
    /// value.
    fn of_two(&mut self, a: &Value, b: &Value) -> Option<Value> {
        let is_nullable = self.allows_null(a) && self.allows_null(b);
        let (annotations, a) = split(a);
        let (more, b) = split(b);
        let annotations = overlay(annotations, more);
        let common = match self.of_cores(&a, &b, DEPTH) {
            Some(core) if is_nullable => return Some(assemble(annotations, core, true)),
            Some(core) => self.not_null(core),
            None if is_nullable => split(&only_null()).1,
            None => return None,
        };
        Some(assemble(annotations, common, false))
    }

    fn of_cores(&mut self, a: &Core, b: &Core, depth: usize) -> Option<Core> {
        if a == b || b.is_empty() {
            return Some(a.clone());
        }
        if a.is_empty() {
            return Some(b.clone());
        }
        if is_never(a) || is_never(b) {
            return None;
        }
        if depth == 0 || self.budget.is_spent() {
            return Some(all_of(a, b));
        }
        let depth = depth - 1;
        if is_no_object(a) || is_no_object(b) {
            let [one, other] = [a, b].map(without_object_keywords);
            if one.len() < a.len() || other.len() < b.len() {
                return self.of_cores(&one, &other, depth);
            }
        }
        let is_object = |core| is_of_objects(self.document, core);
        let are_objects = is_object(a) && is_object(b);
        match (name_of(a), name_of(b)) {
            (Some(one), Some(other)) if are_objects => return self.of_components(one, other),
            (Some(name), _) => return self.of_component(name, a, b, depth),
            (_, Some(name)) => return self.of_component(name, b, a, depth),
            (None, None) => {}
        }
        if only_union(a).is_some() || only_union(b).is_some() {
            return self.of_unions(a, b, depth);
        }
        if are_objects {
            return Some(self.of_objects(a, b));
        }
        let composed = ["allOf", "anyOf", "oneOf", "not"];
        match a.has_any(&composed) || b.has_any(&composed) {
            // The next walk merges a conjunction.
            true => Some(all_of(a, b)),
            false => self.of_plain(a, b),
        }
    }

    /// Intersects the component `name`, to which `reference` refers, with `other`.
    fn of_component(
        &mut self,
        name: &str,
        reference: &Core,
        other: &Core,
        depth: usize,
    ) -> Option<Core> {
        let Some(target) = schema(self.document, name) else {
            return Some(all_of(reference, other));
        };
        let is_object = |schema| is_of_objects(self.document, schema);
        if target.as_object().is_some_and(is_object) && is_object(other) {
            if other.keys().all(|key| key == "type") {
                return Some(reference.clone());
            }
            return match only_union(other) {
                Some(_) => self.of_unions(reference, other, depth),
                None => Some(all_of(reference, other)),
            };
        }
        self.budget.spend(count_values(target) / COMPARISONS)?;
        let (_, target) = split(target);
        let common = self.of_cores(&target, other, depth)?;
        Some(match common == target {
            true => reference.clone(),
            false => common,
        })
    }

    /// Intersects two components of objects: returns one if it builds on the other, or else
    /// a new component.
    fn of_components(&mut self, one: &str, other: &str) -> Option<Core> {
        let name = if self.builds_on(one, other) {
            one.to_owned()
        } else if self.builds_on(other, one) {
            other.to_owned()
        } else {
            let pair = (one.to_owned(), other.to_owned());
            let new = || {
                let suffix = format!("And{}", type_names::camel_case(other));
                let path = Path::of_component(one).suffixed(&suffix);
                let name = path.key(None, &mut self.taken);
                let both = json!({
                    "description": provenance::with_mark("", &self.place),
                    "allOf": [reference(one), reference(other)],
                });
                self.components.push((name.clone(), both));
                name
            };
            self.pairs.entry(pair).or_insert_with(new).clone()
        };
        Some(split(&reference(&name)).1)
    }

    /// Whether the component `derived` is a conjunction with the component `base`.
    fn builds_on(&mut self, derived: &str, base: &str) -> bool {
        let mut parts = Parts::default();
        let derived = schema(self.document, derived);
        let added = derived.and_then(|schema| parts.add(self.document, schema));
        let is_affordable = self.budget.spend(parts.all.len() + parts.followed.len());
        added.and(is_affordable).is_some() && parts.followed.contains(base)
    }

    /// Intersects two schemas. At least one is a union.
    fn of_unions(&mut self, a: &Core, b: &Core, depth: usize) -> Option<Core> {
        let branches = |core: &Core| match only_union(core) {
            Some((_, branches)) => branches.clone(),
            None => vec![Value::Object(core.clone())],
        };
        let (of_a, of_b) = (branches(a), branches(b));
        if of_a.len().saturating_mul(of_b.len()) > COMBINATIONS {
            return Some(all_of(a, b));
        }
        let is_in = |branch: &Value, all: &[Value]| {
            let (_, core) = split(branch);
            all.iter().any(|other| split(other).1 == core)
        };
        // The intersection keeps a branch that both have.
        let mut common = of_a.clone();
        common.retain(|branch| is_in(branch, &of_b));
        let shared = common.clone();
        for one in of_a.iter().filter(|branch| !is_in(branch, &shared)) {
            for other in possible(self.document, &of_b, slice::from_ref(one), self.budget) {
                if is_in(other, &shared) {
                    continue;
                }
                self.budget.spend(count_values(one) + count_values(other))?;
                let (annotations, one) = split(one);
                let (more, other) = split(other);
                if let Some(core) = self.of_cores(&one, &other, depth) {
                    let branch = assemble(overlay(annotations, more), core, false);
                    if !is_in(&branch, &common) {
                        common.push(branch);
                    }
                }
            }
        }
        let is_all_of = |all: &[Value]| {
            all.len() == common.len() && all.iter().all(|branch| is_in(branch, &common))
        };
        match common.as_slice() {
            [] => None,
            _ if is_all_of(&of_a) => Some(a.clone()),
            _ if is_all_of(&of_b) => Some(b.clone()),
            [only] => Some(split(only).1),
            _ => Some(Core::from_iter([("anyOf".to_owned(), common.into())])),
        }
    }

    /// Intersects two objects that are not references.
    fn of_objects(&mut self, a: &Core, b: &Core) -> Core {
        let says_only = |core: &Core, keywords: &[&str]| {
            core.keys().all(|key| keywords.contains(&key.as_str()))
        };
        if says_only(a, &["type"]) {
            return b.clone();
        }
        if says_only(b, &["type"]) {
            return a.clone();
        }
        let map = ["type", "additionalProperties"];
        if !says_only(a, &map) || !says_only(b, &map) {
            return all_of(a, b);
        }
        let others = [a, b].map(|of| of.get("additionalProperties"));
        let others = self.of_parts("the undeclared properties", others.into_iter().flatten());
        let mut common = a.clone();
        common.insert("additionalProperties".to_owned(), others);
        common
    }

    /// Intersects two scalars or arrays.
    fn of_plain(&mut self, a: &Core, b: &Core) -> Option<Core> {
        let of = match (a.text("type"), b.text("type")) {
            (Some("integer"), Some("number")) | (Some("number"), Some("integer")) => {
                Some("integer")
            }
            (Some(one), Some(other)) if one != other => return None,
            (one, other) => one.or(other),
        };
        // The format of a number does not apply to an integer.
        let formats = [a, b].into_iter().filter(|core| core.text("type") == of);
        let formats: Vec<&Value> = formats.filter_map(|core| core.get("format")).collect();

        let mut common = a.clone();
        for (keyword, value) in b {
            common.entry(keyword).or_insert_with(|| value.clone());
        }
        if let Some(of) = of {
            common.insert("type".to_owned(), of.into());
        }
        common.shift_remove("format");
        match formats.as_slice() {
            [one, other] if one != other => {
                let subject = self.subject();
                let what =
                    format!("the formats {one} and {other} differ{subject} → neither is checked");
                self.contradictions.push((self.place.clone(), what));
            }
            [format, ..] => {
                common.insert("format".to_owned(), (*format).clone());
            }
            [] => {}
        }
        if let (Some(one), Some(other)) = (a.get("items"), b.get("items")) {
            let items = self.of_parts("the items", [one, other]);
            common.insert("items".to_owned(), items);
        }
        let listed = |core: &Core| core.get("enum").and_then(Value::as_array).cloned();
        let values = match (listed(a), listed(b)) {
            (Some(mut values), Some(other)) => {
                let other: BTreeSet<String> = other.iter().map(canonical).collect();
                values.retain(|value| other.contains(&canonical(value)));
                Some(values)
            }
            (one, other) => one.or(other),
        };
        if let Some(mut values) = values {
            values.retain(|value| of != Some("integer") || is_integer(value));
            if values.is_empty() {
                return None;
            }
            common.insert("enum".to_owned(), values.into());
        }
        Some(common)
    }
}

/// A conjunction of `a` and `b`.
fn all_of(a: &Core, b: &Core) -> Core {
    let mut all = conjuncts(a.clone());
    for conjunct in conjuncts(b.clone()) {
        if !all.contains(&conjunct) {
            all.push(conjunct);
        }
    }
    Core::from_iter([("allOf".to_owned(), all.into())])
}

/// Returns the same text for equal enum values.
fn canonical(value: &Value) -> String {
    match value {
        Value::Number(number) => format!("{:?}", number.as_f64()),
        other => other.to_string(),
    }
}

/// Splits `schema` into its annotations and its other keywords, without null.
pub(super) fn split(schema: &Value) -> (Map<String, Value>, Core) {
    let members = schema.as_object().cloned().unwrap_or_default();
    let (annotations, mut core): (Map<_, _>, Core) =
        members.into_iter().partition(|(key, _)| is_annotation(key));
    // One schema, or one schema and null.
    let only = |keyword: &str| {
        let list = core.get(keyword).filter(|_| core.len() == 1)?.as_array()?;
        match list.as_slice() {
            [only] => Some(only),
            [only, null] if keyword == "anyOf" && is_only_null(null) => Some(only),
            _ => None,
        }
    };
    if let Some(only) = only("allOf").or_else(|| only("anyOf")) {
        let (more, core) = split(only);
        return (overlay(annotations, more), core);
    }
    if core.contains_key("type")
        && core.shift_remove("nullable").is_some()
        && let Some(Value::Array(values)) = core.get_mut("enum")
    {
        values.retain(|value| !value.is_null());
    }
    (annotations, core)
}

/// Returns `core` with these annotations, and with null if it `is_nullable`.
pub(super) fn assemble(
    annotations: Map<String, Value>,
    mut core: Core,
    is_nullable: bool,
) -> Value {
    let is_composed = core.has_any(&["$ref", "allOf", "anyOf", "oneOf", "not"]);
    if is_nullable && core.contains_key("type") && !is_composed {
        core.insert("nullable".to_owned(), true.into());
        if let Some(Value::Array(values)) = core.get_mut("enum") {
            values.push(Value::Null);
        }
    } else if is_nullable && !core.is_empty() && !is_never(&core) {
        core = Core::from_iter([("anyOf".to_owned(), json!([core, only_null()]))]);
    }
    // OpenAPI 3.0 ignores the siblings of a reference.
    if core.contains_key("$ref") && !annotations.is_empty() {
        core = Core::from_iter([("allOf".to_owned(), json!([core]))]);
    }
    overlay(annotations, core).into()
}

/// Returns `first`, with the keywords that only `second` has.
pub(super) fn overlay(
    mut first: Map<String, Value>,
    second: Map<String, Value>,
) -> Map<String, Value> {
    for (key, value) in second {
        first.entry(key).or_insert(value);
    }
    first
}

/// Whether `core` allows no value, or only null.
fn is_never(core: &Core) -> bool {
    core.get("not") == Some(&json!({})) || core.get("enum") == Some(&json!([null]))
}

/// Whether the type of `core` allows no object.
fn is_no_object(core: &Core) -> bool {
    core.text("type").is_some_and(|of| of != "object")
}

/// Returns `core` without the keywords that only apply to objects, unless it allows only objects.
fn without_object_keywords(core: &Core) -> Core {
    let mut core = core.clone();
    if !core.is_type("object") {
        core.retain(|keyword, _| {
            !matches!(
                keyword.as_str(),
                "properties" | "required" | "additionalProperties"
            )
        });
    }
    core
}

/// The name of the component that `core` refers to.
fn name_of(core: &Core) -> Option<&str> {
    core.text("$ref")?.strip_prefix(REFERENCE)
}

/// Returns the union in `core`, if `core` has no other keywords.
fn only_union(core: &Core) -> Option<(&'static str, &Vec<Value>)> {
    let (keyword, branches) = union_of(core)?;
    let is_alone = core
        .keys()
        .all(|key| key == keyword || key == "discriminator");
    is_alone.then_some((keyword, branches))
}

/// Whether `schema` only allows objects.
pub(in crate::shape) fn is_of_objects(document: &Document, schema: &Map<String, Value>) -> bool {
    fn check(document: &Document, schema: &Map<String, Value>, depth: usize) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        let is_one = |schema: &Value| {
            let followed = document.follow(schema).object();
            followed.is_some_and(|schema| check(document, schema, depth))
        };
        if schema.contains_key("$ref") {
            return is_one(&Value::Object(schema.clone()));
        }
        if schema.has("type") {
            return schema.is_type("object");
        }
        let is_branch = |branch: &Value| is_only_null(branch) || is_one(branch);
        schema.has_any(&["properties", "required", "additionalProperties"])
            || schema.list("allOf").iter().any(is_one)
            || union_of(schema).is_some_and(|(_, branches)| branches.iter().all(is_branch))
    }
    check(document, schema, 16)
}
