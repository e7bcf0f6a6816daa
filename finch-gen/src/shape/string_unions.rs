//! Joins a union of strings into one enum.
//!
//! Strings cannot be distinguished by type. An enum of a client keeps a string that it does not
//! know, so one enum of all listed values accepts every branch:
//!
//! ```yaml
//! T: {anyOf: [{type: string}, {type: string, enum: [a, b]}]}
//! ```
//!
//! becomes
//!
//! ```yaml
//! T: {type: string, enum: [a, b]}
//! ```
//!
//! If one component has exactly these values, the union becomes a reference to it.

use serde_json::{Map, Value, json};

use super::request_bodies::FILE;
use super::variants::branches;
use super::{alias, each_schema, is_only_null, origin, reference, replace, union_of};
use crate::json::Fields as _;
use crate::load::Document;
use crate::lower::schema::annotated_enum::{DEPRECATED, DESCRIPTIONS, NAMES};

use crate::report::Report;

/// The number of passes that join unions: a branch may be a union of strings itself.
const ROUNDS: usize = 16;

/// Joins all unions of strings in `document`.
pub(super) fn join(document: &mut Document, report: &mut Report) {
    for _ in 0..ROUNDS {
        let mut joined = Vec::new();
        each_schema(document, |at, schema| {
            if let Some(schema) = schema.as_object()
                && let Some(strings) = Strings::find(document, schema)
            {
                let strings = strings.write(schema.clone(), at.component().is_some());
                joined.push((at.pointer(), strings));
            }
        });
        if joined.is_empty() {
            return;
        }
        for (at, schema) in joined {
            if schema.get("enum").is_some() {
                let what = "a union of strings → one enum, which accepts every other text, too";
                report.info("string-union", &origin(document, &at), what);
            }
            replace(document, &at, schema);
        }
    }
}

/// The branches of a union of strings.
#[derive(Default)]
struct Strings<'a> {
    /// The only branch with values, if it refers to a component.
    component: Option<&'a Value>,
    is_secret: bool,
    values: Vec<&'a Value>,
    /// The names, descriptions and deprecations that the branches give to their values.
    names: Map<String, Value>,
    descriptions: Map<String, Value>,
    deprecated: Vec<Value>,
}

impl<'a> Strings<'a> {
    /// Returns the branches of `schema`, if it is a union of strings and nothing else.
    fn find(document: &'a Document, schema: &'a Map<String, Value>) -> Option<Self> {
        let (_, union) = union_of(schema)?;
        if union.len() < 2
            || union.iter().any(is_only_null)
            || schema.has_any(&["type", "enum", "allOf", "properties", "required"])
        {
            return None;
        }
        let mut strings = Self::default();
        let mut with_values = Vec::new();
        for branch in union {
            let of = alias(branch).and_then(|name| super::schema(document, name));
            let of = of.unwrap_or(branch);
            let format = of.text("format");
            if !of.is_type("string") || branches(of).next().is_some() || format == Some(FILE) {
                return None;
            }
            strings.is_secret |= format == Some("password");
            if let Some(Value::Array(values)) = of.get("enum") {
                with_values.push(branch);
                strings.add(of, values);
            }
        }
        if let [only] = with_values.as_slice() {
            strings.component = Some(*only).filter(|branch| alias(branch).is_some());
        }
        Some(strings)
    }

    fn add(&mut self, schema: &'a Value, values: &'a [Value]) {
        for value in values.iter().filter(|value| value.is_string()) {
            if !self.values.contains(&value) {
                self.values.push(value);
            }
        }
        for (keyword, all) in [
            (NAMES, &mut self.names),
            (DESCRIPTIONS, &mut self.descriptions),
        ] {
            for (value, text) in schema.field(keyword).fields() {
                all.entry(value).or_insert_with(|| text.clone());
            }
        }
        self.deprecated.extend_from_slice(schema.list(DEPRECATED));
    }

    /// Returns what replaces `schema`, the union.
    fn write(self, mut schema: Map<String, Value>, is_component: bool) -> Map<String, Value> {
        for keyword in ["anyOf", "oneOf", "discriminator"] {
            schema.shift_remove(keyword);
        }
        // A reference from a component would only be a second name.
        match self.component.and_then(alias).filter(|_| !is_component) {
            Some(name) if !self.is_secret => {
                schema.insert("allOf".to_owned(), json!([reference(name)]));
                return schema;
            }
            _ => schema.insert("type".to_owned(), "string".into()),
        };
        if self.is_secret {
            schema.insert("format".to_owned(), "password".into());
        } else if !self.values.is_empty() {
            schema.insert("enum".to_owned(), json!(self.values));
            for (keyword, all) in [(NAMES, self.names), (DESCRIPTIONS, self.descriptions)] {
                if !all.is_empty() {
                    schema.insert(keyword.to_owned(), all.into());
                }
            }
            if !self.deprecated.is_empty() {
                schema.insert(DEPRECATED.to_owned(), self.deprecated.into());
            }
        }
        schema
    }
}
