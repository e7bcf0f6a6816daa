//! render: the syntax tree to files in memory.
//!
//! Receives the polished client. Guarantees one file a module, so that a diff
//! can be read, each with a header that says what it was made from and how, and
//! the same bytes for the same inputs. Refuses nothing.

pub(crate) mod macros;

use std::collections::BTreeMap;

use syn::{Item, ItemMod, parse_quote};

use crate::facts::Facts;
use crate::polish::{Polished, for_rustdoc};
use crate::{Generated, Inputs, counts, crates, example_tests, header, reference};

/// The text of files, by path.
pub type Files = BTreeMap<String, String>;

/// Renders the client, its reference and its tests.
pub fn render(mut polished: Polished, inputs: &Inputs<'_>) -> Generated {
    let header = header::comment(&polished, inputs);
    let counts = counts::count(&polished);
    let crates = crates::named(&polished.file);
    let reference = reference::reference(&polished, inputs);
    let items = std::mem::take(&mut polished.file.items);
    let client = client(items, &polished.facts)
        .into_iter()
        .map(|(path, file)| (path, format!("{header}{}", spaced(&macros::unparse(file)))))
        .collect();
    let tests = example_tests::write(&polished, inputs.crate_name);
    let tests = spaced(&prettyplease::unparse(&tests));
    let check = include_str!("templates/check_example.rs");
    let tests = format!("{header}{tests}\n{check}");
    Generated {
        client,
        reference,
        tests: Files::from([("examples.rs".to_owned(), tests)]),
        crates,
        counts,
        report: polished.report().clone(),
        refused: polished.refused,
    }
}

/// The files of the client's module, whose items are `items`.
fn client(items: Vec<Item>, facts: &Facts) -> BTreeMap<String, syn::File> {
    let mut files = BTreeMap::new();
    let (modules, items): (Vec<Item>, Vec<Item>) = items
        .into_iter()
        .partition(|item| matches!(item, Item::Mod(_)));
    // The constants of the document are few, and what one looks for first; and
    // what is handed on of the runtime has no place of its own.
    let (constants, mut client): (Vec<Item>, Vec<Item>) =
        items.into_iter().partition(|item| match item {
            Item::Const(item) => item.ident != "_",
            Item::Use(item) => matches!(item.vis, syn::Visibility::Public(_)),
            _ => false,
        });
    if !facts.operations.is_empty() {
        client.insert(
            0,
            parse_quote!(
                use super::builder;
            ),
        );
    }
    let mut root: Vec<Item> = constants;
    root.push(parse_quote!(
        mod client;
    ));
    root.push(parse_quote!(
        pub use client::Client;
    ));
    root.extend(
        modules
            .into_iter()
            .map(|module| split(module, "", &mut files)),
    );
    let title = for_rustdoc(&facts.title, None);
    let summary =
        format!(" The {title}, as a client: see the hand-written half for how to use it.");
    files.insert("client.rs".to_owned(), file(client));
    files.insert(
        "mod.rs".to_owned(),
        parse_quote! {
            #![doc = #summary]
            #![allow(deprecated, reason = "what the document deprecates is still sent and read")]
            #![allow(
                clippy::all,
                clippy::allow_attributes_without_reason,
                reason = "style is for what people write"
            )]
            #(#root)*
        },
    );
    files
}

/// A file of `items`, which need not be parsed again.
fn file(items: Vec<Item>) -> syn::File {
    let mut file: syn::File = parse_quote!();
    file.items = items;
    file
}

/// Moves the content of `item`, where it is an inline module, to a file of its
/// own in `folder`, and leaves the declaration.
fn split(item: Item, folder: &str, files: &mut BTreeMap<String, syn::File>) -> Item {
    let Item::Mod(ItemMod {
        content: Some((_, items)),
        attrs,
        vis,
        ident,
        ..
    }) = item
    else {
        return item;
    };
    let path = format!("{folder}{ident}");
    let items = items
        .into_iter()
        .map(|item| split(item, &format!("{path}/"), files));
    let items: Vec<Item> = items.collect();
    files.insert(format!("{path}.rs"), file(items));
    parse_quote!(#(#attrs)* #vis mod #ident;)
}

/// `code` with an empty line before each item, and before each documented
/// member that follows a block: prettyplease sets none.
fn spaced(code: &str) -> String {
    let is_declaration = |line: &str| line.starts_with("use ") || line.starts_with("mod ");
    let mut spaced = String::with_capacity(code.len() + code.len() / 16);
    // What the line before belongs to; of an attribute over several lines, the
    // first.
    let mut previous = "#";
    let mut attribute = "";
    for line in code.lines() {
        let is_top = !line.starts_with([' ', '}', ')', '{', '>']) && line != "where";
        let continues = line.starts_with("#!") && !previous.starts_with('#')
            || line.starts_with("//!")
            || previous.starts_with("///")
            || previous.starts_with('#') && (!previous.starts_with("#!") || line.starts_with("#!"))
            || previous.starts_with("impl") && line.starts_with("for ")
            || is_declaration(previous) && is_declaration(line);
        let is_member = line.starts_with("    ///") && previous == "    }";
        if is_top && !continues || is_member {
            spaced.push('\n');
        }
        spaced.push_str(line);
        spaced.push('\n');
        if line.starts_with('#') {
            attribute = line;
        }
        previous = if line == ")]" { attribute } else { line };
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::spaced;

    #[test]
    fn items_stand_apart_and_what_belongs_together_does_not() {
        let code = "\
//! A.
#![allow(a)]
#![allow(
    b,
)]
use a::b;
use c;
/// D.
#[derive(
    E,
)]
pub struct D {
    /// F.
    f: u8,
}
impl ::std::fmt::Display
for D {
    /// G.
    fn g() {
    }
    /// H.
    fn h() {}
}
mod i;
";
        let expected = "\
//! A.
#![allow(a)]
#![allow(
    b,
)]

use a::b;
use c;

/// D.
#[derive(
    E,
)]
pub struct D {
    /// F.
    f: u8,
}

impl ::std::fmt::Display
for D {
    /// G.
    fn g() {
    }

    /// H.
    fn h() {}
}

mod i;
";
        assert_eq!(spaced(code), expected);
    }
}
