//! Finds the properties that have the same value in every object of a type. Returns the value by
//! the names of the type and of the property: `cat` for `kind` in
//! `Cat: {required: [kind], properties: {kind: {const: cat}}}`.
//!
//! A builder sets such a property itself: a required property with one listed value, and the tag of
//! a type that a discriminator selects with one value. If unions give a type different tags, the
//! property is not constant.

use std::collections::{BTreeMap, BTreeSet};

use super::listed_values::{Finder, Scalar, Visits};
use super::schemas;
use super::variant_tags::Unions;
use super::variants::branches;
use crate::load::Document;
use crate::type_names;

/// The value of each constant property, by the name of the type and the name of the property.
pub(crate) type Constants = BTreeMap<(String, String), Scalar>;

/// How many schemas are visited for one type.
const SCHEMAS: usize = 2_000;

/// Finds the constant properties of the components. `unions` are the unions of `document`.
pub(super) fn find(document: &Document, unions: &Unions) -> Constants {
    let mut all: BTreeMap<(String, String), BTreeSet<Scalar>> = BTreeMap::new();
    // Unions can share a type, and give it different tags.
    for variant in unions.values().flatten() {
        for tag in &variant.tags {
            if let ([property], true) = (tag.path.as_slice(), tag.is_required) {
                let key = (variant.name.clone(), property.clone());
                let values = tag.values.iter().cloned();
                all.entry(key).or_default().extend(values);
            }
        }
    }
    let visits = Visits::of_pass(document);
    let others = schemas(document).filter(|(_, schema)| branches(schema).next().is_none());
    for (name, schema) in others {
        let properties = Finder::new(document, &visits, SCHEMAS).properties(schema, 0);
        for property in properties.names() {
            if let Some(values) = properties.values(&[property])
                && values.len() == 1
                && properties.require(&[property])
            {
                let key = (type_names::type_name(name), property.to_owned());
                all.insert(key, values.clone());
            }
        }
    }
    let constants = all.into_iter().filter_map(|(key, values)| {
        let mut values = values.into_iter();
        let only = values.next()?;
        values.next().is_none().then_some((key, only))
    });
    constants.collect()
}
