//! The paths of the workspace, and the inputs of a generation.

use std::path::{Path, PathBuf};

use anyhow::Result;
use finch_gen::{Files, Generated, Inputs, Problems, Text};

use crate::files::{self, Change};
use crate::manifest::Package;
use crate::read_text;

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

    /// Calls `with` with the inputs of a generation.
    ///
    /// # Errors
    ///
    /// An input cannot be read.
    pub fn with_inputs<T>(&self, with: impl FnOnce(&Inputs<'_>) -> T) -> Result<T> {
        let read = |name| {
            read_text::of_file(&self.path(name), name, "restore it from version control")
                .map_err(Problems::from)
        };
        let document = read(DOCUMENT)?;
        let overlay = read(OVERLAY)?;
        let source = read(SOURCE)?;
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
        let changes = files::changes(&self.path(folder), generated)?;
        let changes = changes.into_iter();
        Ok(changes
            .map(|(path, change)| (format!("{folder}/{path}"), change))
            .collect())
    }

    fn changes_of_file(&self, path: &str, generated: &str) -> Result<Changes> {
        let change = files::change(&self.path(path), generated)?;
        Ok(change
            .map(|change| (path.to_owned(), change))
            .into_iter()
            .collect())
    }
}
