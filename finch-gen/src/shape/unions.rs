//! Orders the branches of unions so that the intended one comes first.
//!
//! For an `anyOf`, progenitor emits a struct with an optional field for each branch, and most
//! values decode into it as nothing. For a `oneOf`, it emits an enum and tries each variant. So
//! every union becomes a `oneOf`, and the branch with most requirements comes first. Scalars of one
//! type cannot be distinguished, so they become that type. The polish pass `unions` selects the
//! variant that keeps most of a value. A value that matches several branches at once may fit no
//! single variant, so such a union accepts any JSON, too.

use std::cmp::Reverse;
use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::request_bodies::FILE;
use super::{alias, only_null, roles, variant_tags};
use crate::api_model::ApiModel;
use crate::load::Document;
use crate::pointer;
use crate::provenance;
use crate::report::Report;
use crate::walk::{self, Kind};

/// Marks a branch that the document does not have: it holds the values that fit no other branch.
pub(super) const FALLBACK: &str = "x-\u{E000}fallback";

/// Drops unions with a sibling scalar or array type: typify merges the two, and may refer to a type
/// that it does not emit.
pub(super) fn drop_unions_next_to_scalars(document: &mut Document, report: &mut Report) {
    let mut dropped = Vec::new();
    walk::for_each_mut(&mut document.root, |at, kind, schema| {
        let (Kind::Schema, Value::Object(schema)) = (kind, schema) else {
            return;
        };
        let of = schema.get("type").and_then(Value::as_str);
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
        let at = provenance::origin(document, &at).unwrap_or(at);
        report.warn("union-beside-type", &at, what);
    }
}

/// Orders the branches of all unions in `document`. Reports the unions of strings that are no
/// longer enums.
pub(super) fn order(document: &mut Document, report: &mut Report) {
    // Compare the branches before any of them changes.
    let mut ordered = Vec::new();
    walk::for_each(&document.root, |at, kind, schema| {
        if let (Kind::Schema, Value::Object(schema)) = (kind, schema)
            && let Some(union) = Ordered::find(schema, document)
        {
            let at = at.pointer();
            let lists_values = |branch: &Value| {
                let branch = document.follow(branch).unwrap_or(branch);
                branch.get("enum").is_some()
            };
            if union.becomes.is_none()
                && let Some(Value::Array(branches)) = schema.get(union.keyword)
                && branches.iter().any(lists_values)
            {
                let place = provenance::origin(document, &at).unwrap_or_default();
                let what = "a union of strings, some with an `enum` → a string with any value";
                report.warn("enum-dropped", &place, what);
            }
            ordered.push((at, union));
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
    let components = document.keys("/components/schemas").into_iter();
    let components = components.map(|name| pointer::join("/components/schemas", &name));
    let received = components.filter(|at| in_responses.contains(at) || !in_requests.contains(at));
    for at in received {
        if let Some(Value::Object(schema)) = document.at_mut(&at)
            && let Some(Value::Array(branches)) = schema.get_mut("oneOf")
            && !branches.contains(&only_null())
            && !branches.iter().any(takes_everything)
        {
            branches.push(json!({FALLBACK: true}));
        }
    }
}

/// The new form of a union.
struct Ordered {
    keyword: &'static str,
    /// The new keyword, or `None` if the union becomes a string.
    becomes: Option<&'static str>,
    /// The remaining branches, in order.
    branches: Vec<usize>,
    /// Whether one value can match several branches at once.
    overlaps: bool,
}

impl Ordered {
    /// Returns the new form of `schema`, if it is a union.
    fn find(schema: &Map<String, Value>, document: &Document) -> Option<Self> {
        let mut unions = ["anyOf", "oneOf"].into_iter();
        let keyword = unions.find(|keyword| schema.contains_key(*keyword))?;
        let all = schema.get(keyword)?.as_array()?;
        let mut seen = HashSet::with_capacity(all.len());
        let mut branches: Vec<usize> = (0..all.len())
            .filter(|index| seen.insert(&all[*index]))
            .collect();
        let is_string = |branch: &Value| {
            type_of(branch, document) == Some("string")
                && branch.get("format") != Some(&FILE.into())
        };
        let becomes = if branches.len() < 2 || all.contains(&only_null()) {
            Some(keyword)
        } else if !schema.contains_key("type") && all.iter().all(is_string) {
            None
        } else {
            branches.sort_by_cached_key(|index| rank(&all[*index], document));
            Some("oneOf")
        };
        Some(Self {
            keyword,
            becomes,
            overlaps: keyword == "anyOf"
                && !schema.contains_key("discriminator")
                && overlap(all, document),
            branches,
        })
    }

    fn write(self, schema: &mut Map<String, Value>) {
        let Some(Value::Array(mut all)) = schema.shift_remove(self.keyword) else {
            return;
        };
        match self.becomes {
            Some(keyword) => {
                let branches = self.branches.iter().map(|index| all[*index].take());
                let mut branches: Vec<Value> = branches.collect();
                if self.overlaps && !branches.iter().any(takes_everything) {
                    branches.push(json!({FALLBACK: true}));
                }
                schema.insert(keyword.to_owned(), branches.into());
            }
            None => {
                schema.insert("type".to_owned(), "string".into());
                schema.shift_remove("discriminator");
            }
        }
    }
}

/// Whether an object can match several of `branches` at once.
fn overlap(branches: &[Value], document: &Document) -> bool {
    let is_object = |branch: &&Value| {
        let followed = document.follow(branch).unwrap_or(branch);
        let of = followed.get("type").and_then(Value::as_str);
        of == Some("object") || of.is_none() && followed.get("allOf").is_some()
    };
    let objects: Vec<&Value> = branches.iter().filter(is_object).collect();
    objects.len() > 1 && !variant_tags::are_distinguished(document, &objects)
}

fn type_of<'a>(branch: &'a Value, document: &'a Document) -> Option<&'a str> {
    let branch = match alias(branch) {
        Some(name) => document.at("/components/schemas")?.get(name)?,
        None => branch,
    };
    branch.get("type")?.as_str()
}

/// Returns the sort key of a branch. Branches with more requirements come first, and a branch that
/// accepts everything comes last.
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

pub(super) fn takes_everything(schema: &Value) -> bool {
    let says_nothing = |key: &String| {
        matches!(
            key.as_str(),
            "description" | "title" | "nullable" | FALLBACK
        )
    };
    schema
        .as_object()
        .is_some_and(|schema| schema.keys().all(says_nothing))
}
