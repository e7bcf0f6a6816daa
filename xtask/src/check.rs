//! `cargo xtask check`: whether the inputs belong together, and whether all that
//! is made of them is what they make.

mod finding;

use std::collections::BTreeSet;
use std::io::Write;

use anyhow::{Context as _, Result};
use finch_gen::{Counts, Document, Generated, Inputs, Problems, Source};
use serde_json::Value;

use self::finding::{Finding, Verdict};
use crate::diagnostics::counted;
use crate::files;
use crate::package::{MANIFEST, Package};
use crate::workspace::{CLIENT, Changes, DOCUMENT, OVERLAY, REFERENCE, SOURCE, TESTS};
use crate::{Outcome, Workspace, contents, text};

const CHANGELOG: &str = "CHANGELOG.md";

/// What stands before the version of the API in a line of the changelog.
const API_VERSION: &str = "API version: ";

/// Checks everything, and prints a line for each thing: below the diff that would
/// make it what is generated, or below what is wrong with it. Writes nothing to
/// disk.
///
/// # Errors
///
/// An input cannot be read.
pub fn run(workspace: &Workspace, out: &mut dyn Write) -> Result<Outcome> {
    let findings = workspace.with_inputs(|inputs| check(workspace, inputs))?;
    // What is wrong in one place can keep several things from being made.
    let mut said = BTreeSet::new();
    for finding in &findings {
        finding.print(out, &mut said)?;
    }
    let verdicts = findings.into_iter().map(|finding| finding.verdict);
    Ok(match verdicts.max() {
        Some(Verdict::Broken { .. }) => Outcome::Failed,
        Some(Verdict::Stale { .. }) => Outcome::Stale,
        _ => Outcome::Done,
    })
}

/// Checks everything, in the order of the way of the data.
fn check(workspace: &Workspace, inputs: &Inputs<'_>) -> Vec<Finding> {
    let corrected = finch_gen::correct(inputs);
    let generated = finch_gen::generate(inputs);
    let version = corrected.as_ref().ok().map(version);
    let mut findings = vec![
        finding(SOURCE, Some(record(inputs, version))),
        finding(OVERLAY, Some(overlay(inputs, &corrected))),
        finding(DOCUMENT, Some(whole(&corrected, &generated))),
    ];
    let generated = generated.ok();
    match generated.as_ref().map(|client| workspace.changes(client)) {
        Some(changes) => {
            findings.extend(changes.map(|(of, changes)| finding(of, Some(fresh(changes)))))
        }
        None => findings.extend([CLIENT, TESTS, REFERENCE].map(|of| finding(of, None))),
    }
    findings.push(finding(
        MANIFEST,
        version.map(|version| manifest(workspace, version, generated.as_ref())),
    ));
    findings.push(finding(
        CHANGELOG,
        version.map(|version| changelog(workspace, version)),
    ));
    findings
}

/// What a check of a thing comes to: how it is, and what is to be said of it.
type Checked = Result<(Verdict, String)>;

/// The finding of what `checked` comes to, where it could be checked.
fn finding(of: &'static str, checked: Option<Checked>) -> Finding {
    let (verdict, what) = match checked {
        Some(Ok(checked)) => checked,
        Some(Err(error)) => {
            let errors = match error.downcast_ref::<Problems>() {
                Some(problems) => problems.iter().map(ToString::to_string).collect(),
                None => vec![format!("{error:#}")],
            };
            let what = counted(errors.len(), "error");
            (Verdict::Broken { errors }, what)
        }
        None => {
            let what = "there is nothing to hold it against".to_owned();
            (Verdict::Skipped, what)
        }
    };
    Finding { of, verdict, what }
}

fn version(document: &Document) -> &str {
    let version = document.root().pointer("/info/version");
    version.and_then(Value::as_str).unwrap_or_default()
}

/// Whether the record of where the document is from is that of this document.
fn record(inputs: &Inputs<'_>, version: Option<&str>) -> Checked {
    let record = inputs.source.context("there is no record")?;
    let source = Source::verify(&record, &inputs.document)?;
    if let Some(version) = version {
        source.verify_version(&record, version)?;
    }
    let what = format!("records {DOCUMENT}, version {}", source.version);
    Ok((Verdict::Fresh, what))
}

