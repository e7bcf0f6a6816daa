//! Finds constructs that progenitor cannot handle, before it panics.
//!
//! Receives the shaped document. Guarantees that it has no construct that is known to stop
//! progenitor. Refuses all of them at once, together with the styles and body media types that a
//! client cannot send. Stages before it refuse invalid constructs: see `lower`.

mod conjunctions;
mod parse;

use std::collections::{BTreeSet, HashSet};

use openapiv3::OpenAPI;
use serde_json::Value;

use crate::api_model::{ApiModel, Operation};
use crate::json::Fields as _;
use crate::limits;
use crate::load::Document;
use crate::media_type::is_multipart_form;
use crate::problem::{LEAVE_OUT, Problems};
use crate::shape::Shaped;
use crate::shape::parameters::UNSENDABLE;
use crate::{pointer, reachability};

/// Checks the document for everything that is known to stop progenitor. Returns the document as
/// progenitor reads it.
///
/// # Errors
///
/// Returns each location at which progenitor would stop.
pub fn check(shaped: &Shaped) -> Result<OpenAPI, Problems> {
    let Shaped {
        document, model, ..
    } = shaped;
    let mut problems = shaped.problems.clone();
    limits::check_types(document, model.operations.len(), &mut problems);
    problems.or(())?;
    let mut problems = Problems::default();
    for operation in &model.operations {
        parameters(document, operation, &mut problems);
        request_body(document, operation, &mut problems);
        responses(document, operation, &mut problems);
    }
    conjunctions::check(document, &mut problems);
    // The parser may not be able to read the refused parts.
    let rest = (!problems.is_empty()).then(|| without(document, model, &problems));
    let openapi = parse::parse(rest.as_ref().unwrap_or(document), &mut problems);
    match openapi {
        Some(openapi) => problems.or(openapi),
        None => Err(problems),
    }
}

/// Returns `document` without the operations with `problems`.
fn without(document: &Document, model: &ApiModel, problems: &Problems) -> Document {
    let mut document = document.clone();
    let refused = problems.iter();
    let refused = refused.filter_map(|problem| reachability::part_at(&problem.pointer));
    let operations: BTreeSet<&String> = model.operations.iter().map(|it| &it.pointer).collect();
    for part in refused.filter(|part| operations.contains(part)) {
        if let Some((item, method)) = part.rsplit_once('/')
            && let Some(Value::Object(item)) = document.at_mut(item)
        {
            item.shift_remove(method);
        }
    }
    document
}

fn parameters(document: &Document, operation: &Operation, problems: &mut Problems) {
    let at = format!("{}/parameters", operation.pointer);
    let list = document.at(&operation.pointer).list("parameters");
    for (index, parameter) in list.iter().enumerate() {
        let Some(parameter) = document.follow(parameter) else {
            continue;
        };
        // By now, a parameter that the client can encode has no `style` or `content`, and is
        // not a header or cookie.
        let (is_known, is_left) = match parameter.text("in") {
            Some("path" | "query") => (true, parameter.has_any(&["style", "content"])),
            Some("header" | "cookie") => (true, true),
            _ => (false, true),
        };
        let what = match parameter.text(UNSENDABLE) {
            _ if !is_known => "`in` must be path, query, header or cookie",
            Some(what) => what,
            None if is_left => "a parameter with this `style` is not supported",
            None => continue,
        };
        // An unsupported path-level parameter is reported on each of its operations.
        let (at, what) = match operation.parameter_pointers.get(index) {
            Some(own) if own.starts_with(&at) => (own, what.to_owned()),
            _ => {
                let name = parameter.text("name").unwrap_or_default();
                let what = format!("the parameter {name:?} of its path: {what}");
                (&operation.pointer, what)
            }
        };
        problems.push(document.problem(at, what, LEAVE_OUT));
    }
}

fn request_body(document: &Document, operation: &Operation, problems: &mut Problems) {
    let at = format!("{}/requestBody", operation.pointer);
    let body = document.at(&at).and_then(|body| document.follow(body));
    let media_types = body.field("content").fields().map(|(name, _)| name);
    // By now, every supported media type is JSON.
    for media_type in media_types.filter(|name| *name != "application/json") {
        let remedy = match is_multipart_form(media_type) {
            true => "describe it as an object with a property for each part",
            false => "describe it as a string that the caller writes",
        };
        problems.push(document.problem(
            pointer::join(&format!("{at}/content"), media_type),
            format!("a request body of this schema cannot be sent as {media_type}"),
            format!("{remedy}, or remove the operation, through the overlay"),
        ));
    }
}

fn responses(document: &Document, operation: &Operation, problems: &mut Problems) {
    let at = format!("{}/responses", operation.pointer);
    let bodies = document.at(&at).fields().map(|(_, response)| {
        let mut content = document.follow(response).field("content").fields();
        let body = content.next().map(|(_, body)| body);
        body.map(|body| body.field("schema").unwrap_or(&Value::Null))
    });
    if bodies.collect::<HashSet<_>>().len() > 1 {
        let what = "success responses with different bodies have no common type";
        let remedy = "keep one of them through the overlay";
        problems.push(document.problem(at, what, remedy));
    }
}

#[cfg(test)]
mod tests {
    use crate::{Inputs, Text, generate};

    /// Generates the operation `get` of `/a`, and checks that it is refused for `what` at `at`
    /// within it.
    #[track_caller]
    fn check(operation: &str, at: &str, what: &str) {
        let text = format!(
            "{{openapi: 3.1.0, info: {{title: T, version: '1'}}, paths: {{/a: {{get: \
             {{operationId: get-a, responses: {{'204': {{description: ''}}}}, {operation}}}}}}}}}"
        );
        let name = "api.yaml";
        let error = generate(&Inputs::of_document(Text { name, text: &text })).unwrap_err();
        let lines: Vec<_> = error.iter().collect();
        let [problem] = lines.as_slice() else {
            panic!("{error}");
        };
        assert_eq!(problem.pointer, format!("/paths/~1a/get{at}"));
        assert_eq!(problem.what, what);
    }

