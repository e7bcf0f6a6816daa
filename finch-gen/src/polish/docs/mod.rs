//! Passes over the documentation of types.

pub(crate) mod deprecated;
pub(crate) mod doc_comments;
