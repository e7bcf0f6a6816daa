//! Whether every reference leads somewhere.

use serde_json::Value;

use crate::load::Document;
use crate::problem::Problems;
use crate::walk;

pub(super) fn check(document: &Document) -> Result<(), Problems> {
    let mut problems = Problems::default();
    for place in walk::places(&document.root) {
        let object = document.root.pointer(&place.pointer);
        let Some(reference) = object.and_then(|object| object.get("$ref")) else {
            continue;
        };
        let at = format!("{}/$ref", place.pointer);
        match reference {
            Value::String(reference) if document.resolve(reference).is_some() => {}
            Value::String(reference) if !reference.starts_with('#') => {
                problems.push(document.problem(
                    at,
                    format!("the reference {reference:?} leaves the document"),
                    "bundle the other file into this one",
                ));
            }
            reference => problems.push(document.problem(
                at,
                format!("the reference {reference} leads nowhere"),
                "define what it names, or correct it through the overlay",
            )),
        }
    }
    problems.or(())
}
