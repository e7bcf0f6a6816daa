//! What nothing names goes.
//!
//! Before, typify writes `default_i64`, `default_u64` and their like as soon as
//! one type in the document might need them, and `ConversionError` always; the
//! compiler warns of some of it, and all of it is there to be read and compiled.
//! After, only what something names is left, and no module that is empty.

use quote::ToTokens as _;
use syn::{Item, ItemMod};

use super::{Context, tree};

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    // A member names its function in a text, a builder in code.
    let code = file.to_token_stream().to_string();
    let is_named = |module: &str, name: &str| {
        let in_text = format!("{module}::{name}");
        let in_code = format!("{module} :: {name}");
        code.contains(&in_text) || code.contains(&in_code)
    };
    let types = tree::module(file, &["types"])?;
    types.retain_mut(|item| {
        let Item::Mod(ItemMod {
            ident,
            content: Some((_, items)),
            ..
        }) = item
        else {
            return true;
        };
        let module = ident.to_string();
        match module.as_str() {
            "error" => is_named("error", "ConversionError"),
            "defaults" => {
                items.retain(|item| match item {
                    Item::Fn(function) => is_named("defaults", &function.sig.ident.to_string()),
                    _ => true,
                });
                !items.is_empty()
            }
            _ => true,
        }
    });
    Ok(())
}
