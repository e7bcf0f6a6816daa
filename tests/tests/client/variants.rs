//! A value of each variant of a union is decoded as that variant. The tests are generated
//! with the client.

#[rustfmt::skip]
#[path = "../../generated/variants.rs"]
mod generated;
