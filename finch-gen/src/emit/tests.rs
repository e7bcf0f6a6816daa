//! Checks the code emitted for operations of small documents.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::Item;

use super::emitted_module::IMPORTS;
use super::signatures::{self, PRELUDE};
use crate::call::Call;
use crate::client_tree::ClientTree;
use crate::polish::syntax::syn_query;
use crate::polish::tests::{check_items, exchange};
use crate::polish::{Context, Unsupported};
use crate::tests::client_of;
use crate::{Inputs, Text, doc_attrs};

const A: &str = "schema: {$ref: '#/components/schemas/A'}";
const COMPONENTS: &str = "{A: {type: object, required: [a], properties: {a: {type: string}}}}";

/// The path parameter that `post-a` has.
const ID: &str = "{name: id, in: path, required: true, schema: {type: string}}";

/// The client for the `operation` `post-a` at `POST /a/{id}`.
fn polish_operation(operation: &str, components: &str) -> ClientTree {
    let document = format!(
        "
openapi: 3.1.0
info: {{title: T, version: '1'}}
paths: {{'/a/{{id}}': {{post: {{operationId: post-a, {operation}}}}}}}
components: {{schemas: {components}}}
"
    );
    let inputs = Inputs::of_document(Text {
        name: "api.yaml",
        text: &document,
    });
    crate::client_tree(&inputs).unwrap()
}

/// The names of the functions of the call `PostA`.
fn functions(tree: &ClientTree) -> Vec<String> {
    let mut file = tree.file.clone();
    let calls = syn_query::module(&mut file, &["calls"]).unwrap();
    let calls = calls.iter_mut().filter_map(|item| match item {
        Item::Impl(item) => Some(item),
        _ => None,
    });
    let functions = calls.flat_map(syn_query::functions);
    functions.map(|of| of.sig.ident.to_string()).collect()
}

fn code(text: &str) -> TokenStream {
    text.parse().unwrap()
}

/// Checks that the client has each item of the code `shown`.
#[track_caller]
fn check(tree: &ClientTree, shown: &TokenStream) {
    check_items(tree, &shown.to_string());
}

