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
//! it does not know:
//!
//! ```text
//! #[derive(Clone, Copy, …)]
//! pub enum Order { Ascending, … }
//! impl ::serde::Serialize for Order {
//!     fn serialize<S: …>(&self, serializer: S) -> … { serializer.collect_str(self) }
//! }
//! impl<'de> ::serde::Deserialize<'de> for Order {
//!     fn deserialize<D: …>(deserializer: D) -> … {
//!         let text = ::std::string::String::deserialize(deserializer)?;
//!         text.parse().map_err(|_| ::serde::de::Error::unknown_variant(&text, &["ascending", …]))
//!     }
//! }
//! ```

use quote::{ToTokens as _, quote};
use syn::{Item, ItemEnum, ItemImpl};

use super::{Context, derives, open_enums, tree};

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let types = tree::module(file, &["types"])?;
    let mut items = Vec::with_capacity(types.len());
    for item in types.drain(..) {
        match item {
            Item::Enum(mut item) if is_closed(&item) => {
                let written = implementations(&item);
                let written = written.map_err(|error| format!("`{}`: {error}", item.ident))?;
                strip(&mut item)?;
                items.push(Item::Enum(item));
                items.extend(written.map(Item::Impl));
            }
            item => items.push(item),
        }
    }
    *types = items;
    Ok(())
}

/// Whether serde is to read `item`, whose variants are texts.
fn is_closed(item: &ItemEnum) -> bool {
    let is_plain = !item.attrs.iter().any(|of| of.path().is_ident("serde"));
    let is_of_strings = open_enums::is_of_strings(item) && !item.variants.is_empty();
    is_of_strings && is_plain && derives::has(&item.attrs, "Deserialize")
}

fn implementations(item: &ItemEnum) -> Result<[ItemImpl; 2], syn::Error> {
    let name = &item.ident;
    let texts = item.variants.iter().map(open_enums::text_of);
    let written = quote! {
        impl ::serde::Serialize for #name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
    let read = quote! {
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let text = ::std::string::String::deserialize(deserializer)?;
                text.parse()
                    .map_err(|_| ::serde::de::Error::unknown_variant(&text, &[#(#texts),*]))
            }
        }
    };
    Ok([syn::parse2(written)?, syn::parse2(read)?])
}

/// Takes what is serde's out of `item`.
fn strip(item: &mut ItemEnum) -> Result<(), String> {
    derives::remove(&mut item.attrs, &["Deserialize", "Serialize"])?;
    for variant in &mut item.variants {
        let others = variant
            .attrs
            .iter()
            .filter(|of| of.path().is_ident("serde"));
        let mut others = others.filter(|of| open_enums::serde_rename(of).is_none());
        if let Some(other) = others.next() {
            let other = other.to_token_stream();
            return Err(format!("a variant of `{}` has `{other}`", item.ident));
        }
        variant.attrs.retain(|of| !of.path().is_ident("serde"));
    }
    Ok(())
}
