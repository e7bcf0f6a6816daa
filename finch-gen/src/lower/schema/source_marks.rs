//! Records the origin of lowered schemas and their properties in marks, which are keywords that no
//! document has.
//!
//! Lowering moves schemas: a conjunct becomes the whole, a schema of several types becomes a
//! union, and a null branch disappears. So each schema that may become a type carries its
//! original pointer in a keyword. Each object also carries the pointers of its `properties` and
//! `additionalProperties`. The keywords move with the schemas, and [`take`] removes them at the
//! end.

use serde_json::{Map, Value};

use crate::json::Fields as _;
use crate::load::Document;
use crate::lower::source_map::Origins;
use crate::pointer::join;
use crate::walk::{self, Kind};

// No document has these keywords, as they contain a character of Unicode's private use area.
const FROM: &str = "x-\u{E000}from";
/// Holds the pointer of the object that the `properties` of an object come from.
pub(super) const OBJECT_FROM: &str = "x-\u{E000}object-from";
/// Holds the pointer of the original schema in `additionalProperties` of an object.
pub(super) const OTHERS_FROM: &str = "x-\u{E000}others-from";
/// Holds the schemas of single items that an array does not show: see `unread_items`.
pub(super) const UNREAD_ITEMS: &str = "x-\u{E000}unread-items";

/// Marks `schema` as the one at `at`, if it may become a type.
pub(super) fn set(schema: &mut Map<String, Value>, at: &str) {
    if schema.has_any(&["properties", "enum", "allOf", "anyOf", "oneOf"]) {
        set_of_property(schema, at);
    }
}

/// Marks `schema`, a property that moved to another object, as the one at `at`.
pub(super) fn set_of_property(schema: &mut Map<String, Value>, at: &str) {
    schema.insert(FROM.to_owned(), at.into());
}

/// Like [`set`], unless `schema` already has a mark. For schemas that were merged from several.
pub(super) fn set_new(schema: &mut Map<String, Value>, at: &str) {
    if !schema.contains_key(FROM) {
        set(schema, at);
    }
}

/// Whether `keyword` is a mark.
pub(super) fn is_mark(keyword: &str) -> bool {
    matches!(keyword, FROM | OBJECT_FROM | OTHERS_FROM | UNREAD_ITEMS)
}

/// Returns `schema` without marks, to compare two schemas.
pub(super) fn unmarked(schema: &Map<String, Value>) -> Map<String, Value> {
    let own = schema.iter().filter(|(key, _)| !is_mark(key));
    own.map(|(key, value)| (key.clone(), without_marks(value)))
        .collect()
}

fn without_marks(value: &Value) -> Value {
    match value {
        Value::Object(members) => unmarked(members).into(),
        Value::Array(items) => items.iter().map(without_marks).collect(),
        plain => plain.clone(),
    }
}

/// Removes all marks from `document`. Returns the original pointers of the schemas that moved,
/// by their new pointers.
pub(super) fn take(document: &mut Document) -> Origins {
    let mut moved = Origins::new();
    walk::for_each_mut(&mut document.root, |at, kind, schema| {
        let (Kind::Schema, Value::Object(schema)) = (kind, schema) else {
            return;
        };
        schema.shift_remove(UNREAD_ITEMS);
        let mut take = |keyword: &str| match schema.shift_remove(keyword) {
            Some(Value::String(from)) => Some(from),
            _ => None,
        };
        let from = take(FROM);
        let (object_from, others_from) = (take(OBJECT_FROM), take(OTHERS_FROM));
        if from.is_none() && object_from.is_none() && others_from.is_none() {
            return;
        }
        let at = at.pointer();
        if let Some(from) = object_from.filter(|from| *from != at) {
            let [properties, from] = [&at, &from].map(|at| join(at, "properties"));
            for (name, _) in schema.field("properties").fields() {
                // A property that came from another object has its own mark.
                let property = moved.entry(join(&properties, name));
                property.or_insert_with(|| join(&from, name));
            }
        }
        let others = others_from.map(|from| (join(&at, "additionalProperties"), from));
        let own = from.map(|from| (at, from));
        let both = others.into_iter().chain(own);
        moved.extend(both.filter(|(at, from)| at != from));
    });
    moved
}
