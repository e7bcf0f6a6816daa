//! The error of conversions goes where nothing converts.
//!
//! Before, typify writes `types::error::ConversionError` for each document.
//! After, it is there where something names it: a builder, a closed enum, or a
//! text with a pattern.

use quote::ToTokens as _;
use syn::Item;

use super::{Context, tree};

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let types = tree::module(file, &["types"])?;
    let is_error = |item: &Item| matches!(item, Item::Mod(item) if item.ident == "error");
    let others = types.iter().filter(|item| !is_error(item));
    let is_named = others
        .map(|item| item.to_token_stream().to_string())
        .any(|code| code.contains("error :: ConversionError"));
    if !is_named {
        types.retain(|item| !is_error(item));
    }
    Ok(())
}
