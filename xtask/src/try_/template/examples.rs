//! Tests every example of a parameter or a body: decodes it with its generated type, and encodes it
//! to the same JSON. The generated tests are included.

#[rustfmt::skip]
#[path = "generated/examples.rs"]
mod generated;

#[allow(dead_code, reason = "a document may have no examples")]
fn document() -> &'static serde_json::Value {
    static DOCUMENT: std::sync::LazyLock<serde_json::Value> = std::sync::LazyLock::new(|| {
        serde_json::from_str(include_str!("document.json")).expect("the generator wrote valid JSON")
    });
    &DOCUMENT
}
