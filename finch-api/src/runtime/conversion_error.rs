//! Defines the error of conversions and of builders. Its text names every missing or malformed
//! value. By `?` it becomes an `Error` of the kind `InvalidRequest`.

use std::fmt;

use super::error::Error;

/// Why a value could not be built or converted: the text names every missing or
/// malformed value.
///
/// It becomes an [`Error`] by `?`, of the kind
/// [`InvalidRequest`](crate::ErrorKind::InvalidRequest).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversionError(String);

impl fmt::Display for ConversionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConversionError {}

impl From<String> for ConversionError {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&'static str> for ConversionError {
    fn from(text: &'static str) -> Self {
        Self(text.to_owned())
    }
}

impl From<ConversionError> for Error {
    fn from(error: ConversionError) -> Self {
        Self::invalid_request(error)
    }
}
