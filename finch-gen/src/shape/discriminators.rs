//! Unions whose variants are told apart by the value of one member.
//!
//! It is the one that the `discriminator` names, or else one that every variant
//! requires and that no two variants have a value of in common: a `const`, as a
//! rule. Such a union need not be tried: the member says which variant it is.
//! progenitor knows nothing of it, so it is told to the polish pass
//! `discriminators`.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::{Map, Value, json};

use super::{MARK, referred};
use crate::load::Document;
use crate::provenance;
use crate::report::Report;
use crate::type_names;
use crate::walk::{self, Kind};

/// How the unions of a document are told apart, by the names of their types.
pub(crate) type Discriminators = BTreeMap<String, Discriminator>;

/// How the variants of one union are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Discriminator {
    /// The member.
    pub(crate) property: String,
    /// The names of the variants' types, each with the values of the member that
    /// say that it is this one: all strings, or all integers.
    pub(crate) variants: Vec<(String, Vec<Value>)>,
}

/// Writes out which value means which branch, where a discriminator leaves it to
/// the names of components: they will be others.
pub(super) fn write_mappings(document: &mut Document) {
    let mut mappings = Vec::new();
    walk::for_each(&document.root, |at, kind, schema| {
        let Some(discriminator) = schema.get("discriminator").filter(|_| kind == Kind::Schema)
        else {
            return;
        };
        let mut mapping = discriminator
            .get("mapping")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        for target in mapping.values_mut() {
            // A bare name is that of a component.
            if let Some(name) = target.as_str().filter(|name| !name.contains('/')) {
                *target = reference_text(name).into();
            }
        }
        let property = discriminator.get("propertyName").and_then(Value::as_str);
        for branch in branches(schema) {
            let Some(name) = referred(branch) else {
                continue;
            };
            let is_mapped = mapping.values().any(|target| *target == branch["$ref"]);
            let says_itself = property.is_some_and(|property| {
                values_of(document, branch, property).is_some_and(|values| !values.is_empty())
            });
            if !is_mapped && !says_itself {
                mapping
                    .entry(name)
                    .or_insert_with(|| branch["$ref"].clone());
            }
        }
        mappings.push((at.pointer(), mapping));
    });
    for (at, mapping) in mappings {
        let schema = document.at_mut(&at);
        if let Some(Value::Object(discriminator)) =
            schema.and_then(|schema| schema.get_mut("discriminator"))
        {
            discriminator.insert("mapping".to_owned(), mapping.into());
        }
    }
}

/// Finds the unions among the components that need not be tried.
pub(super) fn find(document: &mut Document, report: &mut Report) -> Discriminators {
    let mut found = Discriminators::new();
    let schemas = document.at("/components/schemas");
    for (name, schema) in schemas.and_then(Value::as_object).into_iter().flatten() {
        let at = format!("/components/schemas/{name}");
        let variants: Vec<&Value> = branches(schema)
            .filter(|branch| referred(branch).is_some())
            .collect();
        let discriminator = match schema.get("discriminator") {
            Some(discriminator) if variants.is_empty() => {
                let property = discriminator.get("propertyName").unwrap_or(&Value::Null);
                let what = format!("a discriminator, {property}, of nothing → nothing");
                let at = provenance::origin(document, &at).unwrap_or(at);
                report.info("discriminator-alone", &at, what);
                None
            }
            // Of a union of one, typify makes that one.
            Some(discriminator) if branches(schema).count() > 1 => {
                explicit(document, discriminator, &variants)
            }
            Some(_) => None,
            None => implied(document, &variants),
        };
        if let Some(discriminator) = discriminator {
            found.insert(type_names::type_name(name), discriminator);
        }
    }
    for discriminator in found.values() {
        for (variant, _) in &discriminator.variants {
            give_member(document, variant, &discriminator.property);
        }
    }
    found
}

/// What the discriminator that stands in the document says.
fn explicit(
    document: &Document,
    discriminator: &Value,
    branches: &[&Value],
) -> Option<Discriminator> {
    let property = discriminator.get("propertyName")?.as_str()?;
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    let variants = branches.iter().map(|branch| {
        let mapped = mapping.into_iter().flatten();
        let mut values: Vec<Value> = mapped
            .filter(|(_, target)| **target == branch["$ref"])
            .map(|(value, _)| value.as_str().into())
            .collect();
        if values.is_empty() {
            values = values_of(document, branch, property).unwrap_or_default();
        }
        Some((type_names::type_name(referred(branch)?), values))
    });
    Some(Discriminator {
        property: property.to_owned(),
        variants: variants.collect::<Option<_>>()?,
    })
    .filter(are_told_apart)
}

