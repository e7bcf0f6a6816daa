//! Reads the fields of JSON values. A missing field, a field of another type, or a field of a value
//! that is not an object reads as empty: `text` returns `None`, `list` an empty list, and `is_true`
//! false.

use serde_json::{Map, Value};

/// A value that may be an object.
pub(crate) trait Fields<'a>: Copy {
    /// Returns the object, if the value is one.
    fn object(self) -> Option<&'a Map<String, Value>>;

    /// Returns the fields in order.
    fn fields(self) -> impl Iterator<Item = (&'a String, &'a Value)> + Clone {
        self.object().into_iter().flatten()
    }

    /// Returns the field `name`.
    fn field(self, name: &str) -> Option<&'a Value> {
        self.object()?.get(name)
    }

    /// Returns the string in the field `name`.
    fn text(self, name: &str) -> Option<&'a str> {
        self.field(name)?.as_str()
    }

    /// Returns the items of the list in the field `name`.
    fn list(self, name: &str) -> &'a [Value] {
        let list = self.field(name).and_then(Value::as_array);
        list.map_or(&[], Vec::as_slice)
    }

    /// Whether the field `name` is `true`.
    fn is_true(self, name: &str) -> bool {
        self.field(name) == Some(&Value::Bool(true))
    }

    /// Whether it has the field `name`.
    fn has(self, name: &str) -> bool {
        self.field(name).is_some()
    }

    /// Whether it has one of the fields `names`.
    fn has_any(self, names: &[&str]) -> bool {
        names.iter().any(|name| self.has(name))
    }

    /// Whether the field `type` is the string `name`.
    fn is_type(self, name: &str) -> bool {
        self.text("type") == Some(name)
    }
}

impl<'a> Fields<'a> for &'a Map<String, Value> {
    fn object(self) -> Option<&'a Map<String, Value>> {
        Some(self)
    }
}

impl<'a> Fields<'a> for &'a Value {
    fn object(self) -> Option<&'a Map<String, Value>> {
        self.as_object()
    }
}

impl<'a> Fields<'a> for Option<&'a Value> {
    fn object(self) -> Option<&'a Map<String, Value>> {
        self?.as_object()
    }
}

/// Returns a string, or a number or boolean as text.
pub(crate) fn text_of_scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
