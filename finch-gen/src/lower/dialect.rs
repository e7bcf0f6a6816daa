//! Whether a document is OpenAPI, and of a version that can be lowered.

use serde_json::Value;

use crate::load::{Document, kind};
use crate::problem::{Problem, Problems};

const REMEDY: &str = "give an OpenAPI 3.0 or 3.1 document";

pub(super) fn check(document: &Document) -> Result<(), Problems> {
    version(document)?;
    let mut problems = Problems::default();
    for (pointer, expected, is_expected) in [
        (
            "/info/title",
            "a string",
            Value::is_string as fn(&Value) -> bool,
        ),
        ("/info/version", "a string", Value::is_string),
        ("/paths", "a mapping", Value::is_object),
    ] {
        let value = document.root.pointer(pointer);
        if !value.is_some_and(is_expected) {
            let found = value.map_or("nothing", kind);
            let what = format!("expected {expected}, found {found}");
            problems.push(document.problem(pointer, what, REMEDY));
        }
    }
    problems.or(())
}

fn version(document: &Document) -> Result<(), Problem> {
    let what = match document.root.get("openapi") {
        Some(Value::String(version)) => {
            let mut parts = version.split('.');
            match (parts.next(), parts.next(), parts.next()) {
                (Some("3"), Some("0" | "1"), Some(_)) => return Ok(()),
                _ => format!("OpenAPI version {version:?} is not supported"),
            }
        }
        Some(other) => format!("expected a version in quotes, found {}", kind(other)),
        None => {
            let what = match document.root.get("swagger") {
                Some(_) => "a Swagger 2.0 document",
                None => "not an OpenAPI document: the member `openapi` is missing",
            };
            return Err(document.problem("", what, REMEDY));
        }
    };
    Err(document.problem("/openapi", what, REMEDY))
}
