//! Completes the mappings of discriminators. A discriminator names the property whose value selects
//! the variant of a union, and its mapping names the branch for each value.
//!
//! For the branches `Cat` and `Dog` without a mapping, adds `Cat: '#/components/schemas/Cat'` and
//! the same for `Dog`, so that the value stays `Cat` if a later pass renames the component. A branch
//! whose schema lists the values of the property, as an enum or a constant, needs no such entry. An
//! entry that selects no branch is dropped, and a discriminator without a union is ignored, both with
//! a note. `variant_tags` reads the completed mapping.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use super::listed_values::{Finder, Properties, Scalar, Visits};
use super::variant_tags::SCHEMAS;
use super::variants::{Variant, branches, variants};
use super::{REFERENCE, alias, each_schema, origin, schemas, schemas_mut};
use crate::json::Fields as _;
use crate::load::Document;

use crate::report::Report;

/// The property that the discriminator of `union` names.
pub(super) fn property(union: &Value) -> Option<&str> {
    union.get("discriminator")?.text("propertyName")
}

/// Returns the targets in the mapping of `union`.
pub(super) fn mapping_mut(union: &mut Map<String, Value>) -> impl Iterator<Item = &mut Value> {
    let discriminator = union.get_mut("discriminator");
    let mapping = discriminator.and_then(|of| of.get_mut("mapping")?.as_object_mut());
    mapping.into_iter().flat_map(Map::values_mut)
}

/// Adds to each mapping the values that component names imply, and drops the values that select no
/// variant.
pub(super) fn write_mappings(document: &mut Document, report: &mut Report) {
    let visits = Visits::of_pass(document);
    let mut mappings = Vec::new();
    each_schema(document, |at, schema| {
        if !schema.has("discriminator") {
            return;
        }
        let at = at.pointer();
        if branches(schema).next().is_none() {
            let property = json!(property(schema));
            let what = format!("a discriminator, {property}, without a union → dropped");
            report.info("discriminator-alone", &origin(document, &at), what);
            return;
        }
        let mapping = mapping(document, schema, &at, &visits, report);
        mappings.push((at + "/discriminator", mapping));
    });
    for (at, mapping) in mappings {
        if let Some(Value::Object(discriminator)) = document.at_mut(&at) {
            discriminator.insert("mapping".to_owned(), mapping.into());
        }
    }
}

/// Returns the complete mapping of the discriminator of `union`.
fn mapping(
    document: &Document,
    union: &Value,
    at: &str,
    visits: &Visits,
    report: &mut Report,
) -> Map<String, Value> {
    let variants = variants(document, union);
    let targets = Targets::new(&variants);
    let mapping = union["discriminator"].field("mapping").object();
    let mut mapping = mapping.cloned().unwrap_or_default();
    let mut mapped: BTreeSet<usize> = BTreeSet::new();
    mapping.retain(|value, target| {
        // A bare name refers to a component.
        if let Some(name) = target.as_str().filter(|name| !name.contains('/')) {
            *target = reference_text(name).into();
        }
        let meant = targets.find(target);
        if meant.is_empty() {
            let what =
                format!("the value `{value}` means {target}, which is not a branch → dropped");
            report.warn("discriminator-mapping", &origin(document, at), what);
        }
        mapped.extend(meant);
        !meant.is_empty()
    });
    let property = property(union);
    let mut finder = Finder::new(document, visits, SCHEMAS);
    for (index, variant) in variants.iter().enumerate() {
        // A nested union selects its own variants.
        let is_told = mapped.contains(&index) || variant.discriminators.len() > 1;
        let Some(name) = variant.chain.last().filter(|_| !is_told) else {
            continue;
        };
        let properties = finder.properties(variant.schema, 0);
        if property.is_none_or(|name| properties.values(&[name]).is_none()) {
            let target = || reference_text(name).into();
            mapping.entry(*name).or_insert_with(target);
        }
    }
    mapping
}

