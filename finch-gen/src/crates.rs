//! Which crates the client names: whoever compiles it must depend on them.

use std::collections::BTreeSet;

use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{MetaList, Token};

/// The crates that come with the compiler.
const BUILT_IN: [&str; 3] = ["alloc", "core", "std"];

/// The crates that are named in `file`, by their names in Rust code: by an
/// absolute path, as all of them are in what progenitor and the polish passes
/// write.
pub(crate) fn named(file: &syn::File) -> BTreeSet<String> {
    let mut named = Named(BTreeSet::new());
    named.visit_file(file);
    named.0
}

struct Named(BTreeSet<String>);

impl Visit<'_> for Named {
    fn visit_path(&mut self, path: &syn::Path) {
        // In `<T>::f`, what follows the type is such a path, too, of one segment.
        if path.leading_colon.is_some()
            && path.segments.len() > 1
            && let Some(first) = path.segments.first()
        {
            let is_known = |known: &str| first.ident == known;
            if !BUILT_IN.into_iter().any(is_known) && !self.0.iter().any(|name| is_known(name)) {
                self.0.insert(first.ident.to_string());
            }
        }
        visit::visit_path(self, path);
    }

    /// The traits that are derived are tokens yet.
    fn visit_meta_list(&mut self, list: &MetaList) {
        type Paths = Punctuated<syn::Path, Token![,]>;
        if list.path.is_ident("derive")
            && let Ok(traits) = list.parse_args_with(Paths::parse_terminated)
        {
            traits.iter().for_each(|path| self.visit_path(path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_named_where_a_path_or_a_derived_trait_is_of_it() {
        let file = syn::parse_quote! {
            #[derive(::serde::Serialize, Clone)]
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
