//! Bodies: in 3.1 a media type may stand without a schema, in 3.0 not (OpenAPI
//! 3.1, Considerations for File Uploads).

use serde_json::{Value, json};

use super::schema::is_binary;
use crate::load::Document;
use crate::pointer;
use crate::walk::{self, Kind};

/// Gives every media type of `document` a schema.
pub(super) fn lower(document: &mut Document) {
    walk::for_each_mut(&mut document.root, |at, kind, media_type| {
        let (Kind::MediaType, Value::Object(media_type)) = (kind, media_type) else {
            return;
        };
        let name = pointer::last(at).unwrap_or_default();
        let says_nothing = match media_type.get("schema") {
            None | Some(Value::Bool(true)) => true,
            Some(Value::Object(schema)) => schema
                .keys()
                .all(|key| matches!(key.as_str(), "contentMediaType" | "description")),
            Some(_) => false,
        };
        if says_nothing {
            let schema = if is_binary(&name) {
                json!({"type": "string", "format": "binary"})
            } else if name.starts_with("text/") {
                json!({"type": "string"})
            } else {
                json!({})
            };
            media_type.insert("schema".to_owned(), schema);
        }
        if name.starts_with("multipart/")
            && let Some(Value::Object(parts)) = media_type
                .get_mut("schema")
                .and_then(|schema| schema.get_mut("properties"))
        {
            parts.values_mut().for_each(part);
        }
    });
}

/// A part of a multipart body that only says of which media type it is, or an
/// array of such parts, is a file.
fn part(schema: &mut Value) {
    if let Some(items) = schema.get_mut("items") {
        part(items);
        return;
    }
    let Value::Object(members) = schema else {
        return;
    };
    let is_untyped = members.get("type").is_none_or(|of| of == "string")
        && ![
            "$ref",
            "allOf",
            "anyOf",
            "oneOf",
            "enum",
            "const",
            "format",
            "properties",
        ]
        .iter()
        .any(|keyword| members.contains_key(*keyword));
    let says_content = members.contains_key("contentMediaType") || members.is_empty();
    if is_untyped && says_content && !members.contains_key("contentEncoding") {
        members.insert("type".to_owned(), "string".into());
        members.insert("format".to_owned(), "binary".into());
        members.shift_remove("contentMediaType");
    }
}
