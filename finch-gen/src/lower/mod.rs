//! lower: OpenAPI 3.1 (or 3.0) to OpenAPI 3.0.3, the dialect that progenitor
//! reads, and the facts that the client itself looks after.
//!
//! Receives the corrected document. Guarantees a document that says 3.0.3, of
//! which every reference resolves, every operation has an `operationId` that is
//! the name of its method, and only responses of success are left, as failure
//! is the runtime's; what was taken out stands in the [`Facts`]. `nullable` is
//! honoured whichever version the document states. Refuses references that lead
//! nowhere, operations without an id or with another's, and the constructs of
//! 3.1 that 3.0.3 has no words for.

mod examples;
mod operations;
mod parameters;
mod references;
mod responses;
mod schemas;
mod security;

use serde_json::Value;

use crate::facts::Facts;
use crate::load::Document;
use crate::problem::Problems;

/// A lowered document, and the facts taken from it.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The OpenAPI 3.0.3 document.
    pub document: Document,
    /// What the client itself looks after.
    pub facts: Facts,
}

/// Lowers `document`.
///
/// # Errors
///
/// Every place that cannot be lowered.
pub fn lower(document: Document) -> Result<Lowered, Problems> {
    references::check(&document)?;
    let operations = operations::find(&document)?;
    let examples = examples::find(&document, &operations);

    let mut lowered = document.clone();
    let mut problems = Problems::default();
    schemas::lower(&mut lowered, &mut problems);
    for operation in &operations {
        parameters::lower(&mut lowered, operation);
        responses::lower(&mut lowered, operation);
        if let Some(id) = lowered
            .root
            .pointer_mut(&format!("{}/operationId", operation.pointer))
        {
            *id = operation.rust_name.clone().into();
        }
    }
    parameters::forget_unused(&mut lowered, &document);
    lowered.root["openapi"] = "3.0.3".into();

    let text = |pointer| {
        let value = document.root.pointer(pointer).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let facts = Facts {
        title: text("/info/title"),
        version: text("/info/version"),
        server: document
            .root
            .pointer("/servers/0/url")
            .and_then(Value::as_str)
            .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
            .map(|url| url.trim_end_matches('/').to_owned()),
        operations,
        examples,
    };
    problems.or(Lowered {
        document: lowered,
        facts,
    })
}

#[cfg(test)]
mod tests;
