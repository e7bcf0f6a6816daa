//! The examples in a document: what the generated types are held against.

use serde_json::Value;

use super::responses::is_success;
use super::{fits, unnamed};
use crate::facts::{Example, ExampleOf, Operation, SchemaExample};
use crate::load::Document;
use crate::media_type::{is_json, rank};
use crate::report::Report;
use crate::walk::{self, Kind};
use crate::{pointer, provenance};

/// The examples of a document.
pub(super) struct Examples {
    pub(super) of_bodies: Vec<Example>,
    pub(super) of_schemas: Vec<SchemaExample>,
}

/// The examples of the operations' JSON bodies, requests and successes, and
/// those of component schemas and of properties. `lowered` is `document` with
/// lowered schemas.
pub(super) fn find(
    document: &Document,
    lowered: &Document,
    operations: &[Operation],
    report: &mut Report,
) -> Examples {
    // What a type has no place for; `None` where it cannot be held against it.
    let mut unnamed = |schema: &str, pointer: &str, is_response: bool| {
        let example = document.at(pointer).unwrap_or(&Value::Null);
        if let Some(misfit) = fits::misfit(lowered, schema, example, is_response) {
            let what = format!("the schema refuses it, as {misfit} → no test");
            report.warn("example-mismatch", pointer, what);
            return None;
        }
        let unnamed = unnamed::members(lowered, schema, example);
        if !unnamed.is_empty() {
            let what = format!(
                "the schema does not name {} → the client does not keep it",
                unnamed.join(", ")
            );
            report.warn("example-unnamed", pointer, what);
        }
        // What a schema of itself shows may be of a request, too.
        Some(match is_response {
            true => unnamed,
            false => unnamed::members_of_request(lowered, schema, example),
        })
    };
    let mut of_bodies = Vec::new();
    for (index, operation) in operations.iter().enumerate() {
        let mut add = |of: ExampleOf, body: String| {
            for (media_type, pointer) in in_body(document, &body) {
                let is_response = of != ExampleOf::Request;
                let schema = format!("{media_type}/schema");
                if let Some(unnamed) = unnamed(&schema, &pointer, is_response) {
                    of_bodies.push(Example {
                        operation: index,
                        of: of.clone(),
                        unnamed,
                        pointer,
                    });
                }
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
    let mut of_schemas = Vec::new();
    for (schema, pointer) in in_schemas(document) {
        if let Some(unnamed) = unnamed(&schema, &pointer, false) {
            of_schemas.push(SchemaExample {
                schema,
                pointer,
                unnamed,
            });
        }
    }
    Examples {
        of_bodies,
        of_schemas,
    }
}

/// The examples of the schemas that types and members are marked with, each with
/// its schema.
fn in_schemas(document: &Document) -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk::for_each(&document.root, |at, kind, schema| {
        if kind != Kind::Schema || !provenance::is_marked(at) {
            return;
        }
        if schema.get("example").is_some() {
            found.push((at.to_owned(), format!("{at}/example")));
        }
        let list = schema.get("examples").and_then(Value::as_array);
        let count = list.map_or(0, Vec::len);
        found.extend((0..count).map(|index| (at.to_owned(), format!("{at}/examples/{index}"))));
    });
    found
}

/// The examples in the Request Body or Response Object at `at`, each with its
/// Media Type Object.
fn in_body(document: &Document, at: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let content = format!("{}/content", followed(document, at));
    // Of several media types, the client has the best.
    let media_types = keys(document, &content);
    let best = media_types.into_iter().min_by_key(|name| rank(name));
    for media_type in best.into_iter().filter(|name| is_json(name)) {
        let media_type = pointer::join(&content, &media_type);
        found.push((media_type.clone(), format!("{media_type}/example")));
        let examples = format!("{media_type}/examples");
        for name in keys(document, &examples) {
            let example = followed(document, &pointer::join(&examples, &name));
            found.push((media_type.clone(), format!("{example}/value")));
        }
    }
    found.retain(|(_, pointer)| document.at(pointer).is_some());
    found
}

fn keys(document: &Document, at: &str) -> Vec<String> {
    let object = document.at(at).and_then(Value::as_object);
    object
        .into_iter()
        .flat_map(|object| object.keys().cloned())
        .collect()
}

/// `at`, or the pointer of what stands there by reference.
fn followed(document: &Document, at: &str) -> String {
    let reference = document
        .at(at)
        .and_then(|value| value.get("$ref")?.as_str());
    match reference.and_then(|reference| document.resolve(reference)) {
        Some((pointer, _)) => pointer,
        None => at.to_owned(),
    }
}