/// Checks the type and the `kind` of the field `name` of the call, and how the call is `sent`.
#[track_caller]
fn check_field(tree: &ClientTree, name: &str, ty: &str, kind: &str, sent: &str) {
    let [field, kind, ty, sent] = [name, kind, ty, sent].map(code);
    check(
        tree,
        &quote! {
            #[must_use = "a call does nothing until it is awaited or sent"]
            pub struct PostA { client: Client, id: Field<::std::string::String>, #field: Field<#ty> }
            impl PostA {
                pub(super) fn new(client: Client, id: impl Into<::std::string::String>) -> Self {
                    let mut call = Self {
                        client,
                        id: Field::required("id"),
                        #field: Field::#kind(#name),
                    };
                    call.id.set(id.into());
                    call
                }
            }
        },
    );
    check_sent(tree, &sent);
}

/// Checks how the call is sent besides its `id`.
#[track_caller]
fn check_sent(tree: &ClientTree, sent: &TokenStream) {
    check(
        tree,
        &quote! {
            impl PostA {
                fn call(self) -> Call {
                    Call::new(self.client, &operations::POST_A)
                        .parameter(Parameter::path("id"), self.id)
                        #sent
                }
            }
        },
    );
}

/// The client for an operation with these parameters besides `id`.
fn with_parameters(parameters: &str) -> ClientTree {
    let operation =
        format!("parameters: [{ID}, {parameters}], responses: {{'204': {{description: ''}}}}");
    polish_operation(&operation, COMPONENTS)
}

/// The client for an operation with this `requestBody`.
fn with_body(body: &str) -> ClientTree {
    let operation = format!(
        "parameters: [{ID}], requestBody: {body}, responses: {{'204': {{description: ''}}}}"
    );
    polish_operation(&operation, COMPONENTS)
}

#[test]
fn parameter_is_sent_in_its_location_and_style() {
    for (parameter, described, ty) in [
        (
            "in: query, schema: {type: string}",
            "query(\"p\")",
            "::std::string::String",
        ),
        (
            "in: query, explode: false, schema: {type: array, items: {type: integer}}",
            "query(\"p\").explode(false)",
            "::std::vec::Vec<i64>",
        ),
        (
            "in: query, style: spaceDelimited, explode: true, schema: {type: array, items: {}}",
            "query(\"p\").style(Style::SpaceDelimited).explode(true)",
            "::std::vec::Vec<::serde_json::Value>",
        ),
        (
            "in: query, style: deepObject, schema: {$ref: '#/components/schemas/A'}",
            "query(\"p\").style(Style::DeepObject)",
            "types::A",
        ),
        (
            "in: query, allowReserved: true, schema: {type: string}",
            "query(\"p\").allow_reserved()",
            "::std::string::String",
        ),
        (
            "in: query, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}",
            "query(\"p\").style(Style::Json)",
            "types::A",
        ),
        (
            "in: query, content: {text/csv: {schema: {type: array, items: {}}}}",
            "query(\"p\")",
            "::std::string::String",
        ),
        (
            "in: header, explode: true, schema: {type: object, properties: {a: {}}}",
            "header(\"p\").explode(true)",
            "types::PostAp",
        ),
        (
            "in: cookie, schema: {type: boolean}",
            "cookie(\"p\")",
            "bool",
        ),
    ] {
        for (required, kind) in [("true", "required"), ("false", "optional")] {
            let tree = with_parameters(&format!("{{name: p, required: {required}, {parameter}}}"));
            let sent = format!(".parameter(Parameter::{described}, self.p)");
            check_field(&tree, "p", ty, kind, &sent);
            let setters = functions(&tree);
            let has_maybe = setters.contains(&"maybe_p".to_owned());
            assert_eq!(has_maybe, kind == "optional", "{setters:?}");
        }
    }
}

#[test]
fn parameter_that_may_be_null_is_optional() {
    for (schema, ty) in [
        ("{type: string, nullable: true}", "::std::string::String"),
        (
            "{anyOf: [{type: string}, {type: 'null'}]}",
            "::std::string::String",
        ),
        (
            "{type: [array, 'null'], items: {type: integer}}",
            "::std::vec::Vec<i64>",
        ),
        (
            "{oneOf: [{$ref: '#/components/schemas/A'}, {type: 'null'}]}",
            "types::A",
        ),
    ] {
        for location in ["query", "header", "cookie"] {
            for required in [true, false] {
                let tree = with_parameters(&format!(
                    "{{name: p, in: {location}, required: {required}, schema: {schema}}}"
                ));
                let sent = format!(".parameter(Parameter::{location}(\"p\"), self.p)");
                check_field(&tree, "p", ty, "optional", &sent);
                let notes = tree
                    .report
                    .iter()
                    .filter(|note| note.code == "null-parameter");
                assert_eq!(notes.count() == 1, required, "{schema}");
            }
        }
    }
}

#[test]
fn reserved_characters_are_only_allowed_in_queries() {
    let queries = "OpenAPI defines it for queries";
    for (location, ignored) in [
        (
            "path",
            Some(format!(
                "the parameter `p` ignored: {queries}, and a value could lead to another path"
            )),
        ),
        ("query", None),
        ("header", Some(format!("the header `p` ignored: {queries}"))),
        ("cookie", Some(format!("the cookie `p` ignored: {queries}"))),
    ] {
        let parameter = format!(
            "{{name: p, in: {location}, required: true, allowReserved: true, schema: {{type: string}}}}"
        );
        for (reference, declared) in [
            (parameter.clone(), String::new()),
            (
                "{$ref: '#/components/parameters/P'}".to_owned(),
                format!("components: {{parameters: {{P: {parameter}}}}}"),
            ),
        ] {
            let text = format!(
                "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths: {{'/a/{{p}}': {{get: \
                 {{operationId: a, parameters: [{reference}], responses: {{'204': {{description: \
                 ''}}}}}}}}}}\n{declared}"
            );
            let text = if location == "path" {
                text
            } else {
                text.replace("/a/{p}", "/a")
            };
            let name = "api.yaml";
            let document = crate::Text { name, text: &text };
            let generated = crate::generate(&crate::Inputs {
                crate_name: "api",
                ..crate::Inputs::of_document(document)
            })
            .unwrap();
            let notes = generated
                .report
                .iter()
                .filter(|note| note.code == "allow-reserved");
            let notes: Vec<String> = notes.map(|note| note.what.clone()).collect();
            let expected = ignored.iter().map(|of| format!("`allowReserved` of {of}"));
            assert_eq!(notes, expected.collect::<Vec<_>>(), "{location}");
            let is_allowed = generated.client["calls.rs"].contains("allow_reserved");
            assert_eq!(is_allowed, location == "query", "{location}");
        }
    }
}

#[test]
fn path_parameter_is_an_argument() {
    for (more, style, argument, set) in [
        ("schema: {type: integer}", "", "i64", "call.id.set(id);"),
        (
            "style: matrix, schema: {type: array, items: {type: string}}",
            ".style(Style::Matrix)",
            "impl IntoIterator<Item:Into<::std::string::String>>",
            "call.id.set(id.into_iter().map(Into::into).collect());",
        ),
        (
            "style: label, explode: true, schema: {type: object, properties: {a: {}}}",
            ".style(Style::Label).explode(true)",
            "impl TryInto<types::PostAId,Error:Display>",
            "call.id.convert(id.try_into());",
        ),
        (
            "schema: {type: string, nullable: true}",
            "",
            "impl Into<::std::string::String>",
            "call.id.set(id.into());",
        ),
        // OpenAPI defines it for queries.
        (
            "allowReserved: true, schema: {type: string, format: uuid}",
            "",
            "impl IntoFormat<::uuid::Uuid>",
            "call.id.convert(id.into_format());",
        ),
    ] {
        let tree = polish_operation(
            &format!(
                "parameters: [{{name: id, in: path, required: true, {more}}}], responses: {{'204': \
                 {{description: ''}}}}"
            ),
            COMPONENTS,
        );
        let [style, argument, set] = [style, argument, set].map(code);
        check(
            &tree,
            &quote! {
                impl PostA {
                    pub(super) fn new(client: Client, id: #argument) -> Self {
                        let mut call = Self { client, id: Field::required("id") };
                        #set
                        call
                    }
                    fn call(self) -> Call {
                        Call::new(self.client, &operations::POST_A)
                            .parameter(Parameter::path("id")#style, self.id)
                    }
                }
                impl Client {
                    pub fn post_a(&self, id: #argument) -> calls::PostA {
                        calls::PostA::new(self.clone(), id)
                    }
                }
            },
        );
    }
}

#[test]
fn setter_accepts_common_types() {
    for (schema, argument, set) in [
        ("{type: integer}", "i64", "set(value)"),
        ("{type: number}", "f64", "set(value)"),
        ("{type: boolean}", "bool", "set(value)"),
        (
            "{type: string}",
            "impl Into<::std::string::String>",
            "set(value.into())",
        ),
        (
            "{type: string, format: password}",
            "impl Into<crate::Secret>",
            "set(value.into())",
        ),
        (
            "{type: string, format: date}",
            "impl IntoFormat<::chrono::naive::NaiveDate>",
            "convert(value.into_format())",
        ),
        (
            "{type: string, enum: [a, b]}",
            "impl TryInto<types::PostAp,Error:Display>",
            "convert(value.try_into())",
        ),
        (
            "{type: array, items: {type: integer}}",
            "impl IntoIterator<Item=i64>",
            "set(value.into_iter().collect())",
        ),
        (
            "{type: array, items: {type: string, format: uuid}}",
            "impl IntoIterator<Item:IntoFormat<::uuid::Uuid>>",
            "convert(value.into_iter().map(IntoFormat::into_format).collect::<Result<Vec<::uuid::Uuid>,_>>())",
        ),
        (
            "{type: array, items: {type: string, enum: [a, b]}}",
            "impl IntoIterator<Item:TryInto<types::PostAp,Error:Display>>",
            "convert(value.into_iter().map(TryInto::try_into).collect::<Result<Vec<types::PostAp>,_>>())",
        ),
    ] {
        let tree = with_parameters(&format!("{{name: p, in: query, schema: {schema}}}"));
        let [argument, set] = [argument, set].map(code);
        check(
            &tree,
            &quote!(impl PostA { pub fn p(mut self, value: #argument) -> Self { self.p.#set; self } }),
        );
    }
}

#[test]
fn field_names_of_a_call_are_unique() {
    let string = "schema: {type: string}";
    let operation = format!(
        "parameters: [{{name: id, in: header, {string}}}, {ID}, {{name: id, in: cookie, {string}}}, \
         {{name: body, in: query, {string}}}, {{name: 'f[a]', in: query, {string}}}, \
         {{name: f_a, in: query, {string}}}, {{name: type, in: query, {string}}}, \
         {{name: send, in: query, {string}}}, {{name: maybe-type, in: query, {string}}}, \
         {{name: 2fa, in: query, {string}}}, {{name: '#', in: query, {string}}}, \
         {{name: Self, in: query, {string}}}, {{name: é, in: query, {string}}}], \
         responses: {{'204': {{description: ''}}}}"
    );
    let tree = polish_operation(&operation, COMPONENTS);
    check_sent(
        &tree,
        &quote! {
            .parameter(Parameter::query("2fa"), self._2fa)
            .parameter(Parameter::query("body"), self.body2)
            .parameter(Parameter::query("é"), self.e)
            .parameter(Parameter::query("f[a]"), self.f_a)
            .parameter(Parameter::query("f_a"), self.f_a2)
            .parameter(Parameter::header("id"), self.id2)
            .parameter(Parameter::cookie("id"), self.id3)
            .parameter(Parameter::query("maybe-type"), self.maybe_type)
            .parameter(Parameter::query("Self"), self.self_)
            .parameter(Parameter::query("send"), self.send2)
            .parameter(Parameter::query("type"), self.type_)
            .parameter(Parameter::query("#"), self.x)
        },
    );
    check_items(
        &tree,
        "impl PostA {
            /// Sets the header `id`.
            pub fn id2(mut self, value: impl Into<::std::string::String>) -> Self {
                self.id2.set(value.into());
                self
            }
            /// Sets the query parameter `body`.
            pub fn body2(mut self, value: impl Into<::std::string::String>) -> Self {
                self.body2.set(value.into());
                self
            }
        }",
    );
}

#[test]
fn a_body_is_sent_as_its_media_type() {
    let string = "schema: {type: string}";
    let text = "::std::string::String";
    let bytes = "::bytes::Bytes";
    let file = "crate::runtime::File";
    for (media_type, of, ty, sent) in [
        (
            "application/json",
            A,
            "types::A",
            ".json(\"application/json\",",
        ),
        (
            "application/merge-patch+json",
            A,
            "types::A",
            ".json(\"application/merge-patch+json\",",
        ),
        (
            "application/x-www-form-urlencoded",
            A,
            "types::A",
            ".form(&[],",
        ),
        ("multipart/form-data", A, "types::A", ".multipart(&[],"),
        // A media type range cannot be sent.
        (
            "application/*+json",
            A,
            "types::A",
            ".json(\"application/json\",",
        ),
        (
            "application/vnd.*+json; charset=utf-8",
            A,
            "types::A",
            ".json(\"application/json\",",
        ),
        ("*/*", A, "types::A", ".json(\"application/json\","),
        ("multipart/*", A, "types::A", ".multipart(&[],"),
        ("text/csv", string, text, ".content(\"text/csv\","),
        (
            "application/xml",
            string,
            text,
            ".content(\"application/xml\",",
        ),
        (
            "application/x-own",
            "",
            bytes,
            ".content(\"application/x-own\",",
        ),
        ("image/*", "", file, ".file(\"image/*\","),
    ] {
        for (required, kind) in [("true", "required"), ("false", "optional")] {
            let body = format!("{{required: {required}, content: {{'{media_type}': {{{of}}}}}}}");
            let sent = format!("{sent} self.body)");
            check_field(&with_body(&body), "body", ty, kind, &sent);
        }
    }
}

#[test]
fn a_required_body_may_be_null() {
    let nullable = "schema: {type: object, nullable: true, properties: {a: {type: string}}}";
    let body = |required| {
        with_body(&format!(
            "{{required: {required}, content: {{application/json: {{{nullable}}}}}}}"
        ))
    };
    let sent = ".json(\"application/json\", self.body)";
    let ty = "::std::option::Option<types::PostARequest>";
    check_field(&body(true), "body", ty, "required", sent);
    check(
        &body(true),
        &quote! {
            impl PostA {
                pub fn body(mut self, value: impl TryInto<types::PostARequest, Error: Display>) -> Self {
                    self.body.convert(value.try_into().map(Some));
                    self
                }
                pub fn maybe_body(mut self, value: ::std::option::Option<types::PostARequest>) -> Self {
                    self.body.set(value);
                    self
                }
            }
        },
    );
    check_field(
        &body(false),
        "body",
        "types::PostARequest",
        "optional",
        sent,
    );
    check(
        &body(false),
        &quote! {
            impl PostA {
                pub fn maybe_body(mut self, value: Option<types::PostARequest>) -> Self {
                    self.body.maybe(value);
                    self
                }
            }
        },
    );
}

#[test]
fn encoding_sets_how_a_property_is_sent() {
    let object = "schema: {type: object, properties: {a: {type: array, items: {type: string}}, \
                  f: {type: string, format: binary}}}";
    let form = format!(
        "{{content: {{application/x-www-form-urlencoded: {{{object}, encoding: {{a: {{style: \
         pipeDelimited}}}}}}}}}}"
    );
    let sent = quote!(.form(&[Parameter::query("a").style(Style::PipeDelimited)], self.body));
    check_sent(&with_body(&form), &sent);
    let multipart = format!(
        "{{content: {{multipart/form-data: {{{object}, encoding: {{a: {{contentType: text/csv}}, \
         f: {{contentType: image/png}}}}}}}}}}"
    );
    let parts = quote! {
        Part::value("a").of_type("text/csv"), Part::value("f").of_type("image/png")
    };
    check_sent(
        &with_body(&multipart),
        &quote!(.multipart(&[#parts], self.body)),
    );
}

/// Returns the media types that an operation with these `responses` accepts, the success statuses,
/// and the results of `send` and of awaiting the call.
#[track_caller]
fn check_responses(responses: &str, row: &str, sent: [&str; 2], awaited: [&str; 2]) {
    let operation = format!("parameters: [{ID}], responses: {responses}");
    let tree = polish_operation(&operation, COMPONENTS);
    let ([response, decoded], [value, decoded_value]) = (sent.map(code), awaited.map(code));
    let row = code(row);
    check(
        &tree,
        &quote! {
            pub(crate) static POST_A: Operation = Operation {
                id: "post-a",
                method: Method::POST,
                path: "/a/{id}",
                server: None,
                #row
                idempotent: false,
                deprecated: false,
                headers: &[],
                security: &[],
                secrets: &[],
            };
            impl PostA {
                pub async fn send(self) -> Result<Response<#response>, Error> {
                    self.call().send::<#decoded>().await
                }
            }
            impl IntoFuture for PostA {
                type Output = Result<#value, Error>;
                type IntoFuture = CallFuture<#value>;
                fn into_future(self) -> Self::IntoFuture {
                    self.call().value::<#decoded_value>()
                }
            }
        },
    );
}

#[test]
fn a_success_is_decoded_by_its_media_type() {
    let (text, bytes) = ("::std::string::String", "::bytes::Bytes");
    for (media_type, schema, value, decoded) in [
        (
            "application/vnd.a+json",
            "{type: boolean}",
            "bool",
            "Json<bool>",
        ),
        ("text/csv", "{type: string}", text, "Text"),
        ("text/event-stream", "{type: object}", text, "Text"),
        ("image/png", "{}", bytes, "Binary"),
        (
            "application/xml",
            "{$ref: '#/components/schemas/A'}",
            bytes,
            "Binary",
        ),
        ("*/*", "{}", bytes, "Binary"),
    ] {
        let body =
            format!("{{description: '', content: {{'{media_type}': {{schema: {schema}}}}}}}");
        for (status, successes) in [("'200'", "One(200)"), ("2XX", "All"), ("default", "All")] {
            let types = match (successes, value) {
                // A range includes 204, which has no body.
                ("All", "bool") => [
                    "::std::option::Option<bool>",
                    "Json<::std::option::Option<bool>>",
                ],
                _ => [value, decoded],
            };
            check_responses(
                &format!("{{{status}: {body}}}"),
                &format!("accept:\"{media_type}\",successes:Successes::{successes},"),
                types,
                types,
            );
        }
    }
    let range = "content: {application/*+json: {schema: {type: boolean}}}";
    check_responses(
        &format!("{{'200': {{description: '', {range}}}}}"),
        "accept: \"application/json, application/*;q=0.9\", successes: Successes::One(200),",
        ["bool", "Json<bool>"],
        ["bool", "Json<bool>"],
    );
    for responses in [
        "{'204': {description: ''}}",
        // The response has no body, even if the document declares one.
        "{'204': {description: '', content: {application/json: {schema: {}}}}}",
    ] {
        let row = "accept:\"\",successes:Successes::One(204),";
        check_responses(responses, row, ["()", "Empty"], ["()", "Empty"]);
    }
    check_responses(
        "{'200': {description: '', content: {application/xml: {}, application/json: {schema: \
         {type: integer}}}}, '201': {description: '', content: {application/xml: {}, \
         application/json: {schema: {type: integer}}}}}",
        "accept:\"application/json\",successes:Successes::Alike(&[200,201]),",
        ["i64", "Json<i64>"],
        ["i64", "Json<i64>"],
    );
}

#[test]
fn several_successes_become_an_enum() {
    let responses = "{'202': {description: '', content: {text/plain: {}}},
         '200': {description: '', content: {application/json: {schema: {type: array, items: {type: string}}}}},
         '203': {description: '', content: {image/png: {}}},
         '204': {description: ''}, 2XX: {description: '', content: {application/json: {schema: {type: integer}}}}}";
    let success = "types::PostASuccess";
    let main = "types::PostAResponse200";
    check_responses(
        responses,
        "accept: \"application/json, text/plain, image/png\", successes: Successes::AllOfSeveral(&[200,202,203,204]),",
        [success, success],
        [main, &format!("Json<{main}>")],
    );
    let operation = format!("parameters: [{ID}], responses: {responses}");
    let tree = polish_operation(&operation, COMPONENTS);
    check(
        &tree,
        &quote! {
            impl Success for types::PostASuccess {
                type Value = Self;
                fn decode(answer: RawResponse) -> Result<Response<Self>, Error> {
                    match answer.status.as_u16() {
                        200 => Json::<types::PostAResponse200>::decode(answer)
                            .map(|response| response.map(types::PostASuccess::Status200)),
                        202 => Text::decode(answer)
                            .map(|response| response.map(types::PostASuccess::Status202)),
                        203 => Binary::decode(answer)
                            .map(|response| response.map(types::PostASuccess::Status203)),
                        204 | 205 => Empty::decode(answer)
                            .map(|response| response.map(|()| types::PostASuccess::Status204)),
                        _ => Json::<types::PostAResponse2Xx>::decode(answer)
                            .map(|response| response.map(types::PostASuccess::Other)),
                    }
                }
            }
            impl PostASuccess {
                #[inline]
                pub fn other(&self) -> ::std::option::Option<&PostAResponse2Xx> {
                    match self {
                        Self::Other(value) => Some(value),
                        _ => None,
                    }
                }
            }
        },
    );
}

#[test]
fn name_of_a_call_does_not_shadow_an_import() {
    let names = IMPORTS.into_iter().flatten().chain(&PRELUDE);
    let names: Vec<&str> = names.copied().filter(|name| *name != "check").collect();
    let operations = names.iter().chain(&["ErrorCall", "Other"]).enumerate();
    let paths: String = operations
        .map(|(index, name)| {
            format!("  /a{index}: {{get: {{operationId: {name}, responses: {{'204': {{description: ''}}}}}}}}\n")
        })
        .collect();
    let text = format!("openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths:\n{paths}");
    let tree = crate::client_tree(&Inputs::of_document(Text {
        name: "api.yaml",
        text: &text,
    }));
    let mut tree = tree.unwrap();
    let calls = syn_query::module(&mut tree.file, &["calls"]).unwrap();
    let structs = calls.iter().filter_map(|item| match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        _ => None,
    });
    let structs: Vec<String> = structs.collect();
    for name in names {
        assert!(!structs.iter().any(|call| call == name), "{name}");
    }
    for call in ["ErrorCall", "ErrorCall_", "TextCall", "Other"] {
        assert!(
            structs.iter().any(|name| name == call),
            "{call}: {structs:?}"
        );
    }
}

#[test]
fn a_builder_names_everything_that_is_missing() {
    let tree = polish_operation(
        &format!(
            "parameters: [{ID}], requestBody: {{content: {{application/json: {{{A}}}}}}}, \
             responses: {{'204': {{description: ''}}}}"
        ),
        "{A: {required: [a, n], properties: {a: {type: string}, b: {type: integer, default: 7}, \
         n: {type: [string, 'null']}, m: {type: [string, 'null']}, r: {$ref: '#/components/schemas/A'}, \
         build: {type: boolean}}}}",
    );
    check(
        &tree,
        &quote! {
            impl Default for ABuilder {
                fn default() -> Self {
                    Self {
                        a: Field::required("a"),
                        b: Field::optional("b"),
                        build: Field::optional("build"),
                        m: Field::optional("m"),
                        n: Field::required("n"),
                        r: Field::optional("r"),
                    }
                }
            }
            impl ABuilder {
                pub fn n(mut self, value: impl Into<::std::string::String>) -> Self {
                    self.n.set(Some(value.into()));
                    self
                }
                pub fn maybe_n(mut self, value: ::std::option::Option<::std::string::String>) -> Self {
                    self.n.set(value);
                    self
                }
                pub fn m(mut self, value: impl Into<::std::string::String>) -> Self {
                    self.m.set(Some(value.into()));
                    self
                }
                pub fn r(mut self, value: impl TryInto<super::A, Error: Display>) -> Self {
                    self.r.convert(value.try_into().map(Box::new));
                    self
                }
                pub fn set_build(mut self, value: bool) -> Self {
                    self.build.set(value);
                    self
                }
                pub fn build(self) -> Result<super::A, ConversionError> {
                    check([
                        self.a.problem(),
                        self.b.problem(),
                        self.build.problem(),
                        self.m.problem(),
                        self.n.problem(),
                        self.r.problem(),
                    ])?;
                    Ok(super::A {
                        a: self.a.value()?,
                        b: self.b.option()?,
                        build: self.build.option()?,
                        m: self.m.option()?,
                        n: self.n.value()?,
                        r: self.r.option()?,
                    })
                }
            }
        },
    );
}

#[test]
fn a_builder_sets_what_has_one_possible_value() {
    let tree = exchange(
        "
A:
  oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}, {$ref: '#/components/schemas/Fox'}]
  discriminator: {propertyName: kind, mapping: {cat: '#/components/schemas/Cat', dog: '#/components/schemas/Dog', wolf: '#/components/schemas/Dog', fox: '#/components/schemas/Fox'}}
B: {type: object}
Cat:
  required: [kind, version, is_cat, legs, floor, rank, either, nullable]
  properties:
    kind: {type: string}
    version: {const: v1}
    is_cat: {const: true}
    legs: {const: 4}
    floor: {const: -1}
    rank: {type: integer, enum: [-2]}
    either: {enum: [a, b]}
    nullable: {enum: [a, null]}
    optional: {const: a}
Dog: {required: [kind], properties: {kind: {type: string}}}
Fox: {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {base: {const: fox}, den: {type: string}}}]}
Base: {required: [base], properties: {base: {type: string, enum: [fox, owl]}}}
",
    );
    check(
        &tree,
        &quote! {
            impl CatBuilder {
                pub fn build(self) -> Result<super::Cat, ConversionError> {
                    check([
                        self.either.problem(),
                        self.floor.problem(),
                        self.is_cat.problem(),
                        self.kind.problem(),
                        self.legs.problem(),
                        self.nullable.problem(),
                        self.optional.problem(),
                        self.rank.problem(),
                        self.version.problem(),
                    ])?;
                    Ok(super::Cat {
                        either: self.either.value()?,
                        floor: self.floor.value_or(|| -1)?,
                        is_cat: self.is_cat.value_or(|| true)?,
                        kind: self.kind.value_or(|| "cat".to_owned())?,
                        legs: self.legs.value_or(|| 4)?,
                        nullable: self.nullable.value()?,
                        optional: self.optional.option()?,
                        rank: self.rank.value_or(|| -2)?,
                        version: self.version.value_or(|| super::CatVersion::from("v1"))?,
                    })
                }
            }
            impl DogBuilder {
                pub fn build(self) -> Result<super::Dog, ConversionError> {
                    check([self.kind.problem()])?;
                    Ok(super::Dog { kind: self.kind.value()? })
                }
            }
            impl FoxBuilder {
                pub fn build(self) -> Result<super::Fox, ConversionError> {
                    check([self.base.problem(), self.den.problem(), self.kind.problem()])?;
                    Ok(super::Fox {
                        base: self.base.value_or(|| super::FoxBase::from("fox"))?,
                        den: self.den.option()?,
                        kind: self.kind.option_or(|| Some("fox".to_owned()))?,
                    })
                }
            }
        },
    );
}

