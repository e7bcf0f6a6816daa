//! The pipeline as a whole, on documents that some stage refuses.

use crate::{Inputs, Text, generate};

/// A document of which two operations can be generated, and two cannot.
const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /first:
    get:
      operationId: first
      responses: {'200': {description: '', content: {application/json: {example: 1}}}}
  /cookie:
    get:
      operationId: cookie
      parameters: [{name: c, in: cookie, style: deepObject, schema: {type: object}}]
      responses: {'204': {description: ''}}
  /files:
    post:
      operationId: upload
      requestBody: {content: {application/xml: {schema: {type: object}}}}
      responses: {'204': {description: ''}}
    get:
      operationId: last
      responses: {'200': {description: '', content: {application/json: {example: 2}}}}
";

fn inputs(keep_going: bool) -> Inputs<'static> {
    Inputs {
        keep_going,
        crate_name: "api",
        ..Inputs::of_document(Text {
            name: "api.yaml",
            text: DOCUMENT,
        })
    }
}

const REFUSED: [&str; 2] = [
    "api.yaml: /paths/~1cookie/get/parameters/0: a client cannot be made for a parameter of this \
     `style`; rewrite it, or leave the operation out, through the overlay",
    "api.yaml: /paths/~1files/post/requestBody/content/application~1xml: a request body of this \
     schema cannot be sent as application/xml; describe it as a string, which its caller writes, \
     or leave the operation out, through the overlay",
];

#[test]
fn all_that_cannot_be_generated_is_said_at_once() {
    let problems = generate(&inputs(false)).unwrap_err();
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(lines, REFUSED);
}

#[test]
fn an_operation_that_is_refused_need_not_take_the_others_with_it() {
    let generated = generate(&inputs(true)).unwrap();
    let refused: Vec<String> = generated.refused.iter().map(ToString::to_string).collect();
    assert_eq!(refused, REFUSED);
    let client = &generated.client["client.rs"];
    for (method, is_there) in [
        ("first", true),
        ("cookie", false),
        ("upload", false),
        ("last", true),
    ] {
        assert_eq!(
            client.contains(&format!("pub fn {method}(")),
            is_there,
            "{method}"
        );
    }
    let tests = &generated.tests["examples.rs"];
    assert!(tests.contains("fn last_response_1()"), "{tests}");
}
