//! Makes a separate workspace for a test, in which the commands run as a person runs them.

#![allow(dead_code, reason = "each test only uses some of it")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use xtask::files::write_atomically;

pub(crate) const DOCUMENT: &str = "openapi/finch.yaml";
pub(crate) const OVERLAY: &str = "openapi/overlay.yaml";
pub(crate) const SOURCE: &str = "openapi/SOURCE.toml";
pub(crate) const MANIFEST: &str = "finch-api/Cargo.toml";
pub(crate) const TESTS_MANIFEST: &str = "tests/Cargo.toml";
pub(crate) const CHANGELOG: &str = "CHANGELOG.md";
pub(crate) const REFERENCE: &str = "finch-api/API.md";
pub(crate) const TYPES: &str = "finch-api/src/generated/types.rs";

pub(crate) const PUBLISHED: &str = "\
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

pub(crate) const CORRECTIONS: &str = "\
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

pub(crate) const PACKAGE: &str = "\
[package]
name = 'finch-api'
version = '1.2.3'

[dependencies]
reqwest.workspace = true
serde.workspace = true

[package.metadata.openapi]
api-version = '2020-09-17'
";

pub(crate) const TESTS_PACKAGE: &str = "[dev-dependencies]\nserde_json.workspace = true\n";

pub(crate) const CHANGES: &str = "\
# Changelog

## [Unreleased]

API version: 2020-09-17.
";

/// The files of a workspace that the commands read and write.
pub(crate) struct Copy(pub(crate) TempDir);

impl Copy {
    /// Returns a workspace with a fixed document, so that another document can be vendored
    /// without a change to these tests.
    pub(crate) fn new() -> Self {
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
        copy.write(TESTS_MANIFEST, TESTS_PACKAGE);
        copy.write(CHANGELOG, CHANGES);
        assert_eq!(copy.run("generate").0, Some(0));
        copy
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    /// Returns the paths of the generated files, in the order in which they are written.
    pub(crate) fn generated(&self) -> Vec<String> {
        let folders = ["finch-api/src/generated", "tests/generated"];
        let paths = folders.iter().flat_map(|folder| {
            let files = files(&self.path(folder)).into_keys();
            files.map(move |path| format!("{folder}/{path}"))
        });
        paths.chain([REFERENCE.to_owned()]).collect()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        write_atomically(&self.path(path), text).unwrap();
    }

    /// Replaces `from` in the document, and updates the record.
    pub(crate) fn change_document(&self, from: &str, to: &str) {
        let before = self.read(DOCUMENT);
        assert!(before.contains(from));
        self.set_document(&before.replace(from, to));
    }

    /// Makes `text` the document, and updates the record.
    pub(crate) fn set_document(&self, text: &str) {
        let (before, after) = [&self.read(DOCUMENT), text].map(finch_gen::sha256).into();
        self.write(DOCUMENT, text);
        self.write(SOURCE, &self.read(SOURCE).replace(&before, &after));
    }

    /// Runs `cargo xtask` with `argument`. Returns the exit code, output and errors.
    pub(crate) fn run(&self, argument: &str) -> (Option<i32>, String, String) {
        self.run_with(&[argument])
    }

    pub(crate) fn run_with(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        self.run_in(arguments, &[])
    }

    /// Runs `cargo xtask` with additional environment variables.
    pub(crate) fn run_in(
        &self,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> (Option<i32>, String, String) {
        let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
        xtask
            .args(arguments)
            .envs(environment.iter().copied())
            .env("CARGO_MANIFEST_DIR", self.path("xtask"))
            .current_dir(self.0.path());
        run(&mut xtask)
    }
}

/// Runs `command`. Returns the exit code, output and errors.
pub(crate) fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// Returns all files in `folder` and its subfolders.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, String> {
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
