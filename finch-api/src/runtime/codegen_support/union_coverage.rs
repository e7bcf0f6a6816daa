//! What a type keeps of a JSON value, and what it loses.

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
                let lost = types.iter().filter(|of| of.takes(value));
                lost.map(|of| of.lost(value)).min().unwrap_or_default()
            }
            (Self::Items(of), Value::Array(items)) => sum(items.iter().map(|item| of.lost(item))),
            (Self::Names(_) | Self::Members(..), Value::Object(members)) => sum(members
                .iter()
                .map(|(name, member)| match self.property(name) {
                    Some(keeps) => keeps.lost(member),
                    None => Loss::of_property(member),
                })),
            _ => Loss::default(),
        }
    }

    /// Whether it keeps a part of `value` that `other` loses.
    pub(super) fn saves(&self, value: &Value, other: &Self) -> bool {
        match (self, other, value) {
            _ if other.lost(value).members == 0 => false,
            (Self::AnyOf(types), ..) => types.iter().any(|of| of.saves(value, other)),
            (_, Self::AnyOf(types), _) => types.iter().all(|other| self.saves(value, other)),
            (Self::Items(of), Self::Items(other), Value::Array(items)) => {
                items.iter().any(|item| of.saves(item, other))
            }
            (_, _, Value::Object(members)) => members.iter().any(|(name, member)| {
                match (self.property(name), other.property(name)) {
                    (None, _) => false,
                    (Some(_), None) => !member.is_null(),
                    (Some(of), Some(other)) => of.saves(member, other),
                }
            }),
            _ => true,
        }
    }

    /// Returns the coverage of the property `name` of an object, if it is kept.
    fn property(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Names(names) => names.contains(&name).then_some(&Self::All),
            Self::Members(members, others) => {
                let member = members.iter().find(|(of, _)| *of == name);
                member.map(|(_, keeps)| keeps).or(*others)
            }
            Self::All | Self::Object => Some(&Self::All),
            Self::Items(_) | Self::AnyOf(_) => None,
        }
    }
}

/// The number of lost properties: those with a value, and those that are null.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Loss {
    pub(super) members: usize,
    pub(super) nulls: usize,
}

impl Loss {
    /// Counts a property and everything inside it. So a type that keeps half of the
    /// property loses less than a type that does not name it.
    fn of_property(member: &Value) -> Self {
        let own = match member {
            Value::Null => Self {
                members: 0,
                nulls: 1,
            },
            _ => Self {
                members: 1,
                nulls: 0,
            },
        };
        own + Self::within(member)
    }

    fn within(value: &Value) -> Self {
        match value {
            Value::Array(items) => sum(items.iter().map(Self::within)),
            Value::Object(members) => sum(members.values().map(Self::of_property)),
            _ => Self::default(),
        }
    }
}

impl Add for Loss {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            members: self.members + other.members,
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
        for (keeps, members, nulls) in [
            (Keeps::All, 0, 0),
            (Keeps::Object, 0, 0),
            (EACH, 2, 1),
            (Keeps::Names(&["a"]), 4, 1),
            (Keeps::Names(&[]), 6, 1),
            (Keeps::AnyOf(&[Keeps::Names(&["a"]), EACH]), 2, 1),
            (Keeps::AnyOf(&[]), 0, 0),
            (Keeps::Items(&Keeps::Names(&[])), 0, 0),
        ] {
            assert_eq!(keeps.lost(&value), Loss { members, nulls });
        }
    }
}
