//! Tests which parameters a caller sets, and that their original pointers are kept.

use serde_json::{Value, json};

use super::*;

#[test]
fn header_parameters_with_known_values_are_not_arguments() {
    let header = |name, required, schema: Value| json!({"name": name, "in": "header", "required": required, "schema": schema});
    let (operation, lowered) = check(
        json!({"parameters": [
            {"$ref": "#/components/parameters/Version"},
            header("content-TYPE", true, json!({"type": "string"})),
            header("Accept", false, json!({"type": "string"})),
            header("Authorization", true, json!({"type": "string"})),
            header("Limit", true, json!({"type": "integer", "default": 5})),
            header("Optional", false, json!({"type": "string", "default": "a"})),
            {"$ref": "#/components/parameters/Asked"},
        ]}),
        json!({"parameters": {
            "Version": header("X-Version", true, json!({"type": "string", "default": "1"})),
            "Asked": header("X-Asked", true, json!({"type": "string"})),
            "Never": header("X-Never", true, json!({"type": "string"})),
        }}),
    );
    assert_eq!(
        operation["parameters"],
        json!([
            header("Optional", false, json!({"type": "string", "default": "a"})),
            {"$ref": "#/components/parameters/Asked"},
        ])
    );
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        lowered.model.operations[0].headers,
        [text("X-Version", "1"), text("Limit", "5")]
    );
    // A parameter that only the operation used is dropped. An unused one stays.
    let components = &lowered.document.root["components"]["parameters"];
    let names: Vec<&String> = components.as_object().unwrap().keys().collect();
    assert_eq!(names, ["Asked", "Never"]);
}

#[test]
fn an_optional_header_is_sent_if_its_default_is_its_only_value() {
    for (schema, is_sent) in [
        (json!({"enum": ["1"], "default": "1"}), true),
        (json!({"const": "1", "default": "1"}), true),
        (json!({"$ref": "#/components/schemas/One"}), true),
        (
            json!({"$ref": "#/components/schemas/Known", "default": "1"}),
            true,
        ),
        (json!({"enum": ["1", "2"], "default": "1"}), false),
        (json!({"enum": ["1"], "default": "2"}), false),
        (json!({"$ref": "#/components/schemas/Known"}), false),
        (json!({"type": "string", "default": "1"}), false),
    ] {
        let header = json!({"name": "X-Version", "in": "header", "schema": schema});
        let (operation, lowered) = check(
            json!({"parameters": [header]}),
            json!({"schemas": {
                "One": {"type": "string", "enum": ["1"], "default": "1"},
                "Known": {"type": "string", "enum": ["1"]},
            }}),
        );
        let sent = [("X-Version".to_owned(), "1".to_owned())];
        let sent = if is_sent { &sent[..] } else { &[] };
        assert_eq!(lowered.model.operations[0].headers, sent, "{schema}");
        assert_eq!(operation.get("parameters").is_none(), is_sent, "{schema}");
    }
}

#[test]
fn operations_inherit_path_item_parameters() {
    let query = |name, required| json!({"name": name, "in": "query", "required": required, "schema": {"type": "string"}});
    let mut root = document(json!({"parameters": [query("a", true)]}), json!({}));
    root["paths"]["/a"]["parameters"] = json!([
        query("a", false),
        query("b", false),
        {"name": "V", "in": "header", "required": true, "schema": {"default": "1"}},
    ]);
    let lowered = lower_value(&root).unwrap();
    let item = &lowered.document.root["paths"]["/a"];
    assert_eq!(item.get("parameters"), None);
    assert_eq!(
        item["get"]["parameters"],
        json!([query("b", false), query("a", true)])
    );
    assert_eq!(
        lowered.model.operations[0].headers,
        [("V".to_owned(), "1".to_owned())]
    );
}

#[test]
fn path_parameters_match_the_path_template() {
    let mut root = document(
        json!({}),
        json!({"parameters": {
            "B": {"name": "b", "in": "path", "schema": {"type": "integer"}},
        }}),
    );
    let item = root["paths"].as_object_mut().unwrap().shift_remove("/a");
    root["paths"]["/{a}/{b}/{a}"] = item.unwrap();
    root["paths"]["/{a}/{b}/{a}"]["parameters"] = json!([
        {"$ref": "#/components/parameters/B"},
        {"name": "c", "in": "path", "required": true, "schema": {"type": "string"}},
    ]);
    let lowered = lower_value(&root).unwrap();
    assert_eq!(
        lowered.document.root["paths"]["/{a}/{b}/{a}"]["get"]["parameters"],
        json!([
            {"name": "b", "in": "path", "required": true, "schema": {"type": "integer"}},
            {"name": "a", "in": "path", "required": true, "schema": {"type": "string"}},
        ])
    );
    let notes: Vec<_> = lowered
        .report
        .iter()
        .map(|note| note.what.as_str())
        .collect();
    assert_eq!(
        notes,
        [
            "path parameter b without `required: true` → required",
            "path parameter c, which is not in the path → dropped",
            "undeclared path parameter {a} → a string",
        ]
    );
}

#[test]
fn moved_parameters_keep_their_source_pointers() {
    let object = json!({"allOf": [{"properties": {"a": {"type": "string"}}}, {"type": "object"}]});
    let operation = json!({"parameters": [
        {"name": "Accept", "in": "header", "schema": {"type": "string"}},
        {"name": "of", "in": "query", "schema": object},
    ]});
    let mut root = document(operation, json!({}));
    let shared = json!([{"name": "shared", "in": "query", "schema": object}]);
    root["paths"]["/a"]["parameters"] = shared;
    let lowered = lower_value(&root).unwrap();
    let at = "/paths/~1a/get/parameters";
    let moved = "schema/properties/a";
    for (at, expected) in [
        (
            format!("{at}/0/schema"),
            "/paths/~1a/parameters/0/schema".to_owned(),
        ),
        (
            format!("{at}/0/{moved}"),
            "/paths/~1a/parameters/0/schema/allOf/0/properties/a".to_owned(),
        ),
        (format!("{at}/1/schema"), format!("{at}/1/schema")),
        (
            format!("{at}/1/{moved}"),
            format!("{at}/1/schema/allOf/0/properties/a"),
        ),
    ] {
        assert_eq!(lowered.model.place(&at), expected);
    }
}
