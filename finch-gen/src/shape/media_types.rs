//! One media type for each body.
//!
//! progenitor sends a body as the one media type that it is described as. Of
//! several, a client needs one that it can send or read, JSON before all.

use serde_json::{Map, Value};

use crate::facts::Facts;
use crate::load::Document;
use crate::report::Report;

/// Leaves every body one media type, the one that a client does best with.
pub(super) fn choose(document: &mut Document, facts: &Facts, report: &mut Report) {
    for operation in &facts.operations {
        let at = &operation.pointer;
        let mut bodies = vec![format!("{at}/requestBody")];
        let responses = format!("{at}/responses");
        let statuses = document.root.pointer(&responses).and_then(Value::as_object);
        let statuses = statuses.into_iter().flat_map(Map::keys);
        bodies.extend(statuses.map(|status| format!("{responses}/{status}")));
        for body in bodies {
            let target = document
                .root
                .pointer(&body)
                .and_then(|body| body.get("$ref")?.as_str())
                .and_then(|reference| document.resolve(reference));
            let body = target.map_or(body, |(pointer, _)| pointer);
            let content = format!("{body}/content");
            let Some(Value::Object(content_types)) = document.root.pointer_mut(&content) else {
                continue;
            };
            if content_types.len() < 2 {
                continue;
            }
            let Some(best) = content_types.keys().min_by_key(|name| rank(name)).cloned() else {
                continue;
            };
            content_types.retain(|name, _| *name == best);
            let what = format!("a body of several media types → {best} alone");
            report.info("media-types", &content, what);
        }
    }
}

fn rank(media_type: &str) -> u8 {
    match media_type {
        "application/json" => 0,
        other if other.ends_with("+json") => 1,
        "application/x-www-form-urlencoded" => 2,
        "application/octet-stream" => 3,
        other if other.starts_with("text/") => 4,
        _ => 5,
    }
}
