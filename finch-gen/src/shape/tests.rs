//! Each rule of shaping on a document of its own.

use serde_json::{Value, json};

use super::*;
use crate::load::{Text, load};
use crate::report::Report;

/// Shapes a document with one operation, `paths./a.get`, and component schemas:
/// the operation, the schemas, the successes and the codes of the notes.
fn check(operation: Value, schemas: Value) -> (Value, Value, Successes, Vec<&'static str>) {
    let mut operation = operation;
    operation["operationId"] = "get-a".into();
    let members = operation.as_object_mut().unwrap();
    members
        .entry("responses")
        .or_insert(json!({"204": {"description": ""}}));
    let text = json!({
        "openapi": "3.0.3",
        "info": {"title": "T", "version": "1"},
        "paths": {"/a": {"get": operation}},
        "components": {"schemas": schemas},
    })
    .to_string();
    let mut lowered = crate::lower(
        load(&Text {
            name: "api.yaml",
            text: &text,
        })
        .unwrap(),
    )
    .unwrap();
    let mut report = Report::default();
    let successes = run(&mut lowered.document, &lowered.facts, &mut report);
    let root = lowered.document.root;
    (
        root["paths"]["/a"]["get"].clone(),
        root["components"]["schemas"].clone(),
        successes,
        report.iter().map(|note| note.code).collect(),
    )
}

fn schemas(schemas: Value) -> Value {
    check(json!({}), schemas).1
}

fn json_body(schema: Value) -> Value {
    json!({"description": "", "content": {"application/json": {"schema": schema}}})
}

#[test]
fn names_are_those_of_types_and_no_two_the_same() {
    let found = schemas(json!({
        "foo_bar": {"type": "string"},
        "FooBar": {"type": "integer"},
        "2fa": {"type": "array", "items": {"$ref": "#/components/schemas/foo_bar"}},
        "Error": {"type": "array", "items": {"$ref": "#/components/schemas/FooBar"}},
    }));
    assert_eq!(
        found,
        json!({
            "FooBar": {"type": "string"},
            "FooBar2": {"type": "integer"},
            "N2fa": {"type": "array", "items": reference("FooBar")},
            "Error": {"type": "array", "items": reference("FooBar2")},
        })
    );
}

#[test]
fn inline_types_become_components() {
    let member = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let titled = |title: &str| {
        let mut member = member.clone();
        member["title"] = title.into();
        member
    };
    let found = schemas(json!({
        "S": {"type": "object", "properties": {
            "inline": member.clone(),
            "titled": titled("paging"),
            "clash": titled("S"),
            "list": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}},
            "map": {"type": "object", "additionalProperties": member.clone()},
            "maybe": {"type": "string", "nullable": true, "enum": ["x", null], "description": "d"},
            "plain": {"type": "string", "title": "T"},
        }},
    }));
    assert_eq!(
        found["S"]["properties"],
        json!({
            "inline": reference("SInline"),
            "titled": reference("Paging"),
            "clash": reference("SClash"),
            "list": {"type": "array", "nullable": true, "items": reference("SListItem")},
            "map": {
                "type": "object",
                "nullable": true,
                "additionalProperties": reference("SMapValue"),
            },
            "maybe": {"anyOf": [reference("SMaybe"), only_null()], "description": "d"},
            "plain": {"type": "string"},
        })
    );
    assert_eq!(found["SInline"], member);
    assert_eq!(found["Paging"], member);
    assert_eq!(
        found["SMaybe"],
        json!({"type": "string", "enum": ["x"], "description": "d"})
    );
}

#[test]
fn a_member_that_may_be_absent_is_an_option_without_a_default() {
    let list = json!({"type": "array", "items": {"type": "string"}});
    let map = json!({"type": "object", "additionalProperties": {"type": "string"}});
    let found = schemas(json!({
        "S": {"type": "object", "required": ["must"], "properties": {
            "must": list,
            "may": list,
            "map": map,
            "count": {"type": "integer", "default": 3},
        }},
    }));
    let or_null = |mut schema: Value| {
        schema["nullable"] = true.into();
        schema
    };
    assert_eq!(
        found["S"]["properties"],
        json!({
            "must": list,
            "may": or_null(list.clone()),
            "map": or_null(map),
            "count": {"type": "integer"},
        })
    );
}

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
fn unions_are_tried_from_the_most_to_the_least_said() {
    let found = schemas(json!({
        "Few": {"type": "object", "required": ["a"]},
        "Many": {"type": "object", "required": ["a", "b"]},
        "U": {"anyOf": [
            {"type": "string"},
            {"type": "integer"},
            {"$ref": "#/components/schemas/Few"},
            {"$ref": "#/components/schemas/Many"},
        ]},
        "One": {"oneOf": [{"type": "string"}, {"type": "string", "format": "date"}]},
    }));
    assert_eq!(
        found["U"],
        json!({"oneOf": [reference("Many"), reference("Few"), {"type": "integer"}, {"type": "string"}]})
    );
    assert_eq!(found["One"], json!({"type": "string"}));
}

