//! Reads the public interface of a generated client: its methods with their parameters and return
//! types, and its types with their fields, variants, functions and traits.
//!
//! The interface is read from the syntax tree that `render` receives. It omits private items,
//! which a user cannot name, and the builders of types, which follow the fields.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenTree;
use quote::ToTokens;
use syn::{
    Attribute, Fields, FnArg, Ident, ImplItem, ImplItemFn, Item, ItemImpl, ItemMacro, ReturnType,
    Visibility,
};

use crate::client_tree::ClientTree;
use crate::emit::is_for_tests;
use crate::polish::syntax::syn_query;
use crate::provenance;
use crate::rust_text::printed;

#[derive(Clone, Default)]
pub(super) struct Interface {
    /// The methods, by the pointer of the operation.
    pub(super) methods: BTreeMap<String, Method>,
    /// The types, by name.
    pub(super) types: BTreeMap<String, Type>,
}

#[derive(Clone, Default)]
pub(super) struct Method {
    pub(super) name: String,
    pub(super) is_deprecated: bool,
    /// The types of its arguments.
    pub(super) takes: String,
    /// The argument type of each setter of its call.
    pub(super) setters: BTreeMap<String, String>,
    /// The type of the value that awaiting the call returns.
    pub(super) gives: String,
    /// The return type of `send`.
    pub(super) returns: String,
    /// The signatures of the other functions of its call: those that return its pages, and those
    /// that wait for a result.
    pub(super) functions: BTreeMap<String, String>,
}

#[derive(Clone, Default)]
pub(super) struct Type {
    /// Its pointer in the document, if the documentation has it.
    pub(super) pointer: Option<String>,
    /// `struct`, `enum` or `type`.
    pub(super) kind: &'static str,
    pub(super) is_deprecated: bool,
    /// Whether it may get more fields or variants without breaking a user.
    pub(super) is_open: bool,
    /// The fields, variants and functions, and the type of each.
    pub(super) members: BTreeMap<String, String>,
    pub(super) traits: BTreeSet<String>,
}

impl Interface {
    pub(super) fn new(tree: &ClientTree) -> Self {
        let mut interface = Self::default();
        // The pointer of the operation of each call.
        let mut pointers = BTreeMap::new();
        for (name, function) in inherent(module(tree, "client")) {
            if name == "Client"
                && let Some(pointer) = provenance::stated(&function.attrs)
                && let ReturnType::Type(_, call) = &function.sig.output
                && let Some(call) = syn_query::last_ident(call)
            {
                pointers.insert(call.to_string(), pointer.clone());
                let method = Method {
                    name: function.sig.ident.to_string(),
                    is_deprecated: has(&function.attrs, "deprecated"),
                    takes: takes(function),
                    ..Method::default()
                };
                interface.methods.insert(pointer, method);
            }
        }
        let methods = &mut interface.methods;
        for (call, value) in awaited(module(tree, "calls")) {
            if let Some(method) = pointers.get(&call).and_then(|at| methods.get_mut(at)) {
                method.gives = value;
            }
        }
        for (call, function) in inherent(module(tree, "calls")) {
            let Some(method) = pointers.get(&call).and_then(|at| methods.get_mut(at)) else {
                continue;
            };
            let name = function.sig.ident.to_string();
            match returns(function).as_str() {
                returns if name == "send" => method.returns = returns.to_owned(),
                "Self" => {
                    method.setters.insert(name, takes(function));
                }
                returns => {
                    let signature = format!("fn({}) -> {returns}", takes(function));
                    method.functions.insert(name, signature);
                }
            }
        }
        for item in module(tree, "types") {
            interface.read_type(item);
        }
        for (name, function) in inherent(module(tree, "types")) {
            if let Some(of) = interface.types.get_mut(&name) {
                let signature = match function.sig.ident == "builder" {
                    // The name of a builder follows the name of its type.
                    true => "fn()".to_owned(),
                    false => format!("fn({}){}", takes(function), returns(function)),
                };
                of.members
                    .insert(format!("{}()", function.sig.ident), signature);
            }
        }
        // The documentation of a type for one operation does not state its place.
        for (name, of) in &mut interface.types {
            let named = format!("types::{name}>");
            let mut methods = interface.methods.iter();
            let returning = methods.find(|(_, method)| method.returns.contains(&named));
            of.pointer = of
                .pointer
                .take()
                .or(returning.map(|(pointer, _)| pointer.clone()));
        }
        interface
    }

