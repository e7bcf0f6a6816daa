//! Checks the output of every command for a hostile document, page or file name: the command
//! itself wrote each line, and no line controls a terminal or a runner.

use std::path::Path;
use std::process::Command;

use finch_gen::is_hidden;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::common;
use super::documents::{PLACES, Texts, config, document, file, texts, workspace};

/// The address of a vendored file.
const PAGE: &str = "https://example.com/page";

/// The verbs of status lines. Other lines begin with `error: `, or are rows of `try` or lines
/// of a unified diff.
const VERBS: [&str; 18] = [
    "Breaks",
    "Broken",
    "Compared",
    "Failed",
    "Fetched",
    "Fetching",
    "Finished",
    "Fresh",
    "Generated",
    "Note",
    "Refused",
    "Removing",
    "Skipped",
    "Stale",
    "Vendored",
    "Version",
    "Warning",
    "Writing",
];

/// A text that ends its line, commands the terminal and the runner, and looks like a line of
/// the command.
const TEXT: &str = "x\r\n::add-mask::secret\n##[add-mask]secret\u{85}::x::\u{2028}error: mine\n\
                    \u{1b}[2J\u{9b}2J\u{202e}\u{200b}\u{ad}\u{7f}\u{8}";

/// Runs `cargo xtask`. Returns the exit code, output and errors.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    xtask
        .args(arguments)
        .env("CARGO_MANIFEST_DIR", folder.join("xtask"))
        .env("RUST_BACKTRACE", "0")
        .current_dir(folder);
    common::run(&mut xtask)
}

/// Checks that no line of `text` hides a character or commands the runner.
#[track_caller]
fn check_inert(text: &str) {
    let hidden = text.chars().find(|c| *c != '\n' && is_hidden(*c));
    assert_eq!(hidden, None, "{text}");
    for line in text.lines() {
        // The check follows `ActionCommand` of the runner.
        assert!(!line.trim_start().starts_with("::"), "{line}");
        assert!(!line.contains("##["), "{line}");
    }
}

/// Whether `line` shows a line of a text, with its number, or underlines a part of it.
fn is_excerpt(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c == ' ' || c.is_ascii_digit());
    rest.starts_with('|')
}

/// Checks that the command itself wrote each line of `text`.
#[track_caller]
fn check_lines(text: &str) {
    check_inert(text);
    for line in text.lines() {
        let is_status = line.get(..13).is_some_and(|verb| {
            VERBS.iter().any(|it| verb == format!("{it:>12} ")) || verb == " ".repeat(13)
        });
        assert!(
            is_status || line.starts_with("error: ") || is_excerpt(line),
            "{line}\nof\n{text}"
        );
        assert!(!line.starts_with("error: mine"), "{text}");
    }
}

#[track_caller]
fn check_commands(document: &str) {
    let (folder, _) = workspace(document);
    let other = file(
        folder.path(),
        "other.yaml",
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\n",
    );
    for arguments in [
        &["generate"][..],
        &["check"],
        &["generate"],
        &["diff", "--base", &other],
        &["diff", "--base", "openapi/finch.yaml", &other],
        &["vendor", "openapi/finch.yaml", "--page", PAGE],
    ] {
        let (code, out, errors) = run(folder.path(), arguments);
        check_lines(&out);
        check_lines(&errors);
        assert!(matches!(code, Some(0 | 1 | 4)), "{arguments:?}: {errors}");
        assert!(!errors.contains("panicked at"), "{arguments:?}: {errors}");
    }
    let (_, out, errors) = run(
        folder.path(),
        &["lower", "--keep-going", "openapi/finch.yaml"],
    );
    check_inert(&out);
    check_inert(&errors);
    for arguments in [
        &["diff", "--base", &other, "--format", "json"][..],
        &["lower", "openapi/finch.yaml"],
    ] {
        let (_, out, errors) = run(folder.path(), arguments);
        check_inert(&out);
        check_inert(&errors);
        assert!(
            out.is_empty() || serde_json::from_str::<Value>(&out).is_ok(),
            "{out}"
        );
    }
    let arguments = ["diff", "--base", &other, "--format", "markdown"];
    check_inert(&run(folder.path(), &arguments).1);
}

