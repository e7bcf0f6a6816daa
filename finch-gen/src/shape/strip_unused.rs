//! Removes the parts of a document that progenitor does not use but openapiv3 parses: tags,
//! servers, security, links, response headers, and examples outside schemas.
//!
//! openapiv3 fails on an error anywhere in a document, such as in a tag, a link or the example of a
//! header. The client does not depend on those, so this pass removes them first.

use serde_json::{Map, Value};

use crate::load::Document;
use crate::reachability::METHODS;
use crate::walk::{self, Kind};

/// The members that are kept of the document, and of the objects in it.
const ROOT: [&str; 4] = ["openapi", "info", "paths", "components"];
const INFO: [&str; 3] = ["title", "version", "description"];
const COMPONENTS: [&str; 4] = ["schemas", "parameters", "requestBodies", "responses"];
const OPERATION: [&str; 7] = [
    "operationId",
    "summary",
    "description",
    "parameters",
    "requestBody",
    "responses",
    "deprecated",
];

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
    keep(&mut document.root, &ROOT);
    for (at, names) in [("/info", &INFO[..]), ("/components", &COMPONENTS)] {
        if let Some(object) = document.at_mut(at) {
            keep(object, names);
        }
    }
    let items = document.at_mut("/paths").and_then(Value::as_object_mut);
    for item in items.into_iter().flat_map(Map::values_mut) {
        keep(item, &METHODS);
        let operations = item.as_object_mut().into_iter().flat_map(Map::values_mut);
        operations.for_each(|operation| keep(operation, &OPERATION));
    }
}

fn keep(object: &mut Value, names: &[&str]) {
    if let Value::Object(members) = object {
        members.retain(|name, _| names.contains(&name.as_str()));
    }
}
