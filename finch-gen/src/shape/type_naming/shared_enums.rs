//! Joins the inline enums of equal properties into one type: two operations with the parameter
//! `sort: {enum: [asc, desc]}` share one enum.
//!
//! The properties must have the same name (or title) and the same values. With one type for all of
//! them, a value from one call is valid in another. Where their descriptions or defaults differ,
//! the joined enum drops them.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::{GENERIC, ITEMS, SUFFIX, candidates, schemas_mut, singular, steps};
use crate::json::Fields as _;
use crate::load::Document;
use crate::provenance;
use crate::type_names;

/// Words that are too vague to name a type.
const WEAK: [&str; 2] = ["Kind", "Type"];

/// The result of joining enums.
#[derive(Default)]
pub(super) struct Joined {
    /// The key of the component that replaces another.
    pub(super) replaced: HashMap<String, String>,
    /// The names for each shared enum, best first, by its key.
    pub(super) candidates: HashMap<String, Vec<String>>,
}

/// Joins the formerly inline enums with the same property name and the same values.
pub(super) fn join(document: &mut Document, labels: &HashMap<String, String>) -> Joined {
    let mut joined = Joined::default();
    let Some(schemas) = schemas_mut(document) else {
        return joined;
    };
    // The keys of equal enums in document order, by their word and their content.
    let mut all: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (key, schema) in schemas.iter() {
        // Few schemas are enums, and finding a word takes long.
        if let Some(content) = content(schema)
            && let Some(word) = word(key, labels)
        {
            all.entry((word, content)).or_default().push(key.clone());
        }
    }
    for ((word, _), keys) in all {
        let [first, others @ ..] = keys.as_slice() else {
            continue;
        };
        if others.is_empty() {
            continue;
        }
        let names = names(&word, &keys, &schemas[first], labels);
        joined.candidates.insert(first.clone(), names);
        let text =
            |key: &String| provenance::strip(schemas[key].text("description").unwrap_or_default());
        let have_own_texts = others.iter().any(|other| text(other) != text(first));
        let default = |key: &String| schemas[key].get("default");
        let have_own_defaults = others.iter().any(|other| default(other) != default(first));
        if let Some(Value::Object(schema)) = schemas.get_mut(first) {
            if have_own_texts {
                keep_only_place(schema);
            }
            if have_own_defaults {
                schema.shift_remove("default");
            }
        }
        for other in others {
            schemas.shift_remove(other);
            joined.replaced.insert(other.clone(), first.clone());
        }
    }
    joined
}

/// Returns the title, or else the name of the property, of the enum `key`.
fn word(key: &str, labels: &HashMap<String, String>) -> Option<String> {
    let steps = steps(key, labels);
    let last = steps.iter().rev().find(|step| step.made_of != ITEMS)?;
    let is_property = steps.len() > 1 && last.is_word() && !key.contains(SUFFIX);
    let title = steps.last().and_then(|step| step.title);
    is_property.then(|| singular(title.unwrap_or(last.made_of)))
}

/// Returns the keywords of the enum `schema` that two uses of one type must share, as text.
fn content(schema: &Value) -> Option<String> {
    schema.get("enum")?;
    let members = schema.as_object()?.iter();
    let is_own = |keyword: &str| matches!(keyword, "description" | "default");
    let members = members.filter(|(keyword, _)| !is_own(keyword));
    let mut members: Vec<(&String, &Value)> = members.collect();
    members.sort_by_key(|(keyword, _)| *keyword);
    serde_json::to_string(&members).ok()
}

/// Reduces the description of `schema` to its place: each property has its own text.
fn keep_only_place(schema: &mut Map<String, Value>) {
    if let Some(place) = schema.text("description").and_then(provenance::first_mark) {
        let description = provenance::with_mark("", &place);
        schema.insert("description".to_owned(), description.into());
    }
}

/// Returns the names for the enum `schema`, which replaces the components `keys`, best first.
/// They do not depend on the order of the document.
fn names(
    word: &str,
    keys: &[String],
    schema: &Value,
    labels: &HashMap<String, String>,
) -> Vec<String> {
    let only = match schema.list("enum") {
        [Value::String(only)] => type_names::camel_case(only),
        _ => String::new(),
    };
    let is_weak = GENERIC.contains(&word) || WEAK.contains(&word);
    let mut names = Vec::new();
    if !is_weak || !only.is_empty() {
        names.push(type_names::type_name(&format!("{word}{only}")));
    }
    let others = keys.iter().flat_map(|key| candidates(key, labels));
    let mut others: Vec<String> = others.collect();
    others.sort_by_cached_key(|name| (name.len(), name.clone()));
    others.dedup();
    names.extend(others);
    names
}
