//! Each command reports a text that is not a document in one message, and changes nothing. The
//! workspace is not a git checkout.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use finch_gen::Source;
use tempfile::TempDir;
use xtask::files::write_atomically;

const DOCUMENT: &str = "openapi/finch.yaml";
const SOURCE: &str = "openapi/SOURCE.toml";

/// The address of a vendored file.
const PAGE: &str = "https://example.com/page";

/// The message for an empty file that must be YAML.
const EMPTY: &str = ": expected a mapping, found null; ";

/// A replacement for a document.
#[derive(Clone, Debug)]
enum Bad {
    Missing,
    Folder,
    /// A file of zeros of this size.
    Zeros(u64),
    Text(String),
    Bytes(&'static [u8]),
}

impl Bad {
    fn put(&self, path: &Path) {
        match self {
            Self::Missing => {}
            Self::Folder => fs::create_dir(path).unwrap(),
            Self::Zeros(size) => File::create(path).unwrap().set_len(*size).unwrap(),
            Self::Text(text) => write_atomically(path, text).unwrap(),
            Self::Bytes(bytes) => File::create(path).unwrap().write_all(bytes).unwrap(),
        }
    }
}

/// Returns aliases that expand to 10⁹ texts.
fn bomb() -> String {
    let mut text =
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\na0: &a0 [a]\n".to_owned();
    for level in 1..10 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    text
}

/// Returns a text of a hundred kilobytes that a hundred thousand aliases repeat.
fn long_text_of_aliases() -> String {
    let text = "x".repeat(100_000);
    let aliases = vec!["*a"; 100_000].join(", ");
    format!("openapi: 3.1.0\nx-a: &a {text}\nx-b: [{aliases}]\n")
}

/// Returns bad texts, each with the message that follows the name of the file.
fn texts() -> [(Bad, &'static str); 7] {
    [
        (Bad::Missing, ": cannot be read: No such file or directory "),
        (Bad::Folder, ": cannot be read: Is a directory "),
        (Bad::Zeros(50_000_000), ": larger than 16 MiB; "),
        (
            Bad::Bytes(b"\x7fELF\x02\x01\x01\xc0\xff"),
            ": not UTF-8 at byte 7; ",
        ),
        (Bad::Text(String::new()), EMPTY),
        (
            Bad::Text(bomb()),
            ": its aliases (*) make it many times as large as its text; ",
        ),
        (
            Bad::Text(long_text_of_aliases()),
            ":2:6: its aliases (*) make it many times as large as its text; ",
        ),
    ]
}

/// Copies the inputs of the workspace to a new folder.
fn workspace() -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for file in [
        DOCUMENT,
        SOURCE,
        "openapi/overlay.yaml",
        "Cargo.toml",
        "finch-api/Cargo.toml",
        "tests/Cargo.toml",
    ] {
        let to = copy.path().join(file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(root.join(file), to).unwrap();
    }
    copy
}

/// Returns all files in `folder` and its subfolders, with their sizes.
fn files(folder: &Path) -> BTreeMap<PathBuf, u64> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        }
        let size = fs::metadata(&path).unwrap().len();
        found.insert(path, size);
    }
    found
}

/// Checks that `cargo xtask ARGUMENTS` prints exactly one error, which starts with `message`,
/// and exits with 1.
#[track_caller]
fn check(workspace: &TempDir, arguments: &[&str], message: &str) {
    let before = files(workspace.path());
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .env("CARGO_MANIFEST_DIR", workspace.path().join("xtask"))
        .current_dir(workspace.path())
        .output()
        .unwrap();
    let printed = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    let printed = printed.concat();
    // `try` prints the problems of a document below its row.
    let lines = printed.lines().filter_map(|line| {
        let line = line.strip_prefix("error: ").or(line.strip_prefix("    "))?;
        (!line.starts_with(' ')).then_some(line)
    });
    let lines: Vec<&str> = lines.collect();
    assert_eq!(lines.len(), 1, "{arguments:?}: {printed}");
    assert!(
        lines[0].starts_with(message),
        "{arguments:?}: {printed}\nis not\n{message}"
    );
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {printed}");
    assert_eq!(files(workspace.path()), before, "{arguments:?}");
}

#[test]
fn bad_input_that_is_vendored() {
    for (bad, message) in texts() {
        let workspace = workspace();
        let path = workspace.path().join(DOCUMENT);
        fs::remove_file(&path).unwrap();
        bad.put(&path);
        // The record describes the bad text, so that the text itself is the only fault.
        if let Bad::Text(text) = &bad {
            let record = Source {
                sha256: finch_gen::sha256(text),
                version: "1".to_owned(),
                pages: Vec::new(),
            };
            write_atomically(&workspace.path().join(SOURCE), &record.to_toml()).unwrap();
        }
        for command in ["generate", "check"] {
            check(&workspace, &[command], &format!("{DOCUMENT}{message}"));
        }
    }
}

#[test]
fn bad_input_that_is_given_by_name() {
    let unclosed = "# Title\n\n````yaml get /a\nopenapi: 3.1.0\n";
    let links = (0..10_000).map(|page| format!("- [Title](https://example.com/{page}.md)\n"));
    let index = format!("# Title\n\n{}", links.collect::<String>());
    for (bad, message) in texts() {
        let workspace = workspace();
        bad.put(&workspace.path().join("api.yaml"));
        for arguments in [
            &["lower", "api.yaml"][..],
            &["try", "api.yaml"],
            &["vendor", "api.yaml", "--page", PAGE],
        ] {
            let message = match (arguments[0], message) {
                ("vendor", EMPTY) => ": empty; ",
                _ => message,
            };
            check(&workspace, arguments, &format!("api.yaml{message}"));
        }
    }
    for (name, text, messages) in [
        (
            "page.md",
            unclosed,
            [
                "page.md:3:1: not YAML: ",
                "page.md:3:1: the OpenAPI block that begins here never ends; ",
            ],
        ),
        (
            "llms.txt",
            &index,
            [
                "llms.txt:3:10: not YAML: ",
                "llms.txt: lists 10000 pages, more than 1000; ",
            ],
        ),
    ] {
        let workspace = workspace();
        Bad::Text(text.to_owned()).put(&workspace.path().join(name));
        let [no_yaml, no_source] = messages;
        check(&workspace, &["lower", name], no_yaml);
        check(&workspace, &["try", name], no_yaml);
        check(&workspace, &["vendor", name, "--page", PAGE], no_source);
    }
}
