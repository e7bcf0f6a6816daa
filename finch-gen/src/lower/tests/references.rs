//! Tests references to anything but a schema.

use serde_json::json;

use super::*;

#[test]
fn unresolved_references_are_refused() {
    let root = document(
        json!({"parameters": [{"$ref": "#/components/parameters/Gone"}]}),
        json!({"schemas": {
            "A": {"$ref": "#/components/schemas/B"},
            "B": {"$ref": "#/components/schemas/A"},
            "C": {"properties": {"$ref": {"type": "string"}}, "items": {"$ref": "other.yaml#/A"}},
        }}),
    );
    let remedy = "define its target, or correct it through the overlay";
    check_refused(
        &root,
        &[
            format!("api.yaml: /paths/~1a/get/parameters/0/$ref: the reference \"#/components/parameters/Gone\" leads nowhere; {remedy}").as_str(),
            format!("api.yaml: /components/schemas/A/$ref: the reference \
            \"#/components/schemas/B\" leads only to other references; {remedy}").as_str(),
            format!("api.yaml: /components/schemas/B/$ref: the reference \
            \"#/components/schemas/A\" leads only to other references; {remedy}").as_str(),
            "api.yaml: /components/schemas/C/items/$ref: the reference \"other.yaml#/A\" leaves the document; bundle the files into one document first, as `npx @redocly/cli bundle` does",
        ],
    );
}

#[test]
fn a_reference_to_something_of_another_kind_is_refused() {
    let root = document(
        json!({
            "parameters": [{"$ref": "#/components/headers/requestBody"}],
            "requestBody": {"$ref": "#/info"},
            "responses": {"200": {"$ref": "#/components/requestBodies/B"}},
        }),
        json!({
            "headers": {"H": {}, "requestBody": {"$ref": "#/components/headers/H"}},
            "requestBodies": {"B": {"content": {}}},
        }),
    );
    let message = |at: &str, reference: &str, section: &str| {
        format!(
            "api.yaml: /paths/~1a/get/{at}/$ref: the reference \"#/{reference}\" does not lead to \
             `components/{section}`; move the target there through the overlay"
        )
    };
    check_refused(
        &root,
        &[
            &message(
                "parameters/0",
                "components/headers/requestBody",
                "parameters",
            ),
            &message("requestBody", "info", "requestBodies"),
            &message("responses/200", "components/requestBodies/B", "responses"),
        ],
    );
}

#[test]
fn references_outside_of_components_are_inlined() {
    let parameter =
        json!({"name": "p", "in": "query", "schema": {"type": "string"}, "example": "x"});
    let response = json!({"description": "", "content": {"application/json": {
        "schema": {"type": "integer"},
        "example": 1,
    }}});
    let body = json!({"content": {"application/json": {"schema": {"type": "boolean"}}}});
    let mut root = document(
        json!({
            "parameters": [
                {"$ref": "#/paths/~1b/get/parameters/0"},
                {"$ref": "#/components/parameters/Q"},
                {"$ref": "#/components/parameters/r~1s"},
            ],
            "requestBody": {"$ref": "#/paths/~1b/get/requestBody"},
            "responses": {"200": {"$ref": "#/paths/~1b/get/responses/200"}},
        }),
        json!({"parameters": {
            "Q": {"name": "q", "in": "query", "schema": {"type": "string"}},
            "r/s": {"name": "r", "in": "query", "schema": {"type": "string"}},
        }}),
    );
    root["paths"]["/b"]["get"] = json!({
        "operationId": "get-b",
        "parameters": [parameter],
        "requestBody": body,
        "responses": {"200": response},
    });
    let lowered = lower_value(&root).unwrap();
    let operation = &lowered.document.root["paths"]["/a"]["get"];
    assert_eq!(operation["parameters"][0]["name"], "p");
    let component = json!({"$ref": "#/components/parameters/Q"});
    assert_eq!(operation["parameters"][1], component);
    assert_eq!(operation["parameters"][2]["name"], "r");
    assert_eq!(operation["requestBody"], body);
    let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!(*schema, json!({"type": "integer"}));
    let examples = lowered.model.examples.iter();
    let examples: Vec<_> = examples
        .map(|of| (of.operation, of.pointer.as_str()))
        .collect();
    let at = "/paths/~1b/get/parameters/0/example";
    let body = "/paths/~1b/get/responses/200/content/application~1json/example";
    assert_eq!(examples, [(0, at), (0, body), (1, at), (1, body)]);
}

