//! A schema with a discriminator of its own is any of those that build on it.
//!
//! In `Cat: {allOf: [Pet, …]}`, with a discriminator in `Pet`, a reference to
//! `Pet` is one to a cat, too (OpenAPI 3.1, Discriminator Object). So where `Pet`
//! is referred to as more than a part of another, it becomes the union of all
//! that build on it and of itself, which goes by the name of `PetBase`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{reference, referred};
use crate::load::Document;
use crate::report::Report;
use crate::type_names;
use crate::walk::{self, Kind};

/// Makes unions of the schemas with discriminators that others build on.
pub(super) fn make_unions(document: &mut Document, report: &mut Report) {
    let schemas = document.at("/components/schemas");
    let bases: Vec<String> = schemas
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(_, schema)| {
            schema.get("discriminator").is_some()
                && schema.get("oneOf").is_none()
                && schema.get("anyOf").is_none()
        })
        .map(|(name, _)| name.clone())
        .collect();
    for name in bases {
        let (parts, uses): (Vec<_>, Vec<_>) = references_to(document, &name)
            .into_iter()
            .partition(|at| is_part(at));
        let heirs: BTreeSet<&str> = parts.iter().filter_map(|at| component(at)).collect();
        if uses.is_empty() || heirs.is_empty() {
            continue;
        }
        let heirs: Vec<Value> = heirs.into_iter().map(reference).collect();
        let at = format!("/components/schemas/{name}");
        let what = format!(
            "a discriminator, and {} schemas that build on it → a union of them",
            heirs.len()
        );
        report.info("discriminator-inherited", &at, what);
        make_union(document, &name, &parts, heirs);
    }
}

fn make_union(document: &mut Document, name: &str, parts: &[String], heirs: Vec<Value>) {
    let Some(Value::Object(schemas)) = document.at_mut("/components/schemas") else {
        return;
    };
    let base_name = type_names::unique(&format!("{name}Base"), |name| schemas.contains_key(name));
    let Some(Value::Object(base)) = schemas.get_mut(name) else {
        return;
    };
    let mut union = Map::new();
    if let Some(description) = base.get("description") {
        union.insert("description".to_owned(), description.clone());
    }
    if let Some(mut discriminator) = base.shift_remove("discriminator") {
        if let Some(Value::Object(mapping)) = discriminator.get_mut("mapping") {
            let own = reference(name);
            for target in mapping
                .values_mut()
                .filter(|target| **target == own["$ref"])
            {
                *target = reference(&base_name)["$ref"].clone();
            }
        } else {
            discriminator["mapping"] = json!({});
        }
        // The base goes by the name that it had.
        if let Some(Value::Object(mapping)) = discriminator.get_mut("mapping") {
            let base = &reference(&base_name)["$ref"];
            if !mapping.values().any(|target| target == base) {
                mapping.entry(name).or_insert_with(|| base.clone());
            }
        }
        union.insert("discriminator".to_owned(), discriminator);
    }
    let mut branches = heirs;
    branches.push(reference(&base_name));
    union.insert("oneOf".to_owned(), branches.into());
    let base = schemas.insert(name.to_owned(), union.into());
    schemas.insert(base_name.clone(), base.unwrap_or_default());
    for part in parts {
        if let Some(part) = document.at_mut(part) {
            *part = reference(&base_name);
        }
    }
}

/// The pointers of all references to the component `name`.
fn references_to(document: &Document, name: &str) -> Vec<String> {
    walk::places(&document.root)
        .into_iter()
        .filter(|place| place.kind == Kind::Schema)
        .map(|place| place.pointer)
        .filter(|at| document.at(at).and_then(referred) == Some(name))
        .collect()
}

/// Whether the reference at `at` stands in the conjunction that a component is.
fn is_part(at: &str) -> bool {
    component(at).is_some()
}

/// The component of whose conjunction what stands at `at` is a part.
fn component(at: &str) -> Option<&str> {
    let (name, rest) = at.strip_prefix("/components/schemas/")?.split_once('/')?;
    let index = rest.strip_prefix("allOf/")?;
    (!index.contains('/')).then_some(name)
}
