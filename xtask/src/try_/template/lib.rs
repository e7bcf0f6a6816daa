//! The client of a document that `cargo xtask try` was run with: the generated half and the
//! runtime. `service` and `webhook` replace the handwritten half.

#[rustfmt::skip]
mod generated;
#[allow(
    dead_code,
    unused_imports,
    reason = "no client is created here, and a document may not need every part of the runtime"
)]
mod runtime;
mod service;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use generated::*;
pub use runtime::{
    CallFuture, Client, ConversionError, Error, ErrorKind, Exposed, Format, Formatted, IntoFormat,
    Items, Page, PagePosition, Pages, Request, RequestOptions, Response, Secret, UnknownValue,
    transport,
};

/// The test kit.
#[cfg(feature = "test-util")]
pub mod testing {
    pub use crate::runtime::testing::{FakeTransport, RecordedRequest, Replies, Reply, ReplyBody};
}
