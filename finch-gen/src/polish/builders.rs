//! Builders of types are for requests, and cost little.
//!
//! Before, each struct has a builder, be it one that only the server makes;
//! each member of it carries its own error, and setting an optional member by
//! its value does not compile, as no `&str` becomes an `Option<String>`:
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
//! After, what a request can hold has one, made of the runtime's `Slot`s. The
//! setter takes what the setter of a required member would take, and a second
//! one takes the option:
//!
//! ```text
//! #[derive(Default, …)]
//! pub struct T { redirect_uri: Slot<String>, … }
//! impl T {
//!     pub fn redirect_uri(mut self, value: impl TryInto<String, Error: Display>) -> Self {
//!         self.redirect_uri.set("redirect_uri", value);
//!         self
//!     }
//!     pub fn maybe_redirect_uri(mut self, value: Option<String>) -> Self { … }
//! }
//! impl TryFrom<T> for super::T { … redirect_uri: value.redirect_uri.or_else(Default::default)?, … }
//! ```
//!
//! Only what is the body of an operation goes the way back, as its operation
//! can be given it whole.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Span;
use quote::format_ident;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Expr, ExprCall, ExprStruct, Field, FieldValue, Fields, Ident, ImplItem, Item, ItemImpl,
    ItemStruct, Token, Type, parse_quote,
};

use super::setters::{self, Setters, Setting};
use super::template::{Filling, Template as _};
use super::tree::Names;
use super::{Context, nullable, reach, tree};

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    if !tree::has_module(file, &["types", "builder"]) {
        return Ok(());
    }
    let in_requests = reach::in_requests(file)?;
    let bodies = bodies(file)?;
    let values = unset(tree::module(file, &["types", "builder"])?)?;
    let types = tree::module(file, &["types"])?;
    let names: Names = types.iter().filter_map(tree::name).collect();
    let templates = Templates::new();
    let mut builders: Vec<Item> = Vec::new();
    let mut unbuilt: BTreeSet<String> = BTreeSet::new();
    for item in types.iter() {
        let Item::Struct(item) = item else { continue };
        let name = item.ident.to_string();
        let Some(values) = values.get(&name) else {
            continue;
        };
        if !in_requests.contains(&name) {
            unbuilt.insert(name);
            continue;
        }
        let members = members(item, values, &names)?;
        builders.extend(templates.builder(&item.ident, &members, bodies.contains(&name)));
    }
    types.retain(|item| match item {
        Item::Impl(item) if item.trait_.is_none() => {
            let is_builder = |item: &ImplItem| matches!(item, ImplItem::Fn(function) if function.sig.ident == "builder");
            !(item.items.iter().all(is_builder)
                && tree::self_name(item).is_some_and(|name| unbuilt.contains(&name.to_string())))
        }
        Item::Mod(item) => item.ident != "builder" || !builders.is_empty(),
        _ => true,
    });
    if !builders.is_empty() {
        *tree::module(file, &["types", "builder"])? = builders;
    }
    Ok(())
}

/// The structs of which an operation keeps a builder.
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

/// The function that gives a member its value where it is not set; none, where
/// it must be set.
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
}

fn members<'a>(
    item: &'a ItemStruct,
    unset: &'a Unset,
    types: &Names,
) -> Result<Vec<Member<'a>>, String> {
    let members = item.fields.iter().map(|field| {
        let name = field.ident.as_ref()?;
        let mut ty = field.ty.clone();
        FromSuper { types }.visit_type_mut(&mut ty);
        Some(Member {
            name,
            ty,
            unset: unset.get(&name.to_string())?,
        })
    });
    members
        .collect::<Option<_>>()
        .ok_or_else(|| format!("the builder of `{}` is of other members", item.ident))
}

/// `T` to `super::T`, where it is one of `types`.
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

/// The code of a builder, as templates.
struct Templates {
    setters: Setters,
    definition: ItemStruct,
    field: Field,
    methods: ItemImpl,
    built: ItemImpl,
    required: FieldValue,
    optional: FieldValue,
    back: ItemImpl,
    set: FieldValue,
}

