//! Finds the parameters that can never be sent, because their style cannot write any value of their
//! type.
//!
//! OpenAPI's styles write a plain value, an array of plain values, or an object of plain
//! values (OpenAPI 3.0.3, Style Values). `deepObject` writes objects and arrays at any depth,
//! and no plain value.

use serde_json::{Map, Value};

use crate::keywords::Keywords as _;
use crate::load::Document;
use crate::shape::listed_values::alternatives;
use crate::wire_format::{Parameter, Style};

/// How deep nested schemas are visited. A deeper one counts as plain.
const DEPTH: usize = 64;

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
    let kinds = Kinds { document };
    let ty = match (style, kinds.of(schema, DEPTH)) {
        (Style::DeepObject, Kind::Plain) => "a plain value".to_owned(),
        (Style::DeepObject, _) | (_, Kind::Plain | Kind::Mixed) => return None,
        (_, Kind::Array) => {
            let items = kinds.part(schema, DEPTH, |schema| schema.get("items"))?;
            format!("an array of {}", kinds.nested(items)?)
        }
        (_, Kind::Object) => {
            // An exploded property becomes a separate parameter, which may be an array.
            let takes_arrays = style == Style::Form && parameter.explode;
            let refused = |schema| {
                let is_array = kinds.of(schema, DEPTH) == Kind::Array;
                let inner = (is_array && takes_arrays)
                    .then(|| kinds.part(schema, DEPTH, |schema| schema.get("items")));
                kinds.nested(inner.unwrap_or(Some(schema))?)
            };
            kinds.of_properties(schema, refused)?
        }
    };
    Some(format!("the style `{style}` cannot write {ty}"))
}

struct Kinds<'a> {
    document: &'a Document,
}

impl<'a> Kinds<'a> {
    fn of(&self, schema: &'a Value, depth: usize) -> Kind {
        let (Some(depth), Some(Value::Object(schema))) =
            (depth.checked_sub(1), self.document.follow(schema))
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
        let mut kinds = conjuncts.map(|of| self.of(of, depth));
        if let Some(kind) = kinds.find(|kind| *kind != Kind::Mixed) {
            return kind;
        }
        for keyword in ["anyOf", "oneOf"] {
            // Null is not sent.
            let branches = alternatives(schema, keyword);
            let mut kinds = branches.map(|branch| self.of(branch, depth));
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

    /// Describes the values of `schema`, if each is an array or an object.
    fn nested(&self, schema: &'a Value) -> Option<&'static str> {
        match self.of(schema, DEPTH) {
            Kind::Array => Some("arrays"),
            Kind::Object => Some("objects"),
            Kind::Plain | Kind::Mixed => None,
        }
    }

    /// Returns the result of `find` for `schema` or one of its conjuncts.
    fn part<T>(
        &self,
        schema: &'a Value,
        depth: usize,
        find: impl Fn(&'a Map<String, Value>) -> Option<T> + Copy,
    ) -> Option<T> {
        let depth = depth.checked_sub(1)?;
        let schema = self.document.follow(schema)?.as_object()?;
        let mut conjuncts = schema.list("allOf").iter();
        find(schema).or_else(|| conjuncts.find_map(|conjunct| self.part(conjunct, depth, find)))
    }

    /// Describes the objects of `schema`, if `refused` refuses a required property or the
    /// undeclared properties.
    fn of_properties(
        &self,
        schema: &'a Value,
        refused: impl Fn(&'a Value) -> Option<&'static str> + Copy,
    ) -> Option<String> {
        self.part(schema, DEPTH, |schema| {
            let properties = schema.object("properties");
            let required = schema.list("required").iter().filter_map(Value::as_str);
            let mut required = required.filter_map(|name| Some((name, properties?.get(name)?)));
            let refused_property = required
                .find_map(|(name, property)| Some((name, refused(property)?)))
                .map(|(name, ty)| format!("an object with {ty} in its property `{name}`"));
            let others = schema.get("additionalProperties");
            let is_map = properties.is_none_or(Map::is_empty);
            let refused_others = others
                .filter(|others| is_map && others.is_object())
                .and_then(refused)
                .map(|ty| format!("an object of {ty}"));
            refused_property.or(refused_others)
        })
    }
}
