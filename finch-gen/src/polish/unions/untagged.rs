//! Of the variants of a union that a value fits, the one that keeps most of it.
//!
//! Before, they are tried by code that serde derives. The first that fits takes
//! the value, and reads over the members that only another names; the list `[1]`
//! is as good an object as `{"a": 1}`; and 1.0 is no integer:
//!
//! ```text
//! #[derive(Deserialize, Serialize, …)]
//! #[serde(untagged)]
//! pub enum Item { Few(Few), Many(Many), Other(Value) }
//! ```
//!
//! After, the runtime is told which members each variant keeps, and tries first
//! the one that loses least:
//!
//! ```text
//! #[derive(Serialize, …)]
//! #[serde(untagged)]
//! pub enum Item { Few(Few), Many(Many), Other(Value) }
//! impl<'de> Deserialize<'de> for Item { … read_union(deserializer, &[(Keeps::Names(&["a"]), …
//! ```
//!
//! A variant that takes any JSON is the last all the same. A union that has a
//! discriminator has code of its own by now.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, Ident, Item, ItemEnum, Type};

use super::union_coverage::Types;
use super::variant_names;
use crate::polish::Context;
use crate::polish::syntax::{derives, syn_query};

pub(crate) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let items = syn_query::module(file, &["types"])?;
    let types = Types::from_items(items);
    let mut implementations = Vec::new();
    for item in items.iter_mut() {
        let Item::Enum(union) = item else { continue };
        if !variant_names::is_union(union) || !derives::has(&union.attrs, "Deserialize") {
            continue;
        }
        let Some(implementation) = deserialize(union, &types) else {
            continue;
        };
        derives::remove(&mut union.attrs, &["Deserialize"]);
        let implementation = syn::parse2(implementation)
            .map_err(|error| format!("`Deserialize` of `{}`: {error}", union.ident))?;
        implementations.push(Item::Impl(implementation));
    }
    items.extend(implementations);
    Ok(())
}

/// Code for a union of which each variant holds one thing.
fn deserialize(union: &ItemEnum, types: &Types) -> Option<TokenStream> {
    let name = &union.ident;
    let held = union.variants.iter().map(|variant| match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            let field = fields.unnamed.first()?;
            Some((&variant.ident, &field.ty))
        }
        _ => None,
    });
    let held = held.collect::<Option<Vec<(&Ident, &Type)>>>()?;
    let (other, tried): (Vec<_>, Vec<_>) = held
        .into_iter()
        .partition(|(_, ty)| syn_query::is_any_json(ty));
    let otherwise = match other.first() {
        Some((other, _)) => quote!(::std::option::Option::Some(Self::#other)),
        None => quote!(::std::option::Option::None),
    };
    let keep = types.keep(&tried.iter().map(|(_, ty)| *ty).collect::<Vec<_>>());
    let variants = tried.iter().map(|(variant, _)| variant);
    Some(quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                use crate::runtime::{Keeps, decode, read_union};
                read_union(deserializer, &[
                    #((#keep, |value| decode(value).map(Self::#variants))),*
                ], #otherwise)
            }
        }
    })
}
