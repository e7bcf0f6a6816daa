//! Passes over structs and their fields: names, options, null, decoding, and the items that a user
//! may depend on. Each module comment shows the code before and after its pass.

pub(crate) mod all_of_docs;
pub(crate) mod field_names;
pub(crate) mod non_exhaustive;
pub(crate) mod nullable;
pub(crate) mod object_deserialize;
pub(crate) mod optional;
pub(crate) mod redacted;
pub(crate) mod wrappers;
