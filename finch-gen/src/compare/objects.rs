//! Compares objects: their properties, and which of them are required.

use std::collections::BTreeSet;

use serde_json::Value;

use super::change_set::Direction;
use super::schemas::is_anything;
use super::{Comparer, HARMLESS, Kind, NARROWED, Place, Severity, Verdict, WIDENED};

/// The server may refuse or ignore the property.
const REMOVED: Verdict = (Severity::Warning, Severity::Warning);
const REQUIRED_REMOVED: Verdict = (Severity::Warning, Severity::Breaks);

impl<'a> Comparer<'a> {
    pub(super) fn objects(&mut self, old: &Place<'a>, new: &Place<'a>) {
        let required = |of: &Place<'a>| -> BTreeSet<&'a str> {
            let names = of.value.get("required").and_then(Value::as_array);
            names
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect()
        };
        let direction = self.role.direction;
        let properties = |of: &Place<'a>| {
            let properties = of.get("properties").map(|properties| properties.members());
            let mut properties = properties.unwrap_or_default();
            // Requests have no read-only properties, and responses no write-only properties.
            properties.retain(|_, property| match direction {
                Direction::Request => !property.is("readOnly"),
                Direction::Response => !property.is("writeOnly"),
            });
            properties
        };
        let (was_required, is_required) = (required(old), required(new));
        let (mut before, after) = (properties(old), properties(new));
        for (name, after) in after {
            match (before.remove(name), is_required.contains(name)) {
                (Some(before), _) => {
                    let was_required = was_required.contains(name);
                    self.requirement(name, was_required, is_required.contains(name), &after);
                    self.schema(before, after);
                }
                (None, true) => {
                    let what = format!("required property `{name}` added");
                    self.report(NARROWED, Kind::Added, &after.pointer, what);
                }
                (None, false) => {
                    let what = format!("optional property `{name}` added");
                    self.report(HARMLESS, Kind::Added, &after.pointer, what);
                }
            }
        }
        for (name, before) in before {
            let (verdict, is) = match was_required.contains(name) {
                true => (REQUIRED_REMOVED, "required"),
                false => (REMOVED, "optional"),
            };
            let what = format!("{is} property `{name}` removed");
            self.report(verdict, Kind::Removed, &before.pointer, what);
        }
        // Required properties without a schema.
        let described = |of: &Place<'a>, name: &str| {
            let properties = of.value.get("properties");
            properties.is_some_and(|properties| properties.get(name).is_some())
        };
        for name in was_required.symmetric_difference(&is_required) {
            if !described(old, name) && !described(new, name) {
                let is_required = is_required.contains(name);
                self.requirement(name, !is_required, is_required, new);
            }
        }
        self.additional(old, new);
    }

    fn requirement(&mut self, name: &str, before: bool, after: bool, at: &Place<'a>) {
        match (before, after) {
            (false, true) => {
                let what = format!("property `{name}` became required");
                self.report(NARROWED, Kind::Changed, &at.pointer, what);
            }
            (true, false) => {
                let what = format!("property `{name}` became optional");
                self.report(WIDENED, Kind::Changed, &at.pointer, what);
            }
            _ => {}
        }
    }

    /// Compares `additionalProperties` of two objects.
    fn additional(&mut self, old: &Place<'a>, new: &Place<'a>) {
        const KEY: &str = "additionalProperties";
        let schema = |of: &Place<'a>| of.get(KEY).filter(|of| !is_anything(of.value));
        let (before, after) = (schema(old), schema(new));
        let is_closed = |of: &Option<Place<'a>>| {
            let value = of.as_ref().map(|of| of.value);
            value == Some(&Value::Bool(false))
        };
        let at = new.join(KEY);
        match (is_closed(&before), is_closed(&after)) {
            (true, true) => {}
            (false, true) => {
                let what = "undeclared properties are no longer accepted";
                self.report(NARROWED, Kind::Changed, &at, what);
            }
            // A client accepts unknown properties.
            (true, false) => {
                let what = "undeclared properties are accepted now";
                self.report(HARMLESS, Kind::Changed, &at, what);
            }
            (false, false) => match (before, after) {
                (Some(before), Some(after)) => self.schema(before, after),
                (None, Some(_)) => {
                    let what = "undeclared properties have a schema now";
                    self.report(NARROWED, Kind::Changed, &at, what);
                }
                (Some(_), None) => {
                    let what = "undeclared properties may have any value now";
                    self.report(WIDENED, Kind::Changed, &at, what);
                }
                (None, None) => {}
            },
        }
    }
}