#[test]
fn path_items_can_be_shared_and_chained() {
    let mut root = document(json!({}), json!({}));
    let operation =
        |id: &str| json!({"operationId": id, "responses": {"204": {"description": ""}}});
    root["paths"] = json!({
        "/a": {"get": operation("first")},
        "/b": {"$ref": "#/paths/~1a"},
        "/c": {"$ref": "#/components/pathItems/P"},
        "/d": {"$ref": "#/components/pathItems/P"},
    });
    root["components"]["pathItems"] = json!({
        "P": {"$ref": "#/components/pathItems/Q", "put": operation("second")},
        "Q": {"post": operation("third")},
    });
    let lowered = lower_value(&root).unwrap();
    let operations = lowered.model.operations.iter();
    let operations = operations.map(|of| (of.pointer.as_str(), of.rust_name.as_str()));
    assert_eq!(
        operations.collect::<Vec<_>>(),
        [
            ("/paths/~1a/get", "first"),
            ("/paths/~1b/get", "get_b"),
            ("/paths/~1c/post", "third"),
            ("/paths/~1c/put", "second"),
            ("/paths/~1d/post", "post_d"),
            ("/paths/~1d/put", "put_d"),
        ]
    );
    let shared = lowered
        .report
        .iter()
        .filter(|note| note.code == "path-ref-shared");
    let shared = shared.map(|note| note.pointer.as_str());
    assert_eq!(shared.collect::<Vec<_>>(), ["/paths/~1b", "/paths/~1d"]);
}

/// Returns the target of the property `v` of the schema `A`, after lowering.
fn referred(schemas: serde_json::Value) -> Result<serde_json::Value, String> {
    let root = document(json!({}), json!({ "schemas": schemas }));
    let lowered = lower_value(&root).map_err(|problems| problems.to_string())?;
    let schema = &lowered.document.root["components"]["schemas"]["A"]["properties"]["v"];
    let target = lowered.document.follow(schema).unwrap();
    Ok(target.clone())
}

