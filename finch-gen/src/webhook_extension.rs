//! Writes the events that the extension `x-webhook-events` names as a webhook.
//!
//! A publisher may describe the events of its webhooks as a schema, without a `webhooks` section.
//! The extension, at the root of the document and usually set by the overlay, names that schema:
//! `x-webhook-events: '#/components/schemas/Event'`. It becomes a webhook, so that no later stage
//! needs to know the extension.

use serde_json::{Value, json};

use crate::load::Document;
use crate::openapi_version::CORRECT;
use crate::pointer;
use crate::problem::Problem;
use crate::type_names;

const EXTENSION: &str = "x-webhook-events";

/// Adds the webhook to `document`, if it has the extension.
///
/// # Errors
///
/// The extension does not refer to a component schema.
pub(crate) fn write_as_webhook(document: &mut Document) -> Result<(), Problem> {
    let Some(reference) = document.root.get(EXTENSION) else {
        return Ok(());
    };
    let target = reference.as_str().and_then(pointer::of_reference);
    let component = target
        .filter(|at| at.rsplit_once('/').map(|(of, _)| of) == Some("/components/schemas"))
        .filter(|at| document.at(at).is_some())
        .and_then(|at| pointer::last(&at));
    let Some(component) = component else {
        let what = format!("expected a reference to a schema of the document, found {reference}");
        return Err(document.problem(&format!("/{EXTENSION}"), what, CORRECT));
    };
    let webhook = json!({"post": {
        "requestBody": {"content": {"application/json": {"schema": {"$ref": reference}}}},
        "responses": {},
    }});
    let webhooks = match document.root.get_mut("webhooks") {
        Some(Value::Object(webhooks)) => webhooks,
        // Lowering reports a section that is not a mapping.
        Some(_) => return Ok(()),
        None => {
            document.root["webhooks"] = json!({});
            document.root["webhooks"]
                .as_object_mut()
                .expect("it was just inserted")
        }
    };
    let name = type_names::unique(&component, |name| webhooks.contains_key(name));
    webhooks.insert(name, webhook);
    Ok(())
}
