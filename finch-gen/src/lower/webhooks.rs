//! Finds the webhooks whose bodies the client decodes: those with a JSON body whose schema is a
//! component. Any other webhook gets no event, and the report notes it.

use serde_json::Value;

use super::media_types;
use crate::annotation_keywords::is_annotation;
use crate::api_model::Webhook;
use crate::json::Fields as _;
use crate::load::Document;
use crate::media_type::is_json;
use crate::pointer;
use crate::reachability::METHODS;
use crate::report::Report;

/// Returns the webhooks of `document`, whose schemas are components of `lowered`. Reports a webhook
/// without such a schema.
pub(super) fn find(
    document: &Document,
    lowered: &mut Document,
    report: &mut Report,
) -> Vec<Webhook> {
    let mut found = Vec::new();
    for name in document.keys("/webhooks") {
        let item = pointer::join("/webhooks", &name);
        for method in METHODS {
            let at = format!("{item}/{method}");
            if document.at(&at).is_none() {
                continue;
            }
            match component(document, lowered, &at) {
                Some(schema) => found.push(Webhook {
                    name: name.clone(),
                    pointer: at,
                    schema,
                }),
                None => {
                    let what = "webhook without a JSON body → no event";
                    report.info("webhook-untyped", &at, what);
                }
            }
        }
    }
    found
}

/// Returns the pointer of the component that is the body of the webhook at `at`.
fn component(document: &Document, lowered: &mut Document, at: &str) -> Option<String> {
    let body = document.followed(&format!("{at}/requestBody"));
    let (media_type, body) = media_types::best(document, &format!("{body}/content"))?;
    let schema = in_lowered(lowered, &format!("{body}/schema"))?;
    let target = pointer::of_reference(reference(schema)?)?;
    let is_component = target.strip_prefix("/components/schemas/")?.contains('/');
    let is_known = |schema: &Value| schema.as_object().is_some_and(|schema| !schema.is_empty());
    (is_json(&media_type) && !is_component && lowered.at(&target).is_some_and(is_known))
        .then_some(target)
}

/// Returns the target, if `schema` is only a reference with annotations.
pub(super) fn reference(schema: &Value) -> Option<&str> {
    let mut others = schema.fields().filter(|(key, _)| *key != "allOf");
    match schema.list("allOf") {
        _ if schema.has_any(&["$ref"]) => schema.text("$ref"),
        [only] if others.all(|(key, _)| is_annotation(key)) => only.text("$ref"),
        _ => None,
    }
}

/// Returns the object in `lowered` that corresponds to `at` in the document.
pub(super) fn in_lowered<'a>(lowered: &'a mut Document, at: &str) -> Option<&'a mut Value> {
    match at.strip_prefix("/webhooks/") {
        Some(rest) => lowered.at_mut(&format!("/x-webhooks/{rest}")),
        None => lowered.at_mut(at),
    }
}
