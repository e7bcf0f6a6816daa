//! Lists that are sent as one text.
//!
//! A list in a header, and one in the query with `explode: false`, is its members
//! separated by commas (OpenAPI, Style Values). progenitor would want the first to
//! display itself, and would repeat the name of the second. So each is a text,
//! which the caller writes.

use serde_json::{Value, json};

use crate::facts::Facts;
use crate::load::Document;
use crate::report::Report;

/// Makes texts of the parameters whose members stand in one text.
pub(super) fn write_lists_as_text(document: &mut Document, facts: &Facts, report: &mut Report) {
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
            let is_text = match (parameter["in"].as_str(), of) {
                (Some("header"), Some("array" | "object")) => true,
                (Some("query"), Some("array")) => parameter["explode"] == false,
                _ => false,
            };
            if is_text {
                let what = "a list in one text → a text, its members separated by commas";
                report.info("list-as-text", &at, what);
                if let Some(parameter) = document.root.pointer_mut(&at) {
                    parameter["schema"] = json!({"type": "string"});
                }
            }
        }
    }
}
