//! What types keep of JSON, and what they lose.

use std::ops::Add;

use serde_json::Value;

/// What a type keeps of a JSON value.
pub(crate) enum Keeps {
    /// All of it.
    All,
    /// All of an object.
    Object,
    /// Of an object, the members of these names, all of each.
    Names(&'static [&'static str]),
    /// Of an object, the members of these names, and of each what is said of it;
    /// of the others what is said of those, or nothing.
    Members(&'static [(&'static str, Self)], Option<&'static Self>),
    /// Of a list, of each item what is said of it.
    Items(&'static Self),
    /// What the one keeps that keeps most.
    AnyOf(&'static [Self]),
}

impl Keeps {
    /// Whether `value` is of the right kind, as far as it would not be noticed
    /// when it is read: to serde, a list is an object.
    pub(super) fn takes(&self, value: &Value) -> bool {
        !matches!(
            (self, value),
            (
                Self::Object | Self::Names(_) | Self::Members(..),
                Value::Array(_)
            )
        )
    }

    /// What is lost of `value`.
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

    /// Whether it keeps something of `value` that `other` loses.
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

    /// What is kept of the member `name` of an object, if it is.
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

/// How many members are lost: those that say something, and those that are null.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Loss {
    pub(super) members: usize,
    pub(super) nulls: usize,
}

impl Loss {
    /// That of a member, and of all within it: so a type that keeps half of it
    /// loses less than one that does not name it.
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
    fn what_is_lost_is_counted_to_the_last_member() {
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
