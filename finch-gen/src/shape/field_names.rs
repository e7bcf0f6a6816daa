//! Members that are fields, and no two of a type called the same.
//!
//! `id` and `_id` are two members, but would be one field. So the later gets a
//! number after its name, and between the two a character of Unicode's private
//! use area, at which the polish pass `field_names` cuts the number off again.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase as _;
use serde_json::{Map, Value};

use crate::load::Document;
use crate::report::Report;
use crate::type_names::{self, Taken};
use crate::walk::{self, Kind};

/// What stands between the name of a member and its number.
pub(crate) const MARK: char = '\u{E002}';

/// Numbers the members of which two would be called the same; whether there are
/// any.
pub(super) fn make_unique(document: &mut Document, report: &mut Report) -> bool {
    let mut has_numbered = false;
    for group in groups(document) {
        // typify keeps what else there is in a field of this name.
        let has_others = |at: &String| {
            let schema = document.at(at);
            let others = schema.and_then(|schema| schema.get("additionalProperties"));
            others.is_some_and(|others| *others != Value::Bool(false))
        };
        let others = group.iter().any(has_others).then(|| "extra".to_owned());
        let mut taken: Taken = others.into_iter().collect();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut renamed: BTreeMap<String, String> = BTreeMap::new();
        for at in &group {
            let schema = document.at(at).unwrap_or(&Value::Null);
            let properties = schema.get("properties").and_then(Value::as_object);
            // typify makes a field of a member that is only said to be required, too.
            let required = schema.get("required").and_then(Value::as_array);
            let required = required.into_iter().flatten().filter_map(Value::as_str);
            let properties = properties.into_iter().flat_map(Map::keys);
            for name in properties.map(String::as_str).chain(required) {
                if !seen.insert(name.to_owned()) {
                    continue;
                }
                let numbered = |count| format!("{name}{MARK}{count}");
                let new = taken.unique_with(name, field_name, numbered);
                if new != name {
                    let field = field_name(&new);
                    let what = format!("the member {name:?}, a field of which is there → {field}");
                    report.info("member-name", at, what);
                    renamed.insert(name.to_owned(), new);
                }
            }
        }
        if !renamed.is_empty() {
            has_numbered = true;
            for at in &group {
                if let Some(Value::Object(schema)) = document.at_mut(at) {
                    rename(schema, &renamed);
                }
            }
        }
    }
    has_numbered
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

/// The pointers of the schemas with members, those together of which one type is
/// made: a conjunction is merged, and with it each branch of a union in it.
fn groups(document: &Document) -> Vec<Vec<String>> {
    let mut group_of: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: Vec<Vec<String>> = Vec::new();
    walk::for_each(&document.root, |at, kind, schema| {
        let has = |keyword| schema.get(keyword).is_some();
        if kind != Kind::Schema || !has("properties") && !has("allOf") {
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

/// Adds to `joined` the pointers of what is merged with `schema`, which is at `at`: what
/// that is merged with in its turn is added where it stands itself, but for a union,
/// which is merged with nothing where it stands alone.
fn merged(document: &Document, at: &str, schema: &Value, joined: &mut Vec<String>) {
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let members = schema.get(keyword).and_then(Value::as_array);
        for (index, member) in members.into_iter().flatten().enumerate() {
            let reference = member.get("$ref").and_then(Value::as_str);
            let target = reference.and_then(|reference| document.resolve(reference));
            let inline = || (format!("{at}/{keyword}/{index}"), member);
            let (at, member) = target.unwrap_or_else(inline);
            if joined.contains(&at) {
                continue;
            }
            joined.push(at.clone());
            if member.get("properties").or(member.get("allOf")).is_none() {
                merged(document, &at, member, joined);
            }
        }
    }
}

/// Returns the name of the field of a property: what typify makes of it, in ASCII.
fn field_name(name: &str) -> String {
    match name {
        "+1" => return "plus1".to_owned(),
        "-1" => return "minus1".to_owned(),
        _ => {}
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let words = name
        .replace('\'', "")
        .replace(|c| !is_part(c), "-")
        .to_snake_case();
    if words.starts_with(char::is_alphabetic) {
        in_ascii(&words)
    } else {
        in_ascii(&format!("x{words}"))
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
