//! Every example of a parameter or a body in the document is decoded by the
//! generated type and encoded again, to the same JSON. The tests are generated with the
//! client: a new example in the next document has its test without a line
//! written.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the message")]

use std::collections::BTreeSet;

use finch_gen::Text;
use serde_json::Value;

#[rustfmt::skip]
#[path = "../generated/examples.rs"]
mod generated;

/// The document as published.
fn document() -> Value {
    let name = "openapi/finch.yaml";
    let text = include_str!("../../openapi/finch.yaml");
    finch_gen::load(&Text { name, text })
        .unwrap()
        .root()
        .clone()
}

/// The pointers of all examples of parameters and bodies in `value`, found without
/// the help of the generator: those of requests and successes, as failures are
/// not generated.
fn examples(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(key, value)| (key.clone(), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (index.to_string(), item))
            .collect(),
        _ => return,
    };
    for (key, member) in members {
        let is_of_failure = at.ends_with("/responses") && !key.starts_with('2');
        if is_of_failure {
            continue;
        }
        let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        match (key.as_str(), member) {
            ("example", _) => {
                found.insert(at);
            }
            ("examples", Value::Object(examples)) => {
                found.extend(examples.keys().map(|name| format!("{at}/{name}/value")));
            }
            _ => examples(member, &at, found),
        }
    }
}

#[test]
fn every_example_has_its_test() {
    let mut expected = BTreeSet::new();
    examples(&document()["paths"], "/paths", &mut expected);
    assert!(!expected.is_empty());
    let tested: BTreeSet<String> = include_str!("../generated/examples.rs")
        .split('"')
        .filter(|text| text.starts_with("/paths/"))
        .map(str::to_owned)
        .collect();
    assert_eq!(tested, expected);
}
