//! What describes data, or who is to use it, and says nothing of its shape.

use serde_json::Value;

use super::{Comparer, Kind, Place, Severity};

/// The members whose value is told, as it is short.
const SHORT: [&str; 3] = ["title", "readOnly", "writeOnly"];

/// The members that are told to differ.
const LONG: [&str; 5] = ["description", "example", "examples", "externalDocs", "xml"];

impl<'a> Comparer<'a> {
    /// Compares the annotations of two objects, of which one may say nothing.
    pub(super) fn annotations(&mut self, old: Option<&Place<'a>>, new: Option<&Place<'a>>) {
        let Some(either) = new.or(old) else { return };
        let get = |place: Option<&Place<'a>>, key| place.and_then(|place| place.value.get(key));
        let is = |place: Option<&Place<'a>>, key| get(place, key) == Some(&Value::Bool(true));
        match (is(old, "deprecated"), is(new, "deprecated")) {
            (false, true) => self.tell(
                Severity::Note,
                Kind::Changed,
                &either.pointer,
                "it is deprecated",
            ),
            (true, false) => self.tell(
                Severity::Note,
                Kind::Changed,
                &either.pointer,
                "it is no longer deprecated",
            ),
            _ => {}
        }
        for key in SHORT.into_iter().chain(LONG) {
            let (before, after) = (get(old, key), get(new, key));
            if before == after {
                continue;
            }
            let what = match SHORT.contains(&key) {
                true => format!("`{key}`: {}", super::from_to(before, after)),
                false => format!("another `{key}`"),
            };
            self.tell(Severity::Note, Kind::Changed, &either.join(key), what);
        }
    }
}
