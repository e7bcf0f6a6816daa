//! What a document holds, counted without the generator's help: what comes out
//! is held against it.

use serde_json::{Map, Value};

const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// How many operations there are that a client can call.
pub(crate) fn operations(document: &Value) -> usize {
    let paths = document.get("paths").and_then(Value::as_object);
    let items = paths.into_iter().flat_map(Map::values);
    // A path item may be one that stands elsewhere, and have methods beside.
    let referred = |item: &'_ Value| {
        let reference = item.get("$ref").and_then(Value::as_str)?;
        document.pointer(reference.strip_prefix('#')?)
    };
    items
        .flat_map(|item| [Some(item), referred(item)])
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(|item| item.keys())
        .filter(|key| METHODS.contains(&key.as_str()))
        .count()
}

/// How many component schemas there are.
pub(crate) fn schemas(document: &Value) -> usize {
    let schemas = document.pointer("/components/schemas");
    schemas.and_then(Value::as_object).map_or(0, Map::len)
}
