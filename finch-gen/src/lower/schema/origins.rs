//! Where lowered schemas and their members come from.
//!
//! They need not stand where they stood: a conjunct becomes the whole, a schema of
//! several types a union, and null is no branch. So each schema that may become a
//! type says where it was, and each object where its `properties` were, in keywords
//! that go wherever these go, until all are in their places.

use serde_json::{Map, Value};

use crate::load::Document;
use crate::lower::Origins;
use crate::pointer::join;
use crate::walk::{self, Kind};

// No document has them, as they hold a character of Unicode's private use area.
const FROM: &str = "x-\u{E000}from";
const PROPERTIES_FROM: &str = "x-\u{E000}properties-from";

/// Says of `schema` that it is the one at `at`, if it may become a type.
pub(super) fn mark(schema: &mut Map<String, Value>, at: &str) {
    let may_be_type = ["properties", "enum", "allOf", "anyOf", "oneOf"];
    if may_be_type
        .iter()
        .any(|keyword| schema.contains_key(*keyword))
    {
        schema.insert(FROM.to_owned(), at.into());
    }
}

/// Says of `object` that its properties are those of the schema at `at`.
pub(super) fn mark_properties(object: &mut Map<String, Value>, at: &str) {
    object.insert(PROPERTIES_FROM.to_owned(), join(at, "properties").into());
}

/// Whether `keyword` is one of these.
pub(super) fn is_mark(keyword: &str) -> bool {
    matches!(keyword, FROM | PROPERTIES_FROM)
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
        let from = schema.shift_remove(FROM);
        let properties_from = schema.shift_remove(PROPERTIES_FROM);
        if from.is_none() && properties_from.is_none() {
            return;
        }
        let at = at.pointer();
        if let Some(Value::String(properties_from)) = properties_from {
            let properties = join(&at, "properties");
            let members = schema.get("properties").and_then(Value::as_object);
            let members = members.into_iter().flatten();
            if properties_from != properties {
                for (name, _) in members {
                    moved.insert(join(&properties, name), join(&properties_from, name));
                }
            }
        }
        if let Some(Value::String(from)) = from
            && from != at
        {
            moved.insert(at, from);
        }
    });
    moved
}
