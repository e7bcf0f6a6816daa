//! Where a client sends its requests.

use serde_json::{Value, json};

use super::*;

#[test]
fn the_base_url_is_that_of_the_document_or_of_all_operations() {
    let servers = |urls: &[&str]| {
        let server = |url: &&str| json!({"url": url, "variables": {"region": {"default": "eu"}}});
        Value::Array(urls.iter().map(server).collect())
    };
    let elsewhere = |at: &str, what: &str| {
        Err(format!(
            "api.yaml: /paths/~1a/get{at}: an operation that is served at {what}; take these \
             `servers` out through the overlay where it is served there, too; else leave the \
             operation out, and make another client for it"
        ))
    };
    let base = |url: &str| Ok(Some(url.to_owned()));
    for (root, item, operation, expected) in [
        (
            &["https://{region}.example/"][..],
            &[][..],
            &[][..],
            base("https://eu.example"),
        ),
        (&["https://{unknown}.example"], &[], &[], Ok(None)),
        (&[], &[], &[], Ok(None)),
        (
            &["/relative"],
            &[],
            &["https://b.example"],
            base("https://b.example"),
        ),
        (
            &["https://a.example"],
            &["https://a.example/"],
            &[],
            base("https://a.example"),
        ),
        // One of them is the client's.
        (
            &["https://a.example"],
            &["https://b.example"],
            &["https://c.example", "https://a.example"],
            base("https://a.example"),
        ),
        (
            &["https://a.example"],
            &["https://b.example"],
            &["https://{region}.example"],
            elsewhere(
                "/servers",
                "https://eu.example, where the client's base URL is https://a.example",
            ),
        ),
        (
            &["https://a.example"],
            &["/v2"],
            &[],
            elsewhere("", "/v2, where the client's base URL is https://a.example"),
        ),
        (
            &[],
            &[],
            &["/v2"],
            elsewhere("/servers", "/v2, where others are not"),
        ),
    ] {
        let mut document = document(json!({}), json!({}));
        document["servers"] = servers(root);
        let path = &mut document["paths"]["/a"];
        path["servers"] = servers(item);
        path["get"]["servers"] = servers(operation);
        let found = lower_value(&document).map(|lowered| {
            assert_eq!(lowered.report.iter().count(), 0);
            lowered.model.server
        });
        assert_eq!(found, expected, "{root:?} {item:?} {operation:?}");
    }
}

#[test]
fn operations_of_different_servers_are_refused_each() {
    let mut root = document(json!({}), json!({}));
    root["paths"]["/b"] = json!({
        "servers": [{"url": "https://b.example"}],
        "get": {"operationId": "get-b", "responses": {"204": {"description": ""}}},
        "put": {"operationId": "put-b", "responses": {"204": {"description": ""}}},
    });
    let text = root.to_string();
    let name = "api.yaml";
    let lowered = lower_partial(load(&Text { name, text: &text }).unwrap());
    let refused: Vec<&str> = lowered
        .refused
        .iter()
        .map(|one| one.pointer.as_str())
        .collect();
    assert_eq!(refused, ["/paths/~1b/get", "/paths/~1b/put"]);
    let ids: Vec<&str> = lowered
        .model
        .operations
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    assert_eq!(ids, ["get-a"]);
}
