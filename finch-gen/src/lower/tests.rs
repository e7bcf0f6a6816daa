//! Each rule of lowering on a document of its own.

use serde_json::{Map, Value, json};

use super::*;
use crate::load::{Text, load};
use crate::{Credential, ExampleOf};

/// A document with one operation, `paths./a.get`, and components.
fn document(operation: Value, components: Value) -> Value {
    let mut operation = operation;
    let members = operation.as_object_mut().unwrap();
    members.entry("operationId").or_insert("get-a".into());
    members
        .entry("responses")
        .or_insert(json!({"204": {"description": ""}}));
    json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": operation}},
        "components": components,
    })
}

fn lower_value(root: &Value) -> Result<Lowered, String> {
    let text = root.to_string();
    let text = Text {
        name: "api.yaml",
        text: &text,
    };
    lower(load(&text).unwrap()).map_err(|problems| problems.to_string())
}

/// Lowers an operation and components.
fn check(operation: Value, components: Value) -> (Value, Lowered) {
    let lowered = lower_value(&document(operation, components)).unwrap();
    (lowered.document.root["paths"]["/a"]["get"].clone(), lowered)
}

#[track_caller]
fn check_refused(root: &Value, messages: &[&str]) {
    let found = lower_value(root).unwrap_err();
    assert_eq!(found.lines().collect::<Vec<_>>(), messages);
}

#[test]
fn the_version_becomes_3_0_3_and_nullable_stays() {
    let schema = json!({"type": "string", "nullable": true});
    let (_, lowered) = check(json!({}), json!({"schemas": {"A": schema}}));
    assert_eq!(lowered.document.root["openapi"], "3.0.3");
    assert_eq!(lowered.document.root["components"]["schemas"]["A"], schema);
}

#[test]
fn the_id_becomes_the_name_of_the_method() {
    for (id, name) in [
        ("create-access-token", "create_access_token"),
        ("getPets", "get_pets"),
        ("type", "type_"),
        ("gen", "gen_"),
        ("2fa", "_2fa"),
        ("request", "request_operation"),
        ("withOptions", "with_options_operation"),
    ] {
        let (operation, lowered) = check(json!({"operationId": id}), json!({}));
        assert_eq!(operation["operationId"], name);
        assert_eq!(lowered.facts.operations[0].rust_name, name);
        assert_eq!(lowered.facts.operations[0].id, id);
    }
}

#[test]
fn header_parameters_that_no_caller_is_asked_for() {
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
        lowered.facts.operations[0].headers,
        [text("X-Version", "1"), text("Limit", "5")]
    );
    // What only the operation used is gone; what nobody used is as it was.
    let components = &lowered.document.root["components"]["parameters"];
    let names: Vec<&String> = components.as_object().unwrap().keys().collect();
    assert_eq!(names, ["Asked", "Never"]);
}

#[test]
fn parameters_of_a_path_item_are_its_operations() {
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
        lowered.facts.operations[0].headers,
        [("V".to_owned(), "1".to_owned())]
    );
}

#[test]
fn only_responses_of_success_stay() {
    let response = |text| json!({"description": text});
    for (responses, expected) in [
        (
            json!({"200": response("a"), "404": response("b"), "default": response("c")}),
            json!({"200": response("a")}),
        ),
        (
            json!({"default": response("a")}),
            json!({"2XX": response("a")}),
        ),
        (json!({"302": response("a")}), json!({"2XX": response("")})),
    ] {
        let (operation, _) = check(json!({"responses": responses}), json!({}));
        assert_eq!(operation["responses"], expected);
    }
}

#[test]
fn security_is_the_operations_or_else_the_documents() {
    let schemes = json!({"securitySchemes": {
        "token": {"type": "http", "scheme": "Bearer"},
        "basic": {"type": "http", "scheme": "basic"},
        "oauth": {"type": "oauth2", "flows": {}},
        "header": {"type": "apiKey", "name": "X-Key", "in": "header"},
        "query": {"type": "apiKey", "name": "k[]", "in": "query"},
        "cookie": {"type": "apiKey", "name": "k", "in": "cookie"},
        "raw": {"type": "apiKey", "name": "Authorization", "in": "header"},
        "digest": {"type": "http", "scheme": "digest"},
        "nowhere": {"type": "apiKey", "name": "k", "in": "path"},
        "misnamed": {"type": "apiKey", "name": "X Key", "in": "header"},
    }});
    let of = |own: Option<Value>| {
        let operation = own.map_or(json!({}), |own| json!({"security": own}));
        let mut root = document(operation, schemes.clone());
        root["security"] = json!([{"token": []}]);
        lower_value(&root).map(|lowered| {
            let operation = &lowered.facts.operations[0];
            (operation.security.clone(), operation.unsent.join(" "))
        })
    };
    let (bearer, basic) = (Credential::Bearer, Credential::Basic);
    let header = |name: &str| Credential::Header(name.to_owned());
    let query = Credential::Query("k[]".to_owned());
    let cookie = Credential::Cookie("k".to_owned());
    for (own, alternatives, unsent) in [
        (None, vec![vec![bearer.clone()]], ""),
        (Some(json!([])), vec![], ""),
        (
            Some(json!([{"basic": []}, {"oauth": ["a"], "token": []}, {}])),
            vec![vec![basic.clone()], vec![bearer.clone()], vec![]],
            "",
        ),
        (
            Some(json!([{"header": [], "basic": []}, {"query": [], "cookie": []}, {"raw": []}])),
            vec![
                vec![header("x-key"), basic.clone()],
                vec![query, cookie],
                vec![header("authorization")],
            ],
            "",
        ),
        // What a client does not send is left to who makes the HTTP client.
        (
            Some(json!([{"digest": [], "header": []}, {"basic": []}])),
            vec![vec![basic]],
            "",
        ),
        (
            Some(json!([{"header": [], "digest": []}, {"nowhere": []}, {"misnamed": []}])),
            vec![],
            "header digest nowhere misnamed",
        ),
        (
            Some(json!([{"basic": [], "token": []}])),
            vec![],
            "basic token",
        ),
        (Some(json!([{"token": [], "raw": []}])), vec![], "token raw"),
    ] {
        assert_eq!(of(own), Ok((alternatives, unsent.to_owned())));
    }
    assert_eq!(
        of(Some(json!([{"other": []}]))).unwrap_err(),
        "api.yaml: /paths/~1a/get/security/0/other: the security scheme \"other\" is not among the \
         components; define it, or correct the name through the overlay"
    );
}

