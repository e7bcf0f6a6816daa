//! Defines a row of the generated table of operations: the method, the path, the server, the
//! successes, the credentials and whatever else the runtime has to know about an operation.

use http::Method;

/// An operation as the runtime needs it.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// The id as the document spells it.
    pub(crate) id: &'static str,
    pub(crate) method: Method,
    /// The path template, with parameter names in braces.
    pub(crate) path: &'static str,
    /// Its own server, if the document does not serve it at the base URL.
    pub(crate) server: Option<Server>,
    /// The media types of its successes, as a value of `Accept`. Empty if no success has
    /// a body.
    pub(crate) accept: &'static str,
    pub(crate) successes: Successes,
    /// Whether sending the request twice has the same effect as sending it once.
    pub(crate) idempotent: bool,
    /// Whether the document marks the operation as deprecated.
    pub(crate) deprecated: bool,
    /// Constant headers, with names in lower case.
    pub(crate) headers: &'static [(&'static str, &'static str)],
    /// The alternative security requirements. A request satisfies one of them by having
    /// all its credentials. The list is empty if the operation needs no credentials.
    pub(crate) security: &'static [&'static [Credential]],
    /// The names of the secret properties of the request body.
    pub(crate) secrets: &'static [&'static str],
}

/// The server of an operation that the document does not serve at its base URL.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code, reason = "the document decides whether it occurs")]
pub(crate) struct Server {
    /// Its URL, as the document has it.
    pub(crate) url: &'static str,
    /// Whether a call of the operation sends credentials.
    pub(crate) needs_credentials: bool,
}

/// The success statuses of an operation. `success.rs` decides which statuses it accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "the document decides which of them occur")]
pub(crate) enum Successes {
    /// All of 200 to 299, with one body type.
    All,
    /// A single status.
    One(u16),
    /// Several statuses with one body type.
    Alike(&'static [u16]),
    /// Several statuses with different body types. The first is the main one.
    Several(&'static [u16]),
    /// All of 200 to 299, with different body types. The first of these statuses is the
    /// main one.
    AllOfSeveral(&'static [u16]),
}

/// A kind of credential.
///
/// For a new kind, the generator reads the security scheme in `lower/security.rs` and emits the
/// variant in `emit/table.rs`, and `credentials.rs` sends the credential. A
/// credential that no other kind has also needs a setting in `client_builder.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "the document decides which of them occur")]
pub(crate) enum Credential {
    /// The access token, as `Authorization: Bearer`.
    Bearer,
    /// The client's id and secret, as `Authorization: Basic`.
    Basic,
    /// A key in this header. The name is in lower case.
    Header(&'static str),
    /// A key in this query parameter.
    Query(&'static str),
    /// A key in this cookie.
    Cookie(&'static str),
}

/// A minimal operation that tests modify.
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
