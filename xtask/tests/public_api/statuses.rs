//! A success without a body is a success, although the document describes a body.

mod client;

use crate::testing::{FakeTransport, Reply};
use crate::{Client, Exposed};

fn client_of(operation: &str, status: u16, body: &str) -> Client {
    let reply = Reply::bytes(body.to_owned()).status(status);
    client::client_of(&FakeTransport::new().on(operation, reply), 0)
}

/// Checks the values for a reply without a body, and for a reply with `$body`.
macro_rules! check {
    ($call:ident, $operation:literal, [$($status:literal),*], $($body:literal => $value:expr)?) => {{
        $(
            let result = client_of($operation, $status, "").$call().send().await;
            let result = result.map(|response| response.status().as_u16());
            assert_eq!(result.map_err(|error| error.to_string()), Ok($status));
        )*
        $(
            let read = client_of($operation, 200, $body).$call().await.unwrap();
            let written = serde_json::to_string(&Exposed(&read)).unwrap();
            assert_eq!(written, $value);
        )?
    }};
}

#[tokio::test]
async fn a_range_includes_successes_without_a_body() {
    check!(get_range, "get-range", [204, 205], "{\"n\": 1}" => "{\"n\":1}");
    check!(put_range, "put-range", [204, 205], "7" => "7");
    check!(post_range, "post-range", [204, 205], "[7]" => "[7]");
    check!(patch_range, "patch-range", [200, 204, 205], "text" => "\"text\"");
}

#[tokio::test]
async fn a_default_includes_successes_without_a_body() {
    check!(get_default, "get-default", [204, 205], "{\"n\": 1}" => "{\"n\":1}");
    check!(put_default, "put-default", [204, 205], "\"a\"" => "\"a\"");
    check!(get_several, "get-several", [204, 205],);
}

#[tokio::test]
async fn some_statuses_never_have_a_body() {
    check!(delete_204, "delete-204", [204],);
    check!(post_205, "post-205", [205],);
    check!(put_200, "put-200", [204],);
}

#[tokio::test]
async fn a_response_to_head_has_no_body() {
    check!(head_200, "head-200", [200],);
    check!(head_range, "head-range", [200, 204],);
    check!(head_default, "head-default", [200, 204],);
}
