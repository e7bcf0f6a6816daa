//! Tests how everything except operations and schemas is lowered.

use serde_json::{Value, json};

use super::*;

#[test]
fn version_becomes_3_0_3_and_nullable_is_kept() {
    let schema = json!({"type": "string", "nullable": true});
    let (_, lowered) = check(json!({}), json!({"schemas": {"A": schema}}));
    assert_eq!(lowered.document.root["openapi"], "3.0.3");
    assert_eq!(lowered.document.root["components"]["schemas"]["A"], schema);
}

#[test]
fn parts_that_are_not_mappings_are_refused() {
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
        let remedy = "write one, or remove it, through the overlay";
        format!("api.yaml: {at}: expected a mapping, found {found}; {remedy}")
    };
    check_refused(
        &root,
        &[
            &expected("/paths/~1f/get", "a string"),
            // No operation needs these.
            &expected("/paths/~1b", "null"),
            &expected("/components/schemas/A", "a number"),
            &expected("/components/responses/C", "a list"),
            "api.yaml: /components/schemas/g\\u{202e}h: the name of a schema must consist of \
             visible characters; rename the schema and its references through the overlay",
            "api.yaml: /paths/~1{d: the braces of a path must enclose parameter names; correct it \
             through the overlay",
            "api.yaml: /paths/~1\\re: a path must consist of visible characters; \
             correct it through the overlay",
        ],
    );
}

#[test]
fn features_of_3_1_are_lowered_to_3_0() {
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
        found["components"]["schemas"]["WWebhook"],
        json!({"type": "string", "nullable": true})
    );
    // The operation requires no HTTP credential. That differs from a missing `security`.
    assert_eq!(found["security"], json!([{}]));
    assert_eq!(lowered.model.operations[0].security, [[]]);
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
            "webhooks",
            "webhook-hoisted"
        ]
    );
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
fn parts_that_name_a_media_type_are_files_in_every_position() {
    let png = || json!({"type": "string", "contentMediaType": "image/png"});
    let csv = || json!({"contentMediaType": "text/csv"});
    let object = |of: Value| json!({"type": "object", "properties": {"a": of}});
    let array = |of: Value| json!({"type": "array", "items": of});
    let union = |one: Value, other: Value| json!({"anyOf": [one, other]});
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    for (schema, files, content_type) in [
        (object(csv()), 1, "text/csv"),
        (object(array(csv())), 1, "text/csv"),
        (
            object(json!({"type": ["string", "null"], "contentMediaType": "text/csv"})),
            1,
            "text/csv",
        ),
        (object(union(csv(), json!({"type": "null"}))), 1, "text/csv"),
        (object(union(csv(), array(csv()))), 2, "text/csv"),
        (object(union(png(), csv())), 1, "image/png, text/csv"),
        (
            object(json!({"contentMediaType": "text/csv", "description": "D.", "title": "T"})),
            1,
            "text/csv",
        ),
        (
            json!({"allOf": [object(csv()), {"properties": {"b": {"type": "string"}}}]}),
            1,
            "text/csv",
        ),
        (
            json!({"oneOf": [object(csv()), object(png())]}),
            2,
            "text/csv, image/png",
        ),
        // The media type is not one of a string.
        (object(union(csv(), json!({"type": "string"}))), 1, ""),
        (
            object(array(union(json!({"type": "string"}), csv()))),
            1,
            "",
        ),
        (object(reference("Csv")), 1, "text/csv"),
        (object(array(reference("ToCsv"))), 1, "text/csv"),
        (reference("Form"), 1, "text/csv"),
        (reference("ToForm"), 1, "text/csv"),
        (reference("Tree"), 2, "text/csv"),
        // JSON also has the component.
        (reference("Shared"), 1, "image/png"),
        (reference("SharedAny"), 0, ""),
        (object(json!({})), 1, ""),
        (object(json!({"description": "D."})), 1, ""),
        (object(array(json!({}))), 1, ""),
        (reference("Any"), 1, ""),
        (object(union(json!({}), json!({"type": "string"}))), 0, ""),
        (
            json!({"type": "object", "additionalProperties": csv()}),
            1,
            "",
        ),
        (json!({"type": "object", "additionalProperties": {}}), 0, ""),
        (
            object(
                json!({"type": "string", "contentMediaType": "image/png", "contentEncoding": "base64"}),
            ),
            0,
            "",
        ),
        (
            object(json!({"contentMediaType": "application/json", "type": "object"})),
            0,
            "",
        ),
    ] {
        let components = json!({
            "Csv": csv(),
            "ToCsv": reference("Csv"),
            "Form": object(csv()),
            "ToForm": reference("Form"),
            "Tree": {"type": "object", "properties": {"a": csv(), "b": reference("Tree")}},
            "Shared": object(png()),
            "SharedAny": object(json!({})),
            "Any": object(json!({})),
        });
        let multipart = json!({"multipart/form-data": {"schema": schema}});
        let responses = ["Shared", "SharedAny"].map(|name| {
            json!({"description": "", "content": {"application/json": {"schema": reference(name)}}})
        });
        let [one, other] = responses;
        let operation = json!({
            "requestBody": {"content": multipart},
            "responses": {"200": one, "201": other},
        });
        let lowered = lower_value(&json!({
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "security": [],
            // A second form finds the media types again.
            "paths": {"/a": {"post": operation, "put": operation}},
            "components": {"schemas": components},
        }))
        .unwrap();
        let root = &lowered.document.root;
        let document = &lowered.document;
        for method in ["post", "put"] {
            let body =
                &root["paths"]["/a"][method]["requestBody"]["content"]["multipart/form-data"];
            let content_types = &body["encoding"]["a"]["contentType"];
            assert_eq!(
                content_types.as_str().unwrap_or_default(),
                content_type,
                "{schema}"
            );
            let mut text = body["schema"].to_string();
            for _ in 0..3 {
                for name in components.as_object().unwrap().keys() {
                    let target = document.at(&format!("/components/schemas/{name}")).unwrap();
                    text = text.replacen(&reference(name).to_string(), &target.to_string(), 1);
                }
            }
            assert_eq!(
                text.matches("binary").count().min(2),
                files,
                "{schema} {text}"
            );
        }
        let is_noted = lowered
            .report
            .iter()
            .any(|note| note.code == "part-media-type");
        let names_type = schema.to_string().contains("contentMediaType");
        let is_lost = names_type && files > 0 && content_type.is_empty();
        assert_eq!(is_noted, is_lost, "{schema}");
    }
}

#[test]
fn common_mistakes_are_corrected() {
    let root = json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": 1.5},
        "security": [],
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
    assert_eq!(lowered.model.version, "1.5");
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
