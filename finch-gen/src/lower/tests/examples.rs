//! Tests which examples of a document are tested, and with which schemas.

use serde_json::{Value, json};

use super::*;

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
        .model
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
                // The client does not ask for these, or has no type to test them with.
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
    let found = lowered.model.examples.iter().map(|example| {
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
                "example-mismatch at {parameters}/7/example: the schema refuses the example: it \
                 is not of type integer → no test"
            ),
            format!(
                "example-mismatch at {parameters}/8/example: the schema refuses the example: it \
                 is not a valid date → no test"
            ),
        ]
    );
}

/// Returns the schemas and the pointers of the examples that are tested with schemas.
fn of_schemas(lowered: &Lowered) -> Vec<[&str; 2]> {
    let examples = lowered.model.schema_examples.iter();
    let examples = examples.map(|of| [of.schema.as_str(), of.pointer.as_str()]);
    examples.collect()
}

/// Returns the pointers of the notes with `code`.
fn noted<'a>(lowered: &'a Lowered, code: &str) -> Vec<&'a str> {
    let notes = lowered.report.iter().filter(|note| note.code == code);
    notes.map(|note| note.pointer.as_str()).collect()
}

#[test]
fn unused_bodies_with_examples_become_components() {
    let json = |of: Value| json!({"application/json": of});
    let header = json!({"schema": {"type": "integer", "example": 1}});
    let (_, lowered) = check(
        json!({"responses": {
            "200": {"description": "", "headers": {"X-Left": header}},
            "400": {"$ref": "#/components/responses/Bad"},
            "500": {"$ref": "#/components/responses/Bad"},
            "501": {"description": "", "content": json(json!({"schema": {"properties": {
                "code": {"type": "string", "example": "no"}, "why": {"type": "string"},
            }}}))},
            "502": {"description": "", "content": json(json!({"schema": {"type": "string"}}))},
            "503": {"description": "", "content": json(json!({
                "schema": {"$ref": "#/components/schemas/S"}, "example": 5,
            }))},
        }}),
        json!({
            "headers": {"Left": header},
            "requestBodies": {
                "Lost": {"content": json(json!({"schema": {"type": "integer"}, "example": 2}))},
                "Untold": {"content": json(json!({"example": 2}))},
            },
            "responses": {"Bad": {"description": "", "content": json(json!({
                "schema": {"type": "string"}, "example": "bad", "examples": {"one": {"value": "b"}},
            }))}},
            "schemas": {"S": {"type": "integer", "example": 8}, "Bad": {}},
        }),
    );
    let schemas = &lowered.document.root["components"]["schemas"];
    assert_eq!(schemas["Bad2"], json!({"type": "string"}));
    let names: Vec<&String> = schemas.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "S",
            "Bad",
            "GetAResponse200XLeft",
            "Bad2",
            "GetAResponse501",
            "Lost",
            "Left"
        ]
    );
    let bad = "/components/responses/Bad/content/application~1json";
    let responses = "/paths/~1a/get/responses";
    let body = |status| format!("{responses}/{status}/content/application~1json");
    assert_eq!(
        of_schemas(&lowered),
        [
            [
                "/components/schemas/GetAResponse200XLeft",
                &format!("{responses}/200/headers/X-Left/schema/example")
            ],
            [
                "/components/schemas/GetAResponse501/properties/code",
                &format!("{}/schema/properties/code/example", body("501"))
            ],
            ["/components/schemas/S", &format!("{}/example", body("503"))],
            [
                "/components/schemas/Left",
                "/components/headers/Left/schema/example"
            ],
            [
                "/components/schemas/Lost",
                "/components/requestBodies/Lost/content/application~1json/example"
            ],
            ["/components/schemas/Bad2", &format!("{bad}/example")],
            [
                "/components/schemas/Bad2",
                &format!("{bad}/examples/one/value")
            ],
            ["/components/schemas/S", "/components/schemas/S/example"],
        ]
    );
    // A type for a schema that accepts anything would add nothing.
    assert_eq!(
        noted(&lowered, "example-untyped"),
        ["/components/requestBodies/Untold/content/application~1json/example"]
    );
    // The client knows their original locations in the document.
    let place = |of: &str| lowered.model.place(&format!("/components/schemas/{of}"));
    let of_501 = format!("{}/schema/properties/code", body("501"));
    assert_eq!(place("GetAResponse501/properties/code"), of_501);
    assert_eq!(place("S"), "/components/schemas/S");
}

