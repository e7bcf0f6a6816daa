//! Replaces with U+FFFD the characters that later stages use to mark schemas (`provenance`,
//! `shape`). In a keyword, a format or a description they would look like such a mark. Values
//! that an API sends and receives, such as enum values and property names, keep them.

use serde_json::{Map, Value};

use crate::load::Document;
use crate::provenance::is_mark;
use crate::walk::{self, Kind};

/// Replaces the reserved characters.
pub(super) fn replace(document: &mut Document) {
    walk::for_each_mut(&mut document.root, |_, kind, object| {
        let Value::Object(members) = object else {
            return;
        };
        for keyword in ["description", "summary", "title", "format"] {
            if let Some(Value::String(text)) = members.get_mut(keyword)
                && text.contains(is_mark)
            {
                *text = without(text);
            }
        }
        if kind == Kind::Schema && members.keys().any(|keyword| keyword.contains(is_mark)) {
            let marked = std::mem::take(members).into_iter();
            *members = marked
                .map(|(keyword, value)| (without(&keyword), value))
                .collect::<Map<_, _>>();
        }
    });
}

fn without(text: &str) -> String {
    text.replace(is_mark, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_data_keeps_reserved_characters() {
        let mut document = Document {
            length: 0,
            name: "api.yaml".to_owned(),
            root: json!({"components": {"schemas": {"A": {
                "description": "\u{e000}/b\u{e001}",
                "x-\u{e000}from": "/c",
                "format": "type\u{e000}D",
                "enum": ["\u{e000}"],
                "properties": {"\u{e001}": {"title": "\u{e000}", "default": "\u{e000}"}},
            }}}}),
        };
        replace(&mut document);
        let expected = json!({"components": {"schemas": {"A": {
            "description": "\u{fffd}/b\u{fffd}",
            "x-\u{fffd}from": "/c",
            "format": "type\u{fffd}D",
            "enum": ["\u{e000}"],
            "properties": {"\u{e001}": {"title": "\u{fffd}", "default": "\u{e000}"}},
        }}}});
        assert_eq!(document.root, expected);
    }
}
