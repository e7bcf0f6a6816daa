//! Gives every media type a schema: OpenAPI 3.1 allows one without a schema, and 3.0 does not
//! (OpenAPI 3.1, Considerations for File Uploads).
//!
//! `image/png` gets a binary string, `text/plain` a string, and another type a schema that accepts
//! anything. A part of a multipart form that only names a media type becomes a file. Also chooses
//! the best of several media types: JSON first, then forms, text and binary.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::json::Fields as _;
use crate::load::Document;
use crate::media_type::{is_binary, is_json, is_multipart_form, rank};
use crate::pointer::{self, join};
use crate::reachability::{part_at, used_outside_multipart};
use crate::report::Report;
use crate::walk::{self, Kind};

/// Gives every media type of `document` a schema, and turns the parts of multipart bodies that only
/// name a media type into files.
pub(super) fn lower(document: &mut Document, report: &mut Report) {
    let mut forms = Vec::new();
    walk::for_each_mut(&mut document.root, |at, kind, media_type| {
        let (Kind::MediaType, Value::Object(media_type)) = (kind, media_type) else {
            return;
        };
        let name = at.name().unwrap_or_default();
        let says_nothing = match media_type.get("schema") {
            None | Some(Value::Bool(true)) => true,
            Some(Value::Object(schema)) => {
                let mut keys = schema.keys();
                keys.all(|key| key == "contentMediaType" || key == "description")
            }
            Some(_) => false,
        };
        if says_nothing {
            let schema = if is_binary(name) {
                json!({"type": "string", "format": "binary"})
            } else if name.starts_with("text/") && !is_json(name) {
                json!({"type": "string"})
            } else {
                json!({})
            };
            media_type.insert("schema".to_owned(), schema);
        }
        if is_multipart_form(name) {
            forms.push(at.pointer());
        }
    });
    if !forms.is_empty() {
        let shared = used_outside_multipart(document);
        for at in forms {
            write_files(document, &at, &shared, report);
        }
    }
}

/// Returns the best of the media types at `content` of `document`, with its pointer.
pub(super) fn best(document: &Document, content: &str) -> Option<(String, String)> {
    let media_types = document.keys(content).into_iter();
    let name = media_types.min_by_key(|name| rank(name))?;
    let at = pointer::join(content, &name);
    Some((name, at))
}

/// Turns the parts of the multipart body at `at` that only name a media type into files. The
/// Encoding Object of the part gets the media type.
fn write_files(document: &mut Document, at: &str, shared: &BTreeSet<String>, report: &mut Report) {
    let mut parts = Parts {
        document,
        shared,
        seen: BTreeSet::new(),
        found: Vec::new(),
        mixed: BTreeSet::new(),
    };
    parts.of_form(&join(at, "schema"));
    let mut media_types: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let Parts { found, mixed, .. } = parts;
    for (name, place) in found {
        let Some(Value::Object(schema)) = document.at_mut(&place) else {
            continue;
        };
        schema.entry("type").or_insert_with(|| "string".into());
        schema.insert("format".to_owned(), "binary".into());
        let Some(media_type) = schema.text("contentMediaType").map(str::to_owned) else {
            continue;
        };
        let what = match &name {
            Some(name) if !mixed.contains(name) => None,
            Some(_) => Some("media type of a file next to other values"),
            None => Some("media type of parts with any name"),
        };
        if let Some(what) = what {
            let what = format!("{what} → set it with `File::of_type`");
            report.warn("part-media-type", &place, what);
            continue;
        }
        let of_part = media_types.entry(name.unwrap_or_default()).or_default();
        if !of_part.contains(&media_type) {
            of_part.push(media_type);
        }
    }
    let Some(Value::Object(body)) = document.at_mut(at).filter(|_| !media_types.is_empty()) else {
        return;
    };
    let encoding = body.entry("encoding").or_insert_with(|| json!({}));
    for (name, media_types) in media_types {
        if let Value::Object(encoding) = &mut *encoding
            && let Value::Object(of_part) = encoding.entry(name).or_insert_with(|| json!({}))
        {
            let accepted = || media_types.join(", ").into();
            of_part.entry("contentType").or_insert_with(accepted);
        }
    }
}

