//! Whether every reference to anything but a schema leads somewhere: of
//! schemas there are more ways to refer to one, see `schema::references`.

use serde_json::Value;

use crate::load::Document;
use crate::pointer;
use crate::problem::Problems;
use crate::walk::{self, Kind};

pub(super) fn check(document: &Document, problems: &mut Problems) {
    walk::for_each(&document.root, |at, kind, object| {
        let Some(reference) = object.get("$ref").filter(|_| kind != Kind::Schema) else {
            return;
        };
        let at = format!("{}/$ref", at.pointer());
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
                let target = target.and_then(|at| document.at(&at));
                let what = match target {
                    Some(_) => "leads by references to nothing but references",
                    None => "leads nowhere",
                };
                problems.push(document.problem(
                    at,
                    format!("the reference {reference} {what}"),
                    "define what it names, or correct it through the overlay",
                ));
            }
        }
    });
}
