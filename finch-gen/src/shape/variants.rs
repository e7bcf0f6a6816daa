//! Finds the schemas that make up a union.
//!
//! A branch may be a reference, with or without annotations, or a union itself. The decoder of a
//! union tries the variants of an inner union as its direct variants. An inner union that a
//! response can contain accepts any value, and would hide the branches after it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use serde_json::{Map, Value};

use super::type_naming;
use super::unions::{FALLBACK, takes_everything};
use super::{SCHEMAS, alias, conjunction, is_only_null, schemas};
use crate::json::Fields as _;
use crate::load::Document;
use crate::{provenance, type_names};

/// A schema that is part of a union.
#[derive(Clone)]
pub(super) struct Variant<'a> {
    /// The branch of the union that this schema is, or is part of.
    pub(super) branch: usize,
    /// The components that lead to it. The last one is the schema itself.
    pub(super) chain: Vec<&'a str>,
    /// The schema itself, after references are followed.
    pub(super) schema: &'a Value,
    /// The discriminators of the unions that lead to it.
    pub(super) discriminators: Vec<&'a Map<String, Value>>,
    /// The last component of the chain, if its schema is the variant: a branch of an inner union
    /// is not.
    component: Option<&'a str>,
    /// How many inner unions lead to it.
    depth: usize,
}

/// The maximum number of inner unions that lead to a variant. Preflight refuses unions that nest
/// half as deep.
const DEPTH: usize = 128;

/// The name of a variant that accepts any JSON.
pub(crate) const ANY: &str = "any";

impl Variant<'_> {
    /// The name of its type: the name of a component, `[T]` for an array of `T`, `any`, or the
    /// JSON name of the type.
    pub(super) fn name(&self) -> String {
        let component = self.component.map(type_names::type_name);
        component.unwrap_or_else(|| name_of(self.schema))
    }

    /// Whether its branch only has a number as its name.
    pub(super) fn is_numbered(&self) -> bool {
        let first = self.chain.first();
        first.is_none_or(|key| type_naming::is_numbered(key))
    }

    /// The order in which the generated code lists variants: if two have one type, the first is
    /// decoded.
    pub(super) fn order(&self) -> (usize, usize) {
        (self.depth, self.branch)
    }

    /// The order in which the decoder tries variants that fit a value equally well: first those
    /// with most required properties.
    fn rank(&self, document: &Document) -> (u8, usize, u8, Reverse<usize>) {
        let required = required(document, self.schema);
        let kind = match self.kind() {
            None | Some("object") => 0,
            Some("array") => 1,
            Some(_) => 2,
        };
        (rank(self.schema), self.depth, kind, Reverse(required))
    }

    /// Whether it is a branch of an inner union.
    pub(super) fn is_nested(&self) -> bool {
        self.depth > 0
    }

    /// The type of its values, if it has one.
    pub(super) fn kind(&self) -> Option<&str> {
        let of = self.schema.text("type");
        let is_object = self.schema.has_any(&["properties", "required", "allOf"]);
        of.or(is_object.then_some("object"))
    }
}

/// Returns the number of properties that `schema` and its conjuncts require.
fn required(document: &Document, schema: &Value) -> usize {
    let parts = conjunction(document, schema).into_iter();
    let names = parts.flat_map(|part| part.list("required"));
    names.collect::<HashSet<_>>().len()
}

/// The order of variants that fit a value equally well. A number accepts every integer, a
/// string type accepts every string, and some schemas accept any JSON, so the decoder tries them
/// last.
fn rank(schema: &Value) -> u8 {
    if takes_everything(schema) {
        return 7;
    }
    let is_listed = || schema.has_any(&["enum", "format"]);
    match schema.text("type") {
        Some("boolean") => 1,
        Some("integer") if is_listed() => 2,
        Some("integer") => 3,
        Some("number") => 4,
        Some("string") if is_listed() => 5,
        Some("string") => 6,
        Some("array") => schema.get("items").map_or(7, rank),
        _ => 0,
    }
}

fn name_of(schema: &Value) -> String {
    let mut branches = branches(schema);
    if let Some(name) = alias(schema) {
        type_names::type_name(name)
    } else if schema.is_type("array") {
        let item = schema.get("items").map(name_of);
        format!("[{}]", item.as_deref().unwrap_or(ANY))
    } else if takes_everything(schema) {
        ANY.to_owned()
    } else if let (Some(only), None) = (branches.next(), branches.next()) {
        name_of(only)
    } else {
        schema.text("type").unwrap_or_default().to_owned()
    }
}

/// Returns the branches of the unions in `schema`, without null.
pub(super) fn branches(schema: &Value) -> impl Iterator<Item = &Value> {
    let branches = ["oneOf", "anyOf"]
        .into_iter()
        .flat_map(|keyword| schema.list(keyword));
    branches.filter(|branch| !is_only_null(branch))
}

/// The descriptions of the branches of each union, by the name of its type.
pub(crate) type Descriptions = BTreeMap<String, Vec<Option<String>>>;

/// Returns the descriptions of the branches of the unions among the components.
pub(super) fn descriptions(document: &Document) -> Descriptions {
    let described = schemas(document).map(|(name, union)| {
        let descriptions = branches(union).map(|branch| {
            let text = provenance::strip(branch.text("description")?);
            (!text.trim().is_empty()).then_some(text)
        });
        (type_names::type_name(name), descriptions.collect())
    });
    described
        .filter(|(_, all): &(_, Vec<_>)| all.iter().any(Option::is_some))
        .collect()
}

/// Returns the variants of `union`, each once, in the order in which the decoder tries them.
pub(super) fn variants<'a>(document: &'a Document, union: &'a Value) -> Vec<Variant<'a>> {
    let discriminator = union.field("discriminator").object();
    variants_of(document, branches(union), discriminator.as_slice())
}

/// The variants of a union of `branches`, with these discriminators.
pub(super) fn variants_of<'a>(
    document: &'a Document,
    branches: impl Iterator<Item = &'a Value>,
    discriminators: &[&'a Map<String, Value>],
) -> Vec<Variant<'a>> {
    let components = document.at(SCHEMAS);
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let own = branches.enumerate().map(|(branch, schema)| Variant {
        branch,
        chain: Vec::new(),
        schema,
        discriminators: discriminators.to_vec(),
        component: None,
        depth: 0,
    });
    let mut next: VecDeque<_> = own.collect();
    while let Some(mut variant) = next.pop_front() {
        if let Some(name) = alias(variant.schema) {
            let target = components.and_then(|components| components.get(name));
            let Some(target) = target.filter(|_| seen.insert(name)) else {
                // The variant is known already, or the reference leads nowhere.
                continue;
            };
            variant.chain.push(name);
            variant.component = Some(name);
            variant.schema = target;
        }
        if alias(variant.schema).is_some() {
            // Another branch may reach the same variant by a shorter path.
            next.push_back(variant);
            continue;
        }
        let mut inner = self::branches(variant.schema).peekable();
        if inner.peek().is_none() || variant.schema.has_any(&["allOf", "properties"]) {
            if !variant.schema.has(FALLBACK) {
                found.push(variant);
            }
            continue;
        }
        let discriminator = variant.schema.field("discriminator").object();
        variant.discriminators.extend(discriminator);
        variant.component = None;
        variant.depth += 1;
        if variant.depth > DEPTH {
            continue;
        }
        next.extend(inner.map(|schema| Variant {
            schema,
            ..variant.clone()
        }));
    }
    found.sort_by_cached_key(|variant| variant.rank(document));
    found
}
