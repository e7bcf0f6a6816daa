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
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, Item, ItemMod, ItemStatic, parse_quote};

use super::template::{Filling, Template as _};
use super::{Context, code};
use crate::facts::{Credential, Operation};
use crate::{doc, markdown};

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let facts = context.facts;
    let rows = Rows::new();
    let rows = facts.operations.iter().map(|operation| rows.row(operation));
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
    let mut table: ItemMod = parse_quote! {
        #[doc = " What the runtime must know of each operation."]
        pub(crate) mod operations {
            #[allow(unused_imports)]
            use crate::runtime::{Credential, Method, Operation};
        }
    };
    if let Some((_, items)) = &mut table.content {
        items.extend(rows.map(Item::Static));
    }
    file.items.push(Item::Mod(table));
    Ok(())
}

/// The name of the operation's entry in the table.
pub(super) fn table_name(rust_name: &str) -> syn::Ident {
    format_ident!("{}", rust_name.to_ascii_uppercase())
}

/// The rows of the table, as templates.
struct Rows {
    row: ItemStatic,
    nothing: Expr,
}

impl Rows {
    fn new() -> Self {
        Self {
            row: parse_quote! {
                pub(crate) static NAME: Operation = Operation {
                    id: ID,
                    method: Method::METHOD,
                    path: PATH,
                    idempotent: IDEMPOTENT,
                    deprecated: DEPRECATED,
                    headers: HEADERS,
                    security: SECURITY,
                    secrets: SECRETS,
                };
            },
            nothing: parse_quote!(&[]),
        }
    }

    fn row(&self, operation: &Operation) -> ItemStatic {
        let Operation {
            id,
            rust_name,
            method,
            path,
            idempotent,
            deprecated,
            headers,
            security,
            secrets,
            pointer,
            parameters: _,
            unsent: _,
            summary: _,
            tag: _,
        } = operation;
        let headers = headers.iter().map(|(name, value)| {
            // As the http crate wants it, and HTTP/2 too.
            let name = name.to_ascii_lowercase();
            quote!((#name, #value))
        });
        let security = security.iter().map(|alternative| {
            let credentials = alternative.iter().map(|credential| match credential {
                Credential::Bearer => quote!(Credential::Bearer),
                Credential::Basic => quote!(Credential::Basic),
                Credential::Header(name) => quote!(Credential::Header(#name)),
                Credential::Query(name) => quote!(Credential::Query(#name)),
                Credential::Cookie(name) => quote!(Credential::Cookie(#name)),
            });
            quote!(&[#(#credentials),*])
        });
        let secrets = secrets.iter().map(ToTokens::to_token_stream);
        let mut row = self.row.filled(&[
            ("NAME", Filling::Name(&table_name(rust_name))),
            ("ID", Filling::Value(&code::text(id))),
            ("METHOD", Filling::Name(&format_ident!("{method}"))),
            ("PATH", Filling::Value(&code::text(path))),
            ("IDEMPOTENT", Filling::Value(&code::truth(*idempotent))),
            ("DEPRECATED", Filling::Value(&code::truth(*deprecated))),
            ("HEADERS", Filling::Value(&self.list(headers))),
            ("SECURITY", Filling::Value(&self.list(security))),
            ("SECRETS", Filling::Value(&self.list(secrets))),
        ]);
        doc::set(&mut row.attrs, &markdown::code(pointer));
        row
    }

    fn list(&self, values: impl ExactSizeIterator<Item = TokenStream>) -> Expr {
        match values.len() {
            0 => self.nothing.clone(),
            _ => parse_quote!(&[#(#values),*]),
        }
    }
}
