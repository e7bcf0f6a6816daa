//! Gives a named type to JSON schemas that no method sends or returns.
//!
//! It visits the bodies of failures and webhooks, response headers, and the entries of
//! `components/requestBodies`, `responses` and `headers` that no operation refers to. An inline
//! schema there becomes a component schema if it has examples, so that tests can check them, or if
//! a webhook has it, because the client decodes it. The report notes each. A schema that accepts
//! anything stays inline.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::responses::is_returned;
use super::source_map::{self, Origins};
use super::{examples, media_types, webhooks};
use crate::api_model::Operation;
use crate::load::Document;
use crate::media_type::is_json;
use crate::pointer;
use crate::reachability::METHODS;
use crate::report::Report;
use crate::type_names::{Taken, type_name};

/// Turns inline schemas of `document` into components if no method uses them, and they have
/// examples or belong to a webhook. `lowered` is `document` with lowered schemas.
pub(super) fn make_components(
    document: &Document,
    lowered: &mut Document,
    operations: &[Operation],
    origins: &mut Origins,
    report: &mut Report,
) {
    let components = lowered.keys("/components/schemas");
    let mut taken: Taken = components.iter().map(|name| type_name(name)).collect();
    let (found, events) = find(document, operations);
    for (at, name) in found {
        let schema = format!("{at}/schema");
        let is_event = events.contains(&at);
        let is_used = is_event || examples::are_in(document, &at);
        // A type for a schema that accepts anything would add nothing.
        let is_anything = |inline: &Value| inline.as_object().is_none_or(Map::is_empty);
        let Some(inline) = webhooks::in_lowered(lowered, &schema).filter(|inline| {
            is_used && !is_anything(inline) && webhooks::reference(inline).is_none()
        }) else {
            continue;
        };
        let name = taken.unique(&name);
        let component = format!("/components/schemas/{name}");
        let (code, what) = match is_event {
            true => ("webhook-hoisted", "inline body of a webhook"),
            false => ("example-hoisted", "examples in a part that no method uses"),
        };
        report.info(code, &schema, format!("{what} → the component {name}"));
        let reference = json!({"$ref": format!("#{component}")});
        let inline = std::mem::replace(inline, reference);
        lowered.root["components"]["schemas"][&name] = inline;
        // Nested schemas move with their parent.
        source_map::move_within(origins, &schema, &component);
        origins.insert(component, schema);
    }
}

/// Returns the Media Type Objects and Header Objects that no method uses, each with a type name
/// for its schema, and the pointers of those that belong to a webhook.
fn find(
    document: &Document,
    operations: &[Operation],
) -> (Vec<(String, String)>, BTreeSet<String>) {
    let mut find = Find {
        document,
        found: Vec::new(),
        reached: BTreeSet::new(),
    };
    for operation in operations {
        find.in_operation(operation);
    }
    let of_operations = find.found.len();
    for webhook in document.keys("/webhooks") {
        for method in METHODS {
            let at = pointer::join("/webhooks", &webhook) + &format!("/{method}/requestBody");
            find.body(&at, &format!("{webhook} webhook"));
        }
    }
    let events = find.found.iter().skip(of_operations);
    let events = events.map(|(at, _)| at.clone()).collect();
    for section in ["requestBodies", "responses", "headers"] {
        let section = format!("/components/{section}");
        for name in document.keys(&section) {
            let at = document.followed(&pointer::join(&section, &name));
            if find.reached.contains(&at) {
                continue;
            }
            match section.ends_with("headers") {
                true => find.found.push((at, name)),
                false => find.body(&at, &name),
            }
        }
    }
    let found = find.found.into_iter();
    let found = found.map(|(at, name)| (at, type_name(&name)));
    (found.collect(), events)
}

struct Find<'a> {
    document: &'a Document,
    found: Vec<(String, String)>,
    /// The request bodies and responses of operations.
    reached: BTreeSet<String>,
}

impl Find<'_> {
    fn in_operation(&mut self, operation: &Operation) {
        let body = format!("{}/requestBody", operation.pointer);
        self.reached.insert(self.document.followed(&body));
        let responses = format!("{}/responses", operation.pointer);
        let statuses = self.document.keys(&responses);
        for status in &statuses {
            let response = pointer::join(&responses, status);
            let name = format!("{} response {status}", operation.rust_name);
            self.headers(&response, &name);
            if is_returned(status, &statuses) {
                self.reached.insert(self.document.followed(&response));
            } else {
                self.body(&response, &name);
            }
        }
    }

    /// Adds the body of the Request Body or Response Object at `at`, if it is JSON.
    fn body(&mut self, at: &str, name: &str) {
        let (at, name) = self.named(at, name);
        let best = media_types::best(self.document, &format!("{at}/content"));
        let best = best.filter(|(media_type, _)| is_json(media_type));
        self.found.extend(best.map(|(_, at)| (at, name)));
    }

    /// Adds the headers of the Response Object at `at`.
    fn headers(&mut self, at: &str, name: &str) {
        let (at, name) = self.named(at, name);
        let headers = format!("{at}/headers");
        for header in self.document.keys(&headers) {
            let at = pointer::join(&headers, &header);
            let found = self.named(&at, &format!("{name} {header}"));
            self.found.push(found);
        }
    }

    /// Resolves `at` if it is a reference to a component, and returns its pointer with the
    /// component's name. Otherwise returns `at` with `name`.
    fn named(&self, at: &str, name: &str) -> (String, String) {
        let at = self.document.followed(at);
        let component = at.strip_prefix("/components/");
        let component = component.filter(|rest| rest.matches('/').count() == 1);
        let component = component.and_then(pointer::last);
        let name = component.unwrap_or_else(|| name.to_owned());
        (at, name)
    }
}
