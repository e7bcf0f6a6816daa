//! Tests what the model says about each operation.

use serde_json::{Value, json};

use super::*;

#[test]
fn operation_id_becomes_the_method_name() {
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
        assert_eq!(lowered.model.operations[0].rust_name, name);
        assert_eq!(lowered.model.operations[0].id, id);
    }
}

#[test]
fn only_success_responses_are_kept() {
    let response = |text| json!({"description": text});
    let dropped = "a response whose key is not a status → dropped";
    let read = "which is not a range of statuses → read as `2XX`";
    for (responses, expected, notes) in [
        (
            json!({"200": response("a"), "404": response("b"), "default": response("c")}),
            json!({"200": response("a")}),
            vec![],
        ),
        (
            json!({"default": response("a"), "x-a": response("b")}),
            json!({"2XX": response("a")}),
            vec![],
        ),
        (
            json!({"302": response("a")}),
            json!({"2XX": response("")}),
            vec![],
        ),
        (
            json!({"2xx": response("a"), "4xx": response("b")}),
            json!({"2XX": response("a")}),
            vec![("2xx", format!("`2xx`, {read}"))],
        ),
        (
            json!({"20X": response("a"), "ok": response("b"), "200": response("c")}),
            json!({"200": response("c")}),
            vec![("20X", dropped.to_owned()), ("ok", dropped.to_owned())],
        ),
        (
            json!({"2": response("a")}),
            json!({"2XX": response("")}),
            vec![("2", dropped.to_owned())],
        ),
    ] {
        let (operation, lowered) = check(json!({"responses": responses}), json!({}));
        assert_eq!(operation["responses"], expected);
        let notes = notes
            .iter()
            .map(|(key, what)| format!("not-3-0 at /paths/~1a/get/responses/{key}: {what}"));
        let found = lowered.report.iter().map(ToString::to_string);
        assert_eq!(found.collect::<Vec<_>>(), notes.collect::<Vec<_>>());
    }
}

#[test]
fn a_problem_in_a_failure_response_hides_no_problem_in_a_success() {
    let bad_schema = json!({"application/json": {"schema": {"$ref": null}}});
    let document = document(
        json!({"responses": {
            "200": {"description": ""},
            "202": {"description": "", "content": null},
            "4XX": {"description": "", "content": bad_schema},
        }}),
        json!({}),
    );
    let problems = lower_value(&document).unwrap_err();
    for at in [
        "/responses/202/content",
        "/responses/4XX/content/application~1json/schema",
    ] {
        assert!(problems.contains(at), "{at}: {problems}");
    }
}

#[test]
fn a_document_without_security_is_reported() {
    for (shared, own, with_other, is_noted) in [
        (None, None, false, true),
        (Some(json!([])), None, false, false),
        (Some(json!([{"token": []}])), None, false, false),
        (None, Some(json!([])), false, false),
        (None, Some(json!([])), true, true),
        (None, Some(json!([{"token": []}])), false, false),
        (None, Some(json!([{"token": []}])), true, false),
    ] {
        let scheme = json!({"type": "http", "scheme": "bearer"});
        let operation = own
            .as_ref()
            .map_or(json!({}), |own| json!({"security": own}));
        let mut root = document(operation, json!({"securitySchemes": {"token": scheme}}));
        root["security"] = json!(shared);
        if shared.is_none() {
            root.as_object_mut().unwrap().shift_remove("security");
        }
        if with_other {
            root["paths"]["/other"] = json!({"get": {"responses": {"204": {"description": ""}}}});
        }
        let lowered = lower_value(&root).unwrap();
        let notes = lowered
            .report
            .iter()
            .filter(|note| note.code == "no-security");
        let places: Vec<&str> = notes.map(|note| note.pointer.as_str()).collect();
        let expected: &[&str] = if is_noted { &[""] } else { &[] };
        assert_eq!(places, expected, "{shared:?} {own:?} {with_other}");
    }
}

