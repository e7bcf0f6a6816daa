//! A type that only wraps another hides the wrapped value, and a wrapped string also converts
//! from borrowed strings.
//!
//! ```yaml
//! A: {properties: {name: {$ref: '#/components/schemas/Name'}}}
//! Name: {type: string}
//! ```
//!
//! Before, callers can depend on the field, and only a `String` converts:
//!
//! ```text
//! #[serde(transparent)]
//! pub struct Name(pub ::std::string::String);
//! ```
//!
//! After, the conversions are the only way in and out:
//!
//! ```text
//! #[serde(transparent)]
//! pub struct Name(::std::string::String);
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

use syn::{Fields, Item, Visibility, parse_quote};

use crate::polish::Context;
use crate::polish::syntax::syn_query;

pub(crate) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
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
        let name = &item.ident;
        if fields.unnamed.len() == 1 && fields.unnamed[0].ty == parse_quote!(::std::string::String)
        {
            conversions.push(parse_quote! {
                impl ::std::convert::From<&str> for #name {
                    fn from(value: &str) -> Self {
                        Self(value.to_owned())
                    }
                }
            });
            conversions.push(parse_quote! {
                impl ::std::convert::From<&::std::string::String> for #name {
                    fn from(value: &::std::string::String) -> Self {
                        Self(value.clone())
                    }
                }
            });
        }
    }
    items.extend(conversions);
    Ok(())
}
