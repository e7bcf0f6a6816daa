//! Tests each rule of shaping with a small document.

mod bodies;
mod members;
mod names;
mod null;
mod tags;
mod unions;
mod values;

use serde_json::{Value, json};

use super::*;
use crate::load::{Text, load};
use crate::report::Report;
use crate::wire_format::SuccessResponse;

/// Shapes a document with one operation, `paths./a.get`, and component schemas:
/// the operation, the schemas, the successes and the codes of the notes.
fn check(
    operation: Value,
    schemas: Value,
) -> (Value, Value, Vec<SuccessResponse>, Vec<&'static str>) {
    let (shaped, report) = shaped(operation, schemas);
    (
        shaped.document.root["paths"]["/a"]["get"].clone(),
        shaped.document.root["components"]["schemas"].clone(),
        shaped.model.operations[0].successes.clone(),
        codes(&report),
    )
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.iter().map(|note| note.code).collect()
}

/// The document of [`check`], shaped, and the report.
fn shaped(operation: Value, schemas: Value) -> (Shaped, Report) {
    let mut operation = operation;
    operation["operationId"] = "get-a".into();
    let members = operation.as_object_mut().unwrap();
    members
        .entry("responses")
        .or_insert(json!({"204": {"description": ""}}));
    let text = json!({
        "openapi": "3.0.3",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": operation}},
        "components": {"schemas": schemas},
    })
    .to_string();
    let lowered = crate::lower(
        load(&Text {
            name: "api.yaml",
            text: &text,
        })
        .unwrap(),
    )
    .unwrap();
    let shaped = shape_unmarked(lowered.document, lowered.model, Report::default());
    let report = shaped.report.clone();
    (shaped, report)
}

fn schemas(schemas: Value) -> Value {
    check(json!({}), schemas).1
}

fn json_body(schema: Value) -> Value {
    json!({"description": "", "content": {"application/json": {"schema": schema}}})
}
