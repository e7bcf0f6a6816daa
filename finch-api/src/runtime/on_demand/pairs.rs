//! Values as the pairs of a query or a form, in OpenAPI's style `form` with
//! `explode`: a list repeats its name, the members of an object go by theirs.

use serde::Serialize;
use serde_json::Value;

/// A name and a value that are sent as `name=value`.
pub(super) type Pair = (String, String);

/// `value` as JSON has it.
pub(super) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<Value, String> {
    // By way of the text: a number of single precision keeps its digits in it,
    // which it would not as a `Value` of double precision.
    serde_json::to_string(value)
        .and_then(|text| serde_json::from_str(&text))
        .map_err(|_| "a value has no form in JSON".to_owned())
}

/// The pairs of `value` where it goes by `name`, a list with one for each item;
/// `nested` writes what is within another value.
pub(super) fn named(
    name: &str,
    value: &Value,
    nested: impl Fn(&Value) -> Result<String, String>,
) -> Result<Vec<Pair>, String> {
    let text = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        _ => nested(value),
    };
    let pair = |value: &Value| Ok((name.to_owned(), text(value)?));
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) => items.iter().map(pair).collect(),
        value => Ok(vec![pair(value)?]),
    }
}
