//! The build-time generator: an OpenAPI document in, the files of a Rust client
//! out.
//!
//! ```text
//! text ─load→ Document ─overlay→ Document ─lower→ OpenAPI 3.0.3 ─shape→ OpenAPI 3.0.3
//!     ─preflight→ (refuse, or pass) ─progenitor→ tokens ─polish→ syn::File ─render→ files in memory
//! ```
//!
//! One direction, no way back; each stage is the module of its name, with
//! `dialect` beside `load`: a document that is not OpenAPI goes no further; and
//! `guards` after `polish`: nothing is lost on the way; and [`vendor`] before
//! all, which makes the text of what a publisher shows. Nothing
//! here reads a file, opens a connection or prints: that is the caller's. And
//! nothing here knows which API it generates for: what is particular to an API
//! stands in its document and its overlay, or in the hand-written half of the
//! client, of which the generated half names only `crate::runtime`,
//! `crate::Error`, `crate::Formatted`, `crate::Response`, `crate::Secret` and
//! `crate::UnknownValue`, and the feature `test-util`, for what only tests of a program
//! need.
//!
//! Beside the stages, [`compare`] says what a new document changes for who uses
//! the API, and for who uses the client.
//!
//! # Example
//!
//! ```
//! use finch_gen::{Inputs, Text};
//!
//! let document = "\
//! openapi: 3.1.0
//! info: {title: Pets, version: '1'}
//! paths:
//!   /pets/{name}:
//!     get:
//!       operationId: get-pet
//!       parameters: [{name: name, in: path, required: true, schema: {type: string}}]
//!       responses:
//!         '200':
//!           description: A pet.
//!           content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
//! components:
//!   schemas:
//!     Pet: {type: object, required: [name], properties: {name: {type: string}}}
//! ";
//! let generated = finch_gen::generate(&Inputs {
//!     document: Text { name: "pets.yaml", text: document },
//!     overlay: None,
//!     corrections_expire: false,
//!     source: None,
//!     keep_going: false,
//!     crate_name: "pets",
//!     docs: "https://docs.rs/pets/1.0.0/pets",
//!     command: "cargo xtask generate",
//! })?;
//! assert!(generated.client["client.rs"].contains("pub fn get_pet(&self)"));
//! # Ok::<(), finch_gen::Problems>(())
//! ```

#![warn(clippy::print_stdout, clippy::print_stderr)]

mod annotation_keywords;
mod api_model;
mod api_reference;
mod bundle;
mod call;
mod compare;
mod completeness;
mod dependencies;
mod doc_attrs;
mod emit;
mod example_tests;
mod file_header;
mod limits;
mod load;
mod locate;
mod lower;
mod markdown;
mod media_type;
mod memo;
mod openapi_version;
mod overlay;
mod pointer;
mod polish;
mod preflight;
mod problem;
mod progenitor;
mod provenance;
mod reachability;
mod render;
mod report;
mod shape;
mod source;
mod stats;
mod type_names;
pub mod vendor;
mod visible;
mod walk;

use std::collections::BTreeSet;
use std::iter;

pub use api_model::{ApiModel, Credential, Example, ExampleOf, Operation, SchemaExample};
pub use bundle::{Bundled, bundle};
pub use compare::{Bump, Change, Comparison, Item, Kind, Revision, Severity, Side, compare};
pub use completeness::check as guard;
pub use load::{Document, Text, load};
pub use lower::{Lowered, lower};
pub use openapi_version::check as check_dialect;
pub use overlay::apply as apply_overlay;
pub use polish::{Pass, Polished, passes, polish as polish_tree, steps};
pub use preflight::check as preflight;
pub use problem::{Excerpt, Place, Problem, Problems};
pub use progenitor::{Interface, generate as progenitor};
pub use render::{Files, render};
pub use report::{Level, Note, Report};
pub use shape::{Shaped, shape};
pub use source::{Page, Source, sha256};
pub use stats::Stats;
pub use visible::{is_hidden, visible};