#[test]
fn of_several_successes_one_is_left_and_all_are_known() {
    let (operation, found, successes, _) = check(
        json!({"responses": {
            "200": json_body(json!({"type": "object", "properties": {"a": {"type": "string"}}})),
            "202": json_body(json!({"$ref": "#/components/schemas/Accepted"})),
            "204": {"description": ""},
        }}),
        json!({"Accepted": {"type": "object"}}),
    );
    let responses = operation["responses"].as_object().unwrap();
    assert_eq!(responses.keys().collect::<Vec<_>>(), ["200"]);
    assert!(found.get("GetAResponse").is_some(), "{found:#}");
    let kinds: Vec<_> = successes["get_a"]
        .iter()
        .map(|kind| (kind.status.as_str(), kind.component.as_deref()))
        .collect();
    assert_eq!(
        kinds,
        [
            ("200", Some("GetAResponse")),
            ("202", Some("Accepted")),
            ("204", None)
        ]
    );
}

#[test]
fn successes_that_are_alike_are_one() {
    let body = json_body(json!({"$ref": "#/components/schemas/A"}));
    let (operation, _, successes, _) = check(
        json!({"responses": {"200": body, "201": body}}),
        json!({"A": {"type": "object"}}),
    );
    assert_eq!(operation["responses"].as_object().unwrap().len(), 2);
    assert!(successes.is_empty());
}

#[test]
fn a_body_has_one_media_type() {
    let schema = json!({"schema": {"type": "string"}});
    let (operation, _, _, codes) = check(
        json!({"requestBody": {"content": {"text/plain": schema, "application/json": schema}}}),
        json!({"A": {"type": "object"}}),
    );
    let content = operation["requestBody"]["content"].as_object().unwrap();
    assert_eq!(content.keys().collect::<Vec<_>>(), ["application/json"]);
    assert_eq!(codes, ["media-types"]);
}

#[test]
fn what_a_schema_is_not_is_left_out() {
    let found = schemas(json!({
        "A": {"type": "array", "items": {}, "not": {"not": {"minItems": 1}}},
        "B": {"type": "object", "properties": {"a": {"not": {}}}},
    }));
    assert_eq!(found["A"], json!({"type": "array", "items": {}}));
    assert_eq!(found["B"]["properties"]["a"], json!({"not": {}}));
}

#[test]
fn what_a_client_need_not_check_is_left_out() {
    let (_, found, _, codes) = check(
        json!({}),
        json!({
            "A": {"type": "string", "pattern": "a", "minLength": 1},
            "B": {"type": "object", "additionalProperties": false},
            "C": {"type": "integer", "minimum": 1, "enum": [1, 2]},
            "D": {"type": "string", "enum": [".", "X", "-"]},
            "E": {"type": "string", "enum": ["a", "A-b", "401k"]},
            "F": {"type": "string", "enum": ["a"], "allOf": [{"$ref": "#/components/schemas/A"}]},
        }),
    );
    assert_eq!(found["A"], json!({"type": "string"}));
    assert_eq!(found["B"], json!({"type": "object"}));
    assert_eq!(found["C"], json!({"type": "integer"}));
    assert_eq!(found["D"], json!({"type": "string"}));
    assert_eq!(
        found["E"],
        json!({"type": "string", "enum": ["a", "A-b", "401k"]})
    );
    assert_eq!(
        found["F"],
        json!({"type": "string", "allOf": [reference("A")]})
    );
    assert_eq!(
        codes,
        [
            "enum-dropped",
            "enum-dropped",
            "enum-dropped",
            "not-checked"
        ]
    );
}

#[test]
fn a_list_in_one_text_is_a_text() {
    let list = json!({"type": "array", "items": {"type": "string"}});
    let parameter = |place: &str, explode: bool, schema: &Value| json!({"name": "p", "in": place, "explode": explode, "schema": schema});
    let text = json!({"type": "string"});
    for (place, explode, expected) in [
        ("header", true, &text),
        ("query", false, &text),
        ("query", true, &list),
    ] {
        let (operation, _, _, codes) = check(
            json!({"parameters": [parameter(place, explode, &list)]}),
            json!({"A": {"type": "object"}}),
        );
        assert_eq!(operation["parameters"][0]["schema"], *expected, "{place}");
        assert_eq!(codes.is_empty(), *expected == list);
    }
}

#[test]
fn what_conjuncts_share_is_left_for_them_to_be_merged() {
    let object = |members: Value| json!({"type": "object", "properties": members});
    let links = object(json!({"self": {"type": "string"}}));
    let found = schemas(json!({
        "Page": object(json!({"links": links})),
        "S": {"allOf": [
            {"$ref": "#/components/schemas/Page"},
            object(json!({"links": links, "own": links})),
        ]},
    }));
    assert_eq!(
        found["S"]["allOf"][1]["properties"],
        json!({"links": links, "own": reference("SOwn")})
    );
}

#[test]
fn a_union_in_a_response_takes_everything_last() {
    let union = json!({"oneOf": [
        {"$ref": "#/components/schemas/A"},
        {"$ref": "#/components/schemas/B"},
    ]});
    let object = |name: &str| json!({"type": "object", "required": [name]});
    let (_, found, _, _) = check(
        json!({"responses": {"200": json_body(json!({"type": "array", "items": {
            "$ref": "#/components/schemas/Read",
        }}))}}),
        json!({"A": object("a"), "B": object("b"), "Read": union, "Sent": union}),
    );
    assert_eq!(
        found["Sent"]["oneOf"],
        json!([reference("A"), reference("B")])
    );
    assert_eq!(
        found["Read"]["oneOf"],
        json!([reference("A"), reference("B"), {}])
    );
}
