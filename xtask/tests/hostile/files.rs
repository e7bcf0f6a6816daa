//! Puts pipes, sockets, devices and links in place of files: no command waits for them or
//! writes through them. Checks that no text of a document becomes a path.

#![cfg(unix)]

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use finch_gen::{Inputs, Text};
use proptest::prelude::*;
use xtask::files::write_atomically;

use super::documents::{PLACES, config, document, file, texts, workspace};

/// The address of a vendored file.
const PAGE: &str = "https://example.com/page";

/// Runs `cargo xtask`, which must end. Returns the exit code and the output.
fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(arguments)
        .env("CARGO_MANIFEST_DIR", folder.join("xtask"))
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    while command.try_wait().unwrap().is_none() {
        if Instant::now() > end {
            command.kill().unwrap();
            panic!("{arguments:?} hangs");
        }
        thread::sleep(Duration::from_millis(10));
    }
    let output = command.wait_with_output().unwrap();
    let printed = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    (output.status.code(), printed.concat())
}

/// Returns the document without hostile text.
fn plain() -> String {
    document(&vec![None; PLACES]).to_string()
}

/// Creates something that is not a file at `path`, and returns its name in a message.
type Put = fn(&Path) -> &'static str;

fn pipe(path: &Path) -> &'static str {
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
    "a named pipe, not a file"
}

fn socket(path: &Path) -> &'static str {
    // The path of a socket must be short, so the folder is in `/tmp`.
    let folder = tempfile::Builder::new().tempdir_in("/tmp").unwrap();
    let short = folder.path().join("s");
    drop(UnixListener::bind(&short).unwrap());
    fs::rename(&short, path).unwrap();
    "a socket, not a file"
}

/// Creates a link to an endless device.
fn device(path: &Path) -> &'static str {
    symlink("/dev/zero", path).unwrap();
    "a device, not a file"
}

#[test]
fn arguments_must_be_files() {
    for put in [pipe as Put, socket, device] {
        let (folder, _) = workspace(&plain());
        let document = file(folder.path(), "plain.json", &plain());
        let what = put(&folder.path().join("a.json"));
        for arguments in [
            &["lower", "a.json"][..],
            &["try", "a.json"],
            &["try", "--overlay", "a.json", &document],
            &["vendor", "a.json"],
            &["vendor", "--page", PAGE, &document, "a.json"],
            &["diff", "a.json"],
            &["diff", "--base", "a.json"],
        ] {
            let (code, printed) = run(folder.path(), arguments);
            let start = format!("error: a.json: cannot be read: {what}; give the path of a ");
            assert!(printed.starts_with(&start), "{arguments:?}: {printed}");
            assert_eq!(code, Some(1), "{arguments:?}: {printed}");
        }
    }
    // A link to a file is followed.
    let (folder, _) = workspace(&plain());
    file(folder.path(), "plain.json", &plain());
    symlink("plain.json", folder.path().join("link.json")).unwrap();
    let (code, printed) = run(folder.path(), &["lower", "link.json"]);
    assert_eq!(code, Some(0), "{printed}");
}

