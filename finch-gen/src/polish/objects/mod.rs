//! Contains the passes that rewrite structs: the names of their fields, which fields are options, how
//! null is decoded, and which items are public. Each module comment shows the code before and
//! after its pass.

pub(crate) mod all_of_docs;
pub(crate) mod field_names;
pub(crate) mod non_exhaustive;
pub(crate) mod nullable;
pub(crate) mod object_deserialize;
pub(crate) mod optional;
pub(crate) mod redacted;
pub(crate) mod wrappers;
