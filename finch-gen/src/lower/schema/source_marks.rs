//! Where lowered schemas and their members come from.
//!
//! They need not stand where they stood: a conjunct becomes the whole, a schema of
//! several types a union, and null is no branch. So each schema that may become a
//! type says where it was, and each object where its `properties` and what it says of
//! others were, in keywords that go wherever these go, until all are in their places.

use serde_json::{Map, Value};

use crate::load::Document;
use crate::lower::source_map::Origins;
use crate::pointer::join;
use crate::walk::{self, Kind};

// No document has them, as they hold a character of Unicode's private use area.
const FROM: &str = "x-\u{E000}from";
const OBJECT_FROM: &str = "x-\u{E000}object-from";
const OTHERS_FROM: &str = "x-\u{E000}others-from";

/// Says of `schema` that it is the one at `at`, if it may become a type.
pub(super) fn set(schema: &mut Map<String, Value>, at: &str) {
    let may_be_type = ["properties", "enum", "allOf", "anyOf", "oneOf"];
    if may_be_type
        .iter()
        .any(|keyword| schema.contains_key(*keyword))
    {
        schema.insert(FROM.to_owned(), at.into());
    }
}

/// Says of `schema`, a property that stands in another object, that it is the one at `at`.
pub(super) fn set_of_property(schema: &mut Map<String, Value>, at: &str) {
    schema.insert(FROM.to_owned(), at.into());
}

/// As [`set`], where `schema` does not say it: of what was put together of several.
pub(super) fn set_new(schema: &mut Map<String, Value>, at: &str) {
    if !schema.contains_key(FROM) {
        set(schema, at);
    }
}

/// Says of `object` that its members are those of the schema at `at`.
pub(super) fn set_of_object(object: &mut Map<String, Value>, at: &str) {
    object.insert(OBJECT_FROM.to_owned(), at.into());
}

/// Says of `object` that its `additionalProperties` are what stands at `at`.
pub(super) fn set_of_others(object: &mut Map<String, Value>, at: &str) {
    object.insert(OTHERS_FROM.to_owned(), at.into());
}

/// Whether `keyword` is one of these.
pub(super) fn is_mark(keyword: &str) -> bool {
    matches!(keyword, FROM | OBJECT_FROM | OTHERS_FROM)
}

/// `schema` without what it says of where it is from: two schemas that say the same
/// are equal then.
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

/// Takes out of `document` what its schemas say, and returns where those stood that
/// stand elsewhere now: by their pointers.
pub(super) fn take(document: &mut Document) -> Origins {
    let mut moved = Origins::new();
    walk::for_each_mut(&mut document.root, |at, kind, schema| {
        let (Kind::Schema, Value::Object(schema)) = (kind, schema) else {
            return;
        };
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
            let (properties, from_properties) =
                (join(&at, "properties"), join(&from, "properties"));
            let members = schema.get("properties").and_then(Value::as_object);
            for (name, _) in members.into_iter().flatten() {
                // A property may say itself that it stood in another object.
                let property = moved.entry(join(&properties, name));
                property.or_insert_with(|| join(&from_properties, name));
            }
        }
        let others = others_from.map(|from| (join(&at, "additionalProperties"), from));
        let own = from.map(|from| (at, from));
        moved.extend(
            others
                .into_iter()
                .chain(own)
                .filter(|(at, from)| at != from),
        );
    });
    moved
}
