//! Emits a test for each union: every variant must decode from its sample, a value that no earlier
//! variant accepts (see `shape::samples`). A variant without a sample gets no check, and a union
//! without samples gets no test.

use heck::ToSnakeCase as _;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Item, parse_quote};

use crate::client_tree::ClientTree;
use crate::polish::syntax::syn_query;

/// A union, and values of its variants.
pub(crate) struct Sampled {
    union: Ident,
    /// The names of the variants, each with a value of it as JSON.
    variants: Vec<(Ident, String)>,
}

/// Finds the unions of `tree` with samples of their variants.
pub(crate) fn find(tree: &ClientTree) -> Vec<Sampled> {
    let types = syn_query::items(&tree.file, &["types"]).unwrap_or_default();
    let unions = types.iter().filter_map(|item| {
        let Item::Enum(item) = item else { return None };
        let samples = tree.samples.get(&item.ident.to_string())?;
        // Otherwise a variant may come from several branches.
        if samples.len() != item.variants.len() {
            return None;
        }
        let variants = item.variants.iter().zip(samples);
        let variants = variants.filter_map(|(variant, sample)| {
            Some((variant.ident.clone(), sample.as_ref()?.to_string()))
        });
        Some(Sampled {
            union: item.ident.clone(),
            variants: variants.collect(),
        })
    });
    unions.filter(|union| !union.variants.is_empty()).collect()
}

/// How many variants have a test.
pub(crate) fn count(sampled: &[Sampled]) -> usize {
    let unions = sampled.iter();
    unions.map(|union| union.variants.len()).sum()
}

/// Emits the tests.
pub(crate) fn write(sampled: &[Sampled], crate_name: &str) -> syn::File {
    let tests = sampled
        .iter()
        .enumerate()
        .map(|(index, Sampled { union, variants })| {
            let name = union.to_string().to_snake_case();
            let name = format_ident!("{name}_{}", index + 1);
            let checks = variants.iter().map(|(variant, sample)| {
            quote!(check_variant(#sample, |value| matches!(value, types::#union::#variant(..)));)
        });
            quote! {
                #[test]
                fn #name() {
                    #(#checks)*
                }
            }
        });
    let tests: Vec<TokenStream> = tests.collect();
    let crate_name = format_ident!("{crate_name}");
    let types = (!tests.is_empty()).then(|| quote!(use #crate_name::types;));
    parse_quote! {
        #![allow(deprecated, reason = "deprecated properties are still read")]
        #types
        #(#tests)*
    }
}
