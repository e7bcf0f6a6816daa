//! Runs `cargo xtask diff` in a separate checkout. Checks its inputs, its output, and its
//! messages about bad input.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use xtask::diff::{self, Format, Options};
use xtask::files::write_atomically;
use xtask::{Outcome, Workspace};

const DOCUMENT: &str = "openapi/finch.yaml";
const OVERLAY: &str = "openapi/overlay.yaml";
const SOURCE: &str = "openapi/SOURCE.toml";

const PUBLISHED: &str = "\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /pets:
    get:
      operationId: list-pets
      responses:
        '200': {description: All., content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}}
    post:
      operationId: add-pet
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {'204': {description: Done.}}
components:
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        name: {type: string}
        code: {type: string, maxLength: 5}
        kind: {type: string, enum: [cat, dog]}
";

const CORRECTIONS: &str = "\
overlay: 1.0.0
info: {title: Corrections, version: '1'}
actions:
  - target: $.components.schemas.Pet.properties.code
    description: A credential.
    update: {format: password}
";

/// A workspace in the folder `client` of a checkout, with a committed document.
struct Checkout(TempDir);

impl Checkout {
    fn new() -> Self {
        let checkout = Self::without_git();
        checkout.git(&["init", "--quiet"]);
        checkout.commit("first");
        checkout
    }

    fn without_git() -> Self {
        let checkout = Self(tempfile::tempdir().unwrap());
        checkout.write(DOCUMENT, PUBLISHED);
        checkout.write(OVERLAY, CORRECTIONS);
        checkout.write(
            "finch-api/Cargo.toml",
            "[package]\nname = 'finch-api'\nversion.workspace = true\n",
        );
        checkout.write("Cargo.toml", "workspace.package.version = '0.1.0'\n");
        checkout
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join("client").join(path)
    }

    fn name(&self, path: &str) -> String {
        self.path(path).display().to_string()
    }

    /// Writes a file, and updates the record of the document.
    fn write(&self, path: &str, text: &str) {
        write_atomically(&self.path(path), text).unwrap();
        if path == DOCUMENT {
            let sha256 = finch_gen::sha256(text);
            let record = format!("sha256 = '{sha256}'\nversion = '1'\npage = []\n");
            self.write(SOURCE, &record);
        }
    }

    fn write_bytes(&self, path: &str, bytes: &[u8]) {
        let mut file = File::create(self.path(path)).unwrap();
        file.write_all(bytes).unwrap();
    }

    /// Replaces `from` in the file `path`.
    fn change(&self, path: &str, from: &str, to: &str) {
        let before = fs::read_to_string(self.path(path)).unwrap();
        assert!(before.contains(from), "{from}");
        self.write(path, &before.replace(from, to));
    }

    fn git(&self, arguments: &[&str]) {
        let person = ["-c", "user.name=n", "-c", "user.email=e@example.com"];
        let ran = Command::new("git")
            .args(person)
            .args(["-c", "commit.gpgsign=false", "-C"])
            .arg(self.0.path())
            .args(arguments)
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .env_remove("GIT_WORK_TREE")
            .status();
        assert!(ran.unwrap().success());
    }

    /// Commits all files, and gives the commit the tag `tag`.
    fn commit(&self, tag: &str) {
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "--message", tag]);
        self.git(&["tag", tag]);
    }

    fn diff(
        &self,
        base: &str,
        file: Option<&str>,
        format: Format,
    ) -> Result<(Outcome, String), String> {
        let options = Options {
            base: base.to_owned(),
            file: file.map(PathBuf::from),
            format,
        };
        let mut out = Vec::new();
        let outcome = diff::run(&Workspace::at(self.path("")), &options, &mut out)
            .map_err(|error| format!("{error:#}"))?;
        Ok((outcome, String::from_utf8(out).unwrap()))
    }

    /// Compares the document with the last commit.
    fn with_head(&self, format: Format) -> (Outcome, String) {
        self.diff("HEAD", None, format).unwrap()
    }
}

const NO_CHANGE: &str = "    Compared openapi/finch.yaml with HEAD: no change
     Version finch-api stays at 0.1.0: there is nothing to release
";

#[test]
fn the_work_tree_is_compared_with_the_last_commit() {
    let checkout = Checkout::new();
    let unchanged = (Outcome::Done, NO_CHANGE.to_owned());
    assert_eq!(checkout.with_head(Format::Text), unchanged);
    // A change of the notation is not a change.
    checkout.change(DOCUMENT, "[name]", "\n        - name # always");
    assert_eq!(checkout.with_head(Format::Text), unchanged);
}

