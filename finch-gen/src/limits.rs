//! limits: refuses a document that is too large to generate.
//!
//! `check` receives the corrected document, before `lower`. `preflight` calls `check_types` on the
//! shaped document, which only counts types and methods. Each problem names the limit.
//!
//! The size of a document is a weighted sum of its operations, parameters, schemas and so on. A
//! published document of 1,000 operations and 1 MB has a size of about 75,000, and 2,000 types. A
//! debug build of the generator takes half a millisecond and 30 kB for each property.
//!
//! The limits on the size, the types and the composed references apply to a text of up to 3 MB.
//! For a longer text they grow in proportion: large published documents are long because they
//! describe a lot. A short text that describes a lot is an attack.
//!
//! Other stages limit what they process: `load` (nesting and aliases), `overlay` (selected and
//! written values), `lower` (examples) and `preflight` (unions and conjunctions).

use std::collections::HashMap;
use std::iter;

use serde_json::{Map, Value};

use crate::json::Fields;
use crate::load::{Document, NEST_LESS};
use crate::pointer::{self, join};
use crate::problem::Problems;
use crate::reachability::{PATH_ITEMS, operations_of};
use crate::walk::{self, Kind};

/// The length in bytes up to which the limits on size are fixed.
const LENGTH: usize = 3_000_000;

/// The largest size of a document: the sum of the weights below.
const SIZE: usize = 125_000;

/// The weight of an operation.
const OPERATION: usize = 15;

/// The weight of a parameter of an operation. A parameter of a path item counts once for each
/// operation.
const PARAMETER: usize = 10;

/// The weight of a schema, nested or not.
const SCHEMA: usize = 5;

/// The weight of an enum value.
const ENUM_VALUE: usize = 1;

/// The weight of an object that is copied: one that a path item, parameter, request body or
/// successful response refers to. Error responses do not become types, so they are not copied.
const COPIED: usize = 6;

/// The weight of a security scheme, for each operation that names it.
const SECURITY: usize = 1;

/// The maximum number of types and methods that a client may have.
const TYPES: usize = 8_000;

/// The maximum number of references that the unions and conjunctions of a document may lead to,
/// directly or through others: a later stage follows them from each union and conjunction.
const COMPOSED: usize = 250_000;

/// The longest chain of references that may start at a union or conjunction.
const CHAIN: usize = 500;

/// The maximum number of parameters of an operation: the generated code nests one level for each of
/// them.
const PARAMETERS: usize = 256;

/// The maximum number of tokens in the pointer of a schema: the code for nested lists nests as deep
/// as they do.
const DEPTH: usize = 50;

pub(crate) const LEAVE_OUT: &str =
    "remove the parts that the client does not need, through the overlay";

/// Checks the size of `document`.
///
/// # Errors
///
/// Each limit that the document exceeds, with its place.
pub(crate) fn check(document: &Document) -> Result<(), Problems> {
    let mut problems = Problems::default();
    let (mut schemas, mut enum_values) = (0, 0);
    let mut composed = Composed {
        document,
        found: HashMap::new(),
        total: 0,
    };
    let mut too_deep = None;
    walk::for_each(&document.root, |at, kind, object| {
        if kind == Kind::Schema {
            if at.depth() > DEPTH {
                too_deep.get_or_insert_with(|| at.pointer());
            }
            schemas += 1;
            enum_values += length(object, "enum");
            composed.add(object);
        }
    });
    if let Some(at) = too_deep {
        let what = format!("the schema nests too deep: its pointer has more than {DEPTH} tokens");
        problems.push(document.problem(at, what, NEST_LESS));
    }
    let mut references = References {
        document,
        found: HashMap::new(),
    };
    let root_security = entries(&document.root, "security");
    let (mut operations, mut parameters, mut security) = (0, 0, 0);
    let mut copied = Copied::default();
    for (path, item) in document.root.field("paths").fields() {
        // The target of a reference may be a reference, too.
        let items = iter::successors(Some(item), |item| referred(document, item));
        for item in items.take(PATH_ITEMS + 1) {
            let shared = length(item, "parameters");
            copied.add(references.copied(item));
            references.add_parameters(item, &mut copied);
            for (method, operation) in operations_of(item) {
                let count = shared + length(operation, "parameters");
                operations += 1;
                parameters += count;
                references.add_parameters(operation, &mut copied);
                for body in successes(operation).chain(operation.field("requestBody")) {
                    copied.add(references.copied(body));
                }
                security += match operation.field("security") {
                    Some(_) => entries(operation, "security"),
                    None => root_security,
                };
                if count > PARAMETERS {
                    let what = format!(
                        "{count} parameters, but an operation may have {PARAMETERS} at most"
                    );
                    let at = join(&join("/paths", path), method);
                    problems.push(document.problem(at, what, LEAVE_OUT));
                }
            }
        }
    }
    let enum_values = enum_values + copied.values;
    let objects = copied.objects;
    let size = operations * OPERATION
        + parameters * PARAMETER
        + schemas * SCHEMA
        + enum_values * ENUM_VALUE
        + objects * COPIED
        + security * SECURITY;
    let most = scale(document, SIZE);
    if size > most {
        let what = format!(
            "the document has a size of {size}, but the limit for its length is {most}: it has \
             {operations} operations, {parameters} parameters, {schemas} schemas, {enum_values} \
             enum values, {objects} objects that operations refer to and {security} uses of \
             security schemes"
        );
        problems.push(document.problem("", what, LEAVE_OUT));
    }
    let most = scale(document, COMPOSED);
    if composed.total > most {
        let what = format!(
            "the unions and conjunctions refer to more than {most} schemas, directly or through \
             others"
        );
        problems.push(document.problem("", what, LEAVE_OUT));
    }
    check_types(document, operations, &mut problems);
    problems.or(())
}

