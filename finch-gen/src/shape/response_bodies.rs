//! Presents every response body to progenitor as JSON.
//!
//! progenitor decodes JSON, and returns a stream for everything else. So each body gets the media
//! type `application/json`. Text gets the schema of a string, and other content gets the schema of a
//! string with the format of bytes. The `Operation` in the model keeps the real media type and decoding.
//!
//! HTTP allows no body in a response to HEAD, or in a response with the status 204 or 205. Such a
//! body is dropped with a note.
//!
//! The range `2XX` includes 204. So its JSON may be null, or if there are other successes, 204
//! becomes one of them.

use serde_json::{Value, json};

use super::request_bodies::BYTES;
use super::{only_null, replace};
use crate::api_model::ApiModel;
use crate::json::Fields as _;
use crate::load::Document;
use crate::media_type::{is_any, is_form, is_json, is_text};
use crate::pointer;
use crate::report::Report;
use crate::wire_format::{Decoding, ResponseBody, SuccessResponse};

/// Makes the bodies of all responses JSON.
pub(super) fn write_as_json(document: &mut Document, model: &mut ApiModel, report: &mut Report) {
    let mut notes = Report::default();
    for operation in &mut model.operations {
        let at = format!("{}/responses", operation.pointer);
        for status in document.keys(&at) {
            let at = pointer::join(&at, &status);
            // RFC 9110, sections 9.3.2, 15.3.5 and 15.3.6.
            let why = match (operation.method.as_str(), status.as_str()) {
                ("HEAD", _) => Some("a response to HEAD"),
                (_, "204" | "205") => Some("a response with this status"),
                _ => None,
            };
            if let Some(why) = why {
                drop_body(document, &at, why, &mut notes);
            }
            let body = of_response(document, &at, &mut notes);
            operation.successes.push(SuccessResponse { status, body });
        }
        allow_no_content(document, &at, &mut operation.successes);
        // A range and the default sort after the status codes.
        let successes = &mut operation.successes;
        successes.sort_by(|one, other| one.status.cmp(&other.status));
    }
    notes.relocate(|at| model.place(at));
    report.append(notes);
}

/// Allows a response without a body, where `successes` at `at` include 204 in a range.
fn allow_no_content(document: &mut Document, at: &str, successes: &mut Vec<SuccessResponse>) {
    let is_json = |of: &SuccessResponse| {
        let decoding = of.body.as_ref().map(|body| body.decoding);
        of.status == "2XX" && decoding == Some(Decoding::Json)
    };
    let has_204 = successes.iter().any(|of| of.status == "204");
    if has_204 || !successes.iter().any(is_json) {
        return;
    }
    let responses = document.at_mut(at);
    if successes.len() > 1 {
        if let Some(Value::Object(responses)) = responses {
            responses.insert("204".to_owned(), json!({"description": "No content."}));
        }
        successes.push(SuccessResponse {
            status: "204".to_owned(),
            body: None,
        });
    } else if let Some(responses) = responses {
        let schema = &mut responses["2XX"]["content"]["application/json"]["schema"];
        *schema = json!({"anyOf": [schema.take(), only_null()]});
    }
}

/// Drops the body of the response at `at`, because HTTP does not allow one.
fn drop_body(document: &mut Document, at: &str, why: &str, report: &mut Report) {
    let response = document
        .at(at)
        .and_then(|response| document.follow(response));
    let Some(Value::Object(mut response)) = response.cloned() else {
        return;
    };
    if response.field("content").fields().next().is_some() {
        response.shift_remove("content");
        let what = format!("the body of {why} → dropped; it cannot have one");
        report.info("no-body", at, what);
        replace(document, at, response);
    }
}

fn of_response(document: &mut Document, at: &str, report: &mut Report) -> Option<ResponseBody> {
    let mut response = document.follow(document.at(at)?)?.clone();
    // An earlier pass has chosen one media type.
    let (name, media_type) = response.field("content").fields().next()?;
    let mut media_type = media_type.as_object()?.clone();
    media_type.shift_remove("encoding");
    let schema = media_type.entry("schema").or_insert_with(|| json!({}));
    let followed = document.follow(schema);
    let is_string = followed.is_some_and(|schema| schema.is_type("string"));
    let has_format = followed.is_some_and(|schema| schema.has("format"));
    let is_plain = is_any(name) && is_string && !has_format;
    let (decoding, raw) = if is_json(name) {
        (Decoding::Json, None)
    } else if is_text(name) || is_form(name) || is_plain {
        (Decoding::Text, Some(("text", json!({"type": "string"}))))
    } else {
        let bytes = json!({"type": "string", "format": BYTES});
        (Decoding::Bytes, Some(("bytes", bytes)))
    };
    if let Some((what, raw)) = raw {
        if !is_string || name.starts_with("text/event-stream") {
            let what = format!("a body of {name} → its {what}, unchanged");
            report.info("raw-response", at, what);
        }
        *schema = raw;
    }
    let body = ResponseBody {
        media_type: name.clone(),
        decoding,
        component: None,
    };
    response["content"] = json!({"application/json": media_type});
    document.at_mut(at).map(|place| *place = response)?;
    Some(body)
}
