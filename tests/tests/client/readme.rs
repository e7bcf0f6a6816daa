//! Checks that the README of the workspace and the README of the crate match the
//! repository.

use std::path::Path;

const README: &str = include_str!("../../../README.md");
const OF_CRATE: &str = include_str!("../../../finch-api/README.md");
const CONTRIBUTING: &str = include_str!("../../../CONTRIBUTING.md");
const SECURITY: &str = include_str!("../../../SECURITY.md");
const EXAMPLE: &str = include_str!("../../../finch-api/examples/exchange_code.rs");
const START_PAGE: &str = include_str!("start_page.rs");
const FRONT_PAGE: &str = include_str!("../../../finch-api/src/lib.rs");

#[test]
fn readmes_contain_the_example() {
    let start = EXAMPLE.find("#[tokio::main").expect("a main function");
    for readme in [README, OF_CRATE] {
        assert!(readme.contains(&EXAMPLE[start..]));
    }
    assert!(EXAMPLE.lines().count() <= 15);
}

/// The shown test is compiled and run from `start_page.rs`, because a doctest would not
/// run it.
#[test]
fn readme_and_front_page_contain_the_test() {
    let start = START_PAGE.find("use ").expect("imports");
    let code = &START_PAGE[start..];
    assert!(README.contains(code));
    let lines = code.lines().map(|line| format!("//! {line}"));
    let lines: Vec<String> = lines.map(|line| line.trim_end().to_owned()).collect();
    assert!(FRONT_PAGE.contains(&lines.join("\n")));
    let (_, test) = code.split_once("#[tokio::test]").expect("a test");
    assert!(test.lines().skip(1).count() < 8);
}

#[test]
fn readmes_name_the_requirements_of_the_example() {
    let rust = concat!("Rust ", env!("CARGO_PKG_RUST_VERSION"), " or newer");
    for part in [
        rust,
        "FINCH_CLIENT_ID",
        "FINCH_CLIENT_SECRET",
        "FINCH_BASE_URL",
    ] {
        for readme in [README, OF_CRATE] {
            assert!(readme.contains(part), "{part}");
        }
    }
    // An error is printed with `Display`, because `Debug` is not for users.
    assert!(EXAMPLE.contains(r#"eprintln!("{error}")"#));
    assert!(!EXAMPLE.contains("-> Result"));
}

/// Each promise in the README names the test that proves it.
#[test]
fn every_promise_names_an_existing_test() {
    let head = "| Promise | Tested by |\n|---|---|\n";
    let (_, promises) = README.split_once(head).expect("a table of promises");
    let (promises, _) = promises.split_once("\n\n").expect("a text after the table");
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"));
    let folders = [folder.to_owned(), folder.join("client")].into_iter();
    let entries = folders.flat_map(|of| std::fs::read_dir(of).expect("a folder of tests"));
    let files = entries.filter_map(|entry| std::fs::read_to_string(entry.ok()?.path()).ok());
    let tests: String = files.collect();
    for promise in promises.lines() {
        let name = promise.rsplit('`').nth(1).expect("the name of a test");
        assert!(tests.contains(&format!("fn {name}(")), "{promise}");
    }
    assert!(promises.lines().count() > 5);
}

/// Checks quoted paths such as `finch-gen/src/lower/`.
#[test]
fn every_quoted_path_exists() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let folders = ["finch-api/", "finch-gen/", "openapi/", "tests/", "xtask/"];
    let quoted = README
        .lines()
        .chain(CONTRIBUTING.lines())
        .flat_map(|line| line.split('`').skip(1).step_by(2));
    let paths = quoted.filter(|text| folders.iter().any(|folder| text.starts_with(folder)));
    let missing: Vec<&str> = paths
        .clone()
        .filter(|path| !root.join(path).exists())
        .collect();
    assert_eq!(missing, [""; 0]);
    assert!(paths.count() > 25);
}

/// Relative links do not work on crates.io.
#[test]
fn links_of_the_published_readme_are_absolute() {
    let targets = OF_CRATE.split("](").skip(1);
    let targets: Vec<&str> = targets.filter_map(|rest| rest.split(')').next()).collect();
    assert!(targets.len() > 1, "{targets:?}");
    for target in targets {
        assert!(target.starts_with("https://"), "{target}");
    }
    for other in ["<a ", "src=", "]: ", "<http:"] {
        assert!(!OF_CRATE.contains(other), "{other}");
    }
}

#[test]
fn security_policy_covers_reporting_and_secrets() {
    for part in [
        "Report a vulnerability",
        "`ClientBuilder::transport`",
        "`ClientBuilder::http_client`",
        "`connection_verbose(true)`",
        "`SSLKEYLOGFILE`",
    ] {
        assert!(SECURITY.contains(part), "{part}");
    }
}