/// Checks the number of types that the components of `document` become, together with the
/// number of methods.
pub(crate) fn check_types(document: &Document, operations: usize, problems: &mut Problems) {
    let types = length(document.root.field("components"), "schemas");
    let most = scale(document, TYPES);
    if types + operations > most {
        let what = format!(
            "the client has {types} types and {operations} methods, but the limit for a document \
             of this length is {most} in all"
        );
        problems.push(document.problem("", what, LEAVE_OUT));
    }
}

/// Returns `limit`, which applies to a text of 3 MB, increased in proportion to the length of
/// a longer text.
pub(crate) fn scale(document: &Document, limit: usize) -> usize {
    limit.max(document.length.saturating_mul(limit) / LENGTH)
}

/// The number of references that unions and conjunctions lead to.
struct Composed<'a> {
    document: &'a Document,
    /// By reference.
    found: HashMap<&'a str, usize>,
    total: usize,
}

impl<'a> Composed<'a> {
    /// Adds the references that `schema` leads to.
    fn add(&mut self, schema: &'a Value) {
        self.total = self.total.saturating_add(self.count(schema, 0));
    }

    /// Counts the references that `schema` leads to. `schema` itself is `depth` references
    /// deep.
    fn count(&mut self, schema: &'a Value, depth: usize) -> usize {
        let branches = ["allOf", "anyOf", "oneOf"].map(|keyword| schema.list(keyword));
        let references = branches
            .into_iter()
            .flatten()
            .filter_map(|of| of.text("$ref"));
        references.fold(0, |sum: usize, reference| {
            sum.saturating_add(self.behind(reference, depth))
        })
    }

    fn behind(&mut self, reference: &'a str, depth: usize) -> usize {
        if let Some(count) = self.found.get(reference) {
            return *count;
        }
        if depth == CHAIN {
            return usize::MAX;
        }
        // A reference that leads to itself counts once.
        self.found.insert(reference, 1);
        let pointer = pointer::of_reference(reference);
        let target = pointer.and_then(|pointer| self.document.at(&pointer));
        let behind = target.map_or(0, |target| self.count(target, depth + 1));
        let count = behind.saturating_add(1);
        self.found.insert(reference, count);
        count
    }
}

/// Returns the responses of `operation` whose bodies become types.
fn successes(operation: &Value) -> impl Iterator<Item = &Value> {
    let responses = operation.field("responses").fields();
    let is_error = |status: &str| status.starts_with(['4', '5']);
    let is_success = |status: &str| !is_error(status) && status != "default";
    let has_success = responses.clone().any(|(status, _)| is_success(status));
    let successes = responses
        .filter(move |(status, _)| !(is_error(status) || has_success && *status == "default"));
    successes.map(|(_, response)| response)
}

/// Returns the direct target of the reference `value`.
fn referred<'a>(document: &'a Document, value: &Value) -> Option<&'a Value> {
    document.at(&pointer::of_reference(value.text("$ref")?)?)
}

