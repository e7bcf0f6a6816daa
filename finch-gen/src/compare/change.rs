//! Defines the result of a comparison: the changes, and the part of the version to increase.
//!
//! Each change has a severity (breaks, warning or note), a side (request, response, document or
//! client), a pointer, and a text with the old and the new value. `Comparison::bump` returns the
//! part: a break raises the major version, or the minor version before 1.0. An addition to the
//! client raises the minor version from 1.0 on. Anything else raises the patch version.

use std::collections::BTreeMap;
use std::fmt;

use crate::problem::Problems;
use crate::visible::visible;

/// How much a [`Change`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A program that worked before fails at run time or does not compile.
    Breaks,
    /// It may break somebody, or change the behaviour.
    Warning,
    /// It breaks nobody.
    Note,
}

/// The side that a [`Change`] is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The data that a server accepts, including the answer to a webhook.
    Request,
    /// The data that a server sends, including the payload of a webhook.
    Response,
    /// Both directions.
    Both,
    /// The rest of the document: texts, servers, credentials.
    Document,
    /// The generated Rust client.
    Client,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Both => "request and response",
            Self::Document => "document",
            Self::Client => "client",
        })
    }
}

/// The kind of a [`Change`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The item is new.
    Added,
    /// The item was removed.
    Removed,
    /// The item changed.
    Changed,
}

/// The item of a document or of the client that was added or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// An operation or a webhook.
    Operation,
    /// A method of the client.
    Method,
    /// A type of the client.
    Type,
    /// A component schema.
    Schema,
    /// A part of one of the others.
    Part,
}

/// One difference between two documents.
///
/// Displays as `SIDE at POINTER: WHAT (OPERATIONS), with ITEMS` on one line, without the empty
/// parts: see [`visible`](crate::visible()).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// How much it matters.
    pub severity: Severity,
    /// The place, as a JSON pointer into the new document, or into the old one if it was
    /// removed. Empty if a part of the client has no single place.
    pub pointer: String,
    /// The side that changed.
    pub side: Side,
    /// Whether it was added, removed or changed.
    pub kind: Kind,
    /// The item that was added or removed.
    pub item: Item,
    /// A description with the old and the new value.
    pub what: String,
    /// The ids of the operations that it reaches, sorted. Empty if the change reaches no
    /// operation or the whole document, or if it does not break the client. An operation
    /// without an id appears as its method and path, a webhook as its name.
    pub operations: Vec<String>,
    /// The methods, types and schemas that an added operation or schema adds with it, or that a
    /// removed one removes with it.
    pub brings: Vec<Change>,
}

impl Change {
    /// Counts the items that it adds or removes with it: `1 method, 2 types and 1 schema`.
    pub fn counts(&self) -> String {
        let items = [
            (Item::Method, "method"),
            (Item::Type, "type"),
            (Item::Schema, "schema"),
        ];
        let counts = items.into_iter().filter_map(|(item, name)| {
            let count = self.brings.iter().filter(|change| change.item == item);
            let count = count.count();
            let plural = if count == 1 { "" } else { "s" };
            (count > 0).then(|| format!("{count} {name}{plural}"))
        });
        let counts: Vec<String> = counts.collect();
        match &counts[..] {
            [first, second, third] => format!("{first}, {second} and {third}"),
            counts => counts.join(" and "),
        }
    }
}

/// The maximum number of operations that the text of a change names.
const NAMED: usize = 5;

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            side,
            pointer,
            what,
            operations,
            ..
        } = self;
        let mut text = match pointer.as_str() {
            "" => format!("{side}: {what}"),
            pointer => format!("{side} at {pointer}: {what}"),
        };
        if !operations.is_empty() {
            let named: Vec<&str> = operations.iter().take(NAMED).map(String::as_str).collect();
            text.push_str(&format!(" ({}", named.join(", ")));
            if let Some(more @ 1..) = operations.len().checked_sub(NAMED) {
                text.push_str(&format!(" and {more} more"));
            }
            text.push(')');
        }
        if !self.brings.is_empty() {
            text.push_str(&format!(", with {}", self.counts()));
        }
        f.write_str(&visible(&text))
    }
}

/// All differences between two documents: breaking changes first, then warnings, then notes,
/// each sorted by place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The differences.
    pub changes: Vec<Change>,
    /// The names of the methods of the client, by the operations in [`Change::operations`].
    pub methods: BTreeMap<String, String>,
    /// The problems for which the client of a document is missing or incomplete.
    pub refused: Problems,
}

impl Comparison {
    /// Returns the changes of this severity.
    pub fn with_severity(&self, severity: Severity) -> impl Iterator<Item = &Change> {
        let is_such = move |change: &&Change| change.severity == severity;
        self.changes.iter().filter(is_such)
    }

    /// Whether anything breaks.
    pub fn breaks(&self) -> bool {
        self.with_severity(Severity::Breaks).next().is_some()
    }

    /// Returns the part of the client's version to increase, before version 1.0 or after it
    /// (`is_stable`). The worse change of the API and the generated code decides.
    pub fn bump(&self, is_stable: bool) -> Bump {
        let is_added = |change: &Change| change.side == Side::Client && change.kind == Kind::Added;
        let adds = |change: &Change| is_added(change) || change.brings.iter().any(is_added);
        if self.changes.is_empty() {
            Bump::None
        } else if self.breaks() {
            if is_stable { Bump::Major } else { Bump::Minor }
        } else if is_stable && self.changes.iter().any(adds) {
            Bump::Minor
        } else {
            Bump::Patch
        }
    }
}

/// The part of a version to increase (semver.org).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bump {
    /// None: there is nothing to release.
    None,
    /// The third number.
    Patch,
    /// The second number.
    Minor,
    /// The first number.
    Major,
}
