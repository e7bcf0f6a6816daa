//! Checks whether an example is valid for its lowered schema. Authors make mistakes, and a
//! generated test of an invalid example would fail.
//!
//! Returns the pointer of the first wrong value and the reason, such as
//! `/age is not of type integer`. Does not check bounds, lengths and patterns, as the generated types
//! do not check them either. In a response, also accepts values that break their format, unknown
//! values of an enum, and values that match no branch of a union, because the types accept them.
//! Schemas nested deeper than 64 levels count as a match, and so does every schema after a million
//! comparisons.

use std::cell::Cell;

use serde_json::{Map, Value};

use super::format_validation;
use super::schema::{equal, is_integer};
use crate::json::Fields;
use crate::load::Document;
use crate::pointer;

/// The maximum nesting of schemas to check. Deeper schemas most likely refer to themselves and
/// count as a match.
pub(super) const DEPTH: usize = 64;

/// The maximum number of schemas to compare with the examples of one document. Nested unions
/// multiply the comparisons.
pub(super) const STEPS: usize = 1_000_000;

/// The remaining [`STEPS`].
pub(crate) struct Steps(Cell<usize>);

impl Default for Steps {
    fn default() -> Self {
        Self(Cell::new(STEPS))
    }
}

impl Steps {
    /// Uses one step. Returns whether one remained.
    pub(super) fn take(&self) -> bool {
        let left = self.0.get().checked_sub(1);
        self.0.set(left.unwrap_or_default());
        left.is_some()
    }

    /// Whether no steps remain.
    pub(crate) fn are_spent(&self) -> bool {
        self.0.get() == 0
    }
}

/// Why a value does not fit a schema.
#[derive(Debug)]
pub(super) struct Misfit {
    /// The JSON pointer of the wrong value, and the reason.
    pub(super) what: String,
    /// Whether the schema itself allows the value. True if the schema has no `type` and only
    /// the type inferred from its keywords rejects the value.
    pub(super) is_valid: bool,
}

impl Misfit {
    fn refused(what: String) -> Self {
        let is_valid = false;
        Self { what, is_valid }
    }
}

/// Why the lowered schema at `at` refuses `value`, if it does. Bounds, lengths and patterns
/// are not checked, as types do not check them. If `is_response`, neither are formats, the
/// values of enums, and unions: in a response they accept everything.
pub(super) fn misfit(
    document: &Document,
    at: &str,
    value: &Value,
    is_response: bool,
    steps: &Steps,
) -> Option<Misfit> {
    let schema = document.at(at)?;
    let fits = Fits {
        document,
        steps,
        is_closed: !is_response,
    };
    fits.check(schema, value, "", DEPTH).err()
}

/// Whether `schema` accepts `value`, checked in the same way. Unions and the values of enums
/// are checked if `is_closed`.
pub(crate) fn fits(
    document: &Document,
    schema: &Value,
    value: &Value,
    is_closed: bool,
    steps: &Steps,
) -> bool {
    let fits = Fits {
        document,
        steps,
        is_closed,
    };
    fits.check(schema, value, "", DEPTH).is_ok()
}

/// Returns the type that the keywords of a lowered schema imply if it has no `type`. Literally,
/// such a schema accepts values of every other type, but its author means objects or lists.
pub(crate) fn meant_type(schema: &Map<String, Value>) -> Option<&'static str> {
    if schema.has_any(&["$ref", "type", "enum", "allOf", "anyOf", "oneOf", "not"]) {
        None
    } else if schema.has_any(&["properties", "additionalProperties"]) {
        Some("object")
    } else {
        schema.get("items").map(|_| "array")
    }
}

struct Fits<'a> {
    document: &'a Document,
    steps: &'a Steps,
    /// Whether a branch of each union, a format, and a value of each enum must fit.
    is_closed: bool,
}

