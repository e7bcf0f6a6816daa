//! What is derived for a type.

use syn::punctuated::Punctuated;
use syn::{Attribute, Path, Token, parse_quote};

use super::tree;

/// Whether `name` is among what is derived by `attributes`.
pub(super) fn has(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().any(|attribute| {
        derived(attribute).is_some_and(|derived| {
            derived.is_ok_and(|derived| derived.iter().any(|path| tree::ends_with(path, &[name])))
        })
    })
}

/// Takes the traits of these `names` out of what is derived by `attributes`.
pub(super) fn remove(attributes: &mut [Attribute], names: &[&str]) -> Result<(), String> {
    for attribute in attributes {
        let Some(derived) = derived(attribute) else {
            continue;
        };
        let derived = derived.map_err(|error| error.to_string())?;
        let kept = derived
            .iter()
            .filter(|path| !names.iter().any(|name| tree::ends_with(path, &[name])));
        *attribute = parse_quote!(#[derive(#(#kept),*)]);
    }
    Ok(())
}

fn derived(attribute: &Attribute) -> Option<syn::Result<Punctuated<Path, Token![,]>>> {
    let is_derive = attribute.path().is_ident("derive");
    is_derive.then(|| attribute.parse_args_with(Punctuated::parse_terminated))
}
