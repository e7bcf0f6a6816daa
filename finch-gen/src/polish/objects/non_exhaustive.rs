//! A new property of an object, or a new variant of an enum, breaks no caller.
//!
//! Before, a caller can write `T { a }`, and match every variant of `U`:
//!
//! ```text
//! pub struct T { pub a: String }
//! pub enum U { A(A), B(B) }
//! ```
//!
//! After, a builder makes a `T`, and patterns end with `..` or with `_`:
//!
//! ```text
//! #[non_exhaustive]
//! pub struct T { pub a: String }
//! #[non_exhaustive]
//! pub enum U { A(A), B(B) }
//! ```

use syn::{Attribute, Fields, Item, parse_quote};

use crate::polish::Context;
use crate::polish::syntax::syn_query;

pub(crate) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
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
