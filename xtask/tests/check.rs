//! Checks the findings of `cargo xtask check`, and that `generate` updates stale files.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

mod common;

use std::fs;
use std::process::Command;

use common::{
    CHANGELOG, CHANGES, Copy, DOCUMENT, MANIFEST, PACKAGE, REFERENCE, TESTS_MANIFEST,
    TESTS_PACKAGE, TYPES, files,
};

/// Returns the lines with the verdicts about the items.
fn verdicts(out: &str) -> Vec<&str> {
    let is_verdict = |line: &&str| {
        let verbs = ["Fresh", "Skipped", "Stale", "Broken"];
        verbs.iter().any(|verb| {
            let rest = line.strip_prefix(&format!("{verb:>12} "));
            rest.is_some_and(|rest| rest.contains(": "))
        })
    };
    out.lines()
        .filter(is_verdict)
        .map(str::trim_start)
        .collect()
}

#[test]
fn stale_files_are_shown_and_updated() {
    let copy = Copy::new();
    let fresh = files(copy.0.path());
    copy.write(
        TYPES,
        &copy
            .read(TYPES)
            .replace("    /// `sandbox`\n", "    /// by hand\n"),
    );
    copy.write("tests/generated/old.rs", "// @generated before\n");
    fs::remove_file(copy.path("finch-api/src/generated/mod.rs")).unwrap();
    fs::remove_file(copy.path(REFERENCE)).unwrap();

    let stale = files(copy.0.path());
    let (code, out, errors) = copy.run("check");
    assert_eq!((code, errors.as_str()), (Some(4), ""));
    for part in [
        "--- a/finch-api/src/generated/types.rs\n+++ b/finch-api/src/generated/types.rs\n@@ ",
        "-    /// by hand\n+    /// `sandbox`\n",
        "--- /dev/null\n+++ b/finch-api/src/generated/mod.rs\n",
        "--- a/tests/generated/old.rs\n+++ /dev/null\n@@ -1 +0,0 @@\n-// @generated before\n",
        "--- /dev/null\n+++ b/finch-api/API.md\n@@ ",
    ] {
        assert!(out.contains(part), "{part}\nis not in\n{out}");
    }
    assert_eq!(
        verdicts(&out),
        [
            "Fresh openapi/SOURCE.toml: records openapi/finch.yaml, version 2020-09-17",
            "Fresh openapi/overlay.yaml: all 3 actions apply",
            "Fresh openapi/finch.yaml: 1 operation and 3 schemas in, 1 method and 3 types out",
            "Stale finch-api/src/generated: 2 files differ: run `cargo xtask generate`",
            "Stale tests/generated: 1 file differs: run `cargo xtask generate`",
            "Stale finch-api/API.md: 1 file differs: run `cargo xtask generate`",
            "Fresh finch-api/Cargo.toml: states API version 2020-09-17",
            "Fresh tests/Cargo.toml: has the crates that the generated tests use",
            "Fresh CHANGELOG.md: states API version 2020-09-17",
            "Fresh sensitive names: each is marked",
            "Fresh version: 1.2.3, and no release is tagged",
        ]
    );
    assert_eq!(files(copy.0.path()), stale);

    let (code, out, _) = copy.run("generate");
    assert_eq!(code, Some(0));
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(
        lines[..4],
        [
            "     Writing finch-api/src/generated/mod.rs",
            "     Writing finch-api/src/generated/types.rs",
            "    Removing tests/generated/old.rs",
            "     Writing finch-api/API.md",
        ]
    );
    let count = copy.generated().len();
    let finished = format!("    Finished {count} files: 3 written, 1 removed, in ");
    assert!(lines[lines.len() - 1].starts_with(&finished), "{out}");
    assert_eq!(files(copy.0.path()), fresh);
    assert_eq!(copy.run("check").0, Some(0));
}

#[test]
fn a_missing_api_version_is_stale() {
    let copy = Copy::new();
    copy.write(MANIFEST, &PACKAGE.replace("2020-09-17", "2020-01-01"));
    copy.write(CHANGELOG, &CHANGES.replace("API version: ", "For "));
    let before = files(copy.0.path());
    let (code, out, errors) = copy.run("check");
    assert_eq!((code, errors.as_str()), (Some(4), ""));
    assert_eq!(
        verdicts(&out)[6..],
        [
            "Stale finch-api/Cargo.toml: states API version 2020-01-01, but it is 2020-09-17: write \
             `api-version = \"2020-09-17\"` in [package.metadata.openapi]",
            "Fresh tests/Cargo.toml: has the crates that the generated tests use",
            "Stale CHANGELOG.md: states no API version: write `API version: 2020-09-17.` in its \
             first section",
            "Fresh sensitive names: each is marked",
            "Fresh version: 1.2.3, and no release is tagged",
        ]
    );
    assert_eq!(files(copy.0.path()), before);
}

