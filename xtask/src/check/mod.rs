//! `cargo xtask check`: checks that the inputs agree, that every generated file is up to date, and
//! that the version reflects the changes since the last release.
//!
//! Prints a line for each item, such as `openapi/overlay.yaml: all 3 actions apply`, and writes
//! nothing to disk. Returns `Failed` if an item is broken, and `Stale` if one must be regenerated
//! or edited. An item is skipped if an earlier error leaves nothing to compare it with.

mod finding;

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use finch_gen::{Bump, Document, Generated, Inputs, Problems, Source, Stats};
use semver::Version;
use serde_json::Value;

use self::finding::{Finding, Verdict};
use crate::diagnostics::counted;
use crate::diff::version;
use crate::diff::{self, Due};
use crate::excerpt::Fault;
use crate::files;
use crate::manifest::{self, MANIFEST, Package, TESTS_MANIFEST};
use crate::output::Output;
use crate::workspace::{CLIENT, Changes, DOCUMENT, OVERLAY, REFERENCE, SOURCE, TESTS};
use crate::{Outcome, Workspace};

const CHANGELOG: &str = "CHANGELOG.md";

/// The text before the API version in the changelog.
const API_VERSION: &str = "API version: ";

/// Checks everything, and prints a line for each item, after the diff that would update it or
/// the errors that break it. Writes nothing to disk.
///
/// # Errors
///
/// An input cannot be read.
pub fn run(workspace: &Workspace, out: &mut dyn Output) -> Result<Outcome> {
    let findings = workspace.with_inputs(|inputs| check(workspace, inputs))?;
    // One error can break several items, but is printed once.
    let mut printed = BTreeSet::new();
    for finding in &findings {
        finding.print(out, &mut printed)?;
    }
    let verdicts = findings.into_iter().map(|finding| finding.verdict);
    Ok(match verdicts.max() {
        Some(Verdict::Broken { .. }) => Outcome::Failed,
        Some(Verdict::Stale { .. }) => Outcome::Stale,
        _ => Outcome::Done,
    })
}

/// Checks everything, in the order of the data flow.
fn check(workspace: &Workspace, inputs: &Inputs<'_>) -> Vec<Finding> {
    let corrected = finch_gen::load_and_overlay(inputs);
    let generated = finch_gen::generate(inputs);
    let version = corrected.as_ref().ok().map(version);
    let mut findings = vec![
        finding(SOURCE, Some(record(inputs, version))),
        finding(OVERLAY, Some(overlay(inputs, &corrected))),
        finding(DOCUMENT, Some(whole(&corrected, &generated))),
    ];
    let generated = generated.as_ref().ok();
    match generated.map(|client| workspace.changes(client)) {
        Some(changes) => {
            findings.extend(changes.map(|(of, changes)| finding(of, Some(fresh(changes)))))
        }
        None => findings.extend([CLIENT, TESTS, REFERENCE].map(|of| finding(of, None))),
    }
    let client = version.map(|version| client_manifest(workspace, version, generated));
    let tests = generated.map(|generated| tests_manifest(workspace, generated));
    let changelog = version.map(|version| changelog(workspace, version));
    let names = generated.map(|generated| Ok(sensitive_names(generated)));
    let bump = corrected.is_ok().then(|| bump(workspace));
    findings.extend([
        finding(MANIFEST, client),
        finding(TESTS_MANIFEST, tests),
        finding(CHANGELOG, changelog),
        finding("sensitive names", names),
        finding("version", bump),
    ]);
    findings
}

/// The result of a check: the verdict and a message.
type Checked = Result<(Verdict, String)>;

/// Returns the finding of a check. A check without a result was skipped.
fn finding(of: &'static str, checked: Option<Checked>) -> Finding {
    let (verdict, what) = match checked {
        Some(Ok(checked)) => checked,
        Some(Err(error)) => {
            let errors = Fault::all(&error);
            let what = counted(errors.len(), "error");
            (Verdict::Broken { errors }, what)
        }
        None => (
            Verdict::Skipped,
            "there is nothing to compare it with".to_owned(),
        ),
    };
    Finding { of, verdict, what }
}

fn version(document: &Document) -> &str {
    let version = document.root().pointer("/info/version");
    version.and_then(Value::as_str).unwrap_or_default()
}

