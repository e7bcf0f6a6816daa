//! The commands as a person runs them, in a workspace of their own: what they
//! print, how they exit, and what is on disk afterwards.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use xtask::files::write_atomically;

const DOCUMENT: &str = "openapi/finch.yaml";
const OVERLAY: &str = "openapi/overlay.yaml";
const SOURCE: &str = "openapi/SOURCE.toml";
const MANIFEST: &str = "finch-api/Cargo.toml";
const CHANGELOG: &str = "CHANGELOG.md";
const REFERENCE: &str = "finch-api/API.md";
const TYPES: &str = "finch-api/src/generated/types.rs";

const PUBLISHED: &str = "\
openapi: 3.1.0
info:
  title: API Reference
  version: '2020-09-17'
paths:
  /auth/token:
    post:
      operationId: create-access-token
      parameters:
        - {name: Content-Type, in: header, required: true, schema: {type: string}}
      requestBody:
        content:
          application/json:
            schema:
              $ref: '#/components/schemas/CreateAccessTokenRequest'
      responses:
        '200':
          description: Access Token
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/CreateAccessTokenResponse'
              examples:
                Success:
                  value: {client_type: sandbox}
components:
  parameters: {}
  schemas:
    CreateAccessTokenRequest:
      type: object
      properties:
        client_secret: {type: string}
        code: {type: string}
    CreateAccessTokenResponse:
      type: object
      properties:
        client_type:
          $ref: '#/components/schemas/ClientType'
    ClientType:
      type: string
      enum: [production, sandbox]
";

const CORRECTIONS: &str = "\
overlay: 1.0.0
info: {title: Corrections, version: '1'}
actions:
  - target: $.paths['/auth/token'].post.requestBody
    description: The server wants one.
    update: {required: true}
  - target: $.components.schemas.CreateAccessTokenRequest.properties.client_secret
    description: A credential.
    update: {format: password}
  - target: $.components.schemas.CreateAccessTokenRequest.properties.code
    description: A credential.
    update: {format: password}
";

const PACKAGE: &str = "\
[package]
name = 'finch-api'
version = '1.2.3'

[package.metadata.openapi]
api-version = '2020-09-17'
";

const CHANGES: &str = "\
# Changelog

## [Unreleased]

API version: 2020-09-17.
";

/// A workspace, as far as the commands read and write it.
struct Copy(TempDir);

impl Copy {
    /// With a document of its own, so that another one can be vendored without
    /// a change to these tests.
    fn new() -> Self {
        let copy = Self(tempfile::tempdir().unwrap());
        let sha256 = finch_gen::sha256(PUBLISHED);
        let source = format!(
            "sha256 = '{sha256}'\nversion = '2020-09-17'\n\n[[page]]\n\
             address = 'https://example.com/page.md'\nsha256 = '00'\ndate = '2024-01-31'\n"
        );
        copy.write(DOCUMENT, PUBLISHED);
        copy.write(OVERLAY, CORRECTIONS);
        copy.write(SOURCE, &source);
        copy.write(MANIFEST, PACKAGE);
        copy.write(CHANGELOG, CHANGES);
        assert_eq!(copy.run("generate").0, Some(0));
        copy
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    fn write(&self, path: &str, text: &str) {
        write_atomically(&self.path(path), text).unwrap();
    }

    /// Replaces `from` in the document, and records it as the document.
    fn change_document(&self, from: &str, to: &str) {
        let before = self.read(DOCUMENT);
        assert!(before.contains(from));
        self.set_document(&before.replace(from, to));
    }

    /// Makes `text` the document, and records it as such.
    fn set_document(&self, text: &str) {
        let (before, after) = [&self.read(DOCUMENT), text].map(finch_gen::sha256).into();
        self.write(DOCUMENT, text);
        self.write(SOURCE, &self.read(SOURCE).replace(&before, &after));
    }

    /// Runs `cargo xtask` with `argument`: exit code, output, errors.
    fn run(&self, argument: &str) -> (Option<i32>, String, String) {
        self.run_with(&[argument])
    }

    fn run_with(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        self.run_in(arguments, &[])
    }

    /// Runs it where the environment says this besides.
    fn run_in(
        &self,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> (Option<i32>, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(arguments)
            .envs(environment.iter().copied())
            .env("CARGO_MANIFEST_DIR", self.path("xtask"))
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }
}

/// All files below `folder`.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(
                files(&path)
                    .into_iter()
                    .map(|(path, text)| (format!("{name}/{path}"), text)),
            );
        } else {
            found.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
    found
}

