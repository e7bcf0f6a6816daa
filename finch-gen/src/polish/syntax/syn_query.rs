//! Finds items, attributes and types in progenitor's syntax tree.
//!
//! For example, returns the items of the module `types`, the type inside of `Option<…>` or
//! `Box<…>`, and the `send` functions of all builders. A missing module is an error in the
//! functions that change the tree. The others return `None`.

use std::collections::{BTreeMap, HashSet};

use proc_macro2::{Punct, Spacing, TokenStream, TokenTree};
use syn::{
    Attribute, FnArg, GenericArgument, Ident, ImplItem, ImplItemFn, Item, ItemImpl, ItemMod, Meta,
    MetaList, Path, PathArguments, ReturnType, Type,
};

/// Returns the items of the inline module at `path`.
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

/// Works as [`items`], mutably.
pub(crate) fn module<'a>(
    file: &'a mut syn::File,
    path: &[&str],
) -> Result<&'a mut Vec<Item>, String> {
    let items = path.iter().try_fold(&mut file.items, |items, name| {
        items.iter_mut().find_map(|item| match item {
            Item::Mod(ItemMod {
                ident,
                content: Some((_, items)),
                ..
            }) if ident == name => Some(items),
            _ => None,
        })
    });
    items.ok_or_else(|| format!("the module `{}` is missing", path.join("::")))
}

/// Returns the functions `send` of all builders of operations.
pub(crate) fn sends(file: &mut syn::File) -> Result<impl Iterator<Item = &mut ImplItemFn>, String> {
    let builders = module(file, &["builder"])?.iter_mut();
    let functions = builders.flat_map(|item| match item {
        Item::Impl(item) => item.items.iter_mut(),
        _ => Default::default(),
    });
    Ok(functions.filter_map(|item| match item {
        ImplItem::Fn(function) if function.sig.ident == "send" => Some(function),
        _ => None,
    }))
}

/// Returns the name of the type that has the implementation `item`.
pub(crate) fn self_name(item: &ItemImpl) -> Option<&Ident> {
    last_ident(&item.self_ty)
}

/// Returns the name of the type that `item` defines.
pub(crate) fn name(item: &Item) -> Option<&Ident> {
    match item {
        Item::Struct(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        _ => None,
    }
}

/// Returns the attributes of the type that `item` defines.
pub(crate) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        _ => &[],
    }
}

/// Works as [`attributes`], mutably. Returns `None` if `item` does not define a type.
pub(crate) fn attributes_mut(item: &mut Item) -> Option<&mut Vec<Attribute>> {
    match item {
        Item::Struct(item) => Some(&mut item.attrs),
        Item::Enum(item) => Some(&mut item.attrs),
        Item::Type(item) => Some(&mut item.attrs),
        _ => None,
    }
}

/// Returns the last name in the path of `ty`.
pub(crate) fn last_ident(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => Some(&path.path.segments.last()?.ident),
        _ => None,
    }
}

/// Returns the last name in the path of `ty`, or an empty text for a type without a path.
pub(crate) fn last_name(ty: &Type) -> String {
    last_ident(ty).map(ToString::to_string).unwrap_or_default()
}

/// Returns the type in JSON Schema of the numbers of the Rust type `name`, if it is one of numbers.
pub(crate) fn number_type(name: &str) -> Option<&'static str> {
    match name.strip_prefix("NonZero").unwrap_or(name) {
        "f32" | "f64" => Some("number"),
        "i8" | "i16" | "i32" | "i64" | "i128" | "u8" | "u16" | "u32" | "u64" => Some("integer"),
        "I8" | "I16" | "I32" | "I64" | "U8" | "U16" | "U32" | "U64" => Some("integer"),
        _ => None,
    }
}

/// Returns the type inside of `Box`, or `ty` itself.
pub(crate) fn unboxed(ty: &Type) -> &Type {
    argument_of(ty, "Box").unwrap_or(ty)
}

/// Whether `ty` holds any JSON.
pub(crate) fn is_any_json(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if ends_with(&path.path, &["serde_json", "Value"]))
}

/// Returns the list of the attribute `#[name(…)]`.
pub(crate) fn list<'a>(attribute: &'a Attribute, name: &str) -> Option<&'a MetaList> {
    match &attribute.meta {
        Meta::List(list) if list.path.is_ident(name) => Some(list),
        _ => None,
    }
}

/// Splits `list` at its commas. Does not parse the parts, because every field has several
/// lists.
pub(crate) fn between_commas(list: &TokenStream) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = list.clone().into_iter().collect();
    let is_comma =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    let mut parts: Vec<Vec<TokenTree>> = tokens.split(is_comma).map(<[_]>::to_vec).collect();
    parts.retain(|part| !part.is_empty());
    parts
}

/// Joins `parts` with commas.
pub(crate) fn with_commas(parts: &[Vec<TokenTree>]) -> TokenStream {
    let comma = TokenTree::Punct(Punct::new(',', Spacing::Alone));
    parts.join(&comma).into_iter().collect()
}

/// Iterates over the functions of an implementation.
pub(crate) fn functions(item: &mut ItemImpl) -> impl Iterator<Item = &mut ImplItemFn> {
    item.items.iter_mut().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(function),
        _ => None,
    })
}

/// Returns the type arguments of `ty`, if the last name in its path is `name`.
pub(crate) fn arguments_of<'a>(ty: &'a Type, name: &str) -> Option<Vec<&'a Type>> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    (last.ident == name).then(|| types.collect())
}

/// Returns the first type argument of `ty`, if the last name in its path is `name`.
pub(crate) fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    arguments_of(ty, name)?.first().copied()
}

/// Returns the types of the keys and the values of `ty`, if it is a map.
pub(crate) fn key_and_value(ty: &Type) -> Option<(&Type, &Type)> {
    match arguments_of(ty, "HashMap").or_else(|| arguments_of(ty, "Map"))?[..] {
        [key, value] => Some((key, value)),
        _ => None,
    }
}

/// Whether `path` ends with the names in `end`.
pub(crate) fn ends_with(path: &Path, end: &[&str]) -> bool {
    let mut pairs = path.segments.iter().rev().zip(end.iter().rev());
    path.segments.len() >= end.len() && pairs.all(|(segment, name)| segment.ident == name)
}

/// A set of names. Comparing two [`Ident`]s would allocate two strings.
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

/// Returns the name of the builder that each method of the client returns, by the name of the
/// method.
pub(crate) fn builders(file: &syn::File) -> BTreeMap<String, Ident> {
    let mut builders = BTreeMap::new();
    for item in &file.items {
        let Item::Impl(item) = item else { continue };
        if item.trait_.is_some() {
            continue;
        }
        for method in &item.items {
            // A function without a receiver creates a client.
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

/// Whether the type of `argument` is `impl Trait`.
pub(crate) fn is_generic(argument: &FnArg) -> bool {
    matches!(argument, FnArg::Typed(argument) if matches!(&*argument.ty, Type::ImplTrait(_)))
}

/// Returns `name` without `r#`.
pub(crate) fn spelled(name: &Ident) -> String {
    name.to_string().trim_start_matches("r#").to_owned()
}
