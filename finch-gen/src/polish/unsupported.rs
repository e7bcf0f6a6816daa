//! Defines why a stage does not support the output of progenitor, at each place in the document.

/// The places that a stage does not support. Never empty.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unsupported(Vec<Place>);

/// A place that a stage does not support.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The pointer of the operation or the schema; empty if the whole output is unsupported.
    pub(crate) pointer: String,
    pub(crate) what: String,
}

impl Unsupported {
    pub(crate) fn at(pointer: impl Into<String>, what: impl Into<String>) -> Self {
        let (pointer, what) = (pointer.into(), what.into());
        Self(vec![Place { pointer, what }])
    }

    /// Returns all values, or the places of all errors.
    pub(crate) fn collect<T>(
        results: impl IntoIterator<Item = Result<T, Self>>,
    ) -> Result<Vec<T>, Self> {
        let mut values = Vec::new();
        let mut places = Vec::new();
        for result in results {
            match result {
                Ok(value) => values.push(value),
                Err(Self(more)) => places.extend(more),
            }
        }
        match places.is_empty() {
            true => Ok(values),
            false => Err(Self(places)),
        }
    }
}

/// A part that every output of progenitor has is missing, so the fault has no place.
impl From<String> for Unsupported {
    fn from(what: String) -> Self {
        Self::at("", what)
    }
}

impl IntoIterator for Unsupported {
    type Item = Place;
    type IntoIter = std::vec::IntoIter<Place>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
