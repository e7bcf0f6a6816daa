//! Makes the union that every webhook is decoded as, and stores its pointer in the model.
//!
//! The union is called `WebhookEvent`, and has a branch for each body and a last branch for any
//! JSON. If all webhooks share one body, and it is a union, that union is used. Without webhooks,
//! the document gets no union.

use serde_json::{Value, json};

use super::variants::branches;
use super::{SCHEMAS, is_only_null, reference, schemas};
use crate::api_model::ApiModel;
use crate::json::Fields as _;
use crate::load::Document;
use crate::pointer;
use crate::provenance;
use crate::type_names::{Taken, type_name};

/// The name of a union that the document does not have.
const NAME: &str = "WebhookEvent";

/// Sets the component of all events in `model`, and adds it to `document` if necessary.
pub(super) fn make_union(document: &mut Document, model: &mut ApiModel) {
    let mut bodies: Vec<&str> = Vec::new();
    for webhook in &model.webhooks {
        if !bodies.contains(&webhook.schema.as_str()) {
            bodies.push(&webhook.schema);
        }
    }
    model.webhook_events = match bodies.as_slice() {
        [] => None,
        [body] if is_open_union(document, body) => Some((*body).to_owned()),
        bodies => {
            let names = schemas(document).map(|(name, _)| type_name(name));
            let mut taken: Taken = names.collect();
            let at = pointer::join(SCHEMAS, &taken.unique(NAME));
            let names = bodies.iter().filter_map(|body| pointer::last(body));
            let mut branches: Vec<Value> = names.map(|name| reference(&name)).collect();
            branches.push(json!({}));
            let union = json!({
                "description": provenance::with_mark("The event of a webhook.", &at),
                "oneOf": branches,
            });
            if let Some(name) = pointer::last(&at) {
                document.root["components"]["schemas"][name] = union;
            }
            model.origins.insert(at.clone(), "/webhooks".to_owned());
            Some(at)
        }
    };
}

/// Whether the component at `at` becomes an enum that can hold any JSON.
fn is_open_union(document: &Document, at: &str) -> bool {
    let Some(union) = document.at(at) else {
        return false;
    };
    let is_string = |branch: &Value| {
        let branch = document.follow(branch).unwrap_or(branch);
        branch.is_type("string")
    };
    let mut branches: Vec<&Value> = branches(union).collect();
    branches.dedup();
    branches.len() > 1
        && !union.is_true("nullable")
        && !branches.iter().copied().any(is_only_null)
        && !branches.into_iter().all(is_string)
        && union.get("type").is_none_or(|of| of == "object")
}
