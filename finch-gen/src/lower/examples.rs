//! The examples of bodies: what the generated types are held against.

use serde_json::Value;

use super::responses::is_success;
use crate::facts::{Example, ExampleOf, Operation};
use crate::load::Document;
use crate::media_type::{is_json, rank};
use crate::pointer;

/// The examples of the operations' JSON bodies, requests and successes.
pub(super) fn find(document: &Document, operations: &[Operation]) -> Vec<Example> {
    let mut examples = Vec::new();
    for (index, operation) in operations.iter().enumerate() {
        let mut add = |of: ExampleOf, body: String| {
            for pointer in in_body(document, &body) {
                examples.push(Example {
                    operation: index,
                    of: of.clone(),
                    pointer,
                });
            }
        };
        add(
            ExampleOf::Request,
            format!("{}/requestBody", operation.pointer),
        );
        let responses = format!("{}/responses", operation.pointer);
        for status in keys(document, &responses) {
            if is_success(&status) {
                let body = pointer::join(&responses, &status);
                add(ExampleOf::Response(status), body);
            }
        }
    }
    examples
}

/// The examples in the Request Body or Response Object at `at`.
fn in_body(document: &Document, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    let content = format!("{}/content", followed(document, at));
    // Of several media types, the client has the best.
    let media_types = keys(document, &content);
    let best = media_types.into_iter().min_by_key(|name| rank(name));
    for media_type in best.into_iter().filter(|name| is_json(name)) {
        let media_type = pointer::join(&content, &media_type);
        found.push(format!("{media_type}/example"));
        let examples = format!("{media_type}/examples");
        for name in keys(document, &examples) {
            let example = followed(document, &pointer::join(&examples, &name));
            found.push(format!("{example}/value"));
        }
    }
    found.retain(|pointer| document.root.pointer(pointer).is_some());
    found
}

fn keys(document: &Document, at: &str) -> Vec<String> {
    let object = document.root.pointer(at).and_then(Value::as_object);
    object
        .into_iter()
        .flat_map(|object| object.keys().cloned())
        .collect()
}

/// `at`, or the pointer of what stands there by reference.
fn followed(document: &Document, at: &str) -> String {
    let reference = document
        .root
        .pointer(at)
        .and_then(|value| value.get("$ref")?.as_str());
    match reference.and_then(|reference| document.resolve(reference)) {
        Some((pointer, _)) => pointer,
        None => at.to_owned(),
    }
}