/// Checks that the record describes this document.
fn record(inputs: &Inputs<'_>, version: Option<&str>) -> Checked {
    let record = inputs.source.context("the record is missing")?;
    let source = Source::verify(&record, &inputs.document)?;
    if let Some(version) = version {
        source.verify_version(&record, version)?;
    }
    let what = format!("records {DOCUMENT}, version {}", source.version);
    Ok((Verdict::Fresh, what))
}

/// Checks that each action of the overlay applies.
fn overlay(inputs: &Inputs<'_>, corrected: &Result<Document, Problems>) -> Checked {
    corrected.as_ref().map_err(Clone::clone)?;
    let overlay = inputs.overlay.context("the overlay is missing")?;
    let overlay = finch_gen::load(&overlay)?;
    let actions = overlay.root().get("actions").and_then(Value::as_array);
    let what = match actions.map_or(0, Vec::len) {
        1 => "its action applies".to_owned(),
        count => format!("all {count} actions apply"),
    };
    Ok((Verdict::Fresh, what))
}

/// Checks that the client has every operation of the document.
fn whole(
    corrected: &Result<Document, Problems>,
    generated: &Result<Generated, Problems>,
) -> Checked {
    let document = corrected.as_ref().map_err(Clone::clone)?;
    let generated = generated.as_ref().map_err(Clone::clone)?;
    let operations = finch_gen::operations(document).len();
    let schemas = finch_gen::schemas(document).len();
    nothing_is_lost(operations, schemas, generated.counts)
}

/// Checks that there is a method for each operation. The numbers of schemas and types may
/// differ, because the generator checks each schema.
fn nothing_is_lost(operations: usize, schemas: usize, counts: Stats) -> Checked {
    let what = format!(
        "{} and {} in, {} and {} out",
        counted(operations, "operation"),
        counted(schemas, "schema"),
        counted(counts.methods, "method"),
        counted(counts.types, "type")
    );
    anyhow::ensure!(
        operations == counts.methods,
        "{DOCUMENT}: {what}; report it with the document: it is a bug in the generator"
    );
    Ok((Verdict::Fresh, what))
}

/// Counts the sensitive names that neither the document nor the overlay marks. They are only a
/// warning.
fn sensitive_names(generated: &Generated) -> (Verdict, String) {
    let notes = generated.report.iter();
    let open = notes.filter(|note| note.code == "sensitive-name").count();
    let what = match open {
        0 => "each is marked".to_owned(),
        1 => "warning: 1 is not marked, see `cargo xtask generate`".to_owned(),
        open => format!("warning: {open} are not marked, see `cargo xtask generate`"),
    };
    (Verdict::Fresh, what)
}

/// Checks that no file has to change.
fn fresh(changes: Result<Changes>) -> Checked {
    let changes = changes?;
    if changes.is_empty() {
        return Ok((Verdict::Fresh, format!("as generated from {DOCUMENT}")));
    }
    let what = match changes.len() {
        1 => "1 file differs".to_owned(),
        count => format!("{count} files differ"),
    };
    let changes = changes.iter();
    let diff = changes.map(|(path, change)| files::diff(path, change));
    let diff = diff.collect();
    let what = format!("{what}: run `cargo xtask generate`");
    Ok((Verdict::Stale { diff }, what))
}

/// Checks that the manifest of the client states the version of the API, and has the crates
/// that `generated` names.
fn client_manifest(workspace: &Workspace, version: &str, generated: Option<&Generated>) -> Checked {
    let package = Package::read(workspace)?;
    let (verdict, what) = stated_version(
        package.api_version.as_deref(),
        version,
        &format!("`api-version = {version:?}` in [package.metadata.openapi]"),
    );
    let lacks = generated.and_then(|generated| package.lacks(generated));
    Ok(match (verdict, lacks) {
        (verdict, None) => (verdict, what),
        (Verdict::Fresh, Some(lacks)) => (stale(), lacks),
        (_, Some(lacks)) => (stale(), format!("{what}; {lacks}")),
    })
}

/// Checks that the manifest of the generated tests has the crates that they use.
fn tests_manifest(workspace: &Workspace, generated: &Generated) -> Checked {
    Ok(match manifest::tests_lack(workspace, generated)? {
        Some(lacks) => (stale(), lacks),
        None => {
            let what = "has the crates that the generated tests use";
            (Verdict::Fresh, what.to_owned())
        }
    })
}