/// The number of copied values.
#[derive(Clone, Copy, Default)]
struct Copied {
    objects: usize,
    /// The items of lists, such as enum values.
    values: usize,
}

impl Copied {
    /// Counts one copy of `value`.
    fn of(value: &Value) -> Self {
        let mut copied = Self::default();
        match value {
            Value::Object(fields) => {
                copied.objects += 1;
                fields.values().for_each(|it| copied.add(Self::of(it)));
            }
            Value::Array(items) => {
                copied.values += items.len();
                items.iter().for_each(|it| copied.add(Self::of(it)));
            }
            _ => {}
        }
        copied
    }

    fn add(&mut self, other: Self) {
        self.objects += other.objects;
        self.values += other.values;
    }
}

/// The copies of each target of a reference, counted once.
struct References<'a> {
    document: &'a Document,
    /// By reference.
    found: HashMap<&'a str, Copied>,
}

impl<'a> References<'a> {
    /// Returns the size of the copy that replaces `value`, if `value` is a reference.
    fn copied(&mut self, value: &'a Value) -> Copied {
        let Some(reference) = value.text("$ref") else {
            return Copied::default();
        };
        let document = self.document;
        let found = self.found.entry(reference);
        *found.or_insert_with(|| referred(document, value).map_or_else(Copied::default, Copied::of))
    }

    /// Adds the copies of the parameters of `object`. The parameters themselves already count
    /// in the list.
    fn add_parameters(&mut self, object: &'a Value, copied: &mut Copied) {
        for parameter in object.list("parameters") {
            let mut of_parameter = self.copied(parameter);
            of_parameter.objects = of_parameter.objects.saturating_sub(1);
            copied.add(of_parameter);
        }
    }
}

/// Returns how many properties the objects in the list `keyword` of `object` have in all.
fn entries(object: &Value, keyword: &str) -> usize {
    let items = object.list(keyword).iter();
    items.map(|item| item.object().map_or(0, Map::len)).sum()
}

