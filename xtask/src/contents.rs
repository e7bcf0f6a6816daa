//! What a document holds, counted without the generator's help: what comes out
//! is held against it.

use std::collections::BTreeSet;
use std::iter;

use serde_json::{Map, Value};

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// How many operations there are that a client can call.
pub(crate) fn operations(document: &Value) -> usize {
    let paths = document.get("paths").and_then(Value::as_object);
    let items = paths.into_iter().flat_map(Map::values);
    // A path item may lead to another, and that on to one more, with methods beside.
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

/// How many component schemas there are.
pub(crate) fn schemas(document: &Value) -> usize {
    let schemas = document.pointer("/components/schemas");
    schemas.and_then(Value::as_object).map_or(0, Map::len)
}
