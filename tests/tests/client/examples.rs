//! Decodes every example of a parameter or body in the document with the generated type,
//! and encodes it to the same JSON. The tests are generated with the client, so a new
//! example gets a test automatically.

use std::collections::BTreeSet;

use finch_gen::Text;
use serde_json::Value;

#[rustfmt::skip]
#[path = "../../generated/examples.rs"]
mod generated;

/// Returns the published document.
fn document() -> Value {
    let name = "openapi/finch.yaml";
    let text = include_str!("../../../openapi/finch.yaml");
    finch_gen::load(&Text { name, text })
        .unwrap()
        .root()
        .clone()
}

/// Collects the pointers of all examples of parameters and bodies in `value`, without the
/// generator. Failures may have no types, so their examples do not count.
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
    let tested: BTreeSet<String> = include_str!("../../generated/examples.rs")
        .split('"')
        .filter(|text| text.starts_with("/paths/"))
        .map(str::to_owned)
        .collect();
    let untested: Vec<&String> = expected.difference(&tested).collect();
    assert_eq!(untested, [""; 0]);
}
