//! References to anything but a schema.

use serde_json::json;

use super::*;

#[test]
fn references_that_lead_nowhere_are_refused() {
    let root = document(
        json!({"parameters": [{"$ref": "#/components/parameters/Gone"}]}),
        json!({"schemas": {
            "A": {"$ref": "#/components/schemas/B"},
            "B": {"$ref": "#/components/schemas/A"},
            "C": {"properties": {"$ref": {"type": "string"}}, "items": {"$ref": "other.yaml#/A"}},
        }}),
    );
    let remedy = "define what it names, or correct it through the overlay";
    check_refused(
        &root,
        &[
            format!("api.yaml: /paths/~1a/get/parameters/0/$ref: the reference \"#/components/parameters/Gone\" leads nowhere; {remedy}").as_str(),
            format!("api.yaml: /components/schemas/A/$ref: the reference \"#/components/schemas/B\" leads by references to nothing but references; {remedy}").as_str(),
            format!("api.yaml: /components/schemas/B/$ref: the reference \"#/components/schemas/A\" leads by references to nothing but references; {remedy}").as_str(),
            "api.yaml: /components/schemas/C/items/$ref: the reference \"other.yaml#/A\" leaves the document; bundle the other file into this one",
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
            "api.yaml: /paths/~1a/get/{at}/$ref: the reference \"#/{reference}\" leads to none of \
             `components/{section}`; define there what it refers to, through the overlay"
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
fn what_stands_elsewhere_than_among_the_components_is_put_in_its_place() {
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
    let examples = lowered.facts.examples.iter();
    let examples: Vec<_> = examples
        .map(|of| (of.operation, of.pointer.as_str()))
        .collect();
    let at = "/paths/~1b/get/parameters/0/example";
    let body = "/paths/~1b/get/responses/200/content/application~1json/example";
    assert_eq!(examples, [(0, at), (0, body), (1, at), (1, body)]);
}

#[test]
fn a_path_item_may_be_that_of_several_paths_and_lead_on() {
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
    let operations = lowered.facts.operations.iter();
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
