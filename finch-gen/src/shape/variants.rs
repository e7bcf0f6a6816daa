//! The schemas that a union is made of in the end.
//!
//! A branch may be a reference, with or without annotations, or a union itself. The code
//! that reads a union tries the variants of such an inner union as its own: an inner union
//! that a response can hold takes any value, and would leave none to the branches after it.

use std::collections::{BTreeSet, VecDeque};

use serde_json::{Map, Value};

use super::unions::takes_everything;
use super::{alias, only_null};
use crate::load::Document;
use crate::type_names;

/// A schema that a union is made of.
#[derive(Clone)]
pub(super) struct Variant<'a> {
    /// The branch of the union that it is, or is of.
    pub(super) branch: usize,
    /// The components that lead to it, itself the last.
    pub(super) chain: Vec<&'a str>,
    /// The schema itself, after references are followed.
    pub(super) schema: &'a Value,
    /// The discriminators of the unions that lead to it.
    pub(super) discriminators: Vec<&'a Map<String, Value>>,
    /// How many inner unions lead to it.
    depth: usize,
}

/// How many inner unions lead to a variant at most. Preflight refuses unions that nest half
/// as deep.
const DEPTH: usize = 128;

impl Variant<'_> {
    /// The name of its type: the name of a component, `[T]` for an array of `T`, or the
    /// JSON name of the type.
    pub(super) fn name(&self) -> String {
        let component = self.chain.last().map(|name| type_names::type_name(name));
        component.unwrap_or_else(|| name_of(self.schema))
    }

    /// The order of variants that a value fits equally well. A number accepts every integer,
    /// and a string accepts every text, so they are tried last.
    fn rank(&self) -> u8 {
        let is_listed = || {
            ["enum", "format"]
                .iter()
                .any(|of| self.schema.get(of).is_some())
        };
        match self.schema.get("type").and_then(Value::as_str) {
            Some("boolean") => 1,
            Some("integer") if is_listed() => 2,
            Some("integer") => 3,
            Some("number") => 4,
            Some("string") if is_listed() => 5,
            Some("string") => 6,
            _ => 0,
        }
    }

    /// The type of its values, if it has one.
    pub(super) fn kind(&self) -> Option<&str> {
        let of = self.schema.get("type").and_then(Value::as_str);
        let is_object = ["properties", "required", "allOf"]
            .iter()
            .any(|keyword| self.schema.get(keyword).is_some());
        of.or(is_object.then_some("object"))
    }
}

fn is_array(schema: &Value) -> bool {
    schema.get("type").is_some_and(|of| of == "array")
}

fn name_of(schema: &Value) -> String {
    let of = schema.get("type").and_then(Value::as_str);
    match schema.get("items").filter(|_| is_array(schema)) {
        Some(items) => {
            let item = alias(items).map(type_names::type_name);
            format!("[{}]", item.unwrap_or_else(|| name_of(items)))
        }
        None => of.unwrap_or_default().to_owned(),
    }
}

/// The branches of the unions in `schema`, but for null.
pub(super) fn branches(schema: &Value) -> impl Iterator<Item = &Value> {
    let lists = ["oneOf", "anyOf"].map(|keyword| schema.get(keyword).and_then(Value::as_array));
    let branches = lists.into_iter().flatten().flatten();
    branches.filter(|branch| **branch != only_null())
}

/// The variants of the union that `union` is, each once, in the order in which they are
/// tried: its own branches first, then the branches of inner unions.
pub(super) fn variants<'a>(document: &'a Document, union: &'a Value) -> Vec<Variant<'a>> {
    let discriminator = discriminator(union);
    variants_of(document, branches(union), discriminator.as_slice())
}

fn discriminator(schema: &Value) -> Option<&Map<String, Value>> {
    schema.get("discriminator")?.as_object()
}

/// The variants of a union of `branches`, with these discriminators.
pub(super) fn variants_of<'a>(
    document: &'a Document,
    branches: impl Iterator<Item = &'a Value>,
    discriminators: &[&'a Map<String, Value>],
) -> Vec<Variant<'a>> {
    let components = document.at("/components/schemas");
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let own = branches.enumerate().map(|(branch, schema)| Variant {
        branch,
        chain: Vec::new(),
        schema,
        discriminators: discriminators.to_vec(),
        depth: 0,
    });
    let mut next: VecDeque<_> = own.collect();
    while let Some(mut variant) = next.pop_front() {
        if let Some(name) = alias(variant.schema) {
            let target = components.and_then(|components| components.get(name));
            let Some(target) = target.filter(|_| seen.insert(name)) else {
                // It is there already, or leads nowhere.
                continue;
            };
            variant.chain.push(name);
            variant.schema = target;
        }
        if alias(variant.schema).is_some() {
            // Another branch may be the same by a shorter way.
            next.push_back(variant);
            continue;
        }
        let mut inner = self::branches(variant.schema).peekable();
        let has = |keyword| variant.schema.get(keyword).is_some();
        if inner.peek().is_none() || has("allOf") || has("properties") {
            // It is read as what none of the others is.
            if !takes_everything(variant.schema) {
                found.push(variant);
            }
            continue;
        }
        variant.discriminators.extend(discriminator(variant.schema));
        variant.depth += 1;
        if variant.depth > DEPTH {
            continue;
        }
        next.extend(inner.map(|schema| Variant {
            schema,
            ..variant.clone()
        }));
    }
    found.sort_by_key(Variant::rank);
    found
}
