//! The fields of builders: values that were set, and values that could not be
//! converted.

use std::fmt::Display;

/// One field of a builder.
///
/// A value that cannot be converted is an error only when the builder builds. Until
/// then, another value replaces it.
#[derive(Clone, Debug, Default)]
pub(crate) enum Slot<T> {
    /// No value was set.
    #[default]
    Unset,
    /// This value was set.
    Set(T),
    /// The value could not be converted, for this reason.
    Refused(String),
}

impl<T> Slot<T> {
    /// Converts `value` and sets it. Errors call it `name`.
    pub(crate) fn set(&mut self, name: &str, value: impl TryInto<T, Error: Display>) {
        *self = value.try_into().map_or_else(refused(name), Self::Set);
    }

    /// Sets the value of `default` if no value was set.
    pub(crate) fn or(self, default: impl FnOnce() -> T) -> Self {
        match self {
            Self::Unset => Self::Set(default()),
            other => other,
        }
    }

    /// Returns the value, or the value of `default` if none was set.
    ///
    /// # Errors
    ///
    /// The value could not be converted.
    pub(crate) fn or_else(self, default: impl FnOnce() -> T) -> Result<T, String> {
        match self {
            Self::Unset => Ok(default()),
            Self::Set(value) => Ok(value),
            Self::Refused(why) => Err(why),
        }
    }

    /// Returns why there is no value. Errors call it `name`.
    pub(crate) fn problem<'a>(&'a self, name: &'a str) -> Option<Problem<'a>> {
        match self {
            Self::Unset => Some(Problem::Missing(name)),
            Self::Set(_) => None,
            Self::Refused(why) => Some(Problem::Refused(why)),
        }
    }

    /// Returns the value, which there must be.
    ///
    /// # Errors
    ///
    /// No value was set for `name`, or it could not be converted.
    pub(crate) fn required(self, name: &str) -> Result<T, String> {
        match self {
            Self::Unset => Err(format!("no value supplied for {name}")),
            Self::Set(value) => Ok(value),
            Self::Refused(why) => Err(why),
        }
    }
}

impl<T> Slot<Option<T>> {
    /// Converts `value` and sets it. Errors call it `name`.
    pub(crate) fn set_some(&mut self, name: &str, value: impl TryInto<T, Error: Display>) {
        let value = value.try_into().map(Some);
        *self = value.map_or_else(refused(name), Self::Set);
    }
}

impl<T> Slot<Option<Option<T>>> {
    /// Converts `value`, which is not null, and sets it. Errors call it `name`.
    pub(crate) fn set_nullable(&mut self, name: &str, value: impl TryInto<T, Error: Display>) {
        let value = value.try_into().map(|value| Some(Some(value)));
        *self = value.map_or_else(refused(name), Self::Set);
    }
}

/// Why a slot has no value.
pub(crate) enum Problem<'a> {
    /// No value was set for this name.
    Missing(&'a str),
    /// The value could not be converted, for this reason.
    Refused(&'a str),
}

impl<'a> Problem<'a> {
    /// Returns why a value could not be built.
    pub(crate) fn of<T>(built: &'a Result<T, String>) -> Option<Self> {
        built.as_ref().err().map(|why| Self::Refused(why))
    }
}

/// Fails if there are problems, with all of them in one error.
pub(crate) fn all_set(problems: &[Option<Problem<'_>>]) -> Result<(), String> {
    let (mut missing, mut refused) = (Vec::new(), Vec::new());
    for problem in problems.iter().flatten() {
        match problem {
            Problem::Missing(name) => missing.push(*name),
            Problem::Refused(why) => refused.push(*why),
        }
    }
    let missing = missing.join(", ");
    let missing = (!missing.is_empty()).then(|| format!("no value supplied for {missing}"));
    let all = missing.as_deref().into_iter().chain(refused);
    match all.collect::<Vec<_>>().join("; ") {
        none if none.is_empty() => Ok(()),
        problems => Err(problems),
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
    fn every_problem_is_named_at_once() {
        let [mut age, unset, mut size] = [const { Slot::<u8>::Unset }; 3];
        age.set("age", 300);
        let set = Slot::Set(1);
        let problems = [
            age.problem("age"),
            unset.problem("name"),
            set.problem("height"),
            size.problem("size"),
        ];
        let refused = "error converting supplied value for age: out of range integral type \
                       conversion attempted";
        let all = format!("no value supplied for name, size; {refused}");
        assert_eq!(all_set(&problems), Err(all));
        size.set("size", 4);
        let problems = [set.problem("height"), size.problem("size")];
        assert_eq!(all_set(&problems), Ok(()));
        assert_eq!(all_set(&[age.problem("age")]), Err(refused.to_owned()));
        assert_eq!(all_set(&[]), Ok(()));
        let body: Result<u8, _> = Err("no value supplied for kind".to_owned());
        let all = "no value supplied for name; no value supplied for kind".to_owned();
        assert_eq!(
            all_set(&[unset.problem("name"), Problem::of(&body)]),
            Err(all)
        );
        assert_eq!(all_set(&[Problem::of(&Ok(1))]), Ok(()));
    }

    #[test]
    fn an_option_is_set_by_its_value() {
        let mut slot = Slot::<Option<String>>::default();
        slot.set_some("name", "Tom");
        assert_eq!(slot.or_else(|| None), Ok(Some("Tom".to_owned())));
    }
}
