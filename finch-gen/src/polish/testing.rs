//! What a fake server must know of the document, for the tests of a program.
//!
//! After, the tree has a module with every operation and with the examples of successes,
//! if the feature `test-util` is enabled:
//!
//! ```text
//! #[cfg(feature = "test-util")]
//! pub(crate) mod testing {
//!     use crate::runtime::testing::{Document, Example};
//!     pub(crate) static DOCUMENT: Document = Document {
//!         server: Some("https://api.tryfinch.com"),
//!         operations: &[&super::operations::CREATE_ACCESS_TOKEN],
//!         examples: &[
//!             Example {
//!                 operation: "create-access-token",
//!                 status: 200u16,
//!                 name: "Success",
//!                 body: r#"{"access_token":"…",…}"#,
//!             },
//!         ],
//!     };
//! }
//! ```

use std::fmt::Write as _;

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use serde_json::Value;
use syn::{Item, parse_quote};

use super::operations::table_name;
use super::{Context, code};
use crate::facts::{Example, ExampleOf};
use crate::{pointer, visible};

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let facts = context.facts;
    let server = match &facts.server {
        Some(server) => quote!(Some(#server)),
        None => quote!(None),
    };
    let operations = facts.operations.iter().map(|operation| {
        let name = table_name(&operation.rust_name);
        quote!(&super::operations::#name)
    });
    let examples = facts.examples.iter().filter_map(|example| {
        let operation = &facts.operations[example.operation].id;
        of_example(operation, example)
    });
    let for_tests = code::for_tests();
    let module: Item = parse_quote! {
        #[doc = " What a fake server must know of the document."]
        #for_tests
        pub(crate) mod testing {
            #[allow(unused_imports)]
            use crate::runtime::testing::{Document, Example};

            pub(crate) static DOCUMENT: Document = Document {
                server: #server,
                operations: &[#(#operations),*],
                examples: &[#(#examples),*],
            };
        }
    };
    file.items.push(module);
    Ok(())
}

/// The example, if it is of a whole response.
fn of_example(operation: &str, example: &Example) -> Option<TokenStream> {
    let ExampleOf::Response(status) = &example.of else {
        return None;
    };
    let status: u16 = match status.as_str() {
        "default" => 200,
        // Of a range such as `2XX`, its first.
        status => status.to_ascii_uppercase().replace('X', "0").parse().ok()?,
    };
    let name = match &*example.pointer.split('/').rev().take(3).collect::<Vec<_>>() {
        ["value", _, "examples"] => {
            let (example, _) = example.pointer.rsplit_once('/')?;
            pointer::last(example).unwrap_or_default()
        }
        _ => String::new(),
    };
    let body = raw(&json(example.response.as_ref()?))?;
    Some(quote! {
        Example { operation: #operation, status: #status, name: #name, body: #body }
    })
}

/// `value` on one line, with an escape for each character that a reader does not see.
fn json(value: &Value) -> String {
    let mut json = String::new();
    for c in value.to_string().chars() {
        match visible::is_hidden(c) {
            true => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(json, "\\u{unit:04x}").expect("a `String` takes any text");
                }
            }
            false => json.push(c),
        }
    }
    json
}

/// `text` as a raw literal.
fn raw(text: &str) -> Option<Literal> {
    let mut hashes = "#".to_owned();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}").parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_literal_is_the_text_and_hides_nothing() {
        for (value, expected) in [
            (json!({"a": "b"}), r###"r#"{"a":"b"}"#"###),
            (json!("\"#"), r###"r#""\"#""#"###),
            (json!({"#": "#"}), r###"r##"{"#":"#"}"##"###),
            (
                json!("é\n\u{202e}\u{e0001}"),
                r###"r#""é\n\u202e\udb40\udc01""#"###,
            ),
        ] {
            let text = self::json(&value);
            assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value));
            assert_eq!(
                raw(&text).map(|raw| raw.to_string()).as_deref(),
                Some(expected)
            );
        }
    }
}
