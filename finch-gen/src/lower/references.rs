//! Checks references to anything except a schema, and inlines targets that are not components.
//!
//! Refuses a reference that leaves the document, leads nowhere, or leads to another kind of object.
//! A reference to `#/paths/~1a/get/responses/200`, which bundlers write, becomes a copy of its
//! target. progenitor only looks up components.
//!
//! Schemas have more ways to refer to each other: see `schema::references`.

use serde_json::Value;

use crate::bundle::BUNDLER;
use crate::json::Fields as _;
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
        let text = reference.as_str();
        let (what, remedy) = match text.and_then(|text| document.resolve(text)) {
            Some((target, _)) => {
                let Some(section) = section.filter(|_| self::section(&target) != section) else {
                    return;
                };
                let what = format!("does not lead to `components/{section}`");
                (what, "move the target there through the overlay")
            }
            None if text.is_some_and(|text| !text.starts_with('#')) => {
                ("leaves the document".to_owned(), BUNDLER)
            }
            None => {
                let target = text.and_then(pointer::of_reference);
                let what = match target.and_then(|at| document.at(&at)) {
                    Some(_) => "leads only to other references",
                    None => "leads nowhere",
                };
                let remedy = "define its target, or correct it through the overlay";
                (what.to_owned(), remedy)
            }
        };
        let what = format!("the reference {reference} {what}");
        problems.push(document.problem(format!("{at}/$ref"), what, remedy));
    });
}

/// Inlines references of an operation to an object of the right kind that is not a component.
/// Bundled documents contain them. progenitor only looks up components, and by the name as
/// written.
pub(super) fn inline_targets(document: &mut Document, report: &mut Report) {
    let mut found: Vec<(String, Value)> = Vec::new();
    walk::for_each(&document.root, |at, kind, object| {
        let reference = object.text("$ref").filter(|_| kind != Kind::Schema);
        let Some(reference) = reference else { return };
        let at = at.pointer();
        let Some(section) = section(&at) else { return };
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
