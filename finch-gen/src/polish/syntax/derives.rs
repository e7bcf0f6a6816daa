//! Finds and removes traits in `#[derive(…)]`. Compares the last name of each path: `Debug` matches
//! `::std::fmt::Debug`. Removing a trait that is not derived changes nothing.

use proc_macro2::TokenTree;
use syn::{Attribute, Meta};

use super::syn_query;

/// Whether `attributes` derive the trait `name`.
pub(crate) fn has(attributes: &[Attribute], name: &str) -> bool {
    let lists = attributes
        .iter()
        .filter_map(|of| syn_query::list(of, "derive"));
    let mut paths = lists.flat_map(|list| syn_query::between_commas(&list.tokens));
    paths.any(|path| ends_with(&path, name))
}

/// Removes the trait `name` from the derives of `attributes`.
pub(crate) fn remove(attributes: &mut [Attribute], name: &str) {
    for attribute in attributes {
        if let Meta::List(list) = &mut attribute.meta
            && list.path.is_ident("derive")
        {
            let mut kept = syn_query::between_commas(&list.tokens);
            kept.retain(|path| !ends_with(path, name));
            list.tokens = syn_query::with_commas(&kept);
        }
    }
}

/// Whether the last name in `path` is `name`.
fn ends_with(path: &[TokenTree], name: &str) -> bool {
    matches!(path.last(), Some(TokenTree::Ident(last)) if last == name)
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn derives_are_found_and_removed_by_trait_name() {
        let mut attributes: Vec<Attribute> = vec![
            parse_quote!(#[doc = " Debug"]),
            parse_quote!(#[derive(::serde::Deserialize, Clone,)]),
            parse_quote!(#[derive(Debug)]),
        ];
        for (name, is_derived) in [
            ("Deserialize", true),
            ("Clone", true),
            ("Debug", true),
            ("serde", false),
            ("Serialize", false),
        ] {
            assert_eq!(has(&attributes, name), is_derived, "{name}");
        }
        remove(&mut attributes, "Deserialize");
        remove(&mut attributes, "Debug");
        let left: Vec<String> = attributes
            .iter()
            .map(|of| of.to_token_stream().to_string())
            .collect();
        assert_eq!(
            left,
            [
                "# [doc = \" Debug\"]",
                "# [derive (Clone)]",
                "# [derive ()]"
            ]
        );
    }
}
