//! Tests that a command reports a disk that cannot be written to, and changes no file.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

mod common;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use common::{Copy, SOURCE, files};

const XTASK: &str = env!("CARGO_BIN_EXE_xtask");

/// A limit on the file size, like a full disk, fails in the middle of a generation.
#[test]
fn a_full_disk_changes_no_file() {
    let copy = Copy::new();
    let generated = copy.generated();
    let sizes: Vec<usize> = generated.iter().map(|path| copy.read(path).len()).collect();
    // The unit of `ulimit` is 512 or 1024 bytes.
    let blocks = sizes[0] / 512 + 1;
    assert!(sizes.iter().any(|size| *size > blocks * 1024), "{sizes:?}");
    for path in &generated {
        copy.write(path, "// @generated before\n");
    }
    fs::remove_dir_all(copy.path("tests/generated")).unwrap();
    let before = files(copy.0.path());
    // A process that ignores the signal gets an error instead.
    let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" generate");
    let output = Command::new("sh")
        .args(["-c", &limited, XTASK])
        .env("CARGO_MANIFEST_DIR", copy.path("xtask"))
        .output()
        .unwrap();
    let [out, errors] = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
    assert_eq!(
        (output.status.code(), out.as_str()),
        (Some(1), ""),
        "{errors}"
    );
    assert!(errors.ends_with(". No file was changed\n"), "{errors}");
    assert_eq!(files(copy.0.path()), before);
    assert!(!copy.path("tests/generated").exists());
}

/// Changes the owner of everything under `path` to a user without privileges.
fn give_away(path: &Path) {
    chown(path, Some(65534), Some(65534)).unwrap();
    for entry in fs::read_dir(path).into_iter().flatten() {
        give_away(&entry.unwrap().path());
    }
}

#[test]
fn a_read_only_folder_is_named() {
    for (command, folder) in [
        (&["generate"][..], "finch-api/src/generated"),
        (
            &["vendor", "page.yaml", "--page", "https://example.com/"],
            "openapi",
        ),
    ] {
        let copy = Copy::new();
        copy.write(
            "page.yaml",
            "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n",
        );
        copy.write("finch-api/src/generated/types.rs", "// @generated before\n");
        let before = files(copy.0.path());
        let xtask = copy.path("xtask.exe");
        fs::copy(XTASK, &xtask).unwrap();
        let read_only = copy.path(folder);
        fs::set_permissions(&read_only, Permissions::from_mode(0o555)).unwrap();
        let mut run = Command::new(&xtask);
        run.args(command)
            .env("CARGO_MANIFEST_DIR", copy.path("xtask"))
            .current_dir(copy.0.path());
        // The superuser may write anywhere.
        if fs::metadata(copy.path(SOURCE)).unwrap().uid() == 0 {
            give_away(copy.0.path());
            run.uid(65534).gid(65534);
        }
        let output = run.output().unwrap();
        fs::set_permissions(&read_only, Permissions::from_mode(0o755)).unwrap();
        fs::remove_file(&xtask).unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{errors}");
        let read_only = read_only.display();
        let start = format!("error: {read_only}/");
        let end = format!(
            ": cannot be written: the folder {read_only} is read-only for you; make it writable. No \
             file was changed\n"
        );
        assert!(
            errors.starts_with(&start) && errors.ends_with(&end),
            "{errors}"
        );
        assert_eq!(files(copy.0.path()), before);
    }
}
