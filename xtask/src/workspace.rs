//! Where everything is, and reading what a generation starts from.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use finch_gen::{Generated, Inputs, Text};

const DOCUMENT: &str = "openapi/finch.yaml";
const OVERLAY: &str = "openapi/overlay.yaml";
const SOURCE: &str = "openapi/SOURCE.toml";

/// A checkout of this workspace.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace whose root is `root`.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The path of `relative`, a path within the workspace.
    pub fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// Calls `with` with what a generation starts from.
    ///
    /// # Errors
    ///
    /// An input cannot be read.
    pub fn with_inputs<T>(&self, with: impl FnOnce(&Inputs<'_>) -> T) -> Result<T> {
        let read = |name| {
            fs::read_to_string(self.path(name))
                .with_context(|| format!("{name}: cannot be read; restore it from version control"))
        };
        let document = read(DOCUMENT)?;
        let overlay = read(OVERLAY)?;
        let source = read(SOURCE)?;
        let text = |name, text| Text { name, text };
        Ok(with(&Inputs {
            document: text(DOCUMENT, &document),
            overlay: Some(text(OVERLAY, &overlay)),
            source: Some(text(SOURCE, &source)),
            keep_going: false,
            crate_name: "finch_api",
            command: "cargo xtask generate",
        }))
    }

    /// Everything that is generated.
    ///
    /// # Errors
    ///
    /// An input cannot be read, or finch-gen refuses it.
    pub fn generate(&self) -> Result<Generated> {
        Ok(self.with_inputs(finch_gen::generate)??)
    }
}

/// What is `generated`, by the folder within the workspace that it stands in.
pub(crate) fn folders(generated: &Generated) -> [(&'static str, &finch_gen::Files); 2] {
    [
        ("finch-api/src/generated", &generated.client),
        ("tests/generated", &generated.tests),
    ]
}