#[test]
fn what_may_be_sent_again_is_said_by_the_method_or_else_by_an_extension() {
    let of = |method: &str, members: Value| {
        let mut root = document(json!({}), json!({}));
        let path_item = &mut root["paths"]["/a"];
        let mut operation = path_item["get"].take();
        operation
            .as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        *path_item = json!({method: operation});
        lower_value(&root).map(|lowered| lowered.facts.operations[0].idempotent)
    };
    for (method, members, expected) in [
        ("get", json!({}), true),
        ("delete", json!({}), true),
        ("post", json!({}), false),
        ("patch", json!({}), false),
        ("post", json!({"x-idempotent": true}), true),
        ("post", json!({"x-some-vendor-idempotent": true}), true),
        ("put", json!({"x-vendor-idempotent": false}), false),
        // Other words, whatever they end in.
        (
            "post",
            json!({"x--idempotent": true, "x-notidempotent": true, "idempotent": true}),
            false,
        ),
    ] {
        assert_eq!(
            of(method, members.clone()),
            Ok(expected),
            "{method} {members}"
        );
    }
    assert_eq!(
        of("post", json!({"x-vendor-idempotent": "yes"})).unwrap_err(),
        "api.yaml: /paths/~1a/post/x-vendor-idempotent: `x-vendor-idempotent` says neither yes nor \
         no; write `true` or `false`"
    );
}

#[test]
fn what_is_deprecated_is_known_of_each_operation() {
    for (members, expected) in [
        (json!({"deprecated": true}), true),
        (json!({"deprecated": false}), false),
        (json!({}), false),
    ] {
        let (_, lowered) = check(members, json!({}));
        assert_eq!(lowered.facts.operations[0].deprecated, expected);
    }
}

#[test]
fn secrets_are_found_wherever_in_the_body_they_are() {
    let (_, lowered) = check(
        json!({"requestBody": {"content": {"application/json": {"schema": {
            "$ref": "#/components/schemas/A"
        }}}}}),
        json!({"schemas": {
            "A": {"allOf": [{"properties": {
                "plain": {"type": "string"},
                "one": {"type": "string", "format": "password"},
                "more": {"type": "array", "items": {"$ref": "#/components/schemas/B"}},
            }}]},
            "B": {"properties": {
                "two": {"$ref": "#/components/schemas/Secret"},
                "again": {"$ref": "#/components/schemas/A"},
            }},
            "Secret": {"type": "string", "format": "password"},
        }}),
    );
    assert_eq!(lowered.facts.operations[0].secrets, ["one", "two"]);
}

#[test]
fn examples_of_json_bodies_are_found() {
    let (_, lowered) = check(
        json!({
            "requestBody": {"content": {"application/json": {"example": 1}}},
            "responses": {
                "200": {"$ref": "#/components/responses/A"},
                "404": {"description": "", "content": {"application/json": {"example": 1}}},
            },
        }),
        json!({
            "responses": {"A": {"description": "", "content": {
                "text/plain": {"example": "a"},
                "application/json": {"examples": {
                    "own": {"value": 1},
                    "shared": {"$ref": "#/components/examples/E"},
                    "elsewhere": {"externalValue": "https://example.com"},
                }},
            }}},
            "examples": {"E": {"value": 2}},
        }),
    );
    let found: Vec<_> = lowered
        .facts
        .examples
        .iter()
        .map(|example| (example.of.clone(), example.pointer.as_str()))
        .collect();
    let json = "content/application~1json";
    assert_eq!(
        found,
        [
            (
                ExampleOf::Request,
                format!("/paths/~1a/get/requestBody/{json}/example").as_str()
            ),
            (
                ExampleOf::Response("200".to_owned()),
                format!("/components/responses/A/{json}/examples/own/value").as_str()
            ),
            (
                ExampleOf::Response("200".to_owned()),
                "/components/examples/E/value"
            ),
        ]
    );
}

