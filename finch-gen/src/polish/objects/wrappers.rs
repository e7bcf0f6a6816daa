//! A type that only wraps another hides the wrapped value. A wrapped string also converts from
//! borrowed strings, and a wrapped array can be iterated over.
//!
//! ```yaml
//! A: {properties: {name: {$ref: '#/components/schemas/Name'}, all: {$ref: '#/components/schemas/All'}}}
//! Name: {type: string}
//! All: {type: array, items: {type: integer}}
//! ```
//!
//! Before, callers can depend on the field, and only a `String` converts:
//!
//! ```text
//! #[serde(transparent)]
//! pub struct Name(pub ::std::string::String);
//! #[serde(transparent)]
//! pub struct All(pub ::std::vec::Vec<i64>);
//! ```
//!
//! After, callers use the conversions and the iterators:
//!
//! ```text
//! #[serde(transparent)]
//! pub struct Name(::std::string::String);
//! #[serde(transparent)]
//! pub struct All(::std::vec::Vec<i64>);
//! impl ::std::iter::IntoIterator for All {
//!     type Item = i64;
//!     type IntoIter = ::std::vec::IntoIter<i64>;
//!     fn into_iter(self) -> Self::IntoIter {
//!         self.0.into_iter()
//!     }
//! }
//! impl<'a> ::std::iter::IntoIterator for &'a All {
//!     type Item = &'a i64;
//!     type IntoIter = ::std::slice::Iter<'a, i64>;
//!     fn into_iter(self) -> Self::IntoIter {
//!         self.0.iter()
//!     }
//! }
//! impl ::std::convert::From<&str> for Name {
//!     fn from(value: &str) -> Self {
//!         Self(value.to_owned())
//!     }
//! }
//! impl ::std::convert::From<&::std::string::String> for Name {
//!     fn from(value: &::std::string::String) -> Self {
//!         Self(value.clone())
//!     }
//! }
//! ```

use syn::{Fields, Ident, Item, Type, Visibility, parse_quote};

use crate::polish::syntax::syn_query;
use crate::polish::{Context, Unsupported};

pub(crate) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), Unsupported> {
    let items = syn_query::module(file, &["types"])?;
    let mut conversions = Vec::new();
    for item in items.iter_mut() {
        let Item::Struct(item) = item else { continue };
        let Fields::Unnamed(fields) = &mut item.fields else {
            continue;
        };
        for field in &mut fields.unnamed {
            field.vis = Visibility::Inherited;
        }
        if fields.unnamed.len() == 1 {
            let wrapped = &fields.unnamed[0].ty;
            conversions.extend(of_string(&item.ident, wrapped));
            conversions.extend(of_array(&item.ident, wrapped));
        }
    }
    items.extend(conversions);
    Ok(())
}

/// Returns the conversions of borrowed strings into `name`, if it wraps a string.
fn of_string(name: &Ident, wrapped: &Type) -> Vec<Item> {
    if *wrapped != parse_quote!(::std::string::String) {
        return Vec::new();
    }
    let code: syn::File = parse_quote! {
        impl ::std::convert::From<&str> for #name {
            fn from(value: &str) -> Self {
                Self(value.to_owned())
            }
        }
        impl ::std::convert::From<&::std::string::String> for #name {
            fn from(value: &::std::string::String) -> Self {
                Self(value.clone())
            }
        }
    };
    code.items
}

/// Returns the iterators over `name`, if it wraps an array.
fn of_array(name: &Ident, wrapped: &Type) -> Vec<Item> {
    let Some(of_item) = syn_query::argument_of(wrapped, "Vec") else {
        return Vec::new();
    };
    let code: syn::File = parse_quote! {
        impl ::std::iter::IntoIterator for #name {
            type Item = #of_item;
            type IntoIter = ::std::vec::IntoIter<#of_item>;
            fn into_iter(self) -> Self::IntoIter {
                self.0.into_iter()
            }
        }
        impl<'a> ::std::iter::IntoIterator for &'a #name {
            type Item = &'a #of_item;
            type IntoIter = ::std::slice::Iter<'a, #of_item>;
            fn into_iter(self) -> Self::IntoIter {
                self.0.iter()
            }
        }
    };
    code.items
}
