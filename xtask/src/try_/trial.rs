//! Tries one document: bundles it, and generates, compiles and tests its client. Returns the
//! counts, the times and the problems.
//!
//! A trial passes if the client compiles without a warning and all its tests pass. A document that
//! is refused, or on which the generator panics, is a failed trial and not an error. So the next
//! document is still tried.

use std::collections::HashSet;
use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use anyhow::Result;
use finch_gen::{Files, Generated, Inputs, Problems, Stats, Text};

use super::measure::{self, Measured};
use super::{Options, cargo, krate};
use crate::excerpt::Fault;
use crate::read_text::Input;
use crate::{Workspace, files, local_files};

/// The document including the files that it refers to, in the folder of its crate.
const BUNDLED: &str = "bundled.yaml";

/// The result of a trial.
#[derive(Clone, Debug, Default)]
pub(super) struct Trial {
    /// Whether a client was generated, compiles without a warning, and passes its tests.
    pub(super) passed: bool,
    /// The number of operations in the document, counted without the generator.
    pub(super) operations: usize,
    /// The counts that the generator reports.
    pub(super) counts: Stats,
    /// The number of examples that were decoded and encoded to the same JSON.
    pub(super) round_tripped: usize,
    /// The number of lines of the generated files.
    pub(super) lines: usize,
    /// The number of notes in the report.
    pub(super) notes: usize,
    /// How long the generation took.
    pub(super) generate: Duration,
    /// How long `cargo check` took, if there was a client.
    pub(super) check: Option<Duration>,
    /// How long this client and other clients compile, on request.
    pub(super) measured: Vec<Measured>,
    /// The problems of the document, of the compilation, and of the tests.
    pub(super) problems: Vec<Fault>,
}

impl Trial {
    /// Tries `document` with the name `name`.
    ///
    /// # Errors
    ///
    /// The crate cannot be written, or cargo cannot be run.
    pub(super) fn run(
        workspace: &Workspace,
        name: &str,
        document: &Input,
        overlay: Option<&Input>,
        options: &Options,
    ) -> Result<Self> {
        let mut trial = Self::default();
        let bundled = match local_files::bundle_file(&document.path, &document.text()) {
            Ok(bundled) => bundled,
            Err(problems) => {
                trial.problems = problems.iter().map(Fault::from).collect();
                return Ok(trial);
            }
        };
        let unread = &bundled.unread;
        let bundled = match bundled.text {
            Some(text) => {
                // A reader finds the lines that messages name in this file.
                let path = format!("target/try/{name}/{BUNDLED}");
                let files = Files::from([(path.clone(), text.clone())]);
                files::write(&workspace.path(""), &files)?;
                Some((path, text))
            }
            None => None,
        };
        let crate_name = krate::crate_name(name);
        // The folder that cargo writes the documentation to, relative to the crate's folder.
        let docs = format!("../target/doc/{crate_name}");
        let inputs = Inputs {
            document: match &bundled {
                Some((name, text)) => Text { name, text },
                None => document.text(),
            },
            overlay: overlay.map(Input::text),
            corrections_expire: false,
            source: None,
            keep_going: options.keep_going,
            crate_name: &crate_name,
            docs: &docs,
            command: "cargo xtask try",
        };
        let start = Instant::now();
        let generated = generate(&inputs);
        trial.generate = start.elapsed();
        let generated = match generated {
            Ok(generated) => generated,
            Err(refused) => {
                if let Ok(document) = finch_gen::load_and_overlay(&inputs) {
                    trial.operations = finch_gen::operations(&document).len();
                }
                trial.problems = match refused {
                    Refused::Panic(message) => vec![Fault::from(message)],
                    Refused::Problems(refused) => explained(&refused, unread),
                };
                return Ok(trial);
            }
        };
        trial.operations = finch_gen::operations(&generated.document).len();
        trial.counts = generated.counts;
        trial.problems = explained(&generated.refused, unread);
        trial.lines = generated.lines();
        trial.notes = generated.report.iter().count();

        let folder = krate::write(workspace, name, &generated)?;
        let target = workspace.path("target/try/target");
        let start = Instant::now();
        // With all features, because the tests of examples below compile the client without them.
        let check = ["check", "--all-features"];
        let checked = cargo::run(&folder, &target, &check)?;
        trial.check = Some(start.elapsed());
        if !checked.status.success() {
            let errors = cargo::compile_errors(&cargo::output(&checked));
            trial.problems.extend(errors.into_iter().map(Fault::from));
            return Ok(trial);
        }
        let mut tests = vec!["examples"];
        tests.extend((trial.counts.variants > 0).then_some("variants"));
        trial.passed = true;
        for name in tests {
            let arguments = ["test", "--test", name, "--no-fail-fast"];
            let tested = cargo::run(&folder, &target, &arguments)?;
            let output = cargo::output(&tested);
            if name == "examples" {
                trial.round_tripped = cargo::passed(&output);
            }
            if !tested.status.success() {
                trial.passed = false;
                let failures = cargo::test_failures(&output).into_iter();
                trial.problems.extend(failures.map(Fault::from));
            }
        }
        if options.measure {
            trial.measured = measure::run(workspace, name, &inputs, &generated)?;
        }
        Ok(trial)
    }
}

/// The reason why a document has no client.
enum Refused {
    Problems(Problems),
    /// The generator panicked. Other documents are still tried.
    Panic(String),
}

fn generate(inputs: &Inputs<'_>) -> Result<Generated, Refused> {
    match panic::catch_unwind(AssertUnwindSafe(|| finch_gen::generate(inputs))) {
        Ok(generated) => generated.map_err(Refused::Problems),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().copied();
            let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            Err(Refused::Panic(format!(
                "{}: the generator panicked: {}; report the document",
                inputs.document.name,
                text.unwrap_or("(no message)")
            )))
        }
    }
}

/// Returns `refused`. For a reference that was not followed, replaces the problem with the
/// more specific reason in `unread`.
fn explained(refused: &Problems, unread: &Problems) -> Vec<Fault> {
    if refused.is_empty() {
        return Vec::new();
    }
    let pointers: HashSet<&str> = unread.iter().map(|it| it.pointer.as_str()).collect();
    let others = refused
        .iter()
        .filter(|it| !pointers.contains(it.pointer.as_str()));
    unread.iter().chain(others).map(Fault::from).collect()
}
