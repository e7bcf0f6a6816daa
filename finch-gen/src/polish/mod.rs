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

use std::collections::{BTreeMap, BTreeSet};

use crate::api_model::ApiModel;
use crate::call::Call;
use crate::emit;
use crate::load::Document;
use crate::lower::Lowered;
use crate::problem::Problems;
use crate::report::Report;
use crate::shape::{Hints, Shaped};

/// One pass over the syntax tree.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// Its name: that of its module.
    pub name: &'static str,
    run: fn(&mut syn::File, &Context<'_>) -> Result<(), String>,
}

impl Pass {
    fn apply(&self, file: &mut syn::File, context: &Context<'_>) -> Result<(), Problems> {
        (self.run)(file, context).map_err(|what| unexpected(context.document, self.name, what))
    }
}

/// What a pass may want to know.
pub(crate) struct Context<'a> {
    pub(crate) model: &'a ApiModel,
    pub(crate) document: &'a Document,
    /// As progenitor got it.
    pub(crate) shaped: &'a Document,
    pub(crate) hints: &'a Hints,
    pub(crate) crate_name: &'a str,
}

impl<'a> Context<'a> {
    pub(crate) fn new(lowered: &'a Lowered, shaped: &'a Shaped, crate_name: &'a str) -> Self {
        Self {
            model: &lowered.model,
            document: &lowered.document,
            shaped: &shaped.document,
            hints: &shaped.hints,
            crate_name,
        }
    }
}

/// A client as a syntax tree.
#[derive(Clone, Debug)]
pub struct Polished {
    pub(crate) file: syn::File,
    pub(crate) model: ApiModel,
    /// In the order of the model.
    pub(crate) calls: Vec<Call>,
    /// The types of component schemas and of properties, by their pointers.
    pub(crate) types: BTreeMap<String, syn::Type>,
    /// The code blocks of the examples of calls: no other may be a test.
    pub(crate) examples: BTreeSet<String>,
    pub(crate) refused: Problems,
    pub(crate) report: Report,
}

impl Polished {
    /// What was changed between the document and the client, where and why.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// The passes, in the order in which they run.
pub fn passes() -> [Pass; 19] {
    let pass = |name, run| Pass { name, run };
    [
        pass("success_enums", unions::success_enums::run),
        pass("conversion_error", conversion_error::run),
        pass("optional", objects::optional::run),
        pass("field_names", objects::field_names::run),
        pass("variants", unions::variant_names::run),
        pass("discriminators", unions::discriminators::run),
        pass("unions", unions::untagged::run),
        pass("enum_values", enums::enum_values::run),
        pass("open_enums", enums::open_enums::run),
        pass("integer_enums", enums::integer_enums::run),
        pass("formats", formats::run),
        pass("members", objects::all_of_docs::run),
        pass("nullable", objects::nullable::run),
        pass("inline", inline::run),
        pass("non_exhaustive", objects::non_exhaustive::run),
        pass("deprecated", docs::deprecated::run),
        pass("docs", docs::doc_comments::run),
        pass("closed_enums", enums::closed_enums::run),
        pass("objects", objects::object_deserialize::run),
    ]
}

/// Runs all passes over `file`, which progenitor made of `shaped`, as that was
/// made of `lowered`.
///
/// # Errors
///
/// The pass that was not written for what it finds.
pub fn polish(
    mut file: syn::File,
    lowered: &Lowered,
    shaped: &Shaped,
    crate_name: &str,
) -> Result<Polished, Problems> {
    let context = Context::new(lowered, shaped, crate_name);
    let unexpected = |name, what| unexpected(context.document, name, what);
    let mut types = BTreeMap::new();
    for pass in passes() {
        // This pass writes over the marks that say where a type is from.
        if pass.name == "docs" {
            types = syntax::type_index::find(&file, crate_name)
                .map_err(|what| unexpected("places", what))?;
        }
        pass.apply(&mut file, &context)?;
    }
    let calls = emit::emit(&mut file, &context).map_err(|what| unexpected("emit", what))?;
    let examples = calls.iter().map(|call| emit::example(call, crate_name));
    Ok(Polished {
        file,
        model: lowered.model.clone(),
        examples: examples.collect(),
        calls,
        types,
        refused: lowered.refused.clone(),
        report: shaped.report.clone(),
    })
}

/// As [`polish`], but returns each pass with the rendered tree before it and
/// after it: what to look at when a pass is in question.
///
/// # Errors
///
/// As for [`polish`].
pub fn steps(
    mut file: syn::File,
    lowered: &Lowered,
    shaped: &Shaped,
    crate_name: &str,
) -> Result<Vec<(Pass, String, String)>, Problems> {
    let context = Context::new(lowered, shaped, crate_name);
    let render =
        |file: &syn::File| crate::provenance::strip(&crate::render::layout::unparse(file.clone()));
    let mut before = render(&file);
    let mut steps = Vec::new();
    for pass in passes() {
        pass.apply(&mut file, &context)?;
        let after = render(&file);
        steps.push((pass, before, after.clone()));
        before = after;
    }
    Ok(steps)
}

/// The problem that the pass `name` has with its tree.
fn unexpected(document: &Document, name: &str, what: String) -> Problems {
    let remedy = "adapt the pass: progenitor writes what it was not written for";
    let what = format!("the polish pass `{name}`: {what}");
    document.problem("", what, remedy).into()
}

#[cfg(test)]
pub(crate) mod tests;
