//! The error of conversions is the crate's own.
//!
//! Before, typify writes one for each document, and its code names it:
//!
//! ```text
//! pub mod error { pub struct ConversionError(Cow<'static, str>); … }
//! impl FromStr for Order { type Err = self::error::ConversionError; … }
//! ```
//!
//! After, they name the handwritten one:
//!
//! ```text
//! impl FromStr for Order { type Err = crate::ConversionError; … }
//! ```

use syn::visit_mut::{self, VisitMut};
use syn::{Item, parse_quote};

use super::Context;
use super::syntax::syn_query;

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let types = syn_query::module(file, &["types"])?;
    types.retain(|item| !matches!(item, Item::Mod(item) if item.ident == "error"));
    types
        .iter_mut()
        .for_each(|item| Rename.visit_item_mut(item));
    Ok(())
}

struct Rename;

impl VisitMut for Rename {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if syn_query::ends_with(path, &["error", "ConversionError"]) {
            *path = parse_quote!(crate::ConversionError);
        }
        visit_mut::visit_path_mut(self, path);
    }
}
