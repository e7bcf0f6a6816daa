//! Makes the table of bodies: each media type with each kind of value, as a request and as a response.

use std::collections::BTreeSet;

use finch_api_tests::{Received, Reply};
use serde_json::{Map, Value, json};

use super::parameters::percent_encoded;
use super::{Outcome, generate, path_of, stride};

/// How a client treats the bodies of a media type.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Class {
    Json,
    Form,
    Multipart,
    Text,
    Bytes,
    /// Any media type: JSON if the schema has a structure.
    Any,
    /// XML, or a media type whose syntax the client does not know: only a string can be sent.
    Unknown,
}

/// The media types, each with a type that a server sends and the type that a client sends, if it
/// decides.
const MEDIA_TYPES: [(&str, Class, &str, Option<&str>); 22] = {
    use Class::{Any, Bytes, Form, Json, Multipart, Text, Unknown};
    const JSON: &str = "application/json";
    const FORM: &str = "application/x-www-form-urlencoded";
    const OCTETS: &str = "application/octet-stream";
    [
        (JSON, Json, JSON, Some(JSON)),
        same("application/json; charset=utf-8", Json),
        same("application/vnd.api+json", Json),
        same("application/merge-patch+json; charset=utf-8", Json),
        same("text/json", Json),
        (
            "application/*+json",
            Json,
            "application/hal+json",
            Some(JSON),
        ),
        same(FORM, Form),
        (
            "multipart/form-data",
            Multipart,
            "multipart/form-data",
            None,
        ),
        same("text/plain", Text),
        same("text/plain; charset=utf-8", Text),
        same("text/csv", Text),
        ("text/*", Text, "text/html", Some("text/plain")),
        same(OCTETS, Bytes),
        same("image/png", Bytes),
        same("application/pdf", Bytes),
        ("image/*", Bytes, "image/gif", None),
        ("*/*", Any, "a/b", Some(OCTETS)),
        ("application/*", Any, "application/b", Some(OCTETS)),
        same("application/xml", Unknown),
        same("text/xml; charset=utf-8", Unknown),
        same("application/x-ndjson", Unknown),
        same("multipart/mixed", Unknown),
    ]
};

const fn same(name: &str, class: Class) -> (&str, Class, &str, Option<&str>) {
    (name, class, name, Some(name))
}

/// The kind of a body: a schema, and one of its values.
#[derive(Clone)]
struct Kind {
    name: &'static str,
    schema: Value,
    value: Value,
}

