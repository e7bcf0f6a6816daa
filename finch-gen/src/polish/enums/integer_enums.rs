//! An integer of which the document lists the values is an enum.
//!
//! Before, it is a number with a name:
//!
//! ```text
//! pub struct Level(pub i64);
//! ```
//!
//! After, it has a variant for each value, and one for the values that the document does
//! not list, so that they fail no response:
//!
//! ```text
//! #[non_exhaustive]
//! pub enum Level { Low, High, #[non_exhaustive] Unknown(i64) }
//! impl Level { pub fn as_i64(&self) -> i64 { … } }
//! impl From<i64> for Level { … }
//! ```
//!
//! `From` makes an unknown number, and a pattern can read one, but only `From` can make it.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, Ident, Item, ItemImpl, ItemStruct};

use super::open_enums;
use crate::polish::Context;
use crate::polish::docs::deprecated;
use crate::polish::syntax::{roles, syn_query};
use crate::shape::EnumValue;
use crate::{doc_attrs, markdown};

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let all_values = &context.shaped.integer_enums;
    if all_values.is_empty() {
        return Ok(());
    }
    let types = syn_query::module(file, &["types"])?;
    let mut found = BTreeSet::new();
    let mut items = Vec::with_capacity(types.len());
    for item in types.drain(..) {
        match item {
            Item::Struct(item) if all_values.contains_key(&item.ident.to_string()) => {
                let name = item.ident.to_string();
                let written = Integers::new(&item, &all_values[&name], context)?.write();
                let written: syn::File =
                    syn::parse2(written).map_err(|error| format!("`{name}`: {error}"))?;
                items.extend(written.items);
                found.insert(name);
            }
            Item::Impl(item) if all_values.keys().any(|name| is_of(&item, name)) => {}
            item => items.push(item),
        }
    }
    *types = items;
    match all_values.keys().find(|name| !found.contains(*name)) {
        None => Ok(()),
        Some(name) => Err(format!("the integer `{name}` has no type of its own")),
    }
}

/// Whether `item` is what progenitor writes of the number `name`: of the type, or
/// of `i64` for it.
fn is_of(item: &ItemImpl, name: &str) -> bool {
    let is_i64 = syn_query::self_name(item).is_some_and(|of| of == "i64");
    syn_query::self_name(item).is_some_and(|of| of == name)
        || (is_i64 && roles::names_in_head(item).contains(name))
}

/// What an enum is written of.
struct Integers<'a> {
    name: &'a Ident,
    docs: Vec<&'a Attribute>,
    variants: Vec<Ident>,
    attributes: Vec<TokenStream>,
    numbers: Vec<TokenStream>,
}

impl<'a> Integers<'a> {
    fn new(
        item: &'a ItemStruct,
        values: &[EnumValue],
        context: &Context<'_>,
    ) -> Result<Self, String> {
        let numbers = values.iter().map(|value| value.value.parse());
        let numbers = numbers.collect::<Result<Vec<TokenStream>, _>>();
        Ok(Self {
            name: &item.ident,
            docs: item
                .attrs
                .iter()
                .filter(|of| of.path().is_ident("doc"))
                .collect(),
            variants: values
                .iter()
                .map(|value| format_ident!("{}", value.name))
                .collect(),
            attributes: values
                .iter()
                .map(|value| attributes(value, context))
                .collect(),
            numbers: numbers.map_err(|error| format!("`{}`: {error}", item.ident))?,
        })
    }

    fn write(&self) -> TokenStream {
        let Self {
            name,
            docs,
            variants,
            attributes,
            numbers,
        } = self;
        let unknown = self.unknown();
        let unknown_doc = doc_attrs::attribute(
            "A number that this version of the crate does not know: see `as_i64`.",
        );
        quote! {
            #(#docs)*
            #[derive(Clone, Debug, Eq, Hash, PartialEq)]
            #[non_exhaustive]
            pub enum #name {
                #(#attributes #variants,)*
                #unknown_doc
                #[non_exhaustive]
                #unknown(i64),
            }

            impl #name {
                #[doc = " The number, as it is sent and received."]
                pub fn as_i64(&self) -> i64 {
                    match self {
                        #(Self::#variants => #numbers,)*
                        Self::#unknown(number) => *number,
                    }
                }
            }