#[test]
fn examples_of_parameters_are_found() {
    let mut root = document(
        json!({
            "parameters": [
                {"name": "own", "in": "query", "schema": {"type": "integer"}, "example": 1, "examples": {
                    "more": {"value": 2},
                    "shared": {"$ref": "#/components/examples/E"},
                }},
                {"$ref": "#/components/parameters/P"},
                {"name": "json", "in": "header", "content": {"application/json": {
                    "schema": {"type": "integer", "examples": [4]},
                    "example": 5,
                }}},
                {"name": "text", "in": "query", "content": {"text/csv": {"example": "a"}}},
                {"name": "referring", "in": "query", "schema": {"$ref": "#/components/schemas/S"}},
                // A client is not asked for these, or cannot hold them against a type.
                {"name": "Accept", "in": "header", "schema": {"type": "string"}, "example": "a"},
                {"name": "v", "in": "header", "required": true, "schema": {"default": "1"}, "example": "1"},
                {"name": "no", "in": "query", "schema": {"type": "integer"}, "example": "1"},
                {"name": "day", "in": "query", "schema": {"type": "string", "format": "date"}, "example": "today"},
            ],
            "requestBody": {"content": {"application/json": {"schema": {"type": "integer", "example": 6}}}},
        }),
        json!({
            "parameters": {"P": {"name": "p", "in": "cookie", "schema": {"type": "integer", "example": 7}}},
            "schemas": {"S": {"type": "integer", "example": 8}},
            "examples": {"E": {"value": 3}},
        }),
    );
    root["paths"]["/a"]["parameters"] = json!([
        {"name": "shared", "in": "query", "schema": {"type": "integer"}, "example": 9},
        {"name": "own", "in": "query", "schema": {"type": "integer"}, "example": 10},
    ]);
    let lowered = lower_value(&root).unwrap();
    let parameters = "/paths/~1a/get/parameters";
    let found = lowered.facts.examples.iter().map(|example| {
        let of = match &example.of {
            ExampleOf::Parameter { name, place } => format!("{place} {name}"),
            of => format!("{of:?}"),
        };
        (of, example.pointer.clone())
    });
    let expected = [
        ("query shared", "/paths/~1a/parameters/0/example".to_owned()),
        ("query own", format!("{parameters}/0/example")),
        ("query own", format!("{parameters}/0/examples/more/value")),
        ("query own", "/components/examples/E/value".to_owned()),
        (
            "cookie p",
            "/components/parameters/P/schema/example".to_owned(),
        ),
        (
            "header json",
            format!("{parameters}/2/content/application~1json/example"),
        ),
        (
            "header json",
            format!("{parameters}/2/content/application~1json/schema/examples/0"),
        ),
        (
            "Request",
            "/paths/~1a/get/requestBody/content/application~1json/schema/example".to_owned(),
        ),
    ];
    let expected = expected.map(|(of, pointer)| (of.to_owned(), pointer));
    assert_eq!(found.collect::<Vec<_>>(), expected);
    let notes = lowered.report.iter();
    let mismatches = notes.filter(|note| note.code == "example-mismatch");
    let mismatches: Vec<String> = mismatches.map(ToString::to_string).collect();
    assert_eq!(
        mismatches,
        [
            format!(
                "example-mismatch at {parameters}/7/example: the schema refuses it, as it is no \
                 integer → no test"
            ),
            format!(
                "example-mismatch at {parameters}/8/example: the schema refuses it, as it is no \
                 date → no test"
            ),
        ]
    );
}

#[test]
fn examples_without_a_type_are_counted() {
    let json = |of: Value| json!({"application/json": of});
    let header = json!({"schema": {"type": "integer", "example": 1}});
    let (_, lowered) = check(
        json!({"responses": {
            "200": {"description": "", "headers": {"X-Left": header}},
            "400": {"$ref": "#/components/responses/Bad"},
            "500": {"$ref": "#/components/responses/Bad"},
            "503": {"description": "", "content": json(json!({
                "schema": {"$ref": "#/components/schemas/S"}, "example": 5,
            }))},
        }}),
        json!({
            "responses": {"Bad": {"description": "", "content": json(json!({
                "schema": {"type": "string"}, "example": "bad", "examples": {"one": {"value": "b"}},
            }))}},
            "schemas": {"S": {"type": "integer", "example": 8}},
        }),
    );
    let notes = lowered.report.iter();
    let untyped = notes.filter(|note| note.code == "example-untyped");
    assert_eq!(
        untyped.map(ToString::to_string).collect::<Vec<_>>(),
        [
            "example-untyped at the root: examples of failures and of received headers that are no \
             components: 3 → no tests"
        ]
    );
    let of_schemas = lowered.facts.schema_examples.iter();
    let of_schemas = of_schemas.map(|example| [&example.schema, &example.pointer]);
    let component = "/components/schemas/S";
    assert_eq!(
        of_schemas.collect::<Vec<_>>(),
        [
            [component, "/components/schemas/S/example"],
            [
                component,
                "/paths/~1a/get/responses/503/content/application~1json/example"
            ],
        ]
    );
}

