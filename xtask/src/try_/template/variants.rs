//! Decodes a sample of each union variant as that variant.

#[rustfmt::skip]
#[path = "generated/variants.rs"]
mod generated;
