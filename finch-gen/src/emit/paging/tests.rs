//! Tests each form of the extensions, and the lists and inputs that they lead to.

use crate::client_tree::ClientTree;
use crate::polish::tests::client;

/// The client for an operation with this extension. The document has the extension `shared`.
fn operation(extension: &str, shared: &str) -> ClientTree {
    let text = format!(
            "
openapi: 3.1.0
info: {{title: T, version: '1'}}
x-fern-pagination: {shared}
paths:
  /a/{{part}}:
    parameters: [{{$ref: '#/components/parameters/Page'}}]
    post:
      operationId: post-a
      parameters:
      - {{name: part, in: path, required: true, schema: {{type: integer}}}}
      - {{name: from, in: query, schema: {{$ref: '#/components/schemas/From'}}}}
      - {{name: size, in: query, schema: {{type: integer, default: 20, maximum: 50}}}}
      - {{name: X-After, in: header, schema: {{type: string}}}}
      - {{name: crumb, in: cookie, schema: {{type: string}}}}
      - {{name: as-json, in: query, content: {{application/json: {{schema: {{type: integer}}}}}}}}
      requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Query'}}}}}}}}
      responses:
        '200': {{description: '', content: {{application/json: {{schema: {{$ref: '#/components/schemas/A'}}}}}}}}
      {extension}
components:
  parameters: {{Page: {{name: page, in: query, schema: {{type: integer, minimum: 0}}}}}}
  schemas:
    From: {{type: integer, default: 5}}
    Query:
      allOf:
      - properties: {{index: {{type: integer, minimum: 0}}, count: {{type: integer, maximum: 30}}}}
      - type: object
        properties: {{q: {{type: object, properties: {{after: {{type: [number, 'null']}}, at: {{type: string}}, skip: {{type: integer, minimum: 1}}}}}}}}
    A:
      type: object
      required: [must]
      properties:
        must: {{type: array, items: {{type: string}}}}
        may: {{type: [array, 'null'], items: {{$ref: '#/components/schemas/B'}}}}
        alias: {{$ref: '#/components/schemas/Bs'}}
        type: {{$ref: '#/components/schemas/B'}}
        next: {{type: [string, 'null']}}
        open: {{}}
        map: {{type: object, additionalProperties: {{type: integer}}}}
        either: {{oneOf: [{{$ref: '#/components/schemas/B'}}, {{type: string}}]}}
    Bs: {{type: array, items: {{$ref: '#/components/schemas/B'}}}}
    B: {{type: object, required: [b c], properties: {{b c: {{type: array, items: {{type: array, items: {{type: integer}}}}}}, inner: {{$ref: '#/components/schemas/B'}}}}}}
"
        );
    let inputs = crate::Inputs::of_document(crate::Text {
        name: "api.yaml",
        text: &text,
    });
    crate::client_tree(&inputs).unwrap()
}

/// The description of the pages, and the type of an item with the code of the list.
fn found(tree: &ClientTree) -> (String, String) {
    let text = |tokens: &dyn quote::ToTokens| {
        let text = tokens.to_token_stream().to_string().replace(' ', "");
        text.replace("crate::runtime::", "")
            .replace("::std::vec::", "")
    };
    let paging = tree.calls[0].paging.as_ref();
    let list = paging.and_then(|paging| paging.list.as_ref());
    let list = list.map(|list| format!("{}: {}", text(&list.item), text(&list.value)));
    (
        paging.map_or(String::new(), |paging| text(&paging.constant)),
        list.unwrap_or_default().replace("::string::", ""),
    )
}

fn notes(tree: &ClientTree) -> Vec<String> {
    let notes = tree.report().iter();
    let notes = notes.filter(|note| note.code == "pagination");
    let text = |note: &crate::Note| format!("{}: {}", note.pointer, note.what);
    let notes = notes.map(text);
    let notes = notes.map(|note| note.replace("/paths/~1a~1{part}/post/x-", "x-"));
    notes.collect()
}