#[test]
fn response_type_has_a_builder_for_tests() {
    let tree = exchange(
        "
A: {properties: {c: {$ref: '#/components/schemas/C'}}}
B: {properties: {c: {$ref: '#/components/schemas/C'}, d: {$ref: '#/components/schemas/D'}}}
C: {properties: {e: {type: string}}}
D: {properties: {type: {type: string}}}
",
    );
    for (path, expected) in [
        (&["types"][..], ["A", "B for tests", "C", "D for tests"]),
        (
            &["types", "builder"],
            [
                "ABuilder",
                "BBuilder for tests",
                "CBuilder",
                "DBuilder for tests",
            ],
        ),
    ] {
        let items = syn_query::items(&tree.file, path).unwrap().iter();
        let found = items.filter_map(|item| match item {
            Item::Impl(item) if item.trait_.is_none() => {
                let is_of_tests = item.to_token_stream().to_string().contains("test-util");
                let of_tests = if is_of_tests { " for tests" } else { "" };
                Some(format!("{}{of_tests}", syn_query::self_name(item)?))
            }
            _ => None,
        });
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }
}

#[test]
fn method_docs_name_credentials_that_are_not_sent() {
    for (security, sent, docs) in [
        (
            "[{digest: []}]",
            "&[]",
            "/// The operation needs credentials that this client does not send (`digest`): give \
             them to the HTTP client.",
        ),
        (
            "[{digest: []}, {key: []}]",
            "&[&[Credential::Header(\"x-key\")]]",
            "",
        ),
    ] {
        let operation = format!(
            "parameters: [{ID}], security: {security}, responses: {{'204': {{description: ''}}}}"
        );
        let tree = polish_operation(
            &operation,
            "{}, securitySchemes: {
                digest: {type: http, scheme: digest},
                key: {type: apiKey, in: header, name: X-Key},
            }",
        );
        let sent = code(sent);
        check(
            &tree,
            &quote! {
                pub(crate) static POST_A: Operation = Operation {
                    id: "post-a",
                    method: Method::POST,
                    path: "/a/{id}",
                    server: None,
                    accept: "",
                    successes: Successes::One(204),
                    idempotent: false,
                    deprecated: false,
                    headers: &[],
                    security: #sent,
                    secrets: &[],
                };
            },
        );
        check_items(
            &tree,
            &format!(
                "impl Client {{
                    /// post-a.
                    /// Sends a `POST` request to `/a/{{id}}`: await the [call](calls::PostA), or send it.
                    {docs}
                    /// From `/paths/~1a~1{{id}}/post`.
                    /// # Example
                    /// ```no_run
                    /// # use ::{{Client, Error, types}};
                    /// # async fn example(client: &Client) -> Result<(), Error> {{
                    /// client.post_a(\"id\").await
                    /// # }}
                    /// ```
                    pub fn post_a(&self, id: impl Into<::std::string::String>) -> calls::PostA {{
                        calls::PostA::new(self.clone(), id)
                    }}
                }}"
            ),
        );
    }
}

