//! Removes the parts of a document that progenitor does not use but openapiv3 parses.
//!
//! openapiv3 fails on an error anywhere in a document, such as in a tag, a link or the example of a
//! header. The client does not depend on those, so this pass removes them first.

use serde_json::{Map, Value};

use crate::load::Document;
use crate::reachability::METHODS;
use crate::walk::{self, Kind};

/// Keeps only the parts of `document` that types and methods depend on.
pub(super) fn strip(document: &mut Document) {
    walk::for_each_mut(&mut document.root, |at, kind, object| {
        let Value::Object(members) = object else {
            return;
        };
        let unread: &[&str] = match kind {
            Kind::Schema => &["externalDocs", "xml"],
            _ if at.parent_name() == Some("responses") => &["headers", "links"],
            Kind::MediaType | Kind::Object => &["example", "examples"],
        };
        if unread.iter().any(|name| members.contains_key(*name)) {
            members.retain(|name, _| !unread.contains(&name.as_str()));
        }
    });
    keep(
        Some(&mut document.root),
        &["openapi", "info", "paths", "components"],
    );
    let info = document.root.get_mut("info");
    keep(info, &["title", "version", "description"]);
    let components = document.root.get_mut("components");
    keep(
        components,
        &["schemas", "parameters", "requestBodies", "responses"],
    );
    let items = document
        .root
        .get_mut("paths")
        .and_then(Value::as_object_mut);
    for item in items.into_iter().flat_map(Map::values_mut) {
        let Value::Object(members) = item else {
            continue;
        };
        members.retain(|name, _| METHODS.contains(&name.as_str()));
        for operation in members.values_mut() {
            keep(
                Some(operation),
                &[
                    "operationId",
                    "summary",
                    "description",
                    "parameters",
                    "requestBody",
                    "responses",
                    "deprecated",
                ],
            );
        }
    }
}

fn keep(object: Option<&mut Value>, names: &[&str]) {
    if let Some(Value::Object(members)) = object {
        members.retain(|name, _| names.contains(&name.as_str()));
    }
}