/// Returns the kinds of bodies.
fn kinds() -> Vec<Kind> {
    let string = json!({"type": "string"});
    let null = json!({"type": "null"});
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let any_of = |a: &Value, b: &Value| json!({"anyOf": [a, b]});
    let strings = json!({"type": "array", "items": string});
    let object = json!({
        "type": "object",
        "required": ["text"],
        "properties": {
            "count": {"type": "integer"},
            "nested": reference("Color"),
            "none": {"type": ["string", "null"]},
            "tags": strings,
            "text": string,
        },
    });
    let whole = json!({"count": 1, "nested": {"R": 1}, "tags": ["a", "b c"], "text": "x & é"});
    let file = json!({"type": "string", "format": "binary"});
    let with = |name: &str, schema: Value| json!({"type": "object", "properties": {name: schema, "text": string}});
    let rows = [
        ("object", object.clone(), whole.clone()),
        (
            "object with a file",
            with("file", file.clone()),
            json!({"file": "f", "text": "t"}),
        ),
        (
            "object with files",
            with("file", json!({"type": "array", "items": file})),
            json!({"file": ["f", "g"], "text": "t"}),
        ),
        (
            "object with a map of files",
            with(
                "file",
                json!({"type": "object", "additionalProperties": file}),
            ),
            json!({"file": {"k": "f"}, "text": "t"}),
        ),
        (
            "object with a file or a number",
            with("file", any_of(&json!({"type": "integer"}), &file)),
            json!({"file": "f"}),
        ),
        (
            "object with a nullable file",
            with("file", any_of(&file, &null)),
            json!({"file": "f"}),
        ),
        ("object without values", object.clone(), json!({"text": ""})),
        (
            "object without properties",
            json!({"type": "object"}),
            json!({}),
        ),
        (
            "closed object without properties",
            json!({"type": "object", "properties": {}, "additionalProperties": false}),
            json!({}),
        ),
        ("component", reference("Color"), json!({"R": 2})),
        (
            "conjunction",
            json!({"allOf": [reference("Color"), object]}),
            json!({"R": 3, "text": "a"}),
        ),
        (
            "map",
            json!({"type": "object", "additionalProperties": {"type": "integer"}}),
            json!({"k l": 1}),
        ),
        (
            "nullable object",
            any_of(&reference("Color"), &null),
            json!({"R": 4}),
        ),
        (
            "null object",
            any_of(&reference("Color"), &null),
            Value::Null,
        ),
        (
            "union of objects",
            json!({"oneOf": [reference("Color"), reference("Size")]}),
            json!({"size": 5}),
        ),
        (
            "union with a string",
            any_of(&string, &reference("Color")),
            json!("a b"),
        ),
        (
            "union with an object",
            any_of(&string, &reference("Color")),
            json!({"R": 6}),
        ),
        ("array", strings.clone(), json!(["a", "b"])),
        (
            "array of objects",
            json!({"type": "array", "items": reference("Color")}),
            json!([{"R": 7}]),
        ),
        ("empty array", strings, json!([])),
        ("string", string, json!("text é")),
        ("empty string", json!({"type": "string"}), json!("")),
        (
            "nullable string",
            json!({"type": ["string", "null"]}),
            json!("text"),
        ),
        (
            "enum",
            json!({"type": "string", "enum": ["low", "high"]}),
            json!("high"),
        ),
        (
            "date",
            json!({"type": "string", "format": "date"}),
            json!("2024-02-29"),
        ),
        (
            "base64",
            json!({"type": "string", "format": "byte"}),
            json!("YQ=="),
        ),
        (
            "binary",
            json!({"type": "string", "format": "binary"}),
            json!("octets"),
        ),
        ("integer", json!({"type": "integer"}), json!(8)),
        ("number", json!({"type": "number"}), json!(1.5)),
        ("boolean", json!({"type": "boolean"}), json!(true)),
        ("anything", json!({}), json!({"a": [1, null]})),
    ];
    let rows = rows.into_iter();
    rows.map(|(name, schema, value)| Kind {
        name,
        schema,
        value,
    })
    .collect()
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq)]
enum Sent {
    /// The media type, and the body as [`Written`].
    Body(&'static str, Written),
    /// The call fails.
    Refused,
    /// The client does not know how to write the value: the generator refuses the operation.
    Undefined,
}

/// The content of a body.
#[derive(Clone, Debug, PartialEq)]
enum Written {
    Json(Value),
    Text(String),
    /// The head and the content of each part.
    Parts(Vec<String>),
}

/// A body of the table.
struct Row {
    media_type: &'static str,
    class: Class,
    /// The media type of the response.
    received_as: &'static str,
    sent_as: Option<&'static str>,
    kind: Kind,
    is_required: bool,
}

/// Returns the rows of the table.
fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (media_type, class, received_as, sent_as) in MEDIA_TYPES {
        for kind in kinds() {
            for is_required in [true, false] {
                // Only JSON has null, and the client omits an optional body instead.
                if kind.value.is_null() && (class != Class::Json || !is_required) {
                    continue;
                }
                rows.push(Row {
                    media_type,
                    class,
                    received_as,
                    sent_as,
                    kind: kind.clone(),
                    is_required,
                });
            }
        }
    }
    rows.into_iter().step_by(stride()).collect()
}

impl Row {
    /// Whether the schema allows objects.
    fn is_object(&self) -> bool {
        self.kind.value.is_object() || self.kind.name.starts_with("union")
    }

    /// Whether the schema is a string, with or without null.
    fn is_string(&self) -> bool {
        let types = &self.kind.schema["type"];
        *types == "string" || types[0] == "string"
    }