/// Returns a checkout with a change of each severity.
fn changed() -> Checkout {
    let checkout = Checkout::new();
    checkout.change(DOCUMENT, "[name]", "[]");
    checkout.change(
        DOCUMENT,
        "name: {type: string}",
        "name: {type: string, minLength: 1}",
    );
    checkout.change(DOCUMENT, "[cat, dog]", "[cat, dog, '<b>`*@all*`']");
    checkout
}

#[test]
fn as_text() {
    let (outcome, text) = changed().with_head(Format::Text);
    assert_eq!(outcome, Outcome::Breaks);
    insta::assert_snapshot!(text);
}

#[test]
fn as_markdown() {
    let (outcome, text) = changed().with_head(Format::Markdown);
    assert_eq!(outcome, Outcome::Breaks);
    insta::assert_snapshot!(text);
}

#[test]
fn as_json() {
    let (outcome, text) = changed().with_head(Format::Json);
    assert_eq!(outcome, Outcome::Breaks);
    insta::assert_snapshot!(text);
}

#[test]
fn the_version_follows_the_changes() {
    let checkout = Checkout::new();
    let check = |version: &str, expected: &str| {
        checkout.write(
            "finch-api/Cargo.toml",
            &format!("[package]\nname = 'finch-api'\nversion = '{version}'\n"),
        );
        let (_, text) = checkout.with_head(Format::Text);
        let last = text.lines().last().unwrap().trim_start();
        assert_eq!(last, format!("Version finch-api {expected}"));
    };
    checkout.change(DOCUMENT, "title: T", "title: Pets");
    check("0.1.9+2020-09-17", "0.1.9 → 0.1.10 (patch)");
    check("1.2.3", "1.2.3 → 1.2.4 (patch)");
    checkout.change(
        DOCUMENT,
        "name: {type: string}",
        "name: {type: string}\n        age: {type: integer}",
    );
    check("0.1.9", "0.1.9 → 0.1.10 (patch)");
    check("1.2.3-beta", "1.2.3 → 1.3.0 (minor)");
    checkout.change(DOCUMENT, "list-pets", "pets");
    check("0.1.9", "0.1.9 → 0.2.0 (minor)");
    check("1.2.3", "1.2.3 → 2.0.0 (major)");
}

#[test]
fn each_revision_has_its_own_overlay() {
    let checkout = Checkout::new();
    checkout.change(OVERLAY, ".code", ".name");
    let (_, text) = checkout.with_head(Format::Text);
    for part in [
        "`types::Pet::code`: `Option<Secret>` → `Option<String>`",
        "`types::Pet::name`: `String` → `Secret`",
    ] {
        assert!(text.contains(part), "{text}");
    }
    // A revision without an overlay has no corrections.
    fs::remove_file(checkout.path(OVERLAY)).unwrap();
    checkout.commit("second");
    checkout.write(OVERLAY, CORRECTIONS);
    let (_, text) = checkout.with_head(Format::Text);
    assert!(
        text.contains("`Option<String>` → `Option<Secret>`"),
        "{text}"
    );
    let (outcome, text) = checkout.diff("first", None, Format::Text).unwrap();
    assert_eq!(outcome, Outcome::Done, "{text}");
}

#[test]
fn files_are_compared_with_the_overlay_of_the_work_tree() {
    let checkout = Checkout::without_git();
    // An action that matches nothing in the other document is ignored.
    let other = PUBLISHED.replace("        code: {type: string, maxLength: 5}\n", "");
    checkout.write("other.yaml", &other);
    checkout.write("same.yaml", PUBLISHED);
    let (same, other) = (checkout.name("same.yaml"), checkout.name("other.yaml"));
    let (outcome, text) = checkout.diff(&same, None, Format::Text).unwrap();
    assert_eq!(outcome, Outcome::Done, "{text}");
    let (_, text) = checkout.diff(&other, None, Format::Text).unwrap();
    assert!(text.contains("`types::Pet::code` is new"), "{text}");
    let (outcome, text) = checkout.diff(&same, Some(&other), Format::Text).unwrap();
    assert_eq!(outcome, Outcome::Breaks);
    assert!(text.contains("`types::Pet::code` is gone"), "{text}");
}

