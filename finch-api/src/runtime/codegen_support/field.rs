//! Defines the fields of call builders and type builders. A field is unset, has a value, or has
//! the reason why a conversion failed.
//!
//! A new value replaces a failed one. Only when the builder builds or sends does a missing
//! required field or a failed conversion become an error. `all` joins the problems of several
//! fields into one error: `no value was set for a, b; cannot convert the value for c: …`.

use std::fmt::{self, Display};

use crate::runtime::conversion_error::ConversionError;

/// A field of a builder: its name, whether it is required, and its value.
///
/// A failed conversion is reported when the builder builds or sends. Until then, a new
/// value replaces it.
#[derive(Clone)]
pub(crate) struct Field<T> {
    name: &'static str,
    is_required: bool,
    state: State<T>,
}

#[derive(Clone)]
enum State<T> {
    Unset,
    Set(T),
    /// The reason why the conversion failed.
    Refused(String),
}

/// Prints whether there is a value, and not the value: it may be secret or personal.
impl<T> fmt::Debug for Field<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.state {
            State::Unset => "Unset",
            State::Set(_) => "Set",
            State::Refused(_) => "Refused",
        })
    }
}

/// Why a field has no value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Problem {
    /// The required field of this name has no value.
    Missing(&'static str),
    /// The reason why the conversion failed.
    Refused(String),
}

impl<T> Field<T> {
    /// Returns a required field.
    pub(crate) const fn required(name: &'static str) -> Self {
        Self::new(name, true)
    }

    /// Returns an optional field.
    pub(crate) const fn optional(name: &'static str) -> Self {
        Self::new(name, false)
    }

    const fn new(name: &'static str, is_required: bool) -> Self {
        Self {
            name,
            is_required,
            state: State::Unset,
        }
    }

    /// Sets the value.
    pub(crate) fn set(&mut self, value: T) {
        self.state = State::Set(value);
    }

    /// Sets or clears the value.
    pub(crate) fn maybe(&mut self, value: Option<T>) {
        self.state = value.map_or(State::Unset, State::Set);
    }

    /// Sets the result of a conversion.
    pub(crate) fn convert<E: Display>(&mut self, value: Result<T, E>) {
        self.state = value.map_or_else(
            |error| {
                State::Refused(format!(
                    "cannot convert the value for {}: {error}",
                    self.name
                ))
            },
            State::Set,
        );
    }

    /// Returns why the field cannot be used.
    pub(crate) fn problem(&self) -> Option<Problem> {
        match &self.state {
            State::Unset => self.is_required.then_some(Problem::Missing(self.name)),
            State::Set(_) => None,
            State::Refused(why) => Some(Problem::Refused(why.clone())),
        }
    }

    /// Takes the value, if it is set.
    pub(crate) fn take(self) -> Result<Option<T>, Problem> {
        if let Some(problem) = self.problem() {
            return Err(problem);
        }
        match self.state {
            State::Set(value) => Ok(Some(value)),
            State::Unset | State::Refused(_) => Ok(None),
        }
    }

    /// Takes the value of a required field.
    ///
    /// # Errors
    ///
    /// The value is not set or could not be converted.
    pub(crate) fn value(self) -> Result<T, ConversionError> {
        let name = self.name;
        let value = self.take().map_err(|problem| all([Some(problem)]))?;
        value.ok_or_else(|| all([Some(Problem::Missing(name))]))
    }

    /// Takes the value, or `None` if it is not set.
    ///
    /// # Errors
    ///
    /// The value could not be converted.
    pub(crate) fn option(self) -> Result<Option<T>, ConversionError> {
        self.take().map_err(|problem| all([Some(problem)]))
    }

    /// Takes the value, or calls `default` if it is not set.
    ///
    /// # Errors
    ///
    /// The value could not be converted.
    pub(crate) fn value_or(self, default: impl FnOnce() -> T) -> Result<T, ConversionError> {
        Ok(self.option()?.unwrap_or_else(default))
    }

    /// Takes the value of an optional property, or calls `default` if it is not set.
    ///
    /// # Errors
    ///
    /// The value could not be converted.
    pub(crate) fn option_or(
        self,
        default: impl FnOnce() -> Option<T>,
    ) -> Result<Option<T>, ConversionError> {
        Ok(self.option()?.or_else(default))
    }
}

/// Combines all problems into one error, if there are any.
pub(crate) fn check<const N: usize>(problems: [Option<Problem>; N]) -> Result<(), ConversionError> {
    match problems.iter().all(Option::is_none) {
        true => Ok(()),
        false => Err(all(problems)),
    }
}

/// Combines all `problems` into one error.
pub(crate) fn all(problems: impl IntoIterator<Item = Option<Problem>>) -> ConversionError {
    let (mut missing, mut refused) = (Vec::new(), Vec::new());
    for problem in problems.into_iter().flatten() {
        match problem {
            Problem::Missing(name) => missing.push(name),
            Problem::Refused(why) => refused.push(why),
        }
    }
    let missing = match missing.as_slice() {
        [] => None,
        names => Some(format!("no value was set for {}", names.join(", "))),
    };
    let texts: Vec<String> = missing.into_iter().chain(refused).collect();
    ConversionError::from(texts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text<T>(result: Result<T, ConversionError>) -> Result<T, String> {
        result.map_err(|error| error.to_string())
    }

    #[test]
    fn last_set_value_is_used() {
        let mut field = Field::<u8>::required("age");
        assert_eq!(
            text(field.clone().value_or(|| 7)),
            text(field.clone().value())
        );
        let missing = "no value was set for age".to_owned();
        assert_eq!(text(field.clone().value()), Err(missing));
        field.convert(u8::try_from(300));
        let refused = "cannot convert the value for age: out of range integral type conversion \
                       attempted";
        assert_eq!(text(field.clone().value()), Err(refused.to_owned()));
        assert_eq!(text(field.clone().value_or(|| 7)), Err(refused.to_owned()));
        field.set(30);
        assert_eq!(text(field.value()), Ok(30));
    }

    #[test]
    fn an_optional_field_has_a_default() {
        let mut field = Field::<u8>::optional("age");
        assert_eq!(text(field.clone().value_or(|| 7)), Ok(7));
        assert_eq!(text(field.clone().option()), Ok(None));
        assert_eq!(text(field.clone().option_or(|| Some(8))), Ok(Some(8)));
        field.maybe(Some(3));
        assert_eq!(text(field.clone().option_or(|| Some(8))), Ok(Some(3)));
        field.maybe(None);
        assert_eq!(text(field.option()), Ok(None));
    }

    #[test]
    fn one_error_names_every_problem() {
        let [mut age, unset, mut size] = ["age", "name", "size"].map(Field::<u8>::required);
        age.convert(u8::try_from(300));
        let problems = || [age.problem(), unset.problem(), size.problem()];
        let all = "no value was set for name, size; cannot convert the value for age: out of \
                   range integral type conversion attempted";
        assert_eq!(text(check(problems())), Err(all.to_owned()));
        size.set(4);
        let optional = Field::<u8>::optional("height");
        assert_eq!(text(check([size.problem(), optional.problem()])), Ok(()));
        assert_eq!(text(check([])), Ok(()));
    }
}