#[test]
fn references_are_resolved_by_their_base_uri() {
    let text = json!({"type": "string"});
    let number = json!({"type": "number"});
    let with_id = |id: &str, schema: &serde_json::Value| {
        let mut schema = schema.clone();
        schema["$id"] = id.into();
        schema
    };
    let one = |base: &str, reference: &str, id: &str| {
        json!({"A": {
            "$id": base,
            "properties": {"v": {"$ref": reference}},
            "$defs": {"right": with_id(id, &text)},
        }})
    };
    let two = |base: &str, reference: &str, right: &str, wrong: &str| {
        json!({"A": {
            "$id": base,
            "properties": {"v": {"$ref": reference}},
            "$defs": {"wrong": with_id(wrong, &number), "right": with_id(right, &text)},
        }})
    };
    let nested = |reference: &str| {
        json!({"A": {
            "$id": "https://e.example/base/",
            "properties": {"v": {"$ref": reference}},
            "$defs": {"n": {
                "$id": "sub/",
                "$defs": {"m": with_id("leaf", &text), "other": {"$anchor": "x", "type": "number"}},
            }},
        }})
    };
    for schemas in [
        // By RFC 3986, section 5.4: the base is https://e.example/a/b/c?d.
        one("https://e.example/a/b/c?d", "x", "https://e.example/a/b/x"),
        one(
            "https://e.example/a/b/c?d",
            "./x",
            "https://e.example/a/b/x",
        ),
        one(
            "https://e.example/a/b/c?d",
            "x/",
            "https://e.example/a/b/x/",
        ),
        one("https://e.example/a/b/c?d", "/x", "https://e.example/x"),
        one("https://e.example/a/b/c?d", "//x", "https://x"),
        one(
            "https://e.example/a/b/c?d",
            "?y",
            "https://e.example/a/b/c?y",
        ),
        one(
            "https://e.example/a/b/c?d",
            "x?y",
            "https://e.example/a/b/x?y",
        ),
        one("https://e.example/a/b/c?d", "../x", "https://e.example/a/x"),
        one(
            "https://e.example/a/b/c?d",
            "../../x",
            "https://e.example/x",
        ),
        one(
            "https://e.example/a/b/c?d",
            "../../../x",
            "https://e.example/x",
        ),
        one("https://e.example/a/b/c?d", "https://e.example/a/b/x", "x"),
        one("https://e.example/a/b/c?d", "x#", "x"),
        one(
            "https://e.example/a/b/c?d",
            "HTTPS://E.example:443/a/b/x",
            "x",
        ),
        one(
            "https://e.example/a/b/c?d",
            "urn:example:x",
            "urn:example:x",
        ),
        one("a/b", "x", "x"),
        one("a/b", "x", "/a/x"),
        // Of two candidates, the one with the whole URI wins.
        two(
            "https://e.example/ref/abs.json",
            "/x.json",
            "https://e.example/x.json",
            "https://e.example/ref/x.json",
        ),
        two(
            "https://e.example/ref/abs.json",
            "x.json",
            "https://e.example/ref/x.json",
            "https://e.example/x.json",
        ),
        two("https://e.example/a/", "x", "x", "https://e.example/b/x"),
        nested("sub/leaf"),
        nested("https://e.example/base/sub/leaf"),
        nested("sub/leaf#"),
        nested("sub/#/$defs/m"),
        nested("#/$defs/n/$defs/m"),
        // The `$id` next to a reference is also its base.
        json!({"A": {"properties": {"v": {
            "$id": "https://e.example/a/b",
            "$ref": "c",
            "$defs": {"wrong": with_id("https://e.example/c", &number), "right": with_id("https://e.example/a/c", &text)},
        }}}}),
        // A reference to the document's components also works in a schema with an id.
        json!({
            "A": {"$id": "https://e.example/a", "properties": {"v": {"$ref": "#/components/schemas/B"}}},
            "B": text,
        }),
        json!({
            "A": {"properties": {"v": {"$ref": "https://e.example/b#/properties/x"}}},
            "B": {"$id": "https://e.example/b", "properties": {"x": text}},
        }),
        json!({
            "A": {"properties": {"v": {"$ref": "https://e.example/b#x"}}},
            "B": {"$id": "https://e.example/b", "$defs": {"y": {"$anchor": "x", "type": "string"}}},
            "C": {"$defs": {"y": {"$anchor": "x", "type": "number"}}},
        }),
    ] {
        let found = referred(schemas.clone());
        assert_eq!(
            found.as_ref().map(|of| &of["type"]),
            Ok(&json!("string")),
            "{schemas}"
        );
    }
}

#[test]
fn one_relative_id_in_two_resources_is_two_ids() {
    let schema = |base: &str, of: &str| {
        json!({
            "$id": base,
            "properties": {"v": {"$ref": "item"}},
            "$defs": {"i": {"$id": "item", "type": of}},
        })
    };
    let (a, b) = (
        schema("https://e.example/a/", "string"),
        schema("https://e.example/b/", "integer"),
    );
    for (a, b, expected) in [(&a, &b, "string"), (&b, &a, "integer")] {
        let found = referred(json!({"A": a, "B": b})).unwrap();
        assert_eq!(found["type"], expected);
    }
}

#[test]
fn a_reference_that_matches_no_id_is_refused() {
    for reference in [
        "y",
        "/x",
        "../x",
        "?x",
        "https://e.example/x",
        "#x",
        "#/$defs/y",
        "urn:x",
    ] {
        let schemas = json!({"A": {
            "$id": "https://e.example/a/b/c",
            "properties": {"v": {"$ref": reference}},
            "$defs": {"x": {"$id": "x", "type": "string"}},
        }});
        let problem = referred(schemas).unwrap_err();
        let at = "api.yaml: /components/schemas/A/properties/v/$ref: the reference";
        assert!(problem.starts_with(at), "{reference}: {problem}");
    }
}