/// Returns the reported differences if `change` alters progenitor's output for an operation with a
/// required parameter and a body.
#[track_caller]
fn refused(change: impl FnOnce(&mut syn::File)) -> Result<Vec<Call>, Unsupported> {
    let text = "
openapi: 3.0.3
info: {title: T, version: '1'}
paths:
  /a/{id}:
    post:
      operationId: post-a
      parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
      - {name: q, in: query, schema: {type: string}}
      requestBody: {content: {text/plain: {schema: {type: string}}}}
      responses: {'204': {description: ''}}
";
    let inputs = Inputs::of_document(Text {
        name: "api.yaml",
        text,
    });
    let lowered = crate::lower_inputs(&inputs).unwrap();
    let shaped = crate::shape(&lowered);
    let openapi = crate::preflight(&shaped).unwrap();
    let mut file = crate::progenitor(openapi, &shaped).unwrap();
    change(&mut file);
    let context = Context::new(&lowered, &shaped, "api");
    signatures::read(&file, context.model, &context.shaped.document)
}

/// The fields of the builder of `post-a`.
fn fields(file: &mut syn::File) -> &mut syn::punctuated::Punctuated<syn::Field, syn::Token![,]> {
    let items = syn_query::module(file, &["builder"]).unwrap();
    items
        .iter_mut()
        .find_map(|item| match item {
            Item::Struct(syn::ItemStruct {
                fields: syn::Fields::Named(fields),
                ..
            }) => Some(&mut fields.named),
            _ => None,
        })
        .unwrap()
}

