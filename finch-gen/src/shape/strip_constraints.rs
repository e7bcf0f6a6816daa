//! Removes the constraints that a client does not check.
//!
//! typify emits types that enforce bounds, lengths and patterns when they decode a value, and that
//! refuse unlisted properties. A server that loosens such a constraint would break every client.
//! The server also reports an invalid request better than the client can. So the types are plain.

use serde_json::{Map, Value, json};

use super::{all_of, is_branch};
use crate::load::Document;
use crate::lower::{self, WIDE, meant_type};
use crate::provenance;
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

/// Formats of numbers that only bound the value.
const NARROW: [&str; 7] = [
    "float", "int8", "int16", "int32", "uint8", "uint16", "uint32",
];

/// The format of integers that may not fit in an `i64`. It contains a character of Unicode's
/// private use area, so no document uses it.
pub(crate) const WIDE_INTEGER: &str = "x-\u{E000}wide-integer";

/// Whether `schema` is an integer that may be larger than an `i64`.
fn is_wide_integer(schema: &Map<String, Value>) -> bool {
    let values = schema.get("enum").and_then(Value::as_array);
    let mut values = values.into_iter().flatten().chain(schema.get("default"));
    let is_integer = schema.get("type").is_some_and(|of| of == "integer");
    let has_format = schema.contains_key("format");
    let says_so = schema.get(WIDE) == Some(&Value::Bool(true));
    is_integer && !has_format && (says_so || values.any(lower::is_wide))
}

/// Removes the constraints that a client does not check from every schema.
pub(super) fn strip(document: &mut Document, report: &mut Report) {
    let mut notes: Vec<(String, &str, String)> = Vec::new();
    for at in negations(document) {
        notes.push((at, "not-checked", not_checked(&["not"])));
    }
    walk::for_each_mut(&mut document.root, |at, kind, schema| {
        let (Kind::Schema, Value::Object(schema)) = (kind, schema) else {
            return;
        };
        let mut dropped: Vec<&str> = Vec::new();
        // A type cannot say which of its properties occur together.
        for keyword in ["anyOf", "oneOf"] {
            if schema.get(keyword).is_some_and(is_of_required) {
                schema.shift_remove(keyword);
                dropped.push(keyword);
            }
        }
        if let Some(of) = meant_type(schema) {
            // The other conjuncts may have a type.
            let is_conjunct = is_branch(at) && at.parent_name() == Some("allOf");
            if !is_branch(at) {
                schema.insert("type".to_owned(), of.into());
            }
            notes.extend((!is_conjunct).then(|| (at.pointer(), "type-assumed", assumed(of))));
        }
        let has = |keyword: &&str| schema.contains_key(*keyword);
        dropped.extend(ASSERTIONS.into_iter().filter(has));
        for keyword in ASSERTIONS {
            schema.shift_remove(keyword);
        }
        // `not: {}` is a type without a value; on most others typify panics.
        if schema
            .get("not")
            .is_some_and(|not| *not != Value::Object(Map::new()))
        {
            schema.shift_remove("not");
            dropped.push("not");
        }
        // Without a type, a format does not apply.
        if !schema.contains_key("type") && schema.shift_remove("format").is_some() {
            dropped.push("format");
        }
        // For these, typify emits numbers that are too small for some values, or not precise enough
        // to round-trip.
        let format = schema.get("format").and_then(Value::as_str);
        if format.is_some_and(|format| NARROW.contains(&format))
            && !schema.get("type").is_some_and(|of| of == "string")
        {
            schema.shift_remove("format");
            dropped.push("format");
        }
        if is_wide_integer(schema) {
            schema.insert("format".to_owned(), WIDE_INTEGER.into());
            schema.shift_remove(WIDE);
            let what = "integer that exceeds `i64` → an `i128`";
            notes.push((at.pointer(), "wide-integer", what.to_owned()));
        }
        if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
            schema.shift_remove("additionalProperties");
            dropped.push("additionalProperties");
        }
        if !dropped.is_empty() {
            notes.push((at.pointer(), "not-checked", not_checked(&dropped)));
        }
    });
    walk::for_each(&document.root, |at, kind, schema| {
        let is_whole = kind == Kind::Schema && !is_branch(at);
        if is_whole && all_of::is_untyped_object(document, schema) {
            notes.push((at.pointer(), "type-assumed", assumed("object")));
        }
    });
    for (at, code, what) in notes {
        let at = provenance::origin(document, &at).unwrap_or(at);
        report.info(code, &at, what);
    }
}

fn not_checked(keywords: &[&str]) -> String {
    let keywords: Vec<String> = keywords
        .iter()
        .map(|keyword| format!("`{keyword}`"))
        .collect();
    format!("{} → not checked by the client", keywords.join(", "))
}

fn assumed(of: &str) -> String {
    format!("keywords of the type {of} without `type` → only that type")
}

/// Whether the branches of a union only list required properties.
fn is_of_required(branches: &Value) -> bool {
    let says_no_more = |branch: &Value| {
        let keys = branch.as_object().into_iter().flat_map(Map::keys);
        let mut keys = keys.filter(|key| !matches!(key.as_str(), "title" | "description"));
        branch.get("required").is_some()
            && keys.all(|key| key == "required" || key == "type" && branch["type"] == "object")
    };
    branches
        .as_array()
        .is_some_and(|branches| branches.iter().all(says_no_more))
}

/// Removes negations, which a type cannot express, and returns the pointers of their schemas. It
/// visits outer schemas first, because a constraint that is removed within a negation would make
/// the negation narrower.
fn negations(document: &mut Document) -> Vec<String> {
    let denies = |schema: &Value| schema.get("not").is_some_and(|not| *not != json!({}));
    let mut found = Vec::new();
    walk::for_each(&document.root, |at, kind, schema| {
        if kind == Kind::Schema && denies(schema) {
            found.push(at.pointer());
        }
    });
    // The outer negation took any nested one with it.
    found.retain(|at| match document.at_mut(at) {
        Some(Value::Object(schema)) => schema.shift_remove("not").is_some(),
        _ => false,
    });
    found
}