    /// Whether the schema says nothing about the value.
    fn is_open(&self) -> bool {
        self.kind.schema == json!({})
    }

    /// Returns the body that the client sends.
    fn sent(&self) -> Sent {
        let value = &self.kind.value;
        let body = |written| match self.sent_as {
            Some(media_type) => Sent::Body(media_type, written),
            None => Sent::Refused,
        };
        let raw = || body(Written::Text(self.raw()));
        match self.class {
            Class::Json => body(Written::Json(value.clone())),
            Class::Form if self.is_object() => match value.as_object() {
                Some(properties) => body(Written::Text(form(properties))),
                None => Sent::Refused,
            },
            Class::Multipart if self.is_object() => match value.as_object() {
                Some(properties) => {
                    Sent::Body("multipart/form-data", Written::Parts(parts(properties)))
                }
                None => Sent::Refused,
            },
            Class::Any if !self.is_string() && !self.is_open() => {
                Sent::Body("application/json", Written::Json(value.clone()))
            }
            Class::Text | Class::Bytes | Class::Any => raw(),
            Class::Form | Class::Unknown if self.is_string() => raw(),
            Class::Unknown if self.is_open() => raw(),
            Class::Form | Class::Multipart | Class::Unknown => Sent::Undefined,
        }
    }

    /// Returns the text of a body that the caller writes.
    fn raw(&self) -> String {
        let is_binary = self.kind.schema["format"] == "binary" || self.is_open();
        match self.class {
            Class::Bytes | Class::Any => "octets".to_owned(),
            Class::Text if self.media_type.contains('*') => "octets".to_owned(),
            _ if is_binary => "octets".to_owned(),
            _ => match &self.kind.value {
                Value::String(text) => text.clone(),
                value => value.to_string(),
            },
        }
    }

    /// Returns the value that the caller passes.
    fn value(&self) -> Value {
        match self.sent() {
            Sent::Body(_, Written::Text(text))
                if self.class != Class::Form || !self.is_object() =>
            {
                text.into()
            }
            Sent::Body(_, Written::Parts(_)) => {
                let mut value = self.kind.value.clone();
                if let Some(file) = value.get_mut("file") {
                    make_files(file);
                }
                value
            }
            _ => self.kind.value.clone(),
        }
    }

    /// Returns the body of the response.
    fn replied(&self) -> String {
        match self.decoded() {
            Decoded::Json(value) => value.to_string(),
            Decoded::Text(text) => text,
            Decoded::Bytes => "octets".to_owned(),
        }
    }

    /// Returns the value that the client decodes.
    fn decoded(&self) -> Decoded {
        let text = || Decoded::Text("a=b, é".to_owned());
        let is_plain = self.is_string() && self.kind.schema.get("format").is_none();
        match self.class {
            Class::Json => Decoded::Json(self.kind.value.clone()),
            Class::Any if !self.is_string() && !self.is_open() => {
                Decoded::Json(self.kind.value.clone())
            }
            Class::Any if is_plain => text(),
            Class::Form | Class::Text => text(),
            Class::Any | Class::Multipart | Class::Bytes | Class::Unknown => Decoded::Bytes,
        }
    }

    /// Describes the row in messages.
    fn name(&self) -> String {
        let requirement = if self.is_required {
            "required"
        } else {
            "optional"
        };
        format!("{} {} {requirement}", self.media_type, self.kind.name)
    }

    /// Returns the operation of the row. It sends the body if `sends`, and receives it if
    /// `receives`.
    fn operation(&self, id: &str, sends: bool, receives: bool) -> Value {
        let content =
            json!({self.media_type: {"schema": self.kind.schema, "x-value": self.value()}});
        let mut operation = json!({
            "operationId": id,
            "responses": {"200": {"description": ""}},
        });
        if sends {
            operation["requestBody"] = json!({"required": self.is_required, "content": content});
        }
        if receives {
            operation["responses"]["200"]["content"] = content;
        }
        json!({"post": operation})
    }
}

/// A decoded response.
enum Decoded {
    Json(Value),
    Text(String),
    Bytes,
}

