//! Passes over unions: the names of variants, the choice of a variant for a value, and the enums
//! for several kinds of success.

pub(crate) mod success_enums;
pub(crate) mod union_coverage;
pub(crate) mod union_deserialize;
pub(crate) mod variant_names;
