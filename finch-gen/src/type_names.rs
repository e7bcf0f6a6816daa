//! Makes Rust type names from names in the document: `line-item` becomes `LineItem`.
//!
//! Transliterates other scripts to ASCII. Changes a name that Rust reserves or that starts with a
//! digit: `string` becomes `StringSchema`, and `2fa` becomes an identifier that starts with `N2`.
//!
//! `Taken` makes names unique: it adds a number to a name in use, as in `LineItem2`. `choose`
//! picks among several candidates: if two types want the same name, neither gets it.

use std::collections::{HashMap, HashSet};
use std::iter;

use deunicode::deunicode;
use heck::ToPascalCase as _;

/// A keyword, and the prelude names that generated code uses without a path.
const RESERVED: [&str; 7] = ["Default", "Err", "None", "Ok", "Self", "Some", "String"];

/// Returns `name` as the name of a type.
pub(crate) fn type_name(name: &str) -> String {
    let name = identifier(name);
    match RESERVED.contains(&name.as_str()) {
        true => format!("{name}Schema"),
        false => name,
    }
}

/// Returns `name` as an identifier in upper camel case. It may be `Self`.
pub(crate) fn identifier(name: &str) -> String {
    let name = camel_case(name);
    match name.chars().next() {
        None => "Schema".to_owned(),
        Some('0'..='9') => format!("N{name}"),
        Some(_) => name,
    }
}

/// Returns the words of `name` in upper camel case. The result may be empty, or start with a
/// digit.
pub(crate) fn camel_case(name: &str) -> String {
    words(name).to_pascal_case()
}

/// Returns `name` in ASCII, with a hyphen for each character that an identifier cannot contain.
/// Letters of other scripts are transliterated: some look like Latin letters, and the compiler
/// warns about them.
pub(crate) fn words(name: &str) -> String {
    deunicode(name).replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}

/// Returns `name`, with a number if it is in use.
pub(crate) fn unique(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|count| format!("{name}{count}"));
    let mut candidates = iter::once(name.to_owned()).chain(numbered);
    let free = candidates.find(|candidate| !is_taken(candidate));
    free.expect("there are more numbers than names")
}

/// Chooses a name for each thing that has `candidates`, and returns its index: the first name that
/// nothing else wants, and that is free. If two things want a name, neither gets it. Without such a
/// name, the index is past the last candidate. The order of the things has no effect.
pub(crate) fn choose(candidates: &[Vec<String>], is_taken: impl Fn(&str) -> bool) -> Vec<usize> {
    let mut contested: HashSet<&str> = HashSet::new();
    let mut chosen = vec![0; candidates.len()];
    loop {
        let mut wishes: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, names) in candidates.iter().enumerate() {
            if let Some(name) = names.get(chosen[index]) {
                wishes.entry(name).or_default().push(index);
            }
        }
        let mut is_settled = true;
        for (name, by) in wishes {
            if by.len() > 1 || is_taken(name) || contested.contains(name) {
                contested.insert(name);
                is_settled = false;
                by.into_iter().for_each(|index| chosen[index] += 1);
            }
        }
        if is_settled {
            return chosen;
        }
    }
}

/// Names that are in use, for which [`unique`](Self::unique) finds others.
#[derive(Default)]
pub(crate) struct Taken {
    names: HashSet<String>,
    /// The last number given to a name, so that many equal names do not take longer than as many
    /// different ones.
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
