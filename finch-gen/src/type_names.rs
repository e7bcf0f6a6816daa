//! Names of types, of which none is that of another.

use std::collections::{HashMap, HashSet};
use std::iter;

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

/// Returns `name`, with a number if it is in use.
pub(crate) fn unique(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|count| format!("{name}{count}"));
    let mut candidates = iter::once(name.to_owned()).chain(numbered);
    let free = candidates.find(|candidate| !is_taken(candidate));
    free.expect("there are more numbers than names")
}

/// Names that are in use, for which [`unique`](Self::unique) finds others.
#[derive(Default)]
pub(crate) struct Taken {
    names: HashSet<String>,
    /// The last number given to a name, so that many equal names take no longer to
    /// tell apart than as many different ones.
    counts: HashMap<String, usize>,
}

impl Taken {
    /// Whether `name` is in use.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// Returns `name`, with a number if it is in use, and marks the result as in use.
    pub(crate) fn unique(&mut self, name: &str) -> String {
        self.unique_with(name, str::to_owned, |count| format!("{name}{count}"))
    }

    /// As [`unique`](Self::unique), where `numbered` writes the candidate with a
    /// number, and `key` the name that must be free for a candidate.
    pub(crate) fn unique_with(
        &mut self,
        name: &str,
        key: impl Fn(&str) -> String,
        numbered: impl Fn(usize) -> String,
    ) -> String {
        let wanted = key(name);
        if self.names.insert(wanted.clone()) {
            return name.to_owned();
        }
        let count = self.counts.entry(wanted).or_insert(1);
        loop {
            *count += 1;
            let candidate = numbered(*count);
            if self.names.insert(key(&candidate)) {
                return candidate;
            }
        }
    }
}

impl FromIterator<String> for Taken {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Self {
        Self {
            names: names.into_iter().collect(),
            counts: HashMap::new(),
        }
    }
}
