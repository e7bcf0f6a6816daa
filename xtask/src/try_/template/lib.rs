//! A client that was generated to be tried: the generated half and the runtime,
//! with nothing of one API's own beside them.

#[rustfmt::skip]
mod generated;
#[allow(
    dead_code,
    unused_imports,
    reason = "nobody makes a client here, and which of the rest one needs is its document's to say"
)]
mod runtime;
mod service;

pub use generated::*;
pub use runtime::{
    CallFuture, Client, ConversionError, Error, ErrorKind, Exposed, Format, Formatted, IntoFormat,
    Request, RequestOptions, Response, Secret, UnknownValue, transport,
};

/// The test kit.
#[cfg(feature = "test-util")]
pub mod testing {
    pub use crate::runtime::testing::{FakeTransport, RecordedRequest, Replies, Reply, ReplyBody};
}