/// Returns the indices of the variants that the targets of a mapping can select.
struct Targets<'a>(HashMap<&'a str, Vec<usize>>);

impl<'a> Targets<'a> {
    fn new(variants: &[Variant<'a>]) -> Self {
        let mut targets: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, variant) in variants.iter().enumerate() {
            for name in &variant.chain {
                targets.entry(name).or_default().push(index);
            }
        }
        // A branch may extend the component that the mapping names.
        let mut built: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, variant) in variants.iter().enumerate() {
            for name in variant.schema.list("allOf").iter().filter_map(alias) {
                built.entry(name).or_default().push(index);
            }
        }
        for (name, indices) in built {
            targets.entry(name).or_insert(indices);
        }
        Self(targets)
    }

    fn find(&self, target: &Value) -> &[usize] {
        let name = target.as_str().and_then(|of| of.strip_prefix(REFERENCE));
        name.and_then(|name| self.0.get(name))
            .map_or(&[], Vec::as_slice)
    }
}

/// Adds the property and the values of the discriminators to the properties of `variants`.
pub(super) fn apply<'a>(variants: &[Variant<'a>], all: &mut [Properties<'a>]) {
    let targets = Targets::new(variants);
    let mut seen = BTreeSet::new();
    let discriminators = variants.iter().flat_map(|variant| &variant.discriminators);
    for discriminator in discriminators {
        let name = discriminator.text("propertyName");
        let Some(name) = name.filter(|_| seen.insert(std::ptr::from_ref(*discriminator))) else {
            continue;
        };
        let mapping = discriminator.field("mapping").object();
        let mut meanings: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        for (value, target) in mapping.into_iter().flatten() {
            for index in targets.find(target) {
                meanings.entry(*index).or_default().insert(value);
            }
        }
        for (index, variant) in variants.iter().enumerate() {
            let mut own = variant.discriminators.iter();
            let is_told = own.any(|of| std::ptr::eq(*of, *discriminator));
            if !is_told || variant.kind() != Some("object") {
                continue;
            }
            let own = meanings.remove(&index).unwrap_or_default();
            let property = all[index].by_path.get([name].as_slice());
            let of = property.and_then(|property| property.of);
            let listed = property.and_then(|property| property.values.as_ref());
            let means_another = |value: &&Scalar| {
                let name = value.name();
                mapping.is_some_and(|mapping| mapping.contains_key(&name)) && !own.contains(&*name)
            };
            let listed = listed.into_iter().flatten();
            let listed = listed.filter(|value| !means_another(value));
            let mut values: BTreeSet<Scalar> = listed.cloned().collect();
            values.extend(own.iter().map(|value| Scalar::named(value, of)));
            if !values.is_empty() {
                all[index].set(name, values);
            }
        }
    }
}

/// Adds the discriminator property to variants whose schemas do not declare it. It is sent and
/// received anyway.
pub(super) fn give_properties(document: &mut Document) {
    let visits = Visits::of_pass(document);
    let mut given = BTreeSet::new();
    for (_, schema) in schemas(document) {
        let Some(property) = property(schema) else {
            continue;
        };
        let variants = variants(document, schema).into_iter();
        for variant in variants.filter(|variant| variant.kind() == Some("object")) {
            let mut finder = Finder::new(document, &visits, SCHEMAS);
            let properties = finder.properties(variant.schema, 0);
            if let Some(name) = variant.chain.last()
                && !properties.by_path.contains_key([property].as_slice())
            {
                given.insert(((*name).to_owned(), property.to_owned()));
            }
        }
    }
    let Some(schemas) = schemas_mut(document) else {
        return;
    };
    for (name, property) in given {
        let schema = schemas.get_mut(&name).and_then(Value::as_object_mut);
        let properties = schema.map(|of| of.entry("properties").or_insert_with(|| json!({})));
        if let Some(Value::Object(properties)) = properties {
            properties.insert(property, json!({"type": "string"}));
        }
    }
}

fn reference_text(name: &str) -> String {
    format!("{REFERENCE}{name}")
}