/// Encodes an object as a form: an array repeats the name, and an object is JSON.
fn form(properties: &Map<String, Value>) -> String {
    let encode = |text: &str| percent_encoded(text, false);
    let mut pairs = Vec::new();
    for (name, value) in properties {
        let items = value
            .as_array()
            .map_or(std::slice::from_ref(value), |of| of);
        for item in items {
            let text = item.as_str().map_or(item.to_string(), str::to_owned);
            pairs.push(format!("{}={}", encode(name), encode(&text)));
        }
    }
    pairs.join("&")
}

/// Turns the strings in `value` into files, as the client encodes them.
fn make_files(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(make_files),
        Value::Object(properties) => properties.values_mut().for_each(make_files),
        content => {
            *content = json!({
                "name": "a.png", "media_type": "image/png", "\u{E000}content": content,
            });
        }
    }
}

/// Encodes an object as the parts of a form (RFC 7578). A map of files has a part for each key.
fn parts(properties: &Map<String, Value>) -> Vec<String> {
    let mut parts = Vec::new();
    for (name, value) in properties {
        let is_file = name.starts_with("file");
        let part = |name: &str, value: &Value| {
            let head = format!("Content-Disposition: form-data; name=\"{name}\"");
            match value {
                Value::String(text) if is_file => {
                    format!("{head}; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n{text}")
                }
                Value::String(text) => format!("{head}\r\n\r\n{text}"),
                Value::Object(_) => {
                    format!("{head}\r\nContent-Type: application/json\r\n\r\n{value}")
                }
                value => format!("{head}\r\n\r\n{value}"),
            }
        };
        match value {
            Value::Array(items) => parts.extend(items.iter().map(|item| part(name, item))),
            Value::Object(files) if is_file => {
                let files = files.iter();
                parts.extend(files.map(|(key, file)| part(&format!("{name}[{key}]"), file)));
            }
            value => parts.push(part(name, value)),
        }
    }
    parts
}

/// Returns the operations of a row: one for the request and the response, or one for each if the
/// request is not sent.
fn operations(row: &Row, index: usize) -> Vec<(String, Value)> {
    let both = format!("body{index}");
    let alone = format!("request{index}");
    match row.sent() {
        Sent::Body(..) => vec![(both.clone(), row.operation(&both, true, true))],
        Sent::Refused => vec![
            (both.clone(), row.operation(&both, false, true)),
            (alone.clone(), row.operation(&alone, true, false)),
        ],
        Sent::Undefined => vec![(both.clone(), row.operation(&both, false, true))],
    }
}

/// Returns a path and an operation for each row.
pub(crate) fn paths() -> Map<String, Value> {
    let rows = rows().into_iter().enumerate();
    let operations = rows.flat_map(|(index, row)| operations(&row, index));
    operations
        .map(|(id, item)| (format!("/{id}"), item))
        .collect()
}

/// Returns the reply to the request with this `head`.
pub(crate) fn reply(head: &str) -> Reply {
    let target = head.split(' ').nth(1).unwrap();
    let index = target
        .strip_prefix("/body")
        .and_then(|index| index.parse::<usize>().ok());
    match index.and_then(|index| rows().into_iter().nth(index)) {
        Some(row) => Reply::new(
            "200 OK",
            &[("content-type", row.received_as)],
            &row.replied(),
        ),
        None => Reply::new("204 No Content", &[], ""),
    }
}

/// Returns the media type and the content of the body of `request`.
fn received(request: &Received) -> (Option<String>, Written) {
    let headers = request
        .head
        .split("\r\n")
        .filter_map(|line| line.split_once(": "));
    let mut headers = headers.filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let media_type = headers.next().map(|(_, value)| value.to_owned());
    let Some((essence, boundary)) = media_type
        .as_deref()
        .and_then(|of| of.split_once("; boundary="))
    else {
        return (media_type, Written::Text(request.body.clone()));
    };
    let between = format!("--{boundary}\r\n");
    let body = request.body.strip_suffix(&format!("--{boundary}--\r\n"));
    let parts = body.unwrap().split(between.as_str()).skip(1);
    let parts = parts.map(|part| part.strip_suffix("\r\n").unwrap().to_owned());
    (Some(essence.to_owned()), Written::Parts(parts.collect()))
}

