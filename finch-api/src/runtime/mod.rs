//! What the generated half stands on: one policy a file, and nothing of the API
//! that it is generated for.
//!
//! The generated `send` builds a request and gives it to [`ClientHooks::exec`]
//! with its row of the table of operations; the answer comes back read. What
//! differs from API to API, but is in no document, is asked of
//! [`crate::service`]; of the generated half only [`crate::Client`] is known
//! here.

mod answer;
mod attempt;
mod base_url;
mod body;
mod credentials;
mod deadline;
mod decode;
mod derived;
mod error;
#[cfg(test)]
mod error_bounds;
mod exec;
mod exposed;
mod formatted;
mod inner;
mod json_text;
#[allow(
    dead_code,
    unreachable_pub,
    unused_macros,
    reason = "which of it a client needs is its document's to say"
)]
mod on_demand;
mod operation;
mod outcome;
mod place;
mod redact;
mod request;
mod request_secrets;
mod response;
mod retry;
mod retry_after;
mod secret;
mod server_error;
mod trace;
pub mod transport;
mod unknown_value;
mod wiped;

pub(crate) use base_url::BaseUrl;
pub(crate) use credentials::Credentials;
pub use derived::Options;
pub use error::{Error, ErrorKind};
pub(crate) use exec::ClientHooks;
pub use exposed::Exposed;
pub use formatted::Formatted;
pub(crate) use inner::Inner;
#[allow(
    unreachable_pub,
    unused_imports,
    reason = "only a client that sends files hands it on"
)]
pub use on_demand::File;
#[allow(
    unused_imports,
    reason = "which of them a client needs is its document's to say"
)]
pub(crate) use on_demand::{
    Keeps, Members, Object, Parameter, Part, Problem, RequestBuilderExt, Scalar, Slot, Style, Tag,
    all_set, builder, builder_from, closed_enum, decode, nullable, object, open_enum, or_empty,
    read_object, read_union,
};
#[allow(
    unused_imports,
    reason = "which of the two the table of operations names is the document's"
)]
pub(crate) use operation::{Credential, Operation};
pub use request::Request;
#[allow(
    unused_imports,
    reason = "a document without operations has a table without rows"
)]
pub(crate) use reqwest::Method;
pub use response::Response;
pub use secret::Secret;
pub(crate) use server_error::ServerError;
pub use unknown_value::UnknownValue;
