//! polish: what progenitor does not do, done on the syntax tree.
//!
//! Receives progenitor's syntax tree and the facts. Guarantees the client as it
//! is checked in, but for layout: each pass is a module, small, with its before
//! and after in its module comment, and runs once, in the order of [`passes`].
//! Refuses a tree that is not what a pass was written for, so that a new
//! release of progenitor cannot get past one unnoticed.

mod answers;
mod bodies;
mod builder_names;
mod builders;
mod client;
mod deprecated;
mod discriminators;
mod docs;
mod enum_values;
mod field_names;
mod formats;
mod imports;
mod inline;
mod markdown;
mod non_exhaustive;
mod open_enums;
mod operations;
mod parameters;
mod places;
mod reach;
mod requests;
mod send;
mod slots;
mod successes;
mod tree;
mod unused;
mod variants;

pub(crate) use bodies::Bodies;
pub(crate) use markdown::for_rustdoc;

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::load::Document;
use crate::lower::Lowered;
use crate::problem::Problems;
use crate::report::Report;
use crate::shape::{Hints, Successes};

/// One pass over the syntax tree.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// Its name: that of its module.
    pub name: &'static str,
    run: fn(&mut syn::File, &Context<'_>) -> Result<(), String>,
}

/// What a pass may want to know.
struct Context<'a> {
    facts: &'a Facts,
    document: &'a Document,
    hints: &'a Hints,
    crate_name: &'a str,
}

/// A client as a syntax tree, with what was made of it pass by pass.
#[derive(Clone, Debug)]
pub struct Polished {
    pub(crate) file: syn::File,
    pub(crate) facts: Facts,
    pub(crate) bodies: Vec<Bodies>,
    /// The types of component schemas and of properties, by their pointers.
    pub(crate) types: BTreeMap<String, syn::Type>,
    pub(crate) successes: Successes,
    pub(crate) refused: Problems,
    report: Report,
    steps: Vec<(Pass, syn::File)>,
}

impl Polished {
    /// What was changed between the document and the client, where and why.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The passes in the order in which they ran, each with the rendered tree
    /// before it and after it: what to look at when a pass is in question.
    pub fn steps(&self) -> impl Iterator<Item = (Pass, String, String)> {
        let after = self.steps.iter().skip(1).map(|(_, file)| file);
        let after = after.chain([&self.file]);
        self.steps.iter().zip(after).map(|((pass, before), after)| {
            let render = |file| crate::provenance::strip(&prettyplease::unparse(file));
            (*pass, render(before), render(after))
        })
    }
}

/// The passes, in the order in which they run.
pub fn passes() -> [Pass; 22] {
    let pass = |name, run| Pass { name, run };
    [
        pass("builder_names", builder_names::run),
        pass("client", client::run),
        pass("operations", operations::run),
        pass("send", send::run),
        pass("parameters", parameters::run),
        pass("requests", requests::run),
        pass("answers", answers::run),
        pass("successes", successes::run),
        pass("imports", imports::run),
        pass("field_names", field_names::run),
        pass("variants", variants::run),
        pass("discriminators", discriminators::run),
        pass("enum_values", enum_values::run),
        pass("open_enums", open_enums::run),
        pass("formats", formats::run),
        pass("builders", builders::run),
        pass("slots", slots::run),
        pass("unused", unused::run),
        pass("inline", inline::run),
        pass("non_exhaustive", non_exhaustive::run),
        pass("deprecated", deprecated::run),
        pass("docs", docs::run),
    ]
}

/// Runs all passes over `file`.
pub(crate) fn polish(
    mut file: syn::File,
    lowered: &Lowered,
    hints: &Hints,
    crate_name: &str,
) -> Result<Polished, Problems> {
    let context = Context {
        facts: &lowered.facts,
        document: &lowered.document,
        hints,
        crate_name,
    };
    let unexpected = |name: &str, what: String| {
        let remedy = "adapt the pass: progenitor writes what it was not written for";
        let what = format!("the polish pass `{name}`: {what}");
        Problems::from(lowered.document.problem("", what, remedy))
    };
    let mut steps = Vec::new();
    let mut types = BTreeMap::new();
    for pass in passes() {
        // The last pass writes over the marks that say where a type is from.
        if pass.name == "docs" {
            types = places::find(&file, crate_name).map_err(|what| unexpected("places", what))?;
        }
        steps.push((pass, file.clone()));
        (pass.run)(&mut file, &context).map_err(|what| unexpected(pass.name, what))?;
    }
    let bodies = bodies::find(&file, &lowered.facts).map_err(|what| unexpected("bodies", what))?;
    Ok(Polished {
        file,
        facts: lowered.facts.clone(),
        bodies,
        types,
        successes: hints.successes.clone(),
        refused: lowered.refused.clone(),
        report: lowered.report.clone(),
        steps,
    })
}

#[cfg(test)]
mod tests;
