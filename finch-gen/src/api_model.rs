//! Defines `ApiModel`: the facts about the API that the types of its data do not express. These are
//! operations with their paths, credentials and pagination, and also servers, tags, webhooks and
//! examples.
//!
//! `lower` reads the facts from the document. `shape` adds how each operation is written in HTTP:
//! its parameters, request body and success responses. Later stages write the facts into the
//! client. The model also maps pointers in the lowered document back to the original document, for
//! messages.

use std::collections::BTreeMap;

use crate::pointer;
use crate::wire_format::{Parameter, RequestBody, SuccessResponse};

/// The model of the API, from the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiModel {
    /// `info.title`.
    pub title: String,
    /// `info.version`.
    pub version: String,
    /// The URL of the first entry of `servers`, with the default values of its variables, if
    /// it is absolute.
    pub server: Option<String>,
    /// The URL of a page of the documentation. Relative links in descriptions are resolved
    /// against it.
    pub site: Option<String>,
    /// The tags that the document defines, in its order.
    pub tags: Vec<Tag>,
    /// The operations, in document order.
    pub operations: Vec<Operation>,
    /// The examples of parameters, and of bodies that the client can decode, in the order of
    /// the operations.
    pub examples: Vec<Example>,
    /// The examples of schemas outside operations, in document order.
    pub schema_examples: Vec<SchemaExample>,
    /// The webhooks whose bodies the client decodes, in document order.
    pub webhooks: Vec<Webhook>,
    /// The pointer in the lowered document of the component that every webhook is decoded as.
    /// `shape` sets it.
    pub(crate) webhook_events: Option<String>,
    /// The original pointers of the components and properties that lowering moved, by their
    /// pointers in the lowered document.
    pub origins: BTreeMap<String, String>,
}

impl ApiModel {
    /// Groups the operations by tag: first the tags that the document defines, in its order, then
    /// other tags, and last the operations without a tag.
    pub(crate) fn by_tag(&self) -> Vec<(Option<Tag>, Vec<usize>)> {
        let defined = self.tags.iter().cloned();
        let mut sections: Vec<(Option<Tag>, Vec<usize>)> =
            defined.map(|tag| (Some(tag), Vec::new())).collect();
        let mut untagged = Vec::new();
        for (index, operation) in self.operations.iter().enumerate() {
            let Some(name) = &operation.tag else {
                untagged.push(index);
                continue;
            };
            let is_same = |tag: &Option<Tag>| tag.as_ref().is_some_and(|tag| tag.name == *name);
            match sections.iter_mut().find(|(tag, _)| is_same(tag)) {
                Some((_, operations)) => operations.push(index),
                None => {
                    let (name, description) = (name.clone(), String::new());
                    sections.push((Some(Tag { name, description }), vec![index]));
                }
            }
        }
        sections.push((None, untagged));
        sections.retain(|(_, operations)| !operations.is_empty());
        sections
    }

    /// Returns the pointer in the document of the value at `pointer` in the lowered document.
    pub(crate) fn place(&self, pointer: &str) -> String {
        pointer::before(&self.origins, pointer)
    }
}

/// A group of operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The name.
    pub name: String,
    /// The description, or an empty text.
    pub description: String,
}

/// One operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The `operationId`, as the document spells it.
    pub id: String,
    /// The name of the client's method.
    pub rust_name: String,
    /// The `summary`, or an empty text.
    pub summary: String,
    /// The first entry of `tags`.
    pub tag: Option<String>,
    /// The HTTP method, in upper case.
    pub method: String,
    /// The path template.
    pub path: String,
    /// The absolute URL of its server, if it is not the client's base URL.
    pub server: Option<String>,
    /// The pointer of each parameter in the operation or its path item, in the order of the
    /// lowered document. For a parameter that only the path template names, this is the
    /// pointer of the operation.
    pub parameter_pointers: Vec<String>,
    /// The name and the value of each constant header.
    pub headers: Vec<(String, String)>,
    /// The alternatives of `security`. A call needs all credentials of one alternative. If the
    /// list is empty, the client sends no credential.
    pub security: Vec<Vec<Credential>>,
    /// The names of the security schemes, if the client supports no alternative of `security`.
    pub unsent: Vec<String>,
    /// Whether the request is idempotent, according to the document or else to its method.
    pub idempotent: bool,
    /// Whether the operation is deprecated.
    pub deprecated: bool,
    /// The names of the secret properties of the request body (`format: password`).
    pub secrets: Vec<String>,
    /// How the operation returns its list in pages, if the document says so.
    pub pagination: Option<Pagination>,
    /// The pointer of the operation in the document.
    pub pointer: String,
    /// The parameters, in the order of the document. `shape` sets this and the next three
    /// fields.
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) request_body: Option<RequestBody>,
    /// The success responses by status, exact codes first.
    pub(crate) successes: Vec<SuccessResponse>,
    /// Whether the success responses have different types, and so become an enum.
    pub(crate) has_success_enum: bool,
}