/// Finds the parts of a multipart body that are files, because they only name a media type.
struct Parts<'a> {
    document: &'a Document,
    /// The pointers of the component schemas that other bodies also have.
    shared: &'a BTreeSet<String>,
    seen: BTreeSet<(Option<String>, String)>,
    /// The pointers of the files, each with the name of its part.
    found: Vec<(Option<String>, String)>,
    /// The names of the parts that may also be another value.
    mixed: BTreeSet<String>,
}

impl Parts<'_> {
    /// Finds the files of the form at `at`.
    fn of_form(&mut self, at: &str) {
        let Some(schema) = self.document.at(at).object() else {
            return;
        };
        if !self.seen.insert((None, at.to_owned())) {
            return;
        }
        if let Some((target, _)) = schema.text("$ref").and_then(|of| self.document.resolve(of)) {
            self.of_form(&target);
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for index in 0..schema.list(keyword).len() {
                self.of_form(&format!("{at}/{keyword}/{index}"));
            }
        }
        for (name, _) in schema.field("properties").fields() {
            let place = join(&join(at, "properties"), name);
            self.of_part(Some(name), &place, true);
        }
        for (pattern, _) in schema.field("patternProperties").fields() {
            let place = join(&join(at, "patternProperties"), pattern);
            self.of_part(None, &place, false);
        }
        self.of_part(None, &join(at, "additionalProperties"), false);
    }

    /// Finds the files of the part `name`, whose schema is at `at`. A schema that says nothing
    /// `may_be_file`.
    fn of_part(&mut self, name: Option<&String>, at: &str, may_be_file: bool) {
        let Some(schema) = self.document.at(at).object() else {
            return;
        };
        let part = (name.cloned(), at.to_owned());
        if !self.seen.insert(part.clone()) {
            return;
        }
        let is_shared = part_at(at).is_some_and(|component| self.shared.contains(&component));
        if is_file(schema, may_be_file && !is_shared, is_shared) {
            self.found.push(part);
            return;
        }
        if schema
            .get("type")
            .is_some_and(|of| *of != "null" && *of != "array")
        {
            self.mixed.extend(part.0);
        }
        if let Some((target, _)) = schema.text("$ref").and_then(|of| self.document.resolve(of)) {
            self.of_part(name, &target, may_be_file);
        }
        self.of_part(name, &join(at, "items"), may_be_file);
        for keyword in ["allOf", "anyOf", "oneOf", "prefixItems"] {
            for index in 0..schema.list(keyword).len() {
                self.of_part(name, &format!("{at}/{keyword}/{index}"), false);
            }
        }
    }
}

/// Whether the part `schema` only names a media type, or says nothing and `may_be_file`. If it
/// `is_shared`, a body that is not a form must also be able to contain it.
fn is_file(schema: &Map<String, Value>, may_be_file: bool, is_shared: bool) -> bool {
    if schema.contains_key("contentMediaType") {
        let other_types = [
            "$ref",
            "allOf",
            "anyOf",
            "oneOf",
            "enum",
            "const",
            "properties",
            "items",
            "contentEncoding",
        ];
        let is_string = match schema.get("type") {
            Some(Value::Array(types)) => {
                types.contains(&json!("string"))
                    && types.iter().all(|of| of == "string" || of == "null")
            }
            Some(of) => of == "string",
            None => !is_shared,
        };
        let is_binary = schema
            .text("format")
            .is_none_or(|format| format == "binary");
        return is_string && is_binary && !schema.has_any(&other_types);
    }
    may_be_file && schema.keys().all(|key| key == "description")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_type_without_a_schema_gets_one() {
        let string = json!({"type": "string"});
        let bytes = json!({"type": "string", "format": "binary"});
        for (name, expected) in [
            ("application/json", json!({})),
            ("text/json", json!({})),
            ("text/x-a+json; charset=utf-8", json!({})),
            ("text/plain", string.clone()),
            ("text/xml", string),
            ("image/png", bytes),
            ("a/b", json!({})),
        ] {
            for media_type in [json!({}), json!({"schema": true}), json!({"schema": {}})] {
                let content = json!({name: media_type});
                let body = json!({"requestBody": {"content": content}});
                let mut document = Document {
                    length: 0,
                    name: "api.yaml".to_owned(),
                    root: json!({"paths": {"/a": {"get": body}}}),
                };
                lower(&mut document, &mut Report::default());
                let content = &document.root["paths"]["/a"]["get"]["requestBody"]["content"];
                assert_eq!(content[name]["schema"], expected, "{name}: {media_type}");
            }
        }
    }
}
