//! Builders of types cost little, and builders of response types are for tests.
//!
//! Before, each struct has a builder; each member of it carries its own error, and
//! setting an optional member by its value does not compile, as no `&str` becomes an
//! `Option<String>`:
//!
//! ```text
//! pub struct T { redirect_uri: Result<Option<String>, String>, … }
//! impl Default for T {
//!     fn default() -> Self { Self { redirect_uri: Ok(Default::default()), … } }
//! }
//! impl T {
//!     pub fn redirect_uri<T>(mut self, value: T) -> Self
//!     where T: TryInto<Option<String>>, T::Error: Display,
//!     {
//!         self.redirect_uri = value.try_into().map_err(|e| format!("… redirect_uri: {e}"));
//!         self
//!     }
//! }
//! impl TryFrom<T> for super::T { … redirect_uri: value.redirect_uri?, … }
//! impl From<super::T> for T { … redirect_uri: Ok(value.redirect_uri), … }
//! ```
//!
//! After, a macro of the runtime writes it, of `Slot`s. The setter takes what the
//! setter of a required member would take, and a second one takes the option:
//!
//! ```text
//! crate::runtime::builder! {
//!     T, super::error::ConversionError;
//!     set_some redirect_uri "redirect_uri" Option<String> => String, or Default::default, maybe maybe_redirect_uri;
//! }
//! ```
//!
//! Only a request body converts back to its builder, because an operation also accepts
//! the whole value.
//!
//! A program does not build what only the server sends, but its tests do. So a type
//! that no request can hold has its builder with the feature `test-util` alone:
//!
//! ```text
//! #[cfg(feature = "test-util")]
//! crate::runtime::builder! {
//!     #[cfg_attr(docsrs, doc(cfg(feature = "test-util")))] T, super::error::ConversionError;
//!     …
//! }
//! ```
//!
//! The second attribute is for the documentation: rustdoc does not see the `cfg` of a macro
//! call.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, ExprCall, Ident, ImplItem, Item, ItemMacro, ItemStruct, Type, parse_quote,
};

use super::tree::Names;
use super::{Context, code, deprecated, nullable, reach, tree};

pub(super) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    if !tree::has_module(file, &["types", "builder"]) {
        return Ok(());
    }
    let in_requests = reach::in_requests(file)?;
    let bodies = bodies(file)?;
    let values = unset(tree::module(file, &["types", "builder"])?)?;
    let types = tree::module(file, &["types"])?;
    let names: Names = types.iter().filter_map(tree::name).collect();
    let mut builders: Vec<Item> = Vec::new();
    let mut of_tests: BTreeSet<String> = BTreeSet::new();
    for item in types.iter() {
        let Item::Struct(item) = item else { continue };
        let name = item.ident.to_string();
        let Some(values) = values.get(&name) else {
            continue;
        };
        let members = members(item, values, &names, context)?;
        if !in_requests.contains(&name) {
            let says_so = quote!(#[cfg_attr(docsrs, doc(cfg(feature = "test-util")))]);
            let mut builder = builder(says_so, &item.ident, &members);
            builder.attrs.push(code::for_tests());
            of_tests.insert(name);
            builders.push(Item::Macro(builder));
            continue;
        }
        let builder = builder(TokenStream::new(), &item.ident, &members);
        builders.push(Item::Macro(builder));
        if bodies.contains(&name) {
            builders.push(Item::Macro(way_back(&item.ident, &members)));
        }
    }
    let are_all_of_tests = of_tests.len() == builders.len();
    for item in types.iter_mut() {
        match item {
            Item::Impl(item) if item.trait_.is_none() => {
                let is_builder = |item: &ImplItem| matches!(item, ImplItem::Fn(function) if function.sig.ident == "builder");
                let name = tree::self_name(item);
                if item.items.iter().all(is_builder)
                    && name.is_some_and(|name| of_tests.contains(&name.to_string()))
                {
                    item.attrs.push(code::for_tests());
                }
            }
            Item::Mod(item) if item.ident == "builder" && are_all_of_tests => {
                item.attrs.push(code::for_tests());
            }
            _ => {}
        }
    }
    *tree::module(file, &["types", "builder"])? = builders;
    Ok(())
}

/// The structs whose builder an operation keeps.
fn bodies(file: &mut syn::File) -> Result<BTreeSet<String>, String> {
    struct Bodies(BTreeSet<String>);
    impl Visit<'_> for Bodies {
        fn visit_path(&mut self, path: &syn::Path) {
            if let [types, builder, name] = &path.segments.iter().collect::<Vec<_>>()[..]
                && types.ident == "types"
                && builder.ident == "builder"
            {
                self.0.insert(name.ident.to_string());
            }
            visit::visit_path(self, path);
        }
    }
    let mut bodies = Bodies(BTreeSet::new());
    for item in tree::module(file, &["builder"])? {
        if let Item::Struct(item) = item {
            bodies.visit_item_struct(item);
        }
    }
    Ok(bodies.0)
}

