//! shape: the lowered document, in the shapes that progenitor generates right.
//!
//! Receives a document that is right OpenAPI 3.0.3. Guarantees one that means
//! the same but for what a client does not notice, and in which every type has
//! a name of our choosing, null belongs to the reference and not to what it
//! refers to, unions are tried in an order in which the first that fits is the
//! one meant, nothing is asserted that a client need not check, and each body
//! has one media type and each operation one body of success; the others stand
//! in the [`Successes`]. Refuses nothing.

mod assertions;
mod hoist;
mod media_types;
mod members;
mod names;
mod nullability;
mod parameters;
mod successes;
mod unions;

use serde_json::{Value, json};

pub(crate) use successes::{Success, Successes};

use crate::facts::Facts;
use crate::load::Document;
use crate::lower::Lowered;
use crate::provenance;
use crate::report::Report;

/// A document as progenitor gets it.
#[derive(Clone, Debug)]
pub struct Shaped {
    pub(crate) document: Document,
    pub(crate) facts: Facts,
    /// The bodies of operations that have several of success.
    pub(crate) successes: Successes,
    pub(crate) report: Report,
}

impl Shaped {
    /// The document.
    pub fn document(&self) -> &Document {
        &self.document
    }
}

/// Shapes the document, every schema of which says where it stands, and adds to
/// the report what a client no longer sees of it.
pub fn shape(lowered: &Lowered) -> Shaped {
    let mut document = provenance::mark(&lowered.document);
    let mut report = lowered.report.clone();
    let successes = run(&mut document, &lowered.facts, &mut report);
    report.sort();
    Shaped {
        document,
        facts: lowered.facts.clone(),
        successes,
        report,
    }
}

/// Shapes `document`, whose operations are those of `facts`.
fn run(document: &mut Document, facts: &Facts, report: &mut Report) -> Successes {
    parameters::write_lists_as_text(document, facts, report);
    media_types::choose(document, facts, report);
    assertions::leave_out(document, report);
    names::make_unique(document);
    hoist::bodies(document, facts);
    hoist::inline_schemas(document);
    nullability::move_to_references(document);
    unions::order(document);
    unions::open_in_responses(document, facts);
    members::make_optional(document);
    successes::keep_one(document, facts)
}

/// The shape of a schema that admits null alone: see `lower`.
fn only_null() -> Value {
    json!({"nullable": true, "enum": [null]})
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// The name of the component that `schema` is a reference to, and nothing else.
fn referred(schema: &Value) -> Option<&str> {
    let object = schema.as_object().filter(|object| object.len() == 1)?;
    object
        .get("$ref")?
        .as_str()?
        .strip_prefix("#/components/schemas/")
}

#[cfg(test)]
mod tests;
