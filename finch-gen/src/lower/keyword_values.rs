//! Checks the types of keyword values. Later stages would silently skip a value of another type.
//!
//! - The string `"true"` or `"false"` becomes a boolean, where a boolean is expected.
//! - A null is dropped.
//! - A wrong annotation (such as `description` or `tags`) or assertion (such as `maxLength`) is
//!   dropped. Without it, the schema accepts at least the same values.
//! - Any other wrong value is refused, because dropping it would change the meaning.
//!
//! The report notes each correction and each drop.

use serde_json::Value;

use crate::load::{Document, kind};
use crate::openapi_version::CORRECT;
use crate::pointer::join;
use crate::problem::Problems;
use crate::report::Report;
use crate::walk::{self, Kind};

/// The type that the value of a keyword must have.
#[derive(Clone, Copy)]
enum Expected {
    Boolean,
    Number,
    NumberOrBoolean,
    Text,
    List,
    Texts,
    Mapping,
    Schema,
}

impl Expected {
    /// The expected type of `keyword` in an object of this kind, if known.
    fn for_keyword(kind: Kind, keyword: &str) -> Option<Self> {
        Some(match (kind, keyword) {
            (_, "description" | "summary" | "title") => Self::Text,
            (Kind::Object | Kind::MediaType, "schema") => Self::Schema,
            (Kind::Object, "tags") => Self::List,
            (
                Kind::Schema,
                "nullable" | "readOnly" | "writeOnly" | "deprecated" | "uniqueItems",
            )
            | (Kind::Object, "required" | "explode" | "allowReserved" | "deprecated") => {
                Self::Boolean
            }
            (
                Kind::Schema,
                "minimum" | "maximum" | "multipleOf" | "minLength" | "maxLength" | "minItems"
                | "maxItems" | "minProperties" | "maxProperties" | "minContains" | "maxContains",
            ) => Self::Number,
            (Kind::Schema, "exclusiveMinimum" | "exclusiveMaximum") => Self::NumberOrBoolean,
            (Kind::Schema, "pattern" | "format" | "contentEncoding" | "contentMediaType") => {
                Self::Text
            }
            (Kind::Schema, "required") => Self::Texts,
            (Kind::Schema, "allOf" | "anyOf" | "oneOf" | "prefixItems") => Self::List,
            (
                Kind::Schema,
                "properties" | "patternProperties" | "dependentSchemas" | "dependentRequired"
                | "$defs" | "discriminator",
            ) => Self::Mapping,
            _ => return None,
        })
    }

