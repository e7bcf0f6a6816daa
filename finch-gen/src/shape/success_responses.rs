//! Keeps one success response per operation, if its successes differ.
//!
//! progenitor gives an operation one success type. If the 2xx bodies differ, the document keeps the
//! first response that has a body. The operation records a component for each JSON body, and
//! `polish` makes an enum of them. An operation whose successes all have the same body stays
//! unchanged.

use serde_json::{Value, json};

use super::type_naming::Path;
use super::{only_conjunct, referred, taken};
use crate::api_model::ApiModel;
use crate::json::Fields as _;
use crate::load::Document;
use crate::provenance;
use crate::type_names;
use crate::wire_format::{Decoding, SuccessResponse};

/// Keeps the first success response with a body of each operation whose successes differ.
pub(super) fn keep_one(document: &mut Document, model: &mut ApiModel) {
    for operation in &mut model.operations {
        let at = format!("{}/responses", operation.pointer);
        let Some(responses) = document.at(&at).object() else {
            continue;
        };
        let schema_of = |success: &SuccessResponse| {
            let content = responses.get(&success.status)?.field("content").object()?;
            content.get("application/json")?.get("schema")
        };
        let schemas: Vec<Option<&Value>> = operation.successes.iter().map(schema_of).collect();
        let decodings = operation.successes.iter();
        let decodings = decodings.map(|success| Some(success.body.as_ref()?.decoding));
        let mut kinds = decodings.zip(&schemas);
        let first = kinds.next();
        if kinds.all(|kind| Some(kind) == first) {
            continue;
        }
        let schemas: Vec<Option<Value>> = schemas.into_iter().map(|of| of.cloned()).collect();
        operation.has_success_enum = true;
        for (SuccessResponse { status, body }, schema) in
            operation.successes.iter_mut().zip(schemas)
        {
            let Some(body) = body.as_mut().filter(|body| body.decoding == Decoding::Json) else {
                continue;
            };
            let schema = schema.unwrap_or_else(|| json!({}));
            let method = type_names::camel_case(&operation.rust_name);
            let path = Path::of_operation(&format!("{method}Response{status}"));
            let place = format!("{at}/{status}");
            body.component = Some(component(document, schema, &path, &place));
        }
        let mut successes = operation.successes.iter();
        let kept = successes.find(|success| success.body.is_some());
        let kept = kept.or(operation.successes.first());
        let kept = kept.map(|success| &success.status);
        if let Some(Value::Object(responses)) = document.at_mut(&at) {
            responses.retain(|status, _| Some(status) == kept);
        }
    }
}

/// Returns the component that `schema` refers to. Any other schema becomes a component, at `path`
/// and with the source `place`.
fn component(document: &mut Document, mut schema: Value, path: &Path, place: &str) -> String {
    if let Some(name) = referred(only_conjunct(&schema)) {
        return name.to_owned();
    }
    let name = path.key(None, &mut taken(document));
    let components = &mut document.root["components"]["schemas"];
    let description = schema.text("description").unwrap_or_default();
    schema["description"] = provenance::with_mark(description, place).into();
    components[&name] = schema;
    name
}
