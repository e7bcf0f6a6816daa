//! Functions for defaults that no member has go.
//!
//! Before, typify writes `default_i64`, `default_u64` and their like as soon as
//! one type in the document might need them, and the compiler warns of those
//! that none does. After, only what something names is left.

use quote::ToTokens as _;
use syn::Item;

use super::{Context, tree};

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    if !tree::has_module(file, &["types", "defaults"]) {
        return Ok(());
    }
    // A member names its function in a text, a builder in code.
    let code = file.to_token_stream().to_string();
    let is_named = |name: &str| {
        let in_text = format!("defaults::{name}");
        let in_code = format!("defaults :: {name}");
        code.contains(&in_text) || code.contains(&in_code)
    };
    tree::module(file, &["types", "defaults"])?.retain(|item| match item {
        Item::Fn(function) => is_named(&function.sig.ident.to_string()),
        _ => true,
    });
    Ok(())
}
