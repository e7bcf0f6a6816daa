//! Encodes an object as a form (`application/x-www-form-urlencoded`):
//! `{"a": [1, 2], "b": {"c": 3}}` becomes `a=1&a=2&b=%7B%22c%22%3A3%7D`.
//!
//! An array repeats the name for each item, null is not sent, and an object is sent as JSON. If the
//! document gives the style of a property (Encoding Object), that style replaces these rules. A body
//! that is not an object is refused, because its values have no names.

use serde_json::Value;

use super::parameter::Parameter;
use super::percent;
use super::style::text;

/// Encodes `body` as a form. `styled` defines the style of the properties that it names.
pub(crate) fn encode(styled: &[Parameter<'_>], body: &Value) -> Result<String, String> {
    let mut form: Vec<String> = Vec::new();
    for (name, value) in properties(body)? {
        let pairs = match styled.iter().find(|parameter| parameter.name == name) {
            Some(parameter) => parameter
                .pairs(value)
                .map_err(|what| format!("the property `{name}`: {what}"))?,
            None => {
                let name = percent::encode(name, false);
                let pair = |value| (name.clone(), percent::encode(&text(value), false));
                items(value).iter().map(pair).collect()
            }
        };
        form.extend(pairs.iter().map(|(name, value)| format!("{name}={value}")));
    }
    Ok(form.join("&"))
}

/// Returns the properties of an object. Other values have no names for a form.
pub(super) fn properties(body: &Value) -> Result<&serde_json::Map<String, Value>, String> {
    body.as_object()
        .ok_or_else(|| "the body is not an object: a form has names for its values".to_owned())
}

/// Returns the values to send for a property: each item of an array, and nothing for
/// null.
pub(super) fn items(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::Array(items) => items,
        value => std::slice::from_ref(value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::style::Style;
    use super::*;

    #[test]
    fn form_sends_properties_by_name() {
        let body = json!({
            "grant_type": "a b&", "scopes": ["r", "w"], "none": null, "ttl": 5, "at": {"x": 1},
            "ids": [1, 2], "deep": {"k": "v"},
        });
        let styled = [
            Parameter::query("ids").style(Style::PipeDelimited),
            Parameter::query("deep").style(Style::DeepObject),
        ];
        assert_eq!(
            encode(&styled, &body).as_deref(),
            Ok(
                "grant_type=a%20b%26&scopes=r&scopes=w&ttl=5&at=%7B%22x%22%3A1%7D&ids=1%7C2\
                 &deep%5Bk%5D=v"
            )
        );
    }

    #[test]
    fn form_refuses_values_without_names() {
        assert_eq!(
            encode(&[], &json!([1])),
            Err("the body is not an object: a form has names for its values".to_owned())
        );
    }
}
