//! Compares objects: their properties, which of them are required, and `additionalProperties`.
//!
//! The direction decides: a new required property breaks requests, and a removed required property
//! breaks responses. Requests ignore `readOnly` properties, and responses ignore `writeOnly`
//! properties. An object that no longer accepts undeclared properties breaks requests. An object
//! that newly accepts them breaks nothing, because a client accepts them anyway.

use std::collections::BTreeSet;

use serde_json::Value;

use super::change_set::Direction;
use super::schemas::is_anything;
use super::{Comparer, HARMLESS, Kind, NARROWED, Place, WIDENED};

impl<'a> Comparer<'a> {
    pub(super) fn objects(&mut self, old: &Place<'a>, new: &Place<'a>) {
        let required = |of: &Place<'a>| -> BTreeSet<&'a str> { of.texts("required").collect() };
        let direction = self.role.direction;
        let properties = |of: &Place<'a>| {
            let mut properties = of.members_of("properties");
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
            let is_required = is_required.contains(name);
            let property = format!("property `{name}`");
            match before.remove(name) {
                Some(before) => {
                    let was_required = was_required.contains(name);
                    self.requirement(&property, was_required, is_required, &after.pointer);
                    self.schema(before, after);
                }
                None => self.added(&property, is_required, &after.pointer),
            }
        }
        for (name, before) in before {
            let property = format!("property `{name}`");
            self.removed(&property, was_required.contains(name), &before.pointer);
        }
        // Required properties without a schema.
        let described = |of: &Place<'a>, name: &str| {
            let properties = of.value.get("properties");
            properties.is_some_and(|properties| properties.get(name).is_some())
        };
        for name in was_required.symmetric_difference(&is_required) {
            if !described(old, name) && !described(new, name) {
                let (was_required, is_required) =
                    (was_required.contains(name), is_required.contains(name));
                let property = format!("property `{name}`");
                self.requirement(&property, was_required, is_required, &new.pointer);
            }
        }
        self.additional(old, new);
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
        let (verdict, now) = match (is_closed(&before), is_closed(&after)) {
            (true, true) => return,
            (false, true) => (NARROWED, "are no longer accepted"),
            // A client accepts unknown properties.
            (true, false) => (HARMLESS, "are accepted now"),
            (false, false) => match (before, after) {
                (Some(before), Some(after)) => return self.schema(before, after),
                (None, Some(_)) => (NARROWED, "have a schema now"),
                (Some(_), None) => (WIDENED, "may have any value now"),
                (None, None) => return,
            },
        };
        let what = format!("undeclared properties {now}");
        self.report(verdict, Kind::Changed, &at, what);
    }
}