/// Removes the field `name` of the builder.
fn remove(file: &mut syn::File, name: &str) {
    let fields = fields(file);
    let kept = std::mem::take(fields)
        .into_iter()
        .filter(|field| field.ident.as_ref().is_none_or(|ident| ident != name));
    *fields = kept.collect();
}

#[test]
fn parameter_that_may_be_null_is_optional_except_in_a_path() {
    let schemas = [
        "{type: [string, 'null']}",
        "{type: [string, 'null'], enum: [a, null]}",
        "{type: [array, 'null'], items: {type: string}}",
        "{type: [object, 'null'], properties: {a: {type: string}}}",
        "{anyOf: [{type: integer}, {type: 'null'}]}",
        "{anyOf: [{type: string}, {type: integer}, {type: 'null'}]}",
    ];
    let referred = "{$ref: '#/components/schemas/N'}";
    let described = format!("{{description: d, allOf: [{referred}]}}");
    let or_null = format!("{{anyOf: [{referred}, {{type: 'null'}}]}}");
    for schema in schemas {
        for used in [schema, referred, &described, &or_null] {
            for location in ["path", "query", "header", "cookie"] {
                let parameter =
                    format!("{{name: id, in: {location}, required: true, schema: {used}}}");
                let other = match location {
                    "path" => String::new(),
                    _ => format!("{ID}, "),
                };
                let operation = format!(
                    "parameters: [{other}{parameter}], responses: {{'204': {{description: ''}}}}"
                );
                let tree = polish_operation(&operation, &format!("{{N: {schema}}}"));
                let (_, argument) = tree.calls[0].parameters.last().unwrap();
                let is_in_path = location == "path";
                assert_eq!(argument.is_required, is_in_path, "{parameter}, {schema}");
            }
        }
    }
}

