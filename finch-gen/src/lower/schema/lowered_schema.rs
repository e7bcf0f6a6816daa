//! Defines `Form`: a lowered schema, with a flag that says whether it accepts exactly the values of
//! the original.
//!
//! `conjoin` adds a second schema, so that the result accepts only values that both accept. A union
//! or a negation goes next to the keywords of the first schema, if the first has no reference, union
//! or conjunction. Any other second schema goes into `allOf`.

use serde_json::{Map, Value, json};

use super::source_marks::is_mark;
use crate::annotation_keywords::is_annotation;
use crate::json::Fields as _;

/// A lowered schema.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::lower) struct Form {
    pub(super) schema: Map<String, Value>,
    /// Whether it accepts exactly the same values as the original.
    pub(super) exact: bool,
}

impl Form {
    pub(super) fn exact(schema: Value) -> Self {
        let Value::Object(schema) = schema else {
            unreachable!("only objects are built here")
        };
        Self {
            schema,
            exact: true,
        }
    }

    /// Returns the schema that accepts everything.
    pub(super) fn anything() -> Self {
        Self::exact(json!({}))
    }

    /// Returns the schema that accepts everything, for an original that may refuse values.
    pub(super) fn widest() -> Self {
        Self::anything().with_exact(false)
    }

    pub(super) fn with_exact(self, exact: bool) -> Self {
        Self { exact, ..self }
    }

    /// Returns the schema that accepts nothing.
    pub(super) fn nothing() -> Self {
        Self::exact(json!({"not": {}}))
    }

    /// Returns the schema that only accepts null, in the one shape that both the specification
    /// and progenitor understand.
    pub(super) fn null() -> Self {
        Self::exact(json!({"nullable": true, "enum": [null]}))
    }

    /// Sets the keyword `keyword`.
    pub(super) fn set(&mut self, keyword: &str, value: impl Into<Value>) {
        self.schema.insert(keyword.to_owned(), value.into());
    }

    /// Copies the `keywords` that `schema` has.
    pub(super) fn copy(&mut self, schema: &Map<String, Value>, keywords: &[&str]) {
        for keyword in keywords {
            if let Some(value) = schema.get(*keyword) {
                self.set(keyword, value.clone());
            }
        }
    }

    /// Replaces the schema with a conjunction of itself.
    pub(super) fn wrap(&mut self) {
        let schema = Value::Object(std::mem::take(&mut self.schema));
        self.set("allOf", vec![schema]);
    }

    pub(super) fn is_anything(&self) -> bool {
        self.schema.is_empty()
    }

    pub(super) fn is_nothing(&self) -> bool {
        *self == Self::nothing()
    }

    /// Whether it only accepts null. Ignores annotations.
    pub(super) fn is_null(&self) -> bool {
        let is_allowed =
            |key: &String| matches!(key.as_str(), "enum" | "nullable") || is_annotation(key);
        self.schema.get("enum") == Some(&json!([null])) && self.schema.keys().all(is_allowed)
    }

    pub(super) fn value(self) -> Value {
        Value::Object(self.schema)
    }
}

/// Makes `form` accept only values that `conjunct` accepts, too.
pub(super) fn conjoin(form: &mut Form, conjunct: Form) {
    form.exact &= conjunct.exact;
    if conjunct.schema.is_empty() || (conjunct.is_null() && form.is_null()) {
        return;
    }
    let nothing = Form::nothing().schema;
    if form.schema.is_empty() || conjunct.schema == nothing {
        form.schema = conjunct.schema;
        return;
    }
    if form.schema == nothing {
        return;
    }
    // A union or a negation can sit next to the core. Anything else, and a second use of a
    // keyword, goes into `allOf`.
    let mut keys = conjunct.schema.keys();
    let can_merge = matches!(keys.next().map(String::as_str), Some("anyOf" | "oneOf" | "not"))
        && keys.all(|key| key == "discriminator" || is_mark(key))
        && !form.schema.contains_key("$ref")
        && conjunct.schema.keys().all(|key| is_mark(key) || !form.schema.contains_key(key))
        // progenitor does not support both.
        && !form.schema.has_any(&["allOf", "anyOf", "oneOf", "not"]);
    if can_merge {
        form.schema.extend(conjunct.schema);
        return;
    }
    // A reference, a union or a negation cannot hold an `allOf`.
    if form.schema.has_any(&["$ref", "anyOf", "oneOf", "not"]) {
        form.wrap();
    }
    match form.schema.get_mut("allOf") {
        Some(Value::Array(members)) => members.push(Value::Object(conjunct.schema)),
        _ => form.set("allOf", json!([conjunct.schema])),
    }
}
