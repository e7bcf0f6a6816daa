//! References to anything except a schema. Schemas have more ways to refer to each other: see
//! `schema::references`.

use serde_json::Value;

use crate::bundle::BUNDLER;
use crate::load::Document;
use crate::pointer;
use crate::problem::Problems;
use crate::reachability::METHODS;
use crate::report::Report;
use crate::walk::{self, Kind};

/// Refuses references that do not resolve, or that resolve to another kind of object.
pub(super) fn check(document: &Document, problems: &mut Problems) {
    walk::for_each(&document.root, |at, kind, object| {
        let Some(reference) = object.get("$ref").filter(|_| kind != Kind::Schema) else {
            return;
        };
        let at = at.pointer();
        let section = section(&at);
        let at = format!("{at}/$ref");
        let found = reference
            .as_str()
            .and_then(|reference| document.resolve(reference));
        match (reference, found) {
            (_, Some((target, _))) => {
                if let Some(section) = section.filter(|_| self::section(&target) != section) {
                    problems.push(document.problem(
                        at,
                        format!(
                            "the reference {reference} does not lead to `components/{section}`"
                        ),
                        "move the target there through the overlay",
                    ));
                }
            }
            (Value::String(reference), None) if !reference.starts_with('#') => {
                problems.push(document.problem(
                    at,
                    format!("the reference {reference:?} leaves the document"),
                    BUNDLER,
                ));
            }
            (reference, None) => {
                let target = reference.as_str().and_then(pointer::of_reference);
                let target = target.and_then(|at| document.at(&at));
                let what = match target {
                    Some(_) => "leads only to other references",
                    None => "leads nowhere",
                };
                problems.push(document.problem(
                    at,
                    format!("the reference {reference} {what}"),
                    "define its target, or correct it through the overlay",
                ));
            }
        }
    });
}

/// Inlines references of an operation to an object of the right kind that is not a component.
/// Bundled documents contain them. progenitor only looks up components, and by the name as
/// written.
pub(super) fn inline_targets(document: &mut Document, report: &mut Report) {
    let mut found: Vec<(String, Value)> = Vec::new();
    walk::for_each(&document.root, |at, kind, object| {
        let reference = object.get("$ref").and_then(Value::as_str);
        let Some(reference) = reference.filter(|_| kind != Kind::Schema) else {
            return;
        };
        let at = at.pointer();
        let Some(section) = section(&at) else {
            return;
        };
        let prefix = format!("#/components/{section}/");
        let component = reference.strip_prefix(&prefix);
        let component = component.and_then(|name| document.root["components"][section].get(name));
        if component.is_none()
            && let Some((target, value)) = document.resolve(reference)
            && self::section(&target) == Some(section)
        {
            found.push((at, value.clone()));
        }
    });
    for (at, target) in found {
        if let Some(place) = document.at_mut(&at) {
            *place = target;
            let what = "reference to a part outside of `components` → its target, inlined";
            report.info("ref-inlined", &at, what);
        }
    }
}

/// Returns the section of the components that could hold the object at `at`.
fn section(at: &str) -> Option<&'static str> {
    let mut tokens = at.rsplit('/');
    match (tokens.next()?, tokens.next()?) {
        ("requestBody", method) if METHODS.contains(&method) => Some("requestBodies"),
        (_, "requestBodies") => Some("requestBodies"),
        (_, "responses") => Some("responses"),
        (_, "parameters") => Some("parameters"),
        _ => None,
    }
}
