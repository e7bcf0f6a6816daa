//! What the runtime must know of each operation, as a table.
//!
//! Before, a call knows its operation's id and nothing else. After, the tree
//! has, beside the constants of the document,
//!
//! ```text
//! pub(crate) mod operations {
//!     use crate::runtime::Operation;
//!     pub(crate) static CREATE_ACCESS_TOKEN: Operation = Operation {
//!         id: "create-access-token",
//!         method: Method::POST,
//!         path: "/auth/token",
//!         …
//!     };
//! }
//! ```

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse_quote;

use super::Context;
use crate::doc;
use crate::facts::{Credential, Operation};

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let facts = context.facts;
    let statics = facts.operations.iter().map(table_row);
    let version = &facts.version;
    file.items.push(parse_quote! {
        #[doc = " The version of the API that this client was generated for."]
        pub const API_VERSION: &str = #version;
    });
    if let Some(server) = &facts.server {
        file.items.push(parse_quote! {
            #[doc = " The server that the document names first: where requests go by default."]
            pub const DEFAULT_BASE_URL: &str = #server;
        });
    }
    file.items.push(parse_quote! {
        #[doc = " What the runtime must know of each operation."]
        pub(crate) mod operations {
            #[allow(unused_imports)]
            use crate::runtime::{Credential, Method, Operation};
            #(#statics)*
        }
    });
    Ok(())
}

/// The name of the operation's entry in the table.
pub(super) fn table_name(rust_name: &str) -> syn::Ident {
    format_ident!("{}", rust_name.to_ascii_uppercase())
}

fn table_row(operation: &Operation) -> TokenStream {
    let Operation {
        id,
        rust_name,
        method,
        path,
        idempotent,
        deprecated,
        secrets,
        pointer,
        parameters: _,
        headers: _,
        security: _,
        unsent: _,
        summary: _,
        tag: _,
    } = operation;
    let method = format_ident!("{method}");
    let name = table_name(rust_name);
    let doc = doc::lines(&format!("`{pointer}`"));
    let headers = operation.headers.iter().map(|(name, value)| {
        // As the http crate wants it, and HTTP/2 too.
        let name = name.to_ascii_lowercase();
        quote!((#name, #value))
    });
    let security = operation.security.iter().map(|alternative| {
        let credentials = alternative.iter().map(|credential| match credential {
            Credential::Bearer => quote!(Credential::Bearer),
            Credential::Basic => quote!(Credential::Basic),
            Credential::Header(name) => quote!(Credential::Header(#name)),
            Credential::Query(name) => quote!(Credential::Query(#name)),
            Credential::Cookie(name) => quote!(Credential::Cookie(#name)),
        });
        quote!(&[#(#credentials),*])
    });
    quote! {
        #doc
        pub(crate) static #name: Operation = Operation {
            id: #id,
            method: Method::#method,
            path: #path,
            idempotent: #idempotent,
            deprecated: #deprecated,
            headers: &[#(#headers),*],
            security: &[#(#security),*],
            secrets: &[#(#secrets),*],
        };
    }
}
