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

#[test]
fn a_property_is_nullable_if_all_that_describe_it_allow_null() {
    let count = json!({"type": "integer"});
    let count_or_null = json!({"type": "integer", "nullable": true});
    let list_or_null = json!({"type": "array", "items": {}, "nullable": true});
    let nothing = json!({"description": "D."});
    for (one, other, expected) in [
        (&count_or_null, None, true),
        (&count, None, false),
        (&list_or_null, None, true),
        (&json!({"type": "array", "items": {}}), None, false),
        (&json!({"type": "object"}), None, false),
        (&json!({"type": "object", "nullable": true}), None, true),
        (&json!({"enum": ["a", null]}), None, true),
        (&json!({"oneOf": [count, {"enum": [null]}]}), None, true),
        (
            &json!({"oneOf": [count_or_null, {"type": "string"}]}),
            None,
            true,
        ),
        (
            &json!({"oneOf": [reference("N"), {"type": "string"}]}),
            None,
            true,
        ),
        (&json!({"oneOf": [count, {"type": "string"}]}), None, false),
        (&reference("N"), None, true),
        (
            &json!({"allOf": [reference("N")], "description": "D."}),
            None,
            true,
        ),
        (&json!({"allOf": [reference("N"), nothing]}), None, true),
        (
            &json!({"allOf": [reference("N"), {"type": "object"}]}),
            None,
            false,
        ),
        (&count_or_null, Some(&nothing), true),
        (&nothing, Some(&count_or_null), true),
        (&nothing, Some(&reference("N")), true),
        (&count_or_null, Some(&count_or_null), true),
        (&count_or_null, Some(&count), false),
        (&count, Some(&count_or_null), false),
        (&list_or_null, Some(&list_or_null), true),
        (
            &list_or_null,
            Some(&json!({"type": "array", "items": {}})),
            false,
        ),
    ] {
        let object = |of: &Value| json!({"type": "object", "properties": {"a": of}});
        let conjuncts = [Some(one), other].into_iter().flatten().map(object);
        let all = json!({"allOf": conjuncts.collect::<Vec<_>>()});
        let nullable = json!({"type": "object", "nullable": true, "properties": {"x": {}}});
        let (shaped, _) = shaped(json!({}), json!({"A": all, "N": nullable}));
        let found = shaped.nullable.contains(&("A".to_owned(), "a".to_owned()));
        assert_eq!(found, expected, "{one} {other:?}");
    }
}
