//! Corrects mistakes in a document that have only one plausible meaning.
//!
//! - A missing title becomes `API`, and a missing version `unknown`. A version that is a number
//!   becomes a string.
//! - `type: null` becomes `type: "null"`.
//! - A schema with `format: binary` and no type, reference or composition gets the type string.
//! - A parameter without `schema` or `content` gets the schema of a string.
//! - A response without a description gets an empty one.
//!
//! This runs after `keyword_values`, and before any reference is followed or any schema is lowered.
//! The report notes each correction.

use serde_json::{Value, json};

use crate::json::Fields as _;
use crate::load::Document;
use crate::pointer;
use crate::report::Report;
use crate::walk::{self, At, Kind};

/// Corrects the mistakes of `document`.
pub(super) fn correct(document: &mut Document, report: &mut Report) {
    info(document, report);
    version(document, report);
    let mut without_description = 0;
    walk::for_each_mut(&mut document.root, |at, kind, object| match kind {
        Kind::Schema => {
            types(object, at, report);
            binary(object, at, report);
        }
        Kind::Object if at.parent_name() == Some("responses") => {
            if let Value::Object(response) = object
                && !response.has_any(&["$ref", "description"])
            {
                response.insert("description".to_owned(), "".into());
                without_description += 1;
            }
        }
        Kind::Object if at.parent_name() == Some("parameters") => parameter(object, at, report),
        Kind::Object | Kind::MediaType => {}
    });
    if without_description > 0 {
        let what = format!(
            "{without_description} responses without a `description` → an empty description"
        );
        report.info("no-description", "", what);
    }
}

/// No operation needs a title or a version.
fn info(document: &mut Document, report: &mut Report) {
    let info = document.root.as_object_mut();
    let info = info.map(|root| root.entry("info").or_insert_with(|| json!({})));
    if let Some(info) = info.filter(|info| info.is_null()) {
        *info = json!({});
    }
    for (field, unknown) in [("title", "API"), ("version", "unknown")] {
        if let Some(Value::Object(info)) = document.at_mut("/info")
            && info.get(field).is_none_or(Value::is_null)
        {
            info.insert(field.to_owned(), unknown.into());
            let what = format!("no `{field}` → {unknown:?}");
            report.warn("no-info", "/info", what);
        }
    }
}

/// A version is a string, but YAML reads most unquoted versions as numbers.
fn version(document: &mut Document, report: &mut Report) {
    if let Some(version @ Value::Number(_)) = document.at_mut("/info/version") {
        let what = format!("the version {version} without quotes → a string");
        *version = version.to_string().into();
        report.warn("version-unquoted", "/info/version", what);
    }
}

/// Reads `type: null` as `type: "null"`.
fn types(schema: &mut Value, at: &At<'_>, report: &mut Report) {
    let types = match schema.get_mut("type") {
        Some(Value::Array(list)) => list.as_mut_slice(),
        Some(single) => std::slice::from_mut(single),
        None => return,
    };
    for of in types.iter_mut().filter(|of| of.is_null()) {
        *of = "null".into();
        let what = "the type null without quotes → the type \"null\"";
        report.info("null-unquoted", &pointer::join(&at.pointer(), "type"), what);
    }
}

/// Only a string is binary.
fn binary(schema: &mut Value, at: &At<'_>, report: &mut Report) {
    if schema.text("format") == Some("binary")
        && !schema.has_any(&["type", "$ref", "allOf", "anyOf", "oneOf"])
    {
        schema["type"] = "string".into();
        let what = "`format: binary` without a type → the type string";
        report.info("binary-untyped", &at.pointer(), what);
    }
}

/// If a parameter does not describe its value, the caller writes it as a string.
fn parameter(parameter: &mut Value, at: &At<'_>, report: &mut Report) {
    let has = |field: &str| parameter.field(field).is_some();
    if has("name") && has("in") && !has("schema") && !has("content") {
        parameter["schema"] = json!({"type": "string"});
        let what = "a parameter without a `schema` → a string";
        report.warn("parameter-schema", &at.pointer(), what);
    }
}
