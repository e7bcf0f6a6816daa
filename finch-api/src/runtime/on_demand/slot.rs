//! The values that a builder was given, and those that it could not take.

use std::fmt::Display;

/// The place of one value in a builder.
///
/// A value that cannot be converted is an error only when the builder is done:
/// until then, setting it again makes up for it.
#[derive(Clone, Debug, Default)]
pub(crate) enum Slot<T> {
    /// No value was given.
    #[default]
    Unset,
    /// This value was given.
    Set(T),
    /// A value was given that could not be converted, with why.
    Refused(String),
}

impl<T> Slot<T> {
    /// Sets it, whose name is `name`, to what becomes of `value`.
    pub(crate) fn set(&mut self, name: &str, value: impl TryInto<T, Error: Display>) {
        *self = value.try_into().map_or_else(refused(name), Self::Set);
    }

    /// This, or the value of `default` where none was given.
    pub(crate) fn or(self, default: impl FnOnce() -> T) -> Self {
        match self {
            Self::Unset => Self::Set(default()),
            other => other,
        }
    }

    /// The value, or else that of `default`.
    ///
    /// # Errors
    ///
    /// Why the value that was given could not be converted.
    pub(crate) fn or_else(self, default: impl FnOnce() -> T) -> Result<T, String> {
        match self {
            Self::Unset => Ok(default()),
            Self::Set(value) => Ok(value),
            Self::Refused(why) => Err(why),
        }
    }

    /// The value, which there must be.
    ///
    /// # Errors
    ///
    /// None was given for `name`, or it could not be converted.
    pub(crate) fn required(self, name: &str) -> Result<T, String> {
        match self {
            Self::Unset => Err(format!("no value supplied for {name}")),
            Self::Set(value) => Ok(value),
            Self::Refused(why) => Err(why),
        }
    }
}

impl<T> Slot<Option<T>> {
    /// Sets it, whose name is `name`, to some of what becomes of `value`.
    pub(crate) fn set_some(&mut self, name: &str, value: impl TryInto<T, Error: Display>) {
        let value = value.try_into().map(Some);
        *self = value.map_or_else(refused(name), Self::Set);
    }
}

impl<T> Slot<Option<Option<T>>> {
    /// Sets it, whose name is `name`, to what becomes of `value`, and not to null.
    pub(crate) fn set_nullable(&mut self, name: &str, value: impl TryInto<T, Error: Display>) {
        let value = value.try_into().map(|value| Some(Some(value)));
        *self = value.map_or_else(refused(name), Self::Set);
    }
}

fn refused<T, E: Display>(name: &str) -> impl FnOnce(E) -> Slot<T> {
    move |error| {
        Slot::Refused(format!(
            "error converting supplied value for {name}: {error}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_null_is_set_to_a_value() {
        let mut slot = Slot::<Option<Option<String>>>::default();
        slot.set_nullable("title", "a");
        assert_eq!(slot.or_else(|| None), Ok(Some(Some("a".to_owned()))));
    }

    #[test]
    fn what_is_set_last_counts() {
        let mut slot = Slot::<u8>::default();
        assert_eq!(slot.clone().or_else(|| 7), Ok(7));
        let missing = "no value supplied for age".to_owned();
        assert_eq!(slot.clone().required("age"), Err(missing));
        slot.set("age", 300);
        let refused = "error converting supplied value for age: out of range integral type \
                       conversion attempted"
            .to_owned();
        assert_eq!(slot.clone().or_else(|| 7), Err(refused.clone()));
        assert_eq!(slot.clone().required("age"), Err(refused));
        slot.set("age", 30);
        assert_eq!(slot.clone().or_else(|| 7), Ok(30));
        assert_eq!(slot.required("age"), Ok(30));
    }

    #[test]
    fn an_option_is_set_by_its_value() {
        let mut slot = Slot::<Option<String>>::default();
        slot.set_some("name", "Tom");
        assert_eq!(slot.or_else(|| None), Ok(Some("Tom".to_owned())));
    }
}