/// The function that returns the default of each member; `None` if the member is
/// required.
type Unset = BTreeMap<String, Option<Expr>>;

/// The members of each builder, by the builder's name, read off its `Default`.
fn unset(builders: &[Item]) -> Result<BTreeMap<String, Unset>, String> {
    struct Members(Unset);
    impl Visit<'_> for Members {
        fn visit_field_value(&mut self, field: &syn::FieldValue) {
            if let syn::Member::Named(name) = &field.member
                && let Expr::Call(ExprCall { func, args, .. }) = &field.expr
            {
                let is_set = matches!(&**func, Expr::Path(path) if path.path.is_ident("Ok"));
                let value = args.first().filter(|_| is_set).map(|value| match value {
                    Expr::Call(call) if call.args.is_empty() => (*call.func).clone(),
                    value => parse_quote!(|| #value),
                });
                self.0.insert(name.to_string(), value);
            }
        }
    }
    let mut unset = BTreeMap::new();
    for item in builders {
        let Item::Impl(item) = item else { continue };
        let Some((path, _)) = &item.trait_ else {
            continue;
        };
        let Some(name) = tree::self_name(item) else {
            continue;
        };
        if tree::ends_with(path, &["Default"]) {
            let mut members = Members(Unset::new());
            members.visit_item_impl(item);
            unset.insert(name.to_string(), members.0);
        }
    }
    match unset.is_empty() {
        true => Err("no builder of a type has a `Default`".to_owned()),
        false => Ok(unset),
    }
}

/// A member of a struct that is built.
struct Member<'a> {
    name: &'a Ident,
    ty: Type,
    /// As in [`Unset`].
    unset: &'a Option<Expr>,
    deprecated: Option<Attribute>,
}

fn members<'a>(
    item: &'a ItemStruct,
    unset: &'a Unset,
    types: &Names,
    context: &Context<'_>,
) -> Result<Vec<Member<'a>>, String> {
    let members = item.fields.iter().map(|field| {
        let name = field.ident.as_ref()?;
        let mut ty = field.ty.clone();
        FromSuper { types }.visit_type_mut(&mut ty);
        Some(Member {
            name,
            ty,
            unset: unset.get(&name.to_string())?,
            deprecated: deprecated::of(context, &field.attrs),
        })
    });
    members
        .collect::<Option<_>>()
        .ok_or_else(|| format!("the builder of `{}` is of other members", item.ident))
}

/// Rewrites `T` to `super::T` if `T` is one of `types`.
struct FromSuper<'a> {
    types: &'a Names,
}

impl VisitMut for FromSuper<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path
            .get_ident()
            .is_some_and(|name| self.types.contains(name))
        {
            let of_super = Ident::new("super", Span::call_site());
            path.segments.insert(0, of_super.into());
        }
        visit_mut::visit_path_mut(self, path);
    }
}

/// The builder of the struct `name` with these attributes and members.
fn builder(attributes: TokenStream, name: &Ident, members: &[Member<'_>]) -> ItemMacro {
    let names: Names = members.iter().map(|member| member.name).collect();
    let members: TokenStream = members.iter().map(|of| statement(of, &names)).collect();
    code::of_runtime(
        "builder",
        quote!(#attributes #name, super::error::ConversionError; #members),
    )
}

/// The statement about a member, one of `names`, for the macro of the runtime.
fn statement(member: &Member<'_>, names: &Names) -> TokenStream {
    let Member {
        name,
        ty,
        unset,
        deprecated,
    } = member;
    let optional = tree::arguments_of(ty, "Option").and_then(|of| of.first().copied());
    let not_null = nullable::twice_optional(ty);
    let (set, taken) = match (not_null, optional) {
        (Some(taken), _) => (quote!(set_nullable), taken),
        (None, Some(taken)) => (quote!(set_some), taken),
        (None, None) => (quote!(set), ty),
    };
    let text = tree::spelled(name);
    let default = unset.as_ref().map(|default| quote!(, or #default));
    let maybe = format_ident!("maybe_{text}");
    let maybe = match (not_null, optional) {
        _ if names.contains(&maybe) => None,
        (Some(_), _) => Some(quote!(, nullable #deprecated #maybe)),
        (None, Some(_)) => Some(quote!(, maybe #deprecated #maybe)),
        (None, None) => None,
    };
    quote!(#deprecated #set #name #text #ty => #taken #default #maybe;)
}

/// What makes a builder of the struct `name`, with all members set.
fn way_back(name: &Ident, members: &[Member<'_>]) -> ItemMacro {
    let members = members.iter().map(|member| member.name);
    code::of_runtime("builder_from", quote!(#name; #(#members;)*))
}
