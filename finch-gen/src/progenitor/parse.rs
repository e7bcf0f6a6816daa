//! Parses progenitor's output item by item into a syntax tree, without the code that nobody reads:
//! the bodies of functions in operations, and builders of types except their `Default`.
//!
//! The tokens of a client, the parser's own copy of them and the syntax tree are a gigabyte for a
//! large document. So the tokens of an item are freed before the next item is parsed.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{File, Item, ItemMod};

/// The kind of module that is parsed. It decides which code is skipped.
#[derive(Clone, Copy, Debug)]
pub(super) enum Module {
    /// A module of a client that is parsed in full.
    Whole,
    /// A module with the operations: its functions have no bodies.
    Operations,
    /// The types.
    Types,
    /// The builders of types: only their `Default` is parsed, which has the defaults of properties.
    TypeBuilders,
}

impl Module {
    fn inner(self, name: &TokenTree) -> Self {
        match (self, name.to_string().as_str()) {
            (Self::Operations, "types") => Self::Types,
            (Self::Types, "builder") => Self::TypeBuilders,
            _ => self,
        }
    }

    /// Parses `item`, and empties it.
    fn append(self, item: &mut Vec<TokenTree>, file: &mut File) -> syn::Result<()> {
        let item = std::mem::take(item);
        let tokens: TokenStream = match self {
            Self::TypeBuilders if !is_default(&item) => return Ok(()),
            Self::Operations if has_keyword(&item, &["impl"]) => {
                item.into_iter().map(without_bodies).collect()
            }
            _ => item.into_iter().collect(),
        };
        let parsed: File = syn::parse2(tokens)?;
        file.attrs.extend(parsed.attrs);
        file.items.extend(parsed.items);
        Ok(())
    }
}

/// Parses `tokens` like `syn::parse2`, without the code that `module` skips.
pub(super) fn file(tokens: TokenStream, module: Module) -> syn::Result<File> {
    let mut file = syn::parse2::<File>(TokenStream::new())?;
    let mut item = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if is_body(&group) && has_keyword(&item, &["mod"]) => {
                let body = group.stream();
                // Otherwise the tokens of the body would live as long as the group.
                drop(group);
                let inner = item.last().map_or(module, |name| module.inner(name));
                let body = self::file(body, inner)?;
                item.push(empty_body());
                let mut declared: ItemMod = syn::parse2(item.drain(..).collect())?;
                declared.attrs.extend(body.attrs);
                if let Some((_, items)) = &mut declared.content {
                    *items = body.items;
                }
                file.items.push(Item::Mod(declared));
                continue;
            }
            token => item.push(token),
        }
        let ends = match item.last() {
            Some(TokenTree::Punct(mark)) => mark.as_char() == ';',
            Some(TokenTree::Group(group)) => is_body(group) && has_keyword(&item, &BODIES),
            _ => false,
        };
        if ends {
            module.append(&mut item, &mut file)?;
        }
    }
    module.append(&mut item, &mut file)?;
    Ok(file)
}

/// The keywords of items that end with a body. Any other item is parsed together with the next one.
const BODIES: [&str; 5] = ["enum", "fn", "impl", "struct", "trait"];

fn is_body(group: &Group) -> bool {
    group.delimiter() == Delimiter::Brace
}

/// Whether the first keyword of `item`, after its attributes and its visibility, is one of
/// `keywords`.
fn has_keyword(item: &[TokenTree], keywords: &[&str]) -> bool {
    let mut words = item.iter().filter_map(|token| match token {
        TokenTree::Ident(word) => Some(word),
        _ => None,
    });
    let word = words.find(|word| *word != "pub" && *word != "async");
    word.is_some_and(|word| keywords.iter().any(|keyword| word == keyword))
}

/// Whether `item` implements `Default`.
fn is_default(item: &[TokenTree]) -> bool {
    let is_named = |token: &TokenTree| matches!(token, TokenTree::Ident(name) if name == "Default");
    has_keyword(item, &["impl"]) && item.iter().any(is_named)
}

/// Replaces the bodies of the functions in the body of an implementation.
fn without_bodies(token: TokenTree) -> TokenTree {
    let TokenTree::Group(group) = &token else {
        return token;
    };
    if !is_body(group) {
        return token;
    }
    let functions = group.stream().into_iter().map(|token| match &token {
        TokenTree::Group(group) if is_body(group) => empty_body(),
        _ => token,
    });
    Group::new(Delimiter::Brace, functions.collect()).into()
}

fn empty_body() -> TokenTree {
    Group::new(Delimiter::Brace, TokenStream::new()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parsed_file_equals_the_result_of_syn() {
        for text in [
            "",
            "#![a] //! b\n use a::{b, c}; use d;",
            "#[a] pub struct A { b: [u8; { 1 }] } struct B; pub struct C(u8); enum D {}",
            "pub async fn a() -> u8 { if b { 1 } else { 2 } } const fn c() {} const D: u8 = { 1 };",
            "impl<A> B for C where A: D { const E: u8 = { 1 }; fn f() {} } macro_rules! g { () => {} }",
            "static A: B = B { c: 1 }; extern crate d; type E = [u8; 1]; trait F { fn g(); }",
            "/// A.\npub(crate) mod a { //! B.\n #![c] use super::*; pub mod d { struct E {} } mod f; } mod g;",
            "mod a { macro_rules! b { () => {} } b! {} b!(); }",
        ] {
            let tokens: TokenStream = text.parse().unwrap();
            let expected: File = syn::parse2(tokens.clone()).unwrap();
            let found = file(tokens, Module::Whole).unwrap();
            assert_eq!(found, expected, "{text}");
        }
        for text in ["struct", "struct A {} b", "mod a { b }", "use a"] {
            let tokens: TokenStream = text.parse().unwrap();
            let expected = syn::parse2::<File>(tokens.clone()).unwrap_err();
            let found = file(tokens, Module::Whole).unwrap_err();
            assert_eq!(found.to_string(), expected.to_string(), "{text}");
        }
    }

    #[test]
    fn code_that_no_stage_reads_is_left_out() {
        let read = |text: &str| file(text.parse().unwrap(), Module::Operations).unwrap();
        assert_eq!(
            read(
                "impl Client { const A: u8 = 1; /// B.\n pub fn b(&self) -> B<'_> { B::new(self) } }
                mod builder { pub struct B { c: C } impl B { fn send(self) -> R { { d } } } }
                mod types {
                    impl From<u8> for C { fn from(c: u8) -> Self { Self(c) } }
                    mod builder {
                        struct C { d: u8 }
                        impl ::std::default::Default for C { fn default() -> Self { e } }
                        impl C { fn d(self) -> Self { f } }
                        impl From<C> for super::C { fn from(c: C) -> Self { Self(c) } }
                    }
                    mod defaults { fn g() -> u8 { 1 } }
                }",
            ),
            syn::parse_str(
                "impl Client { const A: u8 = 1; /// B.\n pub fn b(&self) -> B<'_> {} }
                mod builder { pub struct B { c: C } impl B { fn send(self) -> R {} } }
                mod types {
                    impl From<u8> for C { fn from(c: u8) -> Self { Self(c) } }
                    mod builder {
                        impl ::std::default::Default for C { fn default() -> Self { e } }
                    }
                    mod defaults { fn g() -> u8 { 1 } }
                }"
            )
            .unwrap()
        );
    }
}
