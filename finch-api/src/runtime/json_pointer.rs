//! Finds and sets values in JSON by a JSON pointer (RFC 6901).
//!
//! `find` returns `None` if the value is missing or null. It counts a negative index from the end
//! of an array: `/a/-1` is its last item. `set` adds the objects that are missing or null. It
//! returns `None` if an array, a string, a number or a boolean is in the place of an object.

use std::collections::HashMap;

use serde_json::Value;
use serde_json::value::RawValue;

/// Returns the value at `pointer` in `json`. Returns `None` for null, too.
pub(super) fn find<'a>(json: &'a RawValue, pointer: &str) -> Option<&'a RawValue> {
    let found = tokens(pointer).try_fold(json, |value, token| step(value, &token))?;
    (found.get() != "null").then_some(found)
}

fn step<'a>(value: &'a RawValue, token: &str) -> Option<&'a RawValue> {
    if value.get().starts_with('[') {
        let items = items(value)?;
        let index: isize = token.parse().ok()?;
        let index = match index {
            0.. => index.unsigned_abs(),
            _ => items.len().checked_sub(index.unsigned_abs())?,
        };
        return items.get(index).copied();
    }
    let mut properties: HashMap<String, &RawValue> = serde_json::from_str(value.get()).ok()?;
    properties.remove(token)
}

/// Returns the items of an array.
pub(super) fn items(value: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(value.get()).ok()
}

/// Returns a string, or the digits of a number.
pub(super) fn text(value: &RawValue) -> Option<String> {
    match serde_json::from_str(value.get()).ok()? {
        Value::String(text) => Some(text),
        Value::Number(_) => Some(value.get().to_owned()),
        _ => None,
    }
}

/// Sets the property at `pointer` in `json`, and adds the objects that contain it. Returns
/// `None` if there is another value in place of such an object.
pub(super) fn set(json: &mut Value, pointer: &str, value: Value) -> Option<()> {
    let mut place = json;
    for token in tokens(pointer) {
        if place.is_null() {
            *place = Value::Object(Default::default());
        }
        place = place.as_object_mut()?.entry(token).or_insert(Value::Null);
    }
    *place = value;
    Some(())
}

fn tokens(pointer: &str) -> impl Iterator<Item = String> {
    let tokens = pointer.split('/').skip(1);
    tokens.map(|token| token.replace("~1", "/").replace("~0", "~"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pointer_finds_a_value() {
        const JSON: &str = r#"{
            "a": {"b/c": 1e3, "~1": "x"}, "list": [{"id": 1}, {"id": 2}], "": {"": true},
            "null": null, "-1": "named", "a\u00e9": 5
        }"#;
        let json: &RawValue = serde_json::from_str(JSON).unwrap();
        for (pointer, expected) in [
            ("/a/b~1c", Some("1e3")),
            ("/a/~01", Some("\"x\"")),
            ("/list/0/id", Some("1")),
            ("/list/-1", Some("{\"id\": 2}")),
            ("/list/-2/id", Some("1")),
            ("/-1", Some("\"named\"")),
            ("/aé", Some("5")),
            ("//", Some("true")),
            ("", Some(json.get())),
            ("/list/2", None),
            ("/list/-3", None),
            ("/list/id", None),
            ("/null", None),
            ("/null/a", None),
            ("/a/b", None),
            ("/a/~01/x", None),
        ] {
            let found = find(json, pointer).map(RawValue::get);
            assert_eq!(found, expected, "{pointer}");
        }
    }

    #[test]
    fn a_position_is_a_text_or_a_number() {
        for (json, expected) in [
            (r#""a\n""#, Some("a\n")),
            ("12345678901234567890123", Some("12345678901234567890123")),
            ("true", None),
            ("[1]", None),
        ] {
            let json: &RawValue = serde_json::from_str(json).unwrap();
            assert_eq!(text(json).as_deref(), expected);
        }
    }

    #[test]
    fn a_property_is_set_in_its_objects() {
        for (before, pointer, after) in [
            (json!({"a": 1, "b": 2}), "/a", Some(json!({"a": 9, "b": 2}))),
            (json!({}), "/a/b~1c", Some(json!({"a": {"b/c": 9}}))),
            (json!({"a": null}), "/a/b", Some(json!({"a": {"b": 9}}))),
            (json!({"a": 1}), "/a/b", None),
            (json!([]), "/a", None),
        ] {
            let mut json = before;
            let set = set(&mut json, pointer, 9.into());
            assert_eq!(set.map(|()| json), after, "{pointer}");
        }
    }
}
