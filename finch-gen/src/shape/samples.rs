//! Makes a sample value for each variant of a union, such as `{"kind": "cat"}`. The generated tests
//! check that it decodes as that variant.
//!
//! A sample is made from the schema of the variant, with the values of its tags. A sample that an
//! earlier variant may also accept is not used. If all of its samples are like that, there may be
//! no value that decodes as this variant, so the report names it, and it gets no test. Large
//! schemas and unions may get no sample, either.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;

use serde_json::{Map, Value, json};

use super::listed_values::{Finder, Visits, alternatives, unmarked};
use super::request_bodies::{BYTES, FILE};
use super::unions::takes_everything;
use super::variants::{Variant, branches, variants};
use super::{KnownVariant, SCHEMAS, Tag, Unions, alias, origin, schemas};
use crate::json::Fields as _;
use crate::load::Document;
use crate::lower::{Steps, fits};
use crate::pointer::join;

use crate::report::Report;
use crate::type_names;

/// Samples of the branches of each union, by the name of its type.
pub(crate) type Samples = BTreeMap<String, Vec<Option<Value>>>;

/// How deep nested schemas contribute to a sample.
const LEVELS: usize = 16;

/// The maximum number of values in a sample.
const VALUES: usize = 500;

/// How often the variants of one union are compared.
const COMPARISONS: usize = 5_000;

/// Finds samples for the variants of `unions`, the unions of `document`.
pub(super) fn find(document: &Document, unions: &Unions, report: &mut Report) -> Samples {
    let mut found = Samples::new();
    let (visits, steps) = (Visits::of_pass(document), Steps::default());
    for (name, union) in schemas(document) {
        let type_name = type_names::type_name(name);
        let Some(known) = unions.get(&type_name) else {
            continue;
        };
        let mut rivals = Rivals::new(document, union, known, &visits, &steps);
        let samples = branches(union).enumerate();
        let samples = samples.map(|(branch, of)| {
            rivals.sample(branch).unwrap_or_else(|Shadowed| {
                let at = origin(document, &join(SCHEMAS, name));
                let of = alias(of).map_or_else(|| rivals.name(branch), type_names::type_name);
                let what = format!("`{of}` → not tested; its samples also fit an earlier branch");
                report.info("variant-shadowed", &at, what);
                None
            })
        });
        found.insert(type_name, samples.collect());
    }
    found
}

/// All values that were tried as a sample of a branch decode as another branch.
struct Shadowed;

/// The variants of a union. Each may accept values of the variants after it.
struct Rivals<'a> {
    document: &'a Document,
    variants: Vec<Variant<'a>>,
    known: &'a [KnownVariant],
    /// The position at which the decoder tries each variant: variants of one type are one.
    positions: Vec<usize>,
    /// The names of the properties that each variant keeps, if it drops others.
    kept: Vec<Option<BTreeSet<&'a str>>>,
    comparisons: usize,
    steps: &'a Steps,
    /// Whether only requests use the union. There, enums and inner unions accept no unknown values.
    is_closed: bool,
}

impl<'a> Rivals<'a> {
    fn new(
        document: &'a Document,
        union: &'a Value,
        known: &'a [KnownVariant],
        visits: &'a Visits,
        steps: &'a Steps,
    ) -> Self {
        let variants = variants(document, union);
        let kept = variants.iter().map(|variant| {
            let mut finder = Finder::new(document, visits, VALUES);
            let properties = finder.properties(variant.schema, 0).by_path;
            let others = variant.schema.get("additionalProperties");
            let has_others = others.is_some_and(|of| *of != Value::Bool(false));
            let paths = properties.into_keys();
            let names: BTreeSet<&str> = paths.filter_map(|path| path.first().copied()).collect();
            (!has_others && !names.is_empty()).then_some(names)
        });
        let mut first: BTreeMap<(usize, String), usize> = BTreeMap::new();
        let positions = variants
            .iter()
            .enumerate()
            .map(|(at, variant)| *first.entry((variant.branch, variant.name())).or_insert(at));
        Self {
            document,
            positions: positions.collect(),
            kept: kept.collect(),
            variants,
            known,
            comparisons: COMPARISONS,
            steps,
            is_closed: !branches(union).any(takes_everything),
        }
    }

    fn name(&self, branch: usize) -> String {
        let mut variants = self.variants.iter();
        let own = variants.find(|variant| variant.branch == branch);
        own.map(Variant::name).unwrap_or_default()
    }