/// A new document may contain its first date, whose type comes from another crate. Both the
/// client and its tests name it.
#[test]
fn missing_dependencies_are_reported() {
    let copy = Copy::new();
    copy.change_document(
        "        - {name: Content-Type",
        "        - {name: on, in: query, required: true, schema: {type: string, format: date}, \
         example: '2020-02-29'}\n        - {name: Content-Type",
    );
    let client = "Stale finch-api/Cargo.toml: lacks chrono, which the client uses: add \
                  `chrono.workspace = true` to [dependencies]";
    let tests = "Stale tests/Cargo.toml: lacks chrono, which the generated tests use: add \
                 `chrono.workspace = true` to [dev-dependencies]";
    let (code, out, _) = copy.run("generate");
    assert_eq!(code, Some(0));
    assert!(out.contains(client) && out.contains(tests), "{out}");
    let (code, out, _) = copy.run("check");
    assert_eq!(code, Some(4));
    assert_eq!(verdicts(&out)[6..8], [client, tests]);

    let dependency = "[dependencies]\nchrono.workspace = true";
    copy.write(MANIFEST, &PACKAGE.replace("[dependencies]", dependency));
    let (code, out, _) = copy.run("check");
    assert_eq!(code, Some(4));
    assert_eq!(verdicts(&out)[7], tests);

    copy.write(
        TESTS_MANIFEST,
        &format!("{TESTS_PACKAGE}chrono.workspace = true\n"),
    );
    assert!(!copy.run("generate").1.contains("Stale"));
    assert_eq!(copy.run("check").0, Some(0));
}

