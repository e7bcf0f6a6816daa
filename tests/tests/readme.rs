//! What the README shows is what is in the repository.

const README: &str = include_str!("../../README.md");
const EXAMPLE: &str = include_str!("../../finch-api/examples/exchange_code.rs");

#[test]
fn the_readme_has_the_example() {
    let start = EXAMPLE.find("#[tokio::main").expect("a main function");
    assert!(README.contains(&EXAMPLE[start..]));
    assert!(EXAMPLE.lines().count() <= 15);
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