/// What a generation starts from.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The OpenAPI document, as published.
    pub document: Text<'a>,
    /// The corrections to it, an OpenAPI Overlay of version 1.0 or 1.1.
    pub overlay: Option<Text<'a>>,
    /// Whether each action of the overlay must match and change something, so that a
    /// correction that the publisher has made itself does not linger.
    pub corrections_expire: bool,
    /// Where the document came from: see [`Source`]. Without it, the document
    /// is taken as it is.
    pub source: Option<Text<'a>>,
    /// Whether an operation that is refused is left out and reported, with all
    /// that needs it, in the place of refusing the document.
    pub keep_going: bool,
    /// The name of the client crate in Rust code, as its documentation and
    /// tests write it: `finch_api`.
    pub crate_name: &'a str,
    /// Where the documentation of the client crate is: the address of the folder
    /// in which rustdoc's page of the crate stands, without a slash in the end.
    pub docs: &'a str,
    /// The command that a reader of a generated file is told to run.
    pub command: &'a str,
}

impl<'a> Inputs<'a> {
    /// `document` alone: enough for the stages that do not render.
    pub fn of_document(document: Text<'a>) -> Self {
        Self {
            document,
            overlay: None,
            corrections_expire: false,
            source: None,
            keep_going: false,
            crate_name: "",
            docs: "",
            command: "",
        }
    }

    /// Says of those of `problems` that are in a text of these on which line they are.
    fn locate(&self, problems: &mut Problems) {
        for text in iter::once(&self.document).chain(&self.overlay) {
            locate::locate(problems, text);
        }
    }

    fn located<T>(&self, result: Result<T, Problems>) -> Result<T, Problems> {
        result.map_err(|mut problems| {
            self.locate(&mut problems);
            problems
        })
    }
}

/// What a generation ends with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// The generated module of the client crate, by path within it.
    pub client: Files,
    /// The page on which a user of the client looks an operation up, in Markdown.
    pub reference: String,
    /// The tests that decode and encode every example of the document, by path
    /// within their folder.
    pub tests: Files,
    /// The crates that it names, by their names in Rust code: whoever compiles it
    /// depends on them.
    pub crates: BTreeSet<String>,
    /// How much of it there is.
    pub counts: Stats,
    /// What was changed between the document and the client, where and why.
    pub report: Report,
    /// Why parts of the document were left out, where [`Inputs::keep_going`] says
    /// that they may be; the report says which.
    pub refused: Problems,
}

impl Generated {
    /// The lines of all code that was generated.
    pub fn lines(&self) -> usize {
        let files = self.client.values().chain(self.tests.values());
        files.map(|text| text.lines().count()).sum()
    }
}

/// Runs all stages.
///
/// # Errors
///
/// Every problem found, each with file, line and column, JSON pointer, what is wrong
/// and what to do. What is wrong in one place hides nothing that is wrong in another, but
/// for what is not OpenAPI at all, and for an overlay that does not apply: what
/// it would have corrected is not looked at.
pub fn generate(inputs: &Inputs<'_>) -> Result<Generated, Problems> {
    let mut problems = Problems::default();
    let source = inputs.source.as_ref().and_then(|record| {
        let source = Source::verify(record, &inputs.document);
        let source = source.map_err(|wrong| problems.append(wrong)).ok()?;
        Some((record, source))
    });
    let polished = polish(inputs).map_err(|wrong| problems.append(wrong)).ok();
    if let (Some((record, source)), Some(polished)) = (source, &polished)
        && let Err(wrong) = source.verify_version(record, &polished.model.version)
    {
        problems.append(wrong);
    }
    match polished {
        Some(polished) if problems.is_empty() => Ok(render(polished, inputs)),
        _ => Err(problems),
    }
}

/// Runs the stages up to the OpenAPI 3.0.3 document that progenitor reads.
///
/// # Errors
///
/// As for [`generate`].
pub fn lower_inputs(inputs: &Inputs<'_>) -> Result<Lowered, Problems> {
    let lowered = lower::lower_partial(correct(inputs)?);
    let mut lowered = inputs.located(lowered.or_refused(inputs))?;
    inputs.locate(&mut lowered.refused);
    Ok(lowered)
}

/// Runs the stages up to the corrected document.
///
/// # Errors
///
/// As for [`generate`].
pub fn correct(inputs: &Inputs<'_>) -> Result<Document, Problems> {
    let correct = || {
        let mut document = load(&inputs.document)?;
        if let Some(overlay) = &inputs.overlay {
            openapi_version::check_version(&document)?;
            document = apply_overlay(document, &load(overlay)?, inputs.corrections_expire)?;
        }
        check_dialect(&document)?;
        limits::check(&document)?;
        Ok(document)
    };
    inputs.located(correct())
}

