//! Parameters as progenitor writes them: header by header a text.
//!
//! A list in a header is its members, separated by commas (OpenAPI, `style:
//! simple`); progenitor would want the list to display itself. So it is a text,
//! which the caller writes.

use serde_json::{Value, json};

use crate::facts::Facts;
use crate::load::Document;
use crate::report::Report;

/// Makes texts of the headers that are lists or objects.
pub(super) fn write_headers_as_text(document: &mut Document, facts: &Facts, report: &mut Report) {
    for operation in &facts.operations {
        let at = format!("{}/parameters", operation.pointer);
        let count = document
            .root
            .pointer(&at)
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        for index in 0..count {
            let mut at = format!("{at}/{index}");
            let reference = document
                .root
                .pointer(&at)
                .and_then(|of| of.get("$ref")?.as_str());
            if let Some((target, _)) = reference.and_then(|of| document.resolve(of)) {
                at = target;
            }
            let Some(parameter) = document.root.pointer(&at) else {
                continue;
            };
            let schema = parameter
                .get("schema")
                .and_then(|schema| document.follow(schema));
            let of = schema.and_then(|schema| schema.get("type")?.as_str());
            if parameter["in"] == "header" && matches!(of, Some("array" | "object")) {
                let what = "a header that is a list → a text, its members separated by commas";
                report.info("header-list", &at, what);
                if let Some(parameter) = document.root.pointer_mut(&at) {
                    parameter["schema"] = json!({"type": "string"});
                }
            }
        }
    }
}
