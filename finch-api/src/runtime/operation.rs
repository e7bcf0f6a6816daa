//! A row of the generated table of operations.

use http::Method;

/// What the runtime must know of an operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// Its id, as the document spells it.
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    /// Its path, with the names of parameters in the place of their values.
    pub(crate) path: &'static str,
    /// Its own server, if it is not served at the base URL of the document.
    pub(crate) server: Option<Server>,
    /// The media types of its successes, as a value of `Accept`; empty if they have no
    /// body.
    pub(crate) accept: &'static str,
    pub(crate) successes: Successes,
    /// Whether sending it twice does no more than sending it once.
    pub(crate) idempotent: bool,
    /// Whether the document says that it is to be used no longer.
    pub(crate) deprecated: bool,
    /// Headers that are the same in every call, with names in lower case.
    pub(crate) headers: &'static [(&'static str, &'static str)],
    /// The alternatives of credentials, one of which suffices and all of whose
    /// credentials are needed; none at all where none is to be sent.
    pub(crate) security: &'static [&'static [Credential]],
    /// The names of the members of the request body that are secret.
    pub(crate) secrets: &'static [&'static str],
}

/// The server of an operation that the document does not serve at its base URL.
#[derive(Clone, Copy, Debug)]
#[allow(
    dead_code,
    reason = "whether the table of operations names one is the document's"
)]
pub(crate) struct Server {
    /// Its URL, as the document has it.
    pub(crate) url: &'static str,
    /// Whether a call of the operation sends credentials.
    pub(crate) needs_credentials: bool,
}

/// The statuses that the document has for a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    dead_code,
    reason = "which of them the table of operations names is the document's"
)]
pub(crate) enum Successes {
    /// Every status from 200 to 299, with one kind of body.
    All,
    /// One status.
    One(u16),
    /// Several statuses, with one kind of body.
    Alike(&'static [u16]),
    /// Several statuses, with bodies of several kinds. The first is the main one.
    Several(&'static [u16]),
    /// Every status from 200 to 299, with bodies of several kinds. The first of these
    /// statuses is the main one.
    AllOfSeveral(&'static [u16]),
}

/// A kind of credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    dead_code,
    reason = "which of them the table of operations names is the document's"
)]
pub(crate) enum Credential {
    /// The access token, as `Authorization: Bearer`.
    Bearer,
    /// The client's id and secret, as `Authorization: Basic`.
    Basic,
    /// A key in the header of this name, which is in lower case.
    Header(&'static str),
    /// A key in the query, as the parameter of this name.
    Query(&'static str),
    /// A key in the cookie of this name.
    Cookie(&'static str),
}

/// One that sends nothing in particular, to be varied in tests.
#[cfg(test)]
pub(crate) const EXAMPLE: Operation = Operation {
    id: "get-a",
    method: Method::GET,
    path: "/a",
    server: None,
    accept: "application/json",
    successes: Successes::One(200),
    idempotent: true,
    deprecated: false,
    headers: &[],
    security: &[],
    secrets: &[],
};