/// As [`correct`], but with those corrections alone that the document has
/// something to correct for: what is right for one revision of a document need
/// not be for another, with which it is to be compared.
///
/// # Errors
///
/// The document or the overlay is not what it must be.
pub fn correct_what_applies(
    document: &Text<'_>,
    overlay: Option<&Text<'_>>,
) -> Result<Document, Problems> {
    let inputs = Inputs {
        overlay: overlay.copied(),
        ..Inputs::of_document(*document)
    };
    let correct = || {
        let mut document = load(document)?;
        check_dialect(&document)?;
        if let Some(overlay) = overlay {
            document = overlay::apply_what_applies(document, &load(overlay)?)?;
            check_dialect(&document)?;
        }
        limits::check(&document)?;
        Ok(document)
    };
    inputs.located(correct())
}

/// Runs the stages up to the syntax tree that is rendered.
///
/// # Errors
///
/// As for [`generate`].
pub fn polish(inputs: &Inputs<'_>) -> Result<Polished, Problems> {
    let mut polished = inputs.located(polish_corrected(correct(inputs)?, inputs))?;
    inputs.locate(&mut polished.refused);
    Ok(polished)
}

/// The syntax tree of as much of a client of `corrected` as can be generated.
pub(crate) fn polish_partial(corrected: Document) -> Result<Polished, Problems> {
    let name = corrected.name.clone();
    let inputs = Inputs {
        keep_going: true,
        ..Inputs::of_document(Text {
            name: &name,
            text: "",
        })
    };
    polish_corrected(corrected, &inputs)
}

fn polish_corrected(corrected: Document, inputs: &Inputs<'_>) -> Result<Polished, Problems> {
    let mut lowered = lower::lower_partial(corrected.clone());
    if let Some(site) = inputs.source.as_ref().and_then(Source::site) {
        lowered.model.site = Some(site);
    }
    // What a stage refuses is left out, so that the next one sees the rest, until
    // there is a client, or nothing that could be left out. Whether that client
    // is given away is decided in the end.
    loop {
        let shaped = shape(&lowered);
        match preflight(&shaped).and_then(|openapi| progenitor(&openapi, &shaped)) {
            Ok(file) => {
                let lowered = lowered.or_refused(inputs)?;
                let mut polished = polish_tree(file, &lowered, &shaped, inputs.crate_name)?;
                example_tests::note_untyped(&mut polished);
                // What a stage has moved stood somewhere in this.
                polished
                    .report
                    .relocate(|at| pointer::nearest(&corrected.root, at));
                polished.report.sort();
                guard(&corrected, &polished)?;
                return Ok(polished);
            }
            Err(problems) => {
                if !lower::leave_out(&mut lowered, problems) {
                    return Err(lowered.refused);
                }
            }
        }
    }
}

/// Runs the stages up to the syntax tree that is rendered, and returns what
/// each polish pass does to it: see [`steps`].
///
/// # Errors
///
/// As for [`generate`].
pub fn polish_steps(inputs: &Inputs<'_>) -> Result<Vec<(Pass, String, String)>, Problems> {
    let lowered = lower_inputs(inputs)?;
    let shaped = shape(&lowered);
    let openapi = preflight(&shaped)?;
    let file = progenitor(&openapi, &shaped)?;
    steps(file, &lowered, &shaped, inputs.crate_name)
}

/// What progenitor writes on its own, of the document that it gets from the
/// stages before it: the measure of what is made of it.
///
/// # Errors
///
/// As for [`generate`].
pub fn progenitor_alone(inputs: &Inputs<'_>, interface: Interface) -> Result<String, Problems> {
    let lowered = lower_inputs(inputs)?;
    let shaped = shape::shape_unmarked(lowered.document, &lowered.model, lowered.report);
    let openapi = preflight(&shaped)?;
    let file = progenitor::alone(&openapi, &shaped.document, interface)?;
    Ok(prettyplease::unparse(&file))
}

#[cfg(test)]
mod tests;
