//! The variants of a union are named for the types that they hold.
//!
//! ```yaml
//! Body: {oneOf: [{$ref: '#/components/schemas/A'}, {type: string}]}
//! A: {properties: {a: {type: string}}}
//! ```
//!
//! Before, the variants are numbered. A new variant changes the numbers of others:
//!
//! ```text
//! #[serde(untagged)]
//! pub enum Body {
//!     Variant0(A),
//!     Variant1(::std::string::String),
//!     Variant2(::serde_json::Value),
//! }
//! ```
//!
//! After, they have the names of their types. The last one takes every other value:
//!
//! ```text
//! #[serde(untagged)]
//! pub enum Body {
//!     A(A),
//!     String(::std::string::String),
//!     Other(::serde_json::Value),
//! }
//! ```

use std::collections::BTreeMap;

use quote::{ToTokens as _, format_ident};
use syn::visit_mut::{self, VisitMut};
use syn::{Fields, Ident, Item, ItemEnum, Type};

use crate::polish::Context;
use crate::polish::syntax::syn_query;

pub(crate) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let types = syn_query::module(file, &["types"])?;
    let mut renamed: BTreeMap<String, BTreeMap<String, Ident>> = BTreeMap::new();
    for item in types.iter_mut() {
        if let Item::Enum(item) = item
            && is_union(item)
        {
            let names = names(item);
            for variant in &mut item.variants {
                if let Some(name) = names.get(&variant.ident.to_string()) {
                    variant.ident = name.clone();
                }
            }
            renamed.insert(item.ident.to_string(), names);
        }
    }
    for item in types {
        if let Item::Impl(item) = item
            && let Some(names) =
                syn_query::self_name(item).and_then(|name| renamed.get(&name.to_string()))
        {
            Rename { names }.visit_item_impl_mut(item);
        }
    }
    Ok(())
}

/// Whether the variants of `item` are told apart by what they hold.
pub(crate) fn is_union(item: &ItemEnum) -> bool {
    item.attrs.iter().any(|attribute| {
        attribute.path().is_ident("serde")
            && attribute.to_token_stream().to_string().contains("untagged")
    })
}

/// The new names of the numbered variants, by their old ones.
fn names(item: &ItemEnum) -> BTreeMap<String, Ident> {
    let mut names: BTreeMap<String, Ident> = BTreeMap::new();
    for variant in &item.variants {
        let old = variant.ident.to_string();
        let is_numbered = old
            .strip_prefix("Variant")
            .is_some_and(|number| number.parse::<u32>().is_ok());
        let Fields::Unnamed(fields) = &variant.fields else {
            continue;
        };
        let Some(field) = fields.unnamed.first().filter(|_| is_numbered) else {
            continue;
        };
        let name = named_for(&field.ty);
        let is_taken = names.values().any(|taken| *taken == name)
            || item.variants.iter().any(|other| other.ident == name);
        if !is_taken {
            names.insert(old, name);
        }
    }
    names
}

fn named_for(ty: &Type) -> Ident {
    let last = syn_query::last_ident(syn_query::unboxed(ty))
        .map(ToString::to_string)
        .unwrap_or_default();
    match last.as_str() {
        "Value" => format_ident!("Other"),
        "String" => format_ident!("String"),
        "bool" => format_ident!("Boolean"),
        "f64" | "f32" => format_ident!("Number"),
        "i128" | "i64" | "i32" | "u64" | "u32" => format_ident!("Integer"),
        "Vec" => format_ident!("Array"),
        "Map" | "HashMap" => format_ident!("Object"),
        "" => format_ident!("Unnamed"),
        name => format_ident!("{name}"),
    }
}

/// The variants in the code of an implementation.
struct Rename<'a> {
    names: &'a BTreeMap<String, Ident>,
}

impl VisitMut for Rename<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        let is_of_self = path.segments.len() == 2 && path.segments[0].ident == "Self";
        if is_of_self && let Some(name) = self.names.get(&path.segments[1].ident.to_string()) {
            path.segments[1].ident = name.clone();
        }
        visit_mut::visit_path_mut(self, path);
    }
}
