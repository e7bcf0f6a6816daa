//! Reads a union by the property that says which variant it is.
//!
//! Before, the variants are tried in turn, and the first takes what fits it,
//! whatever the member says:
//!
//! ```text
//! #[derive(Deserialize, Serialize, …)]
//! #[serde(untagged)]
//! pub enum Pet { Cat(Cat), Dog(Dog), Other(Value) }
//! ```
//!
//! After, the property is read. A value with an unknown text in it is `Other`, or an error if
//! the union has no such variant because only requests hold it:
//!
//! ```text
//! #[derive(Serialize, …)]
//! #[serde(untagged)]
//! pub enum Pet { Cat(Cat), Dog(Dog), Other(Value) }
//! impl<'de> Deserialize<'de> for Pet { … match tag { Some("cat") => …
//! ```

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Fields, Ident, Item, ItemEnum, Type};

use crate::polish::Context;
use crate::polish::syntax::{derives, syn_query};
use crate::shape::Discriminator;

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let types = syn_query::module(file, &["types"])?;
    let unions = types.iter_mut().filter_map(|item| match item {
        Item::Enum(item) => Some((item.ident.to_string(), item)),
        _ => None,
    });
    let mut unions: BTreeMap<String, &mut ItemEnum> = unions.collect();
    let mut implementations = Vec::new();
    for (name, discriminator) in &context.shaped.discriminators {
        let union = unions.get_mut(name);
        let union = union.ok_or_else(|| format!("there is no union `{name}`"))?;
        let implementation = deserialize(union, discriminator)?;
        derives::remove(&mut union.attrs, &["Deserialize"]);
        implementations
            .push(Item::Impl(syn::parse2(implementation).map_err(
                |error| format!("`Deserialize` of `{name}`: {error}"),
            )?));
    }
    types.extend(implementations);
    Ok(())
}

/// The variant of `union` that holds a type of this kind.
fn variant(union: &ItemEnum, is_held: impl Fn(&Type) -> bool) -> Option<&Ident> {
    let variant = union
        .variants
        .iter()
        .find(|variant| match &variant.fields {
            Fields::Unnamed(fields) => fields
                .unnamed
                .first()
                .is_some_and(|field| is_held(&field.ty)),
            _ => false,
        })?;
    Some(&variant.ident)
}

fn deserialize(union: &ItemEnum, discriminator: &Discriminator) -> Result<TokenStream, String> {
    let name = &union.ident;
    let property = &discriminator.property;
    let mut of_strings = true;
    let arms = discriminator.variants.iter().map(|(of, values)| {
        let is_held = |ty: &Type| {
            let held = syn_query::last_ident(syn_query::unboxed(ty));
            !syn_query::is_any_json(ty) && held.is_some_and(|held| held == of)
        };
        let variant =
            variant(union, is_held).ok_or_else(|| format!("`{name}` has no variant of `{of}`"))?;
        let values: Vec<TokenStream> = values
            .iter()
            .map(|value| match (value.as_str(), value.as_i64()) {
                (Some(text), _) => text.to_token_stream(),
                (None, number) => {
                    of_strings = false;
                    number.unwrap_or_default().to_token_stream()
                }
            })
            .collect();
        Ok(quote! {
            ::std::option::Option::Some(#(#values)|*) => {
                crate::runtime::read_variant(value).map(Self::#variant)
            }
        })
    });
    let arms = arms.collect::<Result<Vec<_>, String>>()?;
    let read = if of_strings {
        quote!(as_str)
    } else {
        quote!(as_i64)
    };
    let otherwise = match variant(union, syn_query::is_any_json) {
        Some(other) => quote!(Ok(Self::#other(crate::runtime::unknown(value)))),
        None => {
            let message = format!("`{property}` is none of the values that tell what it is");
            quote!(Err(::serde::de::Error::custom(#message)))
        }
    };
    Ok(quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let value = crate::runtime::read_any(deserializer)?;
                match value.get(#property).and_then(::serde_json::Value::#read) {
                    #(#arms)*
                    _ => #otherwise,
                }
            }
        }
    })
}
