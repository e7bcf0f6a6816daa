//! What the README shows is what is in the repository.

const README: &str = include_str!("../../README.md");
const EXAMPLE: &str = include_str!("../../finch-api/examples/exchange_code.rs");

#[test]
fn the_readme_has_the_example() {
    let start = EXAMPLE.find("#[tokio::main").expect("a main function");
    assert!(README.contains(&EXAMPLE[start..]));
    assert!(EXAMPLE.lines().count() <= 15);
}
