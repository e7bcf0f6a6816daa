//! Reading and building syntax trees: progenitor's items, serde's attributes, and which type
//! each schema became.

pub(crate) mod derives;
pub(crate) mod roles;
pub(crate) mod serde_attrs;
pub(crate) mod syn_build;
pub(crate) mod syn_query;
pub(crate) mod type_index;