#[test]
fn an_example_of_a_property_fits_all_conjuncts_or_is_not_tested() {
    let number = |example: Value| json!({"type": "number", "example": example});
    let integer = json!({"type": "integer"});
    let object = |of: Value| json!({"type": "object", "properties": {"a": of}});
    let list = |of: Value| object(json!({"type": "array", "items": of}));
    let referred = json!({"$ref": "#/components/schemas/Int"});
    let both = |one: &Value, other: &Value| json!({"allOf": [one, other]});
    let union = json!({"anyOf": [{"type": "number"}, {"type": "string"}], "example": "x"});
    for (whole, is_tested) in [
        (
            both(&object(number(json!(1))), &object(integer.clone())),
            true,
        ),
        (
            both(&object(number(json!(1.5))), &object(integer.clone())),
            false,
        ),
        (
            both(&object(integer.clone()), &object(number(json!(1.5)))),
            false,
        ),
        (both(&object(number(json!(1.5))), &object(json!({}))), true),
        (both(&object(number(json!(1.5))), &referred), false),
        (both(&object(union), &referred), false),
        (
            both(&list(number(json!(1.5))), &list(integer.clone())),
            false,
        ),
        (
            both(
                &object(object(number(json!(1.5)))),
                &object(object(integer.clone())),
            ),
            false,
        ),
        (
            both(&both(&object(number(json!(1.5))), &json!({})), &referred),
            false,
        ),
        (
            json!({"properties": {"a": number(json!(1.5))}, "allOf": [referred]}),
            false,
        ),
        (
            json!({"properties": {"b": both(&object(number(json!(1.5))), &referred)}}),
            false,
        ),
    ] {
        let schemas = json!({"A": whole, "Int": object(integer.clone())});
        let (_, lowered) = check(json!({}), json!({"schemas": schemas}));
        assert_eq!(
            of_schemas(&lowered).len(),
            usize::from(is_tested),
            "{whole}"
        );
    }
}

#[test]
fn a_reference_to_the_whole_document_moves_no_example() {
    let (_, lowered) = check(
        json!({}),
        json!({"schemas": {"A": {"type": "integer", "example": 1}, "Slip": {"$ref": "#"}}}),
    );
    let a = "/components/schemas/A";
    assert_eq!(of_schemas(&lowered), [[a, &format!("{a}/example")]]);
}

#[test]
fn webhook_bodies_with_examples_become_components() {
    let body = |of: Value| json!({"post": {"requestBody": {"content": {"application/json": of}}}});
    let mut root = document(json!({}), json!({"schemas": {"S": {"type": "integer"}}}));
    root["webhooks"] = json!({
        "newS": body(json!({"schema": {"$ref": "#/components/schemas/S"}, "example": 1})),
        "old-s": body(json!({"schema": {"allOf": [
            {"properties": {"a": {"type": "integer", "example": 2}}},
            {"$ref": "#/components/schemas/S"},
        ]}})),
    });
    let lowered = lower_value(&root).unwrap();
    let of_old = "/webhooks/old-s/post/requestBody/content/application~1json/schema";
    assert_eq!(
        of_schemas(&lowered),
        [
            [
                "/components/schemas/S",
                "/webhooks/newS/post/requestBody/content/application~1json/example"
            ],
            [
                "/components/schemas/OldSWebhook/properties/a",
                &format!("{of_old}/allOf/0/properties/a/example")
            ],
        ]
    );
}

