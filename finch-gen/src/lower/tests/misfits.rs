//! Tests how examples that do not fit their schema are treated. An invalid example is reported and
//! not tested. A property of an example that the generated type would drop is reported.

use serde_json::{Map, Value, json};

use super::*;

#[test]
fn invalid_example_does_not_become_a_test() {
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
            // The author means an object, but every other value is valid, too.
            "J": with(json!({"properties": {"a": {}}}), json!("a")),
            "K": with(
                json!({"allOf": [{"properties": {"a": {}}}, {"type": "object"}]}),
                json!("a"),
            ),
            "L": with(
                json!({"properties": {"a": {"items": {}}, "b": {"type": "string"}}}),
                json!({"a": 1, "b": 2}),
            ),
            "M": with(json!({"items": {"properties": {"a": {}}}}), json!([{}, 1])),
        }}),
    );
    let examples = lowered.model.schema_examples.iter();
    let tested: Vec<_> = examples
        .map(|example| example.schema.rsplit('/').next().unwrap())
        .collect();
    assert_eq!(tested, ["A", "G", "H"]);
    let notes = |code: &str| {
        let notes = lowered.report.iter().filter(|note| note.code == code);
        notes.map(|note| note.what.clone()).collect::<Vec<_>>()
    };
    let refused = |why: &str| format!("the schema refuses the example: {why} → no test");
    assert_eq!(
        notes("example-mismatch"),
        [
            refused("/a is not of type integer"),
            refused("/self/a is missing"),
            refused("it is not in the `enum`"),
            refused("/1 is not of type string"),
            refused("it fits no branch of `oneOf`"),
            refused("/a is not of type string"),
            refused("it is not of type object"),
            refused("/b is not of type string"),
        ]
    );
    let valid = |why: &str| {
        format!("the example is valid, but {why}, the type assumed without `type` → no test")
    };
    assert_eq!(
        notes("example-of-another-type"),
        [
            valid("it is not of type object"),
            valid("/1 is not of type object")
        ]
    );
}

/// In a response, only unions that do not accept everything are checked.
#[test]
fn a_union_of_one_schema_and_null_is_that_schema() {
    let size =
        json!({"type": "object", "required": ["dpi"], "properties": {"dpi": {"type": "integer"}}});
    let texts = json!([{"type": "string"}, {"type": "string", "enum": ["a"]}]);
    let page = json!({"type": "object", "properties": {
        "size": {"anyOf": [size, {"type": "null"}]},
        "text": {"anyOf": texts},
        "any": {"oneOf": [size, {"type": "string"}, {"type": "null"}]},
    }});
    let values = [
        (json!({"size": {"dpi": 1}, "text": "b", "any": 1}), None),
        (json!({"size": null, "any": {}}), None),
        (json!({"size": {}}), Some("/size/dpi is missing")),
        (json!({"size": "a"}), Some("/size is not of type object")),
        (json!({"text": 1}), Some("/text is not of type string")),
    ];
    let examples = values.iter().enumerate();
    let examples = examples.map(|(at, (value, _))| (at.to_string(), json!({"value": value})));
    let examples: Map<String, Value> = examples.collect();
    let content = json!({"application/json": {"schema": page, "examples": examples}});
    let (_, lowered) = check(
        json!({"responses": {"200": {"description": "", "content": content}}}),
        json!({}),
    );
    let notes = lowered.report.iter();
    let notes = notes.filter(|note| note.code == "example-mismatch");
    let notes: Vec<_> = notes.map(|note| note.what.as_str()).collect();
    let expected = values.iter().filter_map(|(_, why)| *why);
    let expected = expected.map(|why| format!("the schema refuses the example: {why} → no test"));
    assert_eq!(notes, expected.collect::<Vec<_>>());
}

