//! `cargo xtask`: parses the arguments, runs a command of [`xtask`], and turns its outcome into an
//! exit code: 0 if nothing is wrong, 4 if a file is stale or a change breaks users, and 1 for any
//! other failure, such as a wrong argument.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::panic;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[cfg(not(feature = "vendor"))]
use anyhow::Context as _;
use anyhow::Result;
use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use xtask::output::{Color, Output, Stream};
use xtask::vendor_options::Options;
use xtask::{Outcome, Workspace, check, ci, diagnostics, diff, fuzz, generate, lower, try_};

/// The commands of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Whether to print in colours
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t)]
    color: Color,
}

#[derive(Subcommand)]
enum Command {
    /// Takes the document from Finch's pages, and records them
    ///
    /// Writes openapi/finch.yaml and openapi/SOURCE.toml. From a single page it takes the
    /// text of the OpenAPI block, byte for byte. It merges several pages, and refuses them
    /// if they contradict each other. Without a SOURCE it takes the recorded pages again.
    /// Files that a document refers to become part of it: from the folder of a file, and from
    /// the origin (scheme, host and port) of an address.
    #[command(
        verbatim_doc_comment,
        after_long_help = "\
Exit codes:
  0  the vendored document is up to date
  1  a source is refused or cannot be fetched: nothing is changed
  4  with --dry-run: something would change

Examples:
  cargo xtask vendor --dry-run
      Shows what Finch changed since the pages were vendored.
  cargo xtask vendor page.md --page https://developer.tryfinch.com/api-reference/page.md
      Takes the document from a page that was saved from a browser as Markdown."
    )]
    Vendor(Options),
    /// Regenerates the client from the vendored document
    ///
    /// Applies openapi/overlay.yaml to openapi/finch.yaml, writes the generated files that
    /// differ, and removes those that are no longer generated. Prints counts, and each
    /// difference between the client and the document.
    #[command(
        verbatim_doc_comment,
        after_long_help = "\
Exit codes:
  0  every generated file is up to date
  1  an input is refused or a file cannot be written: nothing is changed

Examples:
  cargo xtask generate
      Prints one note of each kind.
  cargo xtask generate --verbose
      Prints every note."
    )]
    Generate(generate::Options),
    /// Checks that the inputs agree and that every generated file is up to date
    ///
    /// Writes nothing. Checks that SOURCE.toml records the document, that each action of
    /// the overlay applies, that no operation is lost, and that the manifest and the changelog name
    /// the version of the API. If a release is tagged, checks that the version and the changelog
    /// reflect the changes since then.
    #[command(
        verbatim_doc_comment,
        after_long_help = "\
Exit codes:
  0  everything is up to date
  1  something is broken: the reason is printed
  4  something is stale: the difference is printed

Examples:
  cargo xtask check
      Prints a line for each item.
  cargo xtask check | grep Stale
      Prints only the items that need a command or an edit."
    )]
    Check,
    /// Runs the checks of the workspace, and stops at the first step that fails
    ///
    /// Prints each step before it runs. A step whose system library is missing is skipped.
    #[command(
        verbatim_doc_comment,
        after_long_help = "\
Exit codes:
  0  every step passed
  1  a step failed

Examples:
  cargo xtask ci
      Takes minutes: it formats, checks, lints, tests, documents and packages.
  .ci/run
      Does the same with builds that use less disk space."
    )]
    Ci,
    /// Searches for an input that makes the generator panic, take too long or use too much memory
    ///
    /// Runs the fuzz targets with the inputs of the tests, and then with inputs derived from them.
    /// An input fails if it takes more than 20 seconds or 1 GB of memory.
    #[command(
        verbatim_doc_comment,
        after_long_help = "\
Exit codes:
  0  no input failed
  1  an input failed: it is in finch-gen/fuzz/artifacts

Examples:
  cargo xtask fuzz
      Runs each target for a minute.
  cargo xtask fuzz lower --seconds 600
      Runs one target for ten minutes."
    )]
    Fuzz(fuzz::Options),
    /// Prints what a new document changes, and the version that it requires
    ///
    /// Compares the document of the work tree with a committed one or a file, both on the wire
    /// and in the interface of the client. The types and schemas of a new operation are
    /// folded under it. For a request that breaks, it names the handwritten functions that send it.
    #[command(
        verbatim_doc_comment,
        after_long_help = "\
Exit codes:
  0  nothing breaks
  1  a document cannot be compared
  4  something breaks

