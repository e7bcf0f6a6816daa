//! Lowered documents are valid OpenAPI 3.0.3 according to the schema that the OpenAPI
//! Initiative publishes as <https://spec.openapis.org/oas/3.0/schema/2021-09-28> (Apache
//! License 2.0). `data/` contains an unchanged copy.

use std::sync::LazyLock;

use finch_gen::{Inputs, Lowered, Text};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{Json, check, mutations, random, runner, tables};

static OFFICIAL: LazyLock<Validator> = LazyLock::new(|| {
    let schema = include_str!("data/openapi-3.0-2021-09-28.json");
    let schema = serde_json::from_str(schema).unwrap();
    jsonschema::draft4::new(&schema).unwrap()
});

/// Lowers `document` without the parts that are refused. Returns `None` if nothing is left.
fn lower(document: &Value) -> Option<Lowered> {
    let text = document.to_string();
    let name = "api.json";
    let inputs = Inputs {
        keep_going: true,
        ..Inputs::of_document(Text { name, text: &text })
    };
    finch_gen::lower_inputs(&inputs).ok()
}

/// Returns the errors that the official schema finds in `lowered`.
fn errors(lowered: &Lowered) -> Vec<String> {
    let errors = OFFICIAL.iter_errors(lowered.document.root());
    let errors = errors.map(|error| {
        let text: String = error.to_string().chars().take(500).collect();
        format!("{}: {text}", error.instance_path())
    });
    errors.collect()
}

#[test]
fn tables_are_lowered_to_3_0() {
    for table in [tables::unions_with_null(), tables::unions_with_tags()] {
        let lowered = lower(&table.document(&table.values)).unwrap();
        assert_eq!(errors(&lowered), <[String; 0]>::default());
    }
}

#[test]
fn changed_documents_are_lowered_to_3_0() {
    let count = std::cell::Cell::new(0);
    check(runner(300), &mutations::mutated(), |document| {
        if let Some(lowered) = lower(&document) {
            let errors = errors(&lowered);
            prop_assert!(errors.is_empty(), "{errors:#?}");
            count.set(count.get() + 1);
        }
        Ok(())
    });
    assert!(count.get() > 100, "{}", count.get());
}

#[test]
fn random_documents_are_lowered_to_3_0() {
    check(
        runner(80),
        &random::documents().prop_map(Json),
        |Json(document)| {
            let errors = errors(&lower(&document).unwrap());
            prop_assert!(errors.is_empty(), "{errors:#?}");
            Ok(())
        },
    );
}

#[test]
fn features_that_3_0_lacks_are_dropped_and_reported() {
    const OPERATION: &str = "/paths/~1a/get";
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1", "license": {"url": "https://example.com"}},
        "servers": [{"url": "https://example.com"}, {"description": "D."}],
        "tags": [
            {"name": "t", "description": {"$ref": "./t.md"}, "externalDocs": {"url": "https://example.com", "description": null}},
            {"name": "u", "kind": "nav"},
        ],
        "paths": {"/a": {
            "query": {"responses": {"200": {"description": ""}}},
            "get": {
                "operationId": "get-a",
                "tags": ["t", 1],
                "parameters": [{"name": "p", "in": "query", "schema": {"type": "string"}, "example": "a", "examples": {"b": {"value": "b"}}}],
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {"application/jsonl": {"itemSchema": {"$ref": "#/components/schemas/A"}}},
                    },
                },
            },
        }},
        "components": {
            "groups": {"g": {"a": 1}},
            "schemas": {"A": {
                "type": "object",
                "required": ["id", "id"],
                "minProperties": 1.0,
                "maxProperties": -1,
                "properties": {"id": {"type": "string", "maxLength": 2.0}},
            }},
            "securitySchemes": {
                "key": {"type": "apiKey", "name": "k", "in": "header", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic", "bearerFormat": "JWT"},
                "flow": {"type": "oauth2", "flows": {"implicit": {"scopes": {}}, "device": {}}},
            },
        },
    });
    let lowered = lower(&document).unwrap();
    assert_eq!(errors(&lowered), <[String; 0]>::default());
    let root = lowered.document.root();
    let schema = &root["components"]["schemas"]["A"];
    assert_eq!(schema["required"], json!(["id"]));
    assert_eq!(schema["minProperties"].to_string(), "1");
    assert_eq!(schema["properties"]["id"]["maxLength"].to_string(), "2");
    let dropped = lowered.report.iter().filter(|note| note.code == "not-3-0");
    let dropped: Vec<&str> = dropped.map(|note| note.pointer.as_str()).collect();
    for at in [
        "/info/license",
        "/servers/1",
        "/tags/0/externalDocs/description",
        "/tags/1/kind",
        "/paths/~1a/query",
        &format!("{OPERATION}/tags/1"),
        &format!("{OPERATION}/parameters/0/example"),
        &format!("{OPERATION}/responses/200/content/application~1jsonl/itemSchema"),
        "/components/groups",
        "/components/schemas/A/required",
        "/components/schemas/A/maxProperties",
        "/components/securitySchemes/key/scheme",
        "/components/securitySchemes/basic/bearerFormat",
        "/components/securitySchemes/flow/flows/implicit",
        "/components/securitySchemes/flow/flows/device",
    ] {
        assert!(dropped.contains(&at), "{at}\n{dropped:#?}");
    }
}
