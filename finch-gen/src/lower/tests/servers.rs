//! Tests which URL a client sends its requests to.

use serde_json::{Value, json};

use super::*;

#[test]
fn base_url_is_shared_by_the_document_or_all_operations() {
    let servers = |urls: &[&str]| {
        let server = |url: &&str| json!({"url": url, "variables": {"region": {"default": "eu"}}});
        Value::Array(urls.iter().map(server).collect())
    };
    let refused = |at: &str, url: &str| {
        Err(format!(
            "api.yaml: /paths/~1a/get{at}: the server {url:?} of the operation is not an absolute \
             URL; correct it, or remove the operation, through the overlay"
        ))
    };
    let base = |url: &str| Ok((Some(url.to_owned()), None));
    let own = |base: &str, url: &str| Ok((Some(base.to_owned()), Some(url.to_owned())));
    for (root, item, operation, expected) in [
        (
            &["https://{region}.example/"][..],
            &[][..],
            &[][..],
            base("https://eu.example"),
        ),
        (&["https://{unknown}.example"], &[], &[], Ok((None, None))),
        (&[], &[], &[], Ok((None, None))),
        (
            &["https://a.example/v1"],
            &[],
            &["../v1/"],
            base("https://a.example/v1"),
        ),
        (
            &["https://a.example"],
            &[],
            &["https://{unknown}.example"],
            refused("/servers", "https://{unknown}.example"),
        ),
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
        // One of them is the base URL.
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
            own("https://a.example", "https://eu.example"),
        ),
        (
            &["https://a.example"],
            &["/v2"],
            &[],
            own("https://a.example", "https://a.example/v2"),
        ),
        (
            &["https://a.example/v1"],
            &["/"],
            &[],
            own("https://a.example/v1", "https://a.example"),
        ),
        (
            &["https://a.example/v1"],
            &[],
            &["/v1/"],
            base("https://a.example/v1"),
        ),
        (
            &["https://a.example/v1"],
            &[],
            &["https://A.example:443/v1"],
            base("https://a.example/v1"),
        ),
        // The host of the document serves them, too.
        (&["/v1"], &[], &["/v1"], Ok((None, None))),
        (&[], &["/"], &[], Ok((None, None))),
        (&["/v1"], &[], &["/"], refused("/servers", "/")),
        (&[], &[], &["/v2"], refused("/servers", "/v2")),
    ] {
        let mut document = document(json!({}), json!({}));
        document["servers"] = servers(root);
        let path = &mut document["paths"]["/a"];
        path["servers"] = servers(item);
        path["get"]["servers"] = servers(operation);
        let found = lower_value(&document).map(|lowered| {
            assert_eq!(lowered.report.iter().count(), 0);
            let operation = lowered.model.operations.into_iter().next().unwrap();
            (lowered.model.server, operation.server)
        });
        assert_eq!(found, expected, "{root:?} {item:?} {operation:?}");
    }
}

#[test]
fn without_a_base_url_each_operation_has_its_own_server() {
    let mut root = document(json!({}), json!({}));
    root["paths"]["/b"] = json!({
        "servers": [{"url": "https://b.example"}],
        "get": {"operationId": "get-b", "responses": {"204": {"description": ""}}},
    });
    let lowered = lower_value(&root).unwrap();
    let operations = lowered.model.operations.iter();
    let servers: Vec<Option<&str>> = operations.map(|one| one.server.as_deref()).collect();
    assert_eq!(servers, [None, Some("https://b.example")]);
    assert_eq!(lowered.model.server, None);
}
