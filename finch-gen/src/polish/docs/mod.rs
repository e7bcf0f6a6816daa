//! Passes over the documentation of types: the marks of deprecated items, and the doc comments.

pub(crate) mod deprecated;
pub(crate) mod doc_comments;
