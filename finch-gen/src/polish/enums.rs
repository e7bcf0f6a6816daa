//! An enum accepts a value that the document does not list.
//!
//! ```yaml
//! Order: {type: string, enum: ['+', '-']}
//! Level: {type: integer, enum: [1, 2], x-enum-varnames: [Low, High]}
//! ```
//!
//! Before, an enum of strings refuses such a value, and with it the whole response. An enum of
//! integers is a number:
//!
//! ```text
//! pub enum Order {
//!     Plus,
//!     Minus,
//! }
//! #[serde(transparent)]
//! pub struct Level(pub i64);
//! ```
//!
//! After, an enum keeps every other value. The runtime writes the conversions. A pattern can
//! read an unknown number, but cannot match an unknown text: so programs still compile when the
//! document lists it later:
//!
//! ```text
//! #[non_exhaustive]
//! pub enum Order {
//!     Plus,
//!     Minus,
//!     Unknown(crate::UnknownValue),
//! }
//! crate::runtime::open_enum! {
//!     Order;
//!     Plus "+";
//!     Minus "-";
//!     _ Unknown;
//! }
//! #[non_exhaustive]
//! pub enum Level {
//!     Low,
//!     High,
//!     #[non_exhaustive]
//!     Unknown(i64),
//! }
//! crate::runtime::integer_enum! {
//!     Level;
//!     Low 1;
//!     High 2;
//!     _ Unknown;
//! }
//! ```
//! A request accepts such a value, too, because a new document must not break callers.

use std::collections::BTreeMap;
use std::mem;

use proc_macro2::{LexError, Literal, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Attribute, Fields, Ident, Item, ItemEnum, ItemImpl, Variant, parse_quote};

use super::docs::deprecated;
use super::syntax::{roles, serde_attrs, syn_build, syn_query};
use super::{Context, Unsupported};
use crate::shape::EnumValue;
use crate::{doc_attrs, markdown};

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), Unsupported> {
    let types = syn_query::module(file, &["types"])?;
    let found = types.iter().map(|item| {
        let unsupported = |what| {
            let name = syn_query::name(item).map(ToString::to_string);
            Unsupported::at(context.place(&name.unwrap_or_default()), what)
        };
        Enum::read(item, context).map_err(unsupported)
    });
    let found = Unsupported::collect(found)?.into_iter().flatten();
    let enums: BTreeMap<String, Enum> = found.map(|of| (of.name.to_string(), of)).collect();
    let of_texts = context.shaped.enum_values.keys();
    let known = of_texts.chain(context.shaped.integer_enums.keys());
    Unsupported::collect(known.map(|name| match enums.contains_key(name) {
        true => Ok(()),
        false => {
            let what = format!("`{name}` has values, but no type");
            Err(Unsupported::at(context.place(name), what))
        }
    }))?;
    // Parsing a union with an enum of strings never fails.
    let holders = types.iter().filter_map(|item| match item {
        Item::Enum(item) if item.variants.iter().any(|variant| holds(variant, &enums)) => {
            Some(&item.ident)
        }
        _ => None,
    });
    let holders: syn_query::Names = holders.collect();
    for item in mem::take(types) {
        match item {
            Item::Impl(item) if is_replaced(&item, &enums) => {}
            Item::Impl(mut item) => {
                if is_of(&item, &["FromStr"])
                    && syn_query::self_name(&item).is_some_and(|name| holders.contains(name))
                {
                    item.attrs.push(parse_quote! {
                        #[allow(irrefutable_let_patterns, reason = "an open enum takes every string")]
                    });
                }
                types.push(Item::Impl(item));
            }
            item => {
                let name = syn_query::name(&item).map(ToString::to_string);
                match name.and_then(|name| enums.get(&name)) {
                    Some(of) => types.extend(of.emit()),
                    None => types.push(item),
                }
            }
        }
    }
    Ok(())
}

/// Whether `variant` contains an enum of strings from `enums`.
fn holds(variant: &Variant, enums: &BTreeMap<String, Enum>) -> bool {
    let held = variant.fields.iter();
    let mut held = held.filter_map(|field| enums.get(&syn_query::last_name(&field.ty)));
    held.any(|held| held.values == Values::Texts)
}

