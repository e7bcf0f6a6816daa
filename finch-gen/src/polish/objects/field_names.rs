//! Members have the names that the document gives them.
//!
//! Before, one of two members that would be one field has a number after its
//! name, behind a character of Unicode's private use area (see
//! `shape::field_names`), here `|`:
//!
//! ```text
//! #[serde(rename = "_id|2")]
//! pub id_2: String,
//! ```
//!
//! After, the field keeps the number, and the member does not:
//!
//! ```text
//! #[serde(rename = "_id")]
//! pub id_2: String,
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
