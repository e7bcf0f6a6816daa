//! Runs cargo on the crate of a generated client, and extracts results from its text output: the
//! compile errors, the number of tests that passed, and the message of each test that failed.
//!
//! Warnings count as errors. All crates share one target folder, and so their dependencies.

use std::iter;
use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context as _, Result};

/// Runs cargo in `folder`.
pub(super) fn run(folder: &Path, target: &Path, arguments: &[&str]) -> Result<Output> {
    let mut command = command(folder, target, arguments);
    command.output().with_context(|| {
        let program = command.get_program().to_string_lossy();
        format!("{program}: cannot be run; install a Rust toolchain")
    })
}

/// Returns a cargo command in `folder` that denies warnings. All crates share the folder
/// `target`, and so their dependencies.
pub(super) fn command(folder: &Path, target: &Path, arguments: &[&str]) -> Command {
    let mut command = crate::cargo();
    command
        .args(arguments)
        .args(["--quiet", "--message-format", "short"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_INCREMENTAL", "0")
        .env("RUSTFLAGS", "-D warnings")
        // It takes precedence over RUSTFLAGS.
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    command
}

/// Returns both outputs as text.
pub(super) fn output(output: &Output) -> String {
    let text = String::from_utf8_lossy;
    format!("{}\n{}", text(&output.stdout), text(&output.stderr))
}

/// Returns the errors in the output of cargo without duplicates, or the whole output if it has
/// no errors.
pub(super) fn compile_errors(output: &str) -> Vec<String> {
    let mut errors: Vec<String> = Vec::new();
    for line in output.lines().map(str::trim) {
        let is_error = line.contains(": error") || line.starts_with("error");
        // Cargo repeats that rustc failed.
        let is_summary = line.starts_with("error: could not compile");
        if is_error && !is_summary && !errors.iter().any(|error| error == line) {
            errors.push(line.to_owned());
        }
    }
    if errors.is_empty() {
        errors = output.trim().lines().map(str::to_owned).collect();
    }
    errors
}

/// Returns the number of tests that passed.
pub(super) fn passed(output: &str) -> usize {
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

/// Returns the first line of each panic's message, or the whole output if it has no panic.
pub(super) fn test_failures(output: &str) -> Vec<String> {
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
    fn errors_are_listed_once_and_without_summaries() {
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
    fn passed_tests_are_counted_and_failures_give_their_reason() {
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
