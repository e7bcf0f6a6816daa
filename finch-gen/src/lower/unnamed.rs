//! The members of an example that its schema does not name, or that only a
//! server sets: a type has no place for them, so that they are read over.

use serde_json::{Map, Value};

use crate::load::Document;
use crate::pointer;

/// The pointers of the members within `example` that the schema at `at` does not
/// name, nor allows explicitly.
pub(super) fn members(document: &Document, at: &str, example: &Value) -> Vec<String> {
    find(document, at, example, false)
}

/// As [`members`], with those that are `readOnly`, and so of no request.
pub(super) fn members_of_request(document: &Document, at: &str, example: &Value) -> Vec<String> {
    find(document, at, example, true)
}

fn find(document: &Document, at: &str, example: &Value, is_request: bool) -> Vec<String> {
    let mut find = Find {
        document,
        is_request,
        unnamed: Vec::new(),
    };
    if let Some(schema) = document.at(at) {
        find.visit(&[schema], example, "");
    }
    find.unnamed
}

struct Find<'a> {
    document: &'a Document,
    is_request: bool,
    unnamed: Vec<String>,
}

impl Find<'_> {
    /// `schemas` are those that all speak of `value`.
    fn visit(&mut self, schemas: &[&Value], value: &Value, at: &str) {
        let mut all = Vec::new();
        for schema in schemas {
            gather(self.document, schema, &mut all);
        }
        match value {
            Value::Object(members) => {
                // An object of which nothing is said is kept whole.
                let names_members =
                    |schema: &&Map<String, Value>| schema.contains_key("properties");
                let is_closed = all.iter().any(names_members);
                for (name, member) in members {
                    let named: Vec<&Value> = all
                        .iter()
                        .filter_map(|schema| member_schema(schema, name))
                        .collect();
                    let is_read_only =
                        |schema: &&Value| schema.get("readOnly") == Some(&Value::Bool(true));
                    let is_not_sent = self.is_request && named.iter().any(is_read_only);
                    let at = pointer::join(at, name);
                    if is_not_sent || named.is_empty() && is_closed {
                        self.unnamed.push(at);
                    } else {
                        self.visit(&named, member, &at);
                    }
                }
            }
            Value::Array(items) => {
                let of: Vec<&Value> = all
                    .iter()
                    .filter_map(|schema| schema.get("items"))
                    .collect();
                for (index, item) in items.iter().enumerate() {
                    self.visit(&of, item, &format!("{at}/{index}"));
                }
            }
            _ => {}
        }
    }
}

/// What `schema` says of its member `name`.
fn member_schema<'a>(schema: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let property = schema
        .get("properties")
        .and_then(|properties| properties.get(name));
    property.or_else(|| {
        schema
            .get("additionalProperties")
            .filter(|others| **others != Value::Bool(false))
    })
}

/// Adds `schema` to `all`, and all the schemas that apply where it does, or may.
fn gather<'a>(document: &'a Document, schema: &'a Value, all: &mut Vec<&'a Map<String, Value>>) {
    let Some(Value::Object(schema)) = document.follow(schema) else {
        return;
    };
    // A schema may refer to itself in a conjunction, however little sense it makes.
    if all.iter().any(|known| std::ptr::eq(*known, schema)) {
        return;
    }
    all.push(schema);
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let list = schema.get(keyword).and_then(Value::as_array);
        for inner in list.into_iter().flatten() {
            gather(document, inner, all);
        }
    }
    // What builds on a schema with a discriminator may stand in its place.
    if schema.contains_key("discriminator") {
        let components = document.at("/components/schemas");
        for heir in components
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(Map::values)
        {
            let parts = heir.get("allOf").and_then(Value::as_array);
            let mut parts = parts
                .into_iter()
                .flatten()
                .filter_map(|part| document.follow(part));
            if parts.any(|part| {
                part.as_object()
                    .is_some_and(|part| std::ptr::eq(part, schema))
            }) {
                gather(document, heir, all);
            }
        }
    }
}