#[test]
fn signature_that_differs_from_the_document_is_refused() {
    assert_eq!(refused(|_| {}).map(|calls| calls.len()), Ok(1));
    let check = |change: &dyn Fn(&mut syn::File), expected: &str| {
        let expected = Unsupported::at("/paths/~1a~1{id}/post", expected);
        assert_eq!(refused(change).map(|_| ()), Err(expected));
    };
    check(
        &|file| {
            file.items
                .retain(|item| !matches!(item, Item::Impl(item) if item.trait_.is_none()));
        },
        "progenitor has no method `post_a`",
    );
    check(
        &|file| remove(file, "id"),
        "progenitor has no parameter `id` of `post_a`",
    );
    check(
        &|file| remove(file, "q"),
        "progenitor has no parameter `q` of `post_a`",
    );
    check(
        &|file| remove(file, "body"),
        "progenitor has no body of `post_a`",
    );
    check(
        &|file| {
            fields(file).push(syn::parse_quote!(more: Result<String, String>));
        },
        "only progenitor has the value `more` of `post_a`",
    );
    let with_type = |name: &'static str, ty: syn::Type| {
        move |file: &mut syn::File| {
            let mut fields = fields(file).iter_mut();
            let field = fields.find(|field| field.ident.as_ref().unwrap() == name);
            field.unwrap().ty = ty.clone();
        }
    };
    check(
        &with_type("q", syn::parse_quote!(Result<String, String>)),
        "only progenitor requires `q` of `post_a`",
    );
    let other = |file: &mut syn::File| {
        file.items.push(syn::parse_quote! {
            impl Client {
                pub fn other(&self) -> builder::Other<'_> {
                    builder::Other::new(self)
                }
            }
        });
    };
    let what = "progenitor has a method `other` without an operation";
    assert_eq!(refused(other).map(|_| ()), Err(Unsupported::at("", what)));
}

