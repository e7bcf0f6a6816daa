//! One body of success for progenitor, and the others for the client.
//!
//! progenitor has one type for all answers of success of an operation. So it
//! gets one of them, and what the others are is told to the polish pass
//! `successes`, which makes of all an enum that is chosen by the status.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::referred;
use super::response_bodies::{Answers, Reading};
use crate::api_model::ApiModel;
use crate::load::Document;
use crate::provenance;
use crate::type_names;

/// The answers of success of the operations that have several kinds of them, by
/// the names of their methods.
pub(crate) type Successes = BTreeMap<String, Vec<Success>>;

/// One kind of answer of success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Success {
    /// The status: `200`, or `2XX`.
    pub(crate) status: String,
    /// What its body is; `None` where it has none.
    pub(crate) body: Option<Body>,
}

/// What a body is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// JSON, of this component.
    Component(String),
    /// A text, as it is.
    Text,
    /// Bytes, as they are.
    Bytes,
}

/// Leaves the operations one kind of answer of success, the first that has a
/// body.
pub(super) fn keep_one(document: &mut Document, model: &ApiModel, answers: &Answers) -> Successes {
    let mut successes = Successes::new();
    for operation in &model.operations {
        let at = format!("{}/responses", operation.pointer);
        let Some(responses) = document.at(&at).and_then(Value::as_object) else {
            continue;
        };
        let schemas: Vec<Option<&Value>> = responses.values().map(schema).collect();
        let readings: Vec<Option<Reading>> = responses
            .keys()
            .map(|status| Some(answers.get(&operation.rust_name)?.get(status)?.reading))
            .collect();
        let are_alike = schemas.windows(2).all(|pair| pair[0] == pair[1])
            && readings.windows(2).all(|pair| pair[0] == pair[1]);
        if are_alike {
            continue;
        }
        let statuses: Vec<String> = responses.keys().cloned().collect();
        let schemas: Vec<Option<Value>> = schemas.into_iter().map(|of| of.cloned()).collect();
        let mut kinds = Vec::new();
        for ((status, schema), reading) in statuses.into_iter().zip(schemas).zip(readings) {
            let body = reading.map(|reading| match reading {
                Reading::Json => {
                    let schema = schema.unwrap_or_else(|| json!({}));
                    let method = type_names::type_name(&operation.rust_name);
                    let name = format!("{method}Response{status}");
                    let place = format!("{at}/{status}");
                    Body::Component(component(document, schema, &name, &place))
                }
                Reading::Text => Body::Text,
                Reading::Bytes => Body::Bytes,
            });
            kinds.push(Success { status, body });
        }
        let first = kinds.iter().find(|kind| kind.body.is_some());
        let first = first.unwrap_or(&kinds[0]).status.clone();
        if let Some(Value::Object(responses)) = document.at_mut(&at) {
            responses.retain(|status, _| *status == first);
        }
        successes.insert(operation.rust_name.clone(), kinds);
    }
    successes
}

fn schema(response: &Value) -> Option<&Value> {
    response
        .get("content")?
        .get("application/json")?
        .get("schema")
}

/// The component that `schema` is; it becomes one, called `name` and from `place`,
/// where it is not.
fn component(document: &mut Document, mut schema: Value, name: &str, place: &str) -> String {
    let single = schema.get("allOf").and_then(Value::as_array);
    let inner = match single.map(Vec::as_slice) {
        Some([only]) => only,
        _ => &schema,
    };
    if let Some(name) = referred(inner) {
        return type_names::type_name(name);
    }
    let components = &mut document.root["components"]["schemas"];
    let is_taken = |name: &str| components.get(name).is_some();
    let name = type_names::unique(&type_names::type_name(name), is_taken);
    let description = schema.get("description").and_then(Value::as_str);
    schema["description"] = provenance::with_mark(description.unwrap_or_default(), place).into();
    components[&name] = schema;
    name
}
