//! Compares annotations, such as `description` and `deprecated`, which do not change the shape of
//! the data. Each difference is a note. The note quotes short values, such as a `title`. For a long
//! value, such as a `description`, it only says that the value changed.

use serde_json::Value;

use super::{Comparer, Place, Severity};

/// The annotations whose values a message shows, as they are short.
const SHORT: [&str; 3] = ["title", "readOnly", "writeOnly"];

/// The annotations whose values a message does not show.
const LONG: [&str; 5] = ["description", "example", "examples", "externalDocs", "xml"];

impl<'a> Comparer<'a> {
    /// Compares the annotations of two objects. One may be absent.
    pub(super) fn annotations(&mut self, old: Option<&Place<'a>>, new: Option<&Place<'a>>) {
        let Some(either) = new.or(old) else { return };
        let get = |place: Option<&Place<'a>>, key| place.and_then(|place| place.value.get(key));
        let is = |place: Option<&Place<'a>>, key| get(place, key) == Some(&Value::Bool(true));
        let is_deprecated = is(new, "deprecated");
        if is_deprecated != is(old, "deprecated") {
            let what = match is_deprecated {
                true => "it is deprecated",
                false => "it is no longer deprecated",
            };
            self.note(Severity::Note, &either.pointer, what);
        }
        for key in SHORT.into_iter().chain(LONG) {
            let (before, after) = (get(old, key), get(new, key));
            if before == after {
                continue;
            }
            let what = match SHORT.contains(&key) {
                true => format!("`{key}`: {}", super::from_to(before, after)),
                false => format!("`{key}` changed"),
            };
            self.note(Severity::Note, &either.join(key), what);
        }
    }
}
