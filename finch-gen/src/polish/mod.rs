//! polish: what progenitor does not do, done on the syntax tree.
//!
//! Receives progenitor's syntax tree and the model. Guarantees the client as it
//! is checked in, but for layout: each pass is a module, small, with its before
//! and after in its module comment, and runs once, in the order of [`passes`].
//! Refuses a tree that is not what a pass was written for, so that a new
//! release of progenitor cannot get past one unnoticed.

mod conversion_error;
pub(crate) mod docs;
mod enums;
pub(crate) mod formats;
mod inline;
pub(crate) mod objects;
pub(crate) mod syntax;
pub(crate) mod unions;

pub(crate) use syntax::type_index::{qualify, within};

use std::collections::BTreeMap;

use crate::api_model::ApiModel;
use crate::load::Document;
use crate::lower::Lowered;
use crate::problem::Problems;
use crate::shape::Shaped;

/// One pass over the syntax tree.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// Its name: that of its module.
    pub name: &'static str,
    run: fn(&mut syn::File, &Context<'_>) -> Result<(), String>,
}

impl Pass {
    pub(crate) fn apply(
        &self,
        file: &mut syn::File,
        context: &Context<'_>,
    ) -> Result<(), Problems> {
        (self.run)(file, context).map_err(|what| unexpected(context.document, self.name, what))
    }
}

/// What a pass may want to know.
pub(crate) struct Context<'a> {
    pub(crate) model: &'a ApiModel,
    pub(crate) document: &'a Document,
    pub(crate) shaped: &'a Shaped,
    pub(crate) crate_name: &'a str,
}

impl<'a> Context<'a> {
    pub(crate) fn new(lowered: &'a Lowered, shaped: &'a Shaped, crate_name: &'a str) -> Self {
        Self {
            model: &shaped.model,
            document: &lowered.document,
            shaped,
            crate_name,
        }
    }
}

/// The passes over types that are still marked with their provenance, in running order.
pub(crate) fn passes() -> [Pass; 14] {
    let pass = |name, run| Pass { name, run };
    [
        pass("success_enums", unions::success_enums::run),
        pass("conversion_error", conversion_error::run),
        pass("optional", objects::optional::run),
        pass("field_names", objects::field_names::run),
        pass("variant_names", unions::variant_names::run),
        pass("union_deserialize", unions::union_deserialize::run),
        pass("enums", enums::run),
        pass("formats", formats::run),
        pass("all_of_docs", objects::all_of_docs::run),
        pass("nullable", objects::nullable::run),
        pass("redacted", objects::redacted::run),
        pass("inline", inline::run),
        pass("non_exhaustive", objects::non_exhaustive::run),
        pass("deprecated", docs::deprecated::run),
    ]
}

/// The passes that run last, in running order. The first turns the marks into documentation.
pub(crate) fn final_passes() -> [Pass; 2] {
    let pass = |name, run| Pass { name, run };
    [
        pass("doc_comments", docs::doc_comments::run),
        pass("object_deserialize", objects::object_deserialize::run),
    ]
}

/// Runs all passes over `file`, and returns the type of each schema, by its pointer.
///
/// # Errors
///
/// A pass meets code that it was not written for.
pub(crate) fn polish(
    file: &mut syn::File,
    context: &Context<'_>,
) -> Result<BTreeMap<String, syn::Type>, Problems> {
    for pass in passes() {
        pass.apply(file, context)?;
    }
    let types = syntax::type_index::find(file, context.crate_name)
        .map_err(|what| unexpected(context.document, "type_index", what))?;
    for pass in final_passes() {
        pass.apply(file, context)?;
    }
    Ok(types)
}

/// The problem that the pass `name` has with its tree.
pub(crate) fn unexpected(document: &Document, name: &str, what: String) -> Problems {
    let remedy = "adapt the pass: progenitor writes what it was not written for";
    let what = format!("the polish pass `{name}`: {what}");
    document.problem("", what, remedy).into()
}

#[cfg(test)]
pub(crate) mod tests;
