//! What the generated half stands on: one policy a file, and nothing of Finch
//! but that a failure is a [`crate::Error`] and a success a [`crate::Response`].
//!
//! The generated `send` builds a request and gives it to [`ClientHooks::exec`]
//! with its row of the table of operations; the answer comes back read.

mod answer;
mod base_url;
mod body;
mod credentials;
mod deadline;
mod decode;
mod exec;
mod operation;
mod scrub;
mod secret;
mod unknown_value;

pub(crate) use answer::Answer;
pub(crate) use base_url::BaseUrl;
pub(crate) use body::Buffer;
pub(crate) use credentials::Credentials;
pub(crate) use deadline::Late;
pub(crate) use decode::from_json;
pub(crate) use exec::{ClientHooks, Inner};
#[allow(
    unused_imports,
    reason = "which of the two the table of operations names is the document's"
)]
pub(crate) use operation::{Credential, Operation};
pub(crate) use scrub::scrub;
pub use secret::Secret;
pub use unknown_value::UnknownValue;
