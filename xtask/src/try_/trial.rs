//! One document, tried: generated from, compiled, tested.

use std::ffi::OsString;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use std::{env, iter};

use anyhow::{Context as _, Result};
use finch_gen::{Counts, Generated, Inputs, Text};

use super::measure::{self, Measured};
use super::{Input, Options, krate};
use crate::{Workspace, contents};

/// What a trial came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Trial {
    /// Whether a client was generated, compiles without a warning, and passes
    /// its tests.
    pub(super) passed: bool,
    /// The operations of the document, counted without the generator's help.
    pub(super) operations: usize,
    /// What the generator says it made of them.
    pub(super) counts: Counts,
    /// The examples that were decoded, and encoded to the same JSON.
    pub(super) round_tripped: usize,
    /// The lines of all that was generated.
    pub(super) lines: usize,
    /// The notes of the report.
    pub(super) notes: usize,
    /// How long generating took.
    pub(super) generate: Duration,
    /// How long cargo checked, if there was something to check.
    pub(super) check: Option<Duration>,
    /// How long it and others take to compile, where that was asked for.
    pub(super) measured: Vec<Measured>,
    /// What was refused, does not compile or does not pass, a line each.
    pub(super) problems: Vec<String>,
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
        // The document that the examples stand in.
        let corrected = finch_gen::correct(&inputs);
        if let Ok(document) = &corrected {
            trial.operations = contents::operations(document.root());
        }
        let (generated, document) = match (generated, corrected) {
            (Ok(generated), Ok(document)) => (generated, document),
            (Err(refused), _) => {
                trial.problems = refused;
                return Ok(trial);
            }
            (_, Err(refused)) => {
                trial.problems = lines(&refused.to_string());
                return Ok(trial);
            }
        };
        trial.counts = generated.counts;
        let refused = generated.refused.iter().map(ToString::to_string);
        trial.problems.extend(refused);
        trial.lines = generated.lines();
        trial.notes = generated.report.iter().count();

        let folder = krate::write(workspace, name, &generated, &document)?;
        let target = workspace.path("target/try/target");
        let start = Instant::now();
        let checked = cargo(&folder, &target, &["check", "--tests"])?;
        trial.check = Some(start.elapsed());
        if !checked.status.success() {
            trial.problems.extend(compile_errors(&output(&checked)));
            return Ok(trial);
        }
        let tested = cargo(
            &folder,
            &target,
            &["test", "--test", "examples", "--no-fail-fast"],
        )?;
        let output = output(&tested);
        trial.round_tripped = passed(&output);
        trial.passed = tested.status.success();
        if !trial.passed {
            trial.problems.extend(test_failures(&output));
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

/// What is generated, or else why not: a trial of many documents does not end
/// where the generator panics on one.
fn generate(inputs: &Inputs<'_>) -> Result<Generated, Vec<String>> {
    match panic::catch_unwind(AssertUnwindSafe(|| finch_gen::generate(inputs))) {
        Ok(generated) => generated.map_err(|problems| lines(&problems.to_string())),
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().copied();
            let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            Err(vec![format!(
                "{}: the generator panics on it: {}; report it with the document",
                inputs.document.name,
                text.unwrap_or("(no message)")
            )])
        }
    }
}

/// Runs cargo in `folder`.
fn cargo(folder: &Path, target: &Path, arguments: &[&str]) -> Result<Output> {
    let mut command = command(folder, target, arguments);
    command.output().with_context(|| {
        let program = command.get_program().to_string_lossy();
        format!("{program}: cannot be run; install a Rust toolchain")
    })
}

/// A cargo command in `folder`, with warnings denied, and with all crates that
/// are tried building into `target`, so that what they depend on is built once.
pub(super) fn command(folder: &Path, target: &Path, arguments: &[&str]) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command
        .args(arguments)
        .args(["--quiet", "--message-format", "short"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env("RUSTFLAGS", "-D warnings")
        // It would win over RUSTFLAGS.
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    command
}

fn output(output: &Output) -> String {
    let text = String::from_utf8_lossy;
    format!("{}\n{}", text(&output.stdout), text(&output.stderr))
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// The errors in what cargo printed, each once; all of it where there is none.
fn compile_errors(output: &str) -> Vec<String> {
    let mut errors: Vec<String> = Vec::new();
    for line in output.lines().map(str::trim) {
        let is_error = line.contains(": error") || line.starts_with("error");
        // What cargo says in the end of what rustc has said.
        let is_summary = line.starts_with("error: could not compile");
        if is_error && !is_summary && !errors.iter().any(|error| error == line) {
            errors.push(line.to_owned());
        }
    }
    if errors.is_empty() {
        errors = lines(output.trim());
    }
    errors
}

/// How many tests passed.
fn passed(output: &str) -> usize {
    let results = output
        .lines()
        .filter_map(|line| line.split_once("test result: "));
    results
        .filter_map(|(_, counts)| {
            let (before, _) = counts.split_once(" passed")?;
            before.rsplit(' ').next()?.parse::<usize>().ok()
        })
        .sum()
}

/// The first line of each panic's message; all of the output where there is
/// none.
fn test_failures(output: &str) -> Vec<String> {
    let messages = output.lines().skip(1);
    let messages = output.lines().zip(messages.chain(iter::once("")));
    let failures: Vec<String> = messages
        .filter(|(line, _)| line.starts_with("thread '") && line.contains(" panicked at "))
        .map(|(_, message)| message.to_owned())
        .collect();
    if failures.is_empty() {
        compile_errors(output)
    } else {
        failures
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_named_once_and_a_summary_not_at_all() {
        let output = "\
src/a.rs:1:2: error: unused import: `b`
src/a.rs:1:2: error: unused import: `b`
src/c.rs:3:4: error[E0425]: cannot find value `d` in this scope
error: could not compile `try-a` (lib) due to 2 previous errors
";
        assert_eq!(
            compile_errors(output),
            [
                "src/a.rs:1:2: error: unused import: `b`",
                "src/c.rs:3:4: error[E0425]: cannot find value `d` in this scope"
            ]
        );
        assert_eq!(compile_errors("killed\n"), ["killed"]);
    }

    #[test]
    fn tests_are_counted_and_what_fails_says_why() {
        let output = "\
running 3 tests
---- examples::get_a_response_1 stdout ----

thread 'examples::get_a_response_1' (71) panicked at tests/examples.rs:9:5:
/paths/~1a: missing field `b`
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out
";
        assert_eq!(passed(output), 2);
        assert_eq!(test_failures(output), ["/paths/~1a: missing field `b`"]);
    }
}
