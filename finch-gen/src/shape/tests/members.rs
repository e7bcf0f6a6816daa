//! Tests how components and their properties are shaped.

use serde_json::{Value, json};

use super::*;

/// Marks `schema`, a list or map in an optional property, so that it becomes an option.
fn or_null(mut schema: Value) -> Value {
    schema["nullable"] = true.into();
    schema["x-\u{E000}option"] = true.into();
    schema
}

#[test]
fn component_names_become_unique_type_names() {
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
            // Generated code would confuse it with `None`.
            "NoneSchema": {"type": "string"},
            // Generated code would confuse it with `::uuid::Uuid`.
            "UuidSchema": {"type": "string", "format": "uuid"},
            "File": {"type": "object"},
            // Generated code uses `String` for the standard type.
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
            "list": or_null(json!({"type": "array", "items": reference("SList")})),
            "map": or_null(json!({
                "type": "object",
                "additionalProperties": reference("MapValue"),
            })),
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
fn optional_property_is_nullable_without_a_default() {
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
fn read_only_and_write_only_properties_are_separated() {
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
fn request_only_schema_is_not_split() {
    let (shaped, report) = shaped(
        json!({"requestBody": {"content": {"application/json": {"schema": reference("A")}}}}),
        json!({"A": {
            "allOf": [{"type": "object", "properties": {"id": {"type": "string", "readOnly": true}}}],
            "required": ["id"],
        }}),
    );
    let found = &shaped.document.root["components"]["schemas"];
    assert_eq!(found["A"]["properties"], json!({}));
    assert_eq!(found["A"].get("required"), None);
    assert!(codes(&report).is_empty());
}

#[test]
fn properties_shared_by_conjuncts_are_merged() {
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
        found["S"],
        object(json!({"links": reference("SLinks"), "own": reference("SOwn")}))
    );
    assert_eq!(found["SLinks"], links);
}

#[test]
fn colliding_fields_are_numbered_in_the_whole_conjunction() {
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
    let (properties, required) = names(&shaped["Derived"]);
    assert_eq!(properties, ["ID|3", "_id|2", "id"]);
    assert_eq!(required, "[\"ID\u{E002}3\",\"_id\u{E002}2\"]");
    assert_eq!(names(&shaped["Other"]).0, ["_id"]);
    let (properties, required) = names(&shaped["EitherOne"]["allOf"][0]);
    assert_eq!(properties, ["iD|3"]);
    assert_eq!(required, "[\"@i_d\u{E002}4\"]");
    assert_eq!(names(&shaped["One"]).0, ["i-d"]);
    assert_eq!(names(&shaped["Two"]).0, ["i_d|2"]);
}

#[test]
fn keywords_that_do_not_affect_the_client_are_removed() {
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
fn additional_properties_are_kept() {
    let object = |others: Value| json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": others});
    let found = schemas(json!({"A": object(true.into()), "B": object(json!({"type": "string"}))}));
    assert_eq!(found["A"], object(json!({})));
    assert_eq!(found["B"], object(json!({"type": "string"})));
    let branch = |others: Value| json!({"required": ["b"], "additionalProperties": others});
    let found = schemas(json!({"A": {"oneOf": [branch(true.into()), {"type": "string"}]}}));
    assert_eq!(found["A"]["oneOf"][0], reference("AObject"));
    assert_eq!(
        found["AObject"],
        json!({"type": "object", "additionalProperties": {}})
    );
    let map = json!({"type": "object", "additionalProperties": true});
    assert_eq!(schemas(json!({"A": map}))["A"], map);
}

#[test]
fn property_named_like_the_extra_field_is_renamed() {
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
fn property_of_several_conjuncts_has_one_schema() {
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
    let who = json!({"allOf": [reference("Base")], "description": "who"});
    assert_eq!(found["Little"]["allOf"][1]["properties"]["of"], who);
    assert_eq!(found["Alone"]["properties"]["user"], who);
    assert_eq!(
        found["Whole"]["properties"],
        json!({"of": who, "user": {"type": "string"}})
    );
}
