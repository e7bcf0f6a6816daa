//! What a client need not check.
//!
//! typify makes types that enforce bounds, lengths and patterns whenever a value
//! is read, and refuse members that are not listed. A server that loosens one
//! of these would break every client that reads; and what a request must hold
//! to, the server says better. So the types are plain.

use heck::ToPascalCase as _;
use serde_json::{Map, Value};

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
    let mut count = 0;
    for place in walk::places(&document.root) {
        let Some(Value::Object(schema)) = document.root.pointer_mut(&place.pointer) else {
            continue;
        };
        if place.kind != Kind::Schema {
            continue;
        }
        for keyword in ASSERTIONS {
            count += usize::from(schema.shift_remove(keyword).is_some());
        }
        // `not: {}` is a type without a value; on most others typify panics.
        if schema
            .get("not")
            .is_some_and(|not| *not != Value::Object(Map::new()))
        {
            schema.shift_remove("not");
            count += 1;
        }
        if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
            schema.shift_remove("additionalProperties");
            count += 1;
        }
        if let Some(what) = unusable_enum(schema) {
            schema.shift_remove("enum");
            report.warn("enum-dropped", &place.pointer, what);
        }
    }
    if count > 0 {
        let what = format!("{count} bounds, lengths and patterns → not checked by the client");
        report.info("not-checked", "", what);
    }
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
    let as_words = |value: &&str| variant_name(value);
    let as_letters = |value: &&str| {
        let letters = value
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { 'X' });
        variant_name(&letters.collect::<String>())
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

/// The name of the variant that typify makes of a value.
fn variant_name(value: &str) -> String {
    match value {
        "+1" => return "plus1".to_owned(),
        "-1" => return "minus1".to_owned(),
        _ => {}
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let words = value.replace('\'', "").replace(|c| !is_part(c), "-");
    let name = words.to_pascal_case();
    if name.starts_with(char::is_alphabetic) {
        name
    } else {
        format!("X{name}")
    }
}