proptest! {
    #![proptest_config(config(12))]

    #[test]
    fn no_command_prints_a_hostile_line(texts in texts()) {
        check_commands(&document(&texts).to_string());
    }
}

/// Each place alone, because another hostile place may refuse the document first.
#[test]
fn no_pointer_of_a_document_reaches_the_output_raw() {
    let mut printed = 0;
    for place in 0..PLACES {
        let mut texts: Texts = vec![None; PLACES];
        texts[place] = Some(TEXT.to_owned());
        let text = document(&texts).to_string();
        let (folder, _) = workspace(&text);
        let plain = document(&vec![None; PLACES]).to_string();
        let plain = file(folder.path(), "plain.json", &plain);
        for arguments in [&["generate"][..], &["diff", "--base", &plain], &["lower"]] {
            let (_, out, errors) = run(folder.path(), arguments);
            check_inert(&out);
            check_inert(&errors);
            let shown = r"\r\n";
            printed += usize::from(out.contains(shown) || errors.contains(shown));
        }
    }
    assert!(printed > PLACES, "{printed}");
}

/// YAML has syntax that JSON lacks: tags, anchors, block scalars.
#[test]
fn no_syntax_reaches_the_output_raw() {
    let start = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n";
    for text in [
        format!("{start}paths: {{\"a\\n::add-mask::x\": [}}\n"),
        format!("{start}paths: !<a\u{202e}b> {{}}\n"),
        format!("{start}paths: {{}}\n? [\"\\e\\r::x::\"]\n: 1\n"),
        format!("{start}paths: {{}}\n\"\\e[2J\": 1\n\"\\e[2J\": 2\n"),
        format!("{start}paths: {{}}\nx: |\n  ::add-mask::x\n  ##[add-mask]x\n"),
        format!("{start}paths: {{}}\nx-\u{1b}: 1\n"),
        format!("{start}paths: *\u{202e}a\n"),
        "openapi: \"3.1.0\\n::add-mask::x\"\n".to_owned(),
        "{\"openapi\": \"3.1.0\", \u{1b}[2J\r\n::x::".to_owned(),
    ] {
        check_commands(&text);
    }
}

/// A dry run of `vendor` and `check` print differences with lines of a document.
#[test]
fn no_line_of_a_diff_is_a_command() {
    let scalar = "x: |\n  ::add-mask::a\n  ##[group]b\n  c\u{202e}d\n";
    let before = format!(
        "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths: {{}}\ncomponents: {{}}\n{scalar}"
    );
    let (folder, _) = workspace(&before);
    let after = file(
        folder.path(),
        "after.yaml",
        &format!("{before}x-y: \"\r\"\n"),
    );
    let (code, out, errors) = run(
        folder.path(),
        &["vendor", "--dry-run", &after, "--page", PAGE],
    );
    assert_eq!((code, errors.as_str()), (Some(4), ""), "{out}");
    check_inert(&out);
    for line in [
        "   \\u{3a}:add-mask::a\n",
        "   ##\\u{5b}group]b\n",
        "   c\\u{202e}d\n",
        "+x-y: \"\\r\"\n",
    ] {
        assert!(out.contains(line), "{line}\nis not in\n{out}");
    }

    assert_eq!(run(folder.path(), &["generate"]).0, Some(0));
    let stale = "finch-api/src/generated/a\u{1b}\n::b.rs";
    file(folder.path(), stale, "// @generated\n::add-mask::x\r");
    let (code, out, errors) = run(folder.path(), &["check"]);
    assert_eq!((code, errors.as_str()), (Some(4), ""), "{out}");
    check_inert(&out);
    let header = "--- a/finch-api/src/generated/a\\u{1b}\\n::b.rs\n";
    assert!(out.contains(header), "{out}");
    let (_, out, errors) = run(folder.path(), &["generate"]);
    check_lines(&out);
    check_lines(&errors);
    assert!(
        out.contains("Removing finch-api/src/generated/a\\u{1b}\\n::b.rs\n"),
        "{out}"
    );
}

