//! A new member of an object is not a breaking change.
//!
//! Before, `pub struct T { pub a: String }` can be written and taken apart
//! member by member, so that a member more breaks its users. After, it is
//! `#[non_exhaustive]`: made by its builder, taken apart with `..`.

use syn::{Attribute, Fields, Item, parse_quote};

use super::{Context, tree};

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    let non_exhaustive: Attribute = parse_quote!(#[non_exhaustive]);
    for item in tree::module(file, &["types"])? {
        if let Item::Struct(item) = item
            && matches!(item.fields, Fields::Named(_))
        {
            item.attrs.push(non_exhaustive.clone());
        }
    }
    Ok(())
}
