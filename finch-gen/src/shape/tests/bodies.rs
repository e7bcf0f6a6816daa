//! Tests how bodies are shaped: media types, success responses, and requests without a body.

use serde_json::{Value, json};

use super::*;
use crate::wire_format::{Decoding, Encoding};

#[test]
fn one_success_is_kept_and_all_are_recorded() {
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
    let kinds = successes.iter().map(|kind| {
        let component = kind
            .body
            .as_ref()
            .and_then(|body| body.component.as_deref());
        (kind.status.as_str(), component)
    });
    let expected = [
        ("200", Some("GetAResponse")),
        ("202", Some("Accepted")),
        ("204", None),
    ];
    assert_eq!(kinds.collect::<Vec<_>>(), expected);
}

#[test]
fn equal_success_bodies_share_a_type() {
    let body = json_body(json!({"$ref": "#/components/schemas/A"}));
    let (operation, _, successes, _) = check(
        json!({"responses": {"200": body, "201": body}}),
        json!({"A": {"type": "object"}}),
    );
    assert_eq!(operation["responses"].as_object().unwrap().len(), 2);
    assert!(
        successes
            .iter()
            .flat_map(|kind| &kind.body)
            .all(|body| body.component.is_none())
    );
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
        (vec!["image/*", "image/png"], "image/png"),
        (vec!["application/*+json", "text/json"], "text/json"),
        (vec!["application/*+json", "text/plain"], "application/json"),
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
        assert_eq!(
            shaped.0.model.operations[0]
                .request_body
                .as_ref()
                .unwrap()
                .media_type,
            best
        );
        let lost = media_types.iter().filter(|name| {
            **name != best && (**name != "application/*+json" || best == "text/json")
        });
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
fn unsupported_encodings_are_reported() {
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
fn structured_body_of_any_media_type_is_json() {
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
        let request = shaped.model.operations[0].request_body.as_ref().unwrap();
        assert_eq!(
            request.media_type == "application/json",
            is_json,
            "{schema}"
        );
        let response = shaped.model.operations[0].successes[0]
            .body
            .as_ref()
            .unwrap();
        assert_eq!(response.decoding == Decoding::Json, is_json, "{schema}");
        let is_text = response.decoding == Decoding::Text;
        assert_eq!(is_text, schema == json!({"type": "string"}), "{schema}");
    }
}

#[test]
fn multipart_files_are_found_at_any_depth() {
    let bin = json!({"type": "string", "format": "binary"});
    let doc = json!({"type": "object", "properties": {"f": bin}});
    let upload = json!({"anyOf": [bin, {"type": "integer"}]});
    let tree = json!({"type": "object", "properties": {"f": bin, "next": reference("Tree")}});
    let hen = json!({"type": "object", "properties": {"f": bin, "egg": reference("Egg")}});
    let egg = json!({"type": "object", "properties": {"f": bin, "hen": reference("Hen")}});
    let object = |of: Value| json!({"type": "object", "properties": {"a": of}});
    let map = |of: Value| json!({"type": "object", "additionalProperties": of});
    let array = |of: Value| json!({"type": "array", "items": of});
    let union = |keyword: &str, other: Value| json!({keyword: [bin, other]});
    for (schema, files, is_nested) in [
        (object(bin.clone()), 1, false),
        (object(reference("Bin")), 1, false),
        (object(array(bin.clone())), 1, false),
        (object(array(array(reference("Bin")))), 1, false),
        (object(union("anyOf", array(bin.clone()))), 2, false),
        (object(union("oneOf", json!({"type": "string"}))), 1, false),
        (
            object(union("anyOf", json!({"type": "string", "format": "uri"}))),
            1,
            false,
        ),
        (object(union("anyOf", only_null())), 1, false),
        (
            object(json!({"allOf": [reference("Bin")], "description": "D."})),
            1,
            false,
        ),
        (object(reference("Upload")), 1, false),
        (object(array(reference("Upload"))), 1, false),
        (map(bin.clone()), 1, false),
        (map(array(reference("Bin"))), 1, false),
        (map(reference("Upload")), 1, false),
        (reference("Doc"), 1, false),
        (
            json!({"allOf": [reference("Doc"), object(bin.clone())]}),
            2,
            false,
        ),
        (object(map(bin.clone())), 1, true),
        (object(reference("Doc")), 1, true),
        (object(array(reference("Doc"))), 1, true),
        (reference("Tree"), 1, true),
        (reference("ToTree"), 1, true),
        (reference("Egg"), 2, true),
        (
            object(json!({"type": "string", "format": "byte"})),
            0,
            false,
        ),
        (object(json!({"type": "string"})), 0, false),
    ] {
        // Responses are JSON, which cannot contain files.
        for is_shared in [false, true] {
            let mut operation = json!({
                "requestBody": {"content": {"multipart/form-data": {"schema": schema}}},
            });
            if is_shared {
                operation["responses"] = json!({"200": json_body(schema.clone())});
            }
            let components = json!({
                "Bin": bin, "Doc": doc, "Upload": upload, "Tree": tree, "ToTree": reference("Tree"),
                "Hen": hen, "Egg": egg,
            });
            let bins = components.to_string().matches("binary").count();
            let (shaped, report) = shaped(operation, components);
            let text = shaped.document.root.to_string();
            let found = text.matches(request_bodies::FILE).count();
            assert_eq!(found, files, "{schema} {is_shared} {text}");
            let request = shaped.model.operations[0].request_body.as_ref();
            let Encoding::Multipart { has_files, .. } = request.unwrap().encoding else {
                panic!("{request:?}");
            };
            assert_eq!(has_files, files > 0, "{schema}");
            let noted = report.iter().filter(|note| note.code == "nested-files");
            let is_recursive = schema
                .text("$ref")
                .is_some_and(|name| !name.ends_with("/Doc"));
            let cut = usize::from(is_recursive && is_shared);
            assert_eq!(noted.count(), usize::from(is_nested) + cut, "{schema}");
            // Without another user, each component keeps its files and its name.
            let is_kept = text.matches(r#""format":"binary""#).count() == bins - files;
            assert!(!is_recursive || is_shared || is_kept, "{schema} {text}");
        }
    }
}

#[test]
fn form_with_a_string_schema_is_raw() {
    let form = json!({"application/x-www-form-urlencoded": {"schema": {"type": "string"}}});
    let (shaped, _) = shaped(json!({"requestBody": {"content": form}}), json!({}));
    assert_eq!(
        shaped.model.operations[0]
            .request_body
            .as_ref()
            .unwrap()
            .encoding,
        Encoding::Raw
    );
}

#[test]
fn optional_body_is_not_nullable() {
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
fn a_range_of_successes_allows_no_body() {
    let range = json_body(json!({"type": "integer"}));
    let none = json!({"description": ""});
    let text =
        json!({"description": "", "content": {"text/plain": {"schema": {"type": "string"}}}});
    let nullable = json!({"anyOf": [{"type": "integer"}, only_null()]});
    for (responses, statuses, schema) in [
        (json!({"2XX": range}), &["2XX"][..], &nullable),
        (json!({"default": range}), &["2XX"], &nullable),
        (json!({"2XX": text}), &["2XX"], &json!({"type": "string"})),
        (
            json!({"2XX": range, "204": none}),
            &["204", "2XX"],
            &json!({"type": "integer"}),
        ),
        (
            json!({"2XX": range, "200": text}),
            &["200", "204", "2XX"],
            &json!({"type": "string"}),
        ),
    ] {
        let (operation, _, successes, _) = check(json!({"responses": responses}), json!({}));
        let found: Vec<&str> = successes.iter().map(|of| of.status.as_str()).collect();
        assert_eq!(found, statuses, "{responses}");
        let (_, kept) = operation["responses"]
            .as_object()
            .unwrap()
            .iter()
            .next()
            .unwrap();
        assert_eq!(
            kept["content"]["application/json"]["schema"], *schema,
            "{responses}"
        );
    }
}

#[test]
fn a_note_about_a_response_is_at_its_place_in_the_document() {
    let text = json!({"schema": {"type": "string"}});
    for key in ["200", "2XX", "2xx", "default"] {
        let content = json!({"application/json": text, "text/plain": text, "a/b": {}});
        let response = json!({"description": "", "content": content});
        let (_, report) = shaped(json!({"responses": {key: response}}), json!({}));
        let notes = report.iter().filter(|note| note.code == "media-types");
        let places: Vec<&str> = notes.map(|note| note.pointer.as_str()).collect();
        let content = format!("/paths/~1a/get/responses/{key}/content");
        let expected = ["text~1plain", "a~1b"].map(|of| format!("{content}/{of}"));
        assert_eq!(places, expected);
    }
}
