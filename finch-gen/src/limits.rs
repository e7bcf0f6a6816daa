//! limits: how large a document may be.
//!
//! Receives the corrected document, before anything is made of it, and again when it is
//! shaped. Refuses one whose client would take minutes and gigabytes to generate: a
//! debug build takes half a millisecond and 40 kB for a property. A published document of
//! 1,000 operations and 1 MB has a size of about 75,000, and 2,000 types.
//!
//! The limits of one construct stand with the stage that they protect: `load` (nesting and
//! aliases), `overlay` (what actions select and write), `lower` (examples) and
//! `preflight` (unions and conjunctions).

use serde_json::{Map, Value};

use crate::load::{Document, NEST_LESS};
use crate::parts::METHODS;
use crate::pointer::join;
use crate::problem::Problems;
use crate::walk::{self, Kind};

/// The size of a document: the sum of what its parts count.
const SIZE: usize = 125_000;

/// What an operation counts.
const OPERATION: usize = 15;

/// What a parameter of an operation counts. One of a path counts for each operation.
const PARAMETER: usize = 10;

/// What a schema counts, inside another or not.
const SCHEMA: usize = 5;

/// What a value of an enum counts.
const ENUM_VALUE: usize = 1;

/// How many types a client may have, with a method counted as one.
const TYPES: usize = 8_000;

/// How many parameters an operation may have: the code for a request nests as deep as
/// it has parameters.
const PARAMETERS: usize = 256;

/// How many tokens the pointer of a schema may have: the code for lists of lists nests as
/// deep as they do.
const DEPTH: usize = 50;

const LEAVE_OUT: &str = "leave out what the client does not need, through the overlay";

/// Checks the size of `document`.
///
/// # Errors
///
/// Each limit that the document exceeds, and where.
pub(crate) fn check(document: &Document) -> Result<(), Problems> {
    let mut problems = Problems::default();
    let (mut schemas, mut enum_values) = (0, 0);
    let mut too_deep = None;
    walk::for_each(&document.root, |at, kind, object| {
        if kind == Kind::Schema {
            if at.depth() > DEPTH {
                too_deep.get_or_insert_with(|| at.pointer());
            }
            schemas += 1;
            enum_values += length(object, "enum");
        }
    });
    if let Some(at) = too_deep {
        let what = format!("a schema whose pointer has more than {DEPTH} tokens");
        problems.push(document.problem(at, what, NEST_LESS));
    }
    let (mut operations, mut parameters) = (0, 0);
    let paths = document.root.get("paths").and_then(Value::as_object);
    for (path, item) in paths.into_iter().flatten() {
        let shared = length(item, "parameters");
        let members = item.as_object().into_iter().flat_map(Map::iter);
        for (method, operation) in members.filter(|(name, _)| METHODS.contains(&name.as_str())) {
            let count = shared + length(operation, "parameters");
            operations += 1;
            parameters += count;
            if count > PARAMETERS {
                let what = format!("{count} parameters, and an operation may have {PARAMETERS}");
                let at = join(&join("/paths", path), method);
                problems.push(document.problem(at, what, LEAVE_OUT));
            }
        }
    }
    let size = operations * OPERATION
        + parameters * PARAMETER
        + schemas * SCHEMA
        + enum_values * ENUM_VALUE;
    if size > SIZE {
        let what = format!(
            "{operations} operations, {parameters} parameters, {schemas} schemas and \
             {enum_values} values of enums make a size of {size}, and a document may have {SIZE}"
        );
        problems.push(document.problem("", what, LEAVE_OUT));
    }
    check_types(document, operations, &mut problems);
    problems.or(())
}

/// Checks how many types the components of `document` make, beside so many methods.
pub(crate) fn check_types(document: &Document, operations: usize, problems: &mut Problems) {
    let components = document.root.get("components");
    let types = components.map_or(0, |components| length(components, "schemas"));
    if types + operations > TYPES {
        let what = format!(
            "{types} types and {operations} methods, and a client may have {TYPES} of both"
        );
        problems.push(document.problem("", what, LEAVE_OUT));
    }
}

/// How long the list or mapping `keyword` of `object` is.
fn length(object: &Value, keyword: &str) -> usize {
    match object.get(keyword) {
        Some(Value::Array(items)) => items.len(),
        Some(Value::Object(members)) => members.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::load::{Text, load};

    /// The messages for a document with these members.
    fn check(members: &Value) -> Vec<String> {
        let text = members.to_string();
        let name = "api.json";
        let document = load(&Text { name, text: &text }).unwrap();
        let problems = super::check(&document).err().unwrap_or_default();
        problems
            .iter()
            .map(|problem| format!("{}: {}", problem.pointer, problem.what))
            .collect()
    }

    fn named(count: usize, value: &Value) -> Value {
        (0..count)
            .map(|index| (format!("a{index}"), value.clone()))
            .collect()
    }

    #[test]
    fn a_document_has_a_size() {
        let schema = |count| json!({"components": {"schemas": {"A": {"properties": named(count, &json!({}))}}}});
        let most = SIZE / SCHEMA - 1;
        assert_eq!(check(&schema(most)), Vec::<String>::new());
        assert_eq!(
            check(&schema(most + 1)),
            [
                ": 0 operations, 0 parameters, 25001 schemas and 0 values of enums make a size of \
              125005, and a document may have 125000"
            ]
        );
        let values = |count| json!({"components": {"schemas": {"A": {"enum": vec![1; count]}}}});
        assert_eq!(check(&values(SIZE - SCHEMA)).len(), 0);
        assert_eq!(check(&values(SIZE - SCHEMA + 1)).len(), 1);
    }

    #[test]
    fn a_client_has_so_many_types_and_methods() {
        let of = |types: usize, methods: usize| {
            let paths = (0..methods).map(|index| (format!("/{index}"), json!({"get": {}})));
            let paths: Value = paths.collect();
            json!({"paths": paths, "components": {"schemas": named(types, &json!({}))}})
        };
        assert_eq!(check(&of(TYPES - 1_000, 1_000)).len(), 0);
        assert_eq!(
            check(&of(TYPES - 999, 1_000)),
            [": 7001 types and 1000 methods, and a client may have 8000 of both"]
        );
    }

    #[test]
    fn schemas_nest_so_deep() {
        let of = |lists: usize| {
            let schema = (0..lists).fold(json!({}), |inner, _| json!({"items": inner}));
            json!({"components": {"schemas": {"A": schema}}})
        };
        assert_eq!(check(&of(DEPTH - 3)).len(), 0);
        let at = format!("/components/schemas/A{}", "/items".repeat(DEPTH - 2));
        assert_eq!(
            check(&of(DEPTH)),
            [format!(
                "{at}: a schema whose pointer has more than 50 tokens"
            )]
        );
    }

    #[test]
    fn an_operation_has_so_many_parameters() {
        let of = |own: usize, shared: usize| {
            let parameters = |count| vec![json!({}); count];
            json!({"paths": {"/a": {
                "parameters": parameters(shared),
                "get": {"parameters": parameters(own)},
            }}})
        };
        assert_eq!(check(&of(PARAMETERS - 10, 10)).len(), 0);
        assert_eq!(
            check(&of(PARAMETERS - 10, 11)),
            ["/paths/~1a/get: 257 parameters, and an operation may have 256"]
        );
    }
}