#[test]
fn unusable_id_is_reported() {
    let schema = |id: &str| json!({"$id": id, "type": "string"});
    let root = document(
        json!({}),
        json!({"schemas": {
            "A": {"properties": {"v": {"$ref": "https://e.example/a"}}},
            "B": schema("https://e.example/a"),
            "C": schema("https://e.example/a#"),
            "D": schema("https://[/"),
        }}),
    );
    let lowered = lower_value(&root).unwrap();
    let reference = &lowered.document.root["components"]["schemas"]["A"]["properties"]["v"];
    assert_eq!(*reference, json!({"$ref": "#/components/schemas/B"}));
    let notes: Vec<String> = lowered.report.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            "id-ignored at /components/schemas/C: `$id` that /components/schemas/B also has → \
             ignored; references resolve to the other",
            "id-ignored at /components/schemas/D: invalid `$id` → ignored; references do not find \
             it",
        ]
    );
}

#[test]
fn dynamic_reference_resolves_to_the_only_anchor() {
    let resource = |items: serde_json::Value| {
        json!({
            "$id": "https://e.example/base",
            "$ref": "list",
            "$defs": {
                "foo": {"$dynamicAnchor": "items", "type": "string"},
                "list": {
                    "$id": "list",
                    "properties": {"v": {"$dynamicRef": "#items"}},
                    "$defs": {"items": items},
                },
            },
        })
    };
    let list = |schemas: serde_json::Value| {
        let root = document(json!({}), json!({ "schemas": schemas }));
        let lowered = lower_value(&root).unwrap();
        let root = &lowered.document.root;
        let list = lowered
            .document
            .follow(&root["components"]["schemas"]["A"])
            .unwrap();
        let target = lowered
            .document
            .follow(&list["properties"]["v"])
            .unwrap()
            .clone();
        (
            target,
            lowered.report.iter().any(|note| note.code == "dynamic-ref"),
        )
    };
    // A plain anchor resolves to itself, even if other resources define the same name.
    let plain = resource(json!({"$anchor": "items", "type": "integer"}));
    assert_eq!(
        list(json!({"A": plain})),
        (json!({"type": "integer"}), false)
    );
    let dynamic = resource(json!({"$dynamicAnchor": "items", "type": "integer"}));
    assert_eq!(list(json!({"A": dynamic})), (json!({}), true));
    let mut only = resource(json!({"$dynamicAnchor": "items", "type": "integer"}));
    only["$defs"]["foo"] = json!({});
    assert_eq!(
        list(json!({"A": only})),
        (json!({"type": "integer"}), false)
    );
    let mut pointer = resource(json!({"$dynamicAnchor": "items", "type": "integer"}));
    pointer["$defs"]["list"]["properties"]["v"] = json!({"$dynamicRef": "#/$defs/items"});
    assert_eq!(
        list(json!({"A": pointer})),
        (json!({"type": "integer"}), false)
    );
    let nowhere = json!({"A": {"properties": {"v": {"$dynamicRef": "#gone"}}}});
    assert_eq!(
        referred(nowhere).unwrap_err(),
        "api.yaml: /components/schemas/A/properties/v/$dynamicRef: the reference \"#gone\" leads \
         nowhere; define its target, or correct it through the overlay"
    );
}

#[test]
fn schema_dialect_is_checked() {
    for (dialect, note) in [
        ("https://json-schema.org/draft/2020-12/schema", None),
        (
            "http://json-schema.org/draft-04/schema#",
            Some("a schema of draft 4 → read as a schema of 2020-12"),
        ),
    ] {
        let schemas = json!({"A": {"$schema": dialect, "properties": {"v": {"type": "string"}}}});
        let root = document(json!({}), json!({ "schemas": schemas }));
        let lowered = lower_value(&root).unwrap();
        let notes = lowered.report.iter().map(ToString::to_string);
        let expected =
            note.map(|note| format!("schema-dialect at /components/schemas/A/$schema: {note}"));
        assert_eq!(notes.collect::<Vec<_>>(), Vec::from_iter(expected));
    }
    let unknown = json!({"A": {"properties": {"v": {"$schema": "https://e.example/own"}}}});
    assert_eq!(
        referred(unknown).unwrap_err(),
        "api.yaml: /components/schemas/A/properties/v/$schema: the dialect https://e.example/own \
         cannot be read; write the schemas in JSON Schema 2020-12, the dialect of OpenAPI 3.1"
    );
}