    fn is(self, value: &Value) -> bool {
        match self {
            Self::Boolean => value.is_boolean(),
            Self::Number => value.is_number(),
            Self::NumberOrBoolean => value.is_number() || value.is_boolean(),
            Self::Text => value.is_string(),
            Self::List => value.is_array(),
            Self::Texts => {
                let items = value.as_array();
                items.is_some_and(|items| items.iter().all(Value::is_string))
            }
            Self::Mapping => value.is_object(),
            Self::Schema => value.is_object() || value.is_boolean(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::NumberOrBoolean => "a number or a boolean",
            Self::Text => "a string",
            Self::List => "a list",
            Self::Texts => "a list of strings",
            Self::Mapping => "a mapping",
            Self::Schema => "a schema",
        }
    }
}

/// Whether a schema without `keyword` accepts at least the same values.
fn is_droppable(kind: Kind, keyword: &str) -> bool {
    match keyword {
        "description" | "summary" | "tags" | "title" => true,
        "required" => kind == Kind::Schema,
        "uniqueItems" | "pattern" | "format" | "dependentRequired" => true,
        "multipleOf" | "exclusiveMinimum" | "exclusiveMaximum" => true,
        _ => keyword.starts_with("min") || keyword.starts_with("max"),
    }
}

/// Checks every object of `document`.
pub(super) fn check(document: &mut Document, report: &mut Report, problems: &mut Problems) {
    let mut refused: Vec<(String, String)> = Vec::new();
    walk::for_each_mut(&mut document.root, |at, of, object| {
        let Value::Object(members) = object else {
            return;
        };
        members.retain(|keyword, value| {
            let expected = Expected::for_keyword(of, keyword);
            let Some(expected) = expected.filter(|expected| !expected.is(value)) else {
                return true;
            };
            let here = join(&at.pointer(), keyword);
            let (name, found) = (expected.name(), kind(value));
            if let (Expected::Boolean, Value::String(text)) = (expected, &*value)
                && let Ok(meant) = text.parse::<bool>()
            {
                *value = meant.into();
                let what = format!("{found} instead of {name} → {meant}");
                report.warn("keyword-kind", &here, what);
                return true;
            }
            let is_dropped = value.is_null() || is_droppable(of, keyword);
            if is_dropped {
                let what = format!("{found} instead of {name} → dropped");
                report.warn("keyword-kind", &here, what);
            } else {
                refused.push((here, format!("expected {name}, found {found}")));
            }
            !is_dropped
        });
    });
    // The walk finds inner objects first.
    refused.sort();
    for (at, what) in refused {
        problems.push(document.problem(at, what, CORRECT));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::load::{Text, load};

    /// Returns the lowered schema `A`, and the messages about it and about a parameter.
    fn check_schema(schema: Value, parameter: Value) -> (Value, Vec<String>) {
        let text = json!({
            "components": {"schemas": {"A": schema}, "parameters": {"P": parameter}},
        })
        .to_string();
        let name = "api.yaml";
        let mut document = load(&Text { name, text: &text }).unwrap();
        let (mut report, mut problems) = (Report::default(), Problems::default());
        check(&mut document, &mut report, &mut problems);
        let messages = report.iter().map(ToString::to_string);
        let messages = messages.chain(problems.iter().map(ToString::to_string));
        let messages = messages.collect();
        (document.root["components"]["schemas"]["A"].take(), messages)
    }

    #[track_caller]
    fn check_row(schema: Value, left: Value, message: &str) {
        let (schema, messages) = check_schema(schema, json!({}));
        assert_eq!(schema, left);
        assert_eq!(messages, [message]);
    }

    #[test]
    fn unambiguous_mistakes_are_corrected() {
        check_row(
            json!({"nullable": "true"}),
            json!({"nullable": true}),
            "keyword-kind at /components/schemas/A/nullable: a string instead of a boolean → true",
        );
        check_row(
            json!({"type": "object", "properties": null}),
            json!({"type": "object"}),
            "keyword-kind at /components/schemas/A/properties: null instead of a mapping → dropped",
        );
    }

    #[test]
    fn tags_that_are_not_a_list_are_dropped() {
        let text = r#"{"paths": {"/a": {"get": {"tags": 5}, "put": {"tags": ["a"]}}}}"#;
        let mut document = load(&Text {
            name: "api.yaml",
            text,
        })
        .unwrap();
        let (mut report, mut problems) = (Report::default(), Problems::default());
        check(&mut document, &mut report, &mut problems);
        assert!(problems.is_empty());
        assert_eq!(
            document.root["paths"]["/a"],
            json!({"get": {}, "put": {"tags": ["a"]}})
        );
        let messages: Vec<String> = report.iter().map(ToString::to_string).collect();
        assert_eq!(
            messages,
            ["keyword-kind at /paths/~1a/get/tags: a number instead of a list → dropped"]
        );
    }

    #[test]
    fn malformed_annotations_and_constraints_are_dropped() {
        for (keyword, value, found, expected) in [
            ("required", json!(true), "a boolean", "a list of strings"),
            ("required", json!(["a", 1]), "a list", "a list of strings"),
            ("maxLength", json!("5"), "a string", "a number"),
            (
                "exclusiveMinimum",
                json!("5"),
                "a string",
                "a number or a boolean",
            ),
            ("pattern", json!(5), "a number", "a string"),
            ("description", json!(["a"]), "a list", "a string"),
        ] {
            check_row(
                json!({ "default": null, keyword: value }),
                json!({"default": null}),
                &format!(
                    "keyword-kind at /components/schemas/A/{keyword}: {found} instead of \
                     {expected} → dropped"
                ),
            );
        }
    }

    #[test]
    fn malformed_structural_keywords_are_refused() {
        for (keyword, value, found, expected) in [
            ("oneOf", json!({"type": "string"}), "a mapping", "a list"),
            ("properties", json!([]), "a list", "a mapping"),
            ("nullable", json!("yes"), "a string", "a boolean"),
        ] {
            let schema = json!({ keyword: value });
            check_row(
                schema.clone(),
                schema,
                &format!(
                    "api.yaml: /components/schemas/A/{keyword}: expected {expected}, found \
                     {found}; {CORRECT}"
                ),
            );
        }
        // The property of another object.
        let (_, messages) = check_schema(json!({}), json!({"required": 1, "explode": "false"}));
        assert_eq!(
            messages,
            [
                "keyword-kind at /components/parameters/P/explode: a string instead of a boolean \
                 → false"
                    .to_owned(),
                format!(
                    "api.yaml: /components/parameters/P/required: expected a boolean, found a \
                     number; {CORRECT}"
                ),
            ]
        );
    }
}