#[test]
fn a_fresh_check_in_is_left_alone() {
    let copy = Copy::new();
    let before = files(copy.0.path());
    let (code, out, errors) = copy.run("check");
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    assert_eq!(
        out,
        "       Fresh openapi/SOURCE.toml: records openapi/finch.yaml, version 2020-09-17
       Fresh openapi/overlay.yaml: all 3 actions apply
       Fresh openapi/finch.yaml: 1 operation and 3 schemas in, 1 method and 3 types out
       Fresh finch-api/src/generated: as openapi/finch.yaml generates it
       Fresh tests/generated: as openapi/finch.yaml generates it
       Fresh finch-api/API.md: as openapi/finch.yaml generates it
       Fresh finch-api/Cargo.toml: says API version 2020-09-17
       Fresh CHANGELOG.md: says API version 2020-09-17
"
    );
    let (code, out, _) = copy.run("generate");
    assert_eq!(code, Some(0));
    // What came out, and what was changed on the way, is said each time.
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 3, "{out}");
    assert!(
        lines[0].starts_with("     Warning reserved-header at /paths/~1auth~1token/post: "),
        "{out}"
    );
    let folders =
        ["finch-api/src/generated", "tests/generated"].map(|path| files(&copy.path(path)));
    let generated: usize = folders
        .iter()
        .flat_map(BTreeMap::values)
        .map(|text| text.lines().count())
        .sum();
    let counts = format!(
        "   Generated 1 operation, 3 types, 1 example, {generated} lines, 1 warning, 0 notes"
    );
    assert_eq!(lines[1], counts);
    assert!(
        lines[2].starts_with("    Finished 9 files: 0 written, 0 removed, in "),
        "{out}"
    );
    assert_eq!(files(copy.0.path()), before);
}

#[test]
fn a_stale_check_in_is_shown_and_mended() {
    let copy = Copy::new();
    let fresh = files(copy.0.path());
    copy.write(
        TYPES,
        &copy
            .read(TYPES)
            .replace("    /// `sandbox`\n", "    /// by hand\n"),
    );
    copy.write("tests/generated/old.rs", "// @generated before\n");
    fs::remove_file(copy.path("finch-api/src/generated/types/error.rs")).unwrap();
    fs::remove_file(copy.path(REFERENCE)).unwrap();

    let stale = files(copy.0.path());
    let (code, out, errors) = copy.run("check");
    assert_eq!((code, errors.as_str()), (Some(4), ""));
    for part in [
        "--- a/finch-api/src/generated/types.rs\n+++ b/finch-api/src/generated/types.rs\n@@ ",
        "-    /// by hand\n+    /// `sandbox`\n",
        "--- /dev/null\n+++ b/finch-api/src/generated/types/error.rs\n",
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
            "Fresh finch-api/Cargo.toml: says API version 2020-09-17",
            "Fresh CHANGELOG.md: says API version 2020-09-17",
        ]
    );
    assert_eq!(files(copy.0.path()), stale);

    let (code, out, _) = copy.run("generate");
    assert_eq!(code, Some(0));
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(
        lines[..4],
        [
            "     Writing finch-api/src/generated/types.rs",
            "     Writing finch-api/src/generated/types/error.rs",
            "    Removing tests/generated/old.rs",
            "     Writing finch-api/API.md",
        ]
    );
    assert!(
        lines[lines.len() - 1].starts_with("    Finished 9 files: 3 written, 1 removed, in "),
        "{out}"
    );
    assert_eq!(files(copy.0.path()), fresh);
    assert_eq!(copy.run("check").0, Some(0));
}

