//! What is emitted for operations of small documents.

use quote::ToTokens as _;

use super::signatures;
use crate::call::Call;
use crate::client_tree::ClientTree;
use crate::polish::Context;
use crate::polish::syntax::syn_query;
use crate::polish::tests::{ID, check_code, polish_operation};
use crate::{Inputs, Text};

const A: &str = "schema: {$ref: '#/components/schemas/A'}";
const COMPONENTS: &str = "{A: {type: object, required: [a], properties: {a: {type: string}}}}";

/// The module `name` of a client, as code without spaces.
fn module(tree: &ClientTree, name: &str) -> String {
    let mut file = tree.file.clone();
    let items = syn_query::module(&mut file, &[name]).unwrap();
    let code = items.iter().map(|item| item.to_token_stream().to_string());
    code.collect::<String>().replace(' ', "")
}

/// The call of `POST /a/{id}`, which is `operation`.
#[track_caller]
fn calls(operation: &str) -> String {
    module(&polish_operation(operation, COMPONENTS), "calls")
}

/// The call of an operation with these parameters besides `id`.
#[track_caller]
fn with_parameters(parameters: &str) -> String {
    calls(&format!(
        "parameters: [{ID}, {parameters}], responses: {{'204': {{description: ''}}}}"
    ))
}

/// The call of an operation with this `requestBody`.
#[track_caller]
fn with_body(body: &str) -> String {
    calls(&format!(
        "parameters: [{ID}], requestBody: {body}, responses: {{'204': {{description: ''}}}}"
    ))
}

#[test]
fn a_parameter_is_written_in_its_place_and_style() {
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
            let code = with_parameters(&format!("{{name: p, required: {required}, {parameter}}}"));
            let is_optional = required == "false";
            check_code(
                &code,
                &[
                    &format!("p:Field<{ty}>,"),
                    &format!("p:Field::{kind}(\"p\")"),
                    &format!(".parameter(Parameter::{described},self.p)"),
                ],
            );
            assert_eq!(code.contains("pubfnmaybe_p("), is_optional, "{code}");
        }
    }
}

