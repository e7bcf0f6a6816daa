//! Explains why a parameter can never be sent: its style cannot write any value of its schema.
//!
//! OpenAPI's styles write a plain value, an array of plain values, or an object of plain
//! values (OpenAPI 3.0.3, Style Values). `deepObject` writes objects and arrays at any depth,
//! and no plain value.

use std::cell::Cell;

use serde_json::{Map, Value};

use crate::json::Fields as _;
use crate::load::Document;
use crate::shape::conjunction;
use crate::shape::listed_values::alternatives;
use crate::wire_format::{Parameter, Style};

/// How deep nested schemas are visited. A deeper one counts as plain.
const DEPTH: usize = 64;

/// The maximum number of schemas to visit for one parameter. The branches of a union that refers
/// to itself double with each level.
const STEPS: usize = 1_000;

/// The kind that all values of a schema share.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Plain,
    Array,
    Object,
    /// Values of different kinds, or of any kind.
    Mixed,
}

/// Explains why `parameter` cannot be sent, if no value of `schema` can be sent. The text completes
/// a sentence about the parameter.
pub(super) fn why(document: &Document, parameter: &Parameter, schema: &Value) -> Option<String> {
    let style = parameter.style;
    if style == Style::Json {
        return None;
    }
    let steps = &Cell::new(STEPS);
    let kind = |schema| kind(document, schema, DEPTH, steps);
    let ty = match (style, kind(schema)) {
        (Style::DeepObject, Kind::Plain) => "a plain value".to_owned(),
        (Style::DeepObject, _) | (_, Kind::Plain | Kind::Mixed) => return None,
        (_, Kind::Array) => format!("an array of {}", kind(items(document, schema)?).plural()?),
        (_, Kind::Object) => {
            let refused = |schema| refused(document, parameter, schema, steps);
            of_properties(document, schema, refused)?
        }
    };
    Some(format!("the style `{style}` cannot write {ty}"))
}

/// Explains which optional properties of `parameter` can never be sent, if it is an object with
/// such properties. The texts are sentences.
pub(super) fn optional_properties(
    document: &Document,
    parameter: &Parameter,
    schema: &Value,
) -> Vec<String> {
    let style = parameter.style;
    let steps = &Cell::new(STEPS);
    let is_object = kind(document, schema, DEPTH, steps) == Kind::Object;
    if matches!(style, Style::Json | Style::DeepObject) || !is_object {
        return Vec::new();
    }
    let schemas = conjunction(document, schema).into_iter();
    let properties = schemas.flat_map(|schema| schema.field("properties").fields());
    let found = properties.filter_map(|(name, property)| {
        let ty = refused(document, parameter, property, steps)?;
        Some(format!(
            "a call with the property `{name}` fails: the style `{style}` cannot write {ty} in it"
        ))
    });
    found.collect()
}

/// Describes the values of `schema`, a property of `parameter`, if its style cannot write any.
fn refused(
    document: &Document,
    parameter: &Parameter,
    schema: &Value,
    steps: &Cell<usize>,
) -> Option<&'static str> {
    let kind = |schema| kind(document, schema, DEPTH, steps);
    // An exploded property becomes a separate parameter, which may be an array.
    let takes_arrays = parameter.style == Style::Form && parameter.explode;
    match kind(schema) {
        Kind::Array if takes_arrays => kind(items(document, schema)?).plural(),
        kind => kind.plural(),
    }
}

/// Returns the schema of the items of `schema`.
fn items<'a>(document: &'a Document, schema: &'a Value) -> Option<&'a Value> {
    let mut schemas = conjunction(document, schema).into_iter();
    schemas.find_map(|schema| schema.get("items"))
}

impl Kind {
    /// Describes the values, if they are arrays or objects.
    fn plural(self) -> Option<&'static str> {
        match self {
            Self::Array => Some("arrays"),
            Self::Object => Some("objects"),
            Self::Plain | Self::Mixed => None,
        }
    }
}

/// Takes one of the `steps`, and returns the depth that is left inside a schema.
fn next_depth(depth: usize, steps: &Cell<usize>) -> Option<usize> {
    steps.set(steps.get().checked_sub(1)?);
    depth.checked_sub(1)
}

/// Returns the kind of the values of `schema`.
fn kind(document: &Document, schema: &Value, depth: usize, steps: &Cell<usize>) -> Kind {
    let (Some(depth), Some(Value::Object(schema))) =
        (next_depth(depth, steps), document.follow(schema))
    else {
        return Kind::Mixed;
    };
    match schema.text("type") {
        Some("object") => return Kind::Object,
        Some("array") => return Kind::Array,
        Some(_) => return Kind::Plain,
        None => {}
    }
    let conjuncts = schema.list("allOf").iter();
    let mut kinds = conjuncts.map(|conjunct| kind(document, conjunct, depth, steps));
    if let Some(kind) = kinds.find(|kind| *kind != Kind::Mixed) {
        return kind;
    }
    for keyword in ["anyOf", "oneOf"] {
        // Null is not sent.
        let branches = alternatives(schema, keyword);
        let mut kinds = branches.map(|branch| kind(document, branch, depth, steps));
        if let Some(first) = kinds.next() {
            return match kinds.all(|kind| kind == first) {
                true => first,
                false => Kind::Mixed,
            };
        }
    }
    match schema.has_any(&["properties", "additionalProperties"]) {
        true => Kind::Object,
        false if schema.has("items") => Kind::Array,
        false => Kind::Mixed,
    }
}

/// Describes the objects of `schema`, if `refused` refuses a required property or the undeclared
/// properties.
fn of_properties<'a>(
    document: &'a Document,
    schema: &'a Value,
    refused: impl Fn(&'a Value) -> Option<&'static str> + Copy,
) -> Option<String> {
    let mut schemas = conjunction(document, schema).into_iter();
    schemas.find_map(|schema| {
        let properties = schema.field("properties").object();
        let required = schema.list("required").iter().filter_map(Value::as_str);
        let mut required = required.filter_map(|name| Some((name, properties?.get(name)?)));
        let property = required.find_map(|(name, property)| Some((name, refused(property)?)));
        if let Some((name, ty)) = property {
            return Some(format!("an object with {ty} in its property `{name}`"));
        }
        let others = schema
            .get("additionalProperties")
            .filter(|of| of.is_object());
        let ty = others
            .filter(|_| properties.is_none_or(Map::is_empty))
            .and_then(refused)?;
        Some(format!("an object of {ty}"))
    })
}