/// The warning remains until the document or the overlay marks the name.
#[test]
fn unmarked_sensitive_name_is_a_warning() {
    let copy = Copy::new();
    let property = "code: {type: string}\n        ssn: {type: string}";
    copy.change_document("code: {type: string}", property);
    let (code, out, _) = copy.run("generate");
    assert_eq!(code, Some(0));
    let warning = "Warning sensitive-name at /components/schemas/CreateAccessTokenRequest/properties/ssn: `ssn`";
    assert!(out.contains(warning), "{out}");
    let (code, out, _) = copy.run("check");
    assert_eq!(code, Some(0));
    let warning = "Fresh sensitive names: warning: 1 is not marked, see `cargo xtask generate`";
    assert!(out.contains(warning), "{out}");

    copy.change_document(
        "ssn: {type: string}",
        "ssn: {type: string, x-sensitive: true}",
    );
    assert!(!copy.run("generate").1.contains("sensitive-name"));
    let types = copy.read("finch-api/src/generated/types.rs");
    assert!(
        types.contains(r#".field("ssn", &crate::runtime::Redacted)"#),
        "{types}"
    );
    assert!(
        copy.run("check")
            .1
            .contains("Fresh sensitive names: each is marked")
    );
}

/// API.md links to the documentation of the released version.
#[test]
fn another_version_of_the_client_makes_the_reference_stale() {
    let copy = Copy::new();
    let link = "](https://docs.rs/finch-api/1.2.3/finch_api/struct.Client.html";
    assert!(copy.read(REFERENCE).contains(link));
    copy.write(
        MANIFEST,
        &PACKAGE.replace("version = '1.2.3'", "version.workspace = true"),
    );
    copy.write("Cargo.toml", "[workspace.package]\nversion = '1.3.0'\n");
    let (code, out, _) = copy.run("check");
    assert_eq!(code, Some(4));
    assert_eq!(
        verdicts(&out)[5],
        "Stale finch-api/API.md: 1 file differs: run `cargo xtask generate`"
    );
    assert_eq!(copy.run("generate").0, Some(0));
    assert!(
        copy.read(REFERENCE)
            .contains(&link.replace("1.2.3", "1.3.0"))
    );
    assert_eq!(copy.run("check").0, Some(0));
}

/// One run reports every fault, and each fault once.
#[test]
fn a_broken_item_does_not_hide_the_others() {
    let copy = Copy::new();
    let edited = copy.read(DOCUMENT).replace("Reference", "Deference");
    copy.write(DOCUMENT, &edited);
    copy.write(CHANGELOG, "# Changelog\n");
    let (code, out, errors) = copy.run("check");
    assert_eq!((code, errors.as_str()), (Some(1), ""));
    assert_eq!(out.matches("error: ").count(), 1, "{out}");
    assert_eq!(
        verdicts(&out),
        [
            "Broken openapi/SOURCE.toml: 1 error",
            "Fresh openapi/overlay.yaml: all 3 actions apply",
            "Broken openapi/finch.yaml: 1 error",
            "Skipped finch-api/src/generated: there is nothing to compare it with",
            "Skipped tests/generated: there is nothing to compare it with",
            "Skipped finch-api/API.md: there is nothing to compare it with",
            "Fresh finch-api/Cargo.toml: states API version 2020-09-17",
            "Skipped tests/Cargo.toml: there is nothing to compare it with",
            "Stale CHANGELOG.md: states no API version: write `API version: 2020-09-17.` in its \
             first section",
            "Skipped sensitive names: there is nothing to compare it with",
            "Fresh version: 1.2.3, and no release is tagged",
        ]
    );
}

#[test]
fn a_handwritten_file_among_generated_ones_is_reported() {
    let copy = Copy::new();
    copy.write("finch-api/src/generated/notes.md", "mine");
    let before = files(copy.0.path());
    let (code, _, errors) = copy.run("generate");
    assert_eq!(code, Some(1));
    assert!(errors.ends_with("move it elsewhere\n"), "{errors}");
    let (code, out, _) = copy.run("check");
    assert_eq!(code, Some(1));
    assert!(out.contains("move it elsewhere\n"), "{out}");
    assert_eq!(
        verdicts(&out)[3..5],
        [
            "Broken finch-api/src/generated: 1 error",
            "Fresh tests/generated: as generated from openapi/finch.yaml",
        ]
    );
    assert_eq!(files(copy.0.path()), before);
}

fn git(copy: &Copy, arguments: &[&str]) {
    let person = ["-c", "user.name=n", "-c", "user.email=e@example.com"];
    let ran = Command::new("git")
        .args(person)
        .args(["-c", "commit.gpgsign=false", "-C"])
        .arg(copy.0.path())
        .args(arguments)
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .env_remove("GIT_WORK_TREE")
        .status();
    assert!(ran.unwrap().success(), "{arguments:?}");
}

#[test]
fn the_version_reflects_the_changes_since_the_release() {
    let copy = Copy::new();
    git(&copy, &["init", "--quiet"]);
    let commit = || {
        git(&copy, &["add", "."]);
        git(
            &copy,
            &["commit", "--quiet", "--allow-empty", "--message", "a"],
        );
    };
    let check = |code: i32, expected: &str| {
        let (exit, out, errors) = copy.run("check");
        let last = out.lines().last().unwrap().trim_start();
        assert_eq!((exit, last), (Some(code), expected), "{out}{errors}");
    };
    let section = |heading: &str, entry: &str| {
        let api_version = "API version: 2020-09-17.";
        copy.write(
            CHANGELOG,
            &format!("# Changelog\n\n## {heading}\n\n{api_version}\n\n{entry}"),
        );
    };
    commit();
    // Neither tag is a release.
    for tag in ["version", "other-v1.2.3"] {
        git(&copy, &["tag", tag]);
    }
    check(0, "Fresh version: 1.2.3, and no release is tagged");
    git(&copy, &["tag", "v1.2.3"]);
    check(0, "Fresh version: 1.2.3, and nothing changed since v1.2.3");
    commit();
    copy.change_document("enum: [production, sandbox]", "enum: [production]");
    assert_eq!(copy.run("generate").0, Some(0));
    let due = "1 break, 0 warnings, 1 note since v1.2.3 require 2.0.0 (major)";
    let stale = format!("Stale version: 1.2.3, but {due}: write it into Cargo.toml");
    check(4, &stale);
    commit();
    check(4, &stale);
    for (version, code) in [("1.3.0", 4), ("2.0.0", 4), ("2.0.0-rc.1", 4)] {
        copy.write(MANIFEST, &PACKAGE.replace("1.2.3", version));
        assert_eq!(copy.run("generate").0, Some(0));
        let (exit, out, _) = copy.run("check");
        assert_eq!(exit, Some(code), "{version}: {out}");
    }
    let stale = format!(
        "Stale version: 2.0.0, and {due}, but CHANGELOG.md has no entry for it: describe the changes \
         in the section [Unreleased]"
    );
    check(4, &stale);
    section("[1.2.3] - 2027-01-31", "- A.\n");
    check(4, &stale);
    for heading in ["[Unreleased]", "[2.0.0] - 2027-01-31"] {
        section(heading, "- A.\n");
        check(0, &format!("Fresh version: 2.0.0, and {due}"));
    }
    // An unreachable release belongs to another branch.
    git(&copy, &["checkout", "--quiet", "--orphan", "other"]);
    commit();
    check(0, "Fresh version: 2.0.0, and no release is tagged");
    git(&copy, &["tag", "v2"]);
    check(1, "Broken version: 1 error");
}
