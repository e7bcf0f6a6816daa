//! Makes each union a `oneOf`, for which progenitor emits an enum. For an `anyOf`, it emits a
//! struct with an optional field for each branch, and most values decode into it as nothing.
//!
//! A union gets a last branch that accepts any JSON if a response can contain it, so that a new
//! kind of object does not fail the call. An `anyOf` of objects also gets one if no tag
//! distinguishes them: a value that matches several branches at once may fit no single variant. A
//! union next to a scalar or array type is dropped with a warning, and the type stays.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::listed_values::Visits;
use super::{
    SCHEMAS, each_schema, each_schema_mut, is_only_null, origin, roles, schemas_mut, variant_tags,
};
use crate::api_model::ApiModel;
use crate::json::Fields as _;
use crate::load::Document;
use crate::pointer;

use crate::report::Report;

/// Marks a branch that the document does not have: it holds the values that fit no other branch.
pub(super) const FALLBACK: &str = "x-\u{E000}fallback";

/// Drops unions with a sibling scalar or array type: typify merges the two, and may refer to a type
/// that it does not emit.
pub(super) fn drop_unions_next_to_scalars(document: &mut Document, report: &mut Report) {
    let mut dropped = Vec::new();
    each_schema_mut(document, |at, schema| {
        let of = schema.text("type");
        let Some(of @ ("array" | "boolean" | "integer" | "number" | "string")) = of else {
            return;
        };
        let what = format!("a union next to the type {of} → only the type");
        let unions = ["anyOf", "oneOf"].map(|keyword| schema.shift_remove(keyword));
        if unions.iter().any(Option::is_some) {
            schema.shift_remove("discriminator");
            dropped.push((at.pointer(), what));
        }
    });
    for (at, what) in dropped {
        report.warn("union-beside-type", &origin(document, &at), what);
    }
}

/// Makes each union in `document` a `oneOf`, with the branch that accepts every value last.
pub(super) fn order(document: &mut Document) {
    // Compare the branches before any of them changes.
    let visits = Visits::of_pass(document);
    let mut ordered = Vec::new();
    each_schema(document, |at, schema| {
        if let Some(union) = Ordered::find(schema, document, &visits) {
            ordered.push((at.pointer(), union));
        }
    });
    // Change inner unions first, so that the pointers stay valid.
    for (at, union) in ordered.into_iter().rev() {
        if let Some(Value::Object(schema)) = document.at_mut(&at) {
            union.write(schema);
        }
    }
}

/// Adds a last branch that accepts every value to each union that can be received, so that a new
/// kind of object does not fail the call. Skips a union that only requests use. A union that no
/// operation uses may belong to an error or a webhook, so it gets the branch, too.
pub(super) fn open_received_unions(document: &mut Document, model: &ApiModel) {
    let in_responses = roles::in_responses(document, model);
    let in_requests = roles::in_requests(document, model);
    for (name, schema) in schemas_mut(document).into_iter().flatten() {
        let at = pointer::join(SCHEMAS, name);
        if (in_responses.contains(&at) || !in_requests.contains(&at))
            && let Some(Value::Array(branches)) = schema.get_mut("oneOf")
            && !branches.iter().any(is_only_null)
            && !branches.iter().any(takes_everything)
        {
            branches.push(json!({FALLBACK: true}));
        }
    }
}

/// The new form of a union.
struct Ordered {
    keyword: &'static str,
    /// The new keyword.
    becomes: &'static str,
    /// The remaining branches, in order.
    branches: Vec<usize>,
    /// Whether one value can match several branches at once.
    overlaps: bool,
}

impl Ordered {
    /// Returns the new form of `schema`, if it is a union.
    fn find(schema: &Value, document: &Document, visits: &Visits) -> Option<Self> {
        let mut unions = ["anyOf", "oneOf"].into_iter();
        let keyword = unions.find(|keyword| schema.has(keyword))?;
        let all = schema.get(keyword)?.as_array()?;
        let mut seen = HashSet::with_capacity(all.len());
        let mut branches: Vec<usize> = (0..all.len()).collect();
        branches.retain(|index| seen.insert(&all[*index]));
        let becomes = if branches.len() < 2 || all.iter().any(is_only_null) {
            keyword
        } else {
            let followed = |index: usize| document.follow(&all[index]).unwrap_or(&all[index]);
            branches.sort_by_key(|index| takes_everything(followed(*index)));
            "oneOf"
        };
        Some(Self {
            keyword,
            becomes,
            overlaps: keyword == "anyOf"
                && !schema.has("discriminator")
                && overlap(all, document, visits),
            branches,
        })
    }

    fn write(self, schema: &mut Map<String, Value>) {
        let Some(Value::Array(mut all)) = schema.shift_remove(self.keyword) else {
            return;
        };
        let branches = self.branches.iter().map(|index| all[*index].take());
        let mut branches: Vec<Value> = branches.collect();
        if self.overlaps && !branches.iter().any(takes_everything) {
            branches.push(json!({FALLBACK: true}));
        }
        schema.insert(self.becomes.to_owned(), branches.into());
    }
}

/// Whether an object can match several of `branches` at once.
fn overlap(branches: &[Value], document: &Document, visits: &Visits) -> bool {
    let is_object = |branch: &&Value| {
        let followed = document.follow(branch).unwrap_or(branch);
        followed.is_type("object") || !followed.has("type") && followed.has("allOf")
    };
    let objects: Vec<&Value> = branches.iter().filter(is_object).collect();
    objects.len() > 1 && !variant_tags::are_distinguished(document, &objects, visits)
}

pub(super) fn takes_everything(schema: &Value) -> bool {
    let annotations = ["description", "title", "nullable", FALLBACK];
    let says_nothing = |key: &String| annotations.contains(&key.as_str());
    let schema = schema.as_object();
    schema.is_some_and(|schema| schema.keys().all(says_nothing))
}
