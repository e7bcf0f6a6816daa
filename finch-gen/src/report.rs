//! Defines the report of a generation: a list of notes, each with a code, a pointer, a level and a
//! text, such as `enum-empty at /components/schemas/A: empty enum → dropped`.
//!
//! It lists every change that a stage made to the document, so that nothing is lost silently, and
//! probable mistakes of the author. It is sorted, so that two runs print the same text.

use std::fmt;

use crate::visible::visible;

/// The severity of a [`Note`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The form of the document changed, but its meaning did not.
    Info,
    /// The client does not express a constraint, or the author probably made a mistake. Valid
    /// data is still accepted.
    Warning,
}

/// A change that a stage made to the document, or a probable mistake in it.
///
/// Displays as `CODE at POINTER: WHAT` on one line: see [`visible`](crate::visible()).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The place, as a JSON pointer into the corrected document.
    pub pointer: String,
    /// The kind of change: a stable name.
    pub code: &'static str,
    /// Its severity.
    pub level: Level,
    /// The old value, the new one, and the effect.
    pub what: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pointer,
            code,
            what,
            ..
        } = self;
        let pointer = if pointer.is_empty() {
            "the root"
        } else {
            pointer
        };
        f.write_str(&visible(&format!("{code} at {pointer}: {what}")))
    }
}

/// All notes of one generation, sorted by place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report(Vec<Note>);

impl Report {
    /// Returns the notes, sorted by place.
    pub fn iter(&self) -> std::slice::Iter<'_, Note> {
        self.0.iter()
    }

    pub(crate) fn info(&mut self, code: &'static str, pointer: &str, what: impl Into<String>) {
        self.push(code, Level::Info, pointer, what.into());
    }

    pub(crate) fn warn(&mut self, code: &'static str, pointer: &str, what: impl Into<String>) {
        self.push(code, Level::Warning, pointer, what.into());
    }

    fn push(&mut self, code: &'static str, level: Level, pointer: &str, what: String) {
        self.0.push(Note {
            pointer: pointer.to_owned(),
            code,
            level,
            what,
        });
    }

    /// Adds the notes of `other`.
    pub(crate) fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Sets the pointer of each note to what `place` returns for it.
    pub(crate) fn relocate(&mut self, place: impl Fn(&str) -> String) {
        for note in &mut self.0 {
            note.pointer = place(&note.pointer);
        }
    }

    /// Sorts the notes, and removes duplicates.
    pub(crate) fn sort(&mut self) {
        self.0.sort();
        self.0.dedup();
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}
