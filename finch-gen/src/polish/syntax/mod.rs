//! Reads and builds syntax trees: progenitor's items, serde's attributes, and the type of each
//! schema.

pub(crate) mod derives;
pub(crate) mod roles;
pub(crate) mod serde_attrs;
pub(crate) mod syn_build;
pub(crate) mod syn_query;
pub(crate) mod type_index;
