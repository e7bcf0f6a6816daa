//! Passes over unions: the names of variants, and the choice of a variant for a value.

pub(crate) mod success_enums;
pub(crate) mod union_coverage;
pub(crate) mod union_deserialize;
pub(crate) mod variant_names;
