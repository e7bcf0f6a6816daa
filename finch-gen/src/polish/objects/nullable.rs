//! In a request, null is not the same as nothing.
//!
//! Before, a member that may be absent and may be null is one option, and null
//! is never sent, although to many servers it means to unset what is there:
//!
//! ```text
//! #[serde(skip_serializing_if = "Option::is_none")]
//! pub title: Option<String>,
//! ```
//!
//! After, in all that a request can hold, the outer option says whether it is
//! there, the inner one whether it is null:
//!
//! ```text
//! #[serde(skip_serializing_if = "Option::is_none")]
//! #[serde(default, deserialize_with = "crate::runtime::nullable")]
//! pub title: Option<Option<String>>,
//! ```
//!
//! What only a response holds keeps one option: to its reader both mean that
//! there is no value.

use quote::ToTokens as _;
use serde_json::Value;
use syn::{Attribute, Field, Item, Type, parse_quote};

use crate::load::Document;
use crate::polish::Context;
use crate::polish::syntax::{roles, syn_build, syn_query};
use crate::provenance;

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
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
                let option = syn_build::global(&["std", "option", "Option"]);
                field.ty = syn_build::type_of(option, [field.ty.clone()]);
                field.attrs.push(read.clone());
            }
        }
    }
    Ok(())
}

/// `T` of `Option<Option<T>>`.
pub(crate) fn twice_optional(ty: &Type) -> Option<&Type> {
    let inner = syn_query::arguments_of(ty, "Option")?.first().copied()?;
    syn_query::arguments_of(inner, "Option")?.first().copied()
}

fn may_be_absent(field: &Field) -> bool {
    let is_skipped = || {
        field.attrs.iter().any(|attribute| {
            attribute.path().is_ident("serde")
                && attribute
                    .to_token_stream()
                    .to_string()
                    .contains("skip_serializing_if")
        })
    };
    let of = syn_query::arguments_of(&field.ty, "Option").and_then(|of| of.first().copied());
    // A part of a body that is sent as parts is there, or it is not.
    let is_file = of
        .and_then(syn_query::last_ident)
        .is_some_and(|of| of == "File");
    of.is_some() && !is_file && is_skipped()
}

/// Whether the lowered `schema` admits null and more; references are followed
/// to `depth`.
fn is_nullable(document: &Document, schema: &Value, depth: u8) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let Some(schema) = document.follow(schema) else {
        return false;
    };
    let list = |keyword| schema.get(keyword).and_then(Value::as_array);
    if schema.get("type").is_some() {
        return schema.get("nullable") == Some(&Value::Bool(true));
    }
    let is_null = |branch: &Value| *branch == crate::shape::only_null();
    list("anyOf").is_some_and(|branches| {
        branches
            .iter()
            .any(|branch| is_null(branch) || is_nullable(document, branch, depth))
    }) || list("allOf").is_some_and(|conjuncts| {
        !conjuncts.is_empty()
            && conjuncts
                .iter()
                .all(|conjunct| is_nullable(document, conjunct, depth))
    })
}
