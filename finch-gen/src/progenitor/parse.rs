//! Parses the tokens of a client item by item.
//!
//! The tokens of a client, the parser's own copy of them and the syntax tree are a
//! gigabyte for a large document. So the tokens of an item are freed before the next item
//! is parsed.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{File, Item, ItemMod};

/// Parses `tokens` like `syn::parse2`.
pub(super) fn file(tokens: TokenStream) -> syn::Result<File> {
    let mut file = syn::parse2::<File>(TokenStream::new())?;
    let mut item = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if is_body(&group) && has_keyword(&item, &["mod"]) => {
                let body = group.stream();
                let empty = Group::new(Delimiter::Brace, TokenStream::new());
                // Otherwise the tokens of the body would live as long as the group.
                drop(group);
                let body = self::file(body)?;
                item.push(empty.into());
                let mut module: ItemMod = syn::parse2(take(&mut item))?;
                module.attrs.extend(body.attrs);
                if let Some((_, items)) = &mut module.content {
                    *items = body.items;
                }
                file.items.push(Item::Mod(module));
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
            append(&mut file, take(&mut item))?;
        }
    }
    append(&mut file, take(&mut item))?;
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

fn take(item: &mut Vec<TokenTree>) -> TokenStream {
    std::mem::take(item).into_iter().collect()
}

fn append(file: &mut File, tokens: TokenStream) -> syn::Result<()> {
    let parsed: File = syn::parse2(tokens)?;
    file.attrs.extend(parsed.attrs);
    file.items.extend(parsed.items);
    Ok(())
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
            let found = file(tokens).unwrap();
            assert_eq!(found, expected, "{text}");
        }
        for text in ["struct", "struct A {} b", "mod a { b }", "use a"] {
            let tokens: TokenStream = text.parse().unwrap();
            let expected = syn::parse2::<File>(tokens.clone()).unwrap_err();
            let found = file(tokens).unwrap_err();
            assert_eq!(found.to_string(), expected.to_string(), "{text}");
        }
    }
}
