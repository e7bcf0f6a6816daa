//! `Debug` redacts a value that the document marks as sensitive.
//!
//! ```yaml
//! Person: {required: [name, ssn], properties: {name: {type: string}, ssn: {type: string, x-sensitive: true}}}
//! ```
//!
//! Before, it prints the value:
//!
//! ```text
//! #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
//! pub struct Person {
//!     pub name: ::std::string::String,
//!     pub ssn: ::std::string::String,
//! }
//! ```
//!
//! After, it prints `[REDACTED]`, and the type of the field stays:
//!
//! ```text
//! #[derive(::serde::Deserialize, ::serde::Serialize, Clone, PartialEq)]
//! pub struct Person {
//!     pub name: ::std::string::String,
//!     pub ssn: ::std::string::String,
//! }
//! impl ::std::fmt::Debug for Person {
//!     fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
//!         f.debug_struct("Person")
//!             .field("name", &self.name)
//!             .field("ssn", &crate::runtime::Redacted)
//!             .finish()
//!     }
//! }
//! ```

use std::mem;

use quote::quote;
use syn::{Attribute, Fields, Item, ItemImpl, ItemStruct, parse_quote};

use crate::polish::syntax::{derives, syn_query};
use crate::polish::{Context, Unsupported};
use crate::{provenance, sensitive_names};

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), Unsupported> {
    let types = syn_query::module(file, &["types"])?;
    for mut item in mem::take(types) {
        let debug = match &mut item {
            Item::Struct(item) => debug(item, context),
            _ => None,
        };
        types.push(item);
        types.extend(debug.map(Item::Impl));
    }
    Ok(())
}

/// Emits an implementation of `Debug` that replaces the derived one, if `item` has a sensitive
/// value.
fn debug(item: &mut ItemStruct, context: &Context<'_>) -> Option<ItemImpl> {
    let is_sensitive = |attributes: &[Attribute]| {
        let schema = provenance::read(attributes).and_then(|place| context.document.at(&place));
        schema.is_some_and(|schema| sensitive_names::is_marked(context.document, schema))
    };
    let is_whole = is_sensitive(&item.attrs);
    if !is_whole && !item.fields.iter().any(|field| is_sensitive(&field.attrs)) {
        return None;
    }
    derives::remove(&mut item.attrs, "Debug");
    let redacted = quote!(&crate::runtime::Redacted);
    let name = &item.ident;
    let text = name.to_string();
    let body = match &item.fields {
        Fields::Named(fields) if !is_whole => {
            let fields = fields.named.iter().map(|field| {
                let name = &field.ident;
                let text = name.as_ref().map(syn_query::spelled);
                let value = match is_sensitive(&field.attrs) {
                    true => redacted.clone(),
                    false => quote!(&self.#name),
                };
                quote!(.field(#text, #value))
            });
            quote!(f.debug_struct(#text) #(#fields)* .finish())
        }
        _ => quote!(f.debug_tuple(#text).field(#redacted).finish()),
    };
    Some(parse_quote! {
        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                #body
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::polish::tests::{check_items, client};

    #[test]
    fn sensitive_values_are_redacted_however_they_are_marked() {
        let tree = client(
            "
Person:
  properties:
    name: {type: string}
    type: {type: string, x-sensitive: true}
    iban: {$ref: '#/components/schemas/Iban'}
    own: {description: Own., x-sensitive: true, $ref: '#/components/schemas/Text'}
    maybe: {type: [integer, 'null'], x-sensitive: true}
    shown: {type: string, x-sensitive: false}
Iban: {type: string, x-sensitive: true, pattern: a}
Text: {type: string, minLength: 1}
",
        );
        check_items(
            &tree,
            r#"
impl ::std::fmt::Debug for Person {
    #[inline]
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_struct("Person")
            .field("iban", &crate::runtime::Redacted)
            .field("maybe", &crate::runtime::Redacted)
            .field("name", &self.name)
            .field("own", &crate::runtime::Redacted)
            .field("shown", &self.shown)
            .field("type_", &crate::runtime::Redacted)
            .finish()
    }
}
impl ::std::fmt::Debug for Iban {
    #[inline]
    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
        f.debug_tuple("Iban").field(&crate::runtime::Redacted).finish()
    }
}
"#,
        );
    }
}
