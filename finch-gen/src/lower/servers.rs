//! Where the API is served (OpenAPI, Server Object).
//!
//! A client has one base URL. It is the first of the document's servers, or else
//! the one that all path items and operations have of their own. An operation
//! that has another is called at the base URL all the same, and reported: who
//! calls it makes a client for that other URL.

use serde_json::Value;

use crate::facts::Operation;
use crate::load::Document;
use crate::report::Report;

/// The base URL, if it is absolute; `operations` learn where else they are.
pub(super) fn find(
    document: &Document,
    operations: &mut [Operation],
    report: &mut Report,
) -> Option<String> {
    let own: Vec<Option<String>> = operations
        .iter()
        .map(|operation| {
            let item = operation.pointer.rsplit_once('/')?.0;
            [&operation.pointer, item]
                .into_iter()
                .find_map(|at| url(document, at))
        })
        .collect();
    let shared = || {
        let first = own.first()?.clone()?;
        own.iter()
            .all(|url| url.as_ref() == Some(&first))
            .then_some(first)
    };
    let base = url(document, "").filter(|url| is_absolute(url));
    let base = base.or_else(|| shared().filter(|url| is_absolute(url)));
    for (operation, own) in operations.iter_mut().zip(own) {
        if let Some(own) = own.filter(|own| base.as_ref() != Some(own)) {
            let what = format!(
                "an operation that is served at {own} → called at the base URL; make a client \
                 that has the other for it"
            );
            report.warn("operation-server", &operation.pointer, what);
            operation.server = Some(own);
        }
    }
    base
}

/// The URL of the first of the servers that what stands at `at` has, with the
/// defaults of its variables.
fn url(document: &Document, at: &str) -> Option<String> {
    let server = document.at(&format!("{at}/servers/0"))?;
    let mut url = server.get("url")?.as_str()?.to_owned();
    let variables = server.get("variables").and_then(Value::as_object);
    for (name, variable) in variables.into_iter().flatten() {
        let default = match variable.get("default") {
            Some(Value::String(default)) => default.clone(),
            Some(default @ (Value::Number(_) | Value::Bool(_))) => default.to_string(),
            _ => continue,
        };
        url = url.replace(&format!("{{{name}}}"), &default);
    }
    Some(url.trim_end_matches('/').to_owned())
}

/// Whether `url` needs nothing more: of a variable without a default, nothing
/// can be made.
fn is_absolute(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://")) && !url.contains(['{', '}'])
}
