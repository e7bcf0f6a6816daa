//! Generates a document with hostile text in every place for text.

use std::env;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::Workspace;
use xtask::files::write_atomically;

/// Parts of hostile texts. Each is live in Markdown, in a terminal or in a log, or ends a
/// quotation.
const PARTS: [&str; 60] = [
    "\r",
    "\n",
    "\r\n",
    "\n\n",
    "\u{85}",
    "\u{2028}",
    "\u{2029}",
    "\u{b}",
    "\u{c}",
    "\t",
    "\0",
    "\u{1b}[31m",
    "\u{1b}]0;title\u{7}",
    "\u{9b}2J",
    "\u{7f}",
    "\u{8}",
    "\u{202e}",
    "\u{2066}",
    "\u{2069}",
    "\u{200f}",
    "\u{200b}",
    "\u{ad}",
    "\u{feff}",
    "\u{61c}",
    "\u{e0041}",
    "`",
    "``",
    "```",
    "~~~",
    " ",
    "    ",
    "\\",
    "$",
    "|",
    "- ",
    "> ",
    "# ",
    "[x]: https://example.com ",
    "</details>",
    "<details>",
    "-->",
    "<!--",
    "<img src=https://example.com/x>",
    "<b>",
    "@someone",
    "@org/team",
    "fixes #1",
    "Closes org/repo#2",
    "GH-123",
    "0123456789abcdef",
    "![](https://example.com/x.png)",
    "[a](https://example.com)",
    "<https://example.com>",
    "www.example.com",
    "https://github.com/org/repo/issues/1",
    "a@example.com",
    "::add-mask::x",
    "##[group]x",
    "::stop-commands::x",
    "ordinary",
];

/// The number of places in [`document`].
pub(crate) const PLACES: usize = 28;

/// Texts for some of the places of a document.
pub(crate) type Texts = Vec<Option<String>>;

/// Returns a configuration with this many cases, the same in each run unless the environment
/// sets others: `PROPTEST_CASES=1000 PROPTEST_RNG_SEED=2 cargo test -p xtask --test hostile`.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let rng_seed = match default.rng_seed {
        RngSeed::Random => RngSeed::Fixed(1),
        fixed @ RngSeed::Fixed(_) => fixed,
    };
    let cases = match env::var_os("PROPTEST_CASES") {
        Some(_) => default.cases,
        None => cases,
    };
    ProptestConfig {
        cases,
        rng_seed,
        failure_persistence: None,
        ..default
    }
}

/// Generates a hostile text.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let parts = proptest::collection::vec(select(&PARTS[..]), 1..5);
    parts.prop_map(|parts| parts.concat())
}

/// Generates hostile texts for few, many or all places, because a refused text hides the
/// others.
pub(crate) fn texts() -> impl Strategy<Value = Texts> {
    let share = select(&[0.05, 0.3, 0.99][..]);
    share.prop_flat_map(|share| {
        let text = proptest::option::weighted(share, text());
        proptest::collection::vec(text, PLACES)
    })
}

/// Returns a document with `texts` in its places. An empty place gets an ordinary text.
pub(crate) fn document(texts: &Texts) -> Value {
    let mut texts = texts.iter();
    let mut next = |default: &str| {
        let text = texts.next().expect("a text for each place");
        text.clone().unwrap_or_else(|| default.to_owned())
    };
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": next("T"), "version": next("1"), "description": next("D")},
        "servers": [{"url": "https://api.example.com", "description": next("S")}],
        "tags": [{"name": next("tag"), "description": next("Tag")}],
        "paths": {
            format!("/{}", next("a")): {"post": {
                "operationId": next("add-a"),
                "summary": next("Adds."),
                "parameters": [
                    {"name": next("query"), "in": "query", "schema": {"type": "string"}},
                    {"name": next("X-Header"), "in": "header", "schema": {"type": "string"}},
                ],
                "requestBody": {"required": true, "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/A"}},
                }},
                "responses": {
                    "200": {"description": next("Done."), "content": {
                        next("application/json"): {"schema": {"type": "object", "properties": {
                            next("result"): {"type": "string", "description": next("Result")},
                        }}},
                    }},
                },
                "security": [{next("key"): []}],
            }},
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                "A": {
                    "type": "object",
                    "required": [next("name")],
                    "properties": {
                        next("name"): {"type": "string", "pattern": next("^a$")},
                        "kind": {"enum": ["cat", next("dog")]},
                        "only": {"const": next("this"), next("x-more"): true},
                        "default": {"type": "string", "default": next("d")},
                        "example": {"type": "integer", "example": next("1")},
                    },
                },
                next("B"): {"type": next("object"), "format": next("none")},
                "C": {"type": "array", "items": {"$ref": next("#/components/schemas/A")}},
            },
        },
    });
    assert_eq!(texts.next(), None);
    document
}

/// Returns a workspace with `document` in a new folder.
pub(crate) fn workspace(document: &str) -> (TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| write_atomically(&folder.path().join(path), text).unwrap();
    write("openapi/finch.yaml", document);
    let version = serde_json::from_str::<Value>(document).ok();
    let version = version
        .as_ref()
        .and_then(|document| document.pointer("/info/version")?.as_str());
    let source = finch_gen::Source {
        sha256: finch_gen::sha256(document),
        version: version.unwrap_or("1").to_owned(),
        pages: Vec::new(),
    };
    write("openapi/SOURCE.toml", &source.to_toml());
    write(
        "openapi/overlay.yaml",
        "overlay: 1.0.0\ninfo: {title: O, version: '1'}\nactions:\n\
         - {target: $.components, description: D, update: {x-corrected: true}}\n",
    );
    write(
        "finch-api/Cargo.toml",
        "[package]\nname = 'finch-api'\nversion = '1.2.3'\n[dependencies]\n",
    );
    write(
        "tests/Cargo.toml",
        "[dev-dependencies]\nserde_json.workspace = true\n",
    );
    write("CHANGELOG.md", "API version: 1.\n");
    let workspace = Workspace::at(folder.path());
    (folder, workspace)
}

/// Writes `text` to a file of `folder`, and returns its path.
pub(crate) fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    write_atomically(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}
