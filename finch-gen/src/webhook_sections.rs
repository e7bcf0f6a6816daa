//! Writes all webhooks of a document as its `webhooks` section, which later stages read.
//!
//! A 3.0 document has the section `x-webhooks`, which is ignored if there is a section `webhooks`.
//! A publisher may also describe the events of its webhooks as a schema, without such a section.
//! The extension `x-webhook-events` at the root names that schema, and usually the overlay sets it:
//! `x-webhook-events: '#/components/schemas/Event'`. It becomes a webhook with that body. Any other
//! value is refused.

use serde_json::{Map, Value, json};

use crate::load::Document;
use crate::openapi_version::CORRECT;
use crate::pointer;
use crate::problem::Problem;
use crate::type_names;

const EVENTS: &str = "x-webhook-events";

/// Adds the webhooks of both extensions to the `webhooks` of `document`, and removes the extensions.
/// A document that already has `webhooks` keeps them in place of `x-webhooks`.
///
/// # Errors
///
/// `x-webhook-events` does not refer to a component schema.
pub(crate) fn unite(document: &mut Document) -> Result<(), Problem> {
    let event = document.root.get(EVENTS);
    let event = event.map(|reference| webhook(document, reference));
    let event = event.transpose()?;
    let Value::Object(root) = &mut document.root else {
        return Ok(());
    };
    root.shift_remove(EVENTS);
    if !root.contains_key("webhooks")
        && let Some(webhooks) = root.shift_remove("x-webhooks")
    {
        root.insert("webhooks".to_owned(), webhooks);
    }
    let Some((name, webhook)) = event else {
        return Ok(());
    };
    let webhooks = root.entry("webhooks").or_insert_with(|| Map::new().into());
    // Lowering reports a section that is not a mapping.
    if let Value::Object(webhooks) = webhooks {
        let name = type_names::unique(&name, |name| webhooks.contains_key(name));
        webhooks.insert(name, webhook);
    }
    Ok(())
}

/// Returns the webhook whose body is the component that `reference` names, with the name of the
/// component.
fn webhook(document: &Document, reference: &Value) -> Result<(String, Value), Problem> {
    let target = reference.as_str().and_then(pointer::of_reference);
    let component = target
        .filter(|at| at.rsplit_once('/').map(|(of, _)| of) == Some("/components/schemas"))
        .filter(|at| document.at(at).is_some())
        .and_then(|at| pointer::last(&at));
    let Some(component) = component else {
        let what = format!("expected a reference to a schema of the document, found {reference}");
        return Err(document.problem(format!("/{EVENTS}"), what, CORRECT));
    };
    let webhook = json!({"post": {
        "requestBody": {"content": {"application/json": {"schema": {"$ref": reference}}}},
        "responses": {},
    }});
    Ok((component, webhook))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(parts: Value) -> Document {
        let mut root = json!({
            "openapi": "3.1.0",
            "info": {"title": "T", "version": "1"},
            "components": {"schemas": {"A": {}, "a/b": {}}},
        });
        for (name, part) in parts.as_object().unwrap() {
            root[name] = part.clone();
        }
        let text = root.to_string();
        let name = "api.json";
        crate::load(&crate::Text { name, text: &text }).unwrap()
    }

    #[test]
    fn extensions_become_the_section() {
        let one = json!({"post": {}});
        for (parts, names) in [
            (json!({}), &[][..]),
            (json!({"webhooks": {"one": one}}), &["one"]),
            (json!({"x-webhooks": {"one": one}}), &["one"]),
            (
                json!({"webhooks": {"one": one}, "x-webhooks": {"two": one}}),
                &["one"],
            ),
            (json!({EVENTS: "#/components/schemas/A"}), &["A"]),
            (json!({EVENTS: "#/components/schemas/a~1b"}), &["a/b"]),
            (
                json!({EVENTS: "#/components/schemas/A", "webhooks": {"A": one}}),
                &["A", "A2"],
            ),
            (
                json!({EVENTS: "#/components/schemas/A", "x-webhooks": {"one": one}}),
                &["one", "A"],
            ),
        ] {
            let mut document = document(parts);
            unite(&mut document).unwrap();
            assert_eq!(document.keys("/webhooks"), names);
            // A second time changes nothing.
            let once = document.root.clone();
            unite(&mut document).unwrap();
            assert_eq!(document.root, once);
        }
    }

    #[test]
    fn events_must_be_a_schema_of_the_document() {
        for wrong in [
            json!("#/components/schemas/B"),
            json!("#/components/responses/A"),
            json!("#/components/schemas/A/properties/a"),
            json!("A"),
            json!(true),
        ] {
            let problem = unite(&mut document(json!({EVENTS: wrong}))).unwrap_err();
            let text = problem.to_string();
            let what = format!("expected a reference to a schema of the document, found {wrong}");
            assert!(text.contains(&what), "{text}");
        }
    }
}