            impl ::std::convert::From<i64> for #name {
                fn from(number: i64) -> Self {
                    match number {
                        #(#numbers => Self::#variants,)*
                        number => Self::#unknown(number),
                    }
                }
            }

            impl ::std::str::FromStr for #name {
                type Err = ::std::num::ParseIntError;
                fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                    text.parse().map(i64::into)
                }
            }

            impl ::std::convert::From<#name> for i64 {
                fn from(value: #name) -> Self {
                    value.as_i64()
                }
            }

            impl ::std::fmt::Display for #name {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    self.as_i64().fmt(f)
                }
            }

            impl ::serde::Serialize for #name {
                fn serialize<S: ::serde::Serializer>(
                    &self,
                    serializer: S,
                ) -> ::std::result::Result<S::Ok, S::Error> {
                    serializer.serialize_i64(self.as_i64())
                }
            }

            impl<'de> ::serde::Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(
                    deserializer: D,
                ) -> ::std::result::Result<Self, D::Error> {
                    i64::deserialize(deserializer).map(Self::from)
                }
            }
        }
    }

    /// The name of the variant for other numbers.
    fn unknown(&self) -> Ident {
        let mut unknown = format_ident!("Unknown");
        while self.variants.contains(&unknown) {
            unknown = format_ident!("{unknown}Value");
        }
        unknown
    }
}

fn attributes(value: &EnumValue, context: &Context<'_>) -> TokenStream {
    let number = open_enums::spelled(&value.value);
    let site = context.model.site.as_deref();
    let docs = match &value.description {
        Some(description) => {
            let description = markdown::block(description, site);
            doc_attrs::attribute(&format!("{description}\n\n{number}"))
        }
        None => doc_attrs::attribute(&number),
    };
    let deprecated = value
        .deprecated
        .then(|| deprecated::attribute(value.description.as_deref(), site));
    quote!(#docs #deprecated)
}

#[cfg(test)]
mod tests {
    use crate::polish::tests::{ID, check_code, polish_operation};

    #[test]
    fn an_integer_enum_is_open_in_both_directions() {
        let content = |name| {
            format!(
                "content: {{application/json: {{schema: {{$ref: '#/components/schemas/{name}'}}}}}}"
            )
        };
        let tree = polish_operation(
            &format!(
                "parameters: [{ID}], requestBody: {{required: true, {}}}, responses: {{'200': \
                 {{description: '', {}}}}}",
                content("Asked"),
                content("Told")
            ),
            "{
                Asked: {type: object, properties: {level: {type: integer, enum: [1, -1]}}},
                Told: {type: object, properties: {level: {$ref: '#/components/schemas/Level'}}},
                Level: {
                    type: integer,
                    enum: [1, 2],
                    x-enumNames: [Low, Unknown],
                    x-enum-descriptions: [Low., Not said.],
                    x-enumDeprecated: ['1'],
                },
            }",
        );
        let code = crate::render::layout::unparse(tree.file).replace([' ', '\n'], "");
        check_code(
            &code,
            &[
                "pubenumLevel{///Low.//////`1`#[deprecated(note=\"Low.\")]Low,///Notsaid.//////`2`\
                 Unknown,///Anumberthatthisversionofthecratedoesnotknow:see`as_i64`.\
                 #[non_exhaustive]UnknownValue(i64),}",
                "matchself{Self::Low=>1,Self::Unknown=>2,Self::UnknownValue(number)=>*number,}",
                "1=>Self::Low,2=>Self::Unknown,number=>Self::UnknownValue(number),",
                "pubenumAskedLevel{///`1`Value1,///`-1`Minus1,",
                "1=>Self::Value1,-1=>Self::Minus1,number=>Self::Unknown(number),",
            ],
        );
        assert!(!code.contains("Level(pubi64)"), "{code}");
    }
}
