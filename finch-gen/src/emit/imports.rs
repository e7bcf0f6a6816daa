//! The imports of an emitted module: of what its code names, and of nothing else.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Spacing, Span, TokenStream, TokenTree};
use quote::quote;

/// What the handwritten half keeps to the crate.
const RUNTIME: [&str; 12] = [
    "RawResponse",
    "Binary",
    "Call",
    "Empty",
    "Field",
    "Json",
    "Parameter",
    "Part",
    "Style",
    "Success",
    "Text",
    "check",
];

/// What the crate shows its users.
const CRATE: [&str; 6] = [
    "CallFuture",
    "Client",
    "ConversionError",
    "Error",
    "IntoFormat",
    "Response",
];

/// The modules of the generated half.
const GENERATED: [&str; 3] = ["calls", "operations", "types"];

/// `code` after the imports of what it names.
pub(super) fn with_imports(code: TokenStream) -> TokenStream {
    let mut named = BTreeSet::new();
    collect(code.clone(), &mut named);
    let from = |known: &[&str]| -> Vec<Ident> {
        let names = known.iter().filter(|name| named.contains(**name));
        names
            .map(|name| Ident::new(name, Span::call_site()))
            .collect()
    };
    let import = |names: Vec<Ident>, path: TokenStream| {
        (!names.is_empty()).then(|| quote!(use #path::{#(#names),*};))
    };
    let display = named.contains("Display").then(|| {
        quote!(
            use std::fmt::Display;
        )
    });
    let runtime = import(from(&RUNTIME), quote!(crate::runtime));
    let of_crate = import(from(&CRATE), quote!(crate));
    let generated = import(from(&GENERATED), quote!(super));
    quote!(#display #runtime #of_crate #generated #code)
}

/// Collects the names with which paths in `code` begin. The `Error` of `type Error` and of
/// `TryInto<T, Error: Display>` is none.
fn collect(code: TokenStream, names: &mut BTreeSet<String>) {
    let mut tokens = code.into_iter().peekable();
    let (mut is_type, mut is_path) = (false, false);
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => {
                collect(group.stream(), names);
                (is_type, is_path) = (false, false);
            }
            TokenTree::Ident(name) => {
                let is_bound = matches!(tokens.peek(), Some(TokenTree::Punct(next))
                    if next.as_char() == ':' && next.spacing() == Spacing::Alone);
                if !is_path && (name != "Error" || !is_type && !is_bound) {
                    names.insert(name.to_string());
                }
                (is_type, is_path) = (name == "type", false);
            }
            TokenTree::Punct(punct) => {
                // The second of two colons, which no others follow.
                is_path = punct.as_char() == ':' && (is_path || punct.spacing() == Spacing::Joint);
                is_type = false;
            }
            TokenTree::Literal(_) => (is_type, is_path) = (false, false),
        }
    }
}
