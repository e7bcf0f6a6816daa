//! Renames component schemas to unique names that are valid type names, and updates their
//! references: `line-item` becomes `LineItem`. If a name is taken, the later schema gets a number,
//! and the report notes it. A string with a format whose name is a type of typify, such as `Uuid`,
//! becomes `UuidSchema`.

use std::collections::HashMap;

use serde_json::Map;

use super::type_naming::rename_references;
use super::{SCHEMAS, schemas_mut};
use crate::json::Fields as _;
use crate::load::Document;
use crate::pointer;
use crate::report::Report;
use crate::type_names::{Taken, type_name};
use crate::walk::Kind;

/// The types that typify uses for strings with a format. typify confuses a string component that
/// has one of these names with the type itself.
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

/// Renames the component schemas to the names that typify would give their types. If two names
/// collide, the later one gets a number.
pub(super) fn make_unique(document: &mut Document, report: &mut Report) {
    let Some(schemas) = schemas_mut(document) else {
        return;
    };
    let mut taken = Taken::default();
    let mut renamed = HashMap::new();
    let mut named = Map::with_capacity(schemas.len());
    for (name, schema) in std::mem::take(schemas) {
        let mut wanted = type_name(&name);
        if schema.has("format") && FORMATTED.contains(&wanted.as_str()) {
            wanted.push_str("Schema");
        }
        let new = taken.unique(&wanted);
        if new != wanted {
            let what = format!("schema whose type name {wanted} is taken → {new}");
            report.warn("schema-name", &pointer::join(SCHEMAS, &name), what);
        }
        named.insert(new.clone(), schema);
        renamed.insert(name, new);
    }
    *schemas = named;
    rename_references(&mut document.root, Kind::Object, &renamed);
}
