//! Prints a comparison for a program: one object with stable keys.
//!
//! ```text
//! {
//!   "old": "HEAD",                  the old document
//!   "new": "openapi/finch.yaml",    the new one
//!   "breaks": 1, "warnings": 0, "notes": 2,      without changes that come with others
//!   "version": {"before": "0.1.0", "after": "0.2.0", "bump": "none|patch|minor|major"},
//!   "refused": ["…"],               why the client is missing or incomplete
//!   "changes": [{
//!     "severity": "breaks|warning|note",
//!     "side": "request|response|both|document|client",
//!     "kind": "added|removed|changed",
//!     "pointer": "/paths/…",        into the new document, or the old one if removed
//!     "what": "…",                  for a person
//!     "operations": ["…"],          the ids of the operations that it reaches
//!     "callers": ["…"],             the handwritten functions that it reaches and breaks
//!     "brings": [{…}]               changes that come with an added or removed item
//!   }]
//! }
//! ```
//!
//! The changes are sorted: breaking changes, then warnings, then notes, each by place.

use finch_gen::{Change, Kind, Severity, Side};
use serde_json::{Value, json};

use super::{Printed, version};

pub(super) fn print(printed: &Printed<'_>) -> Value {
    let (comparison, versions) = (printed.comparison, printed.versions);
    let change = |it| change(it, printed);
    let count = |severity| comparison.with_severity(severity).count();
    let refused = comparison.refused.iter().map(ToString::to_string);
    json!({
        "old": printed.old,
        "new": printed.new,
        "breaks": count(Severity::Breaks),
        "warnings": count(Severity::Warning),
        "notes": count(Severity::Note),
        "version": {
            "before": versions.before.to_string(),
            "after": versions.after.to_string(),
            "bump": version::name(versions.bump),
        },
        "refused": refused.collect::<Vec<_>>(),
        "changes": comparison.changes.iter().map(change).collect::<Vec<_>>(),
    })
}

fn change(change: &Change, printed: &Printed<'_>) -> Value {
    let severity = match change.severity {
        Severity::Breaks => "breaks",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let side = match change.side {
        Side::Both => "both".to_owned(),
        side => side.to_string(),
    };
    let kind = match change.kind {
        Kind::Added => "added",
        Kind::Removed => "removed",
        Kind::Changed => "changed",
    };
    let brings = change.brings.iter();
    let brings = brings.map(|item| self::change(item, printed));
    json!({
        "severity": severity,
        "side": side,
        "kind": kind,
        "pointer": change.pointer,
        "what": change.what,
        "operations": change.operations,
        "callers": printed.callers.reached(change, printed.comparison),
        "brings": brings.collect::<Vec<_>>(),
    })
}