    /// Returns a sample of `branch`, or `None` if none was found, although there may be one.
    fn sample(&mut self, branch: usize) -> Result<Option<Value>, Shadowed> {
        // The decoder keeps any JSON as a variant of the outer union.
        let is_own = |of: &Variant<'_>| {
            of.branch == branch && !(of.is_nested() && takes_everything(of.schema))
        };
        let own = (0..self.variants.len()).filter(|index| is_own(&self.variants[*index]));
        let mut is_shadowed = false;
        for index in own.collect::<Vec<_>>() {
            for is_full in [true, false] {
                let mut sampler = Sampler {
                    document: self.document,
                    left: VALUES,
                    is_full,
                };
                let Some(mut sample) = sampler.sample(self.variants[index].schema, LEVELS) else {
                    continue;
                };
                fill(&mut sample);
                for tag in &self.known[index].tags {
                    give(&mut sample, &tag.path, tag);
                }
                match self.is_of_another(index, &sample) {
                    Some(false) => return Ok(Some(sample)),
                    Some(true) => is_shadowed = true,
                    None => return Ok(None),
                }
            }
        }
        if is_shadowed { Err(Shadowed) } else { Ok(None) }
    }

    /// Whether `sample`, made for the variant at `index`, decodes as another branch. Returns `None`
    /// if that is unknown.
    fn is_of_another(&mut self, index: usize, sample: &Value) -> Option<bool> {
        let own = &self.variants[index];
        let given = |of: usize| {
            let tags = self.known[of].tags.iter();
            tags.filter(|tag| has(sample, &tag.path, tag) == Some(true))
                .count()
        };
        let accepts = |schema| fits(self.document, schema, sample, self.is_closed, self.steps);
        let rivals = self.variants.iter().enumerate();
        for (of, rival) in rivals.filter(|(of, _)| *of != index) {
            let is_alike = rival.name() == own.name();
            let is_earlier = match (rival.kind(), own.kind()) {
                // A variant of any JSON comes last.
                (Some(_), None) => true,
                (None, Some(_)) => false,
                _ if is_alike => rival.order() < own.order(),
                _ => self.positions[of] < self.positions[index],
            };
            self.comparisons = self.comparisons.checked_sub(1)?;
            let tags = self.known[of].tags.iter();
            let may_be = |tag: &Tag| has(sample, &tag.path, tag).unwrap_or(!tag.is_required);
            let kept = self.kept[of].as_ref();
            let keeps = |name: &String| kept.is_none_or(|kept| kept.contains(name.as_str()));
            let objects = match sample {
                Value::Array(items) => items.as_slice(),
                one => std::slice::from_ref(one),
            };
            let mut objects = objects.iter().filter_map(Value::as_object);
            let loses = objects.any(|of| !of.keys().all(keeps));
            if rival.branch != own.branch
                && !loses
                && (is_alike && is_earlier
                    || tags.clone().all(may_be)
                        && (given(of) > given(index) || is_earlier && given(of) == given(index)))
                && accepts(rival.schema)
            {
                return (!self.steps.are_spent()).then_some(true);
            }
        }
        Some(false)
    }
}

/// The keywords that make a schema without `type` an object.
const OBJECTS: [&str; 3] = ["properties", "required", "additionalProperties"];

/// Makes samples.
struct Sampler<'a> {
    document: &'a Document,
    /// How many more values the sample may have.
    left: usize,
    /// Whether the sample has the optional properties. Its scalars differ, too.
    is_full: bool,
}

