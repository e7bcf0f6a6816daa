//! A value of each variant of a union is decoded as that variant.

#[rustfmt::skip]
#[path = "generated/variants.rs"]
mod generated;