/// Checks the calls of all rows. Returns the faults.
pub(crate) fn check(outcomes: &[Outcome]) -> Vec<String> {
    let mut faults = Vec::new();
    for (index, row) in rows().into_iter().enumerate() {
        let find = |id: &str, set: &str| {
            let name = format!("{id}{index}, {set} values");
            outcomes.iter().find(|outcome| outcome.name == name)
        };
        let mut fault = |what: String| faults.push(format!("{}: {what}", row.name()));
        let Some(outcome) = find("body", "all") else {
            fault("no call".to_owned());
            continue;
        };
        match (row.sent(), &outcome.request, find("request", "all")) {
            (Sent::Body(media_type, written), Ok(request), _) => {
                let (sent_as, mut content) = received(request);
                if let (Written::Json(_), Written::Text(text)) = (&written, &content) {
                    content = Written::Json(serde_json::from_str(text).unwrap_or_default());
                }
                if (sent_as.as_deref(), &content) != (Some(media_type), &written) {
                    fault(format!(
                        "{sent_as:?} {content:?} instead of {media_type:?} {written:?}"
                    ));
                }
            }
            (Sent::Body(..), Err(why), _) => fault(why.clone()),
            (Sent::Refused, _, Some(alone)) if alone.request.is_err() => {}
            (Sent::Refused, _, _) => fault("sent".to_owned()),
            (Sent::Undefined, _, _) => {}
        }
        if let (false, Sent::Body(..), Some(without)) =
            (row.is_required, row.sent(), find("body", "required"))
        {
            match without.request.as_ref().map(received) {
                Ok((None, Written::Text(text))) if text.is_empty() => {}
                other => fault(format!("without a body: {other:?}")),
            }
        }
        let is_same = match (row.decoded(), &outcome.response) {
            (Decoded::Json(value), Ok(text)) => {
                serde_json::from_str::<Value>(text).unwrap() == value
            }
            (Decoded::Text(expected), Ok(text)) => *text == format!("\"{expected}\""),
            (Decoded::Bytes, Ok(text)) => text == "b\"octets\"",
            (_, Err(_)) => false,
        };
        if !is_same {
            fault(format!(
                "the response {:?} instead of {}",
                outcome.response,
                row.replied()
            ));
        }
    }
    faults
}

/// Checks that the generator refuses the requests that it cannot write. Returns the faults.
pub(crate) fn check_undefined() -> Vec<String> {
    let mut rows = rows();
    rows.retain(|row| row.sent() == Sent::Undefined);
    let id = |index: usize| format!("request{index}");
    let paths = rows.iter().enumerate();
    let paths = paths.map(|(index, row)| {
        (
            format!("/{}", id(index)),
            row.operation(&id(index), true, false),
        )
    });
    let refused = generate(paths.collect()).refused;
    let refused: BTreeSet<&str> = refused
        .iter()
        .map(|problem| path_of(&problem.pointer))
        .collect();
    let is_refused = |index: usize| refused.contains(id(index).as_str());
    let kept = rows
        .iter()
        .enumerate()
        .filter(|(index, _)| !is_refused(*index));
    kept.map(|(_, row)| format!("{}: not refused", row.name()))
        .collect()
}

/// Returns the counts of the table.
pub(crate) fn counts() -> String {
    let rows = rows();
    let count = |is: fn(&Sent) -> bool| rows.iter().filter(|row| is(&row.sent())).count();
    format!(
        "bodies: {} rows of {} media types and {} kinds of values, required or optional: {} \
         responses decoded; {} requests sent, {} refused by the client, {} refused by the generator",
        rows.len(),
        MEDIA_TYPES.len(),
        kinds().len(),
        rows.len(),
        count(|of| matches!(of, Sent::Body(..))),
        count(|of| *of == Sent::Refused),
        count(|of| *of == Sent::Undefined),
    )
}
