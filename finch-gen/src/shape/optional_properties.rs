//! What a member that may be absent is when it is.
//!
//! typify gives such a member its `default`, or an empty list or map, and no
//! longer tells it from one that was there: it would invent what a server did
//! not send, and leave out a list that a caller emptied. So every such member is
//! an option, and a default is what the documentation says of it: the server,
//! which may come to have another, applies it itself.
//!
//! Nor does it keep what an object may have beside its members, unless that has
//! a schema.

use serde_json::{Map, Value, json};

use super::is_branch;
use crate::load::Document;
use crate::walk::{self, Kind};

/// Makes options of all members that are not required.
pub(super) fn make_optional(document: &mut Document) {
    walk::for_each_mut(&mut document.root, |at, kind, schema| {
        if let (Kind::Schema, Value::Object(schema)) = (kind, schema) {
            schema.shift_remove("default");
            members(schema);
            others(schema);
            if !is_branch(at) {
                keep_whole(schema);
            }
        }
    });
}

fn others(schema: &mut Map<String, Value>) {
    // typify makes a field of what is only required, too.
    if (schema.contains_key("properties") || schema.contains_key("required"))
        && let Some(others @ Value::Bool(true)) = schema.get_mut("additionalProperties")
    {
        *others = json!({});
    }
}

/// Of an object of which only is said which members it must have typify makes a
/// type that has no others.
fn keep_whole(schema: &mut Map<String, Value>) {
    let says_more = ["properties", "allOf", "anyOf", "oneOf"];
    if !says_more
        .iter()
        .any(|keyword| schema.contains_key(*keyword))
    {
        schema.shift_remove("required");
    }
}

fn members(schema: &mut Map<String, Value>) {
    let required = schema.get("required").and_then(Value::as_array).cloned();
    let required = required.unwrap_or_default();
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        let is_required = required.iter().any(|required| required == name);
        // Of all else typify makes an option in any case.
        let is_list_or_map = match property.get("type").and_then(Value::as_str) {
            Some("array") => true,
            Some("object") => property.get("properties").is_none(),
            _ => false,
        };
        if !is_required && is_list_or_map {
            property["nullable"] = true.into();
        }
    }
}
