//! What a client need not check.
//!
//! typify makes types that enforce bounds, lengths and patterns whenever a value
//! is read, and refuse members that are not listed. A server that loosens one
//! of these would break every client that reads; and what a request must hold
//! to, the server says better. So the types are plain.

use serde_json::{Map, Value, json};

use super::names;
use crate::load::Document;
use crate::report::Report;
use crate::walk::{self, Kind};

const ASSERTIONS: [&str; 13] = [
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "pattern",
    "uniqueItems",
];

/// Leaves out of every schema what a client need not check.
pub(super) fn leave_out(document: &mut Document, report: &mut Report) {
    let mut count = negations(document);
    walk::for_each_mut(&mut document.root, |at, kind, schema| {
        let (Kind::Schema, Value::Object(schema)) = (kind, schema) else {
            return;
        };
        for keyword in ASSERTIONS {
            count += usize::from(schema.shift_remove(keyword).is_some());
        }
        if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
            schema.shift_remove("additionalProperties");
            count += 1;
        }
        if let Some(what) = unusable_enum(schema) {
            schema.shift_remove("enum");
            report.warn("enum-dropped", at, what);
        }
    });
    if count > 0 {
        let what =
            format!("{count} bounds, lengths, patterns and negations → not checked by the client");
        report.info("not-checked", "", what);
    }
}

/// Leaves out what a schema is not, which a type cannot say, and of which more
/// would be left if less were asserted inside of it; how many there were.
fn negations(document: &mut Document) -> usize {
    let mut count = 0;
    // From the outside in: of `not: {not: {minItems: 1}}` nothing is left.
    for place in walk::places(&document.root) {
        if place.kind == Kind::Schema
            && let Some(Value::Object(schema)) = document.root.pointer_mut(&place.pointer)
            && schema.get("not").is_some_and(|not| *not != json!({}))
        {
            schema.shift_remove("not");
            count += 1;
        }
    }
    count
}

/// Why the `enum` of `schema` cannot become an enum of Rust.
fn unusable_enum(schema: &Map<String, Value>) -> Option<&'static str> {
    let values = schema.get("enum")?.as_array()?;
    // typify looks for the values in what is referred to, and panics.
    if schema.contains_key("allOf") {
        return Some("an `enum` beside other schemas → the other schemas");
    }
    let of = schema.get("type").and_then(Value::as_str)?;
    if of != "string" {
        return Some("an `enum` of values that are no strings → their type");
    }
    let values: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
    // typify takes one way to make names or, where two would be equal, the
    // other; where both fail it panics.
    let as_words = |value: &&str| {
        let value = value.replace('\'', "");
        let has_words = value.contains(|c: char| c.is_ascii_alphanumeric());
        names::type_name(if has_words { &value } else { "X" })
    };
    let as_letters = |value: &&str| {
        let letters = value
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { 'X' });
        names::type_name(&letters.collect::<String>())
    };
    let all_differ = |mut names: Vec<String>| {
        let count = names.len();
        names.sort();
        names.dedup();
        names.len() == count
    };
    let has_names = all_differ(values.iter().map(as_words).collect())
        || all_differ(values.iter().map(as_letters).collect());
    (!has_names).then_some("an `enum` of values that cannot all have names in Rust → a string")
}
