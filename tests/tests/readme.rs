//! What the READMEs show is what is in the repository: that of the workspace, and that of the
//! crate, which crates.io shows.

use std::path::Path;

const README: &str = include_str!("../../README.md");
const OF_CRATE: &str = include_str!("../../finch-api/README.md");
const SECURITY: &str = include_str!("../../SECURITY.md");
const EXAMPLE: &str = include_str!("../../finch-api/examples/exchange_code.rs");
const START_PAGE: &str = include_str!("start_page.rs");
const FRONT_PAGE: &str = include_str!("../../finch-api/src/lib.rs");

#[test]
fn the_readme_has_the_example() {
    let start = EXAMPLE.find("#[tokio::main").expect("a main function");
    for readme in [README, OF_CRATE] {
        assert!(readme.contains(&EXAMPLE[start..]));
    }
    assert!(EXAMPLE.lines().count() <= 15);
}

/// A test that runs, and that a doctest would leave out.
#[test]
fn the_readme_and_the_front_page_have_the_test() {
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
fn the_readme_says_what_it_takes_to_run_the_example() {
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
    // `Debug` of an error is not for those who run a program.
    assert!(EXAMPLE.contains(r#"eprintln!("{error}")"#));
    assert!(!EXAMPLE.contains("-> Result"));
}

/// A path in a table or a sentence, as `finch-gen/src/lower/`, is one of the repository.
#[test]
fn every_path_of_the_readme_exists() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let folders = ["finch-api/", "finch-gen/", "openapi/", "tests/", "xtask/"];
    let quoted = README
        .lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2));
    let paths = quoted.filter(|text| folders.iter().any(|folder| text.starts_with(folder)));
    let missing: Vec<&str> = paths
        .clone()
        .filter(|path| !root.join(path).exists())
        .collect();
    assert_eq!(missing, [""; 0]);
    assert!(paths.count() > 25);
}

/// On crates.io, nothing is beside the README of a crate.
#[test]
fn a_link_of_the_published_readme_leads_to_a_page() {
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
fn the_security_policy_says_how_to_report_and_who_sees_a_secret() {
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