#[test]
fn operation_security_overrides_document_security() {
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
            let operation = &lowered.model.operations[0];
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
        // Unsupported credentials are up to the caller's HTTP client.
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
fn idempotency_depends_on_method_and_extension() {
    let of = |method: &str, members: Value| {
        let mut root = document(json!({}), json!({}));
        let path_item = &mut root["paths"]["/a"];
        let mut operation = path_item["get"].take();
        operation
            .as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        *path_item = json!({method: operation});
        lower_value(&root).map(|lowered| lowered.model.operations[0].idempotent)
    };
    for (method, members, expected) in [
        ("get", json!({}), true),
        ("delete", json!({}), true),
        ("post", json!({}), false),
        ("patch", json!({}), false),
        ("post", json!({"x-idempotent": true}), true),
        ("post", json!({"x-some-vendor-idempotent": true}), true),
        ("put", json!({"x-vendor-idempotent": false}), false),
        // Other words, whatever their suffix.
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
        "api.yaml: /paths/~1a/post/x-vendor-idempotent: `x-vendor-idempotent` is neither true nor \
         false; write `true` or `false`"
    );
}

#[test]
fn deprecated_operations_are_recorded() {
    for (members, expected) in [
        (json!({"deprecated": true}), true),
        (json!({"deprecated": false}), false),
        (json!({}), false),
    ] {
        let (_, lowered) = check(members, json!({}));
        assert_eq!(lowered.model.operations[0].deprecated, expected);
    }
}

#[test]
fn secrets_are_found_at_any_depth_of_the_body() {
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
    assert_eq!(lowered.model.operations[0].secrets, ["one", "two"]);
}

#[test]
fn operation_names_are_unique() {
    let mut root = document(json!({"operationId": "getA"}), json!({}));
    for (method, id) in [
        ("put", json!("get-a")),
        // Its builder would have the same name as the one for `get_a_2`.
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
    let operations = &lowered.model.operations;
    let names: Vec<&str> = operations.iter().map(|of| of.rust_name.as_str()).collect();
    assert_eq!(
        names,
        [
            "get_a", "get_a_2", "get_a2_2", "delete_a", "head_a", "ri_ben", "trace_a"
        ]
    );
    let report = lowered.report.to_string();
    let lines: Vec<&str> = report.lines().collect();
    assert_eq!(
        lines,
        [
            "operation-id at /paths/~1a/delete: operation id \"-\", which contains no name → \
             derived from method and path: the method delete_a",
            "operation-id at /paths/~1a/head: operation id \"\", which contains no name → derived \
             from method and path: the method head_a",
            "operation-id at /paths/~1a/patch: operation id \"get_a2\", whose method name get_a2 \
             is taken → the method get_a2_2",
            "operation-id at /paths/~1a/put: operation id \"get-a\", whose method name get_a is \
             taken → the method get_a_2",
            "operation-id at /paths/~1a/trace: no `operationId` → derived from method and path: \
             the method trace_a",
        ]
    );
}

#[test]
fn changes_to_operations_are_reported() {
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
fn missing_operation_id_is_derived_from_method_and_path() {
    let mut root = document(json!({}), json!({}));
    root["paths"]["/pets/{petId}/toys"] = json!({"post": {"responses": {}}});
    let lowered = lower_value(&root).unwrap();
    let operation = &lowered.model.operations[1];
    assert_eq!(operation.rust_name, "post_pets_pet_id_toys");
    let item = &lowered.document.root["paths"]["/pets/{petId}/toys"];
    assert_eq!(item["post"]["operationId"], "post_pets_pet_id_toys");
    let codes: Vec<_> = lowered.report.iter().map(|note| note.code).collect();
    assert_eq!(codes, ["operation-id", "path-parameter"]);
}

#[test]
fn response_that_switches_protocols_is_dropped() {
    let responses = json!({"101": {"description": ""}, "200": {"description": ""}});
    let (operation, _) = check(json!({"responses": responses}), json!({}));
    assert_eq!(operation["responses"], json!({"200": {"description": ""}}));
}

#[test]
fn path_fragment_is_dropped() {
    for (path, sent, is_noted) in [
        ("/a#move", "/a", true),
        ("/a#", "/a", true),
        ("/a#move?b=1", "/a", true),
        ("/a?b=1#move", "/a?b=1", true),
        ("/a?b=1", "/a?b=1", false),
        ("/#a", "/", true),
        ("/a%23move", "/a%23move", false),
    ] {
        let mut root = document(json!({}), json!({}));
        let item = root["paths"]["/a"].take();
        root["paths"] = json!({path: item});
        let lowered = lower_value(&root).unwrap();
        let [operation] = &lowered.model.operations[..] else {
            panic!("{:?}", lowered.model.operations);
        };
        assert_eq!(operation.path, sent);
        let at = format!("/paths/{}/get", path.replace('/', "~1"));
        assert_eq!(operation.pointer, at);
        let report = lowered.report.to_string();
        let is_found = report.contains(&format!("path-fragment at {at}: "));
        assert_eq!(is_found, is_noted, "{report}");
    }
}

#[test]
fn method_names_omit_hashes_paths_and_controllers() {
    let hash = "3af7d1ac36c35008b8ebb93fecbdb35b";
    for (operations, expected) in [
        (&[(hash, "List job titles")][..], &["list_job_titles"][..]),
        (&[(hash, "")], &["get_a"]),
        (
            &[(hash, "List"), ("0af7d1ac36c35008b8ebb93fecbdb35b", "List")],
            &["get_a", "put_a"],
        ),
        (
            &[("12345678-1234-1234-1234-123456789abc", "List pets")],
            &["list_pets"],
        ),
        (
            &[("12345", "List pets"), ("6-7", "")],
            &["list_pets", "put_a"],
        ),
        (&[("read_item_a_get", "")], &["read_item"]),
        (
            &[("read_a_get", ""), ("read_a_put", "")],
            &["read_a_get", "read_a_put"],
        ),
        (
            &[("PetsController_findAll", ""), ("DogsController_find", "")],
            &["find_all", "find"],
        ),
        (
            &[("PetsController_find", ""), ("DogsController_find", "")],
            &["pets_find", "dogs_find"],
        ),
        // An operation keeps its name if another wants it.
        (
            &[("PetsController_find", ""), ("find", "")],
            &["pets_find", "find"],
        ),
        (
            &[("getOAuth2Token", ""), ("oAuthLogin", "")],
            &["get_oauth2_token", "oauth_login"],
        ),
        // These are words.
        (&[("deadbeef", ""), ("facade", "")], &["deadbeef", "facade"]),
        (&[("2fa", "Log in"), ("v1", "")], &["_2fa", "v1"]),
    ] {
        let mut root = document(json!({}), json!({}));
        for ((id, summary), method) in operations.iter().zip(["get", "put"]) {
            root["paths"]["/a"][method] = json!({
                "operationId": id,
                "summary": summary,
                "responses": {"204": {"description": ""}},
            });
        }
        let lowered = lower_value(&root).unwrap();
        let names = lowered.model.operations.iter();
        let names: Vec<&str> = names.map(|of| of.rust_name.as_str()).collect();
        assert_eq!(names, expected);
    }
}
