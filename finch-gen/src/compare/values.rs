//! Compares the values that a schema accepts: `enum`, `const`, `format` and `default`.
//!
//! A removed value breaks requests. A new value of a string enum breaks nothing, because the client
//! accepts unknown values. Any other new value is a warning in responses. Another constant breaks
//! both directions. A format that accepts more values, such as `int32 → int64`, breaks responses. A
//! changed `default` breaks requests if it belongs to a parameter, and is a note elsewhere.

use serde_json::Value;

use super::{
    Comparer, HARMLESS, Kind, NARROWED, OTHER, Place, Severity, Verdict, WIDENED, from_to, shown,
};

/// A number format that accepts every value of the other one.
const WIDER: [(&str, &str); 2] = [("int32", "int64"), ("float", "double")];

/// A format that only changes how the client writes a value.
const OF_THE_CLIENT: &str = "password";

impl<'a> Comparer<'a> {
    pub(super) fn values(&mut self, old: &Place<'a>, new: &Place<'a>) {
        if !self.constant(old, new) {
            self.enumeration(old, new);
        }
        self.format(old, new);
    }

    /// Compares the constants of two schemas. Returns whether one of them has a constant.
    fn constant(&mut self, old: &Place<'a>, new: &Place<'a>) -> bool {
        // Lowering turns a constant into an enum with one value, which may gain others. A
        // changed constant also breaks a request, because the server refuses the old value.
        let before = self.old.before_lowering(old, "const");
        let after = self.new.before_lowering(new, "const");
        if old.value.get("enum") == new.value.get("enum") {
            return before.is_some() || after.is_some();
        }
        let (verdict, kind) = match (before, after) {
            (None, None) => return false,
            (None, Some(_)) => (NARROWED, Kind::Added),
            (Some(_), None) => (WIDENED, Kind::Removed),
            (Some(_), Some(_)) => (OTHER, Kind::Changed),
        };
        let what = format!("the constant: {}", from_to(before, after));
        self.report(verdict, kind, &new.pointer, what);
        true
    }

    fn enumeration(&mut self, old: &Place<'a>, new: &Place<'a>) {
        let values = |of: &Place<'a>| -> Option<Vec<&'a Value>> {
            let listed = of.value.get("enum")?.as_array()?.iter();
            Some(listed.filter(|value| !value.is_null()).collect())
        };
        // In the client an enum of strings is open and accepts unknown values.
        let is_open = super::schemas::type_of(new.value) == Some("string");
        let opened: Verdict = match is_open {
            true => HARMLESS,
            false => (Severity::Note, Severity::Warning),
        };
        let all = |values: &[&Value]| {
            let shown: Vec<String> = values.iter().map(|value| shown(value)).collect();
            shown.join(", ")
        };
        match (values(old), values(new)) {
            (Some(before), Some(after)) => {
                for value in before.iter().filter(|value| !after.contains(value)) {
                    let what = format!("value {} removed", shown(value));
                    self.report(NARROWED, Kind::Removed, &old.join("enum"), what);
                }
                for value in after.iter().filter(|value| !before.contains(value)) {
                    let what = format!("value {} added", shown(value));
                    self.report(opened, Kind::Added, &new.join("enum"), what);
                }
            }
            (None, Some(after)) => {
                let what = format!("the values are limited to {} now", all(&after));
                self.report(NARROWED, Kind::Changed, &new.join("enum"), what);
            }
            (Some(before), None) => {
                let what = format!("the values are no longer limited to {}", all(&before));
                self.report(opened, Kind::Changed, &old.join("enum"), what);
            }
            (None, None) => {}
        }
    }

    fn format(&mut self, old: &Place<'a>, new: &Place<'a>) {
        let (before, after) = (old.text("format"), new.text("format"));
        if before == after {
            return;
        }
        let of_data = |format: Option<&'a str>| format.filter(|format| *format != OF_THE_CLIENT);
        let verdict = match (of_data(before), of_data(after)) {
            (before, after) if before == after => HARMLESS,
            (None, _) => NARROWED,
            (_, None) => WIDENED,
            (Some(before), Some(after)) if WIDER.contains(&(before, after)) => WIDENED,
            (Some(before), Some(after)) if WIDER.contains(&(after, before)) => NARROWED,
            _ => OTHER,
        };
        let name = |format: Option<&'a str>| format.unwrap_or("none");
        let what = format!("the format: {} → {}", name(before), name(after));
        self.report(verdict, Kind::Changed, &new.pointer, what);
    }

    pub(super) fn default(&mut self, old: &Place<'a>, new: &Place<'a>) {
        let (before, after) = (old.value.get("default"), new.value.get("default"));
        if before != after {
            let verdict = match self.role.is_parameter {
                true => NARROWED,
                false => HARMLESS,
            };
            let what = format!("the default: {}", from_to(before, after));
            self.report(verdict, Kind::Changed, &new.join("default"), what);
        }
    }
}
