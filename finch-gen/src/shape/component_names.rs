//! Names of components that are names of types, and no two the same.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::type_naming;
use crate::load::Document;
use crate::pointer;
use crate::report::Report;
use crate::type_names::{Taken, type_name};

/// The types that a text with a format is. A component of that name that is such
/// a text would be the type itself to typify, and no component.
const FORMATTED: [&str; 8] = [
    "Bytes",
    "File",
    "IpAddr",
    "Ipv4Addr",
    "Ipv6Addr",
    "NaiveDate",
    "Secret",
    "Uuid",
];

/// Renames the component schemas to what typify would call their types; where
/// two would be called the same, the later gets a number.
pub(super) fn make_unique(document: &mut Document, report: &mut Report) {
    let Some(Value::Object(schemas)) = document.at_mut("/components/schemas") else {
        return;
    };
    let mut taken = Taken::default();
    let mut renamed = HashMap::new();
    let mut named = Map::with_capacity(schemas.len());
    for (name, schema) in std::mem::take(schemas) {
        let mut wanted = type_name(&name);
        let is_formatted = schema.get("format").is_some();
        if is_formatted && FORMATTED.contains(&wanted.as_str()) {
            wanted.push_str("Schema");
        }
        let new = taken.unique(&wanted);
        if new != wanted {
            let what = format!("a schema that would be the type {wanted} of another → {new}");
            report.warn(
                "schema-name",
                &pointer::join("/components/schemas", &name),
                what,
            );
        }
        named.insert(new.clone(), schema);
        renamed.insert(name, new);
    }
    *schemas = named;
    type_naming::rename_references(document, &renamed);
}
