//! Measures how long a client compiles, in comparison with the clients that progenitor alone
//! writes for the same document.
//!
//! Subtracts the time of a client without operations. Our client contains the runtime, which
//! is the same for every document, whereas progenitor's runtime is a separate crate that is
//! not compiled again. Measures CPU time, because other programs on the machine affect it
//! less.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, bail};
use finch_gen::{Generated, Inputs, Interface, Text};

use super::{cargo, krate};
use crate::Workspace;

/// How often each crate is built. The shortest time counts, because the first build may
/// include the dependencies.
const ROUNDS: usize = 2;

/// A document without operations.
const NOTHING: &str = r#"{
    "openapi": "3.1.0",
    "info": {"title": "Nothing", "version": "1"},
    "servers": [{"url": "https://api.example.com"}],
    "paths": {}
}"#;

/// The measurements of a client.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    pub(super) what: &'static str,
    /// Lines of generated code, without tests.
    pub(super) lines: usize,
    /// The whole client.
    pub(super) whole: Times,
    /// The client of the same generator for a document without operations.
    pub(super) nothing: Times,
}

/// The CPU time for the crate alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    /// `cargo check`.
    pub(super) check: Duration,
    /// `cargo build --release`.
    pub(super) release: Duration,
}

/// Measures the client `generated` of the document with the name `name`, and the clients that
/// progenitor writes for it.
///
/// # Errors
///
/// A client does not compile or cannot be written, or the system lacks a POSIX shell.
pub(super) fn run(
    workspace: &Workspace,
    name: &str,
    inputs: &Inputs<'_>,
    generated: &Generated,
) -> Result<Vec<Measured>> {
    let nothing = Inputs {
        document: Text {
            name: "a document without operations",
            text: NOTHING,
        },
        overlay: None,
        ..*inputs
    };
    let empty = format!("{name}-nothing");
    let of_nothing = finch_gen::generate(&nothing)?;
    let lines = generated
        .client
        .values()
        .map(|text| text.lines().count())
        .sum();
    let mut measured = vec![Measured {
        what: "this client",
        lines,
        whole: time(workspace, &krate::write(workspace, name, generated)?)?,
        nothing: time(workspace, &krate::write(workspace, &empty, &of_nothing)?)?,
    }];
    for (what, style, interface) in [
        (
            "progenitor, positional",
            "positional",
            Interface::Positional,
        ),
        ("progenitor, builder", "builder", Interface::Builder),
    ] {
        let alone = |name: &str, code: &str| {
            let folder = krate::write_alone(workspace, &format!("{name}-{style}"), code)?;
            time(workspace, &folder)
        };
        let code = finch_gen::progenitor_alone(inputs, interface)?;
        let of_nothing = finch_gen::progenitor_alone(&nothing, interface)?;
        measured.push(Measured {
            what,
            lines: code.lines().count(),
            whole: alone(name, &code)?,
            nothing: alone(&empty, &of_nothing)?,
        });
    }
    Ok(measured)
}

/// Measures the crate in `folder`.
fn time(workspace: &Workspace, folder: &Path) -> Result<Times> {
    let target = workspace.path("target/try/target");
    let least = |arguments: &[&str]| {
        let mut least = Duration::MAX;
        for _ in 0..ROUNDS {
            least = least.min(time_once(folder, &target, arguments)?);
        }
        anyhow::Ok(least)
    };
    Ok(Times {
        check: least(&["check"])?,
        release: least(&["build", "--release"])?,
    })
}

/// Returns the CPU time of cargo when it only has to build the crate in `folder`.
fn time_once(folder: &Path, target: &Path, arguments: &[&str]) -> Result<Duration> {
    let root: PathBuf = folder.join("src/lib.rs");
    File::options()
        .append(true)
        .open(&root)
        .and_then(|file| file.set_modified(SystemTime::now()))
        .with_context(|| format!("{}: cannot be touched", root.display()))?;
    let mut command = cargo::command(folder, target, arguments);
    command.env("CARGO_INCREMENTAL", "0");
    let output = timed(&command)
        .output()
        .context("sh: cannot be run; it measures how long a command takes")?;
    if !output.status.success() {
        bail!(
            "{}: cannot be measured, because it does not compile: {}",
            folder.display(),
            cargo::compile_errors(&cargo::output(&output)).join("; ")
        );
    }
    children(&output).context("sh: does not print how long a command took; use a POSIX shell")
}

/// Returns `command` in a shell that then prints its CPU time.
fn timed(command: &Command) -> Command {
    let mut timed = Command::new("sh");
    timed
        .args(["-c", r#""$@" && times"#, "sh"])
        .arg(command.get_program())
        .args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        timed.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => timed.env(name, value),
            None => timed.env_remove(name),
        };
    }
    timed
}

/// Returns the time of the shell's commands from the output of `times`: its last line has the
/// form `1m2.34s 0m0.56s`.
fn children(output: &Output) -> Option<Duration> {
    let text = String::from_utf8_lossy(&output.stdout);
    let times = text.lines().last()?.split_whitespace().map(|time| {
        let (minutes, seconds) = time.strip_suffix('s')?.split_once('m')?;
        let seconds = 60.0 * minutes.parse::<f64>().ok()? + seconds.parse::<f64>().ok()?;
        Duration::try_from_secs_f64(seconds).ok()
    });
    times.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_command_is_measured() {
        let mut command = Command::new("sh");
        command.args(["-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"]);
        let time = children(&timed(&command).output().unwrap()).unwrap();
        assert!(!time.is_zero());
        assert_eq!(
            children(&timed(&Command::new("false")).output().unwrap()),
            None
        );
    }
}
