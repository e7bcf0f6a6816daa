//! Finds integers from 2^63 up to 2^64 in examples, which an `i64` cannot hold.
//!
//! The client reads an integer as an `i64`, which holds nearly all of them. If an example shows a
//! larger one, its schema gets the keyword [`WIDE`]: the client reads an `i128`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::example_validity::{DEPTH, Steps};
use crate::json::Fields as _;
use crate::load::Document;
use crate::pointer::join;

/// The keyword of an integer that may be larger than an `i64`. An overlay may set it, too.
pub(crate) const WIDE: &str = "x-wide-integer";

/// Whether `value` is an integer that a `u64` can hold, and an `i64` cannot.
pub(crate) fn is_wide(value: &Value) -> bool {
    const LEAST: f64 = 9_223_372_036_854_775_808.0;
    const BEYOND: f64 = 18_446_744_073_709_551_616.0;

    let is_float = |float: f64| (LEAST..BEYOND).contains(&float) && value.is_f64();
    value.is_u64() && !value.is_i64() || value.as_f64().is_some_and(is_float)
}

/// Adds to `found` the pointers of schemas in `document` that have such an integer in
/// `example`, an example of the schema at `at`.
pub(super) fn find(
    document: &Document,
    at: &str,
    example: &Value,
    steps: &Steps,
    found: &mut BTreeSet<String>,
) {
    if has_wide(example) {
        visit(document, at, example, steps, DEPTH, found);
    }
}

fn has_wide(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_wide),
        Value::Object(members) => members.values().any(has_wide),
        value => is_wide(value),
    }
}

fn visit(
    document: &Document,
    at: &str,
    value: &Value,
    steps: &Steps,
    depth: usize,
    found: &mut BTreeSet<String>,
) {
    let at = document.followed(at);
    let (Some(schema), Some(depth)) = (document.at(&at), depth.checked_sub(1)) else {
        return;
    };
    if !steps.take() {
        return;
    }
    let mut inside = |at: String, value: &Value| visit(document, &at, value, steps, depth, found);
    match value {
        Value::Array(items) => {
            for item in items.iter().filter(|item| has_wide(item)) {
                inside(join(&at, "items"), item);
            }
        }
        Value::Object(members) => {
            for (name, member) in members.iter().filter(|(_, member)| has_wide(member)) {
                let place = match schema.field("properties").field(name) {
                    Some(_) => join(&join(&at, "properties"), name),
                    None => join(&at, "additionalProperties"),
                };
                inside(place, member);
            }
        }
        _ => {}
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for index in 0..schema.list(keyword).len() {
            inside(format!("{at}/{keyword}/{index}"), value);
        }
    }
    if is_wide(value) && schema.text("type") == Some("integer") {
        found.insert(at);
    }
}