/// Whether `item` converts between one of `enums` and its values.
fn is_replaced(item: &ItemImpl, enums: &BTreeMap<String, Enum>) -> bool {
    let Some(name) = syn_query::self_name(item) else {
        return false;
    };
    let values = |name: &String| enums.get(name).map(|of| of.values);
    match values(&name.to_string()) {
        Some(Values::Texts) => is_of(item, &["Display", "FromStr", "TryFrom"]),
        Some(Values::Integers) => true,
        None => {
            let names = roles::names_in_head(item);
            name == "i64"
                && names
                    .iter()
                    .any(|name| values(name) == Some(Values::Integers))
        }
    }
}

/// Whether `item` implements one of these traits.
fn is_of(item: &ItemImpl, traits: &[&str]) -> bool {
    let path = item.trait_.as_ref().map(|(path, _)| path);
    path.is_some_and(|path| {
        traits
            .iter()
            .any(|name| syn_query::ends_with(path, &[name]))
    })
}

/// An enum to emit.
struct Enum {
    docs: Vec<Attribute>,
    name: Ident,
    variants: Vec<KnownValue>,
    values: Values,
}

/// The values of an enum.
#[derive(Clone, Copy, PartialEq)]
enum Values {
    Texts,
    Integers,
}

/// A variant and its value.
struct KnownValue {
    attributes: Vec<Attribute>,
    name: Ident,
    value: TokenStream,
}

impl Enum {
    /// Reads the enum that replaces `item`.
    fn read(item: &Item, context: &Context<'_>) -> Result<Option<Self>, String> {
        let of_integers = &context.shaped.integer_enums;
        let (name, variants, values) = match item {
            Item::Struct(item) => {
                let Some(values) = of_integers.get(&item.ident.to_string()) else {
                    return Ok(None);
                };
                let variants = values.iter().map(|value| integer(value, context));
                let variants: Result<_, LexError> = variants.collect();
                let variants = variants.map_err(|error| format!("`{}`: {error}", item.ident))?;
                (&item.ident, variants, Values::Integers)
            }
            Item::Enum(item) if is_of_texts(item) => {
                let values = context.shaped.enum_values.get(&item.ident.to_string());
                let variants = item.variants.iter();
                let variants = variants.map(|variant| text(variant, values, context));
                let variants: Result<_, String> = variants.collect();
                let variants =
                    variants.map_err(|name| format!("`{}` has no value `{name}`", item.ident))?;
                (&item.ident, variants, Values::Texts)
            }
            _ => return Ok(None),
        };
        Ok(Some(Self {
            docs: docs(syn_query::attributes(item)),
            name: name.clone(),
            variants,
            values,
        }))
    }

