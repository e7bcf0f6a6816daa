//! Properties have their names from the document.
//!
//! ```yaml
//! A: {required: [id, _id], properties: {id: {type: string}, _id: {type: string}}}
//! ```
//!
//! Before, the second property whose field would be `id` has a number in its name, after a
//! mark (see `shape::field_names`):
//!
//! ```text
//! pub struct A {
//!     pub id: ::std::string::String,
//!     #[serde(rename = "_id\u{e002}2")]
//!     pub id_2: ::std::string::String,
//! }
//! ```
//!
//! After, only the field keeps the number:
//!
//! ```text
//! pub struct A {
//!     pub id: ::std::string::String,
//!     #[serde(rename = "_id")]
//!     pub id_2: ::std::string::String,
//! }
//! ```
//!
//! A field is named in ASCII: the compiler warns of letters that look like others.

use proc_macro2::{Group, Literal, TokenStream, TokenTree};
use syn::visit_mut::{self, VisitMut};
use syn::{Ident, LitStr, parse_quote};

use crate::polish::syntax::serde_attrs::renamed;
use crate::polish::syntax::syn_query;
use crate::polish::{Context, Unsupported};
use crate::shape::{MARK, in_ascii};

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), Unsupported> {
    // Most documents have no such property, and visiting every name takes long.
    if !context.shaped.has_special_fields {
        return Ok(());
    }
    for item in syn_query::module(file, &["types"])? {
        Unnumber.visit_item_mut(item);
        Transliterate.visit_item_mut(item);
    }
    Ok(())
}

struct Transliterate;

impl VisitMut for Transliterate {
    fn visit_field_mut(&mut self, field: &mut syn::Field) {
        let name = field.ident.as_ref().map(ToString::to_string);
        if let Some(name) = name.filter(|name| !name.is_ascii())
            && !field.attrs.iter().any(|of| renamed(of).is_some())
        {
            field.attrs.push(parse_quote!(#[serde(rename = #name)]));
        }
        visit_mut::visit_field_mut(self, field);
    }

    fn visit_ident_mut(&mut self, ident: &mut Ident) {
        let name = ident.to_string();
        if !name.is_ascii() {
            *ident = Ident::new(&in_ascii(&name), ident.span());
        }
    }
}

struct Unnumber;

impl VisitMut for Unnumber {
    fn visit_lit_str_mut(&mut self, literal: &mut LitStr) {
        if let Some((name, _)) = literal.value().split_once(MARK) {
            *literal = LitStr::new(name, literal.span());
        }
    }

    fn visit_meta_list_mut(&mut self, list: &mut syn::MetaList) {
        list.tokens = unnumber(std::mem::take(&mut list.tokens));
        visit_mut::visit_meta_list_mut(self, list);
    }
}

fn unnumber(tokens: TokenStream) -> TokenStream {
    let unnumbered = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => Group::new(group.delimiter(), unnumber(group.stream())).into(),
        TokenTree::Literal(literal) => match syn::Lit::new(literal.clone()) {
            syn::Lit::Str(text) => match text.value().split_once(MARK) {
                Some((name, _)) => Literal::string(name).into(),
                None => literal.into(),
            },
            _ => literal.into(),
        },
        token => token,
    });
    unnumbered.collect()
}