/// A member that all branches require, and that tells them apart.
pub(super) fn implied(document: &Document, branches: &[&Value]) -> Option<Discriminator> {
    let (first, others) = branches.split_first()?;
    if others.is_empty() {
        return None;
    }
    let mut candidates = BTreeSet::new();
    properties(document, first, &mut |name, _| {
        candidates.insert(name.to_owned());
    });
    candidates.into_iter().find_map(|property| {
        let variants = branches.iter().map(|branch| {
            let values = values_of(document, branch, &property)?;
            let is_required = requires(document, branch, &property);
            is_required.then_some((type_names::type_name(referred(branch)?), values))
        });
        Some(Discriminator {
            variants: variants.collect::<Option<_>>()?,
            property,
        })
        .filter(are_told_apart)
    })
}

/// Whether every variant has values, of one type, and none is another's, too.
fn are_told_apart(discriminator: &Discriminator) -> bool {
    let values = || discriminator.variants.iter().flat_map(|(_, values)| values);
    let mut seen = HashSet::new();
    discriminator
        .variants
        .iter()
        .all(|(_, values)| !values.is_empty())
        && (values().all(Value::is_string) || values().all(Value::is_i64))
        && values().all(|value| seen.insert(value))
}

fn branches(schema: &Value) -> impl Iterator<Item = &Value> {
    let lists = ["oneOf", "anyOf"].map(|keyword| schema.get(keyword).and_then(Value::as_array));
    lists.into_iter().flatten().flatten()
}

/// The only values that `property` may have in the object `schema`, where they
/// are listed.
fn values_of(document: &Document, schema: &Value, property: &str) -> Option<Vec<Value>> {
    let mut values = None;
    properties(document, schema, &mut |name, of| {
        let listed = follow_single(document, of).get("enum");
        if name == property
            && let Some(Value::Array(listed)) = listed
        {
            values = Some(listed.clone());
        }
    });
    values
}

/// Calls `each` with all properties of the object `schema`.
fn properties<'a>(
    document: &'a Document,
    schema: &'a Value,
    each: &mut impl FnMut(&'a str, &'a Value),
) {
    conjuncts(document, schema, &mut |schema| {
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            each(unmarked(name), property);
        }
    });
}

/// The name of a member as the document has it.
fn unmarked(name: &str) -> &str {
    name.split_once(MARK).map_or(name, |(name, _)| name)
}

fn requires(document: &Document, schema: &Value, property: &str) -> bool {
    let mut is_required = false;
    conjuncts(document, schema, &mut |schema| {
        let required = schema.get("required").and_then(Value::as_array);
        let mut names = required.into_iter().flatten().filter_map(Value::as_str);
        is_required |= names.any(|name| unmarked(name) == property);
    });
    is_required
}

/// Calls `each` with `schema`, and with all that it is a conjunction of.
fn conjuncts<'a>(
    document: &'a Document,
    schema: &'a Value,
    each: &mut impl FnMut(&'a Map<String, Value>),
) {
    let mut next = vec![schema];
    let mut seen: HashSet<*const Map<String, Value>> = HashSet::new();
    while let Some(schema) = next.pop() {
        let Some(Value::Object(schema)) = document.follow(schema) else {
            continue;
        };
        if !seen.insert(schema) {
            continue;
        }
        each(schema);
        let inner = schema.get("allOf").and_then(Value::as_array);
        next.extend(inner.into_iter().flatten());
    }
}

/// `schema`, or what it refers to, with annotations or without.
fn follow_single<'a>(document: &'a Document, schema: &'a Value) -> &'a Value {
    let mut schema = schema;
    // A reference to itself is refused by lowering; the limit is for what is not
    // only a reference.
    for _ in 0..16 {
        let single = schema.get("allOf").and_then(Value::as_array);
        schema = match single.map(Vec::as_slice) {
            Some([only]) => only,
            _ => match document.follow(schema) {
                Some(followed) if !std::ptr::eq(followed, schema) => followed,
                _ => return schema,
            },
        };
    }
    schema
}

/// Gives the object `name`, or each of the union `name`, the member that tells it
/// apart, where its schema does not name it: it is sent and received all the
/// same.
fn give_member(document: &mut Document, name: &str, property: &str) {
    let mut next = vec![name.to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(name) = next.pop() {
        let at = format!("/components/schemas/{name}");
        let Some(schema) = document.at(&at) else {
            continue;
        };
        if !seen.insert(name) {
            continue;
        }
        let inner: Vec<_> = branches(schema).filter_map(referred).collect();
        if !inner.is_empty() {
            next.extend(inner.into_iter().map(str::to_owned));
            continue;
        }
        let mut is_named = false;
        properties(document, schema, &mut |name, _| {
            is_named |= name == property
        });
        if !is_named
            && let Some(Value::Object(schema)) = document.at_mut(&at)
            && let Some(properties) = schema
                .entry("properties")
                .or_insert_with(|| json!({}))
                .as_object_mut()
        {
            properties.insert(property.to_owned(), json!({"type": "string"}));
        }
    }
}

fn reference_text(name: &str) -> String {
    format!("#/components/schemas/{name}")
}