#[test]
fn method_docs_name_the_server_of_the_operation() {
    let client = |security: &str| {
        let text = format!(
            "{{openapi: 3.1.0, info: {{title: T, version: '1'}}, servers: [{{url: \
             'https://a.example'}}], paths: {{/a: {{servers: [{{url: 'https://b.example'}}], get: \
             {{operationId: a, security: {security}, responses: {{'204': {{description: \
             ''}}}}}}}}}}, components: {{securitySchemes: {{key: {{type: http, scheme: bearer}}, \
             digest: {{type: http, scheme: digest}}}}}}}}"
        );
        let code = client_of(&text).file.to_token_stream();
        code.to_string().replace(' ', "")
    };
    let server = |needs: bool| {
        format!("server:Some(Server{{url:\"https://b.example\",needs_credentials:{needs}}})")
    };
    let docs = "Thedocumentservestheoperationat`https://b.example`.";
    let host = "orifitshostdiffersfromthebaseURL's";
    for (security, needs) in [
        ("[]", false),
        ("[{}]", false),
        ("[{key: []}]", true),
        ("[{}, {key: []}]", true),
        ("[{digest: []}]", true),
    ] {
        let client = client(security);
        assert!(client.contains(docs), "{client}");
        assert!(client.contains(&server(needs)), "{client}");
        assert_eq!(client.contains(host), needs, "{security}");
    }
}

