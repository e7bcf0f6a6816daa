//! Tests the packages as they would be published.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder(package: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(package)
}

/// Returns the paths of the files in the package.
fn files(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["package", "--list", "--allow-dirty", "--package", package])
        .current_dir(folder(package))
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{errors}");
    let list = String::from_utf8(output.stdout).unwrap();
    list.lines().map(str::to_owned).collect()
}

#[test]
fn package_contains_readme_examples_and_licences() {
    let files = files("finch-api");
    for file in [
        "API.md",
        "Cargo.toml",
        "README.md",
        "examples/exchange_code.rs",
        "src/generated/mod.rs",
        "src/generated/testing.rs",
        "src/lib.rs",
        "src/runtime/mod.rs",
        "src/runtime/testing/mod.rs",
        "src/testing.rs",
        "src/webhook.rs",
    ] {
        assert!(files.contains(file), "{file}");
    }
}

/// The licence files are links into the workspace. Cargo packages their targets.
#[test]
fn each_crate_has_the_texts_of_its_licences() {
    for package in ["finch-api", "finch-gen"] {
        let files = files(package);
        for name in ["LICENSE-APACHE", "LICENSE-MIT"] {
            assert!(files.contains(name), "{package}: {name}");
            let text = |package: &str| fs::read_to_string(folder(package).join(name)).unwrap();
            assert_eq!(text(package), text("."), "{package}: {name}");
        }
    }
}
