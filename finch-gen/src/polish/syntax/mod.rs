//! Helps the passes to read and build syntax trees: finds progenitor's items and the type of each
//! schema, reads serde's attributes, and builds small pieces of code.

pub(crate) mod derives;
pub(crate) mod roles;
pub(crate) mod serde_attrs;
pub(crate) mod syn_build;
pub(crate) mod syn_query;
pub(crate) mod template;
pub(crate) mod type_index;
