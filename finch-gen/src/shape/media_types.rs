//! Chooses one media type for each body of an operation, and drops the others with a note.
//!
//! progenitor sends a body in the only media type that the document declares. From several, the
//! client picks one that it can send or read, and prefers JSON, then forms, text and bytes. A
//! structured body that allows any media type (`*/*`) is JSON.

use serde_json::Value;

use crate::api_model::ApiModel;
use crate::json::Fields as _;
use crate::load::Document;
use crate::media_type::{is_any, rank};
use crate::pointer;
use crate::report::Report;

/// Reduces every body to the media type that the client handles best.
pub(super) fn choose(document: &mut Document, model: &ApiModel, report: &mut Report) {
    let mut notes = Report::default();
    for operation in &model.operations {
        let at = &operation.pointer;
        let mut bodies = vec![format!("{at}/requestBody")];
        let responses = format!("{at}/responses");
        let statuses = document.keys(&responses).into_iter();
        bodies.extend(statuses.map(|status| pointer::join(&responses, &status)));
        for body in bodies {
            let content = format!("{}/content", document.followed(&body));
            let of_any = document.at(&content).object();
            let of_any = of_any
                .into_iter()
                .flatten()
                .filter(|(name, _)| is_any(name));
            let structured = of_any.filter(|(_, of)| has_structure(document, &of["schema"]));
            let structured: Vec<String> = structured.map(|(name, _)| name.clone()).collect();
            let Some(Value::Object(media_types)) = document.at_mut(&content) else {
                continue;
            };
            for name in structured {
                if let Some(of) = media_types.shift_remove(&name) {
                    media_types.entry("application/json").or_insert(of);
                    let what = "a structured body of any media type → JSON";
                    notes.info("media-types", &pointer::join(&content, &name), what);
                }
            }
            let best = media_types.keys().min_by_key(|name| rank(name)).cloned();
            for name in media_types.keys() {
                if Some(name) != best.as_ref() {
                    let best = best.as_deref().unwrap_or_default();
                    let what =
                        format!("one of several media types of a body → only {best} is used");
                    notes.info("media-types", &pointer::join(&content, name), what);
                }
            }
            media_types.retain(|name, _| Some(name) == best.as_ref());
        }
    }
    notes.relocate(|at| model.place(at));
    report.append(notes);
}

/// Whether `schema` describes more than a string or bytes.
fn has_structure(document: &Document, schema: &Value) -> bool {
    let schema = document.follow(schema).unwrap_or(schema);
    let structures = [
        "properties",
        "additionalProperties",
        "items",
        "allOf",
        "anyOf",
        "oneOf",
    ];
    match schema.has("type") {
        true => !schema.is_type("string"),
        false => schema.has_any(&structures),
    }
}
