//! The client is made by its builder alone, and prints no credential.
//!
//! Before, anyone can make a client that follows redirects, stops waiting after
//! progenitor's own 15 seconds and panics without a TLS backend, and `Debug`
//! prints the inner value:
//!
//! ```text
//! #[derive(Clone, Debug)]
//! pub struct Client { … }
//! impl Client { pub fn new(…) … pub fn new_with_client(…) … }
//! impl ClientInfo<Inner> for Client { … }
//! pub mod prelude { … }
//! ```
//!
//! After, `Debug` is the hand-written half's, as are the ways to make one:
//!
//! ```text
//! #[derive(Clone)]
//! pub struct Client { … }
//! ```
//!
//! Progenitor's imports go too: nothing of progenitor's own client library,
//! whose errors print bodies, is left.

use syn::{AttrStyle, Attribute, Item, UseTree, Visibility, parse_quote};

use super::{Context, tree};
use crate::{doc, markdown};

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    let before = file.items.len();
    file.items.retain(|item| !is_of_progenitor(item));
    let removed = before - file.items.len();
    if removed != 5 {
        return Err(format!("expected 5 items to remove, found {removed}"));
    }
    let client = file
        .items
        .iter_mut()
        .find_map(|item| match item {
            Item::Struct(item) if item.ident == "Client" => Some(item),
            _ => None,
        })
        .ok_or("there is no struct `Client`")?;
    client.attrs.clear();
    let facts = context.facts;
    let title = markdown::line(&facts.title, None);
    let version = markdown::line(&facts.version, None);
    let text = format!("A client of the {title}, version {version}.");
    doc::set(&mut client.attrs, &text);
    client.attrs.push(parse_quote!(#[derive(Clone)]));

    let text = format!("The {title}, as a client: see the hand-written half for how to use it.");
    doc::set(&mut file.attrs, &text);
    file.attrs[0].style = AttrStyle::Inner(Default::default());

    file.items.insert(
        0,
        parse_quote!(
            use crate::runtime::ClientHooks;
        ),
    );
    let builder = tree::module(file, &["builder"])?;
    builder.retain(|item| !matches!(item, Item::Use(item) if imports(&item.tree, "ResponseValue")));
    let must_use: Attribute = parse_quote!(#[must_use = "a request does nothing until it is sent"]);
    let visibility: Visibility = parse_quote!(pub(crate));
    for item in builder {
        match item {
            Item::Struct(item) => item.attrs.push(must_use.clone()),
            Item::Impl(item) => {
                for function in tree::functions(item).filter(|function| function.sig.ident == "new")
                {
                    function.vis = visibility.clone();
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether `item` is progenitor's import or re-export, its constructors, its
/// `ClientInfo` or its prelude.
fn is_of_progenitor(item: &Item) -> bool {
    match item {
        Item::Use(item) => imports(&item.tree, "progenitor_client"),
        Item::Impl(item) => match &item.trait_ {
            Some((path, _)) => tree::ends_with(path, &["ClientInfo"]),
            None => item.items.iter().any(|item| {
                // An operation may be called `new`, too.
                matches!(item, syn::ImplItem::Fn(function)
                    if function.sig.ident == "new" && function.sig.receiver().is_none())
            }),
        },
        Item::Mod(item) => item.ident == "prelude",
        _ => false,
    }
}

/// Whether `name` is among the names of an import.
fn imports(tree: &UseTree, name: &str) -> bool {
    match tree {
        UseTree::Path(path) => path.ident == name || imports(&path.tree, name),
        UseTree::Name(item) => item.ident == name,
        UseTree::Group(group) => group.items.iter().any(|tree| imports(tree, name)),
        _ => false,
    }
}
