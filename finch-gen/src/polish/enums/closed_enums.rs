//! A closed enum of texts is read and written by the conversions that it has.
//!
//! Before, serde derives for each what can read its variants in any format:
//!
//! ```text
//! #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Copy, …)]
//! pub enum Order {
//!     #[serde(rename = "ascending")]
//!     Ascending,
//!     …
//! }
//! ```
//!
//! After, it is a text, in a fraction of the code, which says the same of one that
//! it does not know, and which texts there are; its other conversions, which
//! progenitor writes out, are there, too:
//!
//! ```text
//! #[derive(Clone, Copy, …)]
//! pub enum Order { Ascending, … }
//! crate::runtime::closed_enum! {
//!     Order, crate::ConversionError;
//!     Ascending "ascending";
//!     …
//! }
//! ```

use quote::{ToTokens as _, quote};
use syn::{Item, ItemEnum, ItemImpl};

use super::open_enums;
use crate::polish::Context;
use crate::polish::syntax::syn_query::Names;
use crate::polish::syntax::{derives, serde_attrs, syn_build, syn_query};

pub(crate) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let types = syn_query::module(file, &["types"])?;
    let closed: Names = types
        .iter()
        .filter_map(|item| match item {
            Item::Enum(item) if is_closed(item) => Some(&item.ident),
            _ => None,
        })
        .collect();
    let mut items = Vec::with_capacity(types.len());
    for item in types.drain(..) {
        match item {
            Item::Enum(mut item) if closed.contains(&item.ident) => {
                let name = &item.ident;
                let listed = open_enums::listed(&item);
                let conversions = syn_build::of_runtime(
                    "closed_enum",
                    quote!(#name, crate::ConversionError; #listed),
                );
                strip(&mut item)?;
                items.push(Item::Enum(item));
                items.push(Item::Macro(conversions));
            }
            Item::Impl(item) if is_conversion(&item, &closed) => {}
            item => items.push(item),
        }
    }
    *types = items;
    Ok(())
}

/// Whether `item` is between one of the enums with `names` and its text.
fn is_conversion(item: &ItemImpl, names: &Names) -> bool {
    let of = item.trait_.as_ref();
    of.is_some_and(|(path, _)| open_enums::is_conversion(path))
        && syn_query::self_name(item).is_some_and(|name| names.contains(name))
}

/// Whether serde is to read `item`, whose variants are texts.
fn is_closed(item: &ItemEnum) -> bool {
    let is_plain = !item.attrs.iter().any(|of| of.path().is_ident("serde"));
    let is_of_strings = open_enums::is_of_strings(item) && !item.variants.is_empty();
    is_of_strings && is_plain && derives::has(&item.attrs, "Deserialize")
}

/// Takes what is serde's out of `item`.
fn strip(item: &mut ItemEnum) -> Result<(), String> {
    derives::remove(&mut item.attrs, &["Deserialize", "Serialize"]);
    for variant in &mut item.variants {
        let others = variant
            .attrs
            .iter()
            .filter(|of| of.path().is_ident("serde"));
        let mut others = others.filter(|of| serde_attrs::renamed(of).is_none());
        if let Some(other) = others.next() {
            let other = other.to_token_stream();
            return Err(format!("a variant of `{}` has `{other}`", item.ident));
        }
        variant.attrs.retain(|of| !of.path().is_ident("serde"));
    }
    Ok(())
}
