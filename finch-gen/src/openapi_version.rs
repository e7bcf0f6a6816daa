//! openapi_version: checks that a document is OpenAPI 3.0 or 3.1, and that its outermost fields
//! have the right types.
//!
//! Refuses Swagger 2.0, other versions of OpenAPI, and for example a list in `paths`. Accepts a
//! document without `paths`, `info.title` or `info.version`.
//!
//! The OpenAPI version is checked before the overlay is applied. Otherwise, a document in another
//! format would be reported as a mistake of the overlay. The rest is checked after it, because the
//! overlay may correct it.

use serde_json::Value;

use crate::load::{Document, kind};
use crate::problem::{Problem, Problems};

const REMEDY: &str = "give an OpenAPI 3.0 or 3.1 document";
/// The remedy for a document that is not valid OpenAPI. It may belong to somebody else.
pub(crate) const CORRECT: &str = "correct it in the document, or through the overlay";

/// Checks the version, and the types of `paths`, of `components`, and of the fields of `info`.
///
/// # Errors
///
/// Describes the actual format, or each field with the wrong type.
pub fn check(document: &Document) -> Result<(), Problems> {
    check_version(document)?;
    let mut problems = Problems::default();
    for (pointer, expected, is_expected) in [
        (
            "/info/title",
            "a string",
            Value::is_string as fn(&Value) -> bool,
        ),
        ("/info/version", "a string", |version| {
            version.is_string() || version.is_number()
        }),
        ("/paths", "a mapping", Value::is_object),
        ("/components", "a mapping", Value::is_object),
        ("/components/schemas", "a mapping", Value::is_object),
    ] {
        // Lowering treats a missing title or version as unknown. A 3.1 document may only have
        // webhooks or components, and many 3.0 documents do, too.
        let Some(value) = document.at(pointer) else {
            continue;
        };
        let may_be_null = pointer != "/paths";
        if !(is_expected(value) || may_be_null && value.is_null()) {
            let what = format!("expected {expected}, found {}", kind(value));
            problems.push(document.problem(pointer, what, CORRECT));
        }
    }
    problems.or(())
}

/// Checks that `document` declares OpenAPI 3.0 or 3.1.
///
/// # Errors
///
/// Describes the actual format.
pub(crate) fn check_version(document: &Document) -> Result<(), Problem> {
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
                None => "not an OpenAPI document: the field `openapi` is missing",
            };
            return Err(document.problem("", what, REMEDY));
        }
    };
    Err(document.problem("/openapi", what, REMEDY))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{Text, load};

    #[test]
    fn unsupported_documents_are_refused() {
        let name = "api.yaml";
        for (text, message) in [
            (
                "a: 1",
                "api.yaml: not an OpenAPI document: the field `openapi` is missing",
            ),
            ("swagger: '2.0'", "api.yaml: a Swagger 2.0 document"),
            (
                "openapi: 3.1",
                "api.yaml: /openapi: expected a version in quotes, found a number",
            ),
            (
                "openapi: 3.2.0",
                "api.yaml: /openapi: OpenAPI version \"3.2.0\" is not supported",
            ),
            (
                "openapi: 3.10.0",
                "api.yaml: /openapi: OpenAPI version \"3.10.0\" is not supported",
            ),
            (
                "openapi: '3.1'",
                "api.yaml: /openapi: OpenAPI version \"3.1\" is not supported",
            ),
            (
                "{openapi: 3.0.0, info: {title: 1, version: '1'}, paths: {}}",
                "api.yaml: /info/title: expected a string, found a number",
            ),
            (
                "{openapi: 3.0.0, info: {title: T, version: true}, paths: {}}",
                "api.yaml: /info/version: expected a string, found a boolean",
            ),
            (
                "{openapi: 3.0.0, info: {title: T, version: 1}, paths: []}",
                "api.yaml: /paths: expected a mapping, found a list",
            ),
            (
                "{openapi: 3.1.0, info: {title: T, version: '1'}, components: a}",
                "api.yaml: /components: expected a mapping, found a string",
            ),
            (
                "{openapi: 3.1.0, info: {title: T, version: '1'}, components: {schemas: []}}",
                "api.yaml: /components/schemas: expected a mapping, found a list",
            ),
        ] {
            let document = load(&Text { name, text }).unwrap();
            let problems = check(&document).unwrap_err().to_string();
            let is_openapi = check_version(&document).is_ok();
            let remedy = if is_openapi { CORRECT } else { REMEDY };
            assert_eq!(problems, format!("{message}; {remedy}"));
        }
    }
}