impl Fits<'_> {
    fn check(&self, schema: &Value, value: &Value, at: &str, depth: usize) -> Result<(), Misfit> {
        let Some(Value::Object(schema)) = self.document.follow(schema) else {
            return Ok(());
        };
        let Some(depth) = depth.checked_sub(1).filter(|_| self.steps.take()) else {
            return Ok(());
        };
        let place = if at.is_empty() { "it" } else { at };
        let of = schema.text("type");
        let is_nullable = schema.is_true("nullable") && of.is_some();
        let of = of.or(meant_type(schema));
        if value.is_null() && is_nullable {
            return Ok(());
        }
        if !value.is_null() && is_null(schema) {
            return Err(Misfit::refused(format!("{place} is not null")));
        }
        let mut other_type = None;
        if let Some(of) = of
            && !is_of(value, of)
        {
            let what = format!("{place} is not of type {of}");
            if schema.contains_key("type") {
                return Err(Misfit::refused(what));
            }
            // Another check may still refuse it.
            let is_valid = true;
            other_type = Some(Misfit { what, is_valid });
        }
        let values = schema.get("enum").and_then(Value::as_array);
        let is_listed = |values: &Vec<Value>| values.iter().any(|listed| equal(listed, value));
        if self.is_closed && !values.is_none_or(is_listed) {
            return Err(Misfit::refused(format!("{place} is not in the `enum`")));
        }
        if let (Some(text), Some(format)) = (value.as_str(), schema.text("format"))
            && self.is_closed
            && !format_validation::has(text, format)
        {
            return Err(Misfit::refused(format!("{place} is not a valid {format}")));
        }
        unless_valid(self.members(schema, value, at, depth), &mut other_type)?;
        if let Some(tag) = schema.field("discriminator").text("propertyName")
            && self.is_closed
            && value.is_object()
            && value.get(tag).is_none()
        {
            return Err(Misfit::refused(is_missing(at, tag)));
        }
        for inner in schema.list("allOf") {
            unless_valid(self.check(inner, value, at, depth), &mut other_type)?;
        }
        for keyword in ["anyOf", "oneOf"] {
            let checked = self.union(schema, keyword, value, at, depth);
            unless_valid(checked, &mut other_type)?;
        }
        other_type.map_or(Ok(()), Err)
    }

    fn union(
        &self,
        schema: &Map<String, Value>,
        keyword: &str,
        value: &Value,
        at: &str,
        depth: usize,
    ) -> Result<(), Misfit> {
        let branches = schema.list(keyword).iter();
        let (nulls, branches): (Vec<&Value>, Vec<&Value>) =
            branches.partition(|branch| is_null(*branch));
        if !nulls.is_empty() && value.is_null() {
            return Ok(());
        }
        let place = if at.is_empty() { "it" } else { at };
        match branches.as_slice() {
            [] => return Ok(()),
            // A union of one schema and null becomes an option of that schema.
            [only] => return self.check(only, value, at, depth),
            _ => {}
        }
        if !self.is_closed {
            // A union of strings becomes a string. Any other union accepts everything.
            let is_string =
                |branch: &&Value| self.document.follow(branch).text("type") == Some("string");
            let is_right = value.is_string() || value.is_null();
            return match branches.iter().all(is_string) && !is_right {
                true => Err(Misfit::refused(format!("{place} is not of type string"))),
                false => Ok(()),
            };
        }
        let mut is_valid = false;
        for branch in branches {
            match self.check(branch, value, at, depth) {
                Ok(()) => return Ok(()),
                Err(misfit) => is_valid |= misfit.is_valid,
            }
        }
        let what = format!("{place} fits no branch of `{keyword}`");
        Err(Misfit { what, is_valid })
    }

    fn members(
        &self,
        schema: &Map<String, Value>,
        value: &Value,
        at: &str,
        depth: usize,
    ) -> Result<(), Misfit> {
        let mut other_type = None;
        match value {
            Value::Object(members) => {
                for name in schema.list("required").iter().filter_map(Value::as_str) {
                    if !members.contains_key(name) && !is_one_way(schema, name) {
                        return Err(Misfit::refused(is_missing(at, name)));
                    }
                }
                let properties = schema.field("properties");
                let others = schema.get("additionalProperties");
                for (name, member) in members {
                    if let Some(of) = properties.field(name).or(others) {
                        let at = pointer::join(at, name);
                        unless_valid(self.check(of, member, &at, depth), &mut other_type)?;
                    }
                }
            }
            Value::Array(items) => {
                if let Some(of) = schema.get("items") {
                    for (index, item) in items.iter().enumerate() {
                        let at = format!("{at}/{index}");
                        unless_valid(self.check(of, item, &at, depth), &mut other_type)?;
                    }
                }
            }
            _ => {}
        }
        other_type.map_or(Ok(()), Err)
    }
}

/// Fails like `checked`, but notes in `other_type` that the value is valid. Another check may
/// still refuse the value.
fn unless_valid(
    checked: Result<(), Misfit>,
    other_type: &mut Option<Misfit>,
) -> Result<(), Misfit> {
    match checked {
        Err(misfit) if misfit.is_valid => {
            other_type.get_or_insert(misfit);
            Ok(())
        }
        checked => checked,
    }
}

/// Whether `schema` accepts null alone.
fn is_null<'a>(schema: impl Fields<'a>) -> bool {
    matches!(schema.list("enum"), [Value::Null])
}

fn is_missing(at: &str, name: &str) -> String {
    format!("{} is missing", pointer::join(at, name))
}

/// Whether the property only belongs to requests, or only to responses.
fn is_one_way(schema: &Map<String, Value>, name: &str) -> bool {
    let property = schema.field("properties").field(name);
    property.is_true("readOnly") || property.is_true("writeOnly")
}

fn is_of(value: &Value, of: &str) -> bool {
    match of {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => is_integer(value),
        _ => true,
    }
}
