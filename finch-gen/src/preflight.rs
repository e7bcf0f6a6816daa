//! preflight: what progenitor cannot take, found before it panics on it.
//!
//! Receives the shaped document. Guarantees nothing but that no construct that
//! is known to stop progenitor is left. Refuses each of them, all at once.

mod parse;

use std::collections::BTreeSet;

use openapiv3::OpenAPI;
use serde_json::Value;

use crate::facts::Operation;
use crate::load::Document;
use crate::pointer;
use crate::problem::Problems;
use crate::shape::Shaped;

const LEAVE_OUT: &str = "rewrite it, or leave the operation out, through the overlay";

/// The media types that progenitor can send a body as.
const REQUEST_MEDIA_TYPES: [&str; 5] = [
    "application/json",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
    "text/plain",
    "text/x-markdown",
];

/// Looks for everything that is known to stop progenitor; the document as
/// progenitor takes it, where there is nothing.
///
/// # Errors
///
/// Each place at which progenitor would stop.
pub fn check(shaped: &Shaped) -> Result<OpenAPI, Problems> {
    let Shaped {
        document, facts, ..
    } = shaped;
    let mut problems = Problems::default();
    for operation in &facts.operations {
        parameters(document, operation, &mut problems);
        request_body(document, operation, &mut problems);
        responses(document, operation, &mut problems);
    }
    let openapi = parse::parse(document, &mut problems);
    match openapi {
        Some(openapi) => problems.or(openapi),
        None => Err(problems),
    }
}

fn parameters(document: &Document, operation: &Operation, problems: &mut Problems) {
    let at = format!("{}/parameters", operation.pointer);
    let list = document.root.pointer(&at).and_then(Value::as_array);
    let mut in_path = BTreeSet::new();
    for (index, parameter) in list.into_iter().flatten().enumerate() {
        let Some(parameter) = document.follow(parameter) else {
            continue;
        };
        let text = |key| parameter.get(key).and_then(Value::as_str);
        let what = match text("in") {
            Some("path") => {
                in_path.extend(text("name"));
                (parameter.get("required") != Some(&Value::Bool(true)))
                    .then_some("a path parameter must be `required: true`")
            }
            Some("cookie") => Some("a client cannot be made for a cookie parameter"),
            Some("query" | "header") => None,
            _ => Some("`in` must be path, query, header or cookie"),
        };
        let what = what.or_else(|| match (text("in"), text("style")) {
            (Some("query"), Some("deepObject" | "spaceDelimited" | "pipeDelimited"))
            | (Some("path"), Some("matrix" | "label")) => {
                Some("a client cannot be made for a parameter of this `style`")
            }
            _ => None,
        });
        let schema = parameter
            .get("schema")
            .and_then(|schema| document.follow(schema));
        let of = schema.and_then(|schema| schema.get("type")?.as_str());
        let what = what.or_else(|| match (text("in"), of) {
            (Some("query" | "path"), Some("object")) | (Some("path"), Some("array")) => {
                Some("a client cannot be made for such a parameter that is an object or a list")
            }
            _ => None,
        });
        let what = what.or_else(|| {
            (parameter.get("schema").is_none())
                .then_some("a client cannot be made for a parameter without a `schema`")
        });
        if let Some(what) = what {
            problems.push(document.problem(format!("{at}/{index}"), what, LEAVE_OUT));
        }
    }
    for name in template_names(&operation.path) {
        if !in_path.contains(name) {
            problems.push(document.problem(
                &operation.pointer,
                format!("the path names {{{name}}}, but there is no such path parameter"),
                "define the parameter through the overlay",
            ));
        }
    }
}

fn template_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
}

fn request_body(document: &Document, operation: &Operation, problems: &mut Problems) {
    let at = format!("{}/requestBody", operation.pointer);
    let Some(body) = document.root.pointer(&at) else {
        return;
    };
    let content = document.follow(body).and_then(|body| body.get("content"));
    let media_types: Vec<&String> = content
        .and_then(Value::as_object)
        .map(|content| content.keys().collect())
        .unwrap_or_default();
    match media_types[..] {
        [only] if REQUEST_MEDIA_TYPES.contains(&only.as_str()) => {}
        [only] => problems.push(document.problem(
            format!("{at}/content"),
            format!("a request body cannot be sent as {only}"),
            LEAVE_OUT,
        )),
        _ => problems.push(document.problem(
            format!("{at}/content"),
            format!(
                "a request body must have one media type, found {}",
                media_types.len()
            ),
            "choose one through the overlay",
        )),
    }
}

fn responses(document: &Document, operation: &Operation, problems: &mut Problems) {
    let at = format!("{}/responses", operation.pointer);
    let responses = document.root.pointer(&at).and_then(Value::as_object);
    let mut bodies: Vec<Option<&Value>> = Vec::new();
    for (status, response) in responses.into_iter().flatten() {
        let response = document.follow(response);
        let content = response.and_then(|response| response.get("content")?.as_object());
        if content.is_some_and(|content| content.len() > 1) {
            problems.push(document.problem(
                pointer::join(&at, status),
                "a response must have one media type",
                "choose one through the overlay",
            ));
        }
        let body = content.and_then(|content| content.values().next());
        let schema = body.map(|body| body.get("schema").unwrap_or(&Value::Null));
        if !bodies.contains(&schema) {
            bodies.push(schema);
        }
    }
    if bodies.len() > 1 {
        problems.push(document.problem(
            at,
            "responses of success with different bodies have no common type",
            "leave one of them through the overlay",
        ));
    }
}
