//! Encodes an object as `multipart/form-data` (RFC 7578). Returns the body and its media type
//! with the boundary, which no part contains.
//!
//! Each property becomes a part, and each item of an array a part with the same name. A nested
//! object becomes JSON. If it contains files, each of its properties becomes a part named
//! `name[property]`. Null is not sent, and a body that is not an object is refused.
//!
//! reqwest's own encoder is behind a feature that most clients do not need. Its bodies are
//! streams, which the runtime cannot inspect.

use std::collections::HashSet;

use serde_json::Value;

use super::file::{File, is_single};
use super::form::{items, properties, text};
use super::parameter::Parameter;

/// How a property is sent, if its value does not decide that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    name: &'a str,
    kind: Kind<'a>,
    media_type: Option<&'a str>,
}

#[derive(Clone, Copy, Debug)]
enum Kind<'a> {
    Value,
    Styled(Parameter<'a>),
}

impl<'a> Part<'a> {
    /// Returns a part for the property `name`: a value, a file, or an array of either.
    pub(crate) const fn value(name: &'a str) -> Self {
        Self::new(name, Kind::Value)
    }

    /// Returns a part that is encoded as `parameter` is in a query.
    pub(crate) const fn in_style(parameter: Parameter<'a>) -> Self {
        Self::new(parameter.name, Kind::Styled(parameter.verbatim()))
    }

    const fn new(name: &'a str, kind: Kind<'a>) -> Self {
        Self {
            name,
            kind,
            media_type: None,
        }
    }

    /// Sets the media type, or for files the media types that are possible.
    pub(crate) const fn of_type(mut self, media_type: &'a str) -> Self {
        self.media_type = Some(media_type);
        self
    }
}

/// A part that is ready to send.
struct Sent {
    name: String,
    file_name: Option<String>,
    media_type: Option<String>,
    content: Vec<u8>,
}

