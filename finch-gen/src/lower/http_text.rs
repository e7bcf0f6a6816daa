//! Checks strings of the document that become part of an HTTP message: media types, names and
//! values of headers and cookies, paths, and the URL of the server.
//!
//! A line break would end the header that contains it. reqwest only refuses it, or panics, when
//! a caller sends the request. So the document is refused instead.

use serde_json::Value;
use url::Url;

use crate::json::Fields as _;
use crate::load::Document;
use crate::pointer::{self, join};
use crate::problem::Problems;
use crate::walk::{self, Kind};

const REMEDY: &str = "correct it, or remove the operation, through the overlay";

/// Checks all of them except the URL of the server.
pub(super) fn check(document: &Document, problems: &mut Problems) {
    let mut refuse = |at, what| problems.push(document.problem(at, what, REMEDY));
    walk::for_each(&document.root, |at, kind, object| match kind {
        Kind::MediaType => {
            let name = at.name().unwrap_or_default();
            if !is_header_value(name) {
                refuse(at.pointer(), not_a_value("media type", name));
            }
        }
        Kind::Object if at.parent_name() == Some("encoding") => {
            let content_type = object.text("contentType");
            if let Some(media_type) = content_type.filter(|text| !is_header_value(text)) {
                let at = join(&at.pointer(), "contentType");
                refuse(at, not_a_value("media type", media_type));
            }
        }
        Kind::Object if at.parent_name() != Some("securitySchemes") => {
            parameter(document, &at.pointer(), object, &mut refuse);
        }
        Kind::Object | Kind::Schema => {}
    });
    for (path, _) in document.root.field("paths").fields() {
        if let Some(what) = leads_elsewhere(path) {
            refuse(join("/paths", path), what.to_owned());
        }
    }
}

/// Refuses `object` if it is a header or cookie parameter whose name HTTP does not allow. Also
/// refuses a header if HTTP allows none of its values, or if the client sends a default that HTTP
/// does not allow.
fn parameter<'a>(
    document: &'a Document,
    at: &str,
    object: &'a Value,
    mut refuse: impl FnMut(String, String),
) {
    let (name, place) = (object.text("name"), object.text("in"));
    let (Some(name), Some(place @ ("header" | "cookie"))) = (name, place) else {
        return;
    };
    if !is_token(name) {
        let what = format!("the {place} {name:?}: its name has a character that is not allowed");
        refuse(join(at, "name"), what);
    }
    // The client encodes the value of a cookie.
    let schema = object.field("schema").filter(|_| place == "header");
    let schema = schema.and_then(|schema| document.follow(schema));
    let wrong = |value: &'a Value| value.as_str().filter(|text| !is_header_value(text));
    let constant = schema.field("const").into_iter();
    let mut allowed = constant.chain(schema.list("enum")).map(wrong);
    let sent = schema
        .field("default")
        .filter(|_| object.is_true("required"));
    let first = allowed
        .next()
        .flatten()
        .filter(|_| allowed.all(|of| of.is_some()));
    if let Some(value) = first.or(sent.and_then(wrong)) {
        refuse(join(at, "schema"), not_a_value("value of a header", value));
    }
}

fn not_a_value(of: &str, text: &str) -> String {
    format!("the {of} {text:?} has a character that headers do not allow")
}

/// Why a request for `path` might leave the base URL. A URL parser resolves `.` and `..`, reads
/// a backslash as a slash, and reads the text after two slashes as a host.
fn leads_elsewhere(path: &str) -> Option<&'static str> {
    let (path, _query) = path.split_once('?').unwrap_or((path, ""));
    if path.starts_with("//") {
        return Some("the path begins with two slashes, so its first segment would be a host");
    }
    if path.contains('\\') {
        return Some("the path has a backslash, which URLs treat as a slash");
    }
    let mut after_percent = path.split('%').skip(1).map(str::as_bytes);
    let is_encoded = |rest: &[u8]| {
        rest.get(..2)
            .is_some_and(|code| code.iter().all(u8::is_ascii_hexdigit))
    };
    if !after_percent.all(is_encoded) {
        return Some("the path has a `%` that does not encode a character");
    }
    let may_be_dots = |segment: &str| {
        let segment = segment.to_ascii_lowercase().replace("%2e", ".");
        let parameters = pointer::template_names(&segment).count();
        let literal = segment.len()
            - pointer::template_names(&segment)
                .map(|name| name.len() + 2)
                .sum::<usize>();
        let has_other = segment
            .split('{')
            .map(|part| part.rsplit_once('}').map_or(part, |(_, literal)| literal))
            .any(|literal| literal.contains(|c| c != '.'));
        // A parameter's value is never empty. It is never `.` or `..` if it fills a whole
        // segment.
        let is_lone = parameters == 1 && literal == 0;
        !has_other && !is_lone && (1..=2).contains(&(parameters + literal))
    };
    path.split('/')
        .any(may_be_dots)
        .then_some("the path has a segment that is or can become `.` or `..`")
}

