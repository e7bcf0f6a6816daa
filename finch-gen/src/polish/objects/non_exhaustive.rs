//! A new property of an object, or a new variant of a union, breaks no caller.
//!
//! ```yaml
//! A: {required: [a], properties: {a: {type: string}}}
//! U: {oneOf: [{$ref: '#/components/schemas/A'}, {type: integer}]}
//! ```
//!
//! Before, a caller can write `A { a }`, and match every variant of `U`:
//!
//! ```text
//! pub struct A {
//!     pub a: ::std::string::String,
//! }
//! #[serde(untagged)]
//! pub enum U {
//!     A(A),
//!     Integer(i64),
//!     Other(::serde_json::Value),
//! }
//! ```
//!
//! After, a builder makes an `A`, and patterns end with `..` or with `_`:
//!
//! ```text
//! #[non_exhaustive]
//! pub struct A {
//!     pub a: ::std::string::String,
//! }
//! #[serde(untagged)]
//! #[non_exhaustive]
//! pub enum U {
//!     A(A),
//!     Integer(i64),
//!     Other(::serde_json::Value),
//! }
//! ```

use syn::{Attribute, Fields, Item, parse_quote};

use crate::polish::syntax::syn_query;
use crate::polish::{Context, Unsupported};

pub(crate) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), Unsupported> {
    let non_exhaustive: Attribute = parse_quote!(#[non_exhaustive]);
    for item in syn_query::module(file, &["types"])? {
        let attributes = match item {
            Item::Struct(item) if matches!(item.fields, Fields::Named(_)) => &mut item.attrs,
            Item::Enum(item) => &mut item.attrs,
            _ => continue,
        };
        if !attributes.contains(&non_exhaustive) {
            attributes.push(non_exhaustive.clone());
        }
    }
    Ok(())
}
