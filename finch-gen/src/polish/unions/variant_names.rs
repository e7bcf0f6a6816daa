//! The variants of a union get the names of their tags, or of their types, and the descriptions of
//! their branches.
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

use syn::visit_mut::{self, VisitMut};
use syn::{Fields, Ident, Item, ItemEnum, Type};

use crate::doc_attrs;
use crate::polish::syntax::{serde_attrs, syn_query};
use crate::polish::{Context, Unsupported};
use crate::provenance;
use crate::shape::{KnownVariant, Scalar, Tag};
use crate::type_names::{self, Taken};

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), Unsupported> {
    let types = syn_query::module(file, &["types"])?;
    let event = context.event(types);
    let webhooks = webhooks(types, context);
    let mut renamed: BTreeMap<String, BTreeMap<String, Ident>> = BTreeMap::new();
    for item in types.iter_mut() {
        if let Item::Enum(item) = item
            && is_union(item)
        {
            let name = item.ident.to_string();
            let known = context.shaped.unions.get(&name);
            let known = known.map(Vec::as_slice).unwrap_or_default();
            let names = match event.as_ref() == Some(&name) {
                true => names(item, known, &webhooks),
                false => names(item, known, &BTreeMap::new()),
            };
            for variant in &mut item.variants {
                if let Some(name) = names.get(&variant.ident.to_string()) {
                    variant.ident = name.clone();
                }
            }
            // The descriptions of the branches, if each variant comes from one branch.
            let described = context.shaped.descriptions.get(&name);
            let described = described.filter(|of| of.len() == item.variants.len());
            let described = described.into_iter().flatten();
            for (variant, description) in item.variants.iter_mut().zip(described) {
                if let Some(description) = description {
                    doc_attrs::set(&mut variant.attrs, description);
                }
            }
            renamed.insert(name, names);
        }
    }
    for item in types {
        if let Item::Impl(item) = item
            && let Some(names) = renamed.get(&syn_query::last_name(&item.self_ty))
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
    serde_attrs::options(&item.attrs).any(|option| option.is("untagged"))
}

/// Returns the new names of the numbered variants, by their old ones. `known` are the variants
/// with their tags. `webhooks` are webhooks by the type of their body.
fn names(
    item: &ItemEnum,
    known: &[KnownVariant],
    webhooks: &BTreeMap<String, String>,
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
        let own = candidates(&item.ident.to_string(), &field.ty, known, webhooks);
        Some((old, own))
    });
    let variants: Vec<(String, Vec<String>)> = variants.collect();
    let names = item.variants.iter().map(|of| of.ident.to_string());
    let mut taken: Taken = names.filter(|name| !is_numbered(name)).collect();
    let mut names = BTreeMap::new();
    for (old, own) in &variants {
        // A name that fits another variant, too, does not distinguish them.
        let is_free = |name: &&String| {
            let mut others = variants.iter().filter(|(other, _)| other != old);
            !taken.contains(name) && !others.any(|(_, of)| of.contains(name))
        };
        if let Some(name) = own.iter().find(is_free).or(own.last()) {
            let name = taken.unique(name);
            names.insert(old.clone(), Ident::new(&name, Span::call_site()));
        }
    }
    names
}

/// Returns possible names for the variant with a `ty` in the enum `of`, best first: the value
/// of its tag, the webhook, the name of the type without the name of the enum, and the kind.
fn candidates(
    of: &str,
    ty: &Type,
    known: &[KnownVariant],
    webhooks: &BTreeMap<String, String>,
) -> Vec<String> {
    let ty = syn_query::unboxed(ty);
    let name = syn_query::last_name(ty);
    let known = known.iter().find(|known| known.name == name);
    let tags = known.into_iter().flat_map(|known| &known.tags);
    let values = tags.filter_map(Tag::only_value).map(Scalar::name);
    let words = values.chain(webhooks.get(&name).cloned());
    let words = words.map(|word| type_names::camel_case(&word));
    let rest = name.strip_prefix(of);
    let rest = rest.filter(|rest| rest.starts_with(char::is_uppercase));
    let rest = rest.map(str::to_owned);
    let kind = match syn_query::argument_of(ty, "Vec") {
        Some(item) => pluralizer::pluralize(&kind(item), 2, false),
        None => kind(ty),
    };
    let mut names: Vec<String> = words.chain(rest).chain([kind]).collect();
    names.retain(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()) && name != "Self");
    names
}

/// Returns the name of the kind of `ty`, or its own.
fn kind(ty: &Type) -> String {
    if let Some(item) = syn_query::argument_of(ty, "Vec") {
        return format!("{}List", kind(item));
    }
    let last = syn_query::last_name(syn_query::unboxed(ty));
    let kind = match last.as_str() {
        "Value" => "Other",
        "bool" => "Boolean",
        "Map" | "HashMap" => "Object",
        "" => "Unnamed",
        name => match syn_query::number_type(name) {
            Some("integer") => "Integer",
            Some(_) => "Number",
            None => name,
        },
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

#[cfg(test)]
mod tests {
    use crate::polish::tests::{check_items, exchange};

    #[test]
    fn each_variant_has_the_description_and_the_position_of_its_branch() {
        let schemas = "
B:
  oneOf:
    - {type: string, description: 'Its [name].'}
    - {$ref: '#/components/schemas/One', description: The first.}
    - {description: Another., required: [b, c], properties: {b: {}, c: {}}}
    - {$ref: '#/components/schemas/Inner', description: Several.}
    - {$ref: '#/components/schemas/Two'}
One: {description: One., required: [one], properties: {one: {}}}
Two: {description: Two., properties: {two: {}}}
Inner: {oneOf: [{type: integer}, {type: boolean}]}
Sibling:
  properties: {s: {}}
  oneOf:
    - {required: [t], properties: {t: {const: x}}, description: An x.}
    - {$ref: '#/components/schemas/One', description: The first.}
A: {$ref: '#/components/schemas/Sibling'}
";
        check_items(
            &exchange(schemas),
            "
/// From `/components/schemas/B`.
#[serde(untagged)]
#[non_exhaustive]
pub enum B {
    /// Its \\[name\\].
    String(::std::string::String),
    /// The first.
    One(One),
    /// Another.
    Object(BObject),
    /// Several.
    Inner(Inner),
    /// `Two`
    Two(Two),
    /// A value of no other variant, as JSON.
    Other(::serde_json::Value),
}
/// From `/components/schemas/Sibling`.
#[serde(untagged)]
#[non_exhaustive]
pub enum Sibling {
    /// An x.
    X(SiblingX),
    /// The first.
    One(SiblingOne),
}
",
        );
    }

    #[test]
    fn a_variant_of_wide_integers_is_named_integer() {
        check_items(
            &exchange(
                "
A: {oneOf: [{type: integer, example: 9223372036854775808}, {type: string}]}
B: {}
",
            ),
            "
/// From `/components/schemas/A`.
#[serde(untagged)]
#[non_exhaustive]
pub enum A {
    /// `i128`
    Integer(i128),
    /// `::std::string::String`
    String(::std::string::String),
}
",
        );
    }
}
