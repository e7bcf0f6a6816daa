//! A value that the document does not list does not fail a response.
//!
//! Before, an enum that a response can hold refuses an unknown value:
//!
//! ```text
//! #[derive(Serialize, Deserialize, Clone, Copy, …)]
//! pub enum ClientType {
//!     #[serde(rename = "production")]
//!     Production,
//! }
//! ```
//!
//! After, it keeps its text, but cannot be matched by it, so that a value that
//! gets a variant of its own later changes no program that compiles:
//!
//! ```text
//! #[non_exhaustive]
//! pub enum ClientType { Production, Unknown(crate::UnknownValue) }
//! impl ClientType { pub fn as_str(&self) -> &str { … } }
//! ```
//!
//! What only a request holds stays closed: a caller is to know what is allowed.
//! And so does what tells the variants of a union apart that are tried: if it
//! were open, the first variant would take the values of all.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, Fields, Ident, Item, ItemEnum, LitStr, Variant, parse_quote};

use super::{Context, reach, tree, variants};
use crate::doc;

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let in_responses = reach::in_responses(file)?;
    let types = tree::module(file, &["types"])?;
    let tags = tags(types, context);
    let opened: BTreeSet<Ident> = types
        .iter()
        .filter_map(|item| match item {
            Item::Enum(item) if is_of_strings(item) => Some(item.ident.clone()),
            _ => None,
        })
        .filter(|name| in_responses.contains(&name.to_string()))
        .filter(|name| !tags.contains(&name.to_string()))
        .collect();
    // The unions that hold one: to read it from a text never fails.
    let holders: BTreeSet<Ident> = types
        .iter()
        .filter_map(|item| match item {
            Item::Enum(item) if item.variants.iter().any(|variant| holds(variant, &opened)) => {
                Some(item.ident.clone())
            }
            _ => None,
        })
        .collect();
    let mut items = Vec::with_capacity(types.len());
    for item in types.drain(..) {
        match item {
            Item::Impl(mut item)
                if tree::self_name(&item).is_some_and(|name| holders.contains(name))
                    && item
                        .trait_
                        .as_ref()
                        .is_some_and(|(path, _)| tree::ends_with(path, &["FromStr"])) =>
            {
                item.attrs.push(parse_quote! {
                    #[allow(irrefutable_let_patterns, reason = "an open enum takes every text")]
                });
                items.push(Item::Impl(item));
            }
            Item::Enum(item) if opened.contains(&item.ident) => {
                let opened: syn::File = syn::parse2(open(&item))
                    .map_err(|error| format!("`{}`: {error}", item.ident))?;
                items.extend(opened.items);
            }
            Item::Impl(item)
                if tree::self_name(&item).is_some_and(|name| opened.contains(name))
                    && item
                        .trait_
                        .as_ref()
                        .is_some_and(|(path, _)| is_conversion(path)) => {}
            item => items.push(item),
        }
    }
    *types = items;
    Ok(())
}

/// Whether `variant` holds one of the types with `names`.
fn holds(variant: &Variant, names: &BTreeSet<Ident>) -> bool {
    variant
        .fields
        .iter()
        .filter_map(|field| tree::last_ident(&field.ty))
        .any(|name| names.contains(name))
}

/// The names of the enums that tell the variants of a union apart which is tried:
/// several of them have a member of one name, each with an enum of its own.
fn tags(types: &[Item], context: &Context<'_>) -> BTreeSet<String> {
    let members: BTreeMap<String, BTreeMap<String, String>> = types
        .iter()
        .filter_map(|item| match item {
            Item::Struct(item) => {
                let members = item.fields.iter().filter_map(|field| {
                    let ty = tree::arguments_of(&field.ty, "Option")
                        .and_then(|inner| inner.first().copied())
                        .unwrap_or(&field.ty);
                    let name = field.ident.as_ref()?.to_string();
                    Some((name, tree::last_ident(ty)?.to_string()))
                });
                Some((item.ident.to_string(), members.collect()))
            }
            _ => None,
        })
        .collect();
    let mut tags = BTreeSet::new();
    for item in types {
        let Item::Enum(item) = item else { continue };
        let discriminators = &context.hints.discriminators;
        if !variants::is_union(item) || discriminators.contains_key(&item.ident.to_string()) {
            continue;
        }
        let mut by_member: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
        let held = item.variants.iter().flat_map(|variant| &variant.fields);
        let held = held.filter_map(|field| members.get(&tree::last_ident(&field.ty)?.to_string()));
        for (name, ty) in held.flatten() {
            by_member.entry(name).or_default().insert(ty);
        }
        let differing = by_member.into_values().filter(|types| types.len() > 1);
        tags.extend(differing.flatten().cloned());
    }
    tags
}

