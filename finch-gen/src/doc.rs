//! Documentation as attributes: `#[doc = "…"]`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{AttrStyle, Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, MetaNameValue};

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
    attributes.splice(0..0, attributes_of(text));
}

/// `text` as documentation attributes, a line each.
pub(crate) fn lines(text: &str) -> TokenStream {
    let lines = attributes_of(text);
    quote!(#(#lines)*)
}

/// Made and not parsed: a client has more lines of documentation than of code.
fn attributes_of(text: &str) -> impl Iterator<Item = Attribute> {
    text.trim().lines().map(|line| {
        let line = match line.trim_end() {
            "" => String::new(),
            line => format!(" {line}"),
        };
        let text = Lit::Str(LitStr::new(&line, Span::call_site()));
        Attribute {
            pound_token: Default::default(),
            style: AttrStyle::Outer,
            bracket_token: Default::default(),
            meta: Meta::NameValue(MetaNameValue {
                path: Ident::new("doc", Span::call_site()).into(),
                eq_token: Default::default(),
                value: Expr::Lit(ExprLit {
                    attrs: Vec::new(),
                    lit: text,
                }),
            }),
        }
    })
}
