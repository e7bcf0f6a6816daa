//! Defines the problems of an input. Each has a file, a place in it, a JSON pointer, the fault, and
//! a remedy.
//!
//! A problem displays as one line: `openapi/a.yaml:41:7: /paths: expected a mapping, found a list;
//! correct it`. Unknown parts are omitted. A place also holds the faulty line, cut to about 120
//! characters.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;

use crate::visible::visible;

/// The remedy for an operation that the generator cannot support.
pub(crate) const LEAVE_OUT: &str = "rewrite it, or remove the operation, through the overlay";

/// A problem of an input.
///
/// Displays as `FILE:LINE:COLUMN: POINTER: WHAT; REMEDY` on one line, without the unknown
/// parts: see [`visible`](crate::visible()).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Problem {
    /// The file, as the caller named it.
    pub file: String,
    /// The place in the text of the file, if it is known.
    pub place: Option<Box<Place>>,
    /// The JSON pointer (RFC 6901) of the faulty value; empty for the whole document.
    pub pointer: String,
    /// The fault: lower case, without a final stop.
    pub what: String,
    /// The remedy: lower case, without a final stop.
    pub remedy: String,
}

/// A place in a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// The text of the line, if it is known.
    pub excerpt: Option<Excerpt>,
}

impl Place {
    /// Returns the place of a line and a column of `text`, both counted from 1.
    pub(crate) fn new(text: &str, line: usize, column: usize) -> Self {
        let mut lines = text.split_inclusive('\n').scan(0, |end, line| {
            let start = *end;
            *end += line.len();
            Some((start, line))
        });
        let (start, within) = lines
            .nth(line.saturating_sub(1))
            .unwrap_or((text.len(), ""));
        let within = within.trim_end_matches(['\n', '\r']);
        let mut columns = within.char_indices().map(|(at, c)| at..at + c.len_utf8());
        let found = columns.nth(column.saturating_sub(1));
        let found = found.unwrap_or(within.len()..within.len());
        Self {
            line,
            column,
            excerpt: Some(Excerpt::new(text, start + found.start..start + found.end)),
        }
    }
}

/// A line of a text, or the part of a long line around a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Excerpt {
    /// The text.
    pub text: String,
    /// The faulty part of `text`, in bytes.
    pub faulty: Range<usize>,
}

/// The maximum number of characters in an excerpt before the faulty part.
const BEFORE: usize = 40;

/// The maximum number of characters in an excerpt from the start of the faulty part on.
const AFTER: usize = 80;

impl Excerpt {
    /// Returns the line of `text` around `faulty`. If `faulty` spans several lines, the
    /// excerpt only marks the rest of the first one.
    pub(crate) fn new(text: &str, faulty: Range<usize>) -> Self {
        let is_break = |c: char| matches!(c, '\n' | '\r');
        let (until, rest) = text.split_at_checked(faulty.start).unwrap_or((text, ""));
        let mut before: Vec<char> = Vec::new();
        for c in until.chars().rev().take_while(|c| !is_break(*c)) {
            if before.len() == BEFORE {
                before.push('…');
                break;
            }
            before.push(c);
        }
        let mut excerpt: String = before.into_iter().rev().collect();
        let start = excerpt.len();
        let mut end = start;
        let rest = rest.char_indices();
        for (count, (at, c)) in rest.take_while(|(_, c)| !is_break(*c)).enumerate() {
            if count == AFTER {
                excerpt.push('…');
                break;
            }
            excerpt.push(c);
            if faulty.start + at < faulty.end && !c.is_whitespace() {
                end = excerpt.len();
            }
        }
        Self {
            text: excerpt,
            faulty: start..end,
        }
    }
}

impl Problem {
    /// Returns a problem without a known place in the text.
    pub(crate) fn new(
        file: &str,
        pointer: impl Into<String>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            file: file.to_owned(),
            place: None,
            pointer: pointer.into(),
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            place,
            pointer,
            what,
            remedy,
        } = self;
        let place = match place.as_deref() {
            Some(Place { line, column, .. }) => format!(":{line}:{column}"),
            None => String::new(),
        };
        let pointer = match pointer.as_str() {
            "" => String::new(),
            pointer => format!("{pointer}: "),
        };
        f.write_str(&visible(&format!(
            "{file}{place}: {pointer}{what}; {remedy}"
        )))
    }
}

/// The problems that a stage found, in the order in which it found them.
///
/// Displays as one line for each problem. Never empty when it is returned as an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Returns the problems, in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, Problem> {
        self.0.iter_mut()
    }

    /// Returns the number of problems.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Adds the problems of `other` that are new.
    pub(crate) fn append(&mut self, other: Self) {
        let mut known: HashSet<&Problem> = self.0.iter().collect();
        let new = other.0.iter().filter(|problem| known.insert(problem));
        let new: Vec<Problem> = new.cloned().collect();
        self.0.extend(new);
    }

    /// Returns `value` if the list is empty, and the list otherwise.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_a_line_or_a_part_of_a_long_line() {
        let long = "é".repeat(500);
        let [before, after] = [BEFORE, AFTER].map(|count| "é".repeat(count));
        for (text, faulty, expected) in [
            ("a: 1\nb: [2]\nc: 3\n", "[2]", "b: «[2]»".to_owned()),
            ("a: 1\r\nb: 2\r\n", "b: 2", "«b: 2»".to_owned()),
            // The mark ends at the end of the line, before trailing white space.
            ("a:  \n  b: 1", "a:  \n  b", "«a:»  ".to_owned()),
            ("ab", "", "«»ab".to_owned()),
            (
                &format!("{long}x{long}"),
                "x",
                format!("…{before}«x»{}…", &after[2..]),
            ),
            (
                &format!("x{long}"),
                &format!("x{long}"),
                format!("«x{}»…", &after[2..]),
            ),
        ] {
            let start = text.find(faulty).unwrap();
            let excerpt = Excerpt::new(text, start..start + faulty.len());
            let Range { start, end } = excerpt.faulty;
            let (before, rest) = excerpt.text.split_at(start);
            let (within, after) = rest.split_at(end - start);
            assert_eq!(format!("{before}«{within}»{after}"), expected);
        }
    }

    #[test]
    fn a_line_and_a_column_locate_a_character() {
        for (line, column, faulty) in [(1, 2, "é"), (2, 1, "b"), (2, 2, ""), (2, 9, ""), (9, 1, "")]
        {
            let excerpt = Place::new("aéc\r\nb", line, column).excerpt.unwrap();
            assert_eq!(&excerpt.text[excerpt.faulty], faulty, "{line}:{column}");
        }
    }
}
