//! What the document says beside the shape of its data: lowering reads it,
//! polish and render write it into the client.

use std::collections::BTreeMap;

use crate::wire_format::{Parameter, RequestBody, SuccessResponse};

/// What the client itself looks after, taken from the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiModel {
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// The URL of the first of the `servers`, with the defaults of its variables,
    /// if it is absolute.
    pub server: Option<String>,
    /// Where a link of a description leads that names no host: the URL of a page
    /// of the documentation.
    pub site: Option<String>,
    /// The names of the tags that the document defines, in its order.
    pub tags: Vec<String>,
    /// The operations, in document order.
    pub operations: Vec<Operation>,
    /// The examples of parameters, and of bodies that the client can decode, by
    /// operation.
    pub examples: Vec<Example>,
    /// The examples of what is no operation's, by their schemas, in document order.
    pub schema_examples: Vec<SchemaExample>,
    /// Where in the document the components and members stand of the lowered document
    /// that do not stand where they did: by their pointers there.
    pub origins: BTreeMap<String, String>,
}

impl ApiModel {
    /// The place in the document of what stands at `pointer` of the lowered document.
    pub(crate) fn place(&self, pointer: &str) -> String {
        let mut component = pointer;
        loop {
            if let Some(origin) = self.origins.get(component) {
                return format!("{origin}{}", &pointer[component.len()..]);
            }
            match component.rsplit_once('/') {
                Some((parent, _)) => component = parent,
                None => return pointer.to_owned(),
            }
        }
    }
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its `operationId`, as the document spells it.
    pub id: String,
    /// The name of its method on the client.
    pub rust_name: String,
    /// Its `summary`; empty where it has none.
    pub summary: String,
    /// The first of its `tags`.
    pub tag: Option<String>,
    /// The HTTP method, in upper case.
    pub method: String,
    /// The path template.
    pub path: String,
    /// The absolute URL of its own server, if it is not served at the client's base URL.
    pub server: Option<String>,
    /// The pointer of each parameter, in the order of the lowered document: into the
    /// operation or its path item. A parameter that only the path names has the pointer of
    /// the operation.
    pub parameter_pointers: Vec<String>,
    /// Headers that are the same in every call: name and value.
    pub headers: Vec<(String, String)>,
    /// The alternatives of its `security`: one of them suffices, and each needs
    /// all its credentials. None at all: no credential is to be sent.
    pub security: Vec<Vec<Credential>>,
    /// Where it has alternatives and a client can send none of them: the names of
    /// their security schemes.
    pub unsent: Vec<String>,
    /// Whether sending it twice does no more than sending it once: what its
    /// method says, or else the document.
    pub idempotent: bool,
    /// Whether it is `deprecated`.
    pub deprecated: bool,
    /// The names of the members of its request body that are secret
    /// (`format: password`).
    pub secrets: Vec<String>,
    /// Where it stands in the document.
    pub pointer: String,
    /// Its parameters, in the order of the document. `shape` fills in these four.
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) request_body: Option<RequestBody>,
    /// Its responses of success, by status: numbers first.
    pub(crate) successes: Vec<SuccessResponse>,
    /// Whether its successes differ, so that an enum holds them.
    pub(crate) has_success_enum: bool,
}

impl Operation {
    /// Whether a call sends credentials: the client's, or those that its caller gives to the
    /// HTTP client.
    pub(crate) fn needs_credentials(&self) -> bool {
        let mut alternatives = self.security.iter();
        alternatives.any(|alternative| !alternative.is_empty()) || !self.unsent.is_empty()
    }

    /// What a person calls it: its summary, or else its id.
    pub(crate) fn name(&self) -> &str {
        if self.summary.is_empty() {
            &self.id
        } else {
            &self.summary
        }
    }
}

/// A kind of credential that an operation asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// An access token, as `Authorization: Bearer` (RFC 6750).
    Bearer,
    /// A user name and a password, as `Authorization: Basic` (RFC 7617).
    Basic,
    /// A key in the header of this name, which is in lower case.
    Header(String),
    /// A key in the query, as the parameter of this name.
    Query(String),
    /// A key in the cookie of this name.
    Cookie(String),
}

/// One example of a parameter or a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The index of its operation in [`ApiModel::operations`].
    pub operation: usize,
    /// What of the operation it is an example of.
    pub of: ExampleOf,
    /// Where its schema stands within that of what it is an example of: empty, or
    /// `/items`, and the like.
    pub within: String,
    /// Where its value stands in the document.
    pub pointer: String,
    /// Its value, if it is an example of a whole response.
    pub response: Option<serde_json::Value>,
    /// The members of it that its schema does not name, as JSON pointers within
    /// it: a type has no place for them.
    pub unnamed: Vec<String>,
}

/// One example of a schema that is no operation's: a component or what stands in
/// one, or a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaExample {
    /// Where the schema stands in the lowered document.
    pub schema: String,
    /// Where the example's value stands in the document.
    pub pointer: String,
    /// As for an [`Example`].
    pub unnamed: Vec<String>,
}

/// What an [`Example`] is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExampleOf {
    /// The parameter of this name.
    Parameter {
        /// Its name, as the document spells it.
        name: String,
        /// Where it stands: its `in`.
        place: String,
    },
    /// The body of the request.
    Request,
    /// The body of the response of success with this status: `200`, or `2XX`.
    Response(String),
}
