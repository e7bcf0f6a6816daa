//! Tests that the report names each schema of a single item that a schema for all items hides.

use serde_json::{Value, json};

use super::*;

fn object(property: &str) -> Value {
    json!({"type": "object", "properties": {property: {"type": "string"}}})
}

/// Returns the pointers of the notes on a document with the component `A`, relative to it.
fn notes(schema: &Value) -> Vec<String> {
    let schemas = json!({
        "A": schema,
        "First": object("first"),
        "Each": object("each"),
        "Tuple": {"type": "array", "prefixItems": [object("first")]},
        "List": {"type": "array", "items": object("each")},
        "Lists": {"allOf": [{"$ref": "#/components/schemas/List"}]},
        "Loop": {"allOf": [{"$ref": "#/components/schemas/Loop"}]},
    });
    let (_, lowered) = check(json!({}), json!({"schemas": schemas}));
    let notes = lowered
        .report
        .iter()
        .filter(|note| note.code == "unread-items");
    let places = notes.map(|note| note.pointer.replace("/components/schemas/", ""));
    places.collect()
}

#[test]
fn schema_of_a_single_item_next_to_a_schema_for_all_items_is_in_the_report() {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let singles = [
        json!({"prefixItems": [object("first")]}),
        json!({"prefixItems": [reference("First")], "items": true}),
        json!({"prefixItems": [{"type": "string"}, {"anyOf": [object("first"), {"type": "null"}]}]}),
        json!({"prefixItems": [{"type": "array", "items": object("first")}]}),
        json!({"prefixItems": [{"type": "object", "additionalProperties": object("first")}]}),
        json!({"prefixItems": [object("first")], "unevaluatedItems": {}}),
        json!({"items": [object("first")]}),
        json!({"items": [object("first")], "additionalItems": true}),
        json!({"contains": object("first")}),
        json!({"contains": reference("First"), "minContains": 2}),
    ];
    let all = [
        json!({"items": object("each")}),
        json!({"items": reference("Each")}),
        json!({"unevaluatedItems": object("each")}),
        json!({"prefixItems": [object("own")], "items": object("each")}),
        json!({"prefixItems": [object("own")], "items": false}),
        json!({"items": [object("own")], "additionalItems": object("each")}),
        json!({"items": {"anyOf": [object("each"), {"type": "null"}]}}),
    ];
    for single in &singles {
        for of_all in &all {
            let pair = json!([single, of_all]);
            for (schema, at) in [
                (json!({"allOf": pair}), "A/allOf/0"),
                (json!({"allOf": [of_all, single]}), "A/allOf/1"),
                (
                    json!({"allOf": [{"allOf": [single]}, of_all]}),
                    "A/allOf/0/allOf/0",
                ),
                (
                    json!({"allOf": [{"anyOf": [single, {"type": "null"}]}, of_all]}),
                    "A/allOf/0/anyOf/0",
                ),
                (
                    json!({"allOf": [single, {"oneOf": [of_all, {"maxItems": 0}]}]}),
                    "A/allOf/0",
                ),
                (
                    json!({"anyOf": [{"allOf": pair}, {"type": "string"}]}),
                    "A/anyOf/0/allOf/0",
                ),
                (
                    json!({"type": "array", "items": {"allOf": pair}}),
                    "A/items/allOf/0",
                ),
                (
                    json!({"type": "object", "properties": {"a": {"allOf": pair}}}),
                    "A/properties/a/allOf/0",
                ),
                (
                    json!({"type": "object", "additionalProperties": {"allOf": pair}}),
                    "A/additionalProperties/allOf/0",
                ),
                (
                    json!({"allOf": [
                        {"type": ["array", "null"], "allOf": [single]},
                        {"type": ["array", "null"], "allOf": [of_all]},
                    ]}),
                    "A/allOf/0/allOf/0",
                ),
            ] {
                assert_eq!(notes(&schema), [at], "{schema}");
            }
        }
        for (siblings, at) in [
            (reference("List"), "A"),
            (reference("Lists"), "A"),
            (json!({"allOf": [reference("List")]}), "A"),
        ] {
            let mut schema = single.clone();
            schema
                .as_object_mut()
                .unwrap()
                .extend(siblings.as_object().unwrap().clone());
            // Here `unevaluatedItems` and `additionalItems` have their own meaning.
            assert_eq!(notes(&schema), [at], "{schema}");
        }
    }
    for schema in [
        json!({"allOf": [reference("Tuple"), reference("List")]}),
        json!({"allOf": [reference("Tuple"), {"items": object("each")}]}),
        json!({"allOf": [reference("Loop"), reference("Tuple"), reference("Lists")]}),
        json!({"$ref": "#/components/schemas/Tuple", "items": object("each")}),
    ] {
        assert_eq!(notes(&schema), ["Tuple"], "{schema}");
    }
    let own = json!({"items": object("each"), "contains": object("first")});
    assert_eq!(notes(&own), ["A"]);
    let closed =
        json!({"prefixItems": [object("own")], "items": false, "contains": object("first")});
    assert_eq!(notes(&closed), ["A"]);
}

#[test]
fn item_schemas_whose_properties_are_kept_are_not_in_the_report() {
    let tuple = json!({"prefixItems": [object("first")]});
    for schema in [
        tuple.clone(),
        json!({"prefixItems": [object("first")], "items": object("each")}),
        json!({"items": [object("first")], "additionalItems": object("each")}),
        json!({"allOf": [tuple], "unevaluatedItems": object("each")}),
        json!({"allOf": [tuple, tuple]}),
        json!({"anyOf": [tuple, {"items": object("each")}]}),
        json!({"allOf": [tuple, {"items": object("first")}]}),
        json!({"allOf": [tuple, {"items": {}}]}),
        json!({"allOf": [tuple, {"items": {"type": "object"}}]}),
        json!({"allOf": [{"prefixItems": [{"type": "string"}]}, {"items": object("each")}]}),
        json!({"contains": object("first")}),
        json!({"contains": {"type": "string"}, "items": {"type": "string"}}),
        json!({"allOf": [tuple, {"contains": object("first")}]}),
    ] {
        assert_eq!(notes(&schema), Vec::<String>::new(), "{schema}");
    }
}