#[test]
fn examples_of_schemas_are_found() {
    let (_, lowered) = check(
        json!({}),
        json!({"schemas": {"A": {
            "example": {"a": 1},
            "properties": {
                "a": {"type": "integer", "examples": [1, 2]},
                "example": {"items": {"example": "neither a type nor a member"}},
            },
        }, "Null": {"type": ["string", "null"], "example": null}}}),
    );
    let found: Vec<_> = lowered
        .facts
        .schema_examples
        .iter()
        .map(|example| (example.schema.as_str(), example.pointer.as_str()))
        .collect();
    let (a, in_a) = (
        "/components/schemas/A",
        "/components/schemas/A/properties/a",
    );
    assert_eq!(
        found,
        [
            (a, format!("{a}/example").as_str()),
            (in_a, format!("{in_a}/examples/0").as_str()),
            (in_a, format!("{in_a}/examples/1").as_str()),
        ]
    );
}

#[test]
fn an_example_that_its_schema_refuses_is_no_test() {
    let with = |schema: Value, example: Value| {
        let mut schema = schema;
        schema["example"] = example;
        schema
    };
    let object = json!({
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": ["integer", "null"]}, "self": {"$ref": "#/components/schemas/A"}},
    });
    let union = json!({"oneOf": [{"type": "string"}, {"$ref": "#/components/schemas/A"}]});
    let (_, lowered) = check(
        json!({}),
        json!({"schemas": {
            "A": with(object.clone(), json!({"a": 1.0, "self": {"a": null}})),
            "B": with(object.clone(), json!({"a": "x"})),
            "C": with(object.clone(), json!({"a": 1, "self": {}})),
            "D": with(json!({"enum": ["a"]}), json!("new")),
            "E": with(json!({"type": "array", "items": {"type": "string"}}), json!(["a", 1])),
            "F": with(union.clone(), json!(["a", "b"])),
            "G": with(union, json!({"a": 2})),
            "I": with(json!({"type": "object", "additionalProperties": {"type": "string"}}), json!({"a": 1})),
            "H": with(json!({"allOf": [{"$ref": "#/components/schemas/H"}]}), json!(1)),
            // An object is meant, though by the letter it may be anything.
            "J": with(json!({"properties": {"a": {}}}), json!("a")),
        }}),
    );
    let examples = lowered.facts.schema_examples.iter();
    let tested: Vec<_> = examples
        .map(|example| example.schema.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(tested, ["A", "G", "H"]);
    let notes: Vec<_> = lowered
        .report
        .iter()
        .filter(|note| note.code == "example-mismatch")
        .map(|note| note.what.as_str())
        .collect();
    let refused = |why: &str| format!("the schema refuses it, as {why} → no test");
    assert_eq!(
        notes,
        [
            refused("/a is no integer"),
            refused("/self/a is not there"),
            refused("it is none of the values of `enum`"),
            refused("/1 is no string"),
            refused("it fits no branch of `oneOf`"),
            refused("/a is no string"),
            refused("it is no object"),
        ]
    );
}

#[test]
fn members_of_an_example_that_its_schema_does_not_name_are_reported() {
    let example = json!({
        "own": {"free": 1},
        "inherited": 1,
        "of_a_branch": 1,
        "other": 1,
        "list": [{"a": 1, "b/c": 1}],
        "map": {"any": {"a": 1, "z": 1}},
        "heir": {"kind": "b", "wings": 2},
    });
    let a = json!({"properties": {"a": {"type": "integer"}}});
    let (_, lowered) = check(
        json!({"responses": {"200": {"description": "", "content": {"application/json": {
            "schema": {
                "allOf": [
                    {"$ref": "#/components/schemas/Base"},
                    {"properties": {
                        "own": {"type": "object"},
                        "list": {"type": "array", "items": a},
                        "heir": {"$ref": "#/components/schemas/Animal"},
                        "map": {"type": "object", "additionalProperties": a},
                    }},
                ],
                "oneOf": [{"properties": {"of_a_branch": {}}}, {"type": "object"}],
            },
            "example": example,
        }}}}}),
        json!({"schemas": {"Base": {
            "allOf": [{"$ref": "#/components/schemas/Base"}],
            "properties": {"inherited": {}},
        }, "Animal": {
            "properties": {"kind": {}},
            "discriminator": {"propertyName": "kind"},
        }, "Bird": {
            "allOf": [{"$ref": "#/components/schemas/Animal"}, {"properties": {"wings": {}}}],
        }}}),
    );
    assert_eq!(
        lowered.facts.examples[0].unnamed,
        ["/other", "/list/0/b~1c", "/map/any/z"]
    );
    let report = lowered.report.to_string();
    let note = "the schema does not name /other, /list/0/b~1c, /map/any/z";
    assert!(report.contains(note), "{report}");
}

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
fn every_operation_has_a_name_of_its_own() {
    let mut root = document(json!({"operationId": "getA"}), json!({}));
    for (method, id) in [
        ("put", json!("get-a")),
        // Its builder would be called like that of `get_a_2`.
        ("patch", json!("get_a2")),
        ("delete", json!("-")),
        ("head", json!("")),
        ("options", json!("日本")),
        ("trace", Value::Null),
    ] {
        root["paths"]["/a"][method] =
            json!({"operationId": id, "responses": {"204": {"description": ""}}});
    }
    let lowered = lower_value(&root).unwrap();
    let operations = &lowered.facts.operations;
    let names: Vec<&str> = operations.iter().map(|of| of.rust_name.as_str()).collect();
    assert_eq!(
        names,
        [
            "get_a",
            "get_a_2",
            "get_a2_2",
            "delete_a",
            "head_a",
            "options_a",
            "trace_a"
        ]
    );
    let report = lowered.report.to_string();
    let lines: Vec<&str> = report.lines().collect();
    assert_eq!(
        lines,
        [
            "operation-id at /paths/~1a/delete: the operation id \"-\", of which no name can be \
             made → made of method and path, the method delete_a",
            "operation-id at /paths/~1a/head: the operation id \"\", of which no name can be made \
             → made of method and path, the method head_a",
            "operation-id at /paths/~1a/options: the operation id \"日本\", of which no name can be \
             made → made of method and path, the method options_a",
            "operation-id at /paths/~1a/patch: the operation id \"get_a2\", which would be the \
             method get_a2 of another → the method get_a2_2",
            "operation-id at /paths/~1a/put: the operation id \"get-a\", which would be the method \
             get_a of another → the method get_a_2",
            "operation-id at /paths/~1a/trace: no `operationId` → made of method and path, the \
             method trace_a",
        ]
    );
}

#[test]
fn what_is_no_object_is_refused() {
    let mut root = document(
        json!({}),
        json!({"x-a": {"b": 1}, "schemas": {"A": 1, "B": true}, "responses": {"C": []}}),
    );
    root["paths"]["/b"] = Value::Null;
    root["paths"]["x-c"] = 1.into();
    root["paths"]["/{d"] = json!({});
    root["paths"]["/\re"] = json!({});
    root["paths"]["/f"] = json!({"get": "x", "x-get": "x"});
    root["components"]["schemas"]["g\u{202e}h"] = json!({});
    let expected = |at: &str, found: &str| {
        let remedy = "write one, or leave it out, through the overlay";
        format!("api.yaml: {at}: expected a mapping, found {found}; {remedy}")
    };
    check_refused(
        &root,
        &[
            &expected("/paths/~1b", "null"),
            &expected("/components/schemas/A", "a number"),
            &expected("/components/responses/C", "a list"),
            &expected("/paths/~1f/get", "a string"),
            "api.yaml: /components/schemas/g\u{202e}h: the name of a schema is of characters that \
             are shown as they are; give it another through the overlay, and refer to that",
            "api.yaml: /paths/~1{d: the braces of a path enclose the names of its parameters, and \
             nothing else; write it so through the overlay",
            "api.yaml: /paths/~1\re: a path is a line of characters that are shown as they are; \
             write it so through the overlay",
        ],
    );
}

#[test]
fn an_id_of_two_operations_is_refused() {
    let mut root = document(json!({"operationId": "getA"}), json!({}));
    root["paths"]["/a"]["put"] = json!({"operationId": "getA"});
    check_refused(
        &root,
        &[
            "api.yaml: /paths/~1a/put/operationId: the operation id \"getA\" is that of \
             /paths/~1a/get, too; give one of them another id through the overlay",
        ],
    );
}

#[test]
fn what_only_3_1_has_becomes_what_3_0_has() {
    let mut root = document(
        json!({}),
        json!({
            "pathItems": {"Shared": {"put": {"operationId": "put-b", "responses": {"200": {"description": ""}}}}},
            "securitySchemes": {"tls": {"type": "mutualTLS"}, "token": {"type": "http", "scheme": "bearer"}},
            "responses": {"A": {"description": "own"}},
        }),
    );
    root["info"]["summary"] = "S".into();
    root["info"]["license"] = json!({"name": "MIT", "identifier": "MIT"});
    root["jsonSchemaDialect"] = "https://spec.openapis.org/oas/3.1/dialect/base".into();
    root["webhooks"] = json!({"w": {"post": {"requestBody": {"content": {"application/json": {
        "schema": {"type": ["string", "null"]},
    }}}}}});
    root["security"] = json!([{"tls": []}]);
    root["paths"]["/b"] = json!({"$ref": "#/components/pathItems/Shared", "summary": "local"});
    root["paths"]["/a"]["get"]["responses"] = json!({
        "200": {"$ref": "#/components/responses/A", "description": "lost"},
    });
    root["paths"]["/a"]["get"]["callbacks"] = json!({"c": {"$ref": "#/components/callbacks/C"}});
    root["components"]["callbacks"] = json!({"C": {"x-note": 1}});
    let lowered = lower_value(&root).unwrap();
    let found = &lowered.document.root;
    assert_eq!(found["info"]["description"], "S");
    assert_eq!(
        found["info"]["license"],
        json!({"name": "MIT", "url": "https://spdx.org/licenses/MIT.html"})
    );
    assert_eq!(found["paths"]["/b"]["put"]["operationId"], "put_b");
    assert_eq!(found["paths"]["/b"]["summary"], "local");
    assert_eq!(
        found["paths"]["/a"]["get"]["responses"],
        json!({"200": {"$ref": "#/components/responses/A"}})
    );
    assert_eq!(found["paths"]["/a"]["get"].get("callbacks"), None);
    assert_eq!(
        found["x-webhooks"]["w"]["post"]["requestBody"]["content"]["application/json"]["schema"],
        json!({"type": "string", "nullable": true})
    );
    // Nothing is asked for that HTTP could send; not: nothing is said.
    assert_eq!(found["security"], json!([{}]));
    assert_eq!(lowered.facts.operations[0].security, [[]]);
    for gone in ["webhooks", "jsonSchemaDialect"] {
        assert_eq!(found.get(gone), None);
    }
    for gone in ["pathItems", "callbacks"] {
        assert_eq!(found["components"].get(gone), None);
    }
    let codes: Vec<_> = lowered.report.iter().map(|note| note.code).collect();
    assert_eq!(
        codes,
        [
            "path-items-unused",
            "mutual-tls",
            "reference-siblings",
            "webhooks"
        ]
    );
}

#[test]
fn what_is_changed_of_an_operation_is_reported() {
    let scheme = |of: Value| json!({"securitySchemes": {"s": of}});
    let body = json!({"content": {"application/json": {"schema": {"type": "string"}}}});
    for (operation, components, code, at) in [
        (
            json!({"requestBody": body}),
            json!({}),
            "body-on-get",
            "/paths/~1a/get",
        ),
        (
            json!({"security": [{"s": ["admin"]}]}),
            scheme(json!({"type": "http", "scheme": "bearer"})),
            "security-roles",
            "/paths/~1a/get/security/0",
        ),
        (
            json!({"security": [{"s": []}]}),
            scheme(json!({"type": "http", "scheme": "digest"})),
            "unknown-credential",
            "/paths/~1a/get/security/0",
        ),
        (
            json!({"security": [{"s": [], "t": []}]}),
            json!({"securitySchemes": {
                "s": {"type": "http", "scheme": "basic"},
                "t": {"type": "http", "scheme": "bearer"},
            }}),
            "unknown-credential",
            "/paths/~1a/get/security/0",
        ),
        (
            json!({"parameters": [{"name": "Accept", "in": "header", "schema": {"type": "string"}}]}),
            json!({}),
            "reserved-header",
            "/paths/~1a/get",
        ),
        (
            json!({}),
            json!({"schemas": {"A": {"type": "string", "nullable": true}}}),
            "legacy-nullable",
            "",
        ),
    ] {
        let (_, lowered) = check(operation, components);
        let notes: Vec<_> = lowered
            .report
            .iter()
            .map(|note| (note.code, note.pointer.as_str()))
            .collect();
        assert_eq!(notes, [(code, at)]);
    }

    let mut root = document(json!({}), json!({}));
    root["paths"]["/a"] = json!({
        "$ref": "#/components/pathItems/A",
        "get": {"operationId": "get-a"},
    });
    root["components"]["pathItems"] = json!({"A": {"get": {"operationId": "other"}}});
    let lowered = lower_value(&root).unwrap();
    let codes: Vec<_> = lowered.report.iter().map(|note| note.code).collect();
    assert_eq!(
        codes,
        ["path-items-unused", "path-ref-conflict", "no-responses"]
    );
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

#[test]
fn another_dialect_is_refused() {
    let mut root = document(json!({}), json!({}));
    root["jsonSchemaDialect"] = "http://json-schema.org/draft-04/schema#".into();
    check_refused(
        &root,
        &[
            "api.yaml: /jsonSchemaDialect: the dialect http://json-schema.org/draft-04/schema# cannot \
           be read; write the schemas in JSON Schema 2020-12, the dialect of OpenAPI 3.1",
        ],
    );
}

#[test]
fn media_types_without_a_schema_get_one() {
    let body = |content: Value| json!({"requestBody": {"content": content}});
    for (media_type, from, to) in [
        (
            "application/octet-stream",
            json!({}),
            json!({"type": "string", "format": "binary"}),
        ),
        (
            "image/png",
            json!({"schema": {"contentMediaType": "image/png"}}),
            json!({"type": "string", "format": "binary"}),
        ),
        (
            "image/png",
            json!({"schema": {"type": "string", "contentEncoding": "base64"}}),
            json!({"type": "string", "format": "byte"}),
        ),
        ("application/json", json!({}), json!({})),
        ("text/csv", json!({}), json!({"type": "string"})),
        (
            "multipart/form-data",
            json!({"schema": {"type": "object", "properties": {
                "file": {},
                "picture": {"type": "string", "contentMediaType": "image/png"},
                "files": {"type": "array", "items": {"contentMediaType": "image/png"}},
                "text": {"type": "string", "contentEncoding": "base64"},
            }}}),
            json!({"type": "object", "properties": {
                "file": {"type": "string", "format": "binary"},
                "picture": {"type": "string", "format": "binary"},
                "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                "text": {"type": "string", "format": "byte"},
            }}),
        ),
    ] {
        let mut content = json!({});
        content[media_type] = from;
        let (operation, _) = check(body(content), json!({}));
        assert_eq!(
            operation["requestBody"]["content"][media_type]["schema"], to,
            "{media_type}"
        );
    }
}

#[test]
fn an_id_that_is_missing_is_made_of_method_and_path() {
    let mut root = document(json!({}), json!({}));
    root["paths"]["/pets/{petId}/toys"] = json!({"post": {"responses": {}}});
    let lowered = lower_value(&root).unwrap();
    let operation = &lowered.facts.operations[1];
    assert_eq!(operation.rust_name, "post_pets_pet_id_toys");
    let item = &lowered.document.root["paths"]["/pets/{petId}/toys"];
    assert_eq!(item["post"]["operationId"], "post_pets_pet_id_toys");
    let codes: Vec<_> = lowered.report.iter().map(|note| note.code).collect();
    assert_eq!(codes, ["operation-id", "path-parameter"]);
}

#[test]
fn slips_are_read_as_they_are_meant() {
    let root = json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": 1.5},
        "paths": {"/a": {"get": {
            "parameters": [{"name": "q", "in": "query"}],
            "responses": {"200": {"content": {"application/json": {"schema": {
                "properties": {"a": {"type": ["integer", null]}, "b": {"format": "binary"}},
            }}}}},
        }}},
        "components": {"schemas": {"type": {"type": null}}},
    });
    let lowered = lower_value(&root).unwrap();
    let root = &lowered.document.root;
    assert_eq!(lowered.facts.version, "1.5");
    let operation = &root["paths"]["/a"]["get"];
    let response = &operation["responses"]["200"];
    assert_eq!(response["description"], "");
    assert_eq!(
        response["content"]["application/json"]["schema"]["properties"],
        json!({
            "a": {"type": "integer", "nullable": true},
            "b": {"type": "string", "format": "binary"},
        })
    );
    assert_eq!(
        operation["parameters"][0]["schema"],
        json!({"type": "string"})
    );
    let null = json!({"nullable": true, "enum": [null]});
    assert_eq!(root["components"]["schemas"]["type"], null);
    let codes: Vec<_> = lowered.report.iter().map(|note| note.code).collect();
    assert_eq!(
        codes,
        [
            "no-description",
            "null-unquoted",
            "version-unquoted",
            "operation-id",
            "parameter-schema",
            "null-unquoted",
            "binary-untyped",
        ]
    );
}

