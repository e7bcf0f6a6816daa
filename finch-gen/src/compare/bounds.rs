//! Compares the bounds of two schemas: minimum and maximum, lengths, counts, patterns, `multipleOf`
//! and `uniqueItems`.
//!
//! A stricter bound breaks requests, and a looser bound breaks responses. For example,
//! `maxLength: 10 → 5` breaks a request, and is a note for a response. A new bound is a warning in
//! a request, except a new pattern, which breaks. Nobody knows whether a changed pattern accepts
//! more or less, so it breaks requests and is a warning in responses.

use serde_json::Value;

use super::{Comparer, Kind, NARROWED, OTHER, Place, Severity, Verdict, WIDENED, from_to};

/// The effect of a larger value of a keyword.
#[derive(Clone, Copy)]
enum Bound {
    Loosens,
    Tightens,
}

const BOUNDS: [(&str, Bound); 8] = [
    ("maximum", Bound::Loosens),
    ("maxItems", Bound::Loosens),
    ("maxLength", Bound::Loosens),
    ("maxProperties", Bound::Loosens),
    ("minimum", Bound::Tightens),
    ("minItems", Bound::Tightens),
    ("minLength", Bound::Tightens),
    ("minProperties", Bound::Tightens),
];

/// A new bound. Few requests exceed it.
const SET: Verdict = (Severity::Warning, Severity::Note);

/// It is unknown whether the new pattern accepts more or less. The client does not check it.
const PATTERN_CHANGED: Verdict = (Severity::Breaks, Severity::Warning);

impl<'a> Comparer<'a> {
    pub(super) fn bounds(&mut self, old: &Place<'a>, new: &Place<'a>) {
        for (key, bound) in BOUNDS {
            let (before, after) = (bound_of(old, key), bound_of(new, key));
            let verdict = match (&before, &after) {
                (Some((before, excluded)), Some((after, excludes))) => {
                    let (smaller, larger) = (after < before, after > before);
                    let tightens = match bound {
                        Bound::Loosens => smaller,
                        Bound::Tightens => larger,
                    };
                    match (tightens, smaller || larger, excluded, excludes) {
                        (true, ..) | (_, false, false, true) => NARROWED,
                        (_, true, ..) | (_, false, true, false) => WIDENED,
                        _ => continue,
                    }
                }
                (None, Some(_)) => SET,
                (Some(_), None) => WIDENED,
                (None, None) => continue,
            };
            let exclusive = match key {
                "maximum" => "exclusiveMaximum",
                _ => "exclusiveMinimum",
            };
            let show = |of: &Place<'a>| {
                let or_equal = if of.is(exclusive) { " (excluded)" } else { "" };
                let value = of.value.get(key);
                value.map_or("none".to_owned(), |value| format!("{value}{or_equal}"))
            };
            let what = format!("`{key}`: {} → {}", show(old), show(new));
            self.report(verdict, Kind::Changed, &new.join(key), what);
        }
        self.other_bound(old, new, "pattern", |_, _| PATTERN_CHANGED);
        self.other_bound(old, new, "multipleOf", |before, after| {
            let divides = |by: &Value, value: &Value| match (by.as_f64(), value.as_f64()) {
                (Some(by), Some(value)) => value % by == 0.0,
                _ => false,
            };
            match (divides(before, after), divides(after, before)) {
                (true, _) => NARROWED,
                (_, true) => WIDENED,
                _ => OTHER,
            }
        });
        let is_unique = new.is("uniqueItems");
        if is_unique != old.is("uniqueItems") {
            let (verdict, what) = match is_unique {
                true => (SET, "items must be unique now"),
                false => (WIDENED, "items may repeat now"),
            };
            self.report(verdict, Kind::Changed, &new.pointer, what);
        }
    }

    /// Compares a keyword. If both schemas have it, `compare` judges the values.
    fn other_bound(
        &mut self,
        old: &Place<'a>,
        new: &Place<'a>,
        key: &str,
        compare: impl FnOnce(&Value, &Value) -> Verdict,
    ) {
        let (before, after) = (old.value.get(key), new.value.get(key));
        let verdict = match (before, after) {
            (before, after) if before == after => return,
            (Some(before), Some(after)) => compare(before, after),
            (None, _) if key == "pattern" => NARROWED,
            (None, _) => SET,
            (_, None) => WIDENED,
        };
        let what = format!("`{key}`: {}", from_to(before, after));
        self.report(verdict, Kind::Changed, &new.join(key), what);
    }
}

/// Returns the bound that `schema` sets by `key`, if any, and whether it is exclusive.
fn bound_of(schema: &Place<'_>, key: &str) -> Option<(f64, bool)> {
    let value = schema.value.get(key)?.as_f64()?;
    let excludes = match key {
        "minimum" => schema.is("exclusiveMinimum"),
        "maximum" => schema.is("exclusiveMaximum"),
        _ if key.starts_with("min") && value == 0.0 => return None,
        _ => false,
    };
    Some((value, excludes))
}