/// Returns the media type of the body, which names the boundary, and the body.
pub(crate) fn encode(parts: &[Part<'_>], body: &Value) -> Result<(String, Vec<u8>), String> {
    let mut sent = Vec::new();
    for (name, value) in properties(body)? {
        let part = parts.iter().find(|part| part.name == name);
        let part = part.copied().unwrap_or(Part::value(name));
        let blame = |what: String| format!("the part `{name}`: {what}");
        match part.kind {
            Kind::Styled(parameter) if !has_file(value) => {
                let pairs = parameter.pairs(value).map_err(blame)?;
                sent.extend(pairs.into_iter().map(|(name, value)| Sent {
                    name,
                    file_name: None,
                    media_type: None,
                    content: value.into_bytes(),
                }));
            }
            _ => {
                for value in items(value) {
                    add(&part, name, value, &mut sent).map_err(blame)?;
                }
            }
        }
    }
    let boundary = boundary(&sent);
    let media_type = format!("multipart/form-data; boundary={boundary}");
    Ok((media_type, join(&sent, &boundary)))
}

/// Adds `value` to `sent`: as one part, or as one part per value if it contains files.
/// JSON cannot contain a file.
fn add(part: &Part<'_>, name: &str, value: &Value, sent: &mut Vec<Sent>) -> Result<(), String> {
    match value {
        value if File::is(value) => sent.push(of_file(part, name, value)?),
        Value::Array(items) if has_file(value) => {
            for item in items {
                add(part, name, item, sent)?;
            }
        }
        Value::Object(properties) if has_file(value) => {
            for (key, value) in properties {
                for value in items(value) {
                    add(part, &format!("{name}[{key}]"), value, sent)?;
                }
            }
        }
        value => sent.push(of_value(part, name, value)),
    }
    Ok(())
}

/// Whether `value` is or contains a file.
fn has_file(value: &Value) -> bool {
    match value {
        value if File::is(value) => true,
        Value::Array(items) => items.iter().any(has_file),
        Value::Object(properties) => properties.values().any(has_file),
        _ => false,
    }
}

/// Returns the part of `value`: a string unchanged, an array or an object as JSON.
fn of_value(part: &Part<'_>, name: &str, value: &Value) -> Sent {
    let is_json = |media_type: &str| {
        let (essence, _) = media_type.split_once(';').unwrap_or((media_type, ""));
        essence == "application/json" || essence.ends_with("+json")
    };
    let by_default = matches!(value, Value::Array(_) | Value::Object(_));
    let media_type = part.media_type.filter(|of| is_single(of));
    let media_type = media_type.or(by_default.then_some("application/json"));
    let content = match media_type {
        Some(media_type) if is_json(media_type) => value.to_string(),
        _ => text(value),
    };
    Sent {
        name: name.to_owned(),
        file_name: None,
        media_type: media_type.map(str::to_owned),
        content: content.into_bytes(),
    }
}

fn of_file(part: &Part<'_>, name: &str, value: &Value) -> Result<Sent, String> {
    let file: File =
        serde_json::from_value(value.clone()).map_err(|_| "the value is not a file")?;
    let media_type = file.sent_as(part.media_type.unwrap_or("*/*"))?;
    if media_type.contains(['\r', '\n']) {
        return Err("its media type has a line break".to_owned());
    }
    Ok(Sent {
        name: name.to_owned(),
        // A server recognizes a file by its file name.
        file_name: Some(file.name().unwrap_or(name).to_owned()),
        media_type: Some(media_type.to_owned()),
        content: file.content().to_vec(),
    })
}

/// Returns a boundary that no part contains.
fn boundary(parts: &[Sent]) -> String {
    const START: &str = "part-of-form-";
    const DIGITS: usize = 16;

    // A part may contain many boundaries. One pass finds them all.
    let number = |window: &[u8]| {
        let digits = window.strip_prefix(START.as_bytes())?;
        std::str::from_utf8(digits).ok()?.parse().ok()
    };
    let taken = parts.iter().flat_map(|part| {
        let numbers = part
            .content
            .windows(START.len() + DIGITS)
            .filter_map(number);
        numbers.collect::<Vec<usize>>()
    });
    let taken: HashSet<usize> = taken.collect();
    let free = (0..=taken.len()).find(|number| !taken.contains(number));
    let free = free.expect("a set has fewer numbers than that");
    format!("{START}{free:0DIGITS$}")
}

fn join(parts: &[Sent], boundary: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        let mut head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
            escape(&part.name)
        );
        if let Some(name) = &part.file_name {
            head.push_str(&format!("; filename=\"{}\"", escape(name)));
        }
        if let Some(media_type) = &part.media_type {
            head.push_str(&format!("\r\nContent-Type: {media_type}"));
        }
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(&part.content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    body
}

/// Returns the name and content of each part of `body`, as [`encode`] writes it.
pub(crate) fn parts(body: &[u8]) -> Vec<(String, &[u8])> {
    let find = |within: &[u8], text: &[u8]| {
        let mut windows = within.windows(text.len());
        windows.position(|window| window == text)
    };
    let mut parts = Vec::new();
    let Some(between) = find(body, b"\r\n").filter(|_| body.starts_with(b"--")) else {
        return parts;
    };
    let between = [b"\r\n", &body[..between]].concat();
    let mut rest = &body[between.len() - 2..];
    while let Some(end) = find(rest, &between) {
        let part = &rest[..end];
        let head = find(part, b"\r\n\r\n").unwrap_or_default();
        let name = String::from_utf8_lossy(&part[..head]);
        let name = name.split('"').nth(1).unwrap_or_default().to_owned();
        parts.push((name, part.get(head + 4..).unwrap_or_default()));
        rest = &rest[end + between.len()..];
    }
    parts
}

/// Escapes `name` for a quoted string (HTML, Multipart form data).
fn escape(name: &str) -> String {
    name.replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace('"', "%22")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::parameter::to_json;
    use super::super::style::Style;
    use super::*;

    /// Encodes `body`, and returns the boundary and the parts.
    fn check(parts: &[Part<'_>], body: &Value) -> (String, Vec<String>) {
        let (media_type, body) = encode(parts, body).unwrap();
        let boundary = media_type.strip_prefix("multipart/form-data; boundary=");
        let boundary = boundary.unwrap();
        let body = String::from_utf8(body).unwrap();
        let body = body.strip_suffix(&format!("--{boundary}--\r\n")).unwrap();
        let between = format!("--{boundary}\r\n");
        let parts = body.split(&between).skip(1);
        let parts = parts.map(|part| part.strip_suffix("\r\n").unwrap().to_owned());
        (boundary.to_owned(), parts.collect())
    }

    #[test]
    fn parts_are_encoded_by_value_type() {
        let body = json!({
            "text": "é", "number": 1, "none": null, "list": ["a", {"b": 1}], "object": {"c": []},
            "as_json": "d", "ids": [1, 2], "csv": "e,f",
        });
        let parts = [
            Part::value("as_json").of_type("application/json; charset=utf-8"),
            Part::in_style(Parameter::query("ids").style(Style::PipeDelimited)),
            Part::value("csv").of_type("text/csv"),
        ];
        let name = |name| format!("Content-Disposition: form-data; name=\"{name}\"\r\n");
        let json = "Content-Type: application/json\r\n";
        assert_eq!(
            check(&parts, &body).1,
            [
                format!("{}\r\né", name("text")),
                format!("{}\r\n1", name("number")),
                format!("{}\r\na", name("list")),
                format!("{}{json}\r\n{{\"b\":1}}", name("list")),
                format!("{}{json}\r\n{{\"c\":[]}}", name("object")),
                format!(
                    "{}Content-Type: application/json; charset=utf-8\r\n\r\n\"d\"",
                    name("as_json")
                ),
                format!("{}\r\n1|2", name("ids")),
                format!("{}Content-Type: text/csv\r\n\r\ne,f", name("csv")),
            ]
        );
    }

    #[test]
    fn files_have_names_and_types() {
        let files = [
            File::from("a").named("a\"\r\n.png"),
            File::from("b").of_type("text/csv"),
        ];
        let body = json!({"one": files[0], "many": files, "text": [File::from("c"), 1]});
        let parts = [
            Part::value("one").of_type("image/png"),
            Part::in_style(Parameter::query("many")),
            Part::value("text").of_type("text/csv, text/plain"),
        ];
        let part = |name, file, media_type, content| {
            format!(
                "Content-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
                 Content-Type: {media_type}\r\n\r\n{content}"
            )
        };
        let octets = "application/octet-stream";
        assert_eq!(
            check(&parts, &body).1,
            [
                part("one", "a%22%0D%0A.png", "image/png", "a"),
                part("many", "a%22%0D%0A.png", octets, "a"),
                part("many", "many", "text/csv", "b"),
                part("text", "text", "text/plain", "c"),
                "Content-Disposition: form-data; name=\"text\"\r\n\r\n1".to_owned(),
            ]
        );
    }

    #[test]
    fn nested_files_become_parts() {
        let file = |content: &'static str| File::from(content);
        let part = |name, content| {
            format!(
                "Content-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n{content}"
            )
        };
        let value =
            |name, content| format!("Content-Disposition: form-data; name=\"{name}\"\r\n{content}");
        let json = "Content-Type: application/json\r\n\r\n{\"x\":1}";
        for (body, expected) in [
            (json!({"a": file("1")}), vec![part("a", "1")]),
            (
                json!({"a": [file("1"), "text", {"x": 1}]}),
                vec![part("a", "1"), value("a", "\r\ntext"), value("a", json)],
            ),
            (
                json!({"a": [[file("1")], [file("2")]]}),
                vec![part("a", "1"), part("a", "2")],
            ),
            (
                json!({"a": {"b": file("1"), "c": [file("2")], "d": null, "e": {"x": 1}}}),
                vec![part("a[b]", "1"), part("a[c]", "2"), value("a[e]", json)],
            ),
            (
                json!({"a": {"b": {"c": file("1")}, "d": 2}}),
                vec![part("a[b][c]", "1"), value("a[d]", "\r\n2")],
            ),
            (json!({"a": {"x": 1}}), vec![value("a", json)]),
            // An object that has the properties of a file is not one.
            (
                json!({"a": {"name": "b", "media_type": null, "content": "c"}}),
                vec![value(
                    "a",
                    "Content-Type: application/json\r\n\r\n\
                     {\"name\":\"b\",\"media_type\":null,\"content\":\"c\"}",
                )],
            ),
        ] {
            assert_eq!(check(&[], &body).1, expected, "{body}");
        }
    }

    #[test]
    fn every_byte_of_a_file_is_sent() {
        let content: Vec<u8> = (0..=255).collect();
        let body = to_json(&json!({"file": File::from(content.clone())})).unwrap();
        let (_, sent) = encode(&[], &body).unwrap();
        assert!(sent.windows(256).any(|window| window == content));
    }

    #[test]
    fn encoded_parts_can_be_parsed() {
        let body = json!({"a": "b\r\n\r\n--c", "d": [1, {"e": "f"}], "g": ""});
        let (_, sent) = encode(&[], &body).unwrap();
        let read = parts(&sent);
        let read: Vec<_> = read
            .iter()
            .map(|(name, content)| (name.as_str(), str::from_utf8(content).unwrap()))
            .collect();
        let d = "{\"e\":\"f\"}";
        assert_eq!(
            read,
            [("a", "b\r\n\r\n--c"), ("d", "1"), ("d", d), ("g", "")]
        );
        for body in [
            &b""[..],
            b"{}",
            b"a=b\r\n",
            b"--",
            b"--a\r\n",
            b"--a\r\n\r\n--a",
        ] {
            assert!(parts(body).iter().all(|(name, _)| name.is_empty()));
        }
    }

    #[test]
    fn file_needs_a_media_type_where_several_are_possible() {
        let body = |file: File| json!({"a": [{"b": file}]});
        let parts = [Part::value("a").of_type("image/png, image/jpeg")];
        let error = encode(&parts, &body(File::from("a"))).unwrap_err();
        assert_eq!(
            error,
            "the part `a`: set the media type of the file with `File::of_type`: one of \
             `image/png, image/jpeg`"
        );
        let typed = File::from("a").of_type("image/png");
        assert!(check(&parts, &body(typed)).1[0].contains("Content-Type: image/png\r\n"));
    }

    #[test]
    fn media_type_cannot_add_a_header_line() {
        let file = File::from("a").of_type("text/csv\r\nX: y");
        let error = encode(&[], &json!({"file": file})).unwrap_err();
        assert_eq!(error, "the part `file`: its media type has a line break");
    }

    #[test]
    fn boundary_is_in_no_part() {
        let (first, _) = check(&[], &json!({"a": "b"}));
        let (second, parts) = check(&[], &json!({"a": format!("b\r\n--{first}--")}));
        assert_ne!(first, second);
        assert_eq!(parts.len(), 1);
    }

    #[test]
    fn no_part_contains_the_boundary() {
        let candidates = |numbers: std::ops::Range<usize>| -> String {
            let lines = numbers.map(|number| format!("part-of-form-{number:016}\n"));
            lines.collect()
        };
        for (texts, expected) in [
            (vec![String::new()], 0),
            (vec![candidates(0..1)], 1),
            (vec![candidates(1..3)], 0),
            // One pass finds all boundaries: searching for each of them would take
            // minutes.
            (
                vec![candidates(0..20_000), candidates(20_000..40_000)],
                40_000,
            ),
        ] {
            let texts: Value = texts
                .into_iter()
                .enumerate()
                .map(|(index, text)| (index.to_string(), text))
                .collect();
            let (boundary, _) = check(&[], &texts);
            assert_eq!(boundary, format!("part-of-form-{expected:016}"));
        }
    }
}
