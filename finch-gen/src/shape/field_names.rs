//! Makes the field names of a type unique.
//!
//! `id` and `_id` are two properties, but typify gives both the field name `id`. So the later one
//! gets a number after its name, separated by a character of Unicode's private use area. The polish
//! pass `field_names` removes the number from the serialized name.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase as _;
use serde_json::{Map, Value};

use super::each_schema;
use crate::json::Fields as _;
use crate::load::Document;
use crate::report::Report;
use crate::type_names::{self, Taken};

/// The separator between the name of a property and its number.
pub(crate) const MARK: char = '\u{E002}';

/// Numbers the properties whose field names collide. Returns whether there are any, or any with a
/// name that is not ASCII.
pub(super) fn make_unique(document: &mut Document, report: &mut Report) -> bool {
    let mut has_special = false;
    each_schema(document, |_, schema| {
        has_special |= names(schema).any(|name| !name.is_ascii());
    });
    for group in groups(document) {
        // typify reserves this name for the undeclared properties.
        let has_others = |at: &String| {
            let others = document
                .at(at)
                .and_then(|of| of.get("additionalProperties"));
            others.is_some_and(|others| *others != Value::Bool(false))
        };
        let others = group.iter().any(has_others).then(|| "extra".to_owned());
        let mut taken: Taken = others.into_iter().collect();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut renamed: BTreeMap<String, String> = BTreeMap::new();
        for at in &group {
            let schema = document.at(at).unwrap_or(&Value::Null);
            for name in names(schema) {
                if !seen.insert(name.to_owned()) {
                    continue;
                }
                let numbered = |count| format!("{name}{MARK}{count}");
                let new = taken.unique_with(name, field_name, numbered);
                if new != name {
                    let field = field_name(&new);
                    let what = format!("property {name:?}, whose field name is taken → {field}");
                    report.info("member-name", at, what);
                    renamed.insert(name.to_owned(), new);
                }
            }
        }
        if !renamed.is_empty() {
            has_special = true;
            for at in &group {
                if let Some(Value::Object(schema)) = document.at_mut(at) {
                    rename(schema, &renamed);
                }
            }
        }
    }
    has_special
}

/// Returns the names of the properties of `schema`. typify also emits a field for a name that is
/// only in `required`.
fn names(schema: &Value) -> impl Iterator<Item = &str> {
    let properties = schema
        .field("properties")
        .fields()
        .map(|(name, _)| name.as_str());
    properties.chain(schema.list("required").iter().filter_map(Value::as_str))
}

fn rename(schema: &mut Map<String, Value>, renamed: &BTreeMap<String, String>) {
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        *properties = std::mem::take(properties)
            .into_iter()
            .map(|(name, property)| (renamed.get(&name).cloned().unwrap_or(name), property))
            .collect();
    }
    let required = schema.get_mut("required").and_then(Value::as_array_mut);
    for name in required.into_iter().flatten() {
        if let Some(new) = name.as_str().and_then(|name| renamed.get(name)) {
            *name = new.as_str().into();
        }
    }
}

/// Groups the pointers of the schemas with properties by the type that typify merges them into. It
/// merges the schemas of a conjunction, and each branch of a union in it.
fn groups(document: &Document) -> Vec<Vec<String>> {
    let mut group_of: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<String>> = Vec::new();
    each_schema(document, |at, schema| {
        if !schema.has_any(&["properties", "allOf"]) {
            return;
        }
        let mut joined = Vec::new();
        let at = at.pointer();
        merged(document, &at, schema, &mut joined);
        joined.push(at);
        let mut known: BTreeSet<usize> = BTreeSet::new();
        known.extend(joined.iter().filter_map(|at| group_of.get(at)));
        let index = known.first().copied().unwrap_or(groups.len());
        groups.resize(groups.len().max(index + 1), Vec::new());
        for other in known.into_iter().filter(|other| *other != index) {
            joined.extend(std::mem::take(&mut groups[other]));
        }
        for at in joined {
            if group_of.insert(at.clone(), index) != Some(index) {
                groups[index].push(at);
            }
        }
    });
    groups
}

/// Adds to `joined` the pointers of the schemas that typify merges with `schema`, which is at `at`.
/// A nested conjunction adds its own schemas when the walk visits it. A nested union does not,
/// because typify merges nothing into a union on its own.
fn merged(document: &Document, at: &str, schema: &Value, joined: &mut Vec<String>) {
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for (index, member) in schema.list(keyword).iter().enumerate() {
            let reference = member.text("$ref");
            let target = reference.and_then(|reference| document.resolve(reference));
            let inline = || (format!("{at}/{keyword}/{index}"), member);
            let (at, member) = target.unwrap_or_else(inline);
            if joined.contains(&at) {
                continue;
            }
            joined.push(at.clone());
            if !member.has_any(&["properties", "allOf"]) {
                merged(document, &at, member, joined);
            }
        }
    }
}

/// Returns the field name that typify gives a property, in ASCII.
fn field_name(name: &str) -> String {
    match name {
        "+1" => return "plus1".to_owned(),
        "-1" => return "minus1".to_owned(),
        _ => {}
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let words = name.replace('\'', "").replace(|c| !is_part(c), "-");
    let words = words.to_snake_case();
    match words.starts_with(char::is_alphabetic) {
        true => in_ascii(&words),
        false => in_ascii(&format!("x{words}")),
    }
}

/// Returns `name`, the name of a field, with its letters transliterated to ASCII.
pub(crate) fn in_ascii(name: &str) -> String {
    let name = match name.is_ascii() {
        true => name.to_owned(),
        false => type_names::words(name).to_snake_case(),
    };
    match name.chars().next() {
        None | Some('0'..='9') => format!("x{name}"),
        _ if syn::parse_str::<syn::Ident>(&name).is_err() => format!("{name}_"),
        _ => name,
    }
}
