//! Tests how nullable schemas are shaped.

use serde_json::json;

use super::*;

#[test]
fn null_moves_from_components_to_references() {
    let found = schemas(json!({
        "N": {"type": "object", "nullable": true},
        "Far": {"$ref": "#/components/schemas/Alias"},
        "Alias": {"$ref": "#/components/schemas/N"},
        "U": {"anyOf": [{"$ref": "#/components/schemas/P"}, only_null()]},
        "P": {"type": "object"},
        "S": {"type": "object", "properties": {
            "n": {"$ref": "#/components/schemas/N"},
            "alias": {"$ref": "#/components/schemas/Alias"},
            "far": {"$ref": "#/components/schemas/Far"},
            "u": {"$ref": "#/components/schemas/U"},
            "p": {"$ref": "#/components/schemas/P"},
            "said": {"allOf": [{"$ref": "#/components/schemas/N"}], "description": "d"},
            "twice": {"anyOf": [{"$ref": "#/components/schemas/N"}, only_null()]},
        }},
    }));
    assert_eq!(found["N"], json!({"type": "object"}));
    assert_eq!(found["Alias"], reference("N"));
    assert_eq!(found["U"], reference("P"));
    let or_null = |name| json!({"anyOf": [reference(name), only_null()]});
    assert_eq!(
        found["S"]["properties"],
        json!({
            "n": or_null("N"),
            "alias": or_null("Alias"),
            "far": or_null("Far"),
            "u": or_null("U"),
            "p": reference("P"),
            "said": {"anyOf": [reference("N"), only_null()], "description": "d"},
            "twice": or_null("N"),
        })
    );
}

#[test]
fn nullable_conjunction_stays_nullable() {
    let both = |values| json!({"allOf": [{"$ref": "#/components/schemas/N"}, values]});
    let maybe = json!({"type": "boolean", "nullable": true});
    let found = schemas(json!({
        "N": {"type": "boolean", "nullable": true},
        "All": both(maybe.clone()),
        "S": {"type": "object", "required": ["a", "b", "c", "d", "e"], "properties": {
            "a": both(maybe.clone()),
            "b": both(json!({"enum": [null, false]})),
            "c": both(json!({"type": "boolean"})),
            "d": {"$ref": "#/components/schemas/All"},
            "e": {
                "description": "E.",
                "type": "boolean",
                "nullable": true,
                "allOf": [{"$ref": "#/components/schemas/N"}],
            },
        }},
    }));
    let or_null = |schema| json!({"anyOf": [schema, only_null()]});
    assert_eq!(
        found["S"]["properties"],
        json!({
            "a": or_null(reference("N")),
            "b": {"type": "boolean", "nullable": true},
            "c": {"type": "boolean"},
            "d": or_null(reference("All")),
            "e": {"description": "E.", "type": "boolean", "nullable": true},
        })
    );
}

#[test]
fn keywords_next_to_null_or_a_scalar_type_are_removed() {
    let (_, found, _, codes) = check(
        json!({}),
        json!({
            "A": {"nullable": true, "enum": [null], "anyOf": [{"type": "string"}, {"type": "object"}]},
            "B": {"allOf": [{"nullable": true, "enum": [null]}, {"type": "string"}], "description": "D."},
            "C": {"type": "string", "oneOf": [{"type": "boolean"}, {"minLength": 1}]},
            "D": {"type": "object", "required": ["a"]},
            "E": {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
            "F": {"additionalProperties": {"items": {}}},
        }),
    );
    assert_eq!(
        found["F"],
        json!({"additionalProperties": {"items": {}, "type": "array"}, "type": "object"})
    );
    assert_eq!(found["A"], json!({"nullable": true, "enum": [null]}));
    assert_eq!(
        found["B"],
        json!({"description": "D.", "nullable": true, "enum": [null]})
    );
    assert_eq!(found["C"], json!({"type": "string"}));
    // A free-form object is kept whole.
    assert_eq!(found["D"], json!({"type": "object"}));
    // The server checks which properties are required.
    assert_eq!(found["E"], json!({"type": "object"}));
    let expected = [
        "not-checked",
        "not-checked",
        "type-assumed",
        "type-assumed",
        "union-beside-type",
    ];
    assert_eq!(codes, expected);
}

#[test]
fn a_nullable_type_beside_a_reference_is_the_reference_or_null() {
    let found = schemas(json!({
        "A": {"type": "object", "properties": {
            "b": {"type": "object", "nullable": true, "allOf": [reference("B")]},
            "c": {"type": "object", "allOf": [reference("B")]},
        }},
        "B": {"type": "object", "properties": {"x": {}}},
    }));
    let or_null = json!({"anyOf": [reference("B"), only_null()]});
    assert_eq!(found["A"]["properties"]["b"], or_null);
    assert_eq!(
        found["A"]["properties"]["c"],
        json!({"allOf": [reference("B")]})
    );
}