#[test]
fn examples_without_a_type_are_reported() {
    let (_, lowered) = check(
        json!({
            "requestBody": {"content": {
                "application/json": {"schema": {"type": "object"}},
                "application/xml": {"schema": {}, "example": "<a/>"},
            }},
            "responses": {
                "204": {"description": ""},
                "404": {"description": "", "content": {"text/plain": {"example": "none"}}},
            },
        }),
        json!({"schemas": {
            "Null": {"type": ["string", "null"], "example": null},
            "Whole": {"required": ["a", "b"], "allOf": [
                {"properties": {"a": {}}, "example": {"a": 1}},
                {"properties": {"b": {}}, "example": {"a": 1, "b": 2}},
            ]},
        }}),
    );
    assert_eq!(
        noted(&lowered, "example-untyped"),
        [
            "/components/schemas/Null/example",
            "/components/schemas/Whole/allOf/0/example",
            "/paths/~1a/get/requestBody/content/application~1xml/example",
            "/paths/~1a/get/responses/404/content/text~1plain/example",
        ]
    );
    let whole = "/components/schemas/Whole";
    let example = format!("{whole}/allOf/1/example");
    assert_eq!(of_schemas(&lowered), [[whole, &example]]);
}

#[test]
fn default_response_without_others_is_the_success() {
    let object = json!({"allOf": [{"properties": {"a": {}}}, {"type": "object"}]});
    let content = json!({"application/json": {"schema": object, "example": {}}});
    let responses = json!({"default": {"description": "", "content": content}});
    let (_, lowered) = check(json!({"responses": responses}), json!({}));
    let schema = "content/application~1json/schema";
    let at = "/paths/~1a/get/responses";
    for (lowered_at, stood_at) in [
        (
            format!("{at}/2XX/{schema}"),
            format!("{at}/default/{schema}"),
        ),
        (
            format!("{at}/2XX/{schema}/properties/a"),
            format!("{at}/default/{schema}/allOf/0/properties/a"),
        ),
    ] {
        assert_eq!(lowered.model.place(&lowered_at), stood_at);
    }
    let [example] = lowered.model.examples.as_slice() else {
        panic!("{:?}", lowered.model.examples);
    };
    assert_eq!(example.of, ExampleOf::Response("default".to_owned()));
}

#[test]
fn examples_of_schemas_are_found() {
    let (_, lowered) = check(
        json!({"requestBody": {"content": {"application/json": {"schema": {
            "type": "array", "items": {"type": "integer", "example": 1},
        }}}}}),
        json!({"schemas": {"A": {
            "example": {"a": 1},
            "properties": {
                "a": {"type": "integer", "examples": [1, 2]},
                "example": {"items": {"example": "an item"}},
                "b": {"anyOf": [{"type": "string", "example": "of a branch"}, {"type": "integer"}]},
            },
        }, "B": {"allOf": [
            {"properties": {"c": {"type": "integer", "example": 3}}},
            {"$ref": "#/components/schemas/A"},
        ]}}}),
    );
    let of_items = lowered.model.examples.iter();
    let of_items: Vec<_> = of_items.map(|of| (&of.of, of.within.as_str())).collect();
    assert_eq!(of_items, [(&ExampleOf::Request, "/items")]);
    let (a, b) = ("/components/schemas/A", "/components/schemas/B");
    let of_a = format!("{a}/properties/a");
    let of_b = format!("{a}/properties/b");
    let of_example = format!("{a}/properties/example/items");
    assert_eq!(
        of_schemas(&lowered),
        [
            [a, &format!("{a}/example")],
            [&of_a, &format!("{of_a}/examples/0")],
            [&of_a, &format!("{of_a}/examples/1")],
            [&of_example, &format!("{of_example}/example")],
            [&of_b, &format!("{of_b}/anyOf/0/example")],
            // The conjunct became the whole.
            [
                &format!("{b}/properties/c"),
                &format!("{b}/allOf/0/properties/c/example")
            ],
        ]
    );
    assert_eq!(noted(&lowered, "example-untyped"), [] as [&str; 0]);
}
