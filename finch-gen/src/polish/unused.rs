//! The error of conversions is removed if nothing converts.
//!
//! Before, typify writes `types::error::ConversionError` for each document.
//! After, it is there if something names it: a builder, a closed enum, or a
//! text with a pattern. If only builders for tests name it, it is for tests as well.
//! It is compared like all other types.

use proc_macro2::TokenTree;
use syn::visit::{self, Visit};
use syn::{Item, ItemMacro, parse_quote};

use super::{Context, code, tree};

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let types = tree::module(file, &["types"])?;
    let is_error = |item: &Item| matches!(item, Item::Mod(item) if item.ident == "error");
    let mut named = Named::default();
    let others = types.iter().filter(|item| !is_error(item));
    others.for_each(|item| named.visit_item(item));
    match named {
        Named { by_code: true, .. } => {}
        Named { by_tests: true, .. } => {
            for item in types.iter_mut().filter(|item| is_error(item)) {
                if let Item::Mod(item) = item {
                    item.attrs.push(code::for_tests());
                }
            }
        }
        _ => {
            types.retain(|item| !is_error(item));
            return Ok(());
        }
    }
    for item in tree::module(file, &["types", "error"])? {
        if let Item::Struct(item) = item {
            item.attrs.push(parse_quote!(#[derive(PartialEq)]));
        }
    }
    Ok(())
}

/// What names the error.
#[derive(Default)]
struct Named {
    by_code: bool,
    /// Whether what only tests need names it.
    by_tests: bool,
}

impl Visit<'_> for Named {
    fn visit_item(&mut self, item: &Item) {
        if !self.by_code {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_macro(&mut self, item: &ItemMacro) {
        let is_it = |token| matches!(token, TokenTree::Ident(name) if name == "ConversionError");
        let is_named = item.mac.tokens.clone().into_iter().any(is_it);
        match code::is_for_tests(&item.attrs) {
            true => self.by_tests |= is_named,
            false => self.by_code |= is_named,
        }
    }

    fn visit_path(&mut self, path: &syn::Path) {
        self.by_code |= tree::ends_with(path, &["error", "ConversionError"]);
        visit::visit_path(self, path);
    }
}
