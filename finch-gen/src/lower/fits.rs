//! Whether an example is one of its schema: authors slip, and a type cannot be
//! held against what its schema refuses.

use serde_json::{Map, Value};

use crate::load::Document;
use crate::pointer;

/// The deepest schema within a schema that is looked at: deeper ones are most
/// likely to refer to themselves, and are taken to fit.
const DEPTH: usize = 64;

/// What of `value` the lowered schema at `at` refuses, if anything, as a JSON
/// pointer and a reason. Bounds, lengths and patterns are not asked, nor the
/// values of enums: the types of a response do not ask for them.
pub(super) fn misfit(document: &Document, at: &str, value: &Value) -> Option<String> {
    let schema = document.root.pointer(at)?;
    check(document, schema, value, "", DEPTH).err()
}

fn check(
    document: &Document,
    schema: &Value,
    value: &Value,
    at: &str,
    depth: usize,
) -> Result<(), String> {
    let Some(Value::Object(schema)) = document.follow(schema) else {
        return Ok(());
    };
    let Some(depth) = depth.checked_sub(1) else {
        return Ok(());
    };
    let place = if at.is_empty() { "it" } else { at };
    let of = schema.get("type").and_then(Value::as_str);
    let is_nullable = schema.get("nullable") == Some(&Value::Bool(true)) && of.is_some();
    if value.is_null() && is_nullable {
        return Ok(());
    }
    if let Some(of) = of
        && !is_of(value, of)
    {
        return Err(format!("{place} is no {of}"));
    }
    members(document, schema, value, at, depth)?;
    for inner in list(schema, "allOf") {
        check(document, inner, value, at, depth)?;
    }
    for keyword in ["anyOf", "oneOf"] {
        let mut branches = list(schema, keyword).peekable();
        let fits = |branch| check(document, branch, value, at, depth).is_ok();
        if branches.peek().is_some() && !branches.any(fits) {
            return Err(format!("{place} fits no branch of `{keyword}`"));
        }
    }
    Ok(())
}

fn members(
    document: &Document,
    schema: &Map<String, Value>,
    value: &Value,
    at: &str,
    depth: usize,
) -> Result<(), String> {
    match value {
        Value::Object(members) => {
            for name in list(schema, "required").filter_map(Value::as_str) {
                if !members.contains_key(name) {
                    return Err(format!("{} is not there", pointer::join(at, name)));
                }
            }
            let properties = schema.get("properties").and_then(Value::as_object);
            let others = schema.get("additionalProperties");
            for (name, member) in members {
                let property = properties.and_then(|properties| properties.get(name));
                if let Some(of) = property.or(others) {
                    check(document, of, member, &pointer::join(at, name), depth)?;
                }
            }
        }
        Value::Array(items) => {
            if let Some(of) = schema.get("items") {
                for (index, item) in items.iter().enumerate() {
                    check(document, of, item, &format!("{at}/{index}"), depth)?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn list<'a>(schema: &'a Map<String, Value>, keyword: &str) -> impl Iterator<Item = &'a Value> {
    let list = schema.get(keyword).and_then(Value::as_array);
    list.into_iter().flatten()
}

fn is_of(value: &Value, of: &str) -> bool {
    match of {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        _ => true,
    }
}