#[test]
fn a_document_without_a_client_is_still_compared() {
    let checkout = Checkout::new();
    checkout.change(DOCUMENT, "/pets:", "/[pets]:");
    checkout.change(
        DOCUMENT,
        "{type: string, enum: [cat, dog]}",
        "{type: string, enum: cat}",
    );
    let (_, text) = checkout.with_head(Format::Text);
    assert!(
        text.contains("Breaks document at /paths/~1pets/get: operation removed (list-pets)"),
        "{text}"
    );
    assert!(
        text.contains("Refused openapi/finch.yaml: /components/schemas/Pet/properties/kind/enum: "),
        "{text}"
    );
    let (_, markdown) = checkout.with_head(Format::Markdown);
    for part in [
        "Only the part of the client that can be generated is compared: `openapi/finch.yaml: ",
        "\n## Output of `cargo xtask generate`\n\n```text\nerror: openapi/finch.yaml:",
        "\n      Failed the client could not be generated; CONTRIBUTING.md ",
    ] {
        assert!(markdown.contains(part), "{part}\nis not in\n{markdown}");
    }
}

/// GitHub refuses a longer body.
#[test]
fn a_body_stays_within_the_limit() {
    let checkout = Checkout::new();
    let name = "n".repeat(300);
    let many: String = (0..900)
        .map(|number| format!("        {name}{number}: {{type: string}}\n"))
        .collect();
    checkout.change(
        DOCUMENT,
        "        name: {type: string}\n",
        &format!("        name: {{type: string}}\n{many}"),
    );
    let (outcome, body) = checkout.with_head(Format::Markdown);
    assert_eq!(outcome, Outcome::Done);
    assert!(body.len() > 50_000 && body.len() < 65_536, "{}", body.len());
    assert!(body.contains("<summary>All 1800</summary>"));
    let left_out = body.lines().find_map(|line| {
        let line = line.strip_prefix("- and ")?;
        line.strip_suffix(" more; `cargo xtask diff` lists all")
    });
    let left_out: usize = left_out.unwrap().parse().unwrap();
    assert_eq!(left_out + body.matches("\n- **").count(), 1800);
}

/// A list of items that does not fit is dropped as a whole, starting with the last one.
#[test]
fn a_body_folds_whole_elements() {
    let checkout = Checkout::new();
    let (mut paths, mut schemas) = (String::new(), String::new());
    for number in 0..60 {
        let properties: String = (0..20)
            .map(|inner| {
                format!("p{inner}: {{type: object, properties: {{a: {{type: string}}}}}}, ")
            })
            .collect();
        paths.push_str(&format!(
            "  /things/{number:02}:\n    get:\n      operationId: thing-{number:02}\n      responses: \
             {{'200': {{description: '', content: {{application/json: {{schema: {{$ref: \
             '#/components/schemas/Thing{number:02}'}}}}}}}}}}\n"
        ));
        schemas.push_str(&format!(
            "    Thing{number:02}: {{type: object, properties: {{{properties}}}}}\n"
        ));
    }
    checkout.change(
        DOCUMENT,
        "components:\n  schemas:\n",
        &format!("{paths}components:\n  schemas:\n{schemas}"),
    );
    let (outcome, body) = checkout.with_head(Format::Markdown);
    assert_eq!(outcome, Outcome::Done);
    assert!(body.len() < 65_536, "{}", body.len());
    // The body contains every operation, with the number of items that come with it.
    for number in 0..60 {
        let item = format!(
            "- **document**: `operation added` at `/paths/~1things~1{number:02}/get` \
             (`thing-{number:02}`), with 1 method, 21 types and 1 schema\n"
        );
        assert!(body.contains(&item), "{item}\nis not in\n{body}");
    }
    let listed = body.matches("  <summary>All 23</summary>\n").count();
    assert!((10..50).contains(&listed), "{listed}");
    assert_eq!(body.matches("\n  - **").count(), listed * 23);
    assert_eq!(body.matches("<details>").count(), listed + 1);
    assert_eq!(body.matches("</details>").count(), listed + 1);
    let first = body.find("`types::Thing00` is new").unwrap();
    assert!(first < body.find("`types::Thing01` is new").unwrap());
    assert!(!body.contains("`types::Thing59` is new"));

    let (_, text) = checkout.with_head(Format::Text);
    assert_eq!(
        text.matches("        Note document at ").count(),
        60,
        "{text}"
    );
    assert!(text.contains("0 breaks, 0 warnings, 60 notes"), "{text}");
}

