//! Joins a union of strings into one enum.
//!
//! Strings cannot be distinguished by type. An enum of a client keeps a text that it does not know,
//! so one enum of all listed values accepts every branch:
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
use super::{alias, only_null};
use crate::load::Document;
use crate::lower::schema::annotated_enum::{DEPRECATED, DESCRIPTIONS, NAMES};
use crate::provenance;
use crate::report::Report;
use crate::walk::{self, Kind};

/// How many passes join unions: a branch may be a union of strings itself.
const ROUNDS: usize = 16;

/// Joins all unions of strings in `document`.
pub(super) fn join(document: &mut Document, report: &mut Report) {
    for _ in 0..ROUNDS {
        let mut joined = Vec::new();
        walk::for_each(&document.root, |at, kind, schema| {
            if let (Kind::Schema, Value::Object(schema)) = (kind, schema)
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
                let at = provenance::origin(document, &at).unwrap_or_else(|| at.clone());
                report.info("string-union", &at, what);
            }
            if let Some(union) = document.at_mut(&at) {
                *union = schema.into();
            }
        }
    }
}

/// The branches of a union of strings.
struct Strings<'a> {
    /// The only branch with values, if it refers to a component.
    component: Option<&'a Value>,
    is_secret: bool,
    values: Vec<&'a Value>,
    /// What the branches say about their values.
    names: Map<String, Value>,
    descriptions: Map<String, Value>,
    deprecated: Vec<Value>,
}

impl<'a> Strings<'a> {
    /// Returns the branches of `schema`, if it is a union of strings and nothing else.
    fn find(document: &'a Document, schema: &'a Map<String, Value>) -> Option<Self> {
        let keyword = match (schema.get("anyOf"), schema.get("oneOf")) {
            (Some(union), None) | (None, Some(union)) => union.as_array()?,
            _ => return None,
        };
        let beside = ["type", "enum", "allOf", "properties", "required"];
        if keyword.len() < 2
            || keyword.contains(&only_null())
            || beside.iter().any(|keyword| schema.contains_key(*keyword))
        {
            return None;
        }
        let mut strings = Self {
            component: None,
            is_secret: false,
            values: Vec::new(),
            names: Map::new(),
            descriptions: Map::new(),
            deprecated: Vec::new(),
        };
        let mut with_values = Vec::new();
        for branch in keyword {
            let of = alias(branch).and_then(|name| document.at("/components/schemas")?.get(name));
            let of = of.unwrap_or(branch);
            let format = of.get("format");
            if of.get("type").is_none_or(|of| of != "string")
                || branches(of).next().is_some()
                || format == Some(&FILE.into())
            {
                return None;
            }
            strings.is_secret |= format.is_some_and(|of| of == "password");
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
            let own = schema.get(keyword).and_then(Value::as_object);
            for (value, text) in own.into_iter().flatten() {
                all.entry(value).or_insert_with(|| text.clone());
            }
        }
        let deprecated = schema.get(DEPRECATED).and_then(Value::as_array);
        self.deprecated
            .extend(deprecated.into_iter().flatten().cloned());
    }

    /// Returns what replaces `schema`, the union.
    fn write(self, mut schema: Map<String, Value>, is_component: bool) -> Map<String, Value> {
        for keyword in ["anyOf", "oneOf", "discriminator"] {
            schema.shift_remove(keyword);
        }
        // A reference from a component would only be a second name.
        match self.component.and_then(alias).filter(|_| !is_component) {
            Some(name) if !self.is_secret => {
                schema.insert("allOf".to_owned(), json!([super::reference(name)]));
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
