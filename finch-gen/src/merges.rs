//! How many properties become of what conjunctions and unions refer to: typify writes
//! the properties of each schema that it merges into each type that it merges it into.

use serde_json::{Map, Value};

/// Whether `schema` takes properties over from what it refers to, or gives its own to the
/// branches of its unions. One that is a reference alone does not, whatever it asserts
/// besides.
pub(crate) fn is_merged(schema: &Value) -> bool {
    let Value::Object(members) = schema else {
        return false;
    };
    let conjuncts = members.get("allOf").and_then(Value::as_array);
    let conjuncts = conjuncts.into_iter().flatten().filter_map(Value::as_object);
    let conjuncts = conjuncts.filter(|conjunct| parts(conjunct).next().is_some());
    conjuncts.count() + parts(members).filter(|keyword| *keyword != "allOf").count() > 1
}

/// The keywords by which `schema` may have properties.
fn parts(schema: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let keywords = ["$ref", "allOf", "anyOf", "oneOf", "properties"].into_iter();
    keywords.filter(|keyword| schema.contains_key(*keyword))
}

/// The types that a schema becomes: one, or one for each branch of its unions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Variants {
    /// How many there are.
    pub(crate) count: usize,
    /// How many properties they have, all together.
    pub(crate) properties: usize,
}

impl Variants {
    /// What a union without branches is.
    pub(crate) const NONE: Self = Self {
        count: 0,
        properties: 0,
    };

    /// An object with so many properties.
    pub(crate) const fn object(properties: usize) -> Self {
        Self {
            count: 1,
            properties,
        }
    }

    /// Those of a conjunction: each of `self` with each of `other`.
    pub(crate) fn and(self, other: Self) -> Self {
        let own = self.properties.saturating_mul(other.count);
        let others = other.properties.saturating_mul(self.count);
        Self {
            count: self.count.saturating_mul(other.count),
            properties: own.saturating_add(others),
        }
    }

    /// Those of a union.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            count: self.count.saturating_add(other.count),
            properties: self.properties.saturating_add(other.properties),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_reference_merges_nothing() {
        let reference = || json!({"$ref": "#/components/schemas/A"});
        let object = || json!({"properties": {"a": {}}});
        let merged = |schema: Value| is_merged(&schema);
        assert!(!merged(
            json!({"allOf": [reference(), {"description": "D."}, {"required": ["a"]}]})
        ));
        assert!(!merged(
            json!({"properties": {"a": {}}, "allOf": [{"type": "object"}]})
        ));
        assert!(!merged(json!({"oneOf": [reference(), reference()]})));
        assert!(!merged(json!(true)));
        assert!(merged(json!({"allOf": [reference(), object()]})));
        assert!(merged(
            json!({"properties": {"a": {}}, "allOf": [reference()]})
        ));
        assert!(merged(
            json!({"properties": {"a": {}}, "oneOf": [reference()]})
        ));
        assert!(merged(
            json!({"$ref": "#/components/schemas/A", "properties": {"a": {}}})
        ));
    }

    #[test]
    fn a_conjunction_has_each_variant_with_each() {
        let union = (0..3).fold(Variants::NONE, |union, _| union.or(Variants::object(2)));
        let variants = |count, properties| Variants { count, properties };
        assert_eq!(union, variants(3, 6));
        assert_eq!(Variants::object(10).and(union), variants(3, 36));
        assert_eq!(union.and(union), variants(9, 36));
    }
}