/// A new operation does not bring a type that an old operation uses now, too.
#[test]
fn only_its_own_types_come_with_an_operation() {
    let checkout = Checkout::new();
    let owner = "    Owner: {type: object, properties: {name: {type: string}}}\n";
    let schemas = "components:\n  schemas:\n";
    let path = "  /owners:\n    get:\n      operationId: list-owners\n      responses:\n        \
                '200': {description: '', content: {application/json: {schema: {$ref: \
                '#/components/schemas/Owner'}}}}\n";
    checkout.change(DOCUMENT, schemas, &format!("{path}{schemas}{owner}"));
    let (_, text) = checkout.with_head(Format::Text);
    let brings = "operation added (list-owners), with 1 method, 1 type and 1 schema\n";
    assert!(text.contains(brings), "{text}");
    checkout.change(
        DOCUMENT,
        "        name: {type: string}\n",
        "        name: {type: string}\n        owner: {$ref: '#/components/schemas/Owner'}\n",
    );
    let (_, text) = checkout.with_head(Format::Text);
    for line in [
        "operation added (list-owners), with 1 method\n",
        "Note document at /components/schemas/Owner: schema `Owner` added, with 1 type\n",
    ] {
        assert!(text.contains(line), "{line}\nis not in\n{text}");
    }
    // In the other direction the removal breaks users, and no note hides it.
    checkout.commit("second");
    checkout.write(DOCUMENT, PUBLISHED);
    let (outcome, text) = checkout.with_head(Format::Text);
    assert_eq!(outcome, Outcome::Breaks);
    for line in [
        "Breaks document at /paths/~1owners/get: operation removed (list-owners), with 1 method\n",
        "Breaks client at /components/schemas/Owner: `types::Owner` is gone (",
        "Note document at /components/schemas/Owner: schema `Owner` removed\n",
    ] {
        assert!(text.contains(line), "{line}\nis not in\n{text}");
    }
}

#[test]
fn a_broken_request_names_the_functions_that_make_it() {
    let checkout = Checkout::new();
    checkout.write(
        "finch-api/src/adopt.rs",
        "impl Client {\n    pub fn adopt(&self) { self.add_pet().send() }\n    \
         pub fn all(&self) { self.list_pets() }\n}\n",
    );
    checkout.change(DOCUMENT, "[name]", "[name, code]");
    let (_, text) = checkout.with_head(Format::Text);
    let request = "request at /components/schemas/Pet/properties/code: property `code` became required \
                   (add-pet); called by `adopt`\n";
    assert!(text.contains(request), "{text}");
    // A change of a response does not affect requests.
    let response = text.lines().filter(|line| line.contains("response at "));
    assert!(response.clone().count() > 0, "{text}");
    assert!(
        response.clone().all(|line| !line.contains("called by")),
        "{text}"
    );
    let (_, markdown) = checkout.with_head(Format::Markdown);
    assert!(
        markdown.contains("(`add-pet`), called by `adopt`\n"),
        "{markdown}"
    );
    let (_, json) = checkout.with_head(Format::Json);
    assert!(
        json.contains("\"callers\": [\n        \"adopt\"\n      ]"),
        "{json}"
    );
}

#[test]
fn bad_input_is_reported_once() {
    let checkout = Checkout::new();
    File::create(checkout.path("large.yaml"))
        .unwrap()
        .set_len(50 << 20)
        .unwrap();
    checkout.write_bytes("binary.yaml", &[0xff, 0xfe, 0]);
    checkout.write("empty.yaml", "");
    checkout.write("list.yaml", "[1]");
    checkout.write("openapi.yaml", "openapi: 2.0.0\n");
    // Each line repeats the line before ten times.
    let mut laughs = "openapi: 3.1.0\na0: &a0 [lol]\n".to_owned();
    for number in 1..20 {
        let before = vec![format!("*a{}", number - 1); 10].join(", ");
        laughs.push_str(&format!("a{number}: &a{number} [{before}]\n"));
    }
    checkout.write("laughs.yaml", &laughs);
    let check = |file: &str, message: &str| {
        let name = checkout.name(file);
        let expected = message.replace("FILE", &name);
        for (base, file) in [(name.as_str(), None), ("HEAD", Some(name.as_str()))] {
            let error = checkout.diff(base, file, Format::Text).unwrap_err();
            // A base that is not a file may be a revision.
            let is_base = file.is_none() && error.contains("neither a file nor a revision");
            assert!(
                is_base || error.starts_with(&expected),
                "{error}\n{expected}"
            );
            assert_eq!(error.lines().count(), 1, "{error}");
        }
    };
    check(
        "nowhere.yaml",
        "FILE: cannot be read: No such file or directory ",
    );
    check("openapi", "FILE: cannot be read: Is a directory ");
    check("large.yaml", "FILE: larger than 16 MiB; ");
    check("binary.yaml", "FILE: not UTF-8 at byte 0; ");
    check("empty.yaml", "FILE: expected a mapping, found null; ");
    check("list.yaml", "FILE: expected a mapping, found a list; ");
    check("openapi.yaml", "FILE:1:1: /openapi: ");
    check(
        "laughs.yaml",
        "FILE: its aliases (*) make it many times as large as its text; ",
    );
}

