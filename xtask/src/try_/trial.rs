//! One document, tried: generated from, compiled, tested.

use std::panic::{self, AssertUnwindSafe};
use std::time::{Duration, Instant};

use anyhow::Result;
use finch_gen::{Generated, Inputs, Problems, Stats, Text};

use super::measure::{self, Measured};
use super::{Input, Options, cargo, krate};
use crate::Workspace;
use crate::excerpt::Fault;

/// The result of a trial.
#[derive(Clone, Debug, Default)]
pub(super) struct Trial {
    /// Whether a client was generated, compiles without a warning, and passes
    /// its tests.
    pub(super) passed: bool,
    /// The operations of the document, counted without the generator's help.
    pub(super) operations: usize,
    /// The counts of the generator.
    pub(super) counts: Stats,
    /// The examples that were decoded, and encoded to the same JSON.
    pub(super) round_tripped: usize,
    /// The lines of the generated files.
    pub(super) lines: usize,
    /// The notes of the report.
    pub(super) notes: usize,
    /// How long generating took.
    pub(super) generate: Duration,
    /// How long cargo checked, if there was something to check.
    pub(super) check: Option<Duration>,
    /// How long it and other clients compile, if that was asked for.
    pub(super) measured: Vec<Measured>,
    /// The problems of the document, of compiling the client, and of its tests.
    pub(super) problems: Vec<Fault>,
}

impl Trial {
    /// Tries `document` as `name`.
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
        let crate_name = krate::crate_name(name);
        // Where cargo writes it, from the crate's folder.
        let docs = format!("../target/doc/{crate_name}");
        let inputs = Inputs {
            document: text(document),
            overlay: overlay.map(text),
            source: None,
            keep_going: options.keep_going,
            crate_name: &crate_name,
            docs: &docs,
            command: "cargo xtask try",
        };
        let start = Instant::now();
        let generated = generate(&inputs);
        trial.generate = start.elapsed();
        // It has the examples.
        let corrected = finch_gen::load_and_overlay(&inputs);
        if let Ok(document) = &corrected {
            trial.operations = finch_gen::operations(document).len();
        }
        let (generated, document) = match (generated, corrected) {
            (Ok(generated), Ok(document)) => (generated, document),
            (Err(refused), _) => {
                trial.problems = refused;
                return Ok(trial);
            }
            (_, Err(refused)) => {
                trial.problems = faults(&refused).collect();
                return Ok(trial);
            }
        };
        trial.counts = generated.counts;
        trial.problems.extend(faults(&generated.refused));
        trial.lines = generated.lines();
        trial.notes = generated.report.iter().count();

        let folder = krate::write(workspace, name, &generated, &document)?;
        let target = workspace.path("target/try/target");
        let start = Instant::now();
        // With the feature: the tests of examples below compile the client without it.
        let check = ["check", "--tests", "--features", krate::FEATURE];
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
            trial.measured = measure::run(workspace, name, &inputs, &generated, &document)?;
        }
        Ok(trial)
    }
}

fn text(input: &Input) -> Text<'_> {
    Text {
        name: &input.path,
        text: &input.text,
    }
}

/// Generates the client. If the generator panics, that is a problem of this document: the
/// trial of others goes on.
fn generate(inputs: &Inputs<'_>) -> Result<Generated, Vec<Fault>> {
    match panic::catch_unwind(AssertUnwindSafe(|| finch_gen::generate(inputs))) {
        Ok(generated) => generated.map_err(|problems| faults(&problems).collect()),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().copied();
            let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            let message = format!(
                "{}: the generator panics on it: {}; report it with the document",
                inputs.document.name,
                text.unwrap_or("(no message)")
            );
            Err(vec![Fault::from(message)])
        }
    }
}

fn faults(problems: &Problems) -> impl Iterator<Item = Fault> {
    problems.iter().map(Fault::from)
}