#[test]
fn each_form_of_the_extensions_is_read() {
    for (extension, paging, list) in [
        // Speakeasy.
        (
            "x-speakeasy-pagination: {type: offsetLimit, inputs: [{name: from, in: parameters, \
                 type: offset}, {name: size, in: parameters, type: limit}], outputs: {results: \
                 $.must, total: $.open.total}}",
            "Paging::offset(PageInput::Parameter(Parameter::query(\"from\")),5)\
                 .limit(PageInput::Parameter(Parameter::query(\"size\")),Some(50))\
                 .total(\"/open/total\").list(\"/must\")",
            "::stdString: Some(value.must)",
        ),
        (
            "x-speakeasy-pagination: {type: offsetLimit, inputs: [{name: page, in: query, \
                 type: page}], outputs: {results: $.may, numPages: '$[\"map\"].pages'}}",
            "Paging::number(PageInput::Parameter(Parameter::query(\"page\")),0)\
                 .page_count(\"/map/pages\").list(\"/may\")",
            "types::B: value.may",
        ),
        (
            "x-speakeasy-pagination: {type: offsetLimit, inputs: [{name: part, in: path, \
                 type: page}], outputs: {numPages: $.open}}",
            "Paging::number(PageInput::Parameter(Parameter::path(\"part\")),1)\
                 .page_count(\"/open\")",
            "",
        ),
        (
            "x-speakeasy-pagination: {type: cursor, inputs: [{name: X-After, in: header, type: \
                 cursor}], outputs: {results: $.alias, nextCursor: '$.alias[-1].inner'}}",
            "Paging::cursor(PageInput::Parameter(Parameter::header(\"X-After\")),\
                 \"/alias/-1/inner\").list(\"/alias\")",
            "types::B: Some(<Vec<types::B>>::from(value.alias?))",
        ),
        (
            "x-speakeasy-pagination: {type: url, outputs: {results: \
                 \"$.type.inner.inner['b c']\", nextUrl: $.next}}",
            "Paging::url(\"/next\").list(\"/type/inner/inner/bc\")",
            "Vec<i64>: Some(value.type_?.inner?.inner?.b_c)",
        ),
        // Fern.
        (
            "x-fern-pagination: {offset: $request.page, results: $response.must}",
            "Paging::number(PageInput::Parameter(Parameter::query(\"page\")),0)\
                 .list(\"/must\")",
            "::stdString: Some(value.must)",
        ),
        (
            "x-fern-pagination: {offset: $request.from, step: $request.size, results: \
                 $response.must, has-next-page: $response.open}",
            "Paging::offset(PageInput::Parameter(Parameter::query(\"from\")),5)\
                 .limit(PageInput::Parameter(Parameter::query(\"size\")),Some(50))\
                 .has_next(\"/open\").list(\"/must\")",
            "::stdString: Some(value.must)",
        ),
        (
            "x-fern-pagination: {cursor: $request.q.after, next_cursor: $response.next, \
                 results: $response.must}",
            "Paging::cursor(PageInput::Number(\"/q/after\"),\"/next\").list(\"/must\")",
            "::stdString: Some(value.must)",
        ),
        (
            "x-fern-pagination: {cursor: $request.q.at, next_cursor: $response.next, results: \
                 $response.must}",
            "Paging::cursor(PageInput::Text(\"/q/at\"),\"/next\").list(\"/must\")",
            "::stdString: Some(value.must)",
        ),
        (
            "x-fern-pagination: {next_uri: $response.next, results: $response.must}",
            "Paging::url(\"/next\").list(\"/must\")",
            "::stdString: Some(value.must)",
        ),
        (
            "x-fern-pagination: {next_path: $response.next, results: $response.must}",
            "Paging::path(\"/next\").list(\"/must\")",
            "::stdString: Some(value.must)",
        ),
        // The limits of a value in the body.
        (
            "x-speakeasy-pagination: {type: offsetLimit, inputs: [{name: index, in: \
                 requestBody, type: page}, {name: count, type: limit}], outputs: {results: $.must}}",
            "Paging::number(PageInput::Number(\"/index\"),0)\
                 .limit(PageInput::Number(\"/count\"),Some(30)).list(\"/must\")",
            "::stdString: Some(value.must)",
        ),
        (
            "x-fern-pagination: {offset: $request.q.skip, step: $request.size, results: \
                 $response.must}",
            "Paging::offset(PageInput::Number(\"/q/skip\"),1)\
                 .limit(PageInput::Parameter(Parameter::query(\"size\")),Some(50))\
                 .list(\"/must\")",
            "::stdString: Some(value.must)",
        ),
        // The extension of the document.
        (
            "x-fern-pagination: true",
            "Paging::path(\"/next\").list(\"/may\")",
            "types::B: value.may",
        ),
        ("x-fern-pagination: false", "", ""),
    ] {
        let shared = "{next_path: $response.next, results: $response.may}";
        let tree = operation(extension, shared);
        assert_eq!(notes(&tree), [""; 0], "{extension}");
        assert_eq!(
            found(&tree),
            (paging.to_owned(), list.to_owned()),
            "{extension}"
        );
    }
}

