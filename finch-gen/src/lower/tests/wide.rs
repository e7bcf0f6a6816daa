//! Tests that an integer is marked as wide if an `i64` cannot hold it.

use serde_json::{Value, json};

use super::*;

/// Returns the wide properties of the component `A`, given its example.
fn wide(properties: &Value, example: &Value) -> Vec<String> {
    let (_, lowered) = check(
        json!({}),
        json!({"schemas": {
            "A": {"type": "object", "properties": properties, "example": example},
            "Big": {"type": "integer"},
        }}),
    );
    let mut found = Vec::new();
    crate::walk::for_each(&lowered.document.root, |at, _, schema| {
        if schema.get(WIDE).is_some() {
            let at = at.pointer().replace("/components/schemas/", "");
            found.push(at.replace("A/properties/", ""));
        }
    });
    found
}

#[test]
fn integer_with_a_wide_example_is_wide() {
    let integer = json!({"type": "integer"});
    let beyond = json!(i64::MAX as u64 + 1);
    for (property, value, expected) in [
        (integer.clone(), beyond.clone(), "a"),
        (integer.clone(), json!(u64::MAX), "a"),
        (integer.clone(), json!(1e19), "a"),
        (json!({"type": ["integer", "null"]}), beyond.clone(), "a"),
        (json!({"items": integer}), json!([1, beyond]), "a/items"),
        (
            json!({"additionalProperties": integer}),
            json!({"x": beyond}),
            "a/additionalProperties",
        ),
        (
            json!({"anyOf": [{"type": "string"}, integer]}),
            beyond.clone(),
            "a/anyOf/1",
        ),
        (
            json!({"$ref": "#/components/schemas/Big"}),
            beyond.clone(),
            "Big",
        ),
        // These are not larger, or not integers.
        (integer.clone(), json!(i64::MAX), ""),
        (integer.clone(), json!(i64::MIN), ""),
        (integer.clone(), json!(1e300), ""),
        (json!({"type": "number"}), beyond.clone(), ""),
        (json!({"type": "integer", "format": "uint64"}), json!(1), ""),
    ] {
        let found = wide(&json!({"a": property}), &json!({"a": value}));
        assert_eq!(found.join(" "), expected, "{property} {value}");
    }
}
