//! Shortens paths to names of the standard prelude, in code, in macro arguments and in serde's
//! strings: `::std::option::Option` becomes `Option`.
//!
//! A path stays as it is if the file defines or imports the same name, or imports everything from a
//! module.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream, TokenTree};
use syn::visit_mut::{self, VisitMut};
use syn::{File, Item, Path, UseTree};

use crate::polish::syntax::syn_query;

/// The names of the prelude that generated code uses, each with its module in `std`.
const PRELUDE: [(&str, &str); 8] = [
    ("boxed", "Box"),
    ("default", "Default"),
    ("option", "Option"),
    ("result", "Result"),
    ("string", "String"),
    ("string", "ToString"),
    ("vec", "Vec"),
    ("clone", "Clone"),
];

/// Shortens the paths in `file`, which is one module.
pub(super) fn shorten(file: &mut File) {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for item in &file.items {
        match item {
            Item::Use(item) => imported(&item.tree, &mut taken),
            item => taken.extend(syn_query::name(item).map(ToString::to_string)),
        }
    }
    let names = PRELUDE.into_iter();
    let names = names.filter(|(_, name)| !taken.contains(*name) && !taken.contains("*"));
    Shorten(names.collect()).visit_file_mut(file);
}

/// Adds the names that `tree` imports to `names`, with `*` for a glob import.
fn imported(tree: &UseTree, names: &mut BTreeSet<String>) {
    match tree {
        UseTree::Path(path) => imported(&path.tree, names),
        UseTree::Name(name) => drop(names.insert(name.ident.to_string())),
        UseTree::Rename(rename) => drop(names.insert(rename.rename.to_string())),
        UseTree::Glob(_) => drop(names.insert("*".to_owned())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| imported(tree, names)),
    }
}

struct Shorten(Vec<(&'static str, &'static str)>);

impl Shorten {
    fn contains(&self, module: &str, name: &str) -> bool {
        self.0.contains(&(module, name))
    }

    /// Shortens the paths in `tokens`, and a path at the start of a string.
    fn tokens(&self, tokens: TokenStream) -> TokenStream {
        let mut short: Vec<TokenTree> = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    let mut inner =
                        proc_macro2::Group::new(group.delimiter(), self.tokens(group.stream()));
                    inner.set_span(group.span());
                    short.push(inner.into());
                }
                TokenTree::Literal(literal) => short.push(self.literal(literal).into()),
                TokenTree::Ident(name) => {
                    if let Some(start) = self.path_start(&short, &name.to_string()) {
                        short.truncate(start);
                    }
                    short.push(name.into());
                }
                TokenTree::Punct(_) => short.push(token),
            }
        }
        short.into_iter().collect()
    }

    /// Returns the index in `before` of the path `::std::module::` that leads to `name` of the
    /// prelude.
    fn path_start(&self, before: &[TokenTree], name: &str) -> Option<usize> {
        // Two colons, `std`, two colons, the module, two colons.
        let start = before.len().checked_sub(8)?;
        let path: String = before[start..].iter().map(ToString::to_string).collect();
        let module = path.strip_prefix("::std::")?.strip_suffix("::")?;
        self.contains(module, name).then_some(start)
    }

    fn literal(&self, literal: Literal) -> Literal {
        let text = literal.to_string();
        let Some(path) = text.strip_prefix("\"::std::") else {
            return literal;
        };
        let mut parts = path.splitn(3, "::");
        match (parts.next(), parts.next(), parts.next()) {
            (Some(module), Some(name), Some(rest)) if self.contains(module, name) => {
                Literal::string(&format!("{name}::{}", rest.trim_end_matches('"')))
            }
            _ => literal,
        }
    }
}

impl VisitMut for Shorten {
    fn visit_path_mut(&mut self, path: &mut Path) {
        let names = path.segments.iter().take(3);
        let names: Vec<String> = names.map(|segment| segment.ident.to_string()).collect();
        let is_short = matches!(&names[..], [std, module, name]
            if std == "std" && self.contains(module, name));
        if path.leading_colon.is_some() && is_short {
            path.leading_colon = None;
            let rest = std::mem::take(&mut path.segments);
            path.segments = rest.into_iter().skip(2).collect();
        }
        visit_mut::visit_path_mut(self, path);
    }

    fn visit_token_stream_mut(&mut self, tokens: &mut TokenStream) {
        *tokens = self.tokens(std::mem::take(tokens));
    }
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens as _, quote};
    use syn::parse_quote;

    use super::*;

    fn shortened(mut file: File) -> String {
        shorten(&mut file);
        file.into_token_stream().to_string()
    }

    #[test]
    fn paths_are_shortened_in_types_expressions_attributes_and_macros() {
        let long = parse_quote! {
            struct S {
                #[serde(skip_serializing_if = "::std::option::Option::is_none", with = "::std::fs")]
                a: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
                b: ::std::collections::HashMap<::std::string::String, u8>,
            }
            fn f() -> S { ::std::default::Default::default() }
            object! { S; default a "a" = ::std::default::Default::default; b (::std::boxed::Box) }
        };
        let short: File = parse_quote! {
            struct S {
                #[serde(skip_serializing_if = "Option::is_none", with = "::std::fs")]
                a: Option<Vec<String>>,
                b: ::std::collections::HashMap<String, u8>,
            }
            fn f() -> S { Default::default() }
            object! { S; default a "a" = Default::default; b (Box) }
        };
        assert_eq!(shortened(long), short.into_token_stream().to_string());
    }

    #[test]
    fn a_path_to_a_name_that_the_file_defines_is_kept() {
        for taken in [
            quote!(
                struct Option;
            ),
            quote!(
                enum Option {}
            ),
            quote!(
                type Option = u8;
            ),
            quote!(
                use a::{b, Option};
            ),
            quote!(
                use a::B as Option;
            ),
            quote!(
                use a::*;
            ),
        ] {
            let code = quote!(#taken fn f(_: ::std::option::Option<u8>) {});
            assert_eq!(
                shortened(syn::parse2(code.clone()).unwrap()),
                code.to_string()
            );
        }
    }
}
