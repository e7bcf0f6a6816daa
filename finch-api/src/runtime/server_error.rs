//! The properties of an error response that the runtime reads: their names, or their values.

/// The properties of an error response that the runtime reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerError<T> {
    /// The error's name.
    pub(crate) name: T,
    /// A more specific code, for APIs that have a name and a code.
    pub(crate) code: T,
    /// A message for people.
    pub(crate) message: T,
}
