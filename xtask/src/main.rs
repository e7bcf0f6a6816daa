//! `cargo xtask`: see [`xtask`].

use std::env;
use std::io::{self, IsTerminal as _, Write as _};
use std::panic;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use xtask::vendor::{self, Manners};
use xtask::{Outcome, Workspace, check, ci, diagnostics, diff, fuzz, generate, lower, try_};

/// The commands of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Takes the document from where it is published, and records where that is:
    /// exits 0 when done, 4 when a dry run would change something, 1 when
    /// something is wrong, in which case nothing is changed.
    Vendor {
        /// Files, or https:// addresses: of a whole document, of a page of
        /// documentation with an OpenAPI block, or of an index of such pages by the
        /// name of llms.txt. Only pages with the origin of their index (scheme, host and
        /// port) are fetched.
        #[arg(required = true, value_name = "SOURCE")]
        sources: Vec<String>,
        /// The address of the page that the SOURCE, a file, was saved from. An index that
        /// is a file needs it.
        #[arg(long, value_name = "URL")]
        page: Option<String>,
        /// The most pages that an index may list.
        #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
        max_pages: usize,
        /// Fetches from hosts with a loopback or private address, too.
        #[arg(long)]
        allow_private: bool,
        /// Shows what would change, and changes nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Regenerates the client from the vendored document.
    Generate,
    /// Holds the inputs against each other, and all that is made of them against
    /// them: exits 0 when all is fresh, 4 when something is stale, 1 when
    /// something is broken.
    Check,
    /// Runs everything that CI does, and stops at the first step that fails.
    Ci,
    /// Looks for a text that makes the generator panic, takes it more than 20 seconds, or
    /// takes more than 1 GB of memory: exits 1 when it finds one, which is then in
    /// `finch-gen/fuzz/artifacts`.
    Fuzz {
        /// The targets; all of them, where none is given.
        #[arg(value_enum, value_name = "TARGET")]
        targets: Vec<fuzz::Target>,
        /// How long each target tries texts of its own, beyond those of the tests.
        #[arg(long, value_name = "NUMBER", default_value_t = 60)]
        seconds: u32,
    },
    /// Says what a change of the document changes for who uses the API, and for
    /// who uses the client, and which version it asks for: exits 0 when nothing
    /// breaks, 4 when something does, 1 when it cannot be told.
    Diff {
        /// What to compare with: a revision that git knows, or a document.
        #[arg(long, value_name = "REV|FILE", default_value = "HEAD")]
        base: String,
        /// How to print it; JSON is described in `xtask/src/diff/json.rs`.
        #[arg(long, value_enum, default_value_t)]
        format: diff::Format,
        /// The document to compare, in the place of the vendored one.
        file: Option<PathBuf>,
    },
    /// Prints a document as it is given to progenitor, in OpenAPI 3.0.3, and on
    /// standard error what was changed and why.
    Lower {
        /// The document, without an overlay; the vendored one, with ours, where
        /// none is given.
        file: Option<PathBuf>,
        /// Leaves out what is refused, with all that needs it, and prints the
        /// rest.
        #[arg(long)]
        keep_going: bool,
    },
    /// Generates a client of each document into `target/try`, checks and tests
    /// it: exits 0 when every document passed, 1 otherwise.
    Try {
        /// The OpenAPI documents, as YAML or JSON.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Leaves out what is refused, with all that needs it, and goes on with
        /// the rest.
        #[arg(long)]
        keep_going: bool,
        /// An OpenAPI Overlay to apply to each document.
        #[arg(long, value_name = "FILE")]
        overlay: Option<PathBuf>,
        /// Measures how long each client takes to compile, beside those that
        /// progenitor writes on its own of the same document.
        #[arg(long)]
        measure: bool,
    },
}

fn main() -> ExitCode {
    panic::set_hook(Box::new(|panic| {
        let _closed_terminal = diagnostics::panic(&mut io::stderr(), panic);
    }));
    // A wrong argument is broken (1), neither fresh (0) nor stale (4); clap's
    // own exit code for it would be 2.
    let command = Command::try_parse().unwrap_or_else(|error| {
        let _closed_terminal = error.print();
        std::process::exit(i32::from(error.use_stderr()));
    });
    let workspace = Workspace::at(root());
    let mut out = io::stdout().lock();
    let outcome = match command {
        Command::Vendor {
            sources,
            page,
            max_pages,
            allow_private,
            dry_run,
        } => {
            let options = vendor::Options {
                sources,
                page,
                max_pages,
                dry_run,
                is_terminal: io::stderr().is_terminal(),
                manners: Manners {
                    allow_private,
                    ..Manners::default()
                },
            };
            vendor::run(&workspace, &options, &mut out)
        }
        Command::Generate => generate::run(&workspace, &mut out),
        Command::Check => check::run(&workspace, &mut out),
        Command::Ci => ci::run(&workspace, &mut out),
        Command::Fuzz { targets, seconds } => {
            fuzz::run(&workspace, &fuzz::Options { targets, seconds }, &mut out)
        }
        Command::Diff { base, format, file } => {
            diff::run(&workspace, &diff::Options { base, format, file }, &mut out)
        }
        Command::Lower { file, keep_going } => {
            let options = lower::Options { file, keep_going };
            lower::run(&workspace, &options, &mut out, &mut io::stderr())
        }
        Command::Try {
            files,
            keep_going,
            overlay,
            measure,
        } => {
            let options = try_::Options {
                files,
                overlay,
                keep_going,
                measure,
            };
            try_::run(&workspace, &options, &mut out)
        }
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Stale | Outcome::Breaks) => ExitCode::from(4),
        Ok(Outcome::Failed) => ExitCode::FAILURE,
        Err(error) => {
            let _closed_terminal = out.flush();
            let _closed_terminal = diagnostics::error(&mut io::stderr(), &error);
            ExitCode::FAILURE
        }
    }
}

/// The workspace's root: where cargo says that this crate is, and else where it
/// was built.
fn root() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let manifest = manifest.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    manifest.parent().unwrap_or(Path::new(".")).to_owned()
}
