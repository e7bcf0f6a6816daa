//! Tests the unions of a client: decodes a sample of each variant as that variant. The generated
//! tests are included.

#[rustfmt::skip]
#[path = "generated/variants.rs"]
mod generated;
