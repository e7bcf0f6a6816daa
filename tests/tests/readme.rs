//! What the README shows is what is in the repository.

const README: &str = include_str!("../../README.md");
const EXAMPLE: &str = include_str!("../../finch-api/examples/exchange_code.rs");
const START_PAGE: &str = include_str!("start_page.rs");
const FRONT_PAGE: &str = include_str!("../../finch-api/src/lib.rs");

#[test]
fn the_readme_has_the_example() {
    let start = EXAMPLE.find("#[tokio::main").expect("a main function");
    assert!(README.contains(&EXAMPLE[start..]));
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
    // The first line is the rest of the attribute's line.
    assert!(test.lines().count() <= 8);
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
        assert!(README.contains(part), "{part}");
    }
    // `Debug` of an error is not for those who run a program.
    assert!(EXAMPLE.contains(r#"eprintln!("{error}")"#));
    assert!(!EXAMPLE.contains("-> Result"));
}