/// Whether each correction still corrects something.
fn overlay(inputs: &Inputs<'_>, corrected: &Result<Document, Problems>) -> Checked {
    corrected.as_ref().map_err(Clone::clone)?;
    let overlay = inputs.overlay.context("there is no overlay")?;
    let overlay = finch_gen::load(&overlay)?;
    let actions = overlay.root().get("actions").and_then(Value::as_array);
    let what = match actions.map_or(0, Vec::len) {
        1 => "its action applies".to_owned(),
        count => format!("all {count} actions apply"),
    };
    Ok((Verdict::Fresh, what))
}

/// Whether all that is in the document is in the client.
fn whole(
    corrected: &Result<Document, Problems>,
    generated: &Result<Generated, Problems>,
) -> Checked {
    let document = corrected.as_ref().map_err(Clone::clone)?;
    let generated = generated.as_ref().map_err(Clone::clone)?;
    let operations = contents::operations(document.root());
    let schemas = contents::schemas(document.root());
    nothing_is_lost(operations, schemas, generated.counts)
}

/// That a schema is a type the generator has looked at one by one; some types
/// have no schema of their own.
fn nothing_is_lost(operations: usize, schemas: usize, counts: Counts) -> Checked {
    let what = format!(
        "{} and {} in, {} and {} out",
        counted(operations, "operation"),
        counted(schemas, "schema"),
        counted(counts.methods, "method"),
        counted(counts.types, "type")
    );
    anyhow::ensure!(
        operations == counts.methods,
        "{DOCUMENT}: {what}; report it with the document: it is a mistake of the generator"
    );
    Ok((Verdict::Fresh, what))
}

/// Whether what is checked in needs no `changes` to be what is generated.
fn fresh(changes: Result<Changes>) -> Checked {
    let changes = changes?;
    if changes.is_empty() {
        return Ok((Verdict::Fresh, format!("as {DOCUMENT} generates it")));
    }
    let what = match changes.len() {
        1 => "1 file differs".to_owned(),
        count => format!("{count} files differ"),
    };
    let diff = changes
        .iter()
        .map(|(path, change)| files::diff(path, change));
    let diff = diff.collect();
    Ok((
        Verdict::Stale { diff },
        format!("{what}: run `cargo xtask generate`"),
    ))
}

/// Whether the manifest of the client says which version of the API it is for,
/// and has the crates that `generated` names.
fn manifest(workspace: &Workspace, version: &str, generated: Option<&Generated>) -> Checked {
    let package = Package::read(workspace)?;
    let (verdict, what) = stated_version(
        package.api_version.as_deref(),
        version,
        &format!("`api-version = {version:?}` in [package.metadata.openapi]"),
    );
    let lacks = generated.and_then(|generated| package.lacks(&generated.crates));
    Ok(match (verdict, lacks) {
        (verdict, None) => (verdict, what),
        (Verdict::Fresh, Some(lacks)) => (stale(), lacks),
        (_, Some(lacks)) => (stale(), format!("{what}; {lacks}")),
    })
}

/// That of something which only a person can make fresh.
fn stale() -> Verdict {
    Verdict::Stale {
        diff: String::new(),
    }
}

/// Whether the changelog says it, of what is released next, or was last.
fn changelog(workspace: &Workspace, version: &str) -> Checked {
    let path = workspace.path(CHANGELOG);
    let text = text::of_file(&path, CHANGELOG, "restore it from version control");
    let text = text.map_err(Problems::from)?;
    let stated = text.lines().find_map(|line| line.strip_prefix(API_VERSION));
    let stated = stated.map(|version| version.trim_end_matches('.'));
    Ok(stated_version(
        stated,
        version,
        &format!("`{API_VERSION}{version}.` in its first section"),
    ))
}

fn stated_version(stated: Option<&str>, version: &str, remedy: &str) -> (Verdict, String) {
    let what = match stated {
        Some(stated) if stated == version => {
            return (Verdict::Fresh, format!("says API version {version}"));
        }
        Some(stated) => format!("says API version {stated}, but it is {version}"),
        None => "says no API version".to_owned(),
    };
    (stale(), format!("{what}: write {remedy}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_found() {
        let counts = Counts {
            methods: 2,
            types: 4,
            examples: 0,
            variants: 0,
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