#[test]
fn bad_revisions_are_reported() {
    let checkout = Checkout::new();
    let check = |base: &str, expected: &str| {
        let error = checkout.diff(base, None, Format::Text).unwrap_err();
        assert_eq!(error, expected);
    };
    for unknown in ["v9", "HEAD~9", "", "--help", "-", "HEAD:openapi", "a b"] {
        check(
            unknown,
            &format!(
                "{unknown}: neither a file nor a revision that git finds; give one of them with --base"
            ),
        );
    }
    // One revision has no document, and the others have bad ones.
    fs::rename(checkout.path(DOCUMENT), checkout.path("elsewhere")).unwrap();
    checkout.commit("moved");
    checkout.write_bytes(DOCUMENT, &[0xff]);
    checkout.commit("binary");
    File::create(checkout.path(DOCUMENT))
        .unwrap()
        .set_len(50 << 20)
        .unwrap();
    checkout.commit("large");
    checkout.write(DOCUMENT, PUBLISHED);
    check(
        "moved",
        "moved: it has no openapi/finch.yaml; give a later revision, or a file",
    );
    check(
        "binary",
        "binary:openapi/finch.yaml: not UTF-8 at byte 0; give a text file in UTF-8",
    );
    check(
        "large",
        "large:openapi/finch.yaml: larger than 16 MiB; give a document, or a page of one",
    );
    checkout.write(OVERLAY, "overlay: 2");
    checkout.commit("overlaid");
    checkout.write(OVERLAY, CORRECTIONS);
    let error = checkout.diff("overlaid", None, Format::Text).unwrap_err();
    let expected =
        "overlaid:openapi/overlay.yaml:1:1: /overlay: Overlay version 2 is not supported; ";
    assert!(error.starts_with(expected), "{error}");
    // The tag has the same name as this folder.
    assert!(Path::new("src").is_dir());
    checkout.commit("src");
    assert_eq!(
        checkout.diff("src", None, Format::Text).unwrap().0,
        Outcome::Done
    );
}

#[test]
fn outside_a_checkout_the_error_suggests_a_file() {
    let checkout = Checkout::without_git();
    let error = checkout.diff("HEAD", None, Format::Text).unwrap_err();
    assert!(
        error.starts_with("HEAD: git finds no revision here (not a git repository"),
        "{error}"
    );
    assert!(error.ends_with("); give a file with --base"), "{error}");
}

/// Runs the command as a person does.
fn exit(checkout: &Checkout, arguments: &[&str], path: Option<&Path>) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .arg("diff")
        .args(arguments)
        .env("CARGO_MANIFEST_DIR", checkout.path("xtask"))
        .current_dir(checkout.path(""));
    if let Some(path) = path {
        command.env("PATH", path);
    }
    let output = command.output().unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn the_exit_code_tells_whether_something_breaks() {
    let checkout = Checkout::new();
    assert_eq!(exit(&checkout, &[], None), (Some(0), String::new()));
    checkout.change(DOCUMENT, "list-pets", "pets");
    for format in ["text", "markdown", "json"] {
        let arguments = ["--format", format, "--base", "first"];
        assert_eq!(exit(&checkout, &arguments, None), (Some(4), String::new()));
    }
    let (code, errors) = exit(&checkout, &["--base", "nothing"], None);
    assert_eq!(code, Some(1));
    assert_eq!(
        errors,
        "error: nothing: neither a file nor a revision that git finds; give one of them with --base\n"
    );
    assert_eq!(exit(&checkout, &["--format", "xml"], None).0, Some(1));
    // Without git in the path.
    let (code, errors) = exit(&checkout, &[], Some(checkout.0.path()));
    assert_eq!(code, Some(1));
    assert!(
        errors.starts_with("error: git cannot be run; install it, or give a file with --base"),
        "{errors}"
    );
    assert_eq!(
        exit(&checkout, &["--base", OVERLAY], Some(checkout.0.path())).0,
        Some(1)
    );
    assert_eq!(
        exit(&checkout, &["--base", DOCUMENT], Some(checkout.0.path())).0,
        Some(0)
    );
}
