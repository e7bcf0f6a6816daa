//! What a client need not check.
//!
//! typify makes types that enforce bounds, lengths and patterns whenever a value
//! is read, and refuse members that are not listed. A server that loosens one
//! of these would break every client that reads; and what a request must hold
//! to, the server says better. So the types are plain.

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

/// Formats of numbers that are bounds.
const NARROW: [&str; 7] = [
    "float", "int8", "int16", "int32", "uint8", "uint16", "uint32",
];

/// The format of integers that an `i64` cannot hold. No document has it, as it holds a
/// character of Unicode's private use area.
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

/// Leaves out of every schema what a client need not check.
pub(super) fn leave_out(document: &mut Document, report: &mut Report) {
    let mut count = negations(document);
    let mut untyped = Vec::new();
    let mut wide = Vec::new();
    walk::for_each_mut(&mut document.root, |at, kind, schema| {
        let (Kind::Schema, Value::Object(schema)) = (kind, schema) else {
            return;
        };
        // Which of its members are there together, a type cannot say.
        for keyword in ["anyOf", "oneOf"] {
            if schema.get(keyword).is_some_and(is_of_required) {
                schema.shift_remove(keyword);
                count += 1;
            }
        }
        if let Some(of) = meant_type(schema) {
            // What a conjunct may be, the other conjuncts say, too.
            let is_conjunct = is_branch(at) && at.parent_name() == Some("allOf");
            if !is_branch(at) {
                schema.insert("type".to_owned(), of.into());
            }
            untyped.extend((!is_conjunct).then(|| (at.pointer(), of)));
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
        // A format is one of a type; where none is named, it says nothing.
        if !schema.contains_key("type") {
            count += usize::from(schema.shift_remove("format").is_some());
        }
        // Of these typify makes numbers that are too small for what others fit
        // into, or that are not precise enough to be sent back as they came.
        let format = schema.get("format").and_then(Value::as_str);
        if format.is_some_and(|format| NARROW.contains(&format))
            && !schema.get("type").is_some_and(|of| of == "string")
        {
            schema.shift_remove("format");
            count += 1;
        }
        if is_wide_integer(schema) {
            schema.insert("format".to_owned(), WIDE_INTEGER.into());
            schema.shift_remove(WIDE);
            wide.push(at.pointer());
        }
        if schema.get("additionalProperties") == Some(&Value::Bool(false)) {
            schema.shift_remove("additionalProperties");
            count += 1;
        }
    });
    walk::for_each(&document.root, |at, kind, schema| {
        let is_whole = kind == Kind::Schema && !is_branch(at);
        if is_whole && all_of::is_untyped_object(document, schema) {
            untyped.push((at.pointer(), "object"));
        }
    });
    for at in wide {
        let at = provenance::origin(document, &at).unwrap_or(at);
        let what = "an integer that an `i64` cannot hold → an `i128`";
        report.info("wide-integer", &at, what);
    }
    for (at, of) in untyped {
        let what = format!("no `type`, but keywords of the type {of} → that type alone");
        let at = provenance::origin(document, &at).unwrap_or(at);
        report.info("type-assumed", &at, what);
    }
    if count > 0 {
        let what =
            format!("{count} bounds, lengths, patterns and negations → not checked by the client");
        report.info("not-checked", "", what);
    }
}

/// Whether the branches of a union only say which members are required.
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

/// Leaves out what a schema is not, which a type cannot say, and of which more
/// would be left if less were asserted inside of it; how many there were.
fn negations(document: &mut Document) -> usize {
    let mut count = 0;
    let denies = |schema: &Value| schema.get("not").is_some_and(|not| *not != json!({}));
    let mut found = Vec::new();
    walk::for_each(&document.root, |at, kind, schema| {
        if kind == Kind::Schema && denies(schema) {
            found.push(at.pointer());
        }
    });
    // From the outside in: of `not: {not: {minItems: 1}}` nothing is left.
    for at in found {
        if let Some(Value::Object(schema)) = document.at_mut(&at) {
            schema.shift_remove("not");
            count += 1;
        }
    }
    count
}
