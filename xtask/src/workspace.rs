//! Defines the paths of the workspace, reads the inputs of a generation from them, and finds the
//! changes between the generated files and the files on disk. An input that cannot be read is an
//! error, whose remedy is to restore the file.

use std::path::{Path, PathBuf};

use anyhow::Result;
use finch_gen::{Files, Generated, Inputs, Problems, Text};

use crate::files::{self, Change};
use crate::manifest::Package;
use crate::read_text::{self, RESTORE};

pub(crate) const DOCUMENT: &str = "openapi/finch.yaml";
pub(crate) const OVERLAY: &str = "openapi/overlay.yaml";
pub(crate) const SOURCE: &str = "openapi/SOURCE.toml";

/// The sources of the client, handwritten and generated.
pub(crate) const SOURCES: &str = "finch-api/src";
pub(crate) const CLIENT: &str = "finch-api/src/generated";
pub(crate) const TESTS: &str = "tests/generated";
pub(crate) const REFERENCE: &str = "finch-api/API.md";

/// The changes to make, by path within the workspace.
pub(crate) type Changes = Vec<(String, Change)>;

/// A checkout of this workspace.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Returns the workspace at `root`.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Returns the path of `relative` within the workspace.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// Reads the file with this path within the workspace.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub(crate) fn read(&self, name: &str) -> Result<String, Problems> {
        Ok(read_text::of_file(&self.path(name), name, RESTORE)?)
    }

    /// Calls `with` with the inputs of a generation.
    ///
    /// # Errors
    ///
    /// An input cannot be read.
    pub fn with_inputs<T>(&self, with: impl FnOnce(&Inputs<'_>) -> T) -> Result<T> {
        let document = self.read(DOCUMENT)?;
        let overlay = self.read(OVERLAY)?;
        let source = self.read(SOURCE)?;
        let docs = Package::read(self)?.docs();
        let text = |name, text| Text { name, text };
        Ok(with(&Inputs {
            document: text(DOCUMENT, &document),
            overlay: Some(text(OVERLAY, &overlay)),
            corrections_expire: true,
            source: Some(text(SOURCE, &source)),
            keep_going: false,
            crate_name: "finch_api",
            docs: &docs,
            command: "cargo xtask generate",
        }))
    }

    /// Generates all files.
    ///
    /// # Errors
    ///
    /// An input cannot be read, or finch-gen refuses it.
    pub fn generate(&self) -> Result<Generated> {
        Ok(self.with_inputs(finch_gen::generate)??)
    }

    /// Returns the changes that make the workspace equal to `generated`, for each generated
    /// file or folder.
    pub(crate) fn changes(&self, generated: &Generated) -> [(&'static str, Result<Changes>); 3] {
        [
            (CLIENT, self.changes_of_folder(CLIENT, &generated.client)),
            (TESTS, self.changes_of_folder(TESTS, &generated.tests)),
            (
                REFERENCE,
                self.changes_of_file(REFERENCE, &generated.reference),
            ),
        ]
    }

    fn changes_of_folder(&self, folder: &str, generated: &Files) -> Result<Changes> {
        let changes = files::changes(&self.path(folder), generated)?.into_iter();
        let changes = changes.map(|(path, change)| (format!("{folder}/{path}"), change));
        Ok(changes.collect())
    }

    fn changes_of_file(&self, path: &str, generated: &str) -> Result<Changes> {
        let change = files::change(&self.path(path), generated)?.into_iter();
        Ok(change.map(|change| (path.to_owned(), change)).collect())
    }
}
