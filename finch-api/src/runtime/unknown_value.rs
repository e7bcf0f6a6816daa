//! Values of enums that the document does not list.

/// The text of a value that this version of the crate has no variant for.
///
/// It can be read, as the enum's own `as_str` does, but neither made nor matched
/// as a text: when the value gets a variant, a program that treats it as
/// unknown goes on to compile and to work.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UnknownValue(String);

impl UnknownValue {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text, as it was received.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