/// File names, and the rows of `try`.
#[test]
fn no_name_of_a_file_is_a_command() {
    let (folder, _) = workspace("{}");
    let mut texts: Texts = vec![Some(TEXT.to_owned()); PLACES];
    let name = "\u{1b}[2J\n::add-mask::x ##[group].json";
    file(folder.path(), name, &document(&texts).to_string());
    for command in [
        &["lower"][..],
        &["try"],
        &["vendor"],
        &["vendor", "--page", PAGE],
    ] {
        for name in [name, "\n::stop-commands::x"] {
            let (code, out, errors) = run(folder.path(), &[command, &[name]].concat());
            assert!(matches!(code, Some(0 | 1)), "{command:?}: {out}");
            check_inert(&out);
            check_inert(&errors);
            assert!(!out.is_empty() || !errors.is_empty());
        }
    }
    // A reference to a missing file is refused.
    texts[PLACES - 1] = None;
    file(folder.path(), name, &document(&texts).to_string());
    let vendored = run(folder.path(), &["vendor", "--page", PAGE, name]);
    assert_eq!(vendored.0, Some(0), "{vendored:?}");
    let (_, out, errors) = run(folder.path(), &["diff", "--base", name]);
    check_lines(&out);
    check_lines(&errors);
    assert!(
        out.contains("with \\u{1b}[2J\\n::add-mask::x ##\\u{5b}group].json: "),
        "{out}"
    );
}

/// The links of an index, and documents that contradict each other.
#[test]
fn no_page_reaches_the_output_raw() {
    let (folder, _) = workspace("{}");
    let hostile = "[a](<https://example.com/\u{1b}a%0A::x##[group]>)";
    let index =
        format!("# T\n\n- {hostile}\n- [b](<http://\u{202e}[>)\n- [c](https://10.0.0.1/)\n");
    file(folder.path(), "llms.txt", &index);
    let page = |text: &str| {
        let document = json!({
            "openapi": "3.1.0", "info": {"title": text, "version": "1"},
            "paths": {"/a": {"get": {}}},
            "components": {"schemas": {TEXT: {"const": text}}},
        });
        format!("# T\n\n```yaml get /a\n{document}\n```\n")
    };
    file(folder.path(), "a.md", &page(TEXT));
    file(folder.path(), "b.md", &page("plain"));
    let hostile =
        "```yaml get /\u{1b}[2J##[group]::x\n{}\n```\n\n```yaml webhook \u{202e}\n{}\n\n```\n";
    file(folder.path(), "two.md", hostile);
    for arguments in [
        &["vendor", "llms.txt"][..],
        &["vendor", "llms.txt", "--page", "https://10.1.1.1/llms.txt"],
        &[
            "vendor",
            "llms.txt",
            "--page",
            "https://docs.example.org/llms.txt",
        ],
        &["vendor", "a.md", "b.md", "--page", PAGE, "--page", PAGE],
        &["vendor", "two.md", "--page", PAGE],
        &["vendor", "two.md", "--page", PAGE, "--block", TEXT],
        &["vendor", "two.md", "a.md"],
        &["vendor", "https://example.com\u{1b}\n::x::"],
        &["vendor", "a.md", "--page", "\u{1b}\n::x::"],
    ] {
        let (code, out, errors) = run(folder.path(), arguments);
        assert_eq!(code, Some(1), "{arguments:?}: {out}");
        check_lines(&out);
        check_lines(&errors);
        assert!(!errors.is_empty());
    }
}