#[test]
fn the_parameters_of_a_path_are_those_that_it_names() {
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
            "the path parameter b, not `required: true` → required",
            "the path names {a}, which is not described → a string",
            "the path parameter c, which the path does not name → nothing",
        ]
    );
}

#[test]
fn an_operation_that_switches_protocols_is_refused() {
    check_refused(
        &document(
            json!({"responses": {"101": {"description": ""}}}),
            json!({}),
        ),
        &[
            "api.yaml: /paths/~1a/get/responses/101: an operation that goes on in another protocol, \
           as a WebSocket does, cannot be called; leave the operation out through the overlay",
        ],
    );
    // Where it need not, it can be.
    let responses = json!({"101": {"description": ""}, "200": {"description": ""}});
    let (operation, _) = check(json!({"responses": responses}), json!({}));
    assert_eq!(operation["responses"], json!({"200": {"description": ""}}));
}

#[test]
fn the_base_url_is_that_of_the_document_or_of_all_operations() {
    let servers = |urls: &[&str]| {
        let server = |url: &&str| json!({"url": url, "variables": {"region": {"default": "eu"}}});
        Value::Array(urls.iter().map(server).collect())
    };
    let elsewhere = |at: &str, what: &str| {
        Err(format!(
            "api.yaml: /paths/~1a/get{at}: an operation that is served at {what}; take these \
             `servers` out through the overlay where it is served there, too; else leave the \
             operation out, and make another client for it"
        ))
    };
    let base = |url: &str| Ok(Some(url.to_owned()));
    for (root, item, operation, expected) in [
        (
            &["https://{region}.example/"][..],
            &[][..],
            &[][..],
            base("https://eu.example"),
        ),
        (&["https://{unknown}.example"], &[], &[], Ok(None)),
        (&[], &[], &[], Ok(None)),
        (
            &["/relative"],
            &[],
            &["https://b.example"],
            base("https://b.example"),
        ),
        (
            &["https://a.example"],
            &["https://a.example/"],
            &[],
            base("https://a.example"),
        ),
        // One of them is the client's.
        (
            &["https://a.example"],
            &["https://b.example"],
            &["https://c.example", "https://a.example"],
            base("https://a.example"),
        ),
        (
            &["https://a.example"],
            &["https://b.example"],
            &["https://{region}.example"],
            elsewhere(
                "/servers",
                "https://eu.example, where the client's base URL is https://a.example",
            ),
        ),
        (
            &["https://a.example"],
            &["/v2"],
            &[],
            elsewhere("", "/v2, where the client's base URL is https://a.example"),
        ),
        (
            &[],
            &[],
            &["/v2"],
            elsewhere("/servers", "/v2, where others are not"),
        ),
    ] {
        let mut document = document(json!({}), json!({}));
        document["servers"] = servers(root);
        let path = &mut document["paths"]["/a"];
        path["servers"] = servers(item);
        path["get"]["servers"] = servers(operation);
        let found = lower_value(&document).map(|lowered| {
            assert_eq!(lowered.report.iter().count(), 0);
            lowered.facts.server
        });
        assert_eq!(found, expected, "{root:?} {item:?} {operation:?}");
    }
}

