//! The examples in a document: what the generated types are held against.
//!
//! They are those that parameters, bodies, components and members have. Of the
//! body of a failure and of a header that is received, a client has a type where
//! that is a component; and what a schema within another shows that is no member of
//! it has none of its own.

use std::collections::BTreeSet;

use serde_json::Value;

use super::responses::is_success;
use super::{fits, parameters, unnamed};
use crate::facts::{Example, ExampleOf, Operation, SchemaExample};
use crate::load::Document;
use crate::media_type::{is_json, rank};
use crate::report::Report;
use crate::walk::{self, Kind};
use crate::{pointer, provenance};

/// The examples of a document.
pub(super) struct Examples {
    pub(super) of_operations: Vec<Example>,
    pub(super) of_schemas: Vec<SchemaExample>,
}

/// The examples of the operations' parameters and JSON bodies, requests and
/// successes, and those of component schemas and of properties. `lowered` is
/// `document` with lowered schemas.
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
    let mut of_operations = Vec::new();
    let mut received = BTreeSet::new();
    for (index, operation) in operations.iter().enumerate() {
        let mut add = |of: ExampleOf, shown: Vec<(String, String)>| {
            for (schema, pointer) in shown {
                let is_response = matches!(of, ExampleOf::Response(_));
                if let Some(unnamed) = unnamed(&schema, &pointer, is_response) {
                    of_operations.push(Example {
                        operation: index,
                        of: of.clone(),
                        unnamed,
                        pointer,
                    });
                }
            }
        };
        for at in parameters::asked(document, &operation.pointer) {
            let at = followed(document, &at);
            let text = |key| {
                document
                    .at(&pointer::join(&at, key))
                    .and_then(Value::as_str)
            };
            if let (Some(name), Some(place)) = (text("name"), text("in")) {
                let (name, place) = (name.to_owned(), place.to_owned());
                let shown = in_parameter(document, &at);
                add(ExampleOf::Parameter { name, place }, shown);
            }
        }
        let body = format!("{}/requestBody", operation.pointer);
        add(ExampleOf::Request, in_body(document, &body));
        let responses = format!("{}/responses", operation.pointer);
        for status in keys(document, &responses) {
            let response = pointer::join(&responses, &status);
            received.extend(in_headers(document, &response));
            let shown = in_body(document, &response);
            if is_success(&status) {
                add(ExampleOf::Response(status), shown);
            } else {
                received.extend(shown);
            }
        }
    }
    let mut of_schemas = Vec::new();
    let mut add = |schema: String, pointer: String, is_response| {
        // Null is no value of a component's type, but of what refers to it.
        let is_component = schema.rsplit_once('/').map(|(of, _)| of) == Some("/components/schemas");
        if is_component && document.at(&pointer) == Some(&Value::Null) {
            return;
        }
        if let Some(unnamed) = unnamed(&schema, &pointer, is_response) {
            of_schemas.push(SchemaExample {
                schema,
                pointer,
                unnamed,
            });
        }
    };
    for (schema, pointer) in in_schemas(document) {
        add(schema, pointer, false);
    }
    // What is shown in a component has its test already.
    received.retain(|(_, pointer)| !pointer.starts_with("/components/schemas/"));
    let mut untyped = BTreeSet::new();
    for (schema, pointer) in received {
        match followed(document, &schema) {
            component if component.starts_with("/components/schemas/") => {
                add(component, pointer, true);
            }
            _ => {
                untyped.insert(pointer);
            }
        }
    }
    if !untyped.is_empty() {
        let what = format!(
            "examples of failures and of received headers that are no components: {} → no tests",
            untyped.len()
        );
        report.info("example-untyped", "", what);
    }
    Examples {
        of_operations,
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
        let at = at.pointer();
        let shown = of_schema(schema, &at).into_iter();
        found.extend(shown.map(|pointer| (at.clone(), pointer)));
    });
    found
}

/// The examples that `schema`, which stands at `at`, gives of itself.
fn of_schema(schema: &Value, at: &str) -> Vec<String> {
    let own = schema.get("example").map(|_| format!("{at}/example"));
    let list = schema.get("examples").and_then(Value::as_array);
    let count = list.map_or(0, Vec::len);
    let listed = (0..count).map(|index| format!("{at}/examples/{index}"));
    own.into_iter().chain(listed).collect()
}

/// The examples in the Parameter Object at `at`, each with its schema.
fn in_parameter(document: &Document, at: &str) -> Vec<(String, String)> {
    let content = format!("{at}/content");
    match keys(document, &content).first() {
        None => shown(document, at),
        Some(media_type) if is_json(media_type) => {
            shown(document, &pointer::join(&content, media_type))
        }
        // Whatever it is, its caller writes it.
        Some(_) => Vec::new(),
    }
}

/// The examples in the Request Body or Response Object at `at`, each with its
/// schema.
fn in_body(document: &Document, at: &str) -> Vec<(String, String)> {
    let content = format!("{}/content", followed(document, at));
    // Of several media types, the client has the best.
    let media_types = keys(document, &content);
    let best = media_types.into_iter().min_by_key(|name| rank(name));
    match best.filter(|name| is_json(name)) {
        Some(media_type) => shown(document, &pointer::join(&content, &media_type)),
        None => Vec::new(),
    }
}

/// The examples in the headers of the Response Object at `at`, each with its
/// schema.
fn in_headers(document: &Document, at: &str) -> Vec<(String, String)> {
    let headers = format!("{}/headers", followed(document, at));
    let headers = keys(document, &headers)
        .into_iter()
        .map(|name| followed(document, &pointer::join(&headers, &name)));
    headers
        .flat_map(|header| in_parameter(document, &header))
        .collect()
}

/// The examples in the Parameter or Media Type Object at `at`, each with its
/// schema: its own, and those of a schema that stands there itself.
fn shown(document: &Document, at: &str) -> Vec<(String, String)> {
    let mut found = vec![format!("{at}/example")];
    let examples = format!("{at}/examples");
    for name in keys(document, &examples) {
        let example = followed(document, &pointer::join(&examples, &name));
        found.push(format!("{example}/value"));
    }
    found.retain(|pointer| document.at(pointer).is_some());
    let schema = format!("{at}/schema");
    if let Some(of) = document.at(&schema) {
        found.extend(of_schema(of, &schema));
    }
    let found = found.into_iter();
    found.map(|pointer| (schema.clone(), pointer)).collect()
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
