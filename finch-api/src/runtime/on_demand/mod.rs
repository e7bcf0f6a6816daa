//! What a client needs only where its document says so: parameters in the path
//! and the query, forms, values that are built, and answers that are not JSON.
//!
//! In each client some of it is unused. That is allowed for once, where this
//! module is declared, so that unused code elsewhere in the runtime is still
//! found.

mod bodies;
mod form;
mod pairs;
mod path;
mod query;
mod slot;

pub(crate) use form::RequestBuilderExt;
pub(crate) use path::encode_path;
pub(crate) use query::QueryParam;
pub(crate) use slot::Slot;
