//! Unions in an order in which the first is meant of those that keep as much.
//!
//! Of `anyOf` progenitor makes one struct with a member for each branch, all
//! optional, into which most things decode as nothing; of `oneOf` an enum whose
//! variants are tried. So every union is a `oneOf`, the branch that asks for most
//! stands first, and scalars of one type, which cannot be told apart, are that
//! type. Which variant keeps most of a value, the polish pass `unions` tells.

use std::cmp::Reverse;

use serde_json::{Map, Value, json};

use super::{only_null, reach, referred};
use crate::facts::Facts;
use crate::load::Document;
use crate::report::Report;
use crate::walk::{self, Kind};

/// Leaves out the unions that stand beside a type without members: typify merges
/// the two, to a type that may not be there in the end.
pub(super) fn leave_out_beside_scalars(document: &mut Document, report: &mut Report) {
    walk::for_each_mut(&mut document.root, |at, kind, schema| {
        let (Kind::Schema, Value::Object(schema)) = (kind, schema) else {
            return;
        };
        let of = schema.get("type").and_then(Value::as_str);
        let Some(of @ ("array" | "boolean" | "integer" | "number" | "string")) = of else {
            return;
        };
        let what = format!("a union beside the type {of} → the type alone");
        let unions = ["anyOf", "oneOf"].map(|keyword| schema.shift_remove(keyword));
        if unions.iter().any(Option::is_some) {
            schema.shift_remove("discriminator");
            report.warn("union-beside-type", at, what);
        }
    });
}

/// Orders the branches of all unions of `document`.
pub(super) fn order(document: &mut Document) {
    // All that a branch can refer to.
    let schemas = document.at("/components/schemas").cloned();
    let original = Document {
        name: document.name.clone(),
        root: json!({"components": {"schemas": schemas}}),
    };
    walk::for_each_mut(&mut document.root, |_, kind, schema| {
        if let (Kind::Schema, Value::Object(schema)) = (kind, schema) {
            union(schema, &original);
        }
    });
}

/// Gives every union that a response can hold a last branch that takes
/// everything, so that a new kind of object does not fail the call.
pub(super) fn open_in_responses(document: &mut Document, facts: &Facts) {
    for at in reach::in_responses(document, facts) {
        if let Some(Value::Object(schema)) = document.at_mut(&at)
            && let Some(Value::Array(branches)) = schema.get_mut("oneOf")
            && !branches.contains(&only_null())
            && !branches.iter().any(takes_everything)
        {
            branches.push(json!({}));
        }
    }
}

fn union(schema: &mut Map<String, Value>, document: &Document) {
    let Some(keyword) = ["anyOf", "oneOf"]
        .into_iter()
        .find(|keyword| schema.contains_key(*keyword))
    else {
        return;
    };
    let Some(Value::Array(mut branches)) = schema.shift_remove(keyword) else {
        return;
    };
    let mut seen: Vec<Value> = Vec::new();
    branches.retain(|branch| {
        let is_new = !seen.contains(branch);
        if is_new {
            seen.push(branch.clone());
        }
        is_new
    });
    let is_nullable = branches.contains(&only_null());
    if is_nullable || branches.len() < 2 {
        schema.insert(keyword.to_owned(), branches.into());
        return;
    }
    let all_strings = branches
        .iter()
        .all(|branch| type_of(branch, document) == Some("string"));
    if all_strings && !schema.contains_key("type") {
        schema.insert("type".to_owned(), "string".into());
        schema.shift_remove("discriminator");
        return;
    }
    branches.sort_by_key(|branch| rank(branch, document));
    schema.insert("oneOf".to_owned(), branches.into());
}

fn type_of<'a>(branch: &'a Value, document: &'a Document) -> Option<&'a str> {
    let branch = match referred(branch) {
        Some(name) => document.at("/components/schemas")?.get(name)?,
        None => branch,
    };
    branch.get("type")?.as_str()
}

/// Where a branch stands: what asks for more before what asks for less, and what
/// takes everything last.
fn rank(branch: &Value, document: &Document) -> (u8, Reverse<usize>) {
    let followed = document.follow(branch).unwrap_or(branch);
    let conjuncts = followed.get("allOf").and_then(Value::as_array);
    let conjuncts = conjuncts.into_iter().flatten();
    let required: usize = conjuncts
        .map(|conjunct| document.follow(conjunct).unwrap_or(conjunct))
        .chain([followed])
        .filter_map(|schema| schema.get("required")?.as_array())
        .map(Vec::len)
        .sum();
    let kind = match type_of(branch, document) {
        _ if takes_everything(followed) => 6,
        Some("object") => 0,
        Some("array") => 1,
        Some("boolean") => 2,
        Some("integer") => 3,
        Some("number") => 4,
        Some("string") => 5,
        _ => 0,
    };
    (kind, Reverse(required))
}

fn takes_everything(schema: &Value) -> bool {
    let says_nothing = |key: &String| matches!(key.as_str(), "description" | "title" | "nullable");
    schema
        .as_object()
        .is_some_and(|schema| schema.keys().all(says_nothing))
}