impl Operation {
    /// Whether a call sends credentials, of the client or of the HTTP client.
    pub(crate) fn needs_credentials(&self) -> bool {
        let mut alternatives = self.security.iter();
        alternatives.any(|alternative| !alternative.is_empty()) || !self.unsent.is_empty()
    }

    /// Returns the name for people: the summary, or else the operation id.
    pub(crate) fn name(&self) -> &str {
        if self.summary.is_empty() {
            &self.id
        } else {
            &self.summary
        }
    }
}

/// A webhook with a JSON body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// The name, as the document spells it.
    pub name: String,
    /// The pointer of its operation in the document.
    pub pointer: String,
    /// The pointer in the lowered document of the component that describes the body.
    pub(crate) schema: String,
}

/// A kind of credential that an operation asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// An access token, as `Authorization: Bearer` (RFC 6750).
    Bearer,
    /// A user name and a password, as `Authorization: Basic` (RFC 7617).
    Basic,
    /// A key in the header with this lower-case name.
    Header(String),
    /// A key in the query parameter with this name.
    Query(String),
    /// A key in the cookie with this name.
    Cookie(String),
}

/// How an operation returns its list in pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pagination {
    /// The position of a page.
    pub(crate) by: PageBy,
    /// The size of a page.
    pub(crate) limit: Option<Input>,
    /// The list in a response.
    pub(crate) results: Option<Selector>,
    /// How a response says which page is the last one.
    pub(crate) last: Option<Last>,
    /// The pointer of the extension in the document.
    pub(crate) pointer: String,
}

/// The kinds of position that a page can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PageBy {
    /// The number of items before the page.
    Offset(Input),
    /// The number of the page.
    Number(Input),
    /// A string, which the response before has in this part.
    Cursor(Input, Selector),
    /// A URL, which the response before has in this part.
    Url(Selector),
    /// A path under the base URL, which the response before has in this part.
    Path(Selector),
}

/// How a response says which page is the last one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Last {
    /// This part is the number of all items.
    Total(Selector),
    /// This part is the number of all pages.
    PageCount(Selector),
    /// This part is whether there is another page.
    HasNext(Selector),
}

/// A value of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Input {
    /// The name of a parameter.
    pub(crate) name: String,
    /// The pointer of a property in the request body.
    pub(crate) pointer: String,
    pub(crate) place: InputPlace,
    /// The value for the first page.
    pub(crate) first: u64,
    /// The greatest value.
    pub(crate) max: Option<u64>,
    /// The pointer in the document.
    pub(crate) at: String,
}

/// The place of an [`Input`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InputPlace {
    Parameter,
    Body,
    /// A parameter, or else a property of the body.
    Any,
}

/// A part of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selector {
    /// A JSON pointer into the response. A negative index counts from the end.
    pub(crate) pointer: String,
    /// The pointer in the document.
    pub(crate) at: String,
}

impl Pagination {
    pub(crate) fn new(
        by: PageBy,
        limit: Option<Input>,
        results: Option<Selector>,
        last: Option<Last>,
    ) -> Self {
        Self {
            by,
            limit,
            results,
            last,
            pointer: String::new(),
        }
    }
}

impl Input {
    pub(crate) fn new(name: &str, pointer: String, place: InputPlace, at: &str) -> Self {
        Self {
            name: name.to_owned(),
            pointer,
            place,
            first: 0,
            max: None,
            at: at.to_owned(),
        }
    }
}

/// An example of a parameter or a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The index of the operation in [`ApiModel::operations`].
    pub operation: usize,
    /// The parameter or body that the example is for.
    pub of: ExampleOf,
    /// The pointer of the schema within the schema of the parameter or body: empty, or for
    /// example `/items`.
    pub within: String,
    /// The pointer of the value in the document.
    pub pointer: String,
    /// The value, if it is the example of a whole response.
    pub response: Option<serde_json::Value>,
    /// The pointers within the value of properties that the schema does not declare, so that
    /// the type has no fields for them.
    pub unnamed: Vec<String>,
    /// The pointers within the value of null properties that the type must encode.
    pub nulls: Vec<String>,
}

/// An example of a schema outside operations: of a component, of a schema inside one, or of a
/// property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaExample {
    /// The pointer of the schema in the lowered document.
    pub schema: String,
    /// The pointer of the value in the document.
    pub pointer: String,
    /// See [`Example::unnamed`].
    pub unnamed: Vec<String>,
    /// See [`Example::nulls`].
    pub nulls: Vec<String>,
}

/// The part of an operation that an [`Example`] is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExampleOf {
    /// A parameter.
    Parameter {
        /// The name, as the document spells it.
        name: String,
        /// The value of `in`.
        place: String,
    },
    /// The request body.
    Request,
    /// The body of the success response with this status: `200`, or `2XX`.
    Response(String),
}
