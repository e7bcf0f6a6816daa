//! Whether every reference to anything but a schema leads somewhere: of
//! schemas there are more ways to refer to one, see `schema::references`.

use serde_json::Value;

use crate::load::Document;
use crate::pointer;
use crate::problem::Problems;
use crate::walk::{self, Kind};

pub(super) fn check(document: &Document, problems: &mut Problems) {
    for place in walk::places(&document.root) {
        if place.kind == Kind::Schema {
            continue;
        }
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
            reference => {
                let target = reference.as_str().and_then(pointer::of_reference);
                let target = target.and_then(|at| document.root.pointer(&at));
                let what = match target {
                    Some(_) => "leads by references to nothing but itself",
                    None => "leads nowhere",
                };
                problems.push(document.problem(
                    at,
                    format!("the reference {reference} {what}"),
                    "define what it names, or correct it through the overlay",
                ));
            }
        }
    }
}
