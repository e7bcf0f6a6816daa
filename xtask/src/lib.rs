//! The commands of this workspace, one module each, and what they share: all
//! reading, writing and printing is here.
//!
//! A library beside the binary, so that a test can run a command in a folder of
//! its own and read what it prints.

pub mod check;
pub mod ci;
mod contents;
pub mod diagnostics;
pub mod diff;
pub mod files;
pub mod fuzz;
pub mod generate;
pub mod lower;
mod output;
mod package;
mod text;
pub mod try_;
pub mod vendor;
mod workspace;

pub use workspace::Workspace;

/// How a command ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is done, or as it should be: exit code 0.
    Done,
    /// What is checked in is not what would be made of it now: exit code 4.
    Stale,
    /// What changed breaks somebody: exit code 4.
    Breaks,
    /// What was tried does not do what it should: exit code 1.
    Failed,
}
