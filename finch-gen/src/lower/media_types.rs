//! Gives every media type a schema: OpenAPI 3.1 allows one without a schema, and 3.0 does not
//! (OpenAPI 3.1, Considerations for File Uploads).
//!
//! `image/png` gets a binary string, `text/plain` a string, and another type a schema that accepts
//! anything. A part of a multipart form that only names a media type becomes a file. Also chooses
//! the best of several media types: JSON first, then forms, text and binary.

use serde_json::{Map, Value, json};

use crate::json::Fields as _;
use crate::load::Document;
use crate::media_type::{is_binary, is_multipart_form, rank};
use crate::pointer;
use crate::walk::{self, Kind};

/// Gives every media type of `document` a schema.
pub(super) fn lower(document: &mut Document) {
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
            } else if name.starts_with("text/") {
                json!({"type": "string"})
            } else {
                json!({})
            };
            media_type.insert("schema".to_owned(), schema);
        }
        if is_multipart_form(name) {
            parts(media_type);
        }
    });
}

/// Returns the best of the media types at `content` of `document`, with its pointer.
pub(super) fn best(document: &Document, content: &str) -> Option<(String, String)> {
    let media_types = document.keys(content).into_iter();
    let name = media_types.min_by_key(|name| rank(name))?;
    let at = pointer::join(content, &name);
    Some((name, at))
}

/// Turns the parts of a multipart body that only name a media type into files. The media type
/// stays on the part.
fn parts(media_type: &mut Map<String, Value>) {
    let schema = media_type.get_mut("schema");
    let properties = schema.and_then(|schema| schema.get_mut("properties")?.as_object_mut());
    let types = properties.into_iter().flatten();
    let types = types.filter_map(|(name, schema)| Some((name.clone(), part(schema)?)));
    for (name, content_type) in types.collect::<Vec<_>>() {
        let encoding = media_type.entry("encoding").or_insert_with(|| json!({}));
        if let Value::Object(encoding) = encoding
            && let Value::Object(of_part) = encoding.entry(name).or_insert_with(|| json!({}))
        {
            of_part.entry("contentType").or_insert(content_type);
        }
    }
}

/// Turns `schema` into a file, or an array of files, if it only names a media type. Returns
/// that media type.
fn part(schema: &mut Value) -> Option<Value> {
    if let Some(items) = schema.get_mut("items") {
        return part(items);
    }
    let Value::Object(members) = schema else {
        return None;
    };
    let other_types = [
        "$ref",
        "allOf",
        "anyOf",
        "oneOf",
        "enum",
        "const",
        "format",
        "properties",
    ];
    let is_untyped =
        members.get("type").is_none_or(|of| of == "string") && !members.has_any(&other_types);
    let says_content = members.contains_key("contentMediaType") || members.is_empty();
    if !is_untyped || !says_content || members.contains_key("contentEncoding") {
        return None;
    }
    members.insert("type".to_owned(), "string".into());
    members.insert("format".to_owned(), "binary".into());
    members.shift_remove("contentMediaType")
}
