//! Makes a document with a given text in every place that may contain one.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A document and its texts.
pub(crate) struct Hostile {
    pub(crate) document: Value,
    /// The texts, by the names of their places.
    pub(crate) texts: BTreeMap<&'static str, String>,
}

/// The places of names that the generator may refuse because of their form. Each is tried
/// alone.
pub(crate) const REFUSABLE: [&str; 9] = [
    "path",
    "component",
    "header",
    "header enum",
    "media type",
    "response media type",
    "server",
    "operation",
    "cookie",
];

/// The places of texts that the client sends or compares with: its code must contain them
/// unchanged.
pub(crate) const SENT: [&str; 11] = [
    "version",
    "enum",
    "request enum",
    "const",
    "property",
    "query",
    "query enum",
    "part",
    "discriminator",
    "key",
    "operation",
];

/// The number of examples in the documentation of [`hostile`]: four operations and a webhook.
pub(crate) const EXAMPLES: usize = 5;

/// Returns the document with `text` in each place. The places of [`REFUSABLE`] have harmless
/// texts, except for `refusable`.
pub(crate) fn hostile(text: impl Fn(&str) -> String, refusable: Option<&str>) -> Hostile {
    let mut texts = BTreeMap::new();
    let mut at = |place: &'static str| {
        let usual = match place {
            "path" => Some("/pets/{id}"),
            "component" => Some("Pet"),
            "header" => Some("X-Pet"),
            "header enum" => Some("1.0"),
            "media type" | "response media type" => Some("application/vnd.pets+json"),
            "server" => Some("https://api.example"),
            "operation" => Some("get-pet"),
            "cookie" => Some("session"),
            _ => None,
        };
        let text = match usual {
            Some(usual) if refusable != Some(place) => usual.to_owned(),
            Some(usual) if place == "path" || place == "server" => {
                format!("{usual}/{}", text(place))
            }
            _ => text(place),
        };
        texts.insert(place, text.clone());
        text
    };
    let component = at("component");
    let reference = format!(
        "#/components/schemas/{}",
        component.replace('~', "~0").replace('/', "~1")
    );
    let pet = json!({
        "type": "object",
        "title": at("schema title"),
        "description": at("schema"),
        "externalDocs": {"description": at("schema docs"), "url": at("schema docs url")},
        "required": ["kind"],
        "properties": {
            at("property"): {"type": "string", "description": at("property description"),
                "default": at("default"), "example": at("example")},
            "kind": {"type": "string", "enum": [at("enum"), "other"], "deprecated": true,
                "description": at("deprecated")},
            "listed": {"oneOf": [
                {"const": at("const"), "title": at("value title"), "description": at("value")},
                {"const": "b", "deprecated": true, "description": at("deprecated value")},
            ]},
            "number": {"type": "integer", "enum": [1, 2],
                "x-enum-descriptions": [at("number"), at("other number")],
                "x-enum-varnames": ["One", "Two"]},
            "documented": {"type": "string", "enum": ["a", "b"],
                "x-enumNames": {"a": "First", "b": at("value name")},
                "x-enumDescriptions": {"a": at("value text"), "b": at("other value text")},
                "x-enumDeprecated": ["b", at("deprecated values")]},
            "format": {"type": "string", "format": at("format"), "pattern": at("pattern"),
                "$comment": at("comment"), "contentMediaType": at("content media type"),
                "contentEncoding": at("content encoding"), "xml": {"name": at("xml")},
                "examples": [at("examples")]},
            "exampled": {"type": "object", "properties": {"a": {"type": "string"}},
                "default": {"a": at("object default"), at("default property"): 1},
                "examples": [{"a": at("object example"), at("example property"): 1}]},
            "union": {"oneOf": [
                {"type": "object", "description": at("branch"), "title": at("branch title"),
                    "required": ["a"], "properties": {"a": {"type": "string"}}},
                {"type": "string", "description": at("other branch")},
            ]},
            "merged": {"allOf": [
                {"$ref": "#/components/schemas/Base"},
                {"description": at("conjunct"), "properties": {"b": {"type": "string",
                    "description": at("conjunct property")}}},
            ]},
            "nullable": {"type": ["string", "null"], "description": at("nullable")},
            "described": {"$ref": "#/components/schemas/Base", "description": at("reference")},
        },
        "additionalProperties": {"type": "string", "description": at("others")},
        at("extension"): at("extension value"),
    });
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": at("title"), "version": at("version"), "summary": at("info summary"),
            "description": at("info"), "termsOfService": at("terms"),
            "contact": {"name": at("contact"), "url": at("contact url")},
            "license": {"name": at("license"), "identifier": at("license id")},
        },
        "externalDocs": {"description": at("docs"), "url": at("docs url")},
        "servers": [{"url": at("server"), "description": at("server description"),
            "variables": {at("variable"): {"default": at("variable default"),
                "enum": [at("variable enum")], "description": at("variable description")}}}],
        "tags": [{"name": at("tag"), "description": at("tag description"),
            "externalDocs": {"description": at("tag docs"), "url": at("tag docs url")}}],
        "paths": {
            at("path"): {
                "summary": at("path summary"), "description": at("path description"),
                "get": {
                    "operationId": at("operation"),
                    "summary": at("summary"),
                    "description": at("operation description"),
                    "tags": [at("operation tag")],
                    "externalDocs": {"description": at("operation docs"),
                        "url": at("operation docs url")},
                    "deprecated": true,
                    "security": [{at("scheme"): []}, {at("oauth scheme"): [at("scope")]},
                        {at("openid scheme"): []}],
                    "parameters": [
                        {"name": "id", "in": "path", "required": true, "schema": {"type": "string"},
                            "description": at("path parameter")},
                        {"name": at("query"), "in": "query", "schema": {"type": "string"},
                            "description": at("query description"), "deprecated": true,
                            "example": at("query example")},
                        {"name": "kind", "in": "query", "description": at("kind"),
                            "schema": {"type": "string", "enum": [at("query enum"), "other"],
                                "description": at("kind schema"), "default": "other",
                                "x-enum-descriptions": [at("kind value"), at("other kind")]},
                            "examples": {at("query example name"): {"value": "other",
                                "summary": at("query example summary"),
                                "description": at("query example description")}}},
                        {"name": at("header"), "in": "header", "schema": {"type": "string"},
                            "description": at("header description")},
                        {"name": "API-Version", "in": "header", "required": true,
                            "schema": {"type": "string", "enum": [at("header enum")]}},
                        {"name": at("cookie"), "in": "cookie", "schema": {"type": "string"},
                            "description": at("cookie description")},
                    ],
                    "responses": {
                        "200": {
                            "description": at("response"),
                            "headers": {at("response header"): {
                                "description": at("response header description"),
                                "schema": {"type": "string", "description": at("header schema")}}},
                            "links": {at("link"): {"operationId": at("link target"),
                                "description": at("link description"),
                                "parameters": {at("link parameter"): at("link value")}}},
                            "content": {at("response media type"): {"schema": {"$ref": reference},
                                "examples": {at("example name"): {"value": {"kind": "other"},
                                    "summary": at("example summary")}}}},
                        },
                        "4XX": {"description": at("refusal"), "content": {"application/json": {
                            "schema": {"type": "object", "description": at("refusal schema"),
                                "properties": {"a": {"enum": [at("refusal enum")]}}},
                            "example": {"a": at("refusal example")}}}},
                        "202": {"description": at("other response"), "content": {
                            "application/json": {"schema": {"type": "object",
                                "description": at("inline"), "properties": {"a": {}}}}}},
                    },
                },
                "parameters": [],
            },
            "/post": {"post": {
                "operationId": "post",
                "summary": at("other summary"),
                "security": [{"key": []}],
                "requestBody": {"required": true, "description": at("body"), "content": {
                    at("media type"): {"schema": {
                        "type": "object", "description": at("request"),
                        "properties": {"e": {"type": "string", "enum": [at("request enum")]}},
                    }},
                }},
                "callbacks": {at("callback"): {at("callback path"): {"post": {
                    "summary": at("callback summary"), "description": at("callback text"),
                    "responses": {"204": {"description": at("callback response")}}}}}},
                "responses": {"204": {"description": at("nothing")}},
            }},
            "/form": {"post": {
                "operationId": "form",
                "requestBody": {"content": {"multipart/form-data": {
                    "schema": {"type": "object", "description": at("form"), "properties": {
                        at("part"): {"type": "string", "format": "binary",
                            "description": at("part description")},
                        "b": {"type": "string", "enum": [at("part enum")]}}},
                    "encoding": {at("part"): {"headers": {at("part header"): {
                        "description": at("part header description"), "schema": {}}}}},
                    "examples": {at("form example"): {"summary": at("form example summary"),
                        "value": {at("form example property"): at("form example value")}}},
                }}},
                "responses": {"200": {"$ref": "#/components/responses/Form",
                    "summary": at("response reference"),
                    "description": at("response reference description")}},
            }},
            "/tagged": {"get": {
                "operationId": "tagged",
                "responses": {"200": {"description": "", "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Tagged"}}}}},
            }},
        },
        "webhooks": {at("webhook"): {"post": {
            "summary": at("webhook summary"), "description": at("webhook description"),
            "requestBody": {"description": at("webhook body"), "content": {"application/json": {
                "schema": {"type": "object", "description": at("webhook schema")}}}},
            "responses": {"204": {"description": at("webhook response")}}}}},
        at("root extension"): at("root extension value"),
        "components": {
            "responses": {"Form": {"description": at("component response"), "content": {
                "application/json": {"schema": {"type": "string"}}}}},
            "schemas": {
                component: pet,
                "Base": {"type": "object", "description": at("base"), "properties": {
                    "b": {"type": "string", "description": at("base property")}}},
                "Cat": {"type": "object", "required": ["t"], "properties": {"t": {"type": "string"}}},
                "Dog": {"type": "object", "required": ["t"], "properties": {"t": {"type": "string"}}},
                "Tagged": {
                    "description": at("tagged"),
                    "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
                    "discriminator": {"propertyName": "t", "mapping": {
                        at("discriminator"): "#/components/schemas/Cat",
                        "dog": "#/components/schemas/Dog",
                    }},
                },
            },
            "securitySchemes": {
                at("scheme"): {"type": "http", "scheme": "digest", "description": at("scheme text")},
                at("oauth scheme"): {"type": "oauth2", "description": at("oauth"), "flows": {"clientCredentials": {
                    "tokenUrl": at("token url"), "scopes": {at("scope"): at("scope description")}}}},
                at("openid scheme"): {"type": "openIdConnect", "openIdConnectUrl": at("openid url"),
                    "description": at("openid")},
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": at("bearer format"),
                    "description": at("bearer")},
                "key": {"type": "apiKey", "in": "query", "name": at("key")},
            },
        },
    });
    Hostile { document, texts }
}
