//! Computes which parts of a JSON value a type keeps and which it loses, from a generated
//! description (`Keeps`).
//!
//! A type that names only `id` loses one property of `{"id": 1, "a": 2}`. Nested properties
//! count, too. Null properties are counted separately. The decoder of a union compares the
//! losses of its variants.

use std::ops::Add;

use serde_json::Value;

/// The parts of a JSON value that a type keeps.
pub(crate) enum Keeps {
    /// The whole value.
    All,
    /// A whole object.
    Object,
    /// These properties of an object, each as a whole.
    Names(&'static [&'static str]),
    /// These properties of an object, each as described. The option describes all other
    /// properties. Without it they are lost.
    Members(&'static [(&'static str, Self)], Option<&'static Self>),
    /// An array whose items are kept as described.
    Items(&'static Self),
    /// Whichever of these keeps most.
    AnyOf(&'static [Self]),
}

impl Keeps {
    /// Whether `value` has the right kind. Only checks what serde would not report: serde
    /// accepts an array for an object.
    pub(super) fn takes(&self, value: &Value) -> bool {
        !matches!(
            (self, value),
            (
                Self::Object | Self::Names(_) | Self::Members(..),
                Value::Array(_)
            )
        )
    }

    /// Returns the loss for `value`.
    pub(super) fn lost(&self, value: &Value) -> Loss {
        match (self, value) {
            (Self::AnyOf(types), _) => {
                let lost = types.iter().filter(|keeps| keeps.takes(value));
                lost.map(|keeps| keeps.lost(value))
                    .min()
                    .unwrap_or_default()
            }
            (Self::Items(keeps), Value::Array(items)) => {
                sum(items.iter().map(|item| keeps.lost(item)))
            }
            (Self::Names(_) | Self::Members(..), Value::Object(properties)) => sum(properties
                .iter()
                .map(|(name, property)| match self.property(name) {
                    Some(keeps) => keeps.lost(property),
                    None => Loss::of_property(property),
                })),
            _ => Loss::default(),
        }
    }

    /// Whether it keeps a property of `value`, unless `value` has none.
    pub(super) fn keeps_some(&self, value: &Value) -> bool {
        let Value::Object(properties) = value else {
            return true;
        };
        let mut all = properties
            .iter()
            .filter(|(_, property)| !property.is_null());
        match self {
            Self::AnyOf(types) => types.iter().any(|keeps| keeps.keeps_some(value)),
            Self::Items(_) => true,
            _ => {
                let is_empty = all.clone().next().is_none();
                is_empty || all.any(|(name, _)| self.property(name).is_some())
            }
        }
    }

    /// Whether it keeps a part of `value` that `other` loses.
    pub(super) fn saves(&self, value: &Value, other: &Self) -> bool {
        match (self, other, value) {
            _ if other.lost(value).properties == 0 => false,
            (Self::AnyOf(types), ..) => types.iter().any(|keeps| keeps.saves(value, other)),
            (_, Self::AnyOf(types), _) => types.iter().all(|other| self.saves(value, other)),
            (Self::Items(keeps), Self::Items(other), Value::Array(items)) => {
                items.iter().any(|item| keeps.saves(item, other))
            }
            (_, _, Value::Object(properties)) => properties.iter().any(|(name, property)| {
                match (self.property(name), other.property(name)) {
                    (None, _) => false,
                    (Some(_), None) => !property.is_null(),
                    (Some(keeps), Some(other)) => keeps.saves(property, other),
                }
            }),
            _ => true,
        }
    }

    /// Returns the coverage of the property `name` of an object, if it is kept.
    fn property(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Names(names) => names.contains(&name).then_some(&Self::All),
            Self::Members(properties, others) => {
                let property = properties.iter().find(|(property, _)| *property == name);
                property.map(|(_, keeps)| keeps).or(*others)
            }
            Self::All | Self::Object => Some(&Self::All),
            Self::Items(_) | Self::AnyOf(_) => None,
        }
    }
}

/// The number of lost properties: those with a value, and those that are null.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Loss {
    pub(super) properties: usize,
    pub(super) nulls: usize,
}

impl Loss {
    /// Counts a property and everything inside it. So a type that keeps half of the
    /// property loses less than a type that does not name it.
    fn of_property(property: &Value) -> Self {
        let own = match property {
            Value::Null => Self {
                properties: 0,
                nulls: 1,
            },
            _ => Self {
                properties: 1,
                nulls: 0,
            },
        };
        own + Self::within(property)
    }

    fn within(value: &Value) -> Self {
        match value {
            Value::Array(items) => sum(items.iter().map(Self::within)),
            Value::Object(properties) => sum(properties.values().map(Self::of_property)),
            _ => Self::default(),
        }
    }
}

impl Add for Loss {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            properties: self.properties + other.properties,
            nulls: self.nulls + other.nulls,
        }
    }
}

fn sum(losses: impl Iterator<Item = Loss>) -> Loss {
    losses.fold(Loss::default(), Add::add)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn loss_counts_every_nested_property() {
        const EACH: Keeps = Keeps::Members(&[("a", Keeps::All)], Some(&Keeps::Names(&["x"])));
        let value = json!({"a": {"y": 1}, "b": {"x": 1, "y": [{"z": 1}, 2], "n": null}});
        for (keeps, properties, nulls) in [
            (Keeps::All, 0, 0),
            (Keeps::Object, 0, 0),
            (EACH, 2, 1),
            (Keeps::Names(&["a"]), 4, 1),
            (Keeps::Names(&[]), 6, 1),
            (Keeps::AnyOf(&[Keeps::Names(&["a"]), EACH]), 2, 1),
            (Keeps::AnyOf(&[]), 0, 0),
            (Keeps::Items(&Keeps::Names(&[])), 0, 0),
        ] {
            assert_eq!(keeps.lost(&value), Loss { properties, nulls });
        }
    }
}
