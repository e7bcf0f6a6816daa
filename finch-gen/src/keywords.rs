//! Reads the keywords of a schema, and the members of other JSON objects.

use serde_json::{Map, Value};

/// A JSON object. Any other value has no members.
pub(crate) trait Keywords {
    /// Returns the value of `keyword`.
    fn value(&self, keyword: &str) -> Option<&Value>;

    fn has(&self, keyword: &str) -> bool {
        self.value(keyword).is_some()
    }

    fn has_any(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.has(keyword))
    }

    /// Whether `keyword` is `true`.
    fn is_true(&self, keyword: &str) -> bool {
        self.value(keyword) == Some(&Value::Bool(true))
    }

    fn text(&self, keyword: &str) -> Option<&str> {
        self.value(keyword)?.as_str()
    }

    /// Returns the items of the list `keyword`.
    fn list(&self, keyword: &str) -> &[Value] {
        let list = self.value(keyword).and_then(Value::as_array);
        list.map(Vec::as_slice).unwrap_or_default()
    }

    fn object(&self, keyword: &str) -> Option<&Map<String, Value>> {
        self.value(keyword)?.as_object()
    }

    /// Returns the members of the object `keyword`, with their names.
    fn members(&self, keyword: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.object(keyword).into_iter().flatten()
    }

    /// Whether the schema is of the type `name`.
    fn is_type(&self, name: &str) -> bool {
        self.text("type") == Some(name)
    }
}

impl Keywords for Value {
    fn value(&self, keyword: &str) -> Option<&Value> {
        self.get(keyword)
    }
}

impl Keywords for Map<String, Value> {
    fn value(&self, keyword: &str) -> Option<&Value> {
        self.get(keyword)
    }
}
