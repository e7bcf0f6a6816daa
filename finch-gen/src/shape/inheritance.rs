//! Makes a union of a schema with a discriminator and the schemas that build on it.
//!
//! In `Cat: {allOf: [Pet, …]}`, where `Pet` has a discriminator, a reference to `Pet` also accepts
//! a cat (OpenAPI 3.1, Discriminator Object). So if a reference outside an `allOf` uses `Pet`, the
//! pass renames `Pet` to `PetBase`. `Pet` becomes the union of `PetBase` and all schemas that build
//! on it, directly or through others. A schema in between inherits the discriminator: in
//! `Kitten: {allOf: [Cat, …]}`, a reference to `Cat` also accepts a kitten.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    REFERENCE, SCHEMAS, alias, each_schema, reference, referred, replace, schemas, schemas_mut,
    taken,
};
use crate::annotation_keywords::is_annotation;
use crate::api_model::ApiModel;
use crate::json::Fields as _;
use crate::load::Document;
use crate::pointer::{self, join};
use crate::report::Report;

/// Makes unions of the schemas with discriminators that others build on.
pub(super) fn make_unions(document: &mut Document, model: &ApiModel, report: &mut Report) {
    let (parts, mut used) = references(document);
    let webhooks = model.webhooks.iter();
    used.extend(webhooks.filter_map(|webhook| pointer::last(&webhook.schema)));
    inherit_discriminators(document, &parts, &used);
    let bases = schemas(document);
    let bases = bases.filter(|(name, schema)| has_variants(schema) && used.contains(*name));
    let heirs = bases.map(|(name, _)| (name.clone(), heirs(&parts, name)));
    let heirs: BTreeMap<String, BTreeSet<String>> =
        heirs.filter(|(_, heirs)| !heirs.is_empty()).collect();

    let mut taken = taken(document);
    let base_names = heirs.keys();
    let base_names = base_names.map(|name| (name.clone(), taken.unique(&format!("{name}Base"))));
    let base_names: BTreeMap<String, String> = base_names.collect();
    for (name, base_name) in &base_names {
        for part in parts.get(name).into_iter().flatten() {
            replace(document, part, reference(base_name));
        }
    }
    let all: BTreeSet<String> = heirs.values().flatten().cloned().collect();
    for (name, heirs) in heirs {
        let count = heirs.len();
        let what = format!("a discriminator, and {count} schemas that extend it → a union of them");
        report.info("discriminator-inherited", &join(SCHEMAS, &name), what);
        if let Some(schemas) = schemas_mut(document) {
            make_union(schemas, &name, heirs, &base_names);
        }
    }
    for heir in all {
        write_out(document, &heir);
    }
}

/// Whether the schemas that build on `schema` are its variants.
fn has_variants(schema: &Value) -> bool {
    schema.has("discriminator") && !schema.has_any(&["oneOf", "anyOf"])
}

/// Gives the discriminator of a base to the `used` components that build on it, and that others
/// build on.
fn inherit_discriminators(
    document: &mut Document,
    parts: &BTreeMap<String, Vec<String>>,
    used: &BTreeSet<String>,
) {
    let bases = schemas(document).filter(|(_, schema)| has_variants(schema));
    let bases = bases.map(|(name, schema)| (heirs(parts, name), &schema["discriminator"]));
    let mut bases: Vec<_> = bases.collect();
    // The nearest base comes first.
    bases.sort_by_key(|(heirs, _)| heirs.len());
    let mut inherited: BTreeMap<String, Value> = BTreeMap::new();
    for (of_base, discriminator) in bases {
        for name in of_base.intersection(used) {
            let schema = document.at(&format!("{SCHEMAS}/{name}"));
            let of_heir = heirs(parts, name);
            let is_base = schema.has_any(&["discriminator", "oneOf", "anyOf"]);
            if schema.has("allOf") && !is_base && !of_heir.is_empty() {
                let mut discriminator = discriminator.clone();
                if let Some(Value::Object(mapping)) = discriminator.get_mut("mapping") {
                    mapping.retain(|_, target| {
                        let target = target.as_str().map(component_name);
                        target.is_some_and(|of| of == name || of_heir.contains(of))
                    });
                }
                inherited.entry(name.clone()).or_insert(discriminator);
            }
        }
    }
    for (name, discriminator) in inherited {
        if let Some(schema) = document.at_mut(&format!("{SCHEMAS}/{name}")) {
            schema["discriminator"] = discriminator;
        }
    }
}

/// Makes the component `heir` a separate type, if it adds nothing to the schema that it builds on.
fn write_out(document: &mut Document, heir: &str) {
    let at = format!("{SCHEMAS}/{heir}");
    let mut target = document.at(&at);
    // A chain of aliases that never ends has no target.
    for _ in schemas(document) {
        let Some(name) = target.and_then(alias) else {
            break;
        };
        target = document.at(&format!("{SCHEMAS}/{name}"));
    }
    let target = target.object().cloned();
    let Some(Value::Object(own)) = document.at_mut(&at) else {
        return;
    };
    let Some(mut schema) = target.filter(|target| target != own) else {
        return;
    };
    schema.retain(|key, _| !is_annotation(key));
    own.retain(|key, _| is_annotation(key));
    own.extend(schema);
}

