//! Each rule of shaping on a document of its own.

use serde_json::{Value, json};

use super::*;
use crate::load::{Text, load};
use crate::report::Report;

/// Shapes a document with one operation, `paths./a.get`, and component schemas:
/// the operation, the schemas, the successes and the codes of the notes.
fn check(operation: Value, schemas: Value) -> (Value, Value, Successes, Vec<&'static str>) {
    let (shaped, report) = shaped(operation, schemas);
    (
        shaped.document.root["paths"]["/a"]["get"].clone(),
        shaped.document.root["components"]["schemas"].clone(),
        shaped.hints.successes,
        codes(&report),
    )
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.iter().map(|note| note.code).collect()
}

/// The document of [`check`], shaped, and the report.
fn shaped(operation: Value, schemas: Value) -> (Shaped, Report) {
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
    let lowered = crate::lower(
        load(&Text {
            name: "api.yaml",
            text: &text,
        })
        .unwrap(),
    )
    .unwrap();
    let shaped = shape_unmarked(lowered.document, &lowered.facts, Report::default());
    let report = shaped.report.clone();
    (shaped, report)
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
        "none": {"type": "string"},
        "uuid": {"type": "string", "format": "uuid"},
        "File": {"type": "object"},
        "string": {"type": "object"},
        "Okay": {"type": "object", "properties": {"ok": {"type": "string", "enum": ["a"]}}},
    }));
    assert_eq!(
        found,
        json!({
            "FooBar": {"type": "string"},
            "FooBar2": {"type": "integer"},
            "N2fa": {"type": "array", "items": reference("FooBar")},
            "Error": {"type": "array", "items": reference("FooBar2")},
            // It would be what code means by `None`.
            "NoneSchema": {"type": "string"},
            // It would be what code means by `::uuid::Uuid`.
            "UuidSchema": {"type": "string", "format": "uuid"},
            "File": {"type": "object"},
            // Code says `String` of the other.
            "StringSchema": {"type": "object"},
            "Okay": {"type": "object", "properties": {"ok": reference("OkayOk")}},
            "OkayOk": {"type": "string", "enum": ["a"]},
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
fn a_conjunction_that_admits_null_keeps_it() {
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
            "a": or_null(reference("SA")),
            "b": or_null(reference("SB")),
            "c": reference("SC"),
            "d": or_null(reference("All")),
            "e": {
                "description": "E.",
                "anyOf": [{"type": "boolean", "allOf": [reference("N")]}, only_null()],
            },
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
        json!({"oneOf": [
            reference("Many"), reference("Few"), {"type": "integer"}, {"type": "string"}, {},
        ]})
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
        .map(|kind| (kind.status.as_str(), kind.body.clone()))
        .collect();
    let component = |name: &str| Some(Body::Component(name.to_owned()));
    assert_eq!(
        kinds,
        [
            ("200", component("GetAResponse")),
            ("202", component("Accepted")),
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
    let form = "application/x-www-form-urlencoded";
    let object = json!({"schema": {"type": "object"}});
    for (media_types, best) in [
        (
            vec!["text/plain", "application/a+json", "application/json"],
            "application/json",
        ),
        (
            vec!["text/plain", "application/a+json"],
            "application/a+json",
        ),
        (vec!["multipart/form-data", form], form),
        (
            vec!["text/plain", "multipart/form-data"],
            "multipart/form-data",
        ),
        (
            vec!["application/xml", "image/png", "text/plain"],
            "text/plain",
        ),
        (vec!["application/xml", "image/png"], "image/png"),
    ] {
        let mut content = json!({});
        for media_type in &media_types {
            let is_form = media_type.contains("form");
            content[*media_type] = if is_form {
                object.clone()
            } else {
                schema.clone()
            };
        }
        let shaped = shaped(json!({"requestBody": {"content": content}}), json!({}));
        assert_eq!(shaped.0.hints.requests["get_a"].media_type, best);
        let lost = media_types.iter().filter(|name| **name != best);
        let lost: Vec<String> = lost
            .map(|name| crate::pointer::join("/paths/~1a/get/requestBody/content", name))
            .collect();
        let mut noted: Vec<String> = Vec::new();
        for note in shaped.1.iter().filter(|note| note.code == "media-types") {
            noted.push(note.pointer.clone());
        }
        noted.sort();
        assert_eq!(noted, {
            let mut lost = lost;
            lost.sort();
            lost
        });
    }
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
            "C": {"type": "number", "format": "float"},
            "D": {"type": "integer", "format": "int32"},
            "E": {"type": "integer", "format": "uint64"},
            "H": {"type": "string", "not": {"type": "string", "format": "uuid"}},
            "I": {"not": {}},
        }),
    );
    assert_eq!(found["A"], json!({"type": "string"}));
    assert_eq!(found["B"], json!({"type": "object"}));
    assert_eq!(found["C"], json!({"type": "number"}));
    assert_eq!(found["D"], json!({"type": "integer"}));
    assert_eq!(found["E"], json!({"type": "integer", "format": "uint64"}));
    assert_eq!(found["H"], json!({"type": "string"}));
    assert_eq!(found["I"], json!({"not": {}}));
    assert_eq!(codes, ["not-checked"]);
}

#[test]
fn values_that_are_no_names_get_names() {
    let texts = ["", "1", "-1", "2fa", "a", "A", "+", "<=", "a b", "a-b"];
    let shaped = shaped(
        json!({"parameters": [
            {"name": "p", "in": "query", "schema": {"type": "string", "enum": ["+", "-"]}},
        ]}),
        json!({
            "Odd": {"type": "string", "enum": texts},
            "Usual": {"type": "string", "enum": ["a", "A-b", "k401"]},
            "Numbers": {"type": "number", "enum": [1, 2.5]},
            "Beside": {"type": "string", "enum": ["a"], "allOf": [reference("Usual")]},
        }),
    );
    let names = [
        "Empty",
        "N1",
        "Minus1",
        "N2fa",
        "A",
        "A2",
        "Plus",
        "LessEqual",
        "Ab",
        "Ab2",
    ];
    let found = &shaped.0.document.root["components"]["schemas"];
    assert_eq!(found["Odd"]["enum"], json!(names));
    let values = &shaped.0.hints.enum_values["Odd"];
    let expected: Vec<_> = names.into_iter().zip(texts).collect();
    let values: Vec<_> = values
        .iter()
        .map(|value| (&*value.name, &*value.value))
        .collect();
    assert_eq!(values, expected);
    assert_eq!(found["Usual"]["enum"], json!(["a", "A-b", "k401"]));
    assert_eq!(found["Numbers"], json!({"type": "number"}));
    assert_eq!(
        found["Beside"],
        json!({"type": "string", "allOf": [reference("Usual")]})
    );
    assert_eq!(found["GetAP"]["enum"], json!(["Plus", "Minus"]));
    assert_eq!(codes(&shaped.1), ["enum-dropped"; 2]);
}

#[test]
fn values_that_are_integers_get_names() {
    let integers = |values: Value| json!({"type": "integer", "enum": values});
    let mut named = integers(json!([0, 1]));
    named["x-enumNames"] = json!({"0": "off", "1": "self"});
    let shaped = shaped(
        json!({"parameters": [{"name": "p", "in": "query", "schema": integers(json!([1, -1]))}]}),
        json!({
            "Several": integers(json!([10, -10, i64::MIN])),
            "Named": named,
            "One": integers(json!([1])),
            "Large": integers(json!([1, u64::MAX])),
            "Unsigned": {"type": "integer", "format": "uint64", "enum": [1, 2]},
            "Beside": {"type": "integer", "enum": [1, 2], "allOf": [reference("Several")]},
            "Holder": {"type": "object", "properties": {
                "a": {"type": "integer", "enum": [1, 2, null], "nullable": true},
                "b": integers(json!([1])),
            }},
        }),
    );
    let found = &shaped.0.document.root["components"]["schemas"];
    assert_eq!(found["Several"], json!({"type": "integer"}));
    assert_eq!(found["HolderA"], json!({"type": "integer"}));
    assert_eq!(
        found["Holder"]["properties"]["b"],
        json!({"type": "integer"})
    );
    let names = |of: &str| {
        let values = shaped.0.hints.integer_enums[of].iter();
        let names = values.map(|value| format!("{}={}", value.name, value.value));
        names.collect::<Vec<_>>().join(" ")
    };
    for (of, expected) in [
        (
            "Several",
            "Value10=10 Minus10=-10 Minus9223372036854775808=-9223372036854775808",
        ),
        ("Named", "Off=0 SelfSchema=1"),
        ("HolderA", "Value1=1 Value2=2"),
        ("GetAp", "Value1=1 Minus1=-1"),
    ] {
        assert_eq!(names(of), expected);
    }
    assert_eq!(shaped.0.hints.integer_enums.len(), 4);
    assert_eq!(codes(&shaped.1), ["enum-dropped"; 5]);
}

#[test]
fn values_have_the_names_that_the_document_gives_them() {
    let named = |values: Value, names: Value| json!({"type": "string", "enum": values, "x-enumNames": names});
    let shaped = shaped(
        json!({}),
        json!({
            "Named": named(json!(["1", "2"]), json!({"1": "one", "2": "the second"})),
            "Half": named(json!(["a", "b"]), json!({"a": "First"})),
            "Same": named(json!(["a", "b"]), json!({"a": "First", "b": "first"})),
            "Odd": named(json!(["a", "b"]), json!({"a": "First", "b": "木"})),
            "Said": {
                "type": "string",
                "enum": ["a", "b"],
                "x-enumDescriptions": {"a": "D."},
                "x-enumDeprecated": ["b"],
            },
        }),
    );
    let found = &shaped.0.document.root["components"]["schemas"];
    assert_eq!(found["Named"]["enum"], json!(["One", "TheSecond"]));
    for name in ["Half", "Same", "Odd"] {
        assert_eq!(found[name]["enum"], json!(["a", "b"]), "{name}");
    }
    let values = &shaped.0.hints.enum_values;
    assert_eq!(values.keys().collect::<Vec<_>>(), ["Named", "Said"]);
    let values: Vec<_> = values["Said"]
        .iter()
        .map(|value| (&*value.name, value.description.as_deref(), value.deprecated))
        .collect();
    assert_eq!(values, [("a", Some("D."), false), ("b", None, true)]);
}

#[test]
fn a_branch_that_has_become_null_is_apart_from_the_others() {
    let found = schemas(json!({
        "Object": {"type": "object", "additionalProperties": {"type": "number"}},
        "Of": {"oneOf": [
            {"allOf": [reference("Object"), only_null()]},
            {"allOf": [reference("Object")], "description": "D."},
            {"type": ["null", "boolean", "integer"]},
            only_null(),
        ]},
    }));
    assert_eq!(
        found["Of"],
        json!({"oneOf": [
            {"allOf": [reference("Object")], "description": "D."},
            reference("OfVariant2"),
            {},
        ]})
    );
}

#[test]
fn nothing_stands_beside_null_or_a_scalar_type() {
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
    // An object of which nothing is said is kept whole.
    assert_eq!(found["D"], json!({"type": "object"}));
    // Which members are required is the server's to check.
    assert_eq!(found["E"], json!({"type": "object"}));
    assert_eq!(codes, ["type-assumed", "not-checked", "union-beside-type"]);
}

#[test]
fn a_member_tells_the_variants_of_a_union_apart() {
    let with = |tag: Value| json!({"type": "object", "required": ["t"], "properties": {"t": tag}});
    let union = |names: &[&str], discriminator: Value| {
        let branches: Vec<Value> = names.iter().map(|name| reference(name)).collect();
        let mut union = json!({"oneOf": branches});
        if !discriminator.is_null() {
            union["discriminator"] = discriminator;
        }
        union
    };
    let by_t = |mapping: Value| json!({"propertyName": "t", "mapping": mapping});
    let (shaped, report) = shaped(
        json!({}),
        json!({
            "one": with(json!({"const": "1st"})),
            "Two": {"allOf": [with(json!({"const": "2nd"})), {"properties": {"a": {}}}]},
            "Third": with(json!({"type": "string"})),
            "Without": {"type": "object"},
            "Int": with(json!({"const": 4})),
            "Ints": with(json!({"enum": [5, 6]})),
            "Same": with(json!({"enum": ["1st", "other"]})),
            "Mapped": union(&["one", "Third", "Without"], by_t(json!({
                "1": "#/components/schemas/one", "uno": "one",
            }))),
            "Named": union(&["one", "Third"], json!({"propertyName": "t"})),
            "Implied": union(&["one", "Two"], Value::Null),
            "Numbers": union(&["Int", "Ints"], Value::Null),
            "Overlap": union(&["one", "Same"], Value::Null),
            "Optional": union(&["one", "Without"], Value::Null),
            "Alone": {"type": "object", "discriminator": {"propertyName": "t"}},
            "Single": union(&["one"], by_t(json!({}))),
        }),
    );
    let found: Vec<(String, String)> = shaped
        .hints
        .discriminators
        .iter()
        .map(|(name, of)| {
            let variants = of.variants.iter().map(|(name, values)| {
                let values: Vec<String> = values.iter().map(Value::to_string).collect();
                format!("{name} {}", values.join("|"))
            });
            assert_eq!(of.property, "t");
            (name.clone(), variants.collect::<Vec<_>>().join(", "))
        })
        .collect();
    let expected = [
        ("Implied", r#"One "1st", Two "2nd""#),
        (
            "Mapped",
            r#"One "1"|"uno", Third "Third", Without "Without""#,
        ),
        ("Named", r#"One "1st", Third "Third""#),
        ("Numbers", "Int 4, Ints 5|6"),
        ("Single", r#"One "1st""#),
    ];
    let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (&**a, &**b)).collect();
    assert_eq!(found, expected);
    // What is sent and received without its schema saying so is not lost.
    let without = &shaped.document.root["components"]["schemas"]["Without"];
    assert_eq!(without["properties"], json!({"t": {"type": "string"}}));
    let codes = codes(&report);
    assert!(codes.contains(&"discriminator-alone"), "{codes:?}");
}

#[test]
fn members_go_the_way_that_they_say() {
    let object = json!({
        "type": "object",
        "required": ["id", "name", "password"],
        "properties": {
            "id": {"type": "string", "readOnly": true},
            "name": {"type": "string"},
            "password": {"type": "string", "writeOnly": true},
        },
    });
    let body = |name: &str| json!({"content": {"application/json": {"schema": reference(name)}}});
    let mut answer = body("Whole");
    answer["description"] = "".into();
    let (shaped, report) = shaped(
        json!({"requestBody": body("Whole"), "responses": {"200": answer}}),
        json!({
            "Shared": object,
            "Whole": {"type": "object", "properties": {
                "shared": reference("Shared"), "sent": reference("Free"),
            }},
            "Free": {"type": "object", "properties": {"a": {"type": "string"}}},
        }),
    );
    let found = &shaped.document.root["components"]["schemas"];
    let names = |name: &str| {
        let properties = found[name]["properties"].as_object().unwrap();
        let names: Vec<&str> = properties.keys().map(String::as_str).collect();
        (names.join(" "), found[name]["required"].to_string())
    };
    let both = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(
        names("Shared"),
        both("id name password", r#"["id","name"]"#)
    );
    assert_eq!(
        names("SharedInput"),
        both("name password", r#"["name","password"]"#)
    );
    assert_eq!(
        found["WholeInput"]["properties"],
        json!({"shared": reference("SharedInput"), "sent": reference("Free")})
    );
    let operation = &shaped.document.root["paths"]["/a"]["get"];
    let sent = &operation["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(*sent, reference("WholeInput"));
    assert_eq!(codes(&report), ["read-only", "read-only"]);
}

#[test]
fn what_only_requests_hold_needs_no_other_schema() {
    let (shaped, report) = shaped(
        json!({"requestBody": {"content": {"application/json": {"schema": reference("A")}}}}),
        json!({"A": {
            "allOf": [{"type": "object", "properties": {"id": {"type": "string", "readOnly": true}}}],
            "required": ["id"],
        }}),
    );
    let found = &shaped.document.root["components"]["schemas"];
    assert_eq!(found["A"]["allOf"][0]["properties"], json!({}));
    assert_eq!(found["A"].get("required"), None);
    assert!(codes(&report).is_empty());
}

#[test]
fn what_others_build_on_is_their_union() {
    let pet = json!({
        "type": "object",
        "description": "d",
        "required": ["t"],
        "properties": {"t": {"type": "string"}},
        "discriminator": {"propertyName": "t", "mapping": {"kitten": "#/components/schemas/Cat"}},
    });
    let heir = json!({"allOf": [reference("Pet"), {"properties": {"a": {"type": "string"}}}]});
    let (shaped, report) = shaped(
        json!({}),
        json!({
            "Pet": pet,
            "Cat": heir,
            "Dog": heir,
            "Owner": {"type": "object", "properties": {"pet": reference("Pet")}},
            // Nobody refers to it but as to a part.
            "Part": pet,
            "Whole": {"allOf": [reference("Part"), {"properties": {"a": {"type": "string"}}}]},
        }),
    );
    let found = &shaped.document.root["components"]["schemas"];
    assert_eq!(found["Owner"]["properties"]["pet"], reference("Pet"));
    assert_eq!(
        found["Pet"]["oneOf"],
        json!([reference("Cat"), reference("Dog"), reference("PetBase"), {}])
    );
    assert_eq!(found["Pet"]["description"], "d");
    assert_eq!(found["Cat"]["allOf"][0], reference("PetBase"));
    assert_eq!(found["PetBase"]["properties"], pet["properties"]);
    let expected: Vec<(String, Vec<Value>)> =
        [("Cat", "kitten"), ("Dog", "Dog"), ("PetBase", "Pet")]
            .map(|(name, value)| (name.to_owned(), vec![value.into()]))
            .into();
    assert_eq!(shaped.hints.discriminators["Pet"].variants, expected);
    assert_eq!(found["Whole"]["allOf"][0], reference("Part"));
    assert_eq!(
        codes(&report),
        ["discriminator-inherited", "discriminator-alone"]
    );
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
fn a_union_that_can_be_received_takes_everything_last() {
    let union = json!({"oneOf": [
        {"$ref": "#/components/schemas/A"},
        {"$ref": "#/components/schemas/B"},
    ]});
    let object = |name: &str| json!({"type": "object", "required": [name]});
    let (_, found, _, _) = check(
        json!({
            "requestBody": json_body(json!({"type": "array", "items": reference("Sent")})),
            "responses": {"200": json_body(json!({"type": "array", "items": reference("Read")}))},
        }),
        json!({"A": object("a"), "B": object("b"), "Read": union, "Sent": union, "Told": union}),
    );
    let closed = json!([reference("A"), reference("B")]);
    let open = json!([reference("A"), reference("B"), {}]);
    assert_eq!(found["Sent"]["oneOf"], closed);
    assert_eq!(found["Read"]["oneOf"], open);
    // Of a failure, or of a webhook.
    assert_eq!(found["Told"]["oneOf"], open);
}

#[test]
fn what_cannot_be_sent_with_a_body_is_reported() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    for (media_type, encoding, code) in [
        (
            "multipart/form-data",
            json!({"headers": {"X-A": {}}}),
            "part-headers",
        ),
        (
            "application/x-www-form-urlencoded",
            json!({"contentType": "text/csv"}),
            "form-content-type",
        ),
    ] {
        let mut content = json!({});
        content[media_type] = json!({"schema": schema, "encoding": {"a": encoding}});
        let (_, report) = shaped(json!({"requestBody": {"content": content}}), json!({}));
        let notes: Vec<_> = report
            .iter()
            .map(|note| (note.code, note.pointer.as_str()))
            .collect();
        let at = crate::pointer::join("/paths/~1a/get/requestBody/content", media_type);
        assert_eq!(notes, [(code, format!("{at}/encoding/a").as_str())]);
    }
}

#[test]
fn members_that_would_be_one_field_are_numbered_in_all_of_a_conjunction() {
    let shaped = schemas(json!({
        "Base": {"type": "object", "required": ["_id"], "properties": {
            "id": {"type": "string"},
            "_id": {"type": "string"},
        }},
        "Derived": {"allOf": [
            {"$ref": "#/components/schemas/Base"},
            {"type": "object", "required": ["ID"], "properties": {
                "_id": {"type": "string"},
                "ID": {"type": "string"},
            }},
        ]},
        "Other": {"type": "object", "properties": {"_id": {"type": "string"}}},
        "Either": {
            "required": ["@i_d"],
            "properties": {"iD": {"type": "string"}},
            "oneOf": [
                {"$ref": "#/components/schemas/One"},
                {"$ref": "#/components/schemas/OneOfTwo"},
            ],
        },
        "OneOfTwo": {"anyOf": [{"$ref": "#/components/schemas/Two"}, {"type": "object"}]},
        "One": {"type": "object", "properties": {"i-d": {"type": "string"}}},
        "Two": {"type": "object", "properties": {"i_d": {"type": "string"}}},
    }));
    let names = |schema: &Value| {
        let properties = schema["properties"].as_object().unwrap();
        let names = properties.keys().map(|name| name.replace('\u{E002}', "|"));
        (names.collect::<Vec<_>>(), schema["required"].to_string())
    };
    let (properties, required) = names(&shaped["Base"]);
    assert_eq!(properties, ["id", "_id|2"]);
    assert_eq!(required, "[\"_id\u{E002}2\"]");
    let (properties, required) = names(&shaped["Derived"]["allOf"][1]);
    assert_eq!(properties, ["_id|2", "ID|3"]);
    assert_eq!(required, "[\"ID\u{E002}3\"]");
    assert_eq!(names(&shaped["Other"]).0, ["_id"]);
    let (properties, required) = names(&shaped["Either"]);
    assert_eq!(properties, ["iD|3"]);
    assert_eq!(required, "[\"@i_d\u{E002}4\"]");
    assert_eq!(names(&shaped["One"]).0, ["i-d"]);
    assert_eq!(names(&shaped["Two"]).0, ["i_d|2"]);
}

#[test]
fn what_no_client_is_made_of_is_gone() {
    let (operation, ..) = check(
        json!({
            "tags": 5,
            "externalDocs": 5,
            "x-own": 5,
            "responses": {"200": {
                "description": "",
                "headers": 5,
                "links": 5,
                "content": {"application/json": {
                    "example": 5,
                    "examples": 5,
                    "schema": {"type": "string", "externalDocs": 5, "xml": 5},
                }},
            }},
        }),
        json!({"A": {"type": "object", "properties": {
            "xml": {"type": "string"},
            "headers": {"format": "uuid"},
        }}}),
    );
    assert_eq!(
        operation,
        json!({
            "operationId": "get_a",
            "responses": {"200": {
                "description": "",
                "content": {"application/json": {"schema": {"type": "string"}}},
            }},
        })
    );
}

#[test]
fn the_branches_of_a_union_have_what_stands_beside_it() {
    let object = |name: &str| json!({"type": "object", "required": [name], "properties": {name: {"type": "string"}}});
    let found = schemas(json!({
        "Cat": object("cat"),
        "Dog": object("dog"),
        "Pet": {
            "type": "object",
            "properties": {"kind": {"type": "string"}},
            "oneOf": [reference("Cat"), reference("Dog")],
            "discriminator": {"propertyName": "kind", "mapping": {"cat": "Cat", "dog": "Dog"}},
        },
        "Contact": {"oneOf": [object("mail"), object("phone")]},
        "User": {"allOf": [reference("Contact"), object("name")]},
    }));
    let of = |name: &str| {
        json!([
            reference(&format!("{name}Cat")),
            reference(&format!("{name}Dog")),
            {}
        ])
    };
    assert_eq!(found["Pet"]["oneOf"], of("Pet"));
    assert_eq!(
        found["Pet"]["discriminator"]["mapping"],
        json!({"cat": reference("PetCat")["$ref"], "dog": reference("PetDog")["$ref"]})
    );
    let beside = json!({"type": "object", "properties": {"kind": {"type": "string"}}});
    assert_eq!(
        found["PetDog"],
        json!({"allOf": [beside, reference("Dog")]})
    );
    assert_eq!(
        found["User"]["oneOf"],
        json!([
            reference("UserContactVariant1"),
            reference("UserContactVariant2"),
            {}
        ])
    );
    assert_eq!(
        found["UserContactVariant2"],
        json!({"allOf": [object("name"), reference("ContactVariant2")]})
    );
}

#[test]
fn a_union_that_leads_back_is_not_written_out() {
    let cat = json!({"allOf": [reference("Pet"), {"properties": {"a": {"type": "string"}}}]});
    let pet = json!({"oneOf": [reference("Cat"), reference("Dog")]});
    let dog = json!({"type": "object", "properties": {"b": {"type": "string"}}});
    let found = schemas(json!({"Cat": cat, "Dog": dog, "Pet": pet}));
    let names: Vec<&String> = found.as_object().unwrap().keys().collect();
    assert_eq!(names, ["Cat", "Dog", "Pet"]);
}

#[test]
fn which_members_are_there_together_is_not_checked() {
    let properties = json!({"a": {"type": "string"}, "b": {"type": "string"}});
    let (.., codes) = check(json!({}), json!({}));
    assert_eq!(codes, <[&str; 0]>::default());
    let (_, found, _, codes) = check(
        json!({}),
        json!({"A": {
            "type": "object",
            "properties": properties,
            "anyOf": [{"required": ["a"]}, {"title": "B", "required": ["b"]}],
        }}),
    );
    assert_eq!(
        found["A"],
        json!({"type": "object", "properties": properties})
    );
    assert_eq!(codes, ["not-checked"]);
}

#[test]
fn a_branch_of_which_only_is_said_what_it_must_have_keeps_all() {
    let found = schemas(json!({
        "U": {"anyOf": [{"type": "object", "required": ["a"]}, {"type": "integer"}]},
    }));
    assert_eq!(
        found["U"]["oneOf"],
        json!([reference("UVariant1"), {"type": "integer"}, {}])
    );
    // A type would keep the one member alone.
    assert_eq!(found["UVariant1"], json!({"type": "object"}));
}

#[test]
fn null_is_of_a_union_and_of_none_of_its_branches() {
    let nullable = json!({"type": "integer", "nullable": true});
    let found = schemas(json!({
        "Holder": {"type": "object", "properties": {"u": reference("U")}},
        "U": {"anyOf": [
            {"anyOf": [{"type": "string"}, nullable, {"anyOf": [nullable, {"type": "array", "items": {}}]}]},
            only_null(),
        ]},
    }));
    assert_eq!(
        found["U"]["oneOf"],
        json!([reference("UVariant3"), {"type": "integer"}, {"type": "string"}, {}])
    );
    assert_eq!(
        found["UVariant3"]["oneOf"],
        json!([{"type": "array", "items": {}}, {"type": "integer"}, {}])
    );
    assert_eq!(
        found["Holder"]["properties"]["u"],
        json!({"anyOf": [reference("U"), only_null()]})
    );
}

#[test]
fn a_branch_that_is_there_twice_is_one() {
    let found = schemas(json!({
        "A": {"type": "object", "properties": {"a": {"type": "string"}}},
        "U": {"anyOf": [reference("A"), reference("A"), {"type": "integer"}]},
    }));
    assert_eq!(
        found["U"]["oneOf"],
        json!([reference("A"), {"type": "integer"}, {}])
    );
}

#[test]
fn what_is_several_branches_at_once_can_be_said() {
    let object = |member: &str, of: Value| json!({"type": "object", "required": [member], "properties": {member: of}});
    let kind = |value: &str| object("kind", json!({"type": "string", "enum": [value]}));
    let text = json!({"type": "string"});
    let [a, b] = [reference("A"), reference("B")];
    for (union, first, second, is_open) in [
        (
            json!({"anyOf": [a, b]}),
            object("a", text.clone()),
            object("b", text.clone()),
            true,
        ),
        (
            json!({"oneOf": [a, b]}),
            object("a", text.clone()),
            object("b", text.clone()),
            false,
        ),
        (json!({"anyOf": [a, b]}), kind("a"), kind("b"), false),
        (
            json!({"anyOf": [a, b]}),
            object("a", text.clone()),
            text.clone(),
            false,
        ),
    ] {
        let (_, found, _, _) = check(
            json!({"requestBody": json_body(reference("U"))}),
            json!({"A": first, "B": second, "U": union}),
        );
        let mut expected = vec![a.clone(), b.clone()];
        expected.extend(is_open.then(|| json!({})));
        assert_eq!(found["U"]["oneOf"], Value::from(expected), "{union}");
    }
}

#[test]
fn what_has_a_structure_and_any_media_type_is_json() {
    let content =
        |schema: Value| json!({"description": "", "content": {"*/*": {"schema": schema}}});
    let object = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    for (schema, is_json) in [
        (reference("A"), true),
        (json!({"type": "array", "items": {"type": "string"}}), true),
        (json!({"type": "string"}), false),
        (json!({}), false),
    ] {
        let operation = json!({
            "requestBody": content(schema.clone()),
            "responses": {"200": content(schema.clone())},
        });
        let (shaped, _) = shaped(operation, json!({"A": object}));
        let request = &shaped.hints.requests["get_a"];
        assert_eq!(
            request.media_type == "application/json",
            is_json,
            "{schema}"
        );
        let answer = &shaped.hints.answers["get_a"]["200"];
        assert_eq!(answer.reading == Reading::Json, is_json, "{schema}");
        let is_text = answer.reading == Reading::Text;
        assert_eq!(is_text, schema == json!({"type": "string"}), "{schema}");
    }
}

#[test]
fn a_form_may_be_a_string_that_its_caller_writes() {
    let form = json!({"application/x-www-form-urlencoded": {"schema": {"type": "string"}}});
    let (shaped, _) = shaped(json!({"requestBody": {"content": form}}), json!({}));
    assert_eq!(
        shaped.hints.requests["get_a"].encoding,
        requests::Encoding::Raw
    );
}

#[test]
fn a_body_that_may_be_left_out_is_not_null() {
    let nullable =
        json!({"type": "object", "nullable": true, "properties": {"a": {"type": "string"}}});
    let content = json!({"application/json": {"schema": nullable}});
    let schema = |body: Value| {
        let (operation, .., codes) = check(json!({"requestBody": body}), json!({}));
        let sent = &operation["requestBody"]["content"]["application/json"]["schema"];
        (sent.clone(), codes)
    };
    let (sent, codes) = schema(json!({"required": true, "content": content}));
    assert_eq!(
        sent,
        json!({"anyOf": [reference("GetARequest"), only_null()]})
    );
    assert_eq!(codes, <[&str; 0]>::default());
    let (sent, codes) = schema(json!({"content": content}));
    assert_eq!(sent, json!({"anyOf": [reference("GetARequest")]}));
    assert_eq!(codes, ["null-body"]);
}

#[test]
fn what_an_object_may_have_beside_its_members_is_kept() {
    let object = |others: Value| json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": others});
    let found = schemas(json!({"A": object(true.into()), "B": object(json!({"type": "string"}))}));
    assert_eq!(found["A"], object(json!({})));
    assert_eq!(found["B"], object(json!({"type": "string"})));
    let map = json!({"type": "object", "additionalProperties": true});
    assert_eq!(schemas(json!({"A": map}))["A"], map);
}

#[test]
fn a_member_is_not_called_like_what_else_there_is() {
    let object = |others: Value| json!({"type": "object", "properties": {"extra": {"type": "string"}}, "additionalProperties": others});
    for (others, is_renamed) in [
        (json!(true), true),
        (json!({}), true),
        (json!(false), false),
    ] {
        let found = schemas(json!({"A": object(others.clone())}));
        let properties = found["A"]["properties"].as_object().unwrap();
        assert_eq!(properties.contains_key("extra"), !is_renamed, "{others}");
    }
}

#[test]
fn what_is_said_of_a_union_alone_stays_with_it() {
    let object = |name: &str| json!({"type": "object", "required": [name], "properties": {name: {"type": "string"}}});
    let found = schemas(json!({
        "A": object("a"),
        "B": {"allOf": [object("b"), reference("A")]},
        "U": {"oneOf": [reference("A"), reference("B")], "x-since": "3", "example": {"a": "x"}},
    }));
    // The one that asks for more, in all its conjuncts, stands first.
    assert_eq!(
        found["U"]["oneOf"],
        json!([reference("B"), reference("A"), {}])
    );
    let names: Vec<&String> = found.as_object().unwrap().keys().collect();
    assert_eq!(names, ["A", "B", "U"]);
}

#[test]
fn conjuncts_of_conjuncts_agree_whatever_is_said_beside() {
    let user = json!({"allOf": [reference("Base"), {"description": "who"}]});
    let object = |of: Value| json!({"type": "object", "properties": {"user": of}});
    let found = schemas(json!({
        "Base": object(json!({"type": "string"})),
        "Alone": object(user.clone()),
        "Little": {"allOf": [reference("Base"), {"properties": {"of": user.clone()}}]},
        "Whole": {"allOf": [reference("Little"), {"properties": {"of": user}}]},
    }));
    let names: Vec<&String> = found.as_object().unwrap().keys().collect();
    assert_eq!(names, ["Base", "Alone", "Little", "Whole"]);
    for name in ["Little", "Whole"] {
        assert_eq!(
            found[name]["allOf"][1]["properties"]["of"],
            reference("Base")
        );
    }
    assert_eq!(
        found["Alone"]["properties"]["user"],
        json!({"allOf": [reference("Base")], "description": "who"})
    );
}
