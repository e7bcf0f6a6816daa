//! Finding one's way in progenitor's syntax tree.

use std::collections::{BTreeMap, HashSet};

use proc_macro2::{Punct, Spacing, TokenStream, TokenTree};
use syn::{
    Attribute, FnArg, GenericArgument, Ident, ImplItem, ImplItemFn, Item, ItemImpl, ItemMod, Meta,
    MetaList, Path, PathArguments, ReturnType, Type,
};

/// The items of the inline module at `path`.
pub(crate) fn items<'a>(file: &'a syn::File, path: &[&str]) -> Option<&'a [Item]> {
    path.iter().try_fold(file.items.as_slice(), |items, name| {
        items.iter().find_map(|item| match item {
            Item::Mod(ItemMod {
                ident,
                content: Some((_, items)),
                ..
            }) if ident == name => Some(items.as_slice()),
            _ => None,
        })
    })
}

/// As [`items`], to be changed.
pub(crate) fn module<'a>(
    file: &'a mut syn::File,
    path: &[&str],
) -> Result<&'a mut Vec<Item>, String> {
    let mut items = &mut file.items;
    for name in path {
        items = items
            .iter_mut()
            .find_map(|item| match item {
                Item::Mod(ItemMod {
                    ident,
                    content: Some((_, items)),
                    ..
                }) if ident == name => Some(items),
                _ => None,
            })
            .ok_or_else(|| format!("there is no module `{}`", path.join("::")))?;
    }
    Ok(items)
}

/// Whether there is an inline module at `path`.
pub(crate) fn has_module(file: &mut syn::File, path: &[&str]) -> bool {
    module(file, path).is_ok()
}

/// The name of the type that `item` implements something for.
pub(crate) fn self_name(item: &ItemImpl) -> Option<&Ident> {
    last_ident(&item.self_ty)
}

/// The name of a type that `item` defines.
pub(crate) fn name(item: &Item) -> Option<&Ident> {
    match item {
        Item::Struct(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        _ => None,
    }
}

/// The attributes of a type that `item` defines.
pub(crate) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        _ => &[],
    }
}

/// As [`attributes`], to be changed; none of what defines no type.
pub(crate) fn attributes_mut(item: &mut Item) -> Option<&mut Vec<Attribute>> {
    match item {
        Item::Struct(item) => Some(&mut item.attrs),
        Item::Enum(item) => Some(&mut item.attrs),
        Item::Type(item) => Some(&mut item.attrs),
        _ => None,
    }
}

/// The last name in the path of `ty`.
pub(crate) fn last_ident(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => Some(&path.path.segments.last()?.ident),
        _ => None,
    }
}

/// `ty`, or what is in the box that it is.
pub(crate) fn unboxed(ty: &Type) -> &Type {
    let inner = arguments_of(ty, "Box").and_then(|inner| inner.first().copied());
    inner.unwrap_or(ty)
}

/// Whether `ty` takes any JSON.
pub(crate) fn is_any_json(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if ends_with(&path.path, &["serde_json", "Value"]))
}

/// The list that `attribute` is, if it is called `name`: `#[name(…)]`.
pub(crate) fn list<'a>(attribute: &'a Attribute, name: &str) -> Option<&'a MetaList> {
    match &attribute.meta {
        Meta::List(list) if list.path.is_ident(name) => Some(list),
        _ => None,
    }
}

/// What stands in `list` between its commas. It is not parsed: of each member of a
/// client there are several.
pub(crate) fn between_commas(list: &TokenStream) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = list.clone().into_iter().collect();
    let is_comma =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    let mut parts: Vec<Vec<TokenTree>> = tokens.split(is_comma).map(<[_]>::to_vec).collect();
    parts.retain(|part| !part.is_empty());
    parts
}

/// A list of `parts`, with commas between them.
pub(crate) fn with_commas(parts: &[Vec<TokenTree>]) -> TokenStream {
    let comma = TokenTree::Punct(Punct::new(',', Spacing::Alone));
    parts.join(&comma).into_iter().collect()
}

/// The functions of an inherent implementation.
pub(crate) fn functions(item: &mut ItemImpl) -> impl Iterator<Item = &mut ImplItemFn> {
    item.items.iter_mut().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(function),
        _ => None,
    })
}

/// The type arguments of `ty` where the last name in its path is `name`.
pub(crate) fn arguments_of<'a>(ty: &'a Type, name: &str) -> Option<Vec<&'a Type>> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    (last.ident == name).then(|| {
        arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect()
    })
}

/// Whether `path` ends with the names in `end`.
pub(crate) fn ends_with(path: &Path, end: &[&str]) -> bool {
    path.segments.len() >= end.len()
        && path
            .segments
            .iter()
            .rev()
            .zip(end.iter().rev())
            .all(|(segment, name)| segment.ident == name)
}

/// A set of names. Each comparison of two [`Ident`]s makes two texts.
#[derive(Default)]
pub(crate) struct Names(HashSet<String>);

impl Names {
    pub(crate) fn contains(&self, name: &Ident) -> bool {
        self.0.contains(&name.to_string())
    }
}

impl<'a> FromIterator<&'a Ident> for Names {
    fn from_iter<I: IntoIterator<Item = &'a Ident>>(names: I) -> Self {
        Self(names.into_iter().map(ToString::to_string).collect())
    }
}

/// The names of the builders that the methods of the client return, by the names
/// of the methods.
pub(crate) fn builders(file: &syn::File) -> BTreeMap<String, Ident> {
    let mut builders = BTreeMap::new();
    for item in &file.items {
        let Item::Impl(item) = item else { continue };
        if item.trait_.is_some() {
            continue;
        }
        for method in &item.items {
            // Without a receiver, it makes a client.
            if let ImplItem::Fn(method) = method
                && method.sig.receiver().is_some()
                && let ReturnType::Type(_, ty) = &method.sig.output
                && let Some(builder) = last_ident(ty)
            {
                builders.insert(method.sig.ident.to_string(), builder.clone());
            }
        }
    }
    builders
}

/// Whether `argument` is of some type that implements a trait.
pub(crate) fn is_generic(argument: &FnArg) -> bool {
    matches!(argument, FnArg::Typed(argument) if matches!(&*argument.ty, Type::ImplTrait(_)))
}

/// `name` as the document spells it, where it is a keyword of Rust.
pub(crate) fn spelled(name: &Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}
