//! Bodies of requests, which progenitor is told are all JSON and all required.
//!
//! Of what can be sent, progenitor knows the least that there is: JSON, forms
//! that are flat, and streams of bytes, none of them optional. So a body that
//! can be sent is one of JSON for it, and the operation keeps its encoding. A body that cannot be sent stays as it is, for
//! preflight to refuse.

use serde_json::{Map, Value, json};

use super::only_null;
use super::parameters;
use crate::api_model::{ApiModel, Operation};
use crate::load::Document;
use crate::media_type::{is_binary, is_form, is_json, is_multipart_form, is_range, is_text};
use crate::pointer;
use crate::report::Report;
use crate::walk;
use crate::wire_format::{Encoding, Parameter, Part, PartEncoding, RequestBody};

/// The format of a string that is bytes in the client.
pub(crate) const BYTES: &str = "bytes\u{E000}";

/// The format of a string that is a file in the client.
pub(crate) const FILE: &str = "file\u{E000}";

/// Makes JSON of all bodies that can be sent.
pub(super) fn write_as_json(document: &mut Document, model: &mut ApiModel, report: &mut Report) {
    for operation in &mut model.operations {
        operation.request_body = of_operation(document, operation, report);
    }
}

/// Takes null out of what a body may be that can be left out: one way to send
/// nothing is enough.
pub(super) fn null_is_left_out(document: &mut Document, model: &ApiModel, report: &mut Report) {
    for operation in &model.operations {
        let body = operation.request_body.as_ref();
        if body.is_none_or(|body| body.is_required) {
            continue;
        }
        let at = format!("{}/requestBody", operation.pointer);
        let schema = format!("{at}/content/application~1json/schema");
        let Some(Value::Object(schema)) = document.at_mut(&schema) else {
            continue;
        };
        let branches = schema.get_mut("anyOf").and_then(Value::as_array_mut);
        let was_null = match branches {
            Some(branches) => {
                let all = branches.len();
                branches.retain(|branch| *branch != only_null());
                branches.len() < all
            }
            None => schema.shift_remove("nullable").is_some(),
        };
        if was_null {
            let what = "a body that may be null, or not be there → the latter";
            report.info("null-body", &at, what);
        }
    }
}

fn of_operation(
    document: &mut Document,
    operation: &Operation,
    report: &mut Report,
) -> Option<RequestBody> {
    let at = format!("{}/requestBody", operation.pointer);
    let body = document.follow(document.at(&at)?)?.clone();
    let content = body.get("content")?.as_object()?;
    // Of several, one was chosen.
    let (name, media_type) = content.iter().next().filter(|_| content.len() == 1)?;
    let from = pointer::join(&format!("{at}/content"), name);
    let mut media_type = media_type.as_object()?.clone();
    let encodings = media_type.shift_remove("encoding");
    let encodings = Encodings {
        of_members: encodings
            .as_ref()
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default(),
        at: format!("{from}/encoding"),
    };
    let schema = media_type.entry("schema").or_insert_with(|| json!({}));
    let encoding = if is_json(name) {
        Encoding::Json
    } else if is_form(name) && is_object(document, schema) {
        Encoding::Form(encodings.members(report))
    } else if is_multipart_form(name) {
        is_object(document, schema).then_some(())?;
        let mut files = Vec::new();
        take_files(document, schema, &mut files, &mut Vec::new());
        Encoding::Multipart(encodings.parts(&files, report))
    } else {
        let (format, encoding) = raw(document, name, schema)?;
        *schema = match format {
            Some(format) => json!({"type": "string", "format": format}),
            None => json!({"type": "string"}),
        };
        encoding
    };
    let is_required = body.get("required") == Some(&Value::Bool(true));
    let shaped = json!({"required": true, "content": {"application/json": media_type}});
    let request = RequestBody {
        is_required,
        media_type: name.clone(),
        encoding,
    };
    document.at_mut(&at).map(|body| *body = shaped)?;
    Some(request)
}

/// What a body of neither JSON nor a form is in the client, and how it is sent;
/// `None` where its schema has a structure for which the media type has a
/// syntax that is not known.
fn raw(
    document: &Document,
    media_type: &str,
    schema: &Value,
) -> Option<(Option<&'static str>, Encoding)> {
    let schema = document.follow(schema).unwrap_or(schema);
    let text = |key| schema.get(key).and_then(Value::as_str);
    let says_nothing = ["type", "allOf", "anyOf", "oneOf", "properties"]
        .iter()
        .all(|keyword| schema.get(keyword).is_none());
    let is_bytes = match (text("type"), text("format")) {
        (Some("string"), Some("binary")) => true,
        (Some("string"), Some(_)) => false,
        _ => is_binary(media_type) || is_range(media_type) || says_nothing,
    };
    if !is_bytes && !is_text(media_type) && text("type") != Some("string") {
        return None;
    }
    Some(match (is_range(media_type), is_bytes) {
        (true, _) => (Some(FILE), Encoding::File),
        (false, true) => (Some(BYTES), Encoding::Raw),
        (false, false) => (None, Encoding::Raw),
    })
}

