//! Counts the operations and schemas of a document without the generator, to check that it
//! loses none.

use std::collections::BTreeSet;
use std::iter;

use serde_json::{Map, Value};

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Counts the operations that a client can call.
pub(crate) fn operations(document: &Value) -> usize {
    let paths = document.get("paths").and_then(Value::as_object);
    let items = paths.into_iter().flat_map(Map::values);
    // A path item may refer to another, and both may have methods.
    let referred = |item: &&Value| {
        let reference = item.get("$ref").and_then(Value::as_str)?;
        document.pointer(reference.strip_prefix('#')?)
    };
    let methods = |item| {
        let items = iter::successors(Some(item), referred).take(64);
        let keys = items.filter_map(Value::as_object).flat_map(Map::keys);
        let methods: BTreeSet<&String> =
            keys.filter(|key| METHODS.contains(&key.as_str())).collect();
        methods.len()
    };
    items.map(methods).sum()
}

/// Counts the component schemas.
pub(crate) fn schemas(document: &Value) -> usize {
    let schemas = document.pointer("/components/schemas");
    schemas.and_then(Value::as_object).map_or(0, Map::len)
}
