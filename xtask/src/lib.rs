//! The commands of this workspace, one module each, and the reading, writing and printing
//! that they share.
//!
//! This is a library, so that a test can run a command in a folder and read its output.

pub mod check;
pub mod ci;
pub mod diagnostics;
pub mod diff;
mod excerpt;
pub mod files;
pub mod fuzz;
pub mod generate;
mod local_files;
pub mod lower;
mod manifest;
pub mod output;
mod read_text;
pub mod try_;
#[cfg(feature = "vendor")]
pub mod vendor;
pub mod vendor_options;
mod workspace;

use std::env;
use std::process::Command;

pub use workspace::Workspace;

/// The error if [`cargo`] does not start.
pub const NO_CARGO: &str = "cargo: cannot be run; install a Rust toolchain";

/// Returns the cargo that runs this program, or else the one that the system finds.
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// The outcome of a command that ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing is wrong: exit code 0.
    Done,
    /// A file is not up to date: exit code 4.
    Stale,
    /// A change breaks somebody: exit code 4.
    Breaks,
    /// A check, a test or a step failed: exit code 1.
    Failed,
}
