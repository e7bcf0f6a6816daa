//! Emits the module `testing`: the server URL, the operations and the success examples, for a fake
//! server in tests. The module requires the feature `test-util`.
//!
//! An example is emitted only if it covers a whole response. Its status may be a range: `2XX`
//! becomes 200.

use proc_macro2::TokenStream;
use quote::quote;

use super::table;
use crate::api_model::{ApiModel, Example, ExampleOf};
use crate::visible::visible_json;
use crate::{doc_attrs, pointer};

/// The module `testing`.
pub(super) fn testing(model: &ApiModel) -> TokenStream {
    let server = model.server.as_ref();
    let server = server.map_or(quote!(None), |server| quote!(Some(#server)));
    let operations = model.operations.iter().map(|operation| {
        let name = table::row_name(operation);
        quote!(&super::operations::#name)
    });
    let examples = model.examples.iter().filter_map(|example| {
        let operation = &model.operations[example.operation].id;
        of_example(operation, example)
    });
    quote! {
        /// The operations and examples of the document, for a fake server in tests.
        #[cfg(feature = "test-util")]
        pub(crate) mod testing {
            #[allow(unused_imports)]
            use crate::runtime::testing::{Document, Example};

            pub(crate) static DOCUMENT: Document = Document {
                server: #server,
                operations: &[#(#operations),*],
                examples: &[#(#examples),*],
            };
        }
    }
}

/// The example, if it covers a whole response.
fn of_example(operation: &str, example: &Example) -> Option<TokenStream> {
    let ExampleOf::Response(status) = &example.of else {
        return None;
    };
    let status: u16 = match status.as_str() {
        "default" => 200,
        // A range such as `2XX` uses its first status.
        status => status.to_ascii_uppercase().replace('X', "0").parse().ok()?,
    };
    let name = match &*example.pointer.split('/').rev().take(3).collect::<Vec<_>>() {
        ["value", _, "examples"] => {
            let (example, _) = example.pointer.rsplit_once('/')?;
            pointer::last(example).unwrap_or_default()
        }
        _ => String::new(),
    };
    let body = doc_attrs::raw(&visible_json(&example.response.as_ref()?.to_string()));
    Some(quote! {
        Example { operation: #operation, status: #status, name: #name, body: #body }
    })
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use serde_json::{Value, json};

    use syn::Item;

    use super::*;

    use crate::polish::syntax::syn_query;
    use crate::tests::client_of;

    /// The module for a document with these servers and paths.
    fn check(servers: &str, paths: &str) -> String {
        let document = format!(
            "{{openapi: 3.1.0, info: {{title: T, version: '1'}}, servers: {servers}, paths: {paths}}}"
        );
        let mut tree = client_of(&document);
        let items = syn_query::module(&mut tree.file, &["testing"]).unwrap();
        let Some(Item::Static(document)) = items.last() else {
            panic!("no static")
        };
        document.expr.to_token_stream().to_string()
    }

    #[test]
    fn empty_document_has_no_server_operation_or_example() {
        let expected = quote!(Document {
            server: None,
            operations: &[],
            examples: &[],
        });
        assert_eq!(check("[]", "{}"), expected.to_string());
    }

    #[test]
    fn only_complete_success_bodies_become_examples() {
        let json = |schema: &str, examples: &str| {
            format!(
                "{{description: '', content: {{application/json: {{schema: {schema}, {examples}}}}}}}"
            )
        };
        let responses = [
            (
                "'200'",
                json(
                    "{type: string}",
                    "examples: {a/b: {value: 1st}, c: {value: '2'}}",
                ),
            ),
            ("'2XX'", json("{type: integer}", "example: 3")),
            ("'400'", json("{type: string}", "example: a failure")),
        ]
        .map(|(status, response)| format!("{status}: {response}"));
        let list = json(
            "{type: array, items: {type: string, example: a part}}",
            "example: ['4']",
        );
        let paths = format!(
            "{{/a: {{get: {{operationId: get-a, responses: {{{}}},
                parameters: [{{name: p, in: query, schema: {{type: string}}, example: p}}]}}}},
              '/b/{{id}}': {{get: {{operationId: get b, responses: {{default: {list}}}}}}}}}",
            responses.join(", ")
        );
        let expected = quote!(Document {
            server: Some("https://api.example.com/v1"),
            operations: &[&super::operations::GET_A, &super::operations::GET_B],
            examples: &[
                Example {
                    operation: "get-a",
                    status: 200u16,
                    name: "a/b",
                    body: r#""1st""#
                },
                Example {
                    operation: "get-a",
                    status: 200u16,
                    name: "c",
                    body: r#""2""#
                },
                Example {
                    operation: "get-a",
                    status: 200u16,
                    name: "",
                    body: r#"3"#
                },
                Example {
                    operation: "get b",
                    status: 200u16,
                    name: "",
                    body: r#"["4"]"#
                }
            ],
        });
        let found = check("[{url: 'https://api.example.com/v1'}]", &paths);
        assert_eq!(found, expected.to_string());
    }

    #[test]
    fn literal_equals_the_text_and_escapes_hidden_characters() {
        for (value, expected) in [
            (json!({"a": "b"}), r###"r#"{"a":"b"}"#"###),
            (json!("\"#"), r###"r##""\"#""##"###),
            (json!({"#": "#"}), r###"r##"{"#":"#"}"##"###),
            (
                json!("é\n\u{202e}\u{e0001}"),
                r###"r#""é\n\u202e\udb40\udc01""#"###,
            ),
        ] {
            let text = visible_json(&value.to_string());
            assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value));
            assert_eq!(doc_attrs::raw(&text).to_string(), expected);
        }
        let marks = format!("\"{}", "#".repeat(300));
        let literal: syn::LitStr = syn::parse_str(&doc_attrs::raw(&marks).to_string()).unwrap();
        assert_eq!(literal.value(), marks);
    }
}