#[test]
fn a_parameter_of_the_path_is_an_argument() {
    for (more, style, argument, set) in [
        ("schema: {type: integer}", "", "i64", "call.id.set(id);"),
        (
            "style: matrix, schema: {type: array, items: {type: string}}",
            ".style(Style::Matrix)",
            "implIntoIterator<Item:Into<::std::string::String>>",
            "call.id.set(id.into_iter().map(Into::into).collect());",
        ),
        (
            "style: label, explode: true, schema: {type: object, properties: {a: {}}}",
            ".style(Style::Label).explode(true)",
            "implTryInto<types::PostAId,Error:Display>",
            "call.id.convert(id.try_into());",
        ),
        // OpenAPI defines it for queries.
        (
            "allowReserved: true, schema: {type: string, format: uuid}",
            "",
            "implIntoFormat<::uuid::Uuid>",
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
        check_code(
            &module(&tree, "calls"),
            &[
                &format!("fnnew(client:Client,id:{argument})->Self{{"),
                set,
                &format!(".parameter(Parameter::path(\"id\"){style},self.id)"),
            ],
        );
        check_code(
            &module(&tree, "client"),
            &[
                &format!("pubfnpost_a(&self,id:{argument})->calls::PostA{{"),
                "calls::PostA::new(self.clone(),id)",
                "client.post_a(id).await",
            ],
        );
    }
}

#[test]
fn a_setter_takes_what_people_have() {
    for (schema, argument, set) in [
        ("{type: integer}", "i64", "set(value)"),
        ("{type: number}", "f64", "set(value)"),
        ("{type: boolean}", "bool", "set(value)"),
        (
            "{type: string}",
            "implInto<::std::string::String>",
            "set(value.into())",
        ),
        (
            "{type: string, format: password}",
            "implInto<crate::Secret>",
            "set(value.into())",
        ),
        (
            "{type: string, format: date}",
            "implIntoFormat<::chrono::naive::NaiveDate>",
            "convert(value.into_format())",
        ),
        (
            "{type: string, enum: [a, b]}",
            "implTryInto<types::PostAp,Error:Display>",
            "convert(value.try_into())",
        ),
        (
            "{type: array, items: {type: integer}}",
            "implIntoIterator<Item=i64>",
            "set(value.into_iter().collect())",
        ),
        (
            "{type: array, items: {type: string, format: uuid}}",
            "implIntoIterator<Item:IntoFormat<::uuid::Uuid>>",
            "convert(value.into_iter().map(IntoFormat::into_format).collect::<Result<Vec<::uuid::Uuid>,_>>())",
        ),
        (
            "{type: array, items: {type: string, enum: [a, b]}}",
            "implIntoIterator<Item:TryInto<types::PostAp,Error:Display>>",
            "convert(value.into_iter().map(TryInto::try_into).collect::<Result<Vec<types::PostAp>,_>>())",
        ),
    ] {
        let code = with_parameters(&format!("{{name: p, in: query, schema: {schema}}}"));
        let setter = format!("pubfnp(mutself,value:{argument})->Self{{self.p.{set};self}}");
        check_code(&code, &[&setter]);
    }
}

#[test]
fn each_field_of_a_call_has_a_name_of_its_own() {
    let string = "schema: {type: string}";
    let code = calls(&format!(
        "parameters: [{{name: id, in: header, {string}}}, {ID}, {{name: id, in: cookie, {string}}}, \
         {{name: body, in: query, {string}}}, {{name: 'f[a]', in: query, {string}}}, \
         {{name: f_a, in: query, {string}}}, {{name: type, in: query, {string}}}, \
         {{name: send, in: query, {string}}}, {{name: maybe-type, in: query, {string}}}, \
         {{name: 2fa, in: query, {string}}}, {{name: '#', in: query, {string}}}, \
         {{name: Self, in: query, {string}}}, {{name: é, in: query, {string}}}], \
         responses: {{'204': {{description: ''}}}}"
    ));
    check_code(
        &code,
        &[
            ".parameter(Parameter::path(\"id\"),self.id)",
            ".parameter(Parameter::query(\"body\"),self.body2)",
            ".parameter(Parameter::query(\"f[a]\"),self.f_a)",
            ".parameter(Parameter::query(\"f_a\"),self.f_a2)",
            ".parameter(Parameter::header(\"id\"),self.id2)",
            ".parameter(Parameter::cookie(\"id\"),self.id3)",
            ".parameter(Parameter::query(\"type\"),self.type_)",
            ".parameter(Parameter::query(\"send\"),self.send2)",
            ".parameter(Parameter::query(\"2fa\"),self._2fa)",
            ".parameter(Parameter::query(\"#\"),self.x)",
            ".parameter(Parameter::query(\"Self\"),self.self_)",
            ".parameter(Parameter::query(\"é\"),self.e)",
            "Setstheheader`id`.\"#]pubfnid2(",
        ],
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
        // A range is no type that can be sent.
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
        ("image/*", "", file, ".file("),
    ] {
        for (required, kind) in [("true", "required"), ("false", "optional")] {
            let body = format!("{{required: {required}, content: {{'{media_type}': {{{of}}}}}}}");
            check_code(
                &with_body(&body),
                &[
                    &format!("body:Field<{ty}>,"),
                    &format!("body:Field::{kind}(\"body\")"),
                    &format!("{sent}self.body)"),
                ],
            );
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
    let ty = "Option<types::PostARequest>";
    check_code(
        &body(true),
        &[
            &format!("body:Field<::std::option::{ty}>,"),
            "pubfnbody(mutself,value:implTryInto<types::PostARequest,Error:Display>)",
            "self.body.convert(value.try_into().map(Some));",
            &format!(
                "pubfnmaybe_body(mutself,value:::std::option::{ty})->Self{{self.body.set(value);"
            ),
        ],
    );
    check_code(
        &body(false),
        &[
            "body:Field<types::PostARequest>,",
            &format!("pubfnmaybe_body(mutself,value:{ty})->Self{{self.body.maybe(value);"),
        ],
    );
}

#[test]
fn an_encoding_says_how_a_property_is_sent() {
    let object = "schema: {type: object, properties: {a: {type: array, items: {type: string}}, \
                  f: {type: string, format: binary}}}";
    let form = format!(
        "{{content: {{application/x-www-form-urlencoded: {{{object}, encoding: {{a: {{style: \
         pipeDelimited}}}}}}}}}}"
    );
    check_code(
        &with_body(&form),
        &[".form(&[Parameter::query(\"a\").style(Style::PipeDelimited)],self.body)"],
    );
    let multipart = format!(
        "{{content: {{multipart/form-data: {{{object}, encoding: {{a: {{contentType: text/csv}}, \
         f: {{contentType: image/png}}}}}}}}}}"
    );
    check_code(
        &with_body(&multipart),
        &[
            "Part::value(\"f\").of_type(\"image/png\")",
            "Part::value(\"a\").of_type(\"text/csv\")",
        ],
    );
}

/// What an operation with these `responses` accepts, which statuses are successes, and
/// what `send` and awaiting the call give.
#[track_caller]
fn check_responses(responses: &str, row: &str, sent: [&str; 2], awaited: [&str; 2]) {
    let operation = format!("parameters: [{ID}], responses: {responses}");
    let tree = polish_operation(&operation, COMPONENTS);
    check_code(&module(&tree, "operations"), &[row]);
    let ([response, decoded], [value, decoded_value]) = (sent, awaited);
    check_code(
        &module(&tree, "calls"),
        &[
            &format!(
                "send(self)->Result<Response<{response}>,Error>{{self.call().send::<{decoded}>()"
            ),
            &format!("typeOutput=Result<{value},Error>;typeIntoFuture=CallFuture<{value}>;"),
            &format!("self.call().value::<{decoded_value}>()"),
        ],
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
            check_responses(
                &format!("{{{status}: {body}}}"),
                &format!("accept:\"{media_type}\",successes:Successes::{successes},"),
                [value, decoded],
                [value, decoded],
            );
        }
    }
    let range = "content: {application/*+json: {schema: {type: boolean}}}";
    check_responses(
        &format!("{{'200': {{description: '', {range}}}}}"),
        "accept:\"application/json,application/*;q=0.9\",",
        ["bool", "Json<bool>"],
        ["bool", "Json<bool>"],
    );
    for responses in [
        "{'204': {description: ''}}",
        // It has no body, whatever the document says.
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
fn several_kinds_of_success_are_an_enum() {
    let responses = "{'202': {description: '', content: {text/plain: {}}},
         '200': {description: '', content: {application/json: {schema: {type: array, items: {type: string}}}}},
         '203': {description: '', content: {image/png: {}}},
         '204': {description: ''}, 2XX: {description: '', content: {application/json: {schema: {type: integer}}}}}";
    let success = "types::PostASuccess";
    let main = "types::PostAResponse200";
    check_responses(
        responses,
        "successes:Successes::AllOfSeveral(&[200,202,203,204]),",
        [success, success],
        [main, &format!("Json<{main}>")],
    );
    let operation = format!("parameters: [{ID}], responses: {responses}");
    let tree = polish_operation(&operation, COMPONENTS);
    check_code(
        &module(&tree, "calls"),
        &[
            "200=>Json::<types::PostAResponse200>::decode(answer).map(",
            "202=>Text::decode(answer).map(",
            "203=>Binary::decode(answer).map(|response|response.map(types::PostASuccess::Status203))",
            "204=>Empty::decode(answer).map(|response|response.map(|()|types::PostASuccess::Status204))",
            "_=>Json::<types::PostAResponse2Xx>::decode(answer).map(",
        ],
    );
    check_code(
        &module(&tree, "types"),
        &[
            "pubfnok(&self)->::std::option::Option<&PostAResponse200>",
            "pubfninto_accepted(self)->::std::option::Option<::std::string::String>",
            "pubfnis_no_content(&self)->bool",
            "pubfnother(&self)",
        ],
    );
}

#[test]
fn a_call_does_not_hide_what_its_module_names() {
    let text = "
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a:
    get: {operationId: error, responses: {'204': {description: ''}}}
    put: {operationId: error-call, responses: {'204': {description: ''}}}
";
    let tree = crate::client_tree(&Inputs::of_document(Text {
        name: "api.yaml",
        text,
    }));
    let tree = tree.unwrap();
    check_code(
        &module(&tree, "calls"),
        &[
            "pubstructErrorCall_{",
            "pubstructErrorCall{",
            "Result<Response<()>,Error>",
        ],
    );
    check_code(
        &module(&tree, "client"),
        &[
            "pubfnerror(&self)->calls::ErrorCall_{",
            "pubfnerror_call(&self)->calls::ErrorCall{",
        ],
    );
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
    let mut file = tree.file.clone();
    let items = syn_query::module(&mut file, &["types", "builder"]).unwrap();
    let code: String = items
        .iter()
        .map(|item| item.to_token_stream().to_string())
        .collect();
    check_code(
        &code.replace(' ', ""),
        &[
            "a:Field::required(\"a\"),",
            "b:Field::optional(\"b\"),",
            "n:Field::required(\"n\"),",
            "check([self.a.problem(),",
            "a:self.a.value()?,",
            "n:self.n.value()?,",
            "m:self.m.option()?,",
            "pubfnn(mutself,value:implInto<::std::string::String>)->Self{self.n.set(Some(value.into()));self}",
            "pubfnmaybe_n(mutself,value:::std::option::Option<::std::string::String>)->Self{self.n.set(value);self}",
            "pubfnm(mutself,value:implInto<::std::string::String>)->Self{self.m.set(Some(value.into()));self}",
            "self.r.convert(value.try_into().map(Box::new));",
            "pubfnset_build(mutself,value:bool)",
            "pubfnbuild(self)->Result<super::A,ConversionError>",
        ],
    );
}

#[test]
fn a_method_says_what_the_client_does_not_send() {
    let client = |security: &str| {
        let tree = polish_operation(
            &format!(
                "parameters: [{ID}], security: {security}, responses: {{'204': {{description: \
                 ''}}}}"
            ),
            "{}, securitySchemes: {
                digest: {type: http, scheme: digest},
                key: {type: apiKey, in: header, name: X-Key},
            }",
        );
        module(&tree, "client") + &module(&tree, "operations")
    };
    let unsent = "needscredentialsthatthisclientdoesnotsend(`digest`)";
    check_code(&client("[{digest: []}]"), &[unsent, "security:&[],"]);
    let alternative = client("[{digest: []}, {key: []}]");
    assert!(!alternative.contains(unsent), "{alternative}");
    check_code(
        &alternative,
        &["security:&[&[Credential::Header(\"x-key\")]],"],
    );
}

/// What the document and progenitor disagree about if `change` changes progenitor's output
/// for an operation with a required parameter and a body.
#[track_caller]
fn refused(change: impl FnOnce(&mut syn::File)) -> Result<Vec<Call>, String> {
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
            syn::Item::Struct(syn::ItemStruct {
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
fn the_signatures_are_those_of_the_document() {
    assert_eq!(refused(|_| {}).map(|calls| calls.len()), Ok(1));
    let check = |change: &dyn Fn(&mut syn::File), expected: &str| {
        assert_eq!(refused(change).map(|_| ()), Err(expected.to_owned()));
    };
    check(
        &|file| {
            file.items
                .retain(|item| !matches!(item, syn::Item::Impl(item) if item.trait_.is_none()));
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
        &with_type("id", syn::parse_quote!(Result<Option<String>, String>)),
        "progenitor does not require `id` of `post_a`",
    );
    check(
        &with_type("q", syn::parse_quote!(Result<String, String>)),
        "only progenitor requires `q` of `post_a`",
    );
    check(
        &|file| {
            file.items.push(syn::parse_quote! {
                impl Client {
                    pub fn other(&self) -> builder::Other<'_> {
                        builder::Other::new(self)
                    }
                }
            });
        },
        "progenitor has a method `other` of no operation",
    );
}
