//! Tests which crates finch-api depends on.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

/// Returns the names of all runtime dependencies of `package` on one platform.
fn dependencies(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--prefix", "none", "--edges", "normal"])
        .args(["--target", "x86_64-unknown-linux-gnu", "--package", package])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let tree = String::from_utf8(output.stdout).unwrap();
    tree.lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn client_does_not_depend_on_the_generator() {
    let of_generator = [
        "finch-gen",
        "openapiv3",
        "prettyplease",
        "schemars",
        "serde_yaml",
    ];
    let is_of_generator = |name: &str| {
        of_generator.contains(&name) || name.starts_with("progenitor") || name.starts_with("typify")
    };
    let found: Vec<_> = dependencies("finch-api")
        .into_iter()
        .filter(|name| is_of_generator(name))
        .collect();
    assert_eq!(found, [""; 0]);
    assert!(
        dependencies("finch-gen")
            .iter()
            .any(|name| is_of_generator(name))
    );
}

/// No locked crate requires a newer compiler than the manifest promises. Clippy's
/// `incompatible_msrv` checks the workspace's own code.
#[test]
fn no_crate_asks_for_a_newer_compiler_than_the_manifest() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let oldest = |package: &Value| {
        let version = package["rust_version"].as_str()?;
        let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap());
        Some((parts.next()?, parts.next()?))
    };
    let named = |name| packages.iter().find(|package| package["name"] == name);
    let promised = oldest(named("finch-api").unwrap());
    assert!(promised.is_some());
    let asks_for_more = |package: &&Value| oldest(package) > promised;
    let names = packages.iter().filter(asks_for_more);
    let names: Vec<_> = names.map(|package| &package["name"]).collect();
    assert!(names.is_empty(), "{names:?}");
}

/// The client downcasts errors of reqwest to errors of h2. That fails with another
/// version of h2.
#[test]
fn reqwest_and_the_client_use_one_version_of_h2() {
    let lock = include_str!("../../../Cargo.lock");
    let versions = |name: &str| {
        let package = format!("name = \"{name}\"");
        lock.lines().filter(|line| *line == package).count()
    };
    assert_eq!(versions("h2"), 1);
    // A second version of a crate would appear here.
    assert!(versions("syn") > 1);
}

/// The dependencies that every user compiles. A new dependency shows up in review.
#[test]
fn client_dependencies_are_minimal() {
    let names: Vec<_> = dependencies("finch-api").into_iter().collect();
    insta::assert_snapshot!(names.join("\n"));
}
