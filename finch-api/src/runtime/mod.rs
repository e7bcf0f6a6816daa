//! What the generated half stands on: one policy a file, and nothing of the API
//! that it is generated for.
//!
//! A generated call describes itself to [`Call`] with its row of the table of operations,
//! its parameters and its body; `call` has the one path to the response. What differs from
//! API to API, but is in no document, is asked of [`crate::service`]. Of the generated half,
//! only the test kit knows something: `crate::generated::testing`.

mod attempt;
mod base_url;
mod body;
#[allow(
    dead_code,
    reason = "which kinds of parameters and bodies a client has is its document's to say"
)]
mod call;
mod client;
#[allow(
    dead_code,
    unreachable_pub,
    unused_macros,
    reason = "which of it a client needs is its document's to say"
)]
mod codegen_support;
mod conversion_error;
mod credentials;
mod deadline;
mod decode;
mod error;
#[cfg(test)]
mod error_bounds;
mod error_kind;
mod exposed;
mod formatted;
mod head;
mod json_path;
mod json_text;
mod operation;
mod options;
mod outcome;
#[allow(
    dead_code,
    reason = "only several kinds of success are decoded by status"
)]
mod raw_response;
mod redact;
mod request;
mod request_secrets;
mod response;
mod retry;
mod retry_after;
mod secret;
mod server_error;
mod servers;
#[allow(
    dead_code,
    reason = "which kinds of success a client has is its document's to say"
)]
mod success;
#[cfg(feature = "test-util")]
pub(crate) mod testing;
mod trace;
pub mod transport;
mod unknown_value;
mod zeroizing_bytes;

pub(crate) use base_url::BaseUrl;
#[allow(unused_imports, reason = "a document without operations has no calls")]
pub(crate) use call::Call;
pub use call::CallFuture;
pub use client::Client;
pub(crate) use client::Config;
#[allow(
    unreachable_pub,
    unused_imports,
    reason = "only a client that sends files hands it on"
)]
pub use codegen_support::File;
#[allow(
    unused_imports,
    reason = "which of them a client needs is its document's to say"
)]
pub(crate) use codegen_support::{
    Field, Keeps, Members, Object, Parameter, Part, Scalar, Style, Tag, check, decode,
    integer_enum, nullable, object, open_enum, read_object, read_union,
};
pub use codegen_support::{Format, IntoFormat};
pub use conversion_error::ConversionError;
pub(crate) use credentials::Credentials;
#[allow(
    unused_imports,
    reason = "which of them a client needs is its document's to say"
)]
pub(crate) use decode::{lenient, read_any};
pub use error::Error;
pub use error_kind::ErrorKind;
pub use exposed::Exposed;
pub use formatted::Formatted;
#[allow(
    unused_imports,
    reason = "a document without operations has a table without rows"
)]
pub(crate) use http::Method;
#[allow(
    unused_imports,
    reason = "which of them the table of operations names is the document's"
)]
pub(crate) use operation::{Credential, Operation, Server, Successes};
pub use options::RequestOptions;
#[allow(
    unused_imports,
    reason = "only several kinds of success are decoded by status"
)]
pub(crate) use raw_response::RawResponse;
pub use request::Request;
pub use response::Response;
pub use secret::Secret;
pub(crate) use server_error::ServerError;
pub(crate) use servers::Servers;
#[allow(
    unused_imports,
    reason = "which of them a client needs is its document's to say"
)]
pub(crate) use success::{Binary, Empty, Json, Success, Text};
pub use unknown_value::UnknownValue;
