//! Splits a document into pages as documentation sites do.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// Returns a page for each operation and webhook of `document`, by its name: a complete
/// document with only the components that it needs.
pub(crate) fn pages(document: &Value) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for member in ["paths", "webhooks"] {
        for (path, item) in document[member].as_object().into_iter().flatten() {
            for (method, _) in item.as_object().unwrap() {
                if !["get", "put", "post", "delete"].contains(&method.as_str()) {
                    continue;
                }
                let about = match member {
                    "paths" => format!("{} {path}", method.to_uppercase()),
                    _ => format!("webhook {path}"),
                };
                let name = format!(
                    "/{member}/{method}-{}.md",
                    path.replace(['/', '{', '}'], "_")
                );
                let part = part(document, member, path, method);
                pages.push((name, page(&about, &part)));
            }
        }
    }
    pages
}

fn page(about: &str, part: &Value) -> String {
    format!(
        "> ## Documentation Index\n> See /llms.txt\n\n# Title\n\n> Its description\n\n\n\n\
         ## OpenAPI\n\n````yaml {about}\n{part:#}\n\n````\n"
    )
}

fn part(document: &Value, member: &str, path: &str, method: &str) -> Value {
    let mut item = document[member][path].clone();
    let others = ["get", "put", "post", "delete"].into_iter();
    for other in others.filter(|other| *other != method) {
        item.as_object_mut().unwrap().remove(other);
    }
    let mut part = document.clone();
    for member in ["paths", "webhooks", "components"] {
        part.as_object_mut().unwrap().remove(member);
    }
    part[member] = json!({path: item});
    let needed = needed(document, &part);
    if !needed.is_empty() {
        part["components"] = needed.into();
    }
    part
}

/// Returns the components that `part` needs, directly or through others.
fn needed(document: &Value, part: &Value) -> Map<String, Value> {
    let mut names = BTreeSet::new();
    let mut next = vec![part];
    while let Some(value) = next.pop() {
        let mut found = Vec::new();
        collect(value, &mut found);
        for pointer in found {
            if names.insert(pointer.clone()) {
                next.push(document.pointer(&pointer).unwrap());
            }
        }
    }
    let mut needed = Map::new();
    for pointer in names {
        let [_, _, kind, name] = pointer.split('/').collect::<Vec<_>>()[..] else {
            panic!("{pointer}");
        };
        let of_kind = needed.entry(kind).or_insert_with(|| json!({}));
        of_kind[name] = document.pointer(&pointer).unwrap().clone();
    }
    needed
}

/// Collects the pointers of the components that `value` refers to.
fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member) {
                    ("$ref", Value::String(reference)) => {
                        found.push(reference.trim_start_matches('#').to_owned());
                    }
                    ("security", Value::Array(requirements)) => {
                        let schemes = requirements.iter().filter_map(Value::as_object);
                        let schemes = schemes.flat_map(Map::keys);
                        found.extend(schemes.map(|it| format!("/components/securitySchemes/{it}")));
                    }
                    _ => collect(member, found),
                }
            }
        }
        _ => {}
    }
}
