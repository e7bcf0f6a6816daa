//! What a server says of a failure.

/// The texts in the body of a failure, wherever this API has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said<T> {
    /// Its name for the error.
    pub(crate) name: Option<T>,
    /// Its code for the error, where it has one beside the name.
    pub(crate) code: Option<T>,
    /// What it says of the error, in a sentence.
    pub(crate) message: Option<T>,
}

impl<T> Said<T> {
    /// The same with each text through `change`.
    pub(crate) fn map<U>(self, change: impl Fn(T) -> U) -> Said<U> {
        Said {
            name: self.name.map(&change),
            code: self.code.map(&change),
            message: self.message.map(&change),
        }
    }
}
