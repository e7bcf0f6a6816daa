//! Tests how constraints and annotations on values are shaped.

use serde_json::{Value, json};

use super::*;

#[test]
fn negations_are_removed_unless_they_match_nothing() {
    let found = schemas(json!({
        "A": {"type": "array", "items": {}, "not": {"not": {"minItems": 1}}},
        "B": {"type": "object", "properties": {"a": {"not": {}}}},
    }));
    assert_eq!(found["A"], json!({"type": "array", "items": {}}));
    assert_eq!(found["B"]["properties"]["a"], json!({"not": {}}));
}

#[test]
fn constraints_for_the_server_are_removed() {
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
    // A, B, C, D and H each have a note.
    assert_eq!(codes, ["not-checked"; 5]);
}

#[test]
fn text_values_get_variant_names() {
    let texts = [
        "",
        "1",
        "-1",
        "2fa",
        "a",
        "A",
        "+",
        "<=",
        "a b",
        "a-b",
        "Etc/GMT-1",
        "Etc/GMT+1",
        "μ",
    ];
    let shaped = shaped(
        json!({"parameters": [
            {"name": "p", "in": "query", "schema": {"type": "string", "enum": ["+", "-"]}},
        ]}),
        json!({
            "Odd": {"type": "string", "enum": texts},
            "Usual": {"type": "string", "enum": ["a", "A-b", "k401"]},
            "Numbers": {"type": "number", "enum": [1, 2.5]},
            "Beside": {"type": "string", "enum": ["a", "z"], "allOf": [reference("Usual")]},
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
        "EtcGmtMinus1",
        "EtcGmtPlus1",
        "M",
    ];
    let found = &shaped.0.document.root["components"]["schemas"];
    assert_eq!(found["Odd"]["enum"], json!(names));
    let values = &shaped.0.enum_values["Odd"];
    let expected: Vec<_> = names.into_iter().zip(texts).collect();
    let values: Vec<_> = values
        .iter()
        .map(|value| (&*value.name, &*value.value))
        .collect();
    assert_eq!(values, expected);
    assert_eq!(found["Usual"]["enum"], json!(["a", "A-b", "k401"]));
    assert_eq!(found["Numbers"], json!({"type": "number"}));
    assert_eq!(found["Beside"], json!({"type": "string", "enum": ["a"]}));
    assert_eq!(found["GetAp"]["enum"], json!(["Plus", "Minus"]));
    assert_eq!(codes(&shaped.1), ["enum-dropped"; 1]);
}

#[test]
fn integer_values_get_variant_names() {
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
            "Beside": {"type": "integer", "enum": [1, 10], "allOf": [reference("Several")]},
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
        let values = shaped.0.integer_enums[of].iter();
        let names = values.map(|value| format!("{}={}", value.name, value.value));
        names.collect::<Vec<_>>().join(" ")
    };
    for (of, expected) in [
        (
            "Several",
            "Value10=10 Minus10=-10 Minus9223372036854775808=-9223372036854775808",
        ),
        ("Named", "Off=0 SelfValue=1"),
        ("HolderA", "Value1=1 Value2=2"),
        ("GetAp", "Value1=1 Minus1=-1"),
    ] {
        assert_eq!(names(of), expected);
    }
    assert_eq!(shaped.0.integer_enums.len(), 4);
    let expected = [&["wide-integer"][..], &["enum-dropped"; 5]].concat();
    assert_eq!(codes(&shaped.1), expected);
}

#[test]
fn variant_names_come_from_the_document() {
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
    let values = &shaped.0.enum_values;
    assert_eq!(values.keys().collect::<Vec<_>>(), ["Named", "Said"]);
    let values: Vec<_> = values["Said"]
        .iter()
        .map(|value| (&*value.name, value.description.as_deref(), value.deprecated))
        .collect();
    assert_eq!(values, [("a", Some("D."), false), ("b", None, true)]);
}

#[test]
fn contradictions_are_noted_at_their_conjunctions() {
    let string = || json!({"type": "string"});
    let integer = || json!({"type": "integer"});
    let date = |format: &str| json!({"type": "string", "format": format});
    let values = |of: &str| json!({"type": "string", "enum": [of]});
    let array = |of: Value| json!({"type": "array", "items": of});
    let map = |of: Value| json!({"type": "object", "additionalProperties": of});
    let object = |of: Value| json!({"type": "object", "properties": {"a": of}});
    let both = |one: Value, other: Value| json!({"allOf": [one, other]});
    for (schema, at, subject, accepted) in [
        (both(string(), integer()), "", "", "JSON value"),
        (both(values("a"), values("b")), "", "", "string"),
        (both(reference("S"), integer()), "", "", "JSON value"),
        (
            object(both(string(), integer())),
            "/properties/a",
            "",
            "JSON value",
        ),
        (
            map(both(string(), integer())),
            "/additionalProperties",
            "",
            "JSON value",
        ),
        (array(both(string(), integer())), "/items", "", "JSON value"),
        (
            both(array(string()), array(integer())),
            "",
            " for the items",
            "JSON value",
        ),
        (
            both(array(array(string())), array(array(integer()))),
            "",
            " for the items of the items",
            "JSON value",
        ),
        (
            both(map(string()), map(integer())),
            "",
            " for the undeclared properties",
            "JSON value",
        ),
        // The component is right alone.
        (
            both(reference("O"), object(integer())),
            "/allOf/1/properties/a",
            "",
            "JSON value",
        ),
        (
            both(reference("O"), reference("P")),
            "",
            " for `a`",
            "JSON value",
        ),
        (
            both(reference("Q"), reference("R")),
            "",
            " for `a`",
            "JSON value",
        ),
        (
            both(reference("L"), reference("M")),
            "",
            " for the items of `a`",
            "JSON value",
        ),
        (
            both(object(string()), object(integer())),
            "/allOf/0/properties/a",
            "",
            "JSON value",
        ),
    ] {
        let report = notes(&json!({
            "T": schema,
            "S": string(),
            "O": object(string()),
            "P": object(integer()),
            "L": object(array(string())),
            "M": object(array(integer())),
            "Q": object(reference("O")),
            "R": object(reference("P")),
        }));
        let what = format!(
            "the schemas of `allOf` have no common value{subject} → every {accepted} is accepted"
        );
        let at = format!("/components/schemas/T{at}");
        assert_eq!(report, [("all-of-contradiction", at, what)], "{schema}");
    }
    let report = notes(&json!({"T": both(object(date("date")), object(date("uuid")))}));
    let what = r#"the formats "date" and "uuid" differ → neither is checked"#;
    let at = "/components/schemas/T/allOf/0/properties/a".to_owned();
    assert_eq!(report, [("all-of-contradiction", at, what.to_owned())]);
}

#[test]
fn the_type_of_an_untyped_conjunction_is_noted_once() {
    let untyped = |name: &str| {
        let mut properties = json!({});
        properties[name] = json!({"type": "string"});
        json!({ "properties": properties })
    };
    let typed = json!({"type": "object", "properties": {"c": {"type": "string"}}});
    let both = |other: &Value| json!({"allOf": [untyped("a"), other]});
    for (schema, at) in [
        (both(&untyped("b")), Some("")),
        // `U` has its own note.
        (both(&reference("U")), None),
        (
            json!({"type": "array", "items": both(&untyped("b"))}),
            Some("/items"),
        ),
        (both(&typed), None),
        (
            json!({"type": "object", "allOf": [untyped("a"), untyped("b")]}),
            None,
        ),
    ] {
        let report = notes(&json!({"T": schema, "U": untyped("b")}));
        let assumed = report
            .iter()
            .filter(|(code, at, _)| *code == "type-assumed" && at != "/components/schemas/U");
        let assumed: Vec<&str> = assumed.map(|(_, at, _)| at.as_str()).collect();
        let expected = at.map(|at| format!("/components/schemas/T{at}"));
        assert_eq!(assumed, Vec::from_iter(expected.as_deref()), "{schema}");
    }
}

/// Returns `schema` or null, in each way to write that in `version`. The component `name` allows
/// the same values.
fn or_null(schema: &Value, name: &str, version: &str) -> Vec<Value> {
    let mut typed = schema.clone();
    if let Some(values) = typed.get_mut("enum").and_then(Value::as_array_mut) {
        values.push(Value::Null);
    }
    if version == "3.0.3" {
        typed["nullable"] = true.into();
        let described = json!({"description": "D.", "allOf": [typed]});
        let named = json!({"description": "D.", "allOf": [reference(name)]});
        return vec![typed, described, named, reference(name)];
    }
    typed["type"] = json!([schema["type"], "null"]);
    let nothing = json!({"type": "null"});
    vec![
        typed,
        reference(name),
        json!({"anyOf": [schema, nothing]}),
        json!({"oneOf": [nothing, schema], "description": "D."}),
        json!({"anyOf": [schema, {"enum": [null]}]}),
        json!({"anyOf": [schema, {"const": null}]}),
    ]
}

#[test]
fn schemas_with_only_null_in_common_become_null() {
    let string = json!({"type": "string"});
    let types = [
        ("string", string.clone()),
        ("listed", json!({"type": "string", "enum": ["a"]})),
        ("integer", json!({"type": "integer"})),
        ("array", json!({"type": "array", "items": string})),
        (
            "object",
            json!({"type": "object", "properties": {"a": string}}),
        ),
    ];
    let object = |of: &Value| json!({"type": "object", "properties": {"p": of}});
    let expect_null = |version: &str, a: &Value, b: &Value| {
        let both = json!({"allOf": [a, b]});
        let mut schemas = json!({
            "Whole": both,
            "Property": object(&both),
            "Items": {"type": "array", "items": both},
            "Map": {"type": "object", "additionalProperties": both},
            "Parts": {"allOf": [object(a), object(b)]},
            "Base": object(a),
            "Derived": {"allOf": [reference("Base"), object(b)]},
        });
        for (name, schema) in &types {
            schemas[name] = or_null(schema, name, version).remove(0);
        }
        let shaped = shape_schemas(version, &schemas);
        for at in [
            "Whole",
            "Property/properties/p",
            "Items/items",
            "Map/additionalProperties",
            "Parts/properties/p",
            "Derived/properties/p",
        ] {
            let found = shaped.document.at(&format!("{SCHEMAS}/{at}"));
            let mut found = found.object().cloned().unwrap_or_default();
            found.retain(|key, _| !is_annotation(key));
            let found = Value::Object(found);
            assert!(is_only_null(&found), "{version} {at} {both}: {found}");
        }
        let codes = codes(&shaped.report);
        for wrong in ["all-of-contradiction", "nullable-conjunction"] {
            assert!(!codes.contains(&wrong), "{version} {both}: {codes:?}");
        }
    };
    for (index, (name, one)) in types.iter().enumerate() {
        let others = types[..index].iter();
        for (other_name, other) in others.filter(|(_, other)| other["type"] != one["type"]) {
            for version in ["3.0.3", "3.1.0"] {
                for a in or_null(one, name, version) {
                    for b in or_null(other, other_name, version) {
                        expect_null(version, &a, &b);
                    }
                }
            }
        }
    }
}

/// Returns the notes of shaping `schemas`: the code, the place and the message.
fn notes(schemas: &Value) -> Vec<(&'static str, String, String)> {
    let shaped = shape_schemas("3.0.3", schemas);
    let notes = shaped.report.iter();
    let notes = notes.map(|note| (note.code, note.pointer.clone(), note.what.clone()));
    notes.collect()
}

/// Shapes a document of `version` with these component schemas.
fn shape_schemas(version: &str, schemas: &Value) -> Shaped {
    let text = json!({
        "openapi": version,
        "info": {"title": "T", "version": "1"},
        "security": [],
        "paths": {},
        "components": {"schemas": schemas},
    })
    .to_string();
    let name = "api.yaml";
    let lowered = crate::lower(load(&Text { name, text: &text }).unwrap()).unwrap();
    shape(&lowered)
}