    #[test]
    fn body_that_its_media_type_cannot_encode_is_refused() {
        for (media_type, schema) in [
            ("application/xml", "{type: object}"),
            ("application/yaml", "{type: array, items: {}}"),
            ("application/x-ndjson", "{$ref: '#/paths/~1a/get/x-schema'}"),
            ("multipart/mixed", "{type: object}"),
            ("multipart/form-data", "{type: array, items: {}}"),
            ("application/x-www-form-urlencoded", "{type: integer}"),
        ] {
            check(
                &format!(
                    "x-schema: {{type: integer}}, requestBody: {{content: {{{media_type}: \
                     {{schema: {schema}}}}}}}"
                ),
                &format!("/requestBody/content/{}", media_type.replace('/', "~1")),
                &format!("a request body of this schema cannot be sent as {media_type}"),
            );
        }
    }

    #[test]
    fn parameter_that_cannot_be_encoded_is_refused() {
        let style = "a parameter with this `style` is not supported";
        for (parameter, what) in [
            (
                "in: cookie, style: deepObject, schema: {type: object}",
                style,
            ),
            ("in: query, style: simple, schema: {type: string}", style),
            ("in: header, style: form, schema: {type: string}", style),
            (
                "in: query, content: {}",
                "`content` must hold one media type",
            ),
        ] {
            check(
                &format!("parameters: [{{name: p, {parameter}}}]"),
                "/parameters/0",
                what,
            );
        }
        let array_of = |items| format!("{{type: array, items: {{{items}}}}}");
        let object_with =
            |property| format!("{{type: object, required: [a], properties: {{a: {property}}}}}");
        let (array, object) = ("{type: array}", "{type: object}");
        for (style, schema, what) in [
            (
                "style: deepObject",
                "{type: string}",
                "`deepObject` cannot write a plain value",
            ),
            (
                "",
                &array_of("type: object"),
                "`form` cannot write an array of objects",
            ),
            (
                "",
                &array_of("type: array"),
                "`form` cannot write an array of arrays",
            ),
            (
                "",
                &array_of("oneOf: [{properties: {}}, {type: object}]"),
                "`form` cannot write an array of objects",
            ),
            (
                "style: pipeDelimited",
                &array_of("allOf: [{type: object}]"),
                "`pipeDelimited` cannot write an array of objects",
            ),
            (
                "",
                &object_with(object),
                "`form` cannot write an object with objects in its property `a`",
            ),
            (
                "explode: false",
                &object_with(array),
                "`form` cannot write an object with arrays in its property `a`",
            ),
            (
                "",
                "{type: object, additionalProperties: {type: object}}",
                "`form` cannot write an object of objects",
            ),
        ] {
            let style = if style.is_empty() {
                String::new()
            } else {
                format!("{style}, ")
            };
            check(
                &format!(
                    "parameters: [{{name: p, in: query, required: true, {style}schema: {schema}}}]"
                ),
                "/parameters/0",
                &format!("the style {what}"),
            );
        }
        check(
            "parameters: [{name: p, in: body, schema: {type: string}}]",
            "/parameters/0/in",
            "expected one of cookie, header, path, query, found \"body\"",
        );
    }

    #[test]
    fn encodable_parameters_are_kept_and_optional_others_dropped() {
        let array = "{type: array, items: {type: object}}";
        let nested = "{type: object, properties: {a: {type: array, items: {type: object}}}}";
        for (parameter, schema, is_kept) in [
            ("style: deepObject", array, true),
            ("style: deepObject", nested, true),
            (
                "style: deepObject",
                "{anyOf: [{type: string}, {type: object}]}",
                true,
            ),
            ("style: deepObject", "{type: integer}", false),
            ("style: form", array, false),
            // Without `a`, the client can encode it, and the report says so.
            ("style: form", nested, true),
            (
                "style: form",
                "{type: object, additionalProperties: {type: array}}",
                true,
            ),
            ("style: form", "{type: array, items: {}}", true),
            (
                "style: form",
                "{type: array, items: {oneOf: [{type: string}, {type: object}]}}",
                true,
            ),
        ] {
            let text = format!(
                "{{openapi: 3.0.3, info: {{title: T, version: '1'}}, paths: {{/a: {{get: \
                 {{operationId: a, parameters: [{{name: p, in: query, {parameter}, schema: \
                 {schema}}}], responses: {{'204': {{description: ''}}}}}}}}}}}}"
            );
            let name = "api.yaml";
            let generated = generate(&Inputs {
                crate_name: "api",
                ..Inputs::of_document(Text { name, text: &text })
            })
            .unwrap();
            let is_dropped = |note: &crate::Note| note.code == "unsendable-parameter";
            let is_partly = |note: &crate::Note| note.code == "unsendable-property";
            let parts = generated.report.iter().filter(|note| is_partly(note));
            let parts: Vec<&str> = parts.map(|note| note.what.as_str()).collect();
            let fails =
                "a call with the property `a` fails: the style `form` cannot write objects in it";
            let expected = (parameter == "style: form" && schema == nested).then_some(fails);
            assert_eq!(parts, Vec::from_iter(expected), "{parameter} {schema}");
            let has_setter = generated.client["calls.rs"].contains("pub fn p(");
            assert_eq!(has_setter, is_kept, "{parameter} {schema}");
            assert_eq!(
                !generated.report.iter().any(is_dropped),
                is_kept,
                "{parameter} {schema}"
            );
        }
    }
}
