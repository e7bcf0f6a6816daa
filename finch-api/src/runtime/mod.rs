//! The runtime that the generated code calls. Each file implements one policy, and none
//! depends on the API.
//!
//! A generated call passes its row of the operation table, its parameters and its body to
//! [`Call`], which encodes them. `execute` sends every request. [`crate::service`] provides the
//! API-specific values that no document contains. The only generated code that the runtime uses
//! is `crate::generated::testing`, in the test kit.

mod attempt;
mod base_url;
mod body;
#[allow(
    dead_code,
    reason = "the document decides which parameters and bodies a client has"
)]
mod call;
mod client;
#[allow(
    dead_code,
    unreachable_pub,
    unused_macros,
    reason = "the document decides which parts a client uses"
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
#[allow(dead_code, reason = "the document decides whether there are events")]
mod event;
mod execute;
mod exposed;
mod formatted;
mod head;
mod json_path;
#[allow(dead_code, reason = "only a document with paged lists needs it")]
mod json_pointer;
mod json_text;
mod operation;
mod options;
#[allow(dead_code, reason = "only a document with paged lists needs it")]
mod pages;
#[allow(dead_code, reason = "only a document with paged lists needs it")]
mod paging;
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
mod retry_rules;
mod secret;
mod server_error;
mod servers;
#[allow(
    dead_code,
    reason = "the document decides which kinds of success a client has"
)]
mod success;
#[cfg(feature = "test-util")]
pub(crate) mod testing;
mod trace;
pub mod transport;
mod unknown_value;
#[allow(dead_code, reason = "only a call that may be accepted first waits")]
mod wait;
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
    reason = "only a client that sends files uses it"
)]
pub use codegen_support::File;
#[allow(
    unused_imports,
    reason = "the document decides which of them a client uses"
)]
pub(crate) use codegen_support::{
    Field, Keeps, Object, Parameter, Part, Properties, Redacted, Scalar, Style, Tag, check, decode,
    format_component, integer_enum, nullable, object, open_enum, read_object, read_union,
};
pub use codegen_support::{Format, IntoFormat};
pub use conversion_error::ConversionError;
pub(crate) use credentials::Credentials;
#[allow(
    unused_imports,
    reason = "the document decides which of them a client uses"
)]
pub(crate) use decode::{lenient, read_any};
pub use error::Error;
pub use error_kind::ErrorKind;
#[allow(
    unused_imports,
    reason = "the document decides whether there are events"
)]
pub(crate) use event::read_event;
pub use exposed::Exposed;
pub use formatted::Formatted;
#[allow(
    unused_imports,
    reason = "a document without operations has an empty table, and one without events no headers"
)]
pub(crate) use http::{HeaderMap, Method};
#[allow(unused_imports, reason = "the document decides which of them occur")]
pub(crate) use operation::{Credential, Operation, Server, Successes};
pub use options::RequestOptions;
pub use pages::{Items, Page, PagePosition, Pages};
#[allow(unused_imports, reason = "only a document with paged lists needs it")]
pub(crate) use paging::{PageInput, Paging};
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
    reason = "the document decides which of them a client uses"
)]
pub(crate) use success::{Binary, Empty, Json, Success, Text};
pub use unknown_value::UnknownValue;