/// Returns the length of the list or mapping `keyword` of `object`.
fn length<'a>(object: impl Fields<'a>, keyword: &str) -> usize {
    match object.field(keyword) {
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

    /// Returns the messages for a document with these fields.
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
    fn too_large_a_document_is_refused() {
        let schema = |count| json!({"components": {"schemas": {"A": {"properties": named(count, &json!({}))}}}});
        let most = SIZE / SCHEMA - 1;
        assert_eq!(check(&schema(most)), Vec::<String>::new());
        assert_eq!(
            check(&schema(most + 1)),
            [
                ": the document has a size of 125005, but the limit for its length is 125000: it has \
                 0 operations, 0 parameters, 25001 schemas, 0 enum values, 0 objects that \
                 operations refer to and 0 uses of security schemes"
            ]
        );
        let values = |count| json!({"components": {"schemas": {"A": {"enum": vec![1; count]}}}});
        assert_eq!(check(&values(SIZE - SCHEMA)).len(), 0);
        assert_eq!(check(&values(SIZE - SCHEMA + 1)).len(), 1);
    }

    #[test]
    fn too_many_types_and_methods_are_refused() {
        let of = |types: usize, methods: usize| {
            let paths = (0..methods).map(|index| (format!("/{index}"), json!({"get": {}})));
            let paths: Value = paths.collect();
            json!({"paths": paths, "components": {"schemas": named(types, &json!({}))}})
        };
        assert_eq!(check(&of(TYPES - 1_000, 1_000)).len(), 0);
        assert_eq!(
            check(&of(TYPES - 999, 1_000)),
            [
                ": the client has 7001 types and 1000 methods, but the limit for a document of this \
                 length is 8000 in all"
            ]
        );
    }

    #[test]
    fn too_deep_a_schema_is_refused() {
        let of = |lists: usize| {
            let schema = (0..lists).fold(json!({}), |inner, _| json!({"items": inner}));
            json!({"components": {"schemas": {"A": schema}}})
        };
        assert_eq!(check(&of(DEPTH - 3)).len(), 0);
        let at = format!("/components/schemas/A{}", "/items".repeat(DEPTH - 2));
        assert_eq!(
            check(&of(DEPTH)),
            [format!(
                "{at}: the schema nests too deep: its pointer has more than 50 tokens"
            )]
        );
    }

    #[test]
    fn too_many_parameters_are_refused() {
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
            ["/paths/~1a/get: 257 parameters, but an operation may have 256 at most"]
        );
    }

    #[test]
    fn a_shared_response_counts_for_each_operation() {
        let of = |statuses: &[&str], operations: usize, properties: usize| {
            let responses: Value = statuses
                .iter()
                .map(|status| (*status, json!({"$ref": "#/components/responses/R"})))
                .collect();
            let get = json!({"get": {"responses": responses}});
            let paths: Value = (0..operations)
                .map(|index| (format!("/{index}"), get.clone()))
                .collect();
            let schema = json!({"properties": named(properties, &json!({}))});
            json!({"paths": paths, "components": {"responses": {"R": {
                "content": {"application/json": {"schema": schema}},
            }}}})
        };
        assert_eq!(check(&of(&["200"], 100, 150)).len(), 0);
        for statuses in [
            &["200"][..],
            &["2XX"],
            &["302"],
            &["default"],
            &["404", "default"],
        ] {
            assert_eq!(check(&of(statuses, 200, 200)).len(), 1, "{statuses:?}");
        }
        // Error responses do not become types.
        for statuses in [&["404"][..], &["4XX", "500"]] {
            assert_eq!(check(&of(statuses, 200, 200)).len(), 0, "{statuses:?}");
        }
        assert_eq!(check(&of(&["200", "default", "404"], 100, 150)).len(), 0);
        let of = |operations: usize, schemes: usize| {
            let paths: Value = (0..operations)
                .map(|index| (format!("/{index}"), json!({"get": {}})))
                .collect();
            json!({"security": [named(schemes, &json!([]))], "paths": paths})
        };
        assert_eq!(check(&of(200, 500)).len(), 0);
        assert_eq!(check(&of(300, 500)).len(), 1);
    }

    #[test]
    fn a_reference_counts_as_a_copy_of_its_target() {
        let reference = |to: &str| json!({"$ref": format!("#/components/{to}")});
        let enums = |count: usize| json!({"schema": {"enum": vec!["a"; count]}});
        let parameters = vec![json!({}); 40];
        let components = json!({
            "responses": {"R": {"content": {"application/json": enums(1_000)}}},
            "parameters": {"P": enums(1_000), "Q": {"schema": {"properties": named(200, &json!({}))}}},
            "pathItems": {
                "I": {"parameters": parameters, "get": {}},
                "J": {"$ref": "#/components/pathItems/I", "put": {}},
            },
        });
        for item in [
            json!({"get": {"responses": {"200": reference("responses/R")}}}),
            json!({"get": {"parameters": [reference("parameters/P")]}}),
            json!({"parameters": [reference("parameters/Q")], "get": {}}),
            reference("pathItems/I"),
            reference("pathItems/J"),
        ] {
            let of = |count: usize| {
                let paths: Value = (0..count)
                    .map(|index| (format!("/{index}"), item.clone()))
                    .collect();
                json!({"paths": paths, "components": components})
            };
            assert_eq!(check(&of(50)).len(), 0, "{item}");
            assert_eq!(check(&of(300)).len(), 1, "{item}");
        }
    }

    #[test]
    fn too_many_references_of_unions_and_conjunctions_are_refused() {
        let chain = |keyword: &str, count: usize| {
            let schema = |index: usize| {
                let next = json!({"$ref": format!("#/components/schemas/a{}", index + 1)});
                (format!("a{index}"), json!({keyword: [next]}))
            };
            json!({"components": {"schemas": (0..count).map(schema).collect::<Value>()}})
        };
        for keyword in ["allOf", "anyOf", "oneOf"] {
            assert_eq!(check(&chain(keyword, CHAIN - 1)).len(), 0, "{keyword}");
            let refused = check(&chain(keyword, 750));
            assert_eq!(refused.len(), 1, "{keyword}");
            assert!(
                refused[0].contains("more than 250000 schemas"),
                "{refused:?}"
            );
        }
        // Another stage refuses a union that leads to itself.
        let cycle = json!({"components": {"schemas": {"a": {"anyOf": [{"$ref": "#/components/schemas/a"}]}}}});
        assert_eq!(check(&cycle).len(), 0);
    }

    #[test]
    fn limits_grow_with_the_length_of_the_text() {
        let text = json!({}).to_string();
        let mut document = load(&Text {
            name: "api.json",
            text: &text,
        })
        .unwrap();
        for (length, limit) in [(0, 125_000), (LENGTH, 125_000), (2 * LENGTH, 250_000)] {
            document.length = length;
            assert_eq!(scale(&document, SIZE), limit, "{length}");
        }
    }
}