#[test]
fn an_extension_that_leads_nowhere_is_noted() {
    const END: &str = " → no `pages()`; correct the extension, or remove it, through the overlay";
    let cursor = |input: &str, outputs: &str| {
        format!("x-speakeasy-pagination: {{type: cursor, inputs: [{input}], outputs: {outputs}}}")
    };
    let known = "{name: from, in: parameters, type: cursor}";
    for (extension, at, what) in [
        (
            "x-speakeasy-pagination: 1".to_owned(),
            "",
            "an unknown `type`",
        ),
        (
            "x-speakeasy-pagination: {type: pages}".to_owned(),
            "",
            "an unknown `type`: it must be `offsetLimit`, `cursor` or `url`",
        ),
        (
            "x-speakeasy-pagination: {type: offsetLimit}".to_owned(),
            "",
            "no input of `type: page` or `type: offset`",
        ),
        (
            "x-speakeasy-pagination: {type: offsetLimit, inputs: [{name: page, type: page}]}"
                .to_owned(),
            "",
            "neither `results` nor `numPages`",
        ),
        (
            "x-speakeasy-pagination: {type: offsetLimit, inputs: [{name: from, type: offset}]}"
                .to_owned(),
            "",
            "no `results`",
        ),
        (
            "x-speakeasy-pagination: {type: offsetLimit, inputs: [{name: from, type: offset}, \
                 {name: page, type: page}]}"
                .to_owned(),
            "",
            "both a `page` and an `offset`",
        ),
        (
            "x-speakeasy-pagination: {type: url}".to_owned(),
            "",
            "no `nextUrl`",
        ),
        (cursor(known, "{}"), "/outputs", "no `nextCursor`"),
        (
            cursor("", "{nextCursor: $.next}"),
            "",
            "no input of `type: cursor`",
        ),
        (
            cursor("{type: cursor}", "{}"),
            "/inputs/0",
            "an input without `name`",
        ),
        (
            cursor("{name: 1, type: cursor}", "{}"),
            "/inputs/0/name",
            "a value that is not a string",
        ),
        (
            cursor("{name: from, type: next}", "{}"),
            "/inputs/0",
            "an input of an unknown `type`",
        ),
        (
            cursor("{name: from, in: trailer, type: cursor}", "{}"),
            "/inputs/0",
            "an input in `trailer`",
        ),
        (
            cursor(known, "{nextCursor: $.*}"),
            "/outputs/nextCursor",
            "`nextCursor: $.*`, which must be `$` followed by the names of properties",
        ),
        (
            cursor(known, "{nextCursor: next}"),
            "/outputs/nextCursor",
            "`nextCursor: next`, which must be `$` followed by the names of properties",
        ),
        (
            cursor(known, "{nextCursor: $.after}"),
            "/outputs/nextCursor",
            "\"/after\", which has no property \"after\"",
        ),
        (
            cursor(known, "{nextCursor: $.either.inner}"),
            "/outputs/nextCursor",
            "\"/either/inner\", which has no property \"inner\"",
        ),
        (
            cursor(known, "{nextCursor: $.next, results: $.next}"),
            "/outputs/results",
            "\"/next\", which is not a list",
        ),
        (
            cursor(known, "{nextCursor: $.next, results: $.open.list}"),
            "/outputs/results",
            "\"/open/list\", which is not a list",
        ),
        (
            cursor(known, "{nextCursor: $.next, results: '$.may[0][\"b c\"]'}"),
            "/outputs/results",
            "\"/may/0/b c\", which is not a list",
        ),
        (
            cursor(
                "{name: after, in: parameters, type: cursor}",
                "{nextCursor: $.next}",
            ),
            "/inputs/0",
            "\"after\", which the request does not have",
        ),
        (
            cursor(
                "{name: from, in: requestBody, type: cursor}",
                "{nextCursor: $.next}",
            ),
            "/inputs/0",
            "\"from\", which the request does not have",
        ),
        (
            cursor("{name: crumb, type: cursor}", "{nextCursor: $.next}"),
            "/inputs/0",
            "the cookie `crumb`, whose location or style a position cannot have",
        ),
        (
            cursor("{name: as-json, type: cursor}", "{nextCursor: $.next}"),
            "/inputs/0",
            "the query parameter `as-json`, whose location or style a position cannot have",
        ),
        (
            "x-fern-pagination: {cursor: $request.from, results: $response.must}".to_owned(),
            "",
            "no `next_cursor`",
        ),
        (
            "x-fern-pagination: {offset: $request.page}".to_owned(),
            "",
            "no `results`",
        ),
        (
            "x-fern-pagination: {results: $response.must}".to_owned(),
            "",
            "no `offset`, `cursor`, `next_uri` or `next_path`",
        ),
        (
            "x-fern-pagination: {offset: page, results: $response.must}".to_owned(),
            "/offset",
            "`offset: page`, which must be `$request` followed by the names of properties",
        ),
    ] {
        let tree = operation(&extension, "{}");
        let name = extension.split(':').next().unwrap();
        let notes = notes(&tree);
        let [note] = &notes[..] else {
            panic!("{extension}: {notes:?}");
        };
        assert!(note.starts_with(&format!("{name}{at}: {what}")), "{note}");
        assert!(note.ends_with(END), "{note}");
        assert_eq!(found(&tree), (String::new(), String::new()));
    }
}

