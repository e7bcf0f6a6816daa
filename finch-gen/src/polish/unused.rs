//! The error of conversions is removed where nothing converts.
//!
//! Before, typify writes `types::error::ConversionError` for each document.
//! After, it is there if something names it: a builder, a closed enum, or a
//! text with a pattern. It is compared like all other types.

use proc_macro2::TokenTree;
use syn::visit::{self, Visit};
use syn::{Item, Macro, parse_quote};

use super::{Context, tree};

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let types = tree::module(file, &["types"])?;
    let is_error = |item: &Item| matches!(item, Item::Mod(item) if item.ident == "error");
    let mut named = Named::default();
    let others = types.iter().filter(|item| !is_error(item));
    others.for_each(|item| named.visit_item(item));
    if !named.0 {
        types.retain(|item| !is_error(item));
        return Ok(());
    }
    for item in tree::module(file, &["types", "error"])? {
        if let Item::Struct(item) = item {
            item.attrs.push(parse_quote!(#[derive(PartialEq)]));
        }
    }
    Ok(())
}

/// Whether something names the error.
#[derive(Default)]
struct Named(bool);

impl Visit<'_> for Named {
    fn visit_item(&mut self, item: &Item) {
        if !self.0 {
            visit::visit_item(self, item);
        }
    }

    fn visit_macro(&mut self, of: &Macro) {
        let is_it = |token| matches!(token, TokenTree::Ident(name) if name == "ConversionError");
        self.0 |= of.tokens.clone().into_iter().any(is_it);
    }

    fn visit_path(&mut self, path: &syn::Path) {
        self.0 |= tree::ends_with(path, &["error", "ConversionError"]);
        visit::visit_path(self, path);
    }
}
