//! Writes the crate of a client to `target/try/NAME`: the generated code and tests, a copy of the
//! runtime, and a replacement for the handwritten half.
//!
//! The crate is a separate workspace, with the dependencies, lints and locked versions of this
//! workspace. `write_alone` writes a crate with the code of progenitor alone, for comparison.

use std::path::{Path, PathBuf};

use anyhow::Result;
use finch_gen::{Files, Generated};
use toml::{Table, Value};

use crate::manifest::{self, MANIFEST};
use crate::{Workspace, files};

const RUNTIME: &str = "finch-api/src/runtime";

/// The crates that only the runtime's tests need.
const TEST_CRATES: [&str; 4] = ["allocation-counter", "cpu-time", "futures-util", "proptest"];

/// The features that generated code names: one for the tests of a program, and one for webhooks.
const FEATURES: [&str; 2] = ["test-util", "webhook"];

/// Returns the name for the document at `path`: its file name, in the characters that a crate
/// name allows.
pub(super) fn name(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_string_lossy().to_ascii_lowercase();
    let words: Vec<&str> = stem
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    (!words.is_empty()).then(|| words.join("-"))
}

/// Returns the name of the crate in Rust code, which differs from every other crate's name.
pub(super) fn crate_name(name: &str) -> String {
    package_name(name).replace('-', "_")
}

fn package_name(name: &str) -> String {
    format!("try-{name}")
}

/// Writes the crate to `target/try/NAME`, and returns that folder.
///
/// # Errors
///
/// A file cannot be read or written.
pub(super) fn write(workspace: &Workspace, name: &str, generated: &Generated) -> Result<PathBuf> {
    let mut sources = within("generated", &generated.client);
    let runtime = files::read(&workspace.path(RUNTIME))?;
    sources.extend(within("runtime", &runtime));
    for (name, text) in [
        ("lib.rs", include_str!("template/lib.rs")),
        ("service.rs", include_str!("template/service.rs")),
        ("webhook.rs", include_str!("template/webhook.rs")),
    ] {
        sources.insert(name.to_owned(), text.to_owned());
    }
    let mut tests = within("generated", &generated.tests);
    for (name, text) in [
        ("examples.rs", include_str!("template/examples.rs")),
        ("variants.rs", include_str!("template/variants.rs")),
        ("document.json", &generated.document.root().to_string()),
    ] {
        tests.insert(name.to_owned(), text.to_owned());
    }

    let crates = generated.crates.iter().map(String::as_str);
    let folder = write_crate(workspace, name, crates, &sources, &tests)?;
    let reference = ("API.md".to_owned(), generated.reference.clone());
    files::write(&folder, &Files::from([reference]))?;
    Ok(folder)
}

/// Writes the crate of `code`, which progenitor alone wrote, to `target/try/NAME`, and returns
/// that folder. Its warnings are off: they are many, and printing them would take longer than
/// finding them.
///
/// # Errors
///
/// A file cannot be read or written.
pub(super) fn write_alone(workspace: &Workspace, name: &str, code: &str) -> Result<PathBuf> {
    let code = format!("#![allow(warnings)]\n{code}");
    let sources = Files::from([("lib.rs".to_owned(), code)]);
    // progenitor's code uses these crates, which the client's manifest does not contain.
    let crates = ["chrono", "progenitor-client"];
    write_crate(workspace, name, crates.into_iter(), &sources, &Files::new())
}

fn write_crate<'a>(
    workspace: &Workspace,
    name: &str,
    crates: impl Iterator<Item = &'a str>,
    sources: &Files,
    tests: &Files,
) -> Result<PathBuf> {
    let folder = workspace.path("target/try").join(name);
    let manifest = manifest(workspace, name, crates)?;
    // Build with the same versions as this workspace.
    let lock = workspace.read("Cargo.lock")?;
    let root = Files::from([
        ("Cargo.toml".to_owned(), manifest),
        ("Cargo.lock".to_owned(), lock),
    ]);
    files::mirror(&folder.join("src"), sources)?;
    files::mirror(&folder.join("tests"), tests)?;
    files::write(&folder, &root)?;
    Ok(folder)
}

fn within(folder: &str, files: &Files) -> Files {
    files
        .iter()
        .map(|(path, text)| (format!("{folder}/{path}"), text.clone()))
        .collect()
}

/// Returns the manifest of a separate workspace, with the dependencies and lints of the
/// client, and with `crates` in the versions of this workspace.
fn manifest<'a>(
    workspace: &Workspace,
    name: &str,
    crates: impl Iterator<Item = &'a str>,
) -> Result<String> {
    let mut root = manifest::table(workspace, "Cargo.toml")?;
    let mut client = manifest::table(workspace, MANIFEST)?;
    let inherited = || Value::Table(Table::from_iter([("workspace".to_owned(), true.into())]));

    if let Some(Value::Table(own)) = root.get_mut("workspace") {
        own.remove("members");
        own.remove("default-members");
    }
    let mut package = Table::new();
    package.insert("name".to_owned(), package_name(name).into());
    package.insert("publish".to_owned(), false.into());
    for key in ["version", "edition", "rust-version"] {
        package.insert(key.to_owned(), inherited());
    }
    let mut manifest = Table::new();
    manifest.insert("package".to_owned(), package.into());
    // The other features, and the crates of these, belong to the handwritten half.
    let features = FEATURES.map(|name| (name.to_owned(), Value::Array(Vec::new())));
    manifest.insert("features".to_owned(), Table::from_iter(features).into());
    for key in ["dependencies", "dev-dependencies", "lints"] {
        manifest.extend(client.remove_entry(key));
    }
    // The tests need more features of the client's dependencies, and some more crates. Drop
    // the crates that only the benches and the example need.
    let needed = manifest["dependencies"].clone();
    if let Some(Value::Table(dependencies)) = manifest.get_mut("dev-dependencies") {
        let is_needed = |name: &str| needed.get(name).is_some() || TEST_CRATES.contains(&name);
        dependencies.retain(|name, _| is_needed(name));
    }
    if let Some(Value::Table(dependencies)) = manifest.get_mut("dependencies") {
        for name in crates {
            dependencies.entry(name).or_insert_with(inherited);
        }
    }
    for key in ["profile", "workspace"] {
        manifest.extend(root.remove_entry(key));
    }
    Ok(format!(
        "# @generated by `cargo xtask try`: do not edit.\n\n{manifest}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_named_after_its_document() {
        let check = |path| name(Path::new(path));
        assert_eq!(
            check("a/Train_Travel.v1.yaml").as_deref(),
            Some("train-travel-v1")
        );
        assert_eq!(check("a/__.json"), None);
        assert_eq!(crate_name("uuid"), "try_uuid");
    }
}
