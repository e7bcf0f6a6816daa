//! Where lowered schemas and their members come from.
//!
//! They need not stand where they stood: a conjunct becomes the whole, a schema of
//! several types a union, and null is no branch. So each schema that may become a
//! type says where it was, and each object where its `properties` and what it says of
//! others were, in keywords that go wherever these go, until all are in their places.

use serde_json::{Map, Value};

use crate::load::Document;
use crate::lower::origins::Origins;
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

/// Whether two schemas say the same, wherever they are from.
pub(super) fn are_alike(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    let own = |of: &Map<String, Value>| of.keys().filter(|key| !is_mark(key)).count();
    own(a) == own(b)
        && a.iter()
            .filter(|(key, _)| !is_mark(key))
            .all(|(key, value)| b.get(key).is_some_and(|other| is_alike(value, other)))
}

fn is_alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => are_alike(a, b),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_alike(a, b))
        }
        _ => a == b,
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
                moved.insert(join(&properties, name), join(&from_properties, name));
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
