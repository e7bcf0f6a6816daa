//! Compares a value with the tags of a variant. A tag is a list of values that a property of
//! the variant may have, such as `kind: cat`.
//!
//! The property may be nested. A variant is ruled out if the property has another value, if an
//! item of an array on the way has, or if a required tag is missing. `1.0` equals the integer
//! 1.

use serde_json::Value;

/// The values of a property that identify a variant. The path leads from the variant to
/// the property. An array on the path adds no step, and all its items must have the tag.
pub(crate) enum Tag {
    /// The property is always there.
    Required(&'static [&'static str], &'static [Scalar]),
    /// The property may be missing or null.
    Optional(&'static [&'static str], &'static [Scalar]),
}

/// A constant that a property must equal.
pub(crate) enum Scalar {
    Text(&'static str),
    Integer(i64),
    /// Any other number.
    Number(f64),
    Boolean(bool),
}

/// The result of comparing a property with a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    Same,
    Missing,
    Different,
}

impl Tag {
    /// Whether `value` may be the variant according to this tag.
    pub(super) fn admits(&self, value: &Value) -> bool {
        match self.compare(value) {
            Match::Same => true,
            Match::Missing => matches!(self, Self::Optional(..)),
            Match::Different => false,
        }
    }

    pub(super) fn compare(&self, value: &Value) -> Match {
        let (Self::Required(path, scalars) | Self::Optional(path, scalars)) = self;
        compare(value, path, scalars)
    }

    /// The name of the property.
    pub(super) fn property(&self) -> &'static str {
        let (Self::Required(path, _) | Self::Optional(path, _)) = self;
        path.last().copied().unwrap_or_default()
    }
}

fn compare(value: &Value, path: &[&str], scalars: &[Scalar]) -> Match {
    match (value, path) {
        (Value::Null, _) => Match::Missing,
        (Value::Array(items), _) => {
            let all = items.iter().map(|item| compare(item, path, scalars));
            all.fold(Match::Missing, |all, item| match (all, item) {
                (Match::Different, _) | (_, Match::Different) => Match::Different,
                (Match::Missing, item) => item,
                (Match::Same, _) => Match::Same,
            })
        }
        (Value::Object(properties), [name, path @ ..]) => {
            let property = properties.get(*name);
            property.map_or(Match::Missing, |value| compare(value, path, scalars))
        }
        (_, []) if scalars.iter().any(|scalar| scalar.is(value)) => Match::Same,
        (_, []) => Match::Different,
        // It should be an object. Reading the variant reports that.
        _ => Match::Missing,
    }
}

impl Scalar {
    fn is(&self, value: &Value) -> bool {
        match self {
            Self::Text(text) => value.as_str() == Some(text),
            Self::Boolean(boolean) => value.as_bool() == Some(*boolean),
            // Some servers write 1.0 for 1.
            Self::Integer(integer) => match value.as_i64() {
                Some(value) => value == *integer,
                None => value.as_f64() == Some(*integer as f64),
            },
            Self::Number(number) => value.as_f64() == Some(*number),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_tag_is_compared_with_the_property_at_its_path() {
        const SCALARS: &[Scalar] = &[
            Scalar::Text("a"),
            Scalar::Integer(1),
            Scalar::Number(2.5),
            Scalar::Boolean(true),
        ];
        let shallow = Tag::Required(&["t"], SCALARS);
        let deep = Tag::Required(&["in", "t"], SCALARS);
        for (tag, value, expected) in [
            (&shallow, json!({"t": "a"}), Match::Same),
            (&shallow, json!({"t": 1}), Match::Same),
            (&shallow, json!({"t": 1.0}), Match::Same),
            (&shallow, json!({"t": 2.5}), Match::Same),
            (&shallow, json!({"t": true}), Match::Same),
            (&shallow, json!({"t": "1"}), Match::Different),
            (&shallow, json!({"t": 1.5}), Match::Different),
            (&shallow, json!({"t": 2}), Match::Different),
            (&shallow, json!({"t": false}), Match::Different),
            (&shallow, json!({"t": {}}), Match::Different),
            (&shallow, json!({"t": null}), Match::Missing),
            (&shallow, json!({}), Match::Missing),
            (&shallow, json!("a"), Match::Missing),
            (&shallow, json!({"t": ["a", 1]}), Match::Same),
            (&shallow, json!({"t": ["a", "b"]}), Match::Different),
            (&shallow, json!({"t": []}), Match::Missing),
            (&shallow, json!([{"t": "a"}, {}]), Match::Same),
            (&shallow, json!([{}, {"t": "b"}]), Match::Different),
            (&deep, json!({"in": {"t": "a"}}), Match::Same),
            (&deep, json!({"in": {"t": "b"}}), Match::Different),
            (&deep, json!({"in": [{"t": "a"}]}), Match::Same),
            (&deep, json!({"in": "a"}), Match::Missing),
            (&deep, json!({"t": "a"}), Match::Missing),
        ] {
            assert_eq!(tag.compare(&value), expected, "{value}");
        }
        let missing = json!({});
        assert!(!shallow.admits(&missing));
        assert!(Tag::Optional(&["t"], SCALARS).admits(&missing));
    }
}
