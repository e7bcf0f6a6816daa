//! Documentation as attributes: `#[doc = "…"]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// The documentation in `attributes`, as one text.
pub(crate) fn text(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes.iter().filter_map(line).collect();
    lines.join("\n")
}

fn line(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// Puts `text` in the place of the documentation in `attributes`, a line each.
pub(crate) fn set(attributes: &mut Vec<Attribute>, text: &str) {
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    let lines = lines(text);
    let documentation: Vec<Attribute> = syn::parse_quote!(#lines);
    attributes.splice(0..0, documentation);
}

/// `text` as documentation attributes, a line each.
pub(crate) fn lines(text: &str) -> TokenStream {
    let lines = text.trim().lines().map(|line| match line.trim_end() {
        "" => String::new(),
        line => format!(" {line}"),
    });
    quote!(#(#[doc = #lines])*)
}