/// The lines that `check` ends with, of what it has checked.
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
fn a_version_that_was_not_written_down_is_stale() {
    let copy = Copy::new();
    copy.write(MANIFEST, &PACKAGE.replace("2020-09-17", "2020-01-01"));
    copy.write(CHANGELOG, &CHANGES.replace("API version: ", "For "));
    let before = files(copy.0.path());
    let (code, out, errors) = copy.run("check");
    assert_eq!((code, errors.as_str()), (Some(4), ""));
    assert_eq!(
        verdicts(&out)[6..],
        [
            "Stale finch-api/Cargo.toml: says API version 2020-01-01, but it is 2020-09-17: write \
             `api-version = \"2020-09-17\"` in [package.metadata.openapi]",
            "Stale CHANGELOG.md: says no API version: write `API version: 2020-09-17.` in its \
             first section",
        ]
    );
    assert_eq!(files(copy.0.path()), before);
}

/// API.md leads to the documentation of the version that is released.
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

/// All that is wrong is said in one run, and once.
#[test]
fn what_is_broken_does_not_hide_the_rest() {
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
            "Skipped finch-api/src/generated: there is nothing to hold it against",
            "Skipped tests/generated: there is nothing to hold it against",
            "Skipped finch-api/API.md: there is nothing to hold it against",
            "Fresh finch-api/Cargo.toml: says API version 2020-09-17",
            "Stale CHANGELOG.md: says no API version: write `API version: 2020-09-17.` in its \
             first section",
        ]
    );
}

#[test]
fn what_differs_is_written_and_nothing_else() {
    let copy = Copy::new();
    let modified = |path| fs::metadata(copy.path(path)).unwrap().modified().unwrap();
    let before = modified(TYPES);
    let operations = "finch-api/src/generated/operations.rs";
    copy.write(operations, "// @generated, but stale\n");
    copy.run("generate");
    assert_eq!(modified(TYPES), before);
    assert_eq!(copy.run("check").0, Some(0));
}

/// Many of everything that could come out in an order of its own.
fn manifold() -> String {
    let mut text = PUBLISHED.to_owned();
    let all: Vec<String> = (0..20)
        .map(|number| format!("{{$ref: '#/components/schemas/Kind{number}'}}"))
        .collect();
    text.push_str(&format!("    Any: {{oneOf: [{}]}}\n", all.join(", ")));
    for number in 0..20 {
        let next = (number * 7 + 3) % 20;
        text.push_str(&format!(
            "    Kind{number}:\n      type: object\n      required: [k{number}]\n      properties:\n        \
             k{number}: {{type: string, enum: [a, b, '{number}']}}\n        \
             next: {{$ref: '#/components/schemas/Kind{next}'}}\n        \
             any: {{$ref: '#/components/schemas/Any'}}\n        \
             Next: {{type: [string, integer]}}\n"
        ));
    }
    text
}

/// In another process, with other seeds of hashes, in another folder, and in
/// another time zone, in which it is another day.
#[test]
fn another_run_elsewhere_gives_the_same_bytes() {
    let generate = |environment: &[(&str, &str)]| {
        let copy = Copy::new();
        copy.set_document(&manifold());
        let (code, out, errors) = copy.run_in(&["generate"], environment);
        assert_eq!((code, errors.as_str()), (Some(0), ""));
        let said: Vec<String> = out
            .lines()
            .filter(|line| !line.starts_with("    Finished "))
            .map(str::to_owned)
            .collect();
        (files(copy.0.path()), said)
    };
    let here = generate(&[("TZ", "Pacific/Kiritimati"), ("LC_ALL", "C")]);
    let there = generate(&[
        ("TZ", "Pacific/Niue"),
        ("LC_ALL", "tr_TR.UTF-8"),
        ("SOURCE_DATE_EPOCH", "0"),
        ("HOME", "/"),
    ]);
    assert_eq!(here, there);
}