impl Templates {
    fn new() -> Self {
        let holder: ItemStruct = parse_quote! {
            struct NAME { NAME: crate::runtime::Slot<TYPE> }
        };
        let mut fields = holder.fields.into_iter();
        Self {
            setters: Setters::new(),
            definition: parse_quote! {
                #[derive(Clone, Debug, Default)]
                pub struct NAME {}
            },
            field: fields.next().expect("the struct above has a field"),
            methods: parse_quote!(impl NAME {}),
            built: parse_quote! {
                impl ::std::convert::TryFrom<NAME> for super::NAME {
                    type Error = super::error::ConversionError;
                    fn try_from(value: NAME) -> ::std::result::Result<Self, Self::Error> {
                        Ok(Self {})
                    }
                }
            },
            required: parse_quote!(NAME: value.NAME.required(TEXT)?),
            optional: parse_quote!(NAME: value.NAME.or_else(DEFAULT)?),
            back: parse_quote! {
                impl ::std::convert::From<super::NAME> for NAME {
                    fn from(value: super::NAME) -> Self {
                        Self {}
                    }
                }
            },
            set: parse_quote!(NAME: crate::runtime::Slot::Set(value.NAME)),
        }
    }

    fn builder(&self, name: &Ident, members: &[Member<'_>], is_body: bool) -> Vec<Item> {
        let of_builder = [("NAME", Filling::Name(name))];
        let mut definition = self.definition.filled(&of_builder);
        if let Fields::Named(fields) = &mut definition.fields {
            fields.named = members.iter().map(|member| self.field(member)).collect();
        }
        let names: Names = members.iter().map(|member| member.name).collect();
        let mut methods = self.methods.filled(&of_builder);
        for member in members {
            self.add_setters(member, &names, &mut methods.items);
        }
        let mut built = self.built.filled(&of_builder);
        let values = members.iter().map(|member| self.value(member));
        Members(values.collect()).visit_item_impl_mut(&mut built);
        let mut items = vec![
            Item::Struct(definition),
            Item::Impl(methods),
            Item::Impl(built),
        ];
        if is_body {
            let mut back = self.back.filled(&of_builder);
            let values = members.iter().map(|member| {
                let of_member = [("NAME", Filling::Name(member.name))];
                self.set.filled(&of_member)
            });
            Members(values.collect()).visit_item_impl_mut(&mut back);
            items.push(Item::Impl(back));
        }
        items
    }

    fn field(&self, Member { name, ty, .. }: &Member<'_>) -> Field {
        self.field
            .filled(&[("NAME", Filling::Name(name)), ("TYPE", Filling::Type(ty))])
    }

    /// What becomes of `member` when it is built.
    fn value(&self, Member { name, unset, .. }: &Member<'_>) -> FieldValue {
        match unset {
            None => self.required.filled(&[
                ("NAME", Filling::Name(name)),
                ("TEXT", Filling::Value(&setters::text(&tree::spelled(name)))),
            ]),
            Some(default) => self.optional.filled(&[
                ("NAME", Filling::Name(name)),
                ("DEFAULT", Filling::Value(default)),
            ]),
        }
    }

    /// Adds what sets a member, one of `names`, to `methods`.
    fn add_setters(
        &self,
        Member { name, ty, .. }: &Member<'_>,
        names: &Names,
        methods: &mut Vec<ImplItem>,
    ) {
        let optional = tree::arguments_of(ty, "Option").and_then(|of| of.first().copied());
        let inner = nullable::twice_optional(ty).or(optional);
        let (taken, setting) = match (inner, optional) {
            (Some(inner), optional) if optional != Some(inner) => (inner, Setting::NotNull),
            (Some(inner), _) => (inner, Setting::Some),
            (None, _) => (ty, Setting::Value),
        };
        methods.push(ImplItem::Fn(self.setters.setter(name, taken, setting)));
        let maybe = format_ident!("maybe_{}", tree::spelled(name));
        if inner.is_some() && !names.contains(&maybe) {
            methods.push(ImplItem::Fn(self.setters.maybe(&maybe, name, ty)));
        }
    }
}

/// The members of the one struct that an implementation makes.
struct Members(Punctuated<FieldValue, Token![,]>);

impl VisitMut for Members {
    fn visit_expr_struct_mut(&mut self, made: &mut ExprStruct) {
        made.fields = std::mem::take(&mut self.0);
    }
}
