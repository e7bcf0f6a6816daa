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
use crate::pointer::{self, join};
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
        set_moved(schema, at);
    }
}

/// Marks `schema`, which moves to another keyword or object, as the one at `at`.
pub(super) fn set_moved(schema: &mut Map<String, Value>, at: &str) {
    schema.insert(FROM.to_owned(), at.into());
}

/// Like [`set`], unless `schema` already has a mark. For schemas that were merged from several.
pub(super) fn set_new(schema: &mut Map<String, Value>, at: &str) {
    if !schema.contains_key(FROM) {
        set(schema, at);
    }
}

/// Like [`set_moved`], unless `schema` already has a mark.
pub(super) fn set_new_moved(schema: &mut Map<String, Value>, at: &str) {
    if !schema.contains_key(FROM) {
        set_moved(schema, at);
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
/// by their new pointers. A schema that moved with the schema around it is not listed.
pub(super) fn take(document: &mut Document) -> Origins {
    let mut moved = Origins::new();
    // Visits a schema before the schemas inside it.
    walk::for_each(&document.root, |at, kind, schema| {
        if kind != Kind::Schema {
            return;
        }
        let [from, object_from, others_from] =
            [FROM, OBJECT_FROM, OTHERS_FROM].map(|keyword| schema.text(keyword));
        if from.or(object_from).or(others_from).is_none() {
            return;
        }
        let at = at.pointer();
        let mut add = |at: String, from: String| {
            if pointer::before(&moved, &at) != from {
                moved.insert(at, from);
            }
        };
        if let Some(from) = from {
            add(at.clone(), from.to_owned());
        }
        if let Some(from) = others_from {
            add(join(&at, "additionalProperties"), from.to_owned());
        }
        if let Some(from) = object_from {
            let [properties, from] = [&at, from].map(|at| join(at, "properties"));
            // A property that came from another object has its own mark.
            for (name, _) in schema.field("properties").fields() {
                add(join(&properties, name), join(&from, name));
            }
        }
    });
    walk::for_each_mut(&mut document.root, |_, kind, schema| {
        if let (Kind::Schema, Value::Object(schema)) = (kind, schema) {
            schema.retain(|keyword, _| !is_mark(keyword));
        }
    });
    moved
}