#[test]
fn undeclared_properties_of_an_example_are_reported() {
    let example = json!({
        "own": {"free": 1},
        "inherited": 1,
        "required": 1,
        "of_a_branch": 1,
        "other": 1,
        "list": [{"a": 1, "b/c": 1}],
        "map": {"any": {"a": 1, "z": 1}},
        "heir": {"kind": "b", "wings": 2},
        "later heir": {"kind": "Owl", "wings": 2, "ears": 1, "fins": 3},
    });
    let a = json!({"properties": {"a": {"type": "integer"}}});
    let (_, lowered) = check(
        json!({"responses": {"200": {"description": "", "content": {"application/json": {
            "schema": {
                "allOf": [
                    {"$ref": "#/components/schemas/Base"},
                    {"required": ["required"]},
                    {"properties": {
                        "own": {"type": "object"},
                        "list": {"type": "array", "items": a},
                        "heir": {"$ref": "#/components/schemas/Animal"},
                        "later heir": {"$ref": "#/components/schemas/Animal"},
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
        }, "Owl": {
            "allOf": [{"$ref": "#/components/schemas/Bird"}, {"properties": {"ears": {}}}],
        }}}),
    );
    assert_eq!(
        lowered.model.examples[0].unnamed,
        ["/other", "/list/0/b~1c", "/map/any/z", "/later heir/fins"]
    );
    let report = lowered.report.to_string();
    let note = "the schema does not declare /other, /list/0/b~1c, /map/any/z, /later heir/fins";
    assert!(report.contains(note), "{report}");
}

#[test]
fn request_example_must_fit_closed_enums_and_unions() {
    let content = |schema: &str, example: Value| {
        let reference = format!("#/components/schemas/{schema}");
        json!({"content": {"application/json": {
            "schema": {"$ref": reference}, "example": example,
        }}})
    };
    for (schema, example, misfit) in [
        ("E", json!("b"), Some("it is not in the `enum`")),
        ("E", json!("a"), None),
        // It equals 2 in either notation.
        ("N", json!(2), None),
        ("D", json!({"$ref": "other.json"}), Some("/kind is missing")),
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
        let expected = misfit.map(|misfit| {
            format!(
                "the schema refuses the example: {misfit} → no \
                                                    test"
            )
        });
        assert_eq!(notes, expected.into_iter().collect::<Vec<_>>(), "{example}");
    }
}

#[test]
fn branch_that_declares_most_properties_is_used() {
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
        // No branch names both properties, so the response stays as it is.
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
        let unnamed = lowered.model.examples.iter().map(|of| of.unnamed.clone());
        let unnamed: Vec<Vec<String>> = unnamed.collect();
        assert_eq!(unnamed, [of_request, of_response], "{example} of {schema}");
    }
}

#[test]
fn read_only_properties_are_undeclared_in_requests() {
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
        .model
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

/// Each row is a schema, its example, and the null properties that the client must encode: those
/// that are required, and the entries of maps.
#[test]
fn null_of_a_required_property_must_be_encoded() {
    let text = json!({"type": ["string", "null"]});
    let object = json!({
        "type": "object",
        "required": ["must"],
        "properties": {"must": text, "may": text},
    });
    let optional = json!({"type": "object", "properties": {"must": text}});
    let required = json!({"type": "object", "required": ["must"]});
    let nulls = json!({"must": null, "may": null});
    let tagged = |tag: &str, required: Value| {
        json!({"type": "object", "required": required, "properties": {
            "kind": {"const": tag}, "must": text,
        }})
    };
    let union =
        json!({"oneOf": [tagged("a", json!(["kind", "must"])), tagged("b", json!(["kind"]))]});
    let map = json!({"type": "object", "additionalProperties": text});
    let mut open = object.clone();
    open["additionalProperties"] = text.clone();
    let read_only = json!({"type": "object", "required": ["must"], "properties": {
        "must": {"type": ["string", "null"], "readOnly": true},
    }});
    for (schema, example, expected) in [
        (object.clone(), nulls.clone(), &["/must"][..]),
        (object.clone(), json!({"must": "x", "may": null}), &[]),
        (optional.clone(), json!({"must": null}), &[]),
        (
            json!({"type": "array", "items": object}),
            json!([nulls, nulls]),
            &["/0/must", "/1/must"],
        ),
        (
            json!({"type": "object", "additionalProperties": object}),
            json!({"k": nulls}),
            &["/k/must"],
        ),
        (
            json!({"type": "object", "properties": {"o": object}}),
            json!({"o": nulls}),
            &["/o/must"],
        ),
        (
            json!({"type": "object", "properties": {"o": {"anyOf": [object, {"type": "null"}]}}}),
            json!({"o": nulls}),
            &["/o/must"],
        ),
        (
            json!({"allOf": [optional, required]}),
            json!({"must": null}),
            &["/must"],
        ),
        (
            json!({"allOf": [object, {"properties": {"may": {}}}]}),
            nulls.clone(),
            &["/must"],
        ),
        (
            union.clone(),
            json!({"kind": "a", "must": null}),
            &["/must"],
        ),
        (union, json!({"kind": "b", "must": null}), &[]),
        (
            json!({"anyOf": [object, optional]}),
            json!({"must": null}),
            &[],
        ),
        (map, json!({"k": null, "v": "x"}), &["/k"]),
        (
            open,
            json!({"must": null, "may": null, "more": null}),
            &["/must", "/more"],
        ),
        (required, json!({"must": null}), &["/must"]),
        (object, json!({"must": "x", "undeclared": null}), &[]),
        (read_only, json!({"must": null}), &[]),
    ] {
        let mut schema = schema;
        schema["example"] = example;
        let (_, lowered) = check(json!({}), json!({"schemas": {"A": schema}}));
        let nulls = lowered.model.schema_examples.iter().map(|of| &of.nulls);
        let nulls: Vec<&Vec<String>> = nulls.collect();
        let mut expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        expected.sort();
        assert_eq!(nulls, [&expected], "{schema}");
    }
}
