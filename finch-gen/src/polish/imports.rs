//! The operations' builders import what they name, and nothing else.
//!
//! Before, the module names the runtime's items as if they were there:
//!
//! ```text
//! pub mod builder {
//!     use super::types;
//!     …
//! ```
//!
//! After, those that it names are:
//!
//! ```text
//! pub mod builder {
//!     use crate::runtime::{ClientHooks, Parameter, RequestBuilderExt};
//!     use crate::{Error, Response};
//!     use super::types;
//!     …
//! ```

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{ExprMethodCall, Ident, Item, Macro, parse_quote};

use super::{Context, tree};

/// The methods of `RequestBuilderExt`.
const EXTENSIONS: [&str; 6] = [
    "file_body",
    "form_body",
    "json_body",
    "multipart_body",
    "parameters",
    "raw_body",
];

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let builder = tree::module(file, &["builder"])?;
    if builder.iter().all(|item| matches!(item, Item::Use(_))) {
        // A client without operations needs nothing of the hand-written half.
        builder.clear();
        return Ok(());
    }
    let mut used = Used::default();
    builder.iter().for_each(|item| used.visit_item(item));
    if !used.0.contains("types") {
        builder.retain(|item| !matches!(item, Item::Use(_)));
    }
    let runtime = ["Parameter", "Part", "RequestBuilderExt", "Style"]
        .into_iter()
        .filter(|name| used.0.contains(*name))
        .map(|name| Ident::new(name, Span::call_site()));
    builder.splice(
        0..0,
        [
            parse_quote!(use crate::runtime::{ClientHooks, #(#runtime),*};),
            parse_quote!(
                use crate::{Error, Response};
            ),
        ],
    );
    Ok(())
}

/// The names that must be imported for what some items say.
#[derive(Default)]
struct Used(BTreeSet<String>);

impl<'ast> Visit<'ast> for Used {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none() {
            let first = path.segments.first();
            self.0.extend(first.map(|first| first.ident.to_string()));
        }
        visit::visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if EXTENSIONS.iter().any(|name| call.method == name) {
            self.0.insert("RequestBuilderExt".to_owned());
        }
        visit::visit_expr_method_call(self, call);
    }

    // The arguments of a macro are tokens, and no expressions.
    fn visit_macro(&mut self, call: &'ast Macro) {
        self.visit_tokens(call.tokens.clone());
    }
}

impl Used {
    fn visit_tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    self.0.insert(name.to_string());
                }
                TokenTree::Group(group) => self.visit_tokens(group.stream()),
                _ => {}
            }
        }
    }
}
