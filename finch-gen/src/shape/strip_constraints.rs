//! Removes the constraints that a client does not check: bounds, lengths, patterns, `not`, formats
//! of small numbers such as `int32`, and `additionalProperties: false`. The report notes them.
//!
//! typify emits types that enforce such constraints when they decode a value. A server that loosens
//! one would break every client. The server also reports an invalid request better than the client
//! can. So the types are plain. A union whose branches only constrain the properties of the object
//! around it is removed, too. An integer that may exceed an `i64` is marked, and becomes an `i128`.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::{all_of, conjunction, each_schema, each_schema_mut, is_branch, only_conjunct, origin};
use crate::json::Fields as _;
use crate::load::Document;
use crate::lower::{self, WIDE, meant_type};

use crate::report::Report;

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

const UNIONS: [&str; 2] = ["anyOf", "oneOf"];

/// Formats of numbers that only bound the value.
const NARROW: [&str; 7] = [
    "float", "int8", "int16", "int32", "uint8", "uint16", "uint32",
];

/// The format of integers that may not fit in an `i64`. typify names variants after it. It contains
/// a character of Unicode's private use area, so no document uses it.
pub(crate) const WIDE_INTEGER: &str = "integer\u{E000}";

/// Whether `schema` is an integer that may be larger than an `i64`.
fn is_wide_integer(schema: &Map<String, Value>) -> bool {
    let mut values = schema.list("enum").iter().chain(schema.get("default"));
    schema.is_type("integer")
        && !schema.has("format")
        && (schema.is_true(WIDE) || values.any(lower::is_wide))
}

/// Removes the constraints that a client does not check from every schema.
pub(super) fn strip(document: &mut Document, report: &mut Report) {
    let mut notes: Vec<(String, &str, String)> = Vec::new();
    for at in negations(document) {
        notes.push((at, "not-checked", not_checked(&["not"])));
    }
    let conditions = conditions(document);
    each_schema_mut(document, |at, schema| {
        // A type cannot say which of its properties and values occur together.
        let is_condition = |keyword: &&'static str| {
            schema.has(keyword) && conditions.contains(&(at.pointer(), *keyword))
        };
        let mut dropped: Vec<&str> = UNIONS.into_iter().filter(is_condition).collect();
        for keyword in &dropped {
            schema.shift_remove(*keyword);
        }
        if let Some(of) = meant_type(schema) {
            // The other conjuncts may have a type.
            let is_conjunct = is_branch(at) && at.parent_name() == Some("allOf");
            if !is_branch(at) {
                schema.insert("type".to_owned(), of.into());
            }
            notes.extend((!is_conjunct).then(|| (at.pointer(), "type-assumed", assumed(of))));
        }
        let mut unchecked = ASSERTIONS.to_vec();
        unchecked.extend(denies(schema).then_some("not"));
        // Without a type, a format does not apply. For narrow numbers, typify emits types that are
        // too small for some values, or not precise enough to round-trip.
        let format = schema.text("format").filter(|_| !schema.is_type("string"));
        let is_narrow = format.is_some_and(|format| NARROW.contains(&format));
        unchecked.extend((is_narrow || !schema.has("type")).then_some("format"));
        let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        unchecked.extend(is_closed.then_some("additionalProperties"));
        unchecked.retain(|keyword| schema.shift_remove(*keyword).is_some());
        dropped.append(&mut unchecked);
        if is_wide_integer(schema) {
            schema.insert("format".to_owned(), WIDE_INTEGER.into());
            schema.shift_remove(WIDE);
            let what = "integer that exceeds `i64` → an `i128`";
            notes.push((at.pointer(), "wide-integer", what.to_owned()));
        }

        if !dropped.is_empty() {
            notes.push((at.pointer(), "not-checked", not_checked(&dropped)));
        }
    });
    each_schema(document, |at, schema| {
        if !is_branch(at) && all_of::is_untyped_object(document, schema) {
            notes.push((at.pointer(), "type-assumed", assumed("object")));
        }
    });
    for (at, code, what) in notes {
        report.info(code, &origin(document, &at), what);
    }
}