/// Why `url` cannot be the base URL of a client.
pub(super) fn not_a_base_url(url: &str) -> Option<String> {
    let parsed = match Url::parse(url) {
        Ok(parsed) => parsed,
        Err(error) => return Some(format!("the URL {url:?} of the server is invalid: {error}")),
    };
    let is_secret = !parsed.username().is_empty() || parsed.password().is_some();
    let what = if url.contains(|c: char| c.is_control() || c.is_whitespace()) {
        "has a space or a control character"
    } else if url.contains('\\') {
        "has a backslash"
    } else if is_secret {
        "has a user name or a password"
    } else if parsed.query().is_some() || parsed.fragment().is_some() {
        "has a query or a fragment"
    } else {
        return None;
    };
    Some(format!("the URL {url:?} of the server {what}"))
}

/// Whether a header can hold `text` (RFC 9110, 5.5), which must not be empty.
fn is_header_value(text: &str) -> bool {
    !text.is_empty()
        && text.trim() == text
        && text.chars().all(|c| c == '\t' || matches!(c, ' '..='~'))
}

/// Whether `text` may be the name of a header or a cookie (RFC 9110, 5.6.2).
pub(super) fn is_token(text: &str) -> bool {
    let is_mark = |c| "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || is_mark(c))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Inputs, Text, generate};

    const BREAKS: [&str; 8] = [
        "\r\nx: y",
        "\n",
        "\r",
        "\0",
        "\u{7f}",
        "\u{1b}[2J",
        "\u{85}",
        "\u{2028}",
    ];

    /// Checks a document whose only operation is `get` of `/a`. Returns the pointers and
    /// messages of its problems.
    fn check_operation(mut get: Value) -> Vec<(String, String)> {
        if get.get("responses").is_none() {
            get["responses"] = json!({"204": {"description": ""}});
        }
        check_document(json!({"paths": {"/a": {"get": get}}}))
    }

    fn check_document(members: Value) -> Vec<(String, String)> {
        let mut root = json!({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}});
        for (name, member) in members.as_object().into_iter().flatten() {
            root[name] = member.clone();
        }
        let text = root.to_string();
        let name = "api.json";
        let inputs = Inputs {
            crate_name: "api",
            ..Inputs::of_document(Text { name, text: &text })
        };
        match generate(&inputs) {
            Ok(_) => Vec::new(),
            Err(problems) => {
                let all = problems.iter();
                all.map(|one| (one.pointer.clone(), one.what.clone()))
                    .collect()
            }
        }
    }

    #[track_caller]
    fn check_refused(found: &[(String, String)], pointer: &str, part: &str) {
        let [(at, what)] = found else {
            panic!("{found:?}");
        };
        assert_eq!(at, pointer);
        assert!(what.contains(part), "{what}");
        assert!(!what.contains(char::is_control), "{what:?}");
    }

    #[test]
    fn line_breaks_in_header_text_are_refused() {
        let string = json!({"type": "string"});
        for break_ in BREAKS {
            let media_type = format!("text/plain{break_}");
            let content = json!({&media_type: {"schema": string}});
            let at = join("/content", &media_type);
            check_refused(
                &check_operation(
                    json!({"responses": {"200": {"description": "", "content": content}}}),
                ),
                &format!("/paths/~1a/get/responses/200{at}"),
                "the media type",
            );
            check_refused(
                &check_operation(json!({"requestBody": {"content": content}})),
                &format!("/paths/~1a/get/requestBody{at}"),
                "the media type",
            );
            let form = json!({"multipart/form-data": {
                "schema": {"type": "object", "properties": {"p": string}},
                "encoding": {"p": {"contentType": media_type}},
            }});
            check_refused(
                &check_operation(json!({"requestBody": {"content": form}})),
                "/paths/~1a/get/requestBody/content/multipart~1form-data/encoding/p/contentType",
                "the media type",
            );
            let form = json!({"multipart/form-data": {"schema": {"type": "object", "properties": {
                "p": {"contentMediaType": media_type},
            }}}});
            check_refused(
                &check_operation(json!({"requestBody": {"content": form}})),
                "/paths/~1a/get/requestBody/content/multipart~1form-data/encoding/p/contentType",
                "the media type",
            );
            for place in ["header", "cookie"] {
                let name = format!("x{break_}");
                let parameter = json!({"in": place, "name": name, "schema": string});
                check_refused(
                    &check_operation(json!({"parameters": [parameter]})),
                    "/paths/~1a/get/parameters/0/name",
                    "its name has a character",
                );
            }
            for keyword in ["const", "default", "enum"] {
                let value = format!("a{break_}");
                let value = if keyword == "enum" {
                    json!([value])
                } else {
                    json!(value)
                };
                let schema = json!({"type": "string", keyword: value});
                let parameter =
                    json!({"in": "header", "name": "x", "required": true, "schema": schema});
                check_refused(
                    &check_operation(json!({"parameters": [parameter]})),
                    "/paths/~1a/get/parameters/0/schema",
                    "the value of a header",
                );
            }
            let server = json!([{"url": format!("https://a.example/b{break_}")}]);
            check_refused(
                &check_document(json!({"servers": server, "paths": {}})),
                "/servers",
                "of the server",
            );
        }
    }

    #[test]
    fn header_with_a_usable_value_is_not_refused() {
        for (is_required, keyword, value) in [
            (false, "default", json!("")),
            (false, "default", json!("\u{e9}")),
            (false, "enum", json!(["", "a"])),
            (true, "enum", json!(["a", "\n"])),
        ] {
            let schema = json!({"type": "string", keyword: value});
            let header =
                json!({"in": "header", "name": "x", "required": is_required, "schema": schema});
            let found = check_operation(json!({"parameters": [header]}));
            assert_eq!(found, [], "{schema}");
        }
    }

    #[test]
    fn referenced_components_are_checked() {
        let components = json!({
            "responses": {"R": {"description": "", "content": {"a/b\n": {"schema": {}}}}},
            "parameters": {"P": {"in": "header", "name": "x:", "schema": {"type": "string"}}},
        });
        let found = check_document(json!({"paths": {"/a": {"get": {
            "parameters": [{"$ref": "#/components/parameters/P"}],
            "responses": {"200": {"$ref": "#/components/responses/R"}},
        }}}, "components": components}));
        let pointers: Vec<&str> = found.iter().map(|(at, _)| at.as_str()).collect();
        assert_eq!(
            pointers,
            [
                "/components/responses/R/content/a~1b\n",
                "/components/parameters/P/name"
            ]
        );
    }

    #[test]
    fn a_path_stays_under_the_base_url() {
        for path in [
            "/..",
            "/.",
            "/a/../../b/{x}",
            "/a/./b",
            "/%2e",
            "/%2E%2e/b",
            "/.%2e",
            "/a/..?b=c",
            "//evil.example",
            "/\\evil.example",
            "/a\\..\\b",
            "/a/.{x}",
            "/a/{x}.",
            "/a/{x}{y}",
            "/a/%2e{x}",
            "/%2{x}",
            "/%",
            "/a/%zz",
        ] {
            let names = pointer::template_names(path);
            let parameters: Vec<Value> = names
                .map(|name| {
                    json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})
                })
                .collect();
            let get = json!({"parameters": parameters, "responses": {"204": {"description": ""}}});
            let found = check_document(json!({"paths": {path: {"get": get}}}));
            check_refused(&found, &join("/paths", path), "the path");
        }
        for path in [
            "/",
            "/a",
            "/a//b",
            "/a/...",
            "/..a/b..",
            "/{x}",
            "/{x}.json",
            "/{x}.{y}",
            "/{x}...{y}",
            "/a%20b",
            "/a?b=../c",
            "/.well-known/{x}",
        ] {
            assert_eq!(leads_elsewhere(path), None, "{path}");
        }
    }

    #[test]
    fn a_server_is_a_base_url() {
        for (url, part) in [
            ("https://a b.example", "is invalid"),
            ("https://a.example/b\tc", "a space or a control character"),
            ("https://a.example\\@evil.example", "a backslash"),
            ("https://user:word@a.example", "a user name or a password"),
            ("https://a.example?b", "a query or a fragment"),
            ("https://a.example#b", "a query or a fragment"),
        ] {
            let what = not_a_base_url(url).unwrap_or_default();
            assert!(what.contains(part), "{url}: {what}");
        }
        for url in [
            "https://a.example",
            "https://a.example/v1",
            "http://localhost:80",
        ] {
            assert_eq!(not_a_base_url(url), None);
        }
    }
}
