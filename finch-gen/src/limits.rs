//! limits: what a document may have most of.
//!
//! Receives the corrected document, before anything is made of it. Refuses one that
//! would take a stage, or the compiler of the client, minutes and gigabytes. The limits
//! are far above what published documents have: 1,000 operations need about 15,000
//! schemas. Limits of one construct stand with the stage that they protect: `load` (nesting
//! and aliases), `overlay` (what actions select), `preflight` (unions and conjunctions)
//! and `lower` (examples).

use serde_json::{Map, Value};

use crate::load::Document;
use crate::parts::METHODS;
use crate::pointer::join;
use crate::problem::Problems;
use crate::walk::{self, Kind};

/// How many operations a document may have.
const OPERATIONS: usize = 3_000;

/// How many schemas a document may have, those inside others among them.
const SCHEMAS: usize = 50_000;

/// How many values the enums of a document may have, all in all.
const ENUM_VALUES: usize = 50_000;

/// How many properties an object may have.
const PROPERTIES: usize = 2_000;

/// How many parameters an operation may have: progenitor's code for a request nests as
/// deep as it has parameters.
const PARAMETERS: usize = 256;

/// Checks the sizes of `document`.
///
/// # Errors
///
/// Each limit that the document exceeds, and where.
pub(crate) fn check(document: &Document) -> Result<(), Problems> {
    let mut problems = Problems::default();
    let mut sizes = Sizes::default();
    walk::for_each(&document.root, |at, kind, object| {
        if kind == Kind::Schema {
            sizes.schemas += 1;
            sizes.enum_values += length(object, "enum");
            let properties = length(object, "properties");
            if properties > PROPERTIES {
                let what = format!("{properties} properties, and an object may have {PROPERTIES}");
                let at = join(&at.pointer(), "properties");
                problems.push(document.problem(
                    at,
                    what,
                    "describe it as a map, through the overlay",
                ));
            }
        }
    });
    let paths = document.root.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        let shared = length(item, "parameters");
        let members = item.as_object().into_iter().flat_map(Map::iter);
        for (method, operation) in members.filter(|(name, _)| METHODS.contains(&name.as_str())) {
            sizes.operations += 1;
            let parameters = shared + length(operation, "parameters");
            sizes.parameters += parameters;
            if parameters > PARAMETERS {
                let what =
                    format!("{parameters} parameters, and an operation may have {PARAMETERS}");
                let at = join(&join("/paths", path), method);
                problems.push(document.problem(at, what, LEAVE_OUT));
            }
        }
    }
    for (count, limit, of) in [
        (sizes.operations, OPERATIONS, "operations"),
        (sizes.schemas, SCHEMAS, "schemas"),
        (sizes.enum_values, ENUM_VALUES, "values of enums"),
        (sizes.parameters, SCHEMAS, "parameters"),
    ] {
        if count > limit {
            let what = format!("{count} {of}, and a document may have {limit}");
            problems.push(document.problem("", what, LEAVE_OUT));
        }
    }
    problems.or(())
}

const LEAVE_OUT: &str = "leave out what the client does not need, through the overlay";

/// How much there is of what.
#[derive(Default)]
struct Sizes {
    operations: usize,
    parameters: usize,
    schemas: usize,
    enum_values: usize,
}

/// How long the list or mapping `keyword` of `object` is.
fn length(object: &Value, keyword: &str) -> usize {
    match object.get(keyword) {
        Some(Value::Array(items)) => items.len(),
        Some(Value::Object(members)) => members.len(),
        _ => 0,
    }
}
