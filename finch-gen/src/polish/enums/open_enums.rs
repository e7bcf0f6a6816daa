//! An enum of texts takes a value that the document does not list.
//!
//! Before, it refuses one, and fails the whole response:
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
//! crate::runtime::open_enum! {
//!     ClientType;
//!     Production "production";
//!     _ Unknown;
//! }
//! ```
//!
//! A request takes such a value, too: a new document must not break its callers.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Fields, Item, ItemEnum, ItemMacro, Variant, parse_quote};

use crate::polish::Context;
use crate::polish::syntax::syn_query::Names;
use crate::polish::syntax::{serde_attrs, syn_build, syn_query};
use crate::{doc_attrs, markdown};

pub(crate) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let types = syn_query::module(file, &["types"])?;
    let opened: Names = types
        .iter()
        .filter_map(|item| match item {
            Item::Enum(item) if is_of_strings(item) => Some(&item.ident),
            _ => None,
        })
        .collect();
    // The unions that hold one: to read it from a text never fails.
    let holders: Names = types
        .iter()
        .filter_map(|item| match item {
            Item::Enum(item) if item.variants.iter().any(|variant| holds(variant, &opened)) => {
                Some(&item.ident)
            }
            _ => None,
        })
        .collect();
    let mut items = Vec::with_capacity(types.len());
    for item in types.drain(..) {
        match item {
            Item::Impl(mut item)
                if syn_query::self_name(&item).is_some_and(|name| holders.contains(name))
                    && item
                        .trait_
                        .as_ref()
                        .is_some_and(|(path, _)| syn_query::ends_with(path, &["FromStr"])) =>
            {
                item.attrs.push(parse_quote! {
                    #[allow(irrefutable_let_patterns, reason = "an open enum takes every text")]
                });
                items.push(Item::Impl(item));
            }
            Item::Enum(item) if opened.contains(&item.ident) => {
                let (item, conversions) = open(item);
                items.push(Item::Enum(item));
                items.push(Item::Macro(conversions));
            }
            Item::Impl(item)
                if syn_query::self_name(&item).is_some_and(|name| opened.contains(name))
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
fn holds(variant: &Variant, names: &Names) -> bool {
    variant
        .fields
        .iter()
        .filter_map(|field| syn_query::last_ident(&field.ty))
        .any(|name| names.contains(name))
}

pub(crate) fn is_of_strings(item: &ItemEnum) -> bool {
    item.variants
        .iter()
        .all(|variant| matches!(variant.fields, Fields::Unit))
}

/// Whether `path` is a trait between an enum and its text.
pub(crate) fn is_conversion(path: &syn::Path) -> bool {
    ["Display", "FromStr", "TryFrom"]
        .iter()
        .any(|name| path.segments.last().is_some_and(|last| last.ident == name))
}

/// The text that `variant` stands for.
pub(crate) fn text_of(variant: &Variant) -> String {
    let renamed = variant.attrs.iter().find_map(serde_attrs::renamed);
    renamed.unwrap_or_else(|| variant.ident.to_string())
}

/// The documentation of a variant that stands for `text`.
pub(crate) fn spelled(text: &str) -> String {
    match text {
        "" => "The empty text.".to_owned(),
        text => markdown::code(text),
    }
}

/// `item` with a variant for other texts, and its conversions.
fn open(mut item: ItemEnum) -> (ItemEnum, ItemMacro) {
    let name = &item.ident;
    let listed = listed(&item);
    let mut unknown = format_ident!("Unknown");
    while item.variants.iter().any(|of| of.ident == unknown) {
        unknown = format_ident!("{unknown}Value");
    }
    let conversions = syn_build::of_runtime("open_enum", quote!(#name; #listed _ #unknown;));
    for variant in &mut item.variants {
        let text = text_of(variant);
        variant
            .attrs
            .retain(|of| serde_attrs::renamed(of).is_none());
        if doc_attrs::text(&variant.attrs).is_empty() {
            doc_attrs::set(&mut variant.attrs, &spelled(&text));
        }
    }
    let mut other: Variant = parse_quote!(#unknown(crate::UnknownValue));
    doc_attrs::set(
        &mut other.attrs,
        "A value that this version of the crate does not know; its text is that of `as_str`.",
    );
    item.variants.push(other);
    item.attrs.retain(|of| of.path().is_ident("doc"));
    item.attrs
        .push(parse_quote!(#[derive(Clone, Debug, Eq, Hash, PartialEq)]));
    item.attrs.push(parse_quote!(#[non_exhaustive]));
    (item, conversions)
}

/// The variants of `item` with their texts, as the runtime's macros take them.
pub(crate) fn listed(item: &ItemEnum) -> TokenStream {
    let variants = item.variants.iter().map(|variant| {
        let (name, text) = (&variant.ident, text_of(variant));
        quote!(#name #text;)
    });
    variants.collect()
}
