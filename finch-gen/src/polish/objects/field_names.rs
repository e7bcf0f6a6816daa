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

use proc_macro2::{Group, Literal, TokenStream, TokenTree};
use syn::LitStr;
use syn::visit_mut::{self, VisitMut};

use crate::polish::Context;
use crate::polish::syntax::syn_query;
use crate::shape::MARK;

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    if !context.shaped.has_numbered_fields {
        return Ok(());
    }
    for item in syn_query::module(file, &["types"])? {
        Unnumber.visit_item_mut(item);
    }
    Ok(())
}

struct Unnumber;

impl VisitMut for Unnumber {
    fn visit_lit_str_mut(&mut self, literal: &mut LitStr) {
        let text = literal.value();
        if let Some((name, _)) = text.split_once(MARK) {
            *literal = LitStr::new(name, literal.span());
        }
    }

    fn visit_meta_list_mut(&mut self, list: &mut syn::MetaList) {
        list.tokens = unnumber(std::mem::take(&mut list.tokens));
        visit_mut::visit_meta_list_mut(self, list);
    }
}

fn unnumber(tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => {
                Group::new(group.delimiter(), unnumber(group.stream())).into()
            }
            TokenTree::Literal(literal) => match syn::Lit::new(literal.clone()) {
                syn::Lit::Str(text) => match text.value().split_once(MARK) {
                    Some((name, _)) => Literal::string(name).into(),
                    None => literal.into(),
                },
                _ => literal.into(),
            },
            token => token,
        })
        .collect()
}
