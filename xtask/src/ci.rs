//! `cargo xtask ci`: runs all checks of the workspace, each as a cargo command: formatting,
//! the generated files, clippy, tests, documentation, and packaging.
//!
//! Prints each step and its duration, and stops at the first step that fails. Skips a step that
//! needs a system library if the library is not installed.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::diagnostics::counted;
use crate::output::{Output, status};
use crate::{NO_CARGO, Outcome, Workspace, cargo};

/// A cargo command that must succeed.
pub(crate) struct Step<'a> {
    /// Additional environment variables.
    pub(crate) environment: &'static [(&'static str, &'static str)],
    pub(crate) arguments: &'a str,
    /// The `pkg-config` name of a system library. Without it, the step is skipped.
    pub(crate) library: Option<&'static str>,
}

pub(crate) const fn step(arguments: &str) -> Step<'_> {
    Step {
        environment: &[],
        arguments,
        library: None,
    }
}

/// The steps. Those that fail fastest come first.
const STEPS: [Step<'_>; 14] = [
    step("fmt --all --check"),
    step("xtask check"),
    step("clippy --workspace --all-targets --locked -- -D warnings"),
    Step {
        // A fixed seed, so that only the commit can make the step fail. Tests outside CI try
        // other seeds.
        environment: &[("PROPTEST_RNG_SEED", "7")],
        ..step("test --workspace --locked")
    },
    step("test --workspace --benches --no-run --locked"),
    // The programs of this crate, which no other step builds.
    step("clippy --package finch-api-speed --all-features --all-targets --locked -- -D warnings"),
    // The features of the client. The steps above build it with the features that the
    // workspace's tests need, which a program does not have by default.
    step("clippy --package finch-api --locked -- -D warnings"),
    step("clippy --package finch-api --features webhook --locked -- -D warnings"),
    step("clippy --package finch-api --features test-util --locked -- -D warnings"),
    step("test --package finch-api --lib --no-default-features --locked"),
    Step {
        library: Some("openssl"),
        ..step(
            "test --package finch-api --lib --no-default-features --features native-tls --locked",
        )
    },
    Step {
        library: Some("openssl"),
        ..step("clippy --package finch-api --all-features --locked -- -D warnings")
    },
    Step {
        environment: &[("RUSTDOCFLAGS", "-D warnings")],
        ..step("doc --workspace --no-deps --locked")
    },
    // Builds the crate from its published files only.
    step("package --package finch-api --features test-util,webhook --allow-dirty --locked"),
];

/// Runs every step. Prints each step before it runs, and its duration. Stops at the first step
/// that fails, because later steps would mostly fail for the same reason.
///
/// # Errors
///
/// Cargo cannot be run.
pub fn run(workspace: &Workspace, out: &mut dyn Output) -> Result<Outcome> {
    run_steps(&STEPS, &workspace.path(""), out)
}

pub(crate) fn run_steps(
    steps: &[Step<'_>],
    folder: &Path,
    out: &mut dyn Output,
) -> Result<Outcome> {
    let start = Instant::now();
    for step in steps {
        let words = step.environment.iter();
        let words = words.map(|(name, value)| format!("{name}='{value}'"));
        let words: Vec<String> = words
            .chain(["cargo".to_owned(), step.arguments.to_owned()])
            .collect();
        let line = words.join(" ");
        if let Some(library) = step.library
            && !is_installed(library)
        {
            let what = format!("{line}: pkg-config does not find {library}, which this step needs");
            status(out, "Skipped", &what)?;
            continue;
        }
        status(out, "Running", &line)?;
        // The output of the step must follow this line, also in a pipe.
        out.flush()?;
        let start = Instant::now();
        let passed = succeeds(step, folder)?;
        let verb = if passed { "Passed" } else { "Failed" };
        let seconds = start.elapsed().as_secs_f64();
        status(out, verb, &format!("{line} in {seconds:.1}s"))?;
        if !passed {
            return Ok(Outcome::Failed);
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    let steps = counted(steps.len(), "step");
    status(out, "Finished", &format!("{steps} in {seconds:.1}s"))?;
    Ok(Outcome::Done)
}

fn is_installed(library: &str) -> bool {
    let exit = Command::new("pkg-config")
        .args(["--exists", library])
        .status();
    exit.is_ok_and(|exit| exit.success())
}

fn succeeds(step: &Step<'_>, folder: &Path) -> Result<bool> {
    let exit = cargo()
        .args(step.arguments.split_whitespace())
        .envs(step.environment.iter().copied())
        .current_dir(folder)
        .status()
        .context(NO_CARGO)?;
    Ok(exit.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs `steps`. Returns the outcome, and the printed lines without times.
    fn check(steps: &[Step<'_>]) -> (Outcome, Vec<String>) {
        let mut out = Vec::new();
        let outcome = run_steps(steps, Path::new("."), &mut out).unwrap();
        let out = String::from_utf8(out).unwrap();
        let lines = out.lines().map(|line| match line.rsplit_once(" in ") {
            Some((line, _)) => line.trim_start().to_owned(),
            None => line.trim_start().to_owned(),
        });
        (outcome, lines.collect())
    }

    /// A step that fails, because cargo refuses its environment.
    const LOUD: Step<'_> = Step {
        environment: &[("CARGO_TERM_COLOR", "loud")],
        ..step("locate-project --quiet")
    };

    #[test]
    fn every_step_is_printed_before_it_runs() {
        let steps = [step("--version"), step("locate-project --quiet")];
        let (outcome, lines) = check(&steps);
        assert_eq!(outcome, Outcome::Done);
        assert_eq!(
            lines,
            [
                "Running cargo --version",
                "Passed cargo --version",
                "Running cargo locate-project --quiet",
                "Passed cargo locate-project --quiet",
                "Finished 2 steps",
            ]
        );
    }

    #[test]
    fn a_step_without_its_library_is_skipped() {
        let links = Step {
            library: Some("a-library-of-no-system"),
            ..LOUD
        };
        let (outcome, lines) = check(&[links, step("--version")]);
        assert_eq!(outcome, Outcome::Done);
        assert!(
            lines[0].starts_with("Skipped CARGO_TERM_COLOR"),
            "{lines:?}"
        );
        assert_eq!(lines[1], "Running cargo --version");
    }

    #[test]
    fn first_failing_step_stops_the_run() {
        let (outcome, lines) = check(&[LOUD, step("--version")]);
        assert_eq!(outcome, Outcome::Failed);
        assert_eq!(
            lines,
            [
                "Running CARGO_TERM_COLOR='loud' cargo locate-project --quiet",
                "Failed CARGO_TERM_COLOR='loud' cargo locate-project --quiet",
            ]
        );
    }
}
