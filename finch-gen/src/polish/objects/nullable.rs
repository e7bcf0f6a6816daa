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

use serde_json::Value;
use syn::{Attribute, Field, Item, Type, parse_quote};

use crate::json::Fields as _;
use crate::load::Document;
use crate::polish::syntax::{roles, serde_attrs, syn_build, syn_query};
use crate::polish::{Context, Unsupported};
use crate::provenance;
use crate::shape::is_only_null;

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
            let place = provenance::read(&field.attrs);
            let schema = place.as_deref().and_then(|at| context.document.at(at));
            if schema.is_some_and(|schema| is_nullable(context.document, schema, 8)) {
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

/// Whether the lowered `schema` accepts null and other values. Follows references to `depth`.
fn is_nullable(document: &Document, schema: &Value, depth: u8) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let Some(schema) = document.follow(schema) else {
        return false;
    };
    if schema.has("type") {
        return schema.is_true("nullable");
    }
    let is_nullable = |part: &Value| is_nullable(document, part, depth);
    let mut branches = schema.list("anyOf").iter();
    let conjuncts = schema.list("allOf");
    branches.any(|branch| is_only_null(branch) || is_nullable(branch))
        || !conjuncts.is_empty() && conjuncts.iter().all(is_nullable)
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