#[test]
fn a_new_example_gets_its_test() {
    let copy = Copy::new();
    let examples = "              examples:\n";
    let another = format!("{examples}                Another:\n                  value: {{}}\n");
    copy.change_document(examples, &another);
    assert_eq!(copy.run("generate").0, Some(0));
    let tests = copy.read("tests/generated/examples.rs");
    assert!(tests.contains("/examples/Another/value"), "{tests}");
    assert_eq!(tests.matches("#[test]").count(), 2);
}

#[test]
fn a_file_that_was_not_generated_stops_it() {
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
            "Fresh tests/generated: as openapi/finch.yaml generates it",
        ]
    );
    assert_eq!(files(copy.0.path()), before);
}

#[test]
fn an_unknown_command_is_broken_not_stale() {
    let (code, _, errors) = Copy::new().run("regenerate");
    assert_eq!(code, Some(1));
    assert!(
        errors.contains("unrecognized subcommand 'regenerate'"),
        "{errors}"
    );
    assert_eq!(Copy::new().run("--help").0, Some(0));
}

#[test]
fn a_document_is_lowered_and_reported() {
    let copy = Copy::new();
    let (code, out, errors) = copy.run_with(&["lower"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("\"openapi\": \"3.0.3\"") && out.contains("\"format\": \"password\""));
    assert!(
        errors.contains("reserved-header at /paths/~1auth~1token/post: "),
        "{errors}"
    );

    // Another document is lowered without our overlay.
    let file = copy.path(DOCUMENT);
    let (code, out, _) = copy.run_with(&["lower", file.to_str().unwrap()]);
    assert_eq!(code, Some(0));
    assert!(!out.contains("password"), "{out}");

    // What is refused can be left out.
    let wrong = copy
        .read(DOCUMENT)
        .replace("enum: [production, sandbox]", "enum: sandbox");
    copy.write("wrong.yaml", &wrong);
    let file = copy.path("wrong.yaml");
    let (code, out, errors) = copy.run_with(&["lower", file.to_str().unwrap()]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    let problem = format!(
        "error: {}: /components/schemas/ClientType/enum: expected a list; list the values\n",
        file.display()
    );
    assert_eq!(errors, problem);
    let (code, out, errors) = copy.run_with(&["lower", "--keep-going", file.to_str().unwrap()]);
    assert_eq!(code, Some(0));
    assert!(out.contains("CreateAccessTokenRequest"), "{out}");
    assert!(!out.contains("CreateAccessTokenResponse"), "{out}");
    assert!(
        errors.contains("left-out at /paths/~1auth~1token/post: "),
        "{errors}"
    );
    assert!(errors.ends_with(&problem), "{errors}");

    let (code, _, errors) = copy.run_with(&["lower", "nowhere.yaml"]);
    assert_eq!(code, Some(1));
    assert!(
        errors.starts_with("error: nowhere.yaml: cannot be read: "),
        "{errors}"
    );
}

/// What `generate` and `check` say of a bad input: once, with exit code 1 and
/// nothing changed.
#[track_caller]
fn check_bad_input(change: impl FnOnce(&Copy), messages: &[&str]) {
    let copy = Copy::new();
    change(&copy);
    let before = files(copy.0.path());
    let messages = messages.iter().map(|message| format!("error: {message}"));
    let messages: Vec<String> = messages.collect();
    let (code, out, errors) = copy.run("generate");
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert_eq!(errors.lines().collect::<Vec<_>>(), messages);
    let (code, out, errors) = copy.run("check");
    assert_eq!(code, Some(1));
    // Where an input is missing, there is nothing to check.
    let said = errors.lines().chain(out.lines());
    let said: Vec<&str> = said.filter(|line| line.starts_with("error: ")).collect();
    assert_eq!(said, messages);
    assert_eq!(files(copy.0.path()), before);
}

#[test]
fn bad_input_an_edited_document() {
    let copy = Copy::new();
    let published = copy.read(DOCUMENT);
    let edited = published.replace("Reference", "Deference");
    let [was, is] = [&published, &edited].map(|text| finch_gen::sha256(text));
    let message = format!(
        "openapi/finch.yaml: its sha256 is {is}, but openapi/SOURCE.toml records {was}; if it was \
         edited, restore it and put the correction into the overlay; if it is a new document, \
         vendor it, so that openapi/SOURCE.toml records it"
    );
    check_bad_input(|copy| copy.write(DOCUMENT, &edited), &[&message]);
}

#[test]
fn bad_input_a_version_that_is_not_the_recorded_one() {
    check_bad_input(
        |copy| copy.change_document("  version: '2020-09-17'", "  version: '2027-01-01'"),
        &[
            "openapi/SOURCE.toml: /version: it records version 2020-09-17, but the document's \
           info.version is 2027-01-01; record version = \"2027-01-01\"",
        ],
    );
}

#[test]
fn bad_input_no_yaml() {
    check_bad_input(
        |copy| copy.change_document("  title: API Reference", "  title: [API Reference"),
        &[
            "openapi/finch.yaml:4:10: not YAML: did not find expected ',' or ']' at line 4 column \
           10, while parsing a flow sequence at line 3 column 10; correct the syntax there",
        ],
    );
}

#[test]
fn bad_input_no_openapi() {
    check_bad_input(
        |copy| copy.set_document("name: something else\n"),
        &[
            "openapi/finch.yaml: not an OpenAPI document: the member `openapi` is missing; give an \
           OpenAPI 3.0 or 3.1 document",
        ],
    );
}

#[test]
fn bad_input_another_version_of_openapi() {
    check_bad_input(
        |copy| copy.change_document("openapi: 3.1.0", "openapi: 3.2.0"),
        &[
            "openapi/finch.yaml: /openapi: OpenAPI version \"3.2.0\" is not supported; give an \
           OpenAPI 3.0 or 3.1 document",
        ],
    );
}

#[test]
fn bad_input_a_reference_that_leads_nowhere() {
    check_bad_input(
        |copy| {
            copy.change_document(
                "$ref: '#/components/schemas/ClientType'",
                "$ref: '#/components/schemas/ClientKind'",
            );
        },
        &["openapi/finch.yaml: \
           /components/schemas/CreateAccessTokenResponse/properties/client_type/$ref: the reference \
           \"#/components/schemas/ClientKind\" leads nowhere; define what it names, or correct it \
           through the overlay"],
    );
}

#[test]
fn bad_input_an_overlay_action_without_a_target() {
    check_bad_input(
        |copy| {
            let overlay = copy.read(OVERLAY);
            let target = "CreateAccessTokenRequest.properties.code";
            copy.write(
                OVERLAY,
                &overlay.replace(target, "CreateAccessTokenRequest.properties.cody"),
            );
        },
        &["openapi/overlay.yaml: /actions/2/target: \
           $.components.schemas.CreateAccessTokenRequest.properties.cody in openapi/finch.yaml: \
           target matched zero nodes (error-on-zero-match); correct the target, or remove the \
           action if the document no longer needs it"],
    );
}

#[test]
fn bad_input_two_operations_with_one_id() {
    check_bad_input(
        |copy| {
            copy.change_document(
                "components:\n  parameters:",
                "  /auth/token/again:\n    post:\n      operationId: create-access-token\ncomponents:\n  parameters:",
            );
        },
        &[
            "openapi/finch.yaml: /paths/~1auth~1token~1again/post/operationId: the operation id \
           \"create-access-token\" is that of /paths/~1auth~1token/post, too; give one of them another \
           id through the overlay",
        ],
    );
}

#[test]
fn bad_input_a_missing_file() {
    check_bad_input(
        |copy| fs::remove_file(copy.path(SOURCE)).unwrap(),
        &[
            "openapi/SOURCE.toml: cannot be read; restore it from version control: No such file or \
           directory (os error 2)",
        ],
    );
}