impl Sampler<'_> {
    fn sample(&mut self, schema: &Value, levels: usize) -> Option<Value> {
        let schema = self.document.follow(schema)?.as_object()?;
        self.left = self.left.checked_sub(1)?;
        let levels = levels.checked_sub(1)?;
        if schema.contains_key("enum") {
            // null is a placeholder for any value in a sample.
            let mut values = schema.list("enum").iter();
            return values.find(|value| !value.is_null()).cloned();
        }
        let mut parts = Vec::new();
        for conjunct in schema.list("allOf") {
            parts.push(self.sample(conjunct, levels)?);
        }
        for keyword in ["anyOf", "oneOf"] {
            let mut branches = alternatives(schema, keyword).peekable();
            if branches.peek().is_some() {
                parts.push(branches.find_map(|branch| {
                    let mut sample = self.sample(branch, levels)?;
                    select(schema, branch, &mut sample);
                    Some(sample)
                })?);
            }
        }
        let is_file = matches!(schema.text("format"), Some(BYTES | FILE));
        let is_object = schema.has_any(&OBJECTS);
        let meant = (schema.has("items") && !is_object).then_some("array");
        match schema.text("type").or(meant) {
            // JSON cannot contain a file.
            Some("string") if is_file => return None,
            Some("boolean") => parts.push(true.into()),
            Some("integer") => parts.push(if self.is_full { 1 } else { 7919 }.into()),
            Some("number") => parts.push(1.5.into()),
            Some("string") => parts.push(text(schema, self.is_full).into()),
            Some("array") => parts.push(match schema.get("items") {
                Some(items) => json!([self.sample(items, levels)?]),
                None => json!([]),
            }),
            None if schema.has("not") => return None,
            of if of.is_some() || is_object => parts.push(self.object(schema, levels)?),
            _ => {}
        }
        let mut parts = parts.into_iter();
        let Some(mut merged) = parts.next() else {
            return Some("any".into());
        };
        for part in parts {
            match (&mut merged, part) {
                (Value::Object(merged), Value::Object(part)) => {
                    for (name, value) in part {
                        if !value.is_null() || !merged.contains_key(&name) {
                            merged.insert(name, value);
                        }
                    }
                }
                (merged, part) if discriminant(merged) == discriminant(&part) => {}
                _ => return None,
            }
        }
        Some(merged)
    }

    fn object(&mut self, schema: &Map<String, Value>, levels: usize) -> Option<Value> {
        let required = schema.list("required");
        let mut members = Map::new();
        for (name, property) in schema.field("properties").fields() {
            let is_required = required.iter().any(|of| of == name);
            if is_required || self.is_full {
                match self.sample(property, levels) {
                    Some(value) => {
                        members.insert(unmarked(name).to_owned(), value);
                    }
                    None if is_required => return None,
                    None => {}
                }
            }
        }
        if let Some(others @ Value::Object(_)) = schema.get("additionalProperties")
            && schema.field("properties").object().is_none()
        {
            members.insert("key".to_owned(), self.sample(others, levels)?);
        }
        // Another conjunct may declare them.
        for name in required.iter().filter_map(Value::as_str) {
            members.entry(unmarked(name)).or_insert(Value::Null);
        }
        Some(members.into())
    }
}

/// Gives `sample`, a value of `branch`, the value by which the discriminator of `union` selects the
/// branch.
fn select(union: &Map<String, Value>, branch: &Value, sample: &mut Value) {
    let discriminator = union.field("discriminator");
    let mut mapping = discriminator.field("mapping").fields();
    let target = branch.text("$ref");
    if let (Some(name), Value::Object(sample)) = (discriminator.text("propertyName"), sample)
        && let Some((tag, _)) = mapping.find(|(_, of)| target.is_some() && of.as_str() == target)
    {
        let value = sample.entry(name).or_insert(Value::Null);
        *value = match value {
            Value::String(_) | Value::Null => tag.as_str().into(),
            _ => serde_json::from_str(tag).unwrap_or_else(|_| tag.as_str().into()),
        };
    }
}

/// Replaces each null in `value`, a placeholder for any value, with a string.
fn fill(value: &mut Value) {
    match value {
        Value::Null => *value = "any".into(),
        Value::Array(items) => items.iter_mut().for_each(fill),
        Value::Object(members) => members.values_mut().for_each(fill),
        _ => {}
    }
}

/// Returns a string in the format of `schema`. Without a format, there are two strings.
fn text(schema: &Map<String, Value>, is_first: bool) -> &'static str {
    match schema.text("format") {
        Some("date") => "2020-02-29",
        Some("date-time") => "2020-02-29T12:00:00Z",
        Some("uuid") => "6a1d1a4e-54f8-4d3f-9a1f-5b1f9ad1c2a7",
        Some("ip" | "ipv4") => "127.0.0.1",
        Some("ipv6") => "::1",
        Some("uri") => "https://example.com/",
        Some("byte") => "YQ==",
        _ if is_first => "text",
        _ => "another text",
    }
}

/// Gives `value` the property of `tag`, at `path` within it.
fn give(value: &mut Value, path: &[String], tag: &Tag) {
    match (path, value) {
        (path, Value::Array(items)) => items.iter_mut().for_each(|item| give(item, path, tag)),
        ([], value) if !tag.values.iter().any(|of| of.is(value)) => {
            if let Some(of) = tag.values.first() {
                *value = of.value();
            }
        }
        ([name, path @ ..], Value::Object(members)) => {
            let within = || match path {
                [] => Value::Null,
                _ => json!({}),
            };
            give(members.entry(name).or_insert_with(within), path, tag);
        }
        _ => {}
    }
}

/// Whether `value` has the property of `tag`, with one of its values. Returns `None` if the
/// property is absent.
fn has(value: &Value, path: &[String], tag: &Tag) -> Option<bool> {
    match (path, value) {
        (_, Value::Null) => None,
        (path, Value::Array(items)) => {
            let all = items.iter().filter_map(|item| has(item, path, tag));
            all.reduce(|all, item| all && item)
        }
        ([], value) => Some(tag.values.iter().any(|of| of.is(value))),
        ([name, path @ ..], Value::Object(members)) => has(members.get(name)?, path, tag),
        _ => None,
    }
}