Examples:
  cargo xtask diff --base v0.1.0
      Compares with the document of a release.
  cargo xtask diff --format markdown > body.md
      Writes the body of a pull request."
    )]
    Diff(diff::Options),
    /// Prints a document as progenitor reads it, in OpenAPI 3.0.3
    ///
    /// Prints each change with its place and its reason on standard error.
    #[command(
        verbatim_doc_comment,
        after_long_help = "\
Exit codes:
  0  the document is printed
  1  the document is refused

Examples:
  cargo xtask lower > lowered.json
      Lowers the vendored document with the corrections of the overlay.
  cargo xtask lower --keep-going other.yaml
      Lowers the parts of another document that are not refused."
    )]
    Lower(lower::Options),
    /// Generates a client from any document, then compiles and tests it
    ///
    /// Writes each client to target/try, and prints a row for each document. Files that a
    /// document refers to become part of it if they are in its folder.
    #[command(
        verbatim_doc_comment,
        after_long_help = "\
Exit codes:
  0  every document passed
  1  a document is refused, or its client fails

Examples:
  cargo xtask try petstore.yaml
      Tests the client with the examples of the document.
  cargo xtask try --keep-going --measure large.json
      Skips the parts that are refused, and measures how long the rest compiles."
    )]
    Try(try_::Options),
}

fn main() -> ExitCode {
    panic::set_hook(Box::new(|panic| {
        let mut errors = Stream::new(io::stderr(), false);
        let _closed_terminal = diagnostics::panic(&mut errors, panic);
    }));
    let arguments = Arguments::try_parse().unwrap_or_else(|error| {
        if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            // Without arguments, help is not an error.
            let _closed_terminal = write!(io::stdout(), "{}", error.render());
            std::process::exit(0);
        }
        let _closed_terminal = error.print();
        // clap's own exit code for a wrong argument is 2.
        std::process::exit(i32::from(error.use_stderr()));
    });
    let workspace = Workspace::at(root());
    let has_colours = |is_terminal| arguments.color.is_wanted(is_terminal);
    let mut out = Stream::new(io::stdout().lock(), has_colours(io::stdout().is_terminal()));
    let mut errors = Stream::new(io::stderr(), has_colours(io::stderr().is_terminal()));
    let outcome = match arguments.command {
        Command::Vendor(options) => vendor(&workspace, options, &mut out),
        Command::Generate(options) => generate::run(&workspace, options, &mut out),
        Command::Check => check::run(&workspace, &mut out),
        Command::Ci => ci::run(&workspace, &mut out),
        Command::Fuzz(options) => fuzz::run(&workspace, &options, &mut out),
        Command::Diff(options) => diff::run(&workspace, &options, &mut out),
        Command::Lower(options) => lower::run(&workspace, &options, &mut out, &mut errors),
        Command::Try(options) => try_::run(&workspace, &options, &mut out),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Stale | Outcome::Breaks) => ExitCode::from(4),
        Ok(Outcome::Failed) => ExitCode::FAILURE,
        Err(error) => {
            let _full_disk = out.flush();
            let _full_disk = diagnostics::error(&mut errors, &error);
            ExitCode::FAILURE
        }
    }
}

#[cfg(feature = "vendor")]
fn vendor(workspace: &Workspace, mut options: Options, out: &mut dyn Output) -> Result<Outcome> {
    options.is_terminal = io::stderr().is_terminal();
    xtask::vendor::run(workspace, &options, out)
}

/// Builds this program again with an HTTP client and TLS, and runs it instead.
#[cfg(not(feature = "vendor"))]
fn vendor(workspace: &Workspace, _: Options, out: &mut dyn Output) -> Result<Outcome> {
    out.flush()?;
    let run = "run --locked --package xtask --features vendor";
    let exit = xtask::cargo()
        .args(run.split(' '))
        .arg("--manifest-path")
        .arg(workspace.path("Cargo.toml"))
        .arg("--")
        .args(env::args_os().skip(1))
        .status()
        .context(xtask::NO_CARGO)?;
    Ok(match exit.code() {
        Some(0) => Outcome::Done,
        Some(4) => Outcome::Stale,
        _ => Outcome::Failed,
    })
}

/// Returns the workspace's root: the parent of this crate's folder, as cargo states it or
/// stated it at build time.
fn root() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let manifest = manifest.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    manifest.parent().unwrap_or(Path::new(".")).to_owned()
}
