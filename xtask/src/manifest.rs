//! Reads the manifests of the client and of the crate with the generated tests. Returns the name
//! and the versions, and a message about each crate that generated code uses and the manifest
//! lacks: `lacks chrono, which the client uses: add …`.
//!
//! A manifest that cannot be read or lacks the name or the version is an error.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use finch_gen::{Generated, Problems};
use toml::{Table, Value};

use crate::Workspace;
use crate::read_text::{RESTORE, problem};

/// The manifest of the client crate.
pub(crate) const MANIFEST: &str = "finch-api/Cargo.toml";
/// The manifest of the crate that runs the generated tests.
pub(crate) const TESTS_MANIFEST: &str = "tests/Cargo.toml";

/// The published client crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    name: String,
    pub(crate) version: String,
    /// The version of the API, as the manifest states it.
    pub(crate) api_version: Option<String>,
    /// The dependencies, by their names in the manifest.
    dependencies: BTreeSet<String>,
}

impl Package {
    /// Reads the manifest and the version that it inherits.
    ///
    /// # Errors
    ///
    /// A manifest cannot be read, or lacks the name or the version.
    pub(crate) fn read(workspace: &Workspace) -> Result<Self> {
        let manifest = table(workspace, MANIFEST)?;
        let name = text_at(&manifest, &["package", "name"]);
        let mut version = text_at(&manifest, &["package", "version"]);
        if version.is_none() {
            let root = table(workspace, "Cargo.toml")?;
            version = text_at(&root, &["workspace", "package", "version"]);
        }
        let missing = |member| format!("{MANIFEST}: {member} is missing; add it");
        Ok(Self {
            name: name.with_context(|| missing("`name`"))?,
            version: version.with_context(|| missing("`version`"))?,
            api_version: text_at(
                &manifest,
                &["package", "metadata", "openapi", "api-version"],
            ),
            dependencies: dependencies(&manifest, "dependencies"),
        })
    }

    /// Returns a message about the crates that the client uses and its manifest lacks.
    pub(crate) fn lacks(&self, generated: &Generated) -> Option<String> {
        lacks(
            &self.dependencies,
            &generated.crates,
            "the client uses",
            "[dependencies]",
        )
    }

    /// Returns the address of its documentation after the release.
    pub(crate) fn docs(&self) -> String {
        let Self { name, version, .. } = self;
        format!(
            "https://docs.rs/{name}/{version}/{}",
            name.replace('-', "_")
        )
    }
}

/// Returns a message about the crates that the generated tests use and their manifest lacks.
///
/// # Errors
///
/// The manifest cannot be read.
pub(crate) fn tests_lack(workspace: &Workspace, generated: &Generated) -> Result<Option<String>> {
    let manifest = table(workspace, TESTS_MANIFEST)?;
    let sections = ["dependencies", "dev-dependencies"].into_iter();
    let dependencies = sections.flat_map(|section| dependencies(&manifest, section));
    Ok(lacks(
        &dependencies.collect(),
        &generated.test_crates,
        "the generated tests use",
        "[dev-dependencies]",
    ))
}

/// Returns a message about the `crates`, named as in Rust code, that are not `dependencies`.
fn lacks(
    dependencies: &BTreeSet<String>,
    crates: &BTreeSet<String>,
    user: &str,
    section: &str,
) -> Option<String> {
    let has = |name: &&String| {
        let mut dependencies = dependencies.iter();
        dependencies.any(|dependency| dependency.replace('-', "_") == **name)
    };
    let lacking = crates.iter().filter(|name| !has(name));
    let lacking: Vec<&str> = lacking.map(String::as_str).collect();
    let lines = lacking
        .iter()
        .map(|name| format!("`{name}.workspace = true`"));
    let lines: Vec<String> = lines.collect();
    (!lacking.is_empty()).then(|| {
        let names = lacking.join(", ");
        let lines = lines.join(", ");
        format!("lacks {names}, which {user}: add {lines} to {section}")
    })
}

/// Returns the dependencies in a section of `manifest`.
fn dependencies(manifest: &Table, section: &str) -> BTreeSet<String> {
    match manifest.get(section) {
        Some(Value::Table(dependencies)) => dependencies.keys().cloned().collect(),
        _ => BTreeSet::new(),
    }
}

/// Reads the manifest with this path in the workspace.
///
/// # Errors
///
/// The manifest cannot be read, or is not TOML.
pub(crate) fn table(workspace: &Workspace, name: &str) -> Result<Table, Problems> {
    let table = workspace.read(name)?.parse();
    table.map_err(|error: toml::de::Error| {
        let what = format!("not a manifest: {}", error.message());
        problem(name, what, RESTORE).into()
    })
}

/// Returns the text at the end of `path`.
fn text_at(table: &Table, path: &[&str]) -> Option<String> {
    let (last, path) = path.split_last()?;
    let table = path
        .iter()
        .try_fold(table, |table, name| table.get(*name)?.as_table())?;
    table.get(*last).and_then(Value::as_str).map(str::to_owned)
}