/// A document may only refer to files of moderate size in its own folder.
#[test]
fn a_document_refers_to_files_in_its_folder_only() {
    let outside = tempfile::tempdir().unwrap();
    let secret = file(
        outside.path(),
        "secret.yaml",
        "type: string\ntitle: 0a1b2c\n",
    );
    let name = outside.path().file_name().unwrap().to_str().unwrap();
    let not_in_folder = "it is not in the folder of the document";
    for (reference, what) in [
        (format!("../{name}/secret.yaml"), not_in_folder),
        (format!("%2e%2e/{name}/secret.yaml"), not_in_folder),
        (format!("..%2f{name}%2fsecret.yaml"), not_in_folder),
        (format!("sub/../../{name}/secret.yaml"), not_in_folder),
        (secret.clone(), not_in_folder),
        (format!("file://{secret}"), not_in_folder),
        (format!("file://example.com{secret}"), not_in_folder),
        (format!("//example.com{secret}"), not_in_folder),
        ("https://example.com/secret.yaml".to_owned(), not_in_folder),
        ("data:text/yaml,type%3A%20string".to_owned(), not_in_folder),
        ("link.yaml".to_owned(), not_in_folder),
        ("folder/secret.yaml".to_owned(), not_in_folder),
        ("zero".to_owned(), not_in_folder),
        ("pipe".to_owned(), "a named pipe, not a file"),
        ("socket".to_owned(), "a socket, not a file"),
        ("sub".to_owned(), "Is a directory"),
        ("gone.yaml".to_owned(), "No such file or directory"),
        ("large.yaml".to_owned(), "larger than 16 MiB"),
        ("bytes.yaml".to_owned(), "not UTF-8 at byte 2"),
        ("a%00b.yaml".to_owned(), ""),
    ] {
        let (folder, _) = workspace(&plain());
        let path = |name: &str| folder.path().join(name);
        symlink(&secret, path("link.yaml")).unwrap();
        symlink(outside.path(), path("folder")).unwrap();
        device(&path("zero"));
        pipe(&path("pipe"));
        socket(&path("socket"));
        fs::create_dir(path("sub")).unwrap();
        let large = fs::File::create(path("large.yaml")).unwrap();
        large.set_len(17 << 20).unwrap();
        let mut bytes = fs::File::create(path("bytes.yaml")).unwrap();
        bytes.write_all(b"a:\xff").unwrap();
        let text = format!(
            "openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\nservers: [{{url: https://example.com}}]\n\
             paths: {{/a: {{get: {{operationId: a, responses: {{'200': {{description: D, content: \
             {{application/json: {{schema: {{$ref: '{reference}'}}}}}}}}}}}}}}}}\n"
        );
        file(folder.path(), "a.yaml", &text);
        for arguments in [
            &["try", "a.yaml"][..],
            &["vendor", "--page", PAGE, "a.yaml"],
        ] {
            let (code, printed) = run(folder.path(), arguments);
            assert_eq!(code, Some(1), "{arguments:?}: {printed}");
            assert_eq!(printed.matches("/schema/$ref: ").count(), 1, "{printed}");
            let expected = format!("/schema/$ref: {reference:?}: ");
            let after = printed.split_once(&expected);
            let (_, after) = after.unwrap_or_else(|| panic!("{expected}\nis not in\n{printed}"));
            assert!(after.contains(what), "{reference}: {printed}");
            assert!(
                after.contains("; bundle the files into one document first, as `npx"),
                "{printed}"
            );
            assert!(!printed.contains("0a1b2c"), "{printed}");
        }
    }
}

#[test]
fn files_of_the_workspace_must_be_files() {
    for (path, commands) in [
        (
            "openapi/finch.yaml",
            &["generate", "check", "diff", "lower"][..],
        ),
        (
            "openapi/overlay.yaml",
            &["generate", "check", "diff", "lower"],
        ),
        ("openapi/SOURCE.toml", &["generate", "check", "lower"]),
        (
            "finch-api/Cargo.toml",
            &["generate", "check", "diff", "lower"],
        ),
        ("tests/Cargo.toml", &["generate", "check"]),
        ("finch-api/API.md", &["generate", "check"]),
        ("CHANGELOG.md", &["check"]),
    ] {
        for put in [pipe as Put, device] {
            let (folder, _) = workspace(&plain());
            let base = file(folder.path(), "plain.json", &plain());
            let _missing = fs::remove_file(folder.path().join(path));
            fs::create_dir_all(folder.path().join("finch-api")).unwrap();
            let what = put(&folder.path().join(path));
            for command in commands {
                let arguments = match *command {
                    "diff" => &["diff", "--base", &base][..],
                    command => &[command],
                };
                let (code, printed) = run(folder.path(), arguments);
                assert_eq!(code, Some(1), "{command} {path}: {printed}");
                let line = printed.lines().find(|line| line.contains(what));
                let line = line.unwrap_or_else(|| panic!("{command} {path}: {printed}"));
                let is_named = line.starts_with("error: ") && line.contains(path);
                assert!(is_named, "{command} {path}: {line}");
            }
        }
    }
}

