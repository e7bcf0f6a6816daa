//! What a program does not use of the types costs it nothing.
//!
//! Before, each conversion of each type is compiled with the client, be it used
//! or not, as those that are derived are not:
//!
//! ```text
//! impl From<&str> for ClientType { fn from(text: &str) -> Self { … } }
//! ```
//!
//! After, it is compiled with the program that uses it:
//!
//! ```text
//! impl From<&str> for ClientType { #[inline] fn from(text: &str) -> Self { … } }
//! ```

use syn::{Attribute, Item, parse_quote};

use super::Context;
use super::syntax::syn_query;

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let inline: Attribute = parse_quote!(#[inline]);
    for item in syn_query::module(file, &["types"])? {
        let Item::Impl(item) = item else { continue };
        for function in syn_query::functions(item) {
            // A generic function is compiled where it is used as it is.
            let is_generic = function.sig.generics.type_params().next().is_some()
                || function.sig.inputs.iter().any(syn_query::is_generic);
            if !is_generic {
                function.attrs.push(inline.clone());
            }
        }
    }
    Ok(())
}
