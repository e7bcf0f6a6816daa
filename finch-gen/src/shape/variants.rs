//! The schemas that a union is made of in the end.
//!
//! A branch may be a reference, with annotations beside it, or a union itself. The code
//! that reads a union tries the variants of such an inner union as its own: an inner union
//! that a response can hold takes any value, and would leave none to the branches after it.

use std::collections::{BTreeSet, VecDeque};

use serde_json::{Map, Value};

use super::{alias, only_null};
use crate::load::Document;
use crate::names;

/// A schema that a union is made of.
pub(super) struct Variant<'a> {
    /// The components that lead to it, itself the last.
    pub(super) chain: Vec<&'a str>,
    /// What it is, and no reference.
    pub(super) schema: &'a Value,
    /// The discriminators of the unions that lead to it.
    pub(super) discriminators: Vec<&'a Map<String, Value>>,
}

impl Variant<'_> {
    /// The name of its type: `T`, or `[T]` for an array of `T`.
    pub(super) fn name(&self) -> Option<String> {
        let last = self.chain.last();
        last.map(|name| names::type_name(name))
            .or_else(|| name_of_array(self.schema))
    }

    /// Whether it is one of objects.
    pub(super) fn is_object(&self) -> bool {
        match self.schema.get("type") {
            Some(of) => of == "object",
            None => ["properties", "required", "allOf"]
                .iter()
                .any(|keyword| self.schema.get(keyword).is_some()),
        }
    }

    /// Whether it is one of arrays.
    pub(super) fn is_array(&self) -> bool {
        is_array(self.schema)
    }
}

fn is_array(schema: &Value) -> bool {
    schema.get("type").is_some_and(|of| of == "array")
}

fn name_of_array(schema: &Value) -> Option<String> {
    let items = schema.get("items").filter(|_| is_array(schema))?;
    let item = alias(items).map(names::type_name);
    Some(format!("[{}]", item.or_else(|| name_of_array(items))?))
}

/// The branches of the unions in `schema`, but for null.
pub(super) fn branches(schema: &Value) -> impl Iterator<Item = &Value> {
    let lists = ["oneOf", "anyOf"].map(|keyword| schema.get(keyword).and_then(Value::as_array));
    let branches = lists.into_iter().flatten().flatten();
    branches.filter(|branch| **branch != only_null())
}

/// The variants of the union that `schema` is, each once: its own before those of the
/// unions among its branches.
pub(super) fn variants<'a>(document: &'a Document, schema: &'a Value) -> Vec<Variant<'a>> {
    let components = document.at("/components/schemas");
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut next = VecDeque::from([Variant {
        chain: Vec::new(),
        schema,
        discriminators: Vec::new(),
    }]);
    while let Some(mut variant) = next.pop_front() {
        while let Some(name) = alias(variant.schema) {
            let target = components.and_then(|components| components.get(name));
            let Some(target) = target.filter(|_| seen.insert(name)) else {
                break;
            };
            variant.chain.push(name);
            variant.schema = target;
        }
        if alias(variant.schema).is_some() {
            // It is there already, or leads nowhere.
            continue;
        }
        let mut inner = branches(variant.schema).peekable();
        let has = |keyword| variant.schema.get(keyword).is_some();
        let is_merged = !found.is_empty() && (has("allOf") || has("properties"));
        if inner.peek().is_none() || is_merged {
            found.push(variant);
            continue;
        }
        let own = variant.schema.get("discriminator");
        let own = own.and_then(Value::as_object);
        variant.discriminators.extend(own);
        next.extend(inner.map(|schema| Variant {
            chain: variant.chain.clone(),
            schema,
            discriminators: variant.discriminators.clone(),
        }));
    }
    found
}