/// Returns the verdict for an item that only a person can update.
fn stale() -> Verdict {
    Verdict::Stale {
        diff: String::new(),
    }
}

/// Checks that the first section of the changelog states the version of the API.
fn changelog(workspace: &Workspace, version: &str) -> Checked {
    let text = workspace.read(CHANGELOG)?;
    let stated = text.lines().find_map(|line| line.strip_prefix(API_VERSION));
    let stated = stated.map(|version| version.trim_end_matches('.'));
    Ok(stated_version(
        stated,
        version,
        &format!("`{API_VERSION}{version}.` in its first section"),
    ))
}

/// Checks that the version and the changelog reflect the changes since the last release.
fn bump(workspace: &Workspace) -> Checked {
    let current = version::read(workspace)?;
    let Some(due) = diff::since_release(workspace)? else {
        let what = format!("{current}, and no release is tagged");
        return Ok((Verdict::Fresh, what));
    };
    let Due {
        tag,
        version,
        bump,
        changes,
    } = due;
    if bump == Bump::None {
        let what = format!("{current}, and nothing changed since {tag}");
        return Ok((Verdict::Fresh, what));
    }
    let bump = format!(
        "{changes} since {tag} require {version} ({})",
        version::name(bump)
    );
    if current < version {
        let what = format!("{current}, but {bump}: write it into Cargo.toml");
        return Ok((stale(), what));
    }
    if !has_entry(&workspace.read(CHANGELOG)?, &version) {
        let what = format!(
            "{current}, and {bump}, but {CHANGELOG} has no entry for it: describe the changes in the \
             section [Unreleased]"
        );
        return Ok((stale(), what));
    }
    Ok((Verdict::Fresh, format!("{current}, and {bump}")))
}

/// Whether a section of `changelog` for `version` or later, or for unreleased changes, has an
/// entry.
fn has_entry(changelog: &str, version: &Version) -> bool {
    let sections = changelog.split("\n## ").skip(1);
    let mut sections = sections.take_while(|section| {
        let heading = section.trim_start_matches('[').split([']', '\n']).next();
        !Version::parse(heading.unwrap_or_default()).is_ok_and(|it| it < *version)
    });
    sections.any(|section| section.lines().any(|line| line.starts_with("- ")))
}

fn stated_version(stated: Option<&str>, version: &str, remedy: &str) -> (Verdict, String) {
    let what = match stated {
        Some(stated) if stated == version => {
            return (Verdict::Fresh, format!("states API version {version}"));
        }
        Some(stated) => format!("states API version {stated}, but it is {version}"),
        None => "states no API version".to_owned(),
    };
    (stale(), format!("{what}: write {remedy}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_section_of_a_changelog_has_an_entry() {
        let version = Version::new(0, 2, 0);
        for (sections, expected) in [
            ("\n## [Unreleased]\n\n### Added\n\n- A.\n", true),
            ("\n## [0.2.0] - 2027-01-31\n\n- A.\n\n## [0.1.0]\n", true),
            ("\n## [0.10.0]\n- A.\n", true),
            ("\n## [Unreleased]\n\n## [0.2.0]\n\n- A.\n", true),
            ("\n## [0.1.1]\n\n- A.\n", false),
            ("\n## [Unreleased]\n\n## [0.1.0]\n\n- A.\n", false),
            ("\n- A.\n", false),
        ] {
            let changelog = format!("# Changelog\n{sections}");
            assert_eq!(has_entry(&changelog, &version), expected, "{changelog}");
        }
    }

    #[test]
    fn a_lost_operation_is_found() {
        let counts = Stats {
            methods: 2,
            types: 4,
            ..Stats::default()
        };
        let (verdict, what) = nothing_is_lost(2, 3, counts).unwrap();
        assert_eq!(verdict, Verdict::Fresh);
        assert_eq!(
            what,
            "2 operations and 3 schemas in, 2 methods and 4 types out"
        );
        let error = nothing_is_lost(3, 3, counts).unwrap_err().to_string();
        assert!(error.starts_with(
            "openapi/finch.yaml: 3 operations and 3 schemas in, 2 methods and 4 types out; "
        ));
    }
}
