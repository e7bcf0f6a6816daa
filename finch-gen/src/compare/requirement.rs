//! Reports properties, parameters, headers and bodies that are new or removed, or whose `required`
//! changed.
//!
//! A new required item, or an item that became required, breaks requests. An item that became
//! optional breaks responses. A removed item is a warning in requests. In responses it breaks if it
//! was required, and is a warning otherwise.

use super::{Comparer, HARMLESS, Kind, NARROWED, Severity, Verdict, WIDENED};

/// The server may refuse or ignore it.
const OPTIONAL_REMOVED: Verdict = (Severity::Warning, Severity::Warning);
const REQUIRED_REMOVED: Verdict = (Severity::Warning, Severity::Breaks);

impl Comparer<'_> {
    /// Reports that `name`, which exists in both documents, became required or optional.
    pub(super) fn requirement(&mut self, name: &str, before: bool, after: bool, pointer: &str) {
        if before != after {
            let (verdict, is) = match after {
                true => (NARROWED, "required"),
                false => (WIDENED, "optional"),
            };
            let what = format!("{name} became {is}");
            self.report(verdict, Kind::Changed, pointer, what);
        }
    }

    /// Reports that `name` is new.
    pub(super) fn added(&mut self, name: &str, is_required: bool, pointer: &str) {
        let (verdict, is) = match is_required {
            true => (NARROWED, "required"),
            false => (HARMLESS, "optional"),
        };
        let what = format!("{is} {name} added");
        self.report(verdict, Kind::Added, pointer, what);
    }

    /// Reports that `name` was removed.
    pub(super) fn removed(&mut self, name: &str, was_required: bool, pointer: &str) {
        let (verdict, was) = match was_required {
            true => (REQUIRED_REMOVED, "required"),
            false => (OPTIONAL_REMOVED, "optional"),
        };
        let what = format!("{was} {name} removed");
        self.report(verdict, Kind::Removed, pointer, what);
    }
}
