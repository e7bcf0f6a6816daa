//! What is wrong with an input, said so that the reader can act on it.

use std::collections::HashSet;
use std::fmt;

use crate::visible::visible;

/// What to do about an operation that no client can be made for.
pub(crate) const LEAVE_OUT: &str = "rewrite it, or leave the operation out, through the overlay";

/// One thing that is wrong: where, what, and what to do about it.
///
/// Displayed as `FILE: POINTER: WHAT; REMEDY`, on one line: see
/// [`visible`](crate::visible()).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    /// The file, as the caller named it, with `:LINE:COLUMN` where its text was at
    /// hand, and what is wrong has a place in it.
    pub file: String,
    /// The JSON pointer (RFC 6901) of the place; empty for the whole document.
    pub pointer: String,
    /// What is wrong: lower case, without a final stop.
    pub what: String,
    /// What to do: lower case, without a final stop.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            pointer,
            what,
            remedy,
        } = self;
        match pointer.as_str() {
            "" => f.write_str(&visible(&format!("{file}: {what}; {remedy}"))),
            pointer => f.write_str(&visible(&format!("{file}: {pointer}: {what}; {remedy}"))),
        }
    }
}

/// Everything that a stage found wrong, in the order in which it was found.
///
/// Displayed a line each. Never empty as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// The problems, in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, Problem> {
        self.0.iter_mut()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Adds those problems of `other` that are not there yet.
    pub(crate) fn append(&mut self, other: Self) {
        let before = self.0.len();
        self.0.extend(other.0);
        let mut known = HashSet::with_capacity(self.0.len());
        let is_new: Vec<bool> = self.0.iter().map(|problem| known.insert(problem)).collect();
        let mut is_kept = is_new.into_iter().enumerate();
        self.0.retain(|_| {
            is_kept
                .next()
                .is_some_and(|(index, is_new)| is_new || index < before)
        });
    }

    /// `value` where nothing is wrong, else the problems.
    pub(crate) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl FromIterator<Problem> for Problems {
    fn from_iter<T: IntoIterator<Item = Problem>>(problems: T) -> Self {
        Self(problems.into_iter().collect())
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
