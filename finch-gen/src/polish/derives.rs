//! What is derived for a type.

use proc_macro2::{Punct, Spacing, TokenStream, TokenTree};
use syn::{Attribute, Meta, MetaList};

/// Whether `name` is among what is derived by `attributes`.
pub(super) fn has(attributes: &[Attribute], name: &str) -> bool {
    let derived = attributes.iter().filter_map(derived);
    let mut paths = derived.flat_map(|list| paths(&list.tokens));
    paths.any(|path| ends_with(&path, name))
}

/// Takes the traits of these `names` out of what is derived by `attributes`.
pub(super) fn remove(attributes: &mut [Attribute], names: &[&str]) {
    for attribute in attributes {
        if let Meta::List(list) = &mut attribute.meta
            && list.path.is_ident("derive")
        {
            let mut kept = paths(&list.tokens);
            kept.retain(|path| !names.iter().any(|name| ends_with(path, name)));
            let comma = TokenTree::Punct(Punct::new(',', Spacing::Alone));
            list.tokens = kept.join(&comma).into_iter().collect();
        }
    }
}

fn derived(attribute: &Attribute) -> Option<&MetaList> {
    match &attribute.meta {
        Meta::List(list) if list.path.is_ident("derive") => Some(list),
        _ => None,
    }
}

/// The paths in a list of them. They are split at the commas, and not parsed: it
/// is done for each type several times.
fn paths(list: &TokenStream) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = list.clone().into_iter().collect();
    let is_comma =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    let mut paths: Vec<Vec<TokenTree>> = tokens.split(is_comma).map(<[_]>::to_vec).collect();
    paths.retain(|path| !path.is_empty());
    paths
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
    fn traits_are_found_and_taken_out_by_their_last_names() {
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
        remove(&mut attributes, &["Deserialize", "Debug"]);
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