/// Whether `schema` may describe an object, which alone has names for what a
/// form holds.
fn is_object(document: &Document, schema: &Value) -> bool {
    let schema = document.follow(schema).unwrap_or(schema);
    schema.get("type").is_none_or(|of| of == "object")
}

/// The Encoding Objects of a body.
struct Encodings {
    of_members: Map<String, Value>,
    at: String,
}

impl Encodings {
    /// The members of a form that have one.
    fn members(&self, report: &mut Report) -> Vec<Parameter> {
        let mut members = Vec::new();
        for (name, encoding) in &self.of_members {
            if let Some(parameter) = parameters::of_encoding(name, encoding) {
                members.push(parameter);
            } else if encoding.get("contentType").is_some() {
                let at = pointer::join(&self.at, name);
                let what = "the media type of a member of a form → that of its value by default";
                report.warn("form-content-type", &at, what);
            }
        }
        members
    }

    /// The parts that have one, and those that are `files`.
    fn parts(&self, files: &[String], report: &mut Report) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for (name, described) in &self.of_members {
            let content_type = described.get("contentType").and_then(Value::as_str);
            // Of several types, the caller of a file names one.
            let single = content_type.filter(|of| !of.contains(',') && !is_range(of));
            let single = single.map(str::to_owned);
            let encoding = if files.contains(name) {
                Some(PartEncoding::File(single))
            } else if let Some(parameter) = parameters::of_encoding(name, described) {
                Some(PartEncoding::Style(parameter))
            } else {
                single.map(PartEncoding::MediaType)
            };
            if let Some(encoding) = encoding {
                let name = name.clone();
                parts.push(Part { name, encoding });
            }
            if described.get("headers").is_some() {
                let at = pointer::join(&self.at, name);
                let what = "headers of a part → none are sent with it";
                report.warn("part-headers", &at, what);
            }
        }
        for name in files {
            if !parts.iter().any(|part| part.name == *name) {
                let encoding = PartEncoding::File(None);
                let name = name.clone();
                parts.push(Part { name, encoding });
            }
        }
        parts
    }
}

/// Makes files of the members of `schema` that are, and tells their names.
///
/// A component that has some, and that not only multipart forms refer to, is
/// put in the place of the reference: in JSON, its members are no files.
fn take_files(
    document: &mut Document,
    schema: &mut Value,
    files: &mut Vec<String>,
    seen: &mut Vec<String>,
) {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let reference = reference.to_owned();
        let Some((at, target)) = document.resolve(&reference) else {
            return;
        };
        if seen.contains(&reference) {
            return;
        }
        seen.push(reference.clone());
        let mut with_files = target.clone();
        let before = files.len();
        take_files(document, &mut with_files, files, seen);
        if files.len() == before {
            return;
        }
        if is_of_multipart_alone(document, &reference) {
            if let Some(target) = document.at_mut(&at) {
                *target = with_files;
            }
        } else {
            *schema = with_files;
        }
        return;
    }
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for (name, property) in properties {
            if let Some(mut file) = as_file(document, property) {
                if let Some(description) = property.get("description") {
                    file["description"] = description.clone();
                }
                *property = file;
                files.push(name.clone());
            }
        }
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        if let Some(Value::Array(branches)) = schema.get_mut(keyword) {
            for branch in branches {
                take_files(document, branch, files, seen);
            }
        }
    }
}

/// `schema` as one of files, if it is one of bytes.
fn as_file(document: &Document, schema: &Value) -> Option<Value> {
    let schema = document.follow(schema).unwrap_or(schema);
    let text = |key| schema.get(key).and_then(Value::as_str);
    let mut file = match (text("type"), text("format")) {
        // As those that were marked on the way to another body.
        (Some("string"), Some("binary" | FILE)) => json!({"type": "string", "format": FILE}),
        (Some("array"), _) => {
            json!({"type": "array", "items": as_file(document, schema.get("items")?)?})
        }
        _ => {
            let branches = ["allOf", "anyOf", "oneOf"]
                .iter()
                .find_map(|keyword| schema.get(keyword)?.as_array())?;
            let is_null = |branch: &&Value| **branch == only_null();
            let mut others = branches.iter().filter(|branch| !is_null(branch));
            let mut file = as_file(document, others.next()?)?;
            if others.next().is_some() {
                return None;
            }
            if branches.len() > 1 {
                file["nullable"] = true.into();
            }
            file
        }
    };
    if schema.get("nullable") == Some(&Value::Bool(true)) {
        file["nullable"] = true.into();
    }
    Some(file)
}

/// Whether nothing but bodies that are multipart forms refers to `reference`.
fn is_of_multipart_alone(document: &Document, reference: &str) -> bool {
    walk::places(&document.root)
        .iter()
        .filter(|place| {
            let of = document.at(&place.pointer);
            of.and_then(|of| of.get("$ref")) == Some(&Value::from(reference))
        })
        .all(|place| place.pointer.contains("/content/multipart~1form-data/"))
}
