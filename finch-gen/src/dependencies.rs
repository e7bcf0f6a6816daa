//! Finds the crates that generated code names, so that the package of the client can depend on
//! them. Reads absolute paths, such as `::chrono::DateTime`, and the arguments of `derive`. Omits
//! the crates that come with the compiler, such as `std`.

use std::collections::BTreeSet;

use proc_macro2::TokenTree;
use syn::MetaList;
use syn::visit::{self, Visit};

/// The crates that come with the compiler.
const BUILT_IN: [&str; 3] = ["alloc", "core", "std"];

/// Returns the crates that `file` names, by their names in Rust code. progenitor and the polish
/// passes always name a crate by an absolute path.
pub(crate) fn named(file: &syn::File) -> BTreeSet<String> {
    let mut named = Named(BTreeSet::new());
    named.visit_file(file);
    named.0
}

struct Named(BTreeSet<String>);

impl Visit<'_> for Named {
    fn visit_path(&mut self, path: &syn::Path) {
        // In `<T>::f`, the path after the type looks absolute, too. It has one segment.
        if path.leading_colon.is_some()
            && path.segments.len() > 1
            && let Some(first) = path.segments.first()
        {
            self.insert(first.ident.to_string());
        }
        visit::visit_path(self, path);
    }

    /// The arguments of `derive` are still tokens.
    fn visit_meta_list(&mut self, list: &MetaList) {
        if !list.path.is_ident("derive") {
            return;
        }
        // The three tokens before the current one: any token, and two colons.
        let mut before = [None, None, None];
        for token in list.tokens.clone() {
            if let (TokenTree::Ident(name), [None | Some(','), Some(':'), Some(':')]) =
                (&token, before)
            {
                self.insert(name.to_string());
            }
            let char = match token {
                TokenTree::Punct(punct) => punct.as_char(),
                _ => ' ',
            };
            before = [before[1], before[2], Some(char)];
        }
    }
}

impl Named {
    fn insert(&mut self, name: String) {
        if !BUILT_IN.contains(&name.as_str()) {
            self.0.insert(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_of_paths_and_derives_are_found() {
        let file = syn::parse_quote! {
            #[derive(Clone, ::serde::Serialize, a::b::C)]
            #[doc = "::of_the_docs::Text"]
            pub struct A {
                on: Option<::chrono::naive::NaiveDate>,
                other: super::B,
            }
            impl ::std::convert::TryFrom<&str> for A {
                fn try_from(value: &str) -> Result<Self, ()> {
                    <Self>::try_from(::uuid::Uuid::nil())
                }
            }
        };
        let names: Vec<String> = named(&file).into_iter().collect();
        assert_eq!(names, ["chrono", "serde", "uuid"]);
    }
}
