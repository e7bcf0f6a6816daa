//! Defines the text of an enum value that the document does not list. A program can read it,
//! but cannot match it as a string.

/// The text of an enum value for which this version of the crate has no variant.
///
/// It can be read with `as_str`, but not constructed or matched as a string. So a program
/// that handles unknown values still compiles and works when the value becomes a variant.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UnknownValue(String);

impl UnknownValue {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text as received.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