/// Otherwise the library compiles the decoders of all operations, although a program calls few.
#[test]
fn a_program_compiles_only_the_operations_that_it_calls() {
    let tree = polish_operation(
        "parameters: [{name: id, in: path, required: true, schema: {type: string}}], requestBody: \
         {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}, responses: \
         {'200': {description: '', content: {application/json: {schema: {$ref: \
         '#/components/schemas/A'}}}}, '202': {description: ''}}",
        COMPONENTS,
    );
    let mut count = 0;
    for path in [&["client"][..], &["calls"], &["types", "builder"]] {
        for item in syn_query::items(&tree.file, path).unwrap() {
            let Item::Impl(item) = item else { continue };
            for function in syn_query::functions(&mut item.clone()) {
                let name = &function.sig.ident;
                let is_generic = function.sig.inputs.iter().any(syn_query::is_generic);
                let is_inline = function.attrs.iter().any(|of| of.path().is_ident("inline"));
                assert_eq!(is_inline, !is_generic, "{path:?}: {name}");
                count += 1;
            }
        }
    }
    assert!(count > 9, "{count}");
}

/// The documentation of each block of methods, and the methods.
fn blocks(parts: &str) -> Vec<(String, Vec<String>)> {
    let text = format!("openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\n{parts}");
    let inputs = Inputs::of_document(Text {
        name: "api.yaml",
        text: &text,
    });
    let mut file = crate::client_tree(&inputs).unwrap().file;
    let client = syn_query::module(&mut file, &["client"]).unwrap();
    let blocks = client.iter_mut().filter_map(|item| match item {
        Item::Impl(item) => Some(item),
        _ => None,
    });
    let blocks = blocks.map(|block| {
        let docs = doc_attrs::unindented(&doc_attrs::text(&block.attrs));
        let methods = syn_query::functions(block).map(|of| of.sig.ident.to_string());
        (docs.trim().to_owned(), methods.collect())
    });
    blocks.collect()
}

#[test]
fn each_tag_has_a_block_of_methods() {
    let operation = |name: &str, tag: &str| {
        format!(
            "  /{name}: {{get: {{operationId: {name}, tags: [{tag}], responses: {{'204': {{description: ''}}}}}}}}\n"
        )
    };
    let paths = |all: &[(&str, &str)]| {
        let all = all.iter().map(|(name, tag)| operation(name, tag));
        format!("paths:\n{}", all.collect::<String>())
    };
    let tags = "tags: [{name: Unused}, {name: Second, description: 'The <i>second</i> one'}, {name: '# First'}]\n";
    for (parts, expected) in [
        ("paths: {}".to_owned(), &[][..]),
        (
            tags.to_owned() + &paths(&[("a", ""), ("b", "")]),
            &[("", &["a", "b"][..])],
        ),
        (
            tags.to_owned()
                + &paths(&[
                    ("a", "'# First', Second"),
                    ("b", ""),
                    ("c", "Second"),
                    ("d", "Other"),
                    ("e", "Second"),
                ]),
            &[
                ("# Second\n\nThe \\<i>second\\</i> one.", &["c", "e"]),
                ("# \\# First", &["a"]),
                ("# Other", &["d"]),
                ("# Operations without a tag", &["b"]),
            ],
        ),
    ] {
        let found = blocks(&parts);
        let found = found.iter().map(|(docs, methods)| {
            let methods = methods.iter().map(String::as_str);
            (docs.as_str(), methods.collect::<Vec<_>>())
        });
        let expected = expected
            .iter()
            .map(|(docs, methods)| (*docs, methods.to_vec()));
        assert_eq!(
            found.collect::<Vec<_>>(),
            expected.collect::<Vec<_>>(),
            "{parts}"
        );
    }
}