fn make_union(
    schemas: &mut Map<String, Value>,
    name: &str,
    heirs: BTreeSet<String>,
    base_names: &BTreeMap<String, String>,
) {
    let Some(Value::Object(mut base)) = schemas.get_mut(name).map(Value::take) else {
        return;
    };
    let mut union = Map::new();
    if let Some(description) = base.get("description") {
        union.insert("description".to_owned(), description.clone());
    }
    let base_of = |name: &str| base_names.get(name).map_or(name, String::as_str).to_owned();
    let variants = heirs.into_iter().chain([name.to_owned()]);
    let variants = variants.map(|name| (reference(&base_of(&name))["$ref"].take(), name));
    let variants: Vec<(Value, String)> = variants.collect();
    if let Some(mut discriminator) = base.shift_remove("discriminator") {
        let mut mapping = discriminator
            .field("mapping")
            .object()
            .cloned()
            .unwrap_or_default();
        for target in mapping.values_mut() {
            let named = target.as_str().map(component_name).unwrap_or_default();
            if base_names.contains_key(named) {
                *target = reference(&base_of(named))["$ref"].take();
            }
        }
        // The mapping uses the old name of a base.
        for (target, name) in &variants {
            if !mapping.values().any(|of| of == target) && base_names.contains_key(name) {
                mapping.entry(name).or_insert_with(|| target.clone());
            }
        }
        discriminator["mapping"] = mapping.into();
        union.insert("discriminator".to_owned(), discriminator);
    }
    let branches = variants.into_iter();
    let branches = branches.map(|(target, _)| json!({"$ref": target}));
    union.insert("oneOf".to_owned(), branches.collect());
    schemas.insert(name.to_owned(), union.into());
    schemas.insert(base_of(name), base.into());
}

/// The names of the components that build on the component `name`, directly or not.
fn heirs(parts: &BTreeMap<String, Vec<String>>, name: &str) -> BTreeSet<String> {
    let mut heirs = BTreeSet::new();
    let mut next = vec![name];
    while let Some(base) = next.pop() {
        let new = parts.get(base).into_iter().flatten();
        let new = new.filter_map(|at| component(at));
        next.extend(new.filter(|heir| *heir != name && heirs.insert((*heir).to_owned())));
    }
    heirs
}

/// Returns the pointers of the references by which a component builds on their target, by the name
/// of the target. Also returns the names of the targets of all other references.
fn references(document: &Document) -> (BTreeMap<String, Vec<String>>, BTreeSet<String>) {
    let mut parts: Vec<(String, String)> = Vec::new();
    let mut used = BTreeSet::new();
    let mut mapped: BTreeSet<&str> = BTreeSet::new();
    each_schema(document, |at, schema| {
        let mapping = schema.get("discriminator");
        let mapping = mapping
            .into_iter()
            .flat_map(|of| of.field("mapping").fields());
        let targets = mapping.filter_map(|(_, target)| target.as_str());
        mapped.extend(targets.map(component_name));
        if let Some(name) = referred(schema) {
            let at = at.pointer();
            match component(&at) {
                Some(_) => parts.push((name.to_owned(), at)),
                None => drop(used.insert(name.to_owned())),
            }
        }
    });
    let is_only_alias = |name: &str, used: &BTreeSet<String>| {
        let component = document.at(&format!("{SCHEMAS}/{name}"));
        let is_alias = component.is_some_and(|component| alias(component).is_some());
        is_alias && used.contains(name) && !mapped.contains(name)
    };
    // A component that is used by its name and adds nothing does not have to build on its target.
    // This uses its target, which may be another alias.
    let mut others = parts;
    let mut targets: BTreeMap<String, String> = BTreeMap::new();
    loop {
        let (aliases, rest): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|(_, at)| component(at).is_some_and(|name| is_only_alias(name, &used)));
        others = rest;
        if aliases.is_empty() {
            break;
        }
        for (name, at) in aliases {
            targets.extend(component(&at).map(|alias| (alias.to_owned(), name.clone())));
            used.insert(name);
        }
    }
    let mut parts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (mut name, at) in others {
        // A component that builds on an alias builds on its target. Aliases may form a circle.
        for _ in 0..targets.len() {
            let Some(target) = targets.get(&name) else {
                break;
            };
            name.clone_from(target);
        }
        parts.entry(name).or_default().push(at);
    }
    (parts, used)
}

/// Returns the name of the component that `target`, in the mapping of a discriminator, means.
fn component_name(target: &str) -> &str {
    target.strip_prefix(REFERENCE).unwrap_or(target)
}

/// Returns the component that builds on the target of a reference at `at`: the reference is
/// in its `allOf`, or all of it. Lowering makes one of an `allOf` with one reference.
fn component(at: &str) -> Option<&str> {
    let at = at.strip_prefix(SCHEMAS)?.strip_prefix('/')?;
    let Some((name, rest)) = at.split_once('/') else {
        return Some(at);
    };
    let index = rest.strip_prefix("allOf/")?;
    (!index.contains('/')).then_some(name)
}
