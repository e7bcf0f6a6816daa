//! Tests each rule of lowering on a small document.

mod document;
mod examples;
mod misfits;
mod operations;
mod parameters;
mod references;
mod servers;
mod unread_items;
mod wide;

use serde_json::{Value, json};

use super::*;
use crate::load::{Text, load};
use crate::{Credential, ExampleOf};

/// A document with one operation, `paths./a.get`, and components.
fn document(operation: Value, components: Value) -> Value {
    let mut operation = operation;
    let members = operation.as_object_mut().unwrap();
    members.entry("operationId").or_insert("get-a".into());
    members
        .entry("responses")
        .or_insert(json!({"204": {"description": ""}}));
    json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "security": [],
        "paths": {"/a": {"get": operation}},
        "components": components,
    })
}

fn lower_value(root: &Value) -> Result<Lowered, String> {
    let text = root.to_string();
    let text = Text {
        name: "api.yaml",
        text: &text,
    };
    lower(load(&text).unwrap()).map_err(|problems| problems.to_string())
}

/// Lowers an operation and components.
fn check(operation: Value, components: Value) -> (Value, Lowered) {
    let lowered = lower_value(&document(operation, components)).unwrap();
    (lowered.document.root["paths"]["/a"]["get"].clone(), lowered)
}

#[track_caller]
fn check_refused(root: &Value, messages: &[&str]) {
    let found = lower_value(root).unwrap_err();
    assert_eq!(found.lines().collect::<Vec<_>>(), messages);
}
