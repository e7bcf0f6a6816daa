//! A list is no object, whatever serde makes of it.
//!
//! Before, the variants of a union are tried by code that serde derives, to which
//! the list `[1]` is as good an object as `{"a": 1}`:
//!
//! ```text
//! #[derive(Deserialize, Serialize, …)]
//! #[serde(untagged)]
//! pub enum Item { Few(Few), Other(Value) }
//! ```
//!
//! After, a variant that is an object is tried on objects alone:
//!
//! ```text
//! #[derive(Serialize, …)]
//! #[serde(untagged)]
//! pub enum Item { Few(Few), Other(Value) }
//! impl<'de> Deserialize<'de> for Item { … if value.is_object() && let Ok(value) = …
//! ```
//!
//! A union that has a discriminator has code of its own by now.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, Ident, Item, ItemEnum};

use super::{Context, derives, tree, variants};

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let types = tree::module(file, &["types"])?;
    let objects: BTreeSet<Ident> = types
        .iter()
        .filter_map(|item| match item {
            Item::Struct(item) if matches!(item.fields, Fields::Named(_)) => {
                Some(item.ident.clone())
            }
            _ => None,
        })
        .collect();
    let mut implementations = Vec::new();
    for item in types.iter_mut() {
        let Item::Enum(union) = item else { continue };
        if !variants::is_union(union) || !derives::has(&union.attrs, "Deserialize") {
            continue;
        }
        let Some(implementation) = deserialize(union, &objects) else {
            continue;
        };
        derives::remove(&mut union.attrs, &["Deserialize"])?;
        let implementation = syn::parse2(implementation)
            .map_err(|error| format!("`Deserialize` of `{}`: {error}", union.ident))?;
        implementations.push(Item::Impl(implementation));
    }
    types.extend(implementations);
    Ok(())
}

/// Code for a union of which each variant holds one thing, and some an object.
fn deserialize(union: &ItemEnum, objects: &BTreeSet<Ident>) -> Option<TokenStream> {
    let name = &union.ident;
    let mut has_objects = false;
    let tried = union.variants.iter().map(|variant| {
        let Fields::Unnamed(fields) = &variant.fields else {
            return None;
        };
        let [field] = &fields.unnamed.iter().collect::<Vec<_>>()[..] else {
            return None;
        };
        let (variant, ty) = (&variant.ident, &field.ty);
        if tree::is_any_json(ty) {
            return Some(quote!(return Ok(Self::#variant(value));));
        }
        let held = tree::last_ident(tree::unboxed(ty));
        let is_object = held.is_some_and(|held| objects.contains(held));
        has_objects |= is_object;
        let guard = is_object.then(|| quote!(value.is_object() &&));
        Some(quote! {
            if #guard let Ok(value) = <#ty as ::serde::Deserialize>::deserialize(&value) {
                return Ok(Self::#variant(value));
            }
        })
    });
    let tried = tried.collect::<Option<Vec<_>>>()?;
    let mut held = union.variants.iter().flat_map(|variant| &variant.fields);
    let takes_all = held.any(|field| tree::is_any_json(&field.ty));
    let message = format!("data did not match any variant of {name}");
    let otherwise = (!takes_all).then(|| quote!(Err(::serde::de::Error::custom(#message))));
    has_objects.then(|| {
        quote! {
            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::std::result::Result<Self, D::Error> {
                    let value = ::serde_json::Value::deserialize(deserializer)?;
                    #(#tried)*
                    #otherwise
                }
            }
        }
    })
}
