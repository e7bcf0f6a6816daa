//! A request can send null, which differs from an absent property.
//!
//! ```yaml
//! /title:
//!   put:
//!     operationId: put-title
//!     requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Title'}}}}
//!     responses: {'204': {description: ''}}
//! Title: {properties: {title: {type: [string, 'null']}}}
//! ```
//!
//! Before, an optional nullable property is one `Option`, and null is never sent, although many
//! servers delete a value that is set to null:
//!
//! ```text
//! pub struct Title {
//!     #[serde(skip_serializing_if = "::std::option::Option::is_none")]
//!     pub title: ::std::option::Option<::std::string::String>,
//! }
//! ```
//! After, in every type in a request, the outer `Option` is `None` if the property is absent, and
//! the inner one is `None` if it is null:
//!
//! ```text
//! pub struct Title {
//!     #[serde(skip_serializing_if = "::std::option::Option::is_none")]
//!     #[serde(default, deserialize_with = "crate::runtime::nullable")]
//!     pub title: ::std::option::Option<::std::option::Option<::std::string::String>>,
//! }
//! ```
//! A type that only occurs in responses keeps one `Option`.

use syn::{Attribute, Field, Item, Type, parse_quote};

use crate::polish::syntax::{roles, serde_attrs, syn_build, syn_query};
use crate::polish::{Context, Unsupported};

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), Unsupported> {
    let in_requests = roles::in_requests(file)?;
    let read: Attribute =
        parse_quote!(#[serde(default, deserialize_with = "crate::runtime::nullable")]);
    for item in syn_query::module(file, &["types"])? {
        let Item::Struct(item) = item else { continue };
        if !in_requests.contains(&item.ident.to_string()) {
            continue;
        }
        for field in &mut item.fields {
            if !may_be_absent(field) {
                continue;
            }
            let key = (item.ident.to_string(), serde_attrs::json_name(field));
            if context.shaped.nullable.contains(&key) {
                field.ty = syn_build::option_of(field.ty.clone());
                field.attrs.push(read.clone());
            }
        }
    }
    Ok(())
}

/// Returns the `T` of `Option<Option<T>>`.
pub(crate) fn twice_optional(ty: &Type) -> Option<&Type> {
    syn_query::argument_of(syn_query::argument_of(ty, "Option")?, "Option")
}

fn may_be_absent(field: &Field) -> bool {
    let is_skipped =
        || serde_attrs::options(&field.attrs).any(|option| option.is("skip_serializing_if"));
    // A part of a multipart body cannot be null.
    let held = syn_query::argument_of(&field.ty, "Option");
    held.is_some_and(|held| syn_query::last_name(held) != "File") && is_skipped()
}

#[cfg(test)]
mod tests {
    use crate::polish::tests::{check_items, exchange};

    #[test]
    fn a_request_distinguishes_null_and_a_response_does_not() {
        let object = "{required: [must], properties: {
            must: {type: [integer, 'null']},
            may: {type: integer},
            null_or: {type: [integer, 'null']},
            refers: {$ref: '#/components/schemas/N'},
            union: {anyOf: [{type: integer}, {type: 'null'}]}}}";
        let tree = exchange(&format!(
            "A: {object}\nB: {object}\nN: {{type: [object, 'null'], properties: {{}}}}"
        ));
        check_items(
            &tree,
            r#"
#[non_exhaustive]
pub struct A {
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    pub may: ::std::option::Option<i64>,
    pub must: ::std::option::Option<i64>,
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    pub null_or: ::std::option::Option<::std::option::Option<i64>>,
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    pub refers: ::std::option::Option<::std::option::Option<N>>,
    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
    pub union: ::std::option::Option<::std::option::Option<i64>>,
}
crate::runtime::object! {
    A;
    expected must "must";
    optional may "may";
    nullable null_or "null_or";
    nullable refers "refers";
    nullable union "union";
}
crate::runtime::object! {
    B;
    expected must "must";
    optional may "may";
    optional null_or "null_or";
    optional refers "refers";
    optional union "union";
}
"#,
        );
    }
}
