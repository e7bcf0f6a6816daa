//! Every example of a body in the document is decoded by the generated type
//! and encoded again, to the same JSON.

use serde_json::Value;

#[rustfmt::skip]
#[path = "generated/examples.rs"]
mod generated;

/// Holds `T` against the example at `pointer`; what is wrong is said on one
/// line, the first of the panic's message.
#[allow(dead_code, reason = "a document may have no example")]
fn check_example<T: serde::Serialize + serde::de::DeserializeOwned>(pointer: &str) {
    let document: Value =
        serde_json::from_str(include_str!("document.json")).expect("it was written as JSON");
    let example = document
        .pointer(pointer)
        .expect("the generator found it there");
    let value: T = serde_json::from_value(example.clone())
        .unwrap_or_else(|error| panic!("{pointer}: the example cannot be decoded: {error}"));
    let encoded = serde_json::to_value(&value)
        .unwrap_or_else(|error| panic!("{pointer}: the example cannot be encoded: {error}"));
    if let Some(difference) = difference(&encoded, example, "") {
        panic!("{pointer}: the example is not encoded as it was: {difference}");
    }
}

/// Where `is` first differs from `was`, in a number more than in its spelling.
fn difference(is: &Value, was: &Value, at: &str) -> Option<String> {
    match (is, was) {
        (Value::Object(is), Value::Object(was)) => {
            let lost = was.keys().find(|name| !is.contains_key(*name));
            let lost = lost.map(|name| format!("{at}/{name} is gone"));
            lost.or_else(|| {
                is.iter().find_map(|(name, is)| match was.get(name) {
                    Some(was) => difference(is, was, &format!("{at}/{name}")),
                    None => Some(format!("{at}/{name} was not there")),
                })
            })
        }
        (Value::Array(is), Value::Array(was)) if is.len() == was.len() => {
            let items = is.iter().zip(was).enumerate();
            let mut items = items.map(|(index, (is, was))| (is, was, format!("{at}/{index}")));
            items.find_map(|(is, was, at)| difference(is, was, &at))
        }
        // 15 and 15.0 are one number.
        (Value::Number(is), Value::Number(was))
            if (is.is_f64() || was.is_f64()) && is.as_f64() == was.as_f64() =>
        {
            None
        }
        (is, was) => (is != was).then(|| format!("{at} is {is}, but was {was}")),
    }
}
