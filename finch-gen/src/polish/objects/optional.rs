//! An optional property is an `Option`, and an absent one is not encoded.
//!
//! ```yaml
//! Company: {properties: {boss: {$ref: '#/components/schemas/Employee'}}}
//! Employee: {properties: {manager: {$ref: '#/components/schemas/Employee'}, no: {type: 'null'}}}
//! ```
//!
//! Before, a recursive property may be a box around an option, and a property that can only be
//! null is a unit. Both are sent as null when nobody sets them:
//!
//! ```text
//! pub struct Employee {
//!     #[serde(default)]
//!     pub manager: ::std::boxed::Box<::std::option::Option<Employee>>,
//!     #[serde(default)]
//!     pub no: (),
//! }
//! ```
//!
//! After, both are options, and serde skips an absent one:
//!
//! ```text
//! pub struct Employee {
//!     #[serde(skip_serializing_if = "::std::option::Option::is_none")]
//!     pub manager: ::std::option::Option<::std::boxed::Box<Employee>>,
//!     #[serde(skip_serializing_if = "::std::option::Option::is_none")]
//!     pub no: ::std::option::Option<()>,
//! }
//! ```

use syn::visit_mut::{self, VisitMut};
use syn::{Field, Type, parse_quote};

use crate::polish::syntax::{serde_attrs, syn_build, syn_query};
use crate::polish::{Context, Unsupported};

pub(crate) fn run(file: &mut syn::File, _: &Context<'_>) -> Result<(), Unsupported> {
    for item in syn_query::module(file, &["types"])? {
        Options.visit_item_mut(item);
    }
    Ok(())
}

struct Options;

impl VisitMut for Options {
    fn visit_field_mut(&mut self, field: &mut Field) {
        let is_default = serde_attrs::options(&field.attrs)
            .any(|option| option.is("default") && option.is_bare());
        let is_boxed = boxed_option(&field.ty).is_some();
        let is_unit = matches!(&field.ty, Type::Tuple(tuple) if tuple.elems.is_empty());
        if is_unit && is_default {
            field.ty = syn_build::option_of(field.ty.clone());
        }
        self.visit_type_mut(&mut field.ty);
        if is_default && (is_unit || is_boxed) {
            serde_attrs::retain(&mut field.attrs, |option| !option.is("default"));
            field.attrs.push(parse_quote! {
                #[serde(skip_serializing_if = "::std::option::Option::is_none")]
            });
        } else if is_boxed && field.ident.is_some() {
            // Decoded as any other required option.
            field.attrs.push(parse_quote! {
                #[serde(deserialize_with = "::std::option::Option::deserialize")]
            });
        }
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        visit_mut::visit_type_mut(self, ty);
        if let Some(inner) = boxed_option(ty) {
            let boxed = syn_build::global(&["std", "boxed", "Box"]);
            let boxed = syn_build::type_of(boxed, [inner.clone()]);
            *ty = syn_build::option_of(boxed);
        }
    }
}

/// Returns the `T` of `Box<Option<T>>`.
fn boxed_option(ty: &Type) -> Option<&Type> {
    syn_query::argument_of(syn_query::argument_of(ty, "Box")?, "Option")
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::ItemStruct;

    use super::*;

    #[test]
    fn absent_options_are_not_serialized() {
        for (field, expected) in [
            (
                quote!(#[serde(default)] a: Box<Option<T>>),
                quote! {
                    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                    a: ::std::option::Option<::std::boxed::Box<T>>
                },
            ),
            (
                quote!(#[serde(rename = "b", default)] a: Box<Option<T>>),
                quote! {
                    #[serde(rename = "b")]
                    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                    a: ::std::option::Option<::std::boxed::Box<T>>
                },
            ),
            (
                quote!(a: Box<Option<T>>),
                quote! {
                    #[serde(deserialize_with = "::std::option::Option::deserialize")]
                    a: ::std::option::Option<::std::boxed::Box<T>>
                },
            ),
            (
                quote!(a: Vec<Box<Option<T>>>),
                quote!(a: Vec<::std::option::Option<::std::boxed::Box<T>>>),
            ),
            (quote!(a: ()), quote!(a: ())),
            (
                quote!(#[serde(default)] a: Vec<T>),
                quote!(#[serde(default)] a: Vec<T>),
            ),
        ] {
            let mut found: ItemStruct = parse_quote!(struct T { #field });
            Options.visit_item_struct_mut(&mut found);
            let expected: ItemStruct = parse_quote!(struct T { #expected });
            assert_eq!(found, expected, "{field}");
        }
    }
}