#[test]
fn generated_files_must_be_files() {
    let link: Put = |path| {
        symlink("mod.rs", path).unwrap();
        "a symbolic link, not a file"
    };
    let link_to_a_folder: Put = |path| {
        symlink("/", path).unwrap();
        "a symbolic link, not a file"
    };
    let device: Put = |path| {
        device(path);
        "a symbolic link, not a file"
    };
    for put in [pipe as Put, socket, device, link, link_to_a_folder] {
        for path in ["finch-api/src/generated/a.rs", "tests/generated/b/c.rs"] {
            let (folder, _) = workspace(&plain());
            assert_eq!(run(folder.path(), &["generate"]).0, Some(0));
            let at = folder.path().join(path);
            fs::create_dir_all(at.parent().unwrap()).unwrap();
            let what = put(&at);
            for command in ["generate", "check"] {
                let (code, printed) = run(folder.path(), &[command]);
                let line = format!("error: {}: {what}; remove it\n", at.display());
                assert!(printed.contains(&line), "{command}: {printed}\n{line}");
                assert_eq!(code, Some(1), "{command}: {printed}");
            }
        }
    }
    // The folder itself must not be a link.
    let (folder, _) = workspace(&plain());
    let elsewhere = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("finch-api/src")).unwrap();
    symlink(
        elsewhere.path(),
        folder.path().join("finch-api/src/generated"),
    )
    .unwrap();
    let (code, printed) = run(folder.path(), &["generate"]);
    assert!(
        printed.contains("generated: a symbolic link, not a file; remove it\n"),
        "{printed}"
    );
    assert_eq!(code, Some(1));
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

/// A command replaces a link, and does not touch its target.
#[test]
fn nothing_is_written_through_a_link() {
    for (path, arguments) in [
        (
            "openapi/finch.yaml",
            &["vendor", "new.json", "--page", PAGE][..],
        ),
        (
            "openapi/SOURCE.toml",
            &["vendor", "new.json", "--page", PAGE],
        ),
        ("finch-api/API.md", &["generate"]),
    ] {
        for is_broken in [false, true] {
            let (folder, _) = workspace(&plain());
            file(
                folder.path(),
                "new.json",
                &plain().replace("Adds.", "Adds one."),
            );
            let elsewhere = folder.path().join("elsewhere");
            if !is_broken {
                write_atomically(&elsewhere, "mine").unwrap();
            }
            let at = folder.path().join(path);
            let _missing = fs::remove_file(&at);
            fs::create_dir_all(at.parent().unwrap()).unwrap();
            symlink(&elsewhere, &at).unwrap();
            let (code, printed) = run(folder.path(), arguments);
            assert_eq!(code, Some(0), "{printed}");
            assert!(at.symlink_metadata().unwrap().is_file(), "{path}");
            match is_broken {
                true => assert!(!elsewhere.exists(), "{path}"),
                false => assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "mine", "{path}"),
            }
        }
    }
}

proptest! {
    #![proptest_config(config(32))]

    /// The generator chooses each path: ASCII names of folders and files.
    #[test]
    fn no_text_of_a_document_is_a_path(texts in texts()) {
        let text = document(&texts).to_string();
        let document = Text { name: "a.json", text: &text };
        let inputs = Inputs { keep_going: true, crate_name: "pets", ..Inputs::of_document(document) };
        let Ok(generated) = finch_gen::generate(&inputs) else {
            return Ok(());
        };
        for path in generated.client.keys().chain(generated.tests.keys()) {
            let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            let mut names = path.strip_suffix(".rs").unwrap().split('/');
            prop_assert!(names.all(|name| !name.is_empty() && name.chars().all(is_plain)), "{path}");
        }
    }
}
