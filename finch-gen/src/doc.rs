//! Documentation as attributes: `#[doc = "…"]`.

use std::borrow::Cow;

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
    let lines = text.trim().lines().flat_map(|line| line.split('\r'));
    lines.map(|line| {
        let line = match line.trim_end() {
            "" => String::new(),
            line => format!(" {}", visible(line)),
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

/// `line` with the characters spelled out that change in which direction others
/// are shown: what they hide is code to the compiler, which refuses them.
fn visible(line: &str) -> Cow<'_, str> {
    let hides = |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !line.contains(hides) {
        return Cow::Borrowed(line);
    }
    let spelled = |c: char| match hides(c) {
        true => c.escape_unicode().to_string(),
        false => c.to_string(),
    };
    Cow::Owned(line.chars().map(spelled).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_compiler_refuses_in_a_comment_is_not_in_it() {
        let mut attributes = Vec::new();
        set(&mut attributes, "a\u{202e}b\r\nc\rd");
        assert_eq!(text(&attributes), " a\\u{202e}b\n c\n d");
    }
}