#[test]
fn operations_of_different_servers_are_refused_each() {
    let mut root = document(json!({}), json!({}));
    root["paths"]["/b"] = json!({
        "servers": [{"url": "https://b.example"}],
        "get": {"operationId": "get-b", "responses": {"204": {"description": ""}}},
        "put": {"operationId": "put-b", "responses": {"204": {"description": ""}}},
    });
    let text = root.to_string();
    let name = "api.yaml";
    let lowered = lower_what_can_be(load(&Text { name, text: &text }).unwrap());
    let refused: Vec<&str> = lowered
        .refused
        .iter()
        .map(|one| one.pointer.as_str())
        .collect();
    assert_eq!(refused, ["/paths/~1b/get", "/paths/~1b/put"]);
    let ids: Vec<&str> = lowered
        .facts
        .operations
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    assert_eq!(ids, ["get-a"]);
}

#[test]
fn an_example_of_a_request_is_held_against_what_is_closed_there() {
    let content = |schema: &str, example: Value| {
        let reference = format!("#/components/schemas/{schema}");
        json!({"content": {"application/json": {
            "schema": {"$ref": reference}, "example": example,
        }}})
    };
    for (schema, example, misfit) in [
        ("E", json!("b"), Some("it is none of the values of `enum`")),
        ("E", json!("a"), None),
        // It is 2, however it is written.
        ("N", json!(2), None),
        (
            "D",
            json!({"$ref": "other.json"}),
            Some("/kind is not there"),
        ),
        ("D", json!({"kind": "any"}), None),
    ] {
        let (_, lowered) = check(
            json!({"requestBody": content(schema, example.clone())}),
            json!({"schemas": {
                "E": {"type": "string", "enum": ["a"]},
                "N": {"const": 2, "enum": [2.0, 1.5]},
                "D": {"type": "object", "discriminator": {"propertyName": "kind"}},
            }}),
        );
        let notes = lowered
            .report
            .iter()
            .filter(|note| note.code == "example-mismatch");
        let notes: Vec<_> = notes.map(|note| note.what.clone()).collect();
        let expected = misfit.map(|misfit| format!("the schema refuses it, as {misfit} → no test"));
        assert_eq!(notes, expected.into_iter().collect::<Vec<_>>(), "{example}");
    }
}