    fn read_type(&mut self, item: &Item) {
        let (name, attributes, kind, members): (&Ident, _, _, BTreeMap<_, _>) = match item {
            Item::Struct(item) => (&item.ident, &item.attrs, "struct", fields(&item.fields)),
            Item::Enum(item) => {
                let variants = item.variants.iter().map(|variant| {
                    let held = variant.fields.to_token_stream();
                    (variant.ident.to_string(), printed(held))
                });
                (&item.ident, &item.attrs, "enum", variants.collect())
            }
            Item::Type(item) => {
                let target = printed(&item.ty);
                let members = BTreeMap::from([(String::new(), target)]);
                (&item.ident, &item.attrs, "type", members)
            }
            Item::Impl(item) => return self.read_trait(item),
            Item::Macro(item) => return self.read_macro(item),
            _ => return,
        };
        let mut traits = BTreeSet::new();
        for attribute in attributes.iter().filter(|of| of.path().is_ident("derive")) {
            let _other_syntax = attribute.parse_nested_meta(|derived| {
                traits.extend(last_name(&derived.path));
                Ok(())
            });
        }
        let of = Type {
            pointer: provenance::stated(attributes),
            kind,
            is_deprecated: has(attributes, "deprecated"),
            is_open: has(attributes, "non_exhaustive"),
            members,
            traits,
        };
        let known = self.types.entry(name.to_string()).or_default();
        let implemented = std::mem::replace(known, of).traits;
        known.traits.extend(implemented);
    }

    fn read_macro(&mut self, item: &ItemMacro) {
        let of = item.mac.path.segments.last();
        // The first token is the name of the type.
        if let Some(made) = of.and_then(|of| made(&of.ident.to_string()))
            && let Some(TokenTree::Ident(name)) = item.mac.tokens.clone().into_iter().next()
        {
            let known = self.types.entry(name.to_string()).or_default();
            let functions = made.functions.iter();
            let functions = functions.map(|(name, of)| (name.to_string(), of.to_string()));
            known.members.extend(functions);
            let traits = made.traits.iter();
            known.traits.extend(traits.map(ToString::to_string));
        }
    }

    fn read_trait(&mut self, item: &ItemImpl) {
        if let Some((path, _)) = &item.trait_
            && let syn::Type::Path(of) = &*item.self_ty
            && let Some(name) = of.path.get_ident()
        {
            // A caller cannot use the traits of the runtime.
            let is_own = path.segments.first().is_some_and(|of| of.ident == "crate");
            let implemented = (!is_own).then(|| trait_name(path));
            let known = self.types.entry(name.to_string()).or_default();
            known.traits.extend(implemented);
        }
    }
}

/// The items that a macro of the runtime implements for a type: see its
/// `codegen_support/{enums,into_format,object}.rs`.
struct Made {
    /// The functions with their signatures.
    functions: &'static [(&'static str, &'static str)],
    traits: &'static [&'static str],
}

/// Returns the public items that the macro `name` of the runtime implements.
fn made(name: &str) -> Option<Made> {
    let traits: &[&str] = match name {
        "open_enum" => &[
            "Display",
            "From<&str>",
            "From<String>",
            "FromStr",
            "Serialize",
            "Deserialize",
        ],
        "integer_enum" => &[
            "Display",
            "From<i64>",
            "FromStr",
            "Serialize",
            "Deserialize",
        ],
        "object" => &["Deserialize"],
        "format_component" => &["FromStr", "TryFrom<&str>", "TryFrom<String>"],
        _ => return None,
    };
    let functions: &[_] = match name {
        "open_enum" => &[("as_str()", "fn()&str")],
        "integer_enum" => &[("as_i64()", "fn()i64")],
        _ => &[],
    };
    Some(Made { functions, traits })
}

