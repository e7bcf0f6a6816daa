//! Conversions fail with the crate's own error.
//!
//! ```yaml
//! Order: {type: string, enum: [up]}
//! ```
//!
//! Before, typify emits an error type for each document:
//!
//! ```text
//! pub struct ConversionError(::std::borrow::Cow<'static, str>);
//! impl ::std::convert::TryFrom<&str> for Order {
//!     type Error = self::error::ConversionError;
//!     fn try_from(value: &str) -> ::std::result::Result<Self, self::error::ConversionError> {
//!         value.parse()
//!     }
//! }
//! ```
//!
//! After, the conversions name the handwritten type:
//!
//! ```text
//! impl ::std::convert::TryFrom<&str> for Order {
//!     type Error = crate::ConversionError;
//!     fn try_from(value: &str) -> ::std::result::Result<Self, crate::ConversionError> {
//!         value.parse()
//!     }
//! }
//! ```

use syn::visit_mut::{self, VisitMut};
use syn::{Item, parse_quote};

use super::syntax::syn_query;
use super::{Context, Unsupported};

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), Unsupported> {
    let types = syn_query::module(file, &["types"])?;
    types.retain(|item| !matches!(item, Item::Mod(item) if item.ident == "error"));
    for item in types {
        Rename.visit_item_mut(item);
    }
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
