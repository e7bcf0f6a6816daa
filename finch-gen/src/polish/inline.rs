//! A conversion that a program does not use costs it nothing.
//!
//! ```yaml
//! Body: {oneOf: [{$ref: '#/components/schemas/A'}, {type: string}]}
//! A: {properties: {a: {type: string}}}
//! ```
//!
//! Before, every conversion is compiled with the client:
//!
//! ```text
//! impl ::std::convert::From<A> for Body {
//!     fn from(value: A) -> Self {
//!         Self::A(value)
//!     }
//! }
//! ```
//!
//! After, it is compiled with the program that calls it:
//!
//! ```text
//! impl ::std::convert::From<A> for Body {
//!     #[inline]
//!     fn from(value: A) -> Self {
//!         Self::A(value)
//!     }
//! }
//! ```

use syn::{Attribute, Item, parse_quote};

use super::syntax::syn_query;
use super::{Context, Unsupported};

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), Unsupported> {
    mark(syn_query::module(file, &["types"])?);
    Ok(())
}

/// Marks the functions in all implementations in `items`.
pub(crate) fn mark(items: &mut [Item]) {
    let inline: Attribute = parse_quote!(#[inline]);
    for item in items {
        let Item::Impl(item) = item else { continue };
        for function in syn_query::functions(item) {
            // Generic functions are always compiled with the program that calls them.
            let is_generic = function.sig.generics.type_params().next().is_some()
                || function.sig.inputs.iter().any(syn_query::is_generic);
            if !is_generic {
                function.attrs.push(inline.clone());
            }
        }
    }
}
