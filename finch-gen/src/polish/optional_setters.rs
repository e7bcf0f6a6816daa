//! Setting an optional member takes its value, not an option of it.
//!
//! Before, `.redirect_uri("https://…")` does not compile, as no `&str` becomes
//! an `Option<String>`:
//!
//! ```text
//! pub fn redirect_uri<T>(mut self, value: T) -> Self
//! where T: TryInto<Option<String>>, …
//! ```
//!
//! After, the setter takes what the setter of a required member would take, and
//! a second one takes the option:
//!
//! ```text
//! pub fn redirect_uri<T>(mut self, value: T) -> Self
//! where T: TryInto<String>, …
//! pub fn maybe_redirect_uri(mut self, value: Option<String>) -> Self
//! ```

use quote::format_ident;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Expr, GenericArgument, ImplItem, ImplItemFn, Item, PathArguments, Type, TypeParamBound,
    WherePredicate, parse_quote,
};

use super::{Context, tree};

pub(super) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), String> {
    if !tree::has_module(file, &["types", "builder"]) {
        return Ok(());
    }
    for item in tree::module(file, &["types", "builder"])? {
        let Item::Impl(item) = item else { continue };
        let names: Vec<String> = tree::functions(item)
            .map(|function| function.sig.ident.to_string())
            .collect();
        let mut items = Vec::with_capacity(item.items.len());
        for item in item.items.drain(..) {
            let ImplItem::Fn(mut setter) = item else {
                items.push(item);
                continue;
            };
            let maybe = unwrap_option(&mut setter).map(|ty| maybe_setter(&setter, &ty));
            items.push(ImplItem::Fn(setter));
            items.extend(
                maybe
                    .filter(|maybe| !names.contains(&maybe.sig.ident.to_string()))
                    .map(ImplItem::Fn),
            );
        }
        item.items = items;
    }
    Ok(())
}

/// Makes a setter of `Option<X>` one of `X`, and returns `X`.
fn unwrap_option(setter: &mut ImplItemFn) -> Option<Type> {
    let predicates = &mut setter.sig.generics.where_clause.as_mut()?.predicates;
    let inner = predicates.iter_mut().find_map(|predicate| {
        let WherePredicate::Type(predicate) = predicate else {
            return None;
        };
        predicate.bounds.iter_mut().find_map(|bound| {
            let TypeParamBound::Trait(bound) = bound else {
                return None;
            };
            let last = bound.path.segments.last_mut()?;
            let PathArguments::AngleBracketed(arguments) = &mut last.arguments else {
                return None;
            };
            match arguments.args.first_mut()? {
                GenericArgument::Type(ty) if last.ident == "TryInto" => {
                    let inner = (*tree::arguments_of(ty, "Option")?.first()?).clone();
                    *ty = inner.clone();
                    Some(inner)
                }
                _ => None,
            }
        })
    })?;
    MapSome.visit_block_mut(&mut setter.block);
    Some(inner)
}

/// `value.try_into()` to `value.try_into().map(Some)`.
struct MapSome;

impl VisitMut for MapSome {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::MethodCall(call) = expr
            && call.method == "try_into"
        {
            *expr = parse_quote!(#call.map(Some));
        } else {
            visit_mut::visit_expr_mut(self, expr);
        }
    }
}

fn maybe_setter(setter: &ImplItemFn, ty: &Type) -> ImplItemFn {
    let member = &setter.sig.ident;
    let name = format_ident!("maybe_{}", member.to_string().trim_start_matches("r#"));
    parse_quote! {
        pub fn #name(mut self, value: ::std::option::Option<#ty>) -> Self {
            self.#member = Ok(value);
            self
        }
    }
}