pub(super) fn is_of_strings(item: &ItemEnum) -> bool {
    item.variants
        .iter()
        .all(|variant| matches!(variant.fields, Fields::Unit))
}

/// Whether `path` is a trait between an enum and its text.
fn is_conversion(path: &syn::Path) -> bool {
    ["Display", "FromStr", "TryFrom"]
        .iter()
        .any(|name| path.segments.last().is_some_and(|last| last.ident == name))
}

/// The text that `variant` stands for.
pub(super) fn text_of(variant: &Variant) -> String {
    let renamed = variant.attrs.iter().find_map(serde_rename);
    renamed.unwrap_or_else(|| variant.ident.to_string())
}

/// The name in `#[serde(rename = "…")]`.
pub(super) fn serde_rename(attribute: &Attribute) -> Option<String> {
    if !attribute.path().is_ident("serde") {
        return None;
    }
    let mut renamed = None;
    // Other members of the attribute may not be of the form `name = "…"`; what
    // follows one of them is not looked at.
    let _other_members = attribute.parse_nested_meta(|meta| {
        let text: LitStr = meta.value()?.parse()?;
        if meta.path.is_ident("rename") {
            renamed = Some(text.value());
        }
        Ok(())
    });
    renamed
}

/// The documentation of a variant that stands for `text`.
pub(super) fn spelled(text: &str) -> String {
    match text {
        "" => "The empty text.".to_owned(),
        text => format!("`{text}`"),
    }
}

fn open(item: &ItemEnum) -> TokenStream {
    let name = &item.ident;
    let docs = item
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"));
    let variants: Vec<&Ident> = item.variants.iter().map(|variant| &variant.ident).collect();
    let texts: Vec<String> = item.variants.iter().map(text_of).collect();
    let attributes = item.variants.iter().zip(&texts).map(|(variant, text)| {
        let mut attributes = variant.attrs.clone();
        attributes.retain(|attribute| serde_rename(attribute).is_none());
        if doc::text(&attributes).is_empty() {
            doc::set(&mut attributes, &spelled(text));
        }
        quote!(#(#attributes)*)
    });
    let mut unknown = format_ident!("Unknown");
    while variants.contains(&&unknown) {
        unknown = format_ident!("{unknown}Value");
    }
    let unknown_doc = doc::lines(
        "A value that this version of the crate does not know; its text is that of `as_str`.",
    );
    quote! {
        #(#docs)*
        #[derive(Clone, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        pub enum #name {
            #(#attributes #variants,)*
            #unknown_doc
            #unknown(crate::UnknownValue),
        }
        impl #name {
            #[doc = " The text, as it is sent and received."]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #texts,)*
                    Self::#unknown(value) => value.as_str(),
                }
            }
        }
        impl ::std::convert::From<&str> for #name {
            fn from(text: &str) -> Self {
                match text {
                    #(#texts => Self::#variants,)*
                    text => Self::#unknown(crate::UnknownValue::new(text)),
                }
            }
        }
        impl ::std::convert::From<::std::string::String> for #name {
            fn from(text: ::std::string::String) -> Self {
                Self::from(text.as_str())
            }
        }
        impl ::std::str::FromStr for #name {
            type Err = ::std::convert::Infallible;
            fn from_str(
                text: &str,
            ) -> ::std::result::Result<Self, ::std::convert::Infallible> {
                Ok(Self::from(text))
            }
        }
        impl ::std::fmt::Display for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }
        impl ::serde::Serialize for #name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                ::std::string::String::deserialize(deserializer).map(Self::from)
            }
        }
    }
}
