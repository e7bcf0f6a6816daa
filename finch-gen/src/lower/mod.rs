//! lower: OpenAPI 3.1 (or 3.0) to OpenAPI 3.0.3, the dialect that progenitor
//! reads, and the facts that the client itself looks after.
//!
//! Receives the corrected document. Guarantees a document that says 3.0.3, of
//! which every reference resolves, every operation has an `operationId` that is
//! the name of its method, and only responses of success are left, as failure
//! is the runtime's; what was taken out stands in the [`Facts`]. `nullable` is
//! honoured whichever version the document states. Refuses references that lead
//! nowhere, and operations with the id of another. What 3.0.3 has no words for
//! becomes something wider, never something narrower, and the [`Report`] says so.

mod document;
mod examples;
mod idempotency;
mod media_types;
mod operations;
mod parameters;
mod references;
mod responses;
mod schema;
mod security;

use serde_json::Value;

use crate::facts::{Facts, Operation};
use crate::load::Document;
use crate::problem::Problems;
use crate::report::Report;

/// A lowered document, and the facts taken from it.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The OpenAPI 3.0.3 document.
    pub document: Document,
    /// What the client itself looks after.
    pub facts: Facts,
    /// What was changed on the way, where and why.
    pub report: Report,
}

impl Lowered {
    /// Leaves out the operations at which `problems` are.
    ///
    /// # Errors
    ///
    /// The problems, if one of them is at no operation.
    pub(crate) fn leave_out(&mut self, problems: &Problems) -> Result<(), Problems> {
        let is_at = |problem: &crate::Problem, operation: &Operation| {
            let rest = problem.pointer.strip_prefix(&operation.pointer);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let operations = &self.facts.operations;
        let all_are_somewhere = problems
            .iter()
            .all(|problem| operations.iter().any(|operation| is_at(problem, operation)));
        if !all_are_somewhere {
            return Err(problems.clone());
        }
        let mut kept = Vec::new();
        let mut new_index = Vec::with_capacity(operations.len());
        for operation in operations {
            if problems.iter().any(|problem| is_at(problem, operation)) {
                new_index.push(None);
                if let Some((item, method)) = operation.pointer.rsplit_once('/')
                    && let Some(Value::Object(item)) = self.document.root.pointer_mut(item)
                {
                    item.shift_remove(method);
                }
            } else {
                new_index.push(Some(kept.len()));
                kept.push(operation.clone());
            }
        }
        self.facts
            .examples
            .retain_mut(|example| match new_index[example.operation] {
                Some(index) => {
                    example.operation = index;
                    true
                }
                None => false,
            });
        self.facts.operations = kept;
        Ok(())
    }
}

/// Lowers `document`.
///
/// # Errors
///
/// Every place that cannot be lowered.
pub fn lower(mut document: Document) -> Result<Lowered, Problems> {
    let mut report = Report::default();
    let mut problems = Problems::default();
    references::check(&document, &mut problems);
    document::inline_path_items(&mut document, &mut report);
    media_types::lower(&mut document);

    let mut lowered = document.clone();
    schema::lower(&document, &mut lowered, &mut report, &mut problems);
    document::strip_references(&mut lowered, &mut report);
    document::lower(&mut lowered, &mut report, &mut problems);
    problems.or(())?;

    let operations = operations::find(&lowered, &mut report)?;
    let examples = examples::find(&document, &operations);
    for operation in &operations {
        parameters::lower(&mut lowered, operation, &mut report);
        responses::lower(&mut lowered, operation, &mut report);
        if let Some(Value::Object(members)) = lowered.root.pointer_mut(&operation.pointer) {
            members.insert("operationId".to_owned(), operation.rust_name.clone().into());
        }
    }
    parameters::forget_unused(&mut lowered, &document);
    report.sort();

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
    Ok(Lowered {
        document: lowered,
        facts,
        report,
    })
}

#[cfg(test)]
mod tests;
