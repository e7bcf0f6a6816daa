//! Names of types, of which none is that of another.

use std::collections::BTreeSet;

use heck::ToPascalCase as _;

/// `name` as the name of a type.
pub(crate) fn type_name(name: &str) -> String {
    let words: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let name = words.to_pascal_case();
    match name.chars().next() {
        None => "Schema".to_owned(),
        Some('0'..='9') => format!("N{name}"),
        // A keyword, and what typify's code calls without saying which it means.
        Some(_) if matches!(name.as_str(), "Self" | "Default") => format!("{name}Schema"),
        Some(_) => name,
    }
}

/// `name`, with a number where it is taken.
pub(crate) fn unique(name: &str, taken: &BTreeSet<String>) -> String {
    let mut unique = name.to_owned();
    let mut count = 1;
    while taken.contains(&unique) {
        count += 1;
        unique = format!("{name}{count}");
    }
    unique
}