    /// Emits the definition of the enum, and its conversions.
    fn emit(&self) -> [Item; 2] {
        let Self {
            docs,
            name,
            variants,
            values,
        } = self;
        let mut unknown = format_ident!("Unknown");
        while variants.iter().any(|variant| variant.name == unknown) {
            unknown = format_ident!("{unknown}Value");
        }
        let (conversions, other, held): (_, _, Variant) = match values {
            Values::Texts => (
                "open_enum",
                "A value that this version of the crate does not know: see `as_str`.",
                parse_quote!(#unknown(crate::UnknownValue)),
            ),
            Values::Integers => (
                "integer_enum",
                "A number that this version of the crate does not know: see `as_i64`.",
                parse_quote!(#[non_exhaustive] #unknown(i64)),
            ),
        };
        let other = doc_attrs::attribute(other);
        let known = variants.iter().map(|variant| {
            let (attributes, name) = (&variant.attributes, &variant.name);
            quote!(#(#attributes)* #name,)
        });
        let definition = parse_quote! {
            #(#docs)*
            #[derive(Clone, Debug, Eq, Hash, PartialEq)]
            #[non_exhaustive]
            pub enum #name {
                #(#known)*
                #other
                #held,
            }
        };
        let known = variants.iter();
        let known = known.map(|KnownValue { name, value, .. }| quote!(#name #value;));
        let known = quote!(#name; #(#known)* _ #unknown;);
        let conversions = syn_build::of_runtime(conversions, known);
        [Item::Enum(definition), Item::Macro(conversions)]
    }
}

fn is_of_texts(item: &ItemEnum) -> bool {
    let mut variants = item.variants.iter();
    variants.all(|variant| matches!(variant.fields, Fields::Unit))
}

/// Reads `variant` of an enum of strings. The error is the name of a variant that is missing in
/// `values`.
fn text(
    variant: &Variant,
    values: Option<&Vec<EnumValue>>,
    context: &Context<'_>,
) -> Result<KnownValue, String> {
    let renamed = variant.attrs.iter().find_map(serde_attrs::renamed);
    let named = renamed.unwrap_or_else(|| variant.ident.to_string());
    let name = variant.ident.clone();
    let (attributes, value) = match values {
        Some(values) => {
            let value = values.iter().find(|value| value.name == named);
            let value = value.ok_or(named)?;
            (attributes(value, context), Literal::string(&value.value))
        }
        None => {
            let mut docs = docs(&variant.attrs);
            if docs.is_empty() {
                docs.push(doc_attrs::attribute(&spelled(&named)));
            }
            (docs, Literal::string(&named))
        }
    };
    let value = value.into_token_stream();
    Ok(KnownValue {
        attributes,
        name,
        value,
    })
}

/// Returns the documentation among `attributes`.
fn docs(attributes: &[Attribute]) -> Vec<Attribute> {
    let docs = attributes.iter().filter(|of| of.path().is_ident("doc"));
    docs.cloned().collect()
}

/// Returns the variant for `value` of an enum of integers.
fn integer(value: &EnumValue, context: &Context<'_>) -> Result<KnownValue, LexError> {
    Ok(KnownValue {
        attributes: attributes(value, context),
        name: format_ident!("{}", value.name),
        value: value.value.parse()?,
    })
}

/// Returns the documentation of `value`, and `#[deprecated]` if it is.
fn attributes(value: &EnumValue, context: &Context<'_>) -> Vec<Attribute> {
    let site = context.model.site.as_deref();
    let description = value.description.as_deref();
    let text = spelled(&value.value);
    let docs = match description {
        Some(description) => format!("{}\n\n{text}", markdown::block(description, site)),
        None => text,
    };
    let mut attributes = vec![doc_attrs::attribute(&docs)];
    if value.deprecated {
        attributes.push(deprecated::attribute(description, site));
    }
    attributes
}

/// Returns the documentation of the variant for `text`.
fn spelled(text: &str) -> String {
    match text {
        "" => "The empty text.".to_owned(),
        text => markdown::code(text),
    }
}

#[cfg(test)]
mod tests {
    use crate::polish::tests::{check_items, client};

    #[test]
    fn enum_values_have_the_docs_of_the_document() {
        let tree = client(
            "
Level:
  type: integer
  enum: [1, -1]
  x-enumNames: [Low, Unknown]
  x-enum-descriptions: [Low., Not said.]
  x-enumDeprecated: ['1']
Order:
  oneOf:
  - {const: '1', title: first one, description: \"The first.\\n\\nAnd [more](/docs).\"}
  - {const: Unknown, title: Unknown, description: 'Deprecated: use 1.', deprecated: true}
  - {const: '', title: Empty}
",
        );
        check_items(
            &tree,
            r#"
/// From `/components/schemas/Level`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Level {
    /// Low.
    ///
    /// `1`
    #[deprecated(note = "Low.")]
    Low,
    /// Not said.
    ///
    /// `-1`
    Unknown,
    /// A number that this version of the crate does not know: see `as_i64`.
    #[non_exhaustive]
    UnknownValue(i64),
}
crate::runtime::integer_enum! { Level; Low 1; Unknown -1; _ UnknownValue; }
/// From `/components/schemas/Order`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Order {
    /// The first.
    ///
    /// And more.
    ///
    /// `1`
    FirstOne,
    /// Deprecated: use 1.
    ///
    /// `Unknown`
    #[deprecated(note = "use 1.")]
    Unknown,
    /// The empty text.
    Empty,
    /// A value that this version of the crate does not know: see `as_str`.
    UnknownValue(crate::UnknownValue),
}
crate::runtime::open_enum! { Order; FirstOne "1"; Unknown "Unknown"; Empty ""; _ UnknownValue; }
"#,
        );
    }
}