#[test]
fn an_offset_without_a_step_is_noted() {
    let fern = "x-fern-pagination: {offset: $request.from, results: $response.must}";
    let tree = operation(fern, "{}");
    let expected = "x-fern-pagination/offset: `offset` without `step` counts pages → \"from\" is \
                        a page number; add `step` if it counts items";
    assert_eq!(notes(&tree), [expected]);
    assert!(found(&tree).0.starts_with("Paging::number("));
}

/// The other extension is used if one cannot be followed.
#[test]
fn a_document_may_have_both_extensions() {
    let fern = "x-fern-pagination: {next_uri: $response.next, results: $response.must}";
    let good = "x-speakeasy-pagination: {type: url, outputs: {nextUrl: $.open}}";
    for (both, paging, count) in [
        (format!("{fern}\n      {good}"), "Paging::url(\"/open\")", 0),
        (
            format!("x-speakeasy-pagination: {{}}\n      {fern}"),
            "Paging::url(\"/next\").list(\"/must\")",
            1,
        ),
    ] {
        let tree = operation(&both, "{}");
        assert_eq!(
            (found(&tree).0.as_str(), notes(&tree).len()),
            (paging, count)
        );
    }
}

#[test]
fn the_only_list_of_a_response_needs_no_name() {
    for (schema, paging, list) in [
        (
            "{properties: {a: {type: array, items: {type: integer}}, next: {type: string}}}",
            "Paging::url(\"/next\").list(\"/a\")",
            "i64: value.a",
        ),
        // Either list could be the one in pages.
        (
            "{properties: {a: {type: array, items: {}}, b: {type: array, items: {}}, next: \
                 {type: string}}}",
            "Paging::url(\"/next\")",
            "",
        ),
        (
            "{properties: {next: {type: string}}}",
            "Paging::url(\"/next\")",
            "",
        ),
        (
            "{additionalProperties: {type: string}}",
            "Paging::url(\"/next\")",
            "",
        ),
    ] {
        let tree = client(&format!(
            "
/a:
  get:
    operationId: get-a
    responses: {{'200': {{description: '', content: {{application/json: {{schema: {schema}}}}}}}}}
    x-speakeasy-pagination: {{type: url, outputs: {{nextUrl: $.next}}}}
"
        ));
        assert_eq!(
            found(&tree),
            (paging.to_owned(), list.to_owned()),
            "{schema}"
        );
    }
}

#[test]
fn a_list_of_another_media_type_has_no_pages() {
    let tree = client(
        "
/a:
  get:
    operationId: get-a
    responses: {'200': {description: '', content: {text/csv: {schema: {type: string}}}}}
    x-speakeasy-pagination: {type: url, outputs: {nextUrl: $.next}}
",
    );
    assert!(tree.calls[0].paging.is_none());
    assert_eq!(notes(&tree).len(), 1);
}

#[test]
fn only_a_safe_call_waits() {
    let response = "{description: '', content: {application/json: {schema: {type: string}}}}";
    let other = "{description: '', content: {application/json: {schema: {type: integer}}}}";
    for (method, more, responses, waits) in [
        (
            "get",
            "",
            format!("'200': {response}, '202': {other}"),
            true,
        ),
        (
            "get",
            "",
            format!("'200': {response}, '202': {response}"),
            true,
        ),
        (
            "head",
            "",
            "'204': {description: ''}, '202': {description: ''}".to_owned(),
            false,
        ),
        (
            "get",
            "x-idempotent: false,",
            format!("'200': {response}, '202': {other}"),
            false,
        ),
        (
            "get",
            "",
            format!("'202': {response}, '204': {{description: ''}}"),
            false,
        ),
        (
            "get",
            "",
            format!("'200': {response}, '201': {other}"),
            false,
        ),
        (
            "post",
            "",
            format!("'200': {response}, '202': {other}"),
            false,
        ),
        (
            "post",
            "x-idempotent: true,",
            format!("'200': {response}, '202': {other}"),
            true,
        ),
        (
            "put",
            "",
            format!("'200': {response}, '202': {other}"),
            false,
        ),
        (
            "delete",
            "",
            format!("'200': {response}, '202': {other}"),
            false,
        ),
    ] {
        let tree = client(&format!(
            "/a: {{{method}: {{operationId: a, {more} responses: {{{responses}}}}}}}"
        ));
        let found = tree.calls[0].can_wait(&tree.model.operations[0]);
        assert_eq!(found, waits, "{method} {more} {responses}");
    }
}
