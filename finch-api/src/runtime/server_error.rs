//! What a server says about a failure.

/// The parts of a failure's body, wherever this API has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerError<T> {
    /// The error's name.
    pub(crate) name: T,
    /// A finer code, if the API has one beside the name.
    pub(crate) code: T,
    /// One sentence for a reader.
    pub(crate) message: T,
}
