//! Passes over unions: what their variants are called, and how a value finds its variant.

pub(crate) mod success_enums;
pub(crate) mod union_coverage;
pub(crate) mod union_deserialize;
pub(crate) mod variant_names;
