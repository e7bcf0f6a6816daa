//! The variants of a union get the names of their tags, or of their types.
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

use proc_macro2::Span;
use quote::ToTokens as _;
use syn::visit_mut::{self, VisitMut};
use syn::{Fields, Ident, Item, ItemEnum, Type};

use crate::polish::Context;
use crate::polish::syntax::syn_query;
use crate::provenance;
use crate::shape::{KnownVariant, Scalar, Tag};
use crate::type_names::{self, Taken};

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let types = syn_query::module(file, &["types"])?;
    let event = context.event(types);
    let webhooks = webhooks(types, context);
    let mut renamed: BTreeMap<String, BTreeMap<String, Ident>> = BTreeMap::new();
    for item in types.iter_mut() {
        if let Item::Enum(item) = item
            && is_union(item)
        {
            let known = context.shaped.unions.get(&item.ident.to_string());
            let webhooks = webhooks
                .iter()
                .filter(|_| event.as_ref().is_some_and(|of| item.ident == of));
            let webhooks: BTreeMap<&str, &str> =
                webhooks.map(|(name, of)| (&**name, &**of)).collect();
            let names = names(
                item,
                known.map(Vec::as_slice).unwrap_or_default(),
                &webhooks,
            );
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

/// Returns the webhooks whose body no other webhook has, by the type of the body.
fn webhooks(types: &[Item], context: &Context<'_>) -> BTreeMap<String, String> {
    // Reading the marks of many types takes long.
    let types = types.iter().filter(|_| !context.model.webhooks.is_empty());
    let marked = types.filter_map(|item| {
        let place = provenance::read(syn_query::attributes(item))?;
        let webhooks = context.model.webhooks.iter();
        let mut named = webhooks.filter(|webhook| webhook.schema == place);
        let only = named.next().filter(|_| named.next().is_none())?;
        Some((syn_query::name(item)?.to_string(), only.name.clone()))
    });
    marked.collect()
}

/// Whether `item` is an untagged enum.
pub(crate) fn is_union(item: &ItemEnum) -> bool {
    item.attrs.iter().any(|attribute| {
        attribute.path().is_ident("serde")
            && attribute.to_token_stream().to_string().contains("untagged")
    })
}

/// Returns the new names of the numbered variants, by their old ones. `known` are the variants
/// with their tags. `webhooks` are webhooks by the type of their body.
fn names(
    item: &ItemEnum,
    known: &[KnownVariant],
    webhooks: &BTreeMap<&str, &str>,
) -> BTreeMap<String, Ident> {
    let is_numbered = |name: &str| {
        let number = name.strip_prefix("Variant");
        number.is_some_and(|number| number.parse::<u32>().is_ok())
    };
    let variants = item.variants.iter().filter_map(|variant| {
        let old = variant.ident.to_string();
        let Fields::Unnamed(fields) = &variant.fields else {
            return None;
        };
        let field = fields.unnamed.first().filter(|_| is_numbered(&old))?;
        Some((
            old,
            candidates(&item.ident.to_string(), &field.ty, known, webhooks),
        ))
    });
    let variants: Vec<(String, Vec<String>)> = variants.collect();
    let mut taken: Taken = item
        .variants
        .iter()
        .map(|variant| variant.ident.to_string())
        .filter(|name| !is_numbered(name))
        .collect();
    let mut names = BTreeMap::new();
    for (old, own) in &variants {
        // A name that fits another variant, too, does not distinguish them.
        let is_free = |name: &&String| {
            let others = variants.iter().filter(|(other, _)| other != old);
            !taken.contains(name) && !others.into_iter().any(|(_, of)| of.contains(name))
        };
        let name = own.iter().find(is_free).or(own.last());
        if let Some(name) = name {
            let name = taken.unique(name);
            names.insert(old.clone(), Ident::new(&name, Span::call_site()));
        }
    }
    names
}

/// Returns possible names for the variant with a `ty` in the enum `of`, the best first: the value
/// of its tag, the webhook, the name of the type without the name of the enum, and the kind.
fn candidates(
    of: &str,
    ty: &Type,
    known: &[KnownVariant],
    webhooks: &BTreeMap<&str, &str>,
) -> Vec<String> {
    let ty = syn_query::unboxed(ty);
    let name = syn_query::last_ident(ty)
        .map(ToString::to_string)
        .unwrap_or_default();
    let known = known.iter().find(|known| known.name == name);
    let tags = known.into_iter().flat_map(|known| &known.tags);
    let values = tags.filter_map(Tag::only_value).map(Scalar::name);
    let webhook = webhooks.get(name.as_str()).map(|of| (*of).to_owned());
    let words = values.chain(webhook);
    let words = words.map(|word| type_names::camel_case(&word));
    let rest = name.strip_prefix(of).unwrap_or_default();
    let rest = rest
        .starts_with(char::is_uppercase)
        .then(|| rest.to_owned());
    let item = syn_query::arguments_of(ty, "Vec").and_then(|of| of.first().copied());
    let kind = match item {
        Some(item) => pluralizer::pluralize(&kind(item), 2, false),
        None => kind(ty),
    };
    let mut names: Vec<String> = words.chain(rest).chain([kind]).collect();
    names.retain(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()) && name != "Self");
    names
}

/// Returns the name of the kind of `ty`, or its own.
fn kind(ty: &Type) -> String {
    let last = syn_query::last_ident(syn_query::unboxed(ty))
        .map(ToString::to_string)
        .unwrap_or_default();
    let kind = match last.as_str() {
        "Value" => "Other",
        "bool" => "Boolean",
        "f64" | "f32" => "Number",
        "i128" | "i64" | "i32" | "u64" | "u32" => "Integer",
        "Vec" => "Array",
        "Map" | "HashMap" => "Object",
        "" => "Unnamed",
        name => name,
    };
    kind.to_owned()
}

/// Renames the variants in an implementation.
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