#[test]
fn of_a_union_the_branch_that_names_most_is_asked() {
    let object = |names: &[&str]| {
        let properties = names.iter().map(|name| ((*name).to_owned(), json!({})));
        json!({"type": "object", "properties": Map::from_iter(properties)})
    };
    let union = json!({
        "oneOf": [
            {"$ref": "#/components/schemas/A"},
            {"$ref": "#/components/schemas/B"},
            {"type": "object", "additionalProperties": {"type": "string"}},
        ],
        "properties": {"kind": {}, "list": {"type": "array", "items": {"$ref": "#/components/schemas/U"}}},
    });
    let tagged = |mapping: Value| {
        json!({
            "oneOf": [{"$ref": "#/components/schemas/A"}, {"$ref": "#/components/schemas/B"}],
            "discriminator": {"propertyName": "kind", "mapping": mapping},
        })
    };
    let components = json!({"schemas": {
        "A": object(&["kind", "a", "both"]),
        "B": object(&["kind", "b", "both"]),
        "U": union,
        "Tagged": tagged(json!({})),
        "Mapped": tagged(json!({"A": "#/components/schemas/B"})),
    }});
    for (schema, example, of_response, of_request) in [
        ("U", json!({"a": 1, "both": 1}), &[][..], &[][..]),
        ("U", json!({"b": 1, "new": 1}), &["/new"], &["/new"]),
        ("U", json!({"b": "b", "new": "n"}), &[], &[]),
        // No branch names both: an answer stays as it is.
        ("U", json!({"a": 1, "b": 1}), &[], &["/b", "/a"]),
        (
            "U",
            json!({"a": 1, "b": null, "new": 1}),
            &["/new"],
            &["/new"],
        ),
        (
            "U",
            json!({"b": 1, "list": [{"a": 1, "new": 1}]}),
            &["/list/0/new"],
            &["/list/0/new"],
        ),
        ("Tagged", json!({"kind": "B", "a": 1}), &["/a"], &["/a"]),
        ("Tagged", json!({"kind": "C", "a": 1}), &[], &[]),
        ("Mapped", json!({"kind": "A", "a": 1}), &["/a"], &["/a"]),
    ] {
        let content = json!({"content": {"application/json": {
            "schema": {"$ref": format!("#/components/schemas/{schema}")},
            "example": example,
        }}});
        let mut response = content.clone();
        response["description"] = "".into();
        let (_, lowered) = check(
            json!({"requestBody": content, "responses": {"200": response}}),
            components.clone(),
        );
        let unnamed = lowered.facts.examples.iter().map(|of| of.unnamed.clone());
        let unnamed: Vec<Vec<String>> = unnamed.collect();
        assert_eq!(unnamed, [of_request, of_response], "{example} of {schema}");
    }
}

#[test]
fn what_only_a_server_sets_is_not_expected_of_a_request() {
    let content = json!({"application/json": {
        "schema": {"$ref": "#/components/schemas/A"},
        "example": {"id": 1, "name": "n", "of": {"id": 2}},
    }});
    let (_, lowered) = check(
        json!({
            "requestBody": {"content": content},
            "responses": {"200": {"description": "", "content": content}},
        }),
        json!({"schemas": {"A": {"type": "object", "properties": {
            "id": {"type": "integer", "readOnly": true},
            "name": {"type": "string"},
            "of": {"$ref": "#/components/schemas/A"},
        }}}}),
    );
    let unnamed: Vec<_> = lowered
        .facts
        .examples
        .iter()
        .map(|of| of.unnamed.clone())
        .collect();
    assert_eq!(
        unnamed,
        [vec!["/id".to_owned(), "/of/id".to_owned()], vec![]]
    );
    let codes: Vec<_> = lowered.report.iter().map(|note| note.code).collect();
    assert_eq!(codes, ["body-on-get"]);
}
