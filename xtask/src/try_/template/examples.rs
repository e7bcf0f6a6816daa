//! Every example of a parameter or a body in the document is decoded by the
//! generated type and encoded again, to the same JSON.

#[rustfmt::skip]
#[path = "generated/examples.rs"]
mod generated;

#[allow(dead_code, reason = "a document may have no example")]
fn document() -> serde_json::Value {
    serde_json::from_str(include_str!("document.json")).expect("it was written as JSON")
}
