//! Decodes every example of a parameter or a body with its generated type, and encodes it to
//! the same JSON.

#[rustfmt::skip]
#[path = "generated/examples.rs"]
mod generated;

#[allow(dead_code, reason = "a document may have no examples")]
fn document() -> serde_json::Value {
    serde_json::from_str(include_str!("document.json")).expect("the generator wrote valid JSON")
}