/// Returns the name of a trait. A written-out implementation gets the name of the equivalent
/// derive.
fn trait_name(path: &syn::Path) -> String {
    let last = last_name(path).filter(|last| matches!(last.as_str(), "Deserialize" | "Serialize"));
    last.unwrap_or_else(|| printed(path))
}

fn last_name(path: &syn::Path) -> Option<String> {
    Some(path.segments.last()?.ident.to_string())
}

fn module<'a>(tree: &'a ClientTree, name: &str) -> &'a [Item] {
    syn_query::items(&tree.file, &[name]).unwrap_or_default()
}

/// Returns the public functions of the types in `items` with the names of the types, except
/// functions for a program's tests.
fn inherent(items: &[Item]) -> impl Iterator<Item = (String, &ImplItemFn)> {
    let blocks = items.iter().filter_map(|item| match item {
        Item::Impl(item) if item.trait_.is_none() => Some(item),
        _ => None,
    });
    blocks.flat_map(|block| {
        let name = syn_query::last_ident(&block.self_ty).map(Ident::to_string);
        let functions = block.items.iter().filter_map(|item| match item {
            ImplItem::Fn(function)
                if matches!(function.vis, Visibility::Public(_))
                    && !is_for_tests(&function.attrs) =>
            {
                Some(function)
            }
            _ => None,
        });
        functions.map(move |function| (name.clone().unwrap_or_default(), function))
    })
}

/// Returns the types that awaiting the calls in `items` returns, with the names of the calls.
fn awaited(items: &[Item]) -> Vec<(String, String)> {
    let implemented = items.iter().filter_map(|item| match item {
        Item::Impl(item) if item.trait_.is_some() => Some(item),
        _ => None,
    });
    let outputs = implemented.filter_map(|item| {
        let name = syn_query::last_ident(&item.self_ty)?.to_string();
        let output = item.items.iter().find_map(|item| match item {
            ImplItem::Type(item) if item.ident == "Output" => Some(printed(&item.ty)),
            _ => None,
        });
        Some((name, output?))
    });
    outputs.collect()
}

fn fields(fields: &Fields) -> BTreeMap<String, String> {
    let fields = fields.iter().enumerate();
    let public = fields.filter(|(_, field)| matches!(field.vis, Visibility::Public(_)));
    let named = public.map(|(index, field)| {
        let name = field.ident.as_ref().map(Ident::to_string);
        (name.unwrap_or(index.to_string()), printed(&field.ty))
    });
    named.collect()
}

/// Returns the types of the parameters of `function`, after conversion.
fn takes(function: &ImplItemFn) -> String {
    let arguments = function.sig.inputs.iter();
    let arguments = arguments.filter_map(|argument| match argument {
        FnArg::Typed(argument) => Some(printed(&argument.ty)),
        FnArg::Receiver(_) => None,
    });
    let arguments: Vec<String> = arguments.collect();
    let bounds = function.sig.generics.where_clause.as_ref().map(printed);
    let text = [arguments.join(", "), bounds.unwrap_or_default()].join(" ");
    let Some((_, target)) = text.split_once("TryInto<") else {
        return text.trim().to_owned();
    };
    let mut depth = 0;
    let end = target.find(|c| {
        depth += i32::from(c == '<') - i32::from(c == '>');
        depth < 0 || depth == 0 && c == ','
    });
    target[..end.unwrap_or(target.len())].to_owned()
}

fn returns(function: &ImplItemFn) -> String {
    match &function.sig.output {
        ReturnType::Type(_, ty) => printed(ty),
        ReturnType::Default => String::new(),
    }
}

fn has(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().any(|of| of.path().is_ident(name))
}