/// Whether `schema` has a negation that is removed: `not: {}` is a type without a value; on most
/// others typify panics.
fn denies(schema: &Map<String, Value>) -> bool {
    schema.get("not").is_some_and(|not| *not != json!({}))
}

fn not_checked(keywords: &[&str]) -> String {
    format!("`{}` → not checked by the client", keywords.join("`, `"))
}

fn assumed(of: &str) -> String {
    format!("keywords of the type {of} without `type` → only that type")
}

/// Returns the unions whose branches only constrain properties of the object around them: the
/// pointer of the schema, and the keyword.
fn conditions(document: &Document) -> HashSet<(String, &'static str)> {
    let mut found = HashSet::new();
    each_schema(document, |at, schema| {
        // A union can be one of several conjuncts.
        let conjuncts = schema.list("allOf").iter().enumerate();
        let conjuncts = conjuncts.map(|(index, of)| (format!("/allOf/{index}"), of));
        let parts = conjuncts.chain([(String::new(), schema)]);
        let unions = parts.flat_map(|(within, part)| {
            UNIONS.map(|keyword| (within.clone(), keyword, part.list(keyword)))
        });
        let unions = unions.filter(|(.., branches)| !branches.is_empty());
        let mut unions = unions.peekable();
        if unions.peek().is_none() {
            return;
        }
        let own = conjunction(document, schema).into_iter();
        let own = own.flat_map(|schema| schema.field("properties").fields());
        let own: HashMap<&str, &Value> = own.map(|(name, of)| (name.as_str(), of)).collect();
        // An object without described properties keeps all of them. The other conjuncts of a
        // conjunct may describe some.
        let is_map = own.is_empty() && !is_branch(at);
        for (within, keyword, branches) in unions {
            let constrains = |branch: &Value| only_constrains(document, branch, &own, is_map);
            if branches.iter().all(constrains) {
                found.insert((format!("{}{within}", at.pointer()), keyword));
            }
        }
    });
    found
}

/// Whether `branch` only says which of the properties `own` are required, and which values they
/// have.
fn only_constrains(
    document: &Document,
    branch: &Value,
    own: &HashMap<&str, &Value>,
    is_map: bool,
) -> bool {
    let Some(members) = branch.as_object() else {
        return false;
    };
    let is_constraint = |(keyword, value): (&String, &Value)| match keyword.as_str() {
        "title" | "description" => true,
        "required" => {
            let mut names = value.as_array().into_iter().flatten();
            let is_own = |name: &Value| name.as_str().is_some_and(|of| own.contains_key(of));
            is_map || names.all(is_own)
        }
        "type" => value == "object",
        "properties" => value.as_object().is_some_and(|properties| {
            properties.iter().all(|(name, constraint)| {
                let own = own.get(name.as_str());
                own.is_some_and(|own| is_narrower(document, constraint, own))
            })
        }),
        keyword => keyword.starts_with("x-"),
    };
    members.has_any(&["required", "properties"]) && members.iter().all(is_constraint)
}

/// Whether `constraint` lists values of the property `own`, or bounds them, and describes nothing
/// that `own` does not describe.
fn is_narrower(document: &Document, constraint: &Value, own: &Value) -> bool {
    let own = only_conjunct(own);
    let own = document.follow(own).unwrap_or(own);
    let mut keywords = constraint.as_object().into_iter().flatten();
    constraint.is_object()
        && keywords.all(|(keyword, value)| match keyword.as_str() {
            "type" => own.get("type") == Some(value),
            "enum" => own.get("type").is_some(),
            "title" | "description" | "default" | "nullable" | "not" | "format" => true,
            keyword => ASSERTIONS.contains(&keyword) || keyword.starts_with("x-"),
        })
}

/// Removes negations, which a type cannot express, and returns the pointers of their schemas. It
/// visits outer schemas first, because a constraint that is removed within a negation would make
/// the negation narrower.
fn negations(document: &mut Document) -> Vec<String> {
    let mut found = Vec::new();
    each_schema(document, |at, schema| {
        if schema.as_object().is_some_and(denies) {
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
