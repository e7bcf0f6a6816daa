//! Separates properties that only requests or only responses have.
//!
//! A caller does not send a `readOnly` property and may not have a value for it. So requests do not
//! have it, even if it is required: `required` then applies to responses. A server may omit a
//! `writeOnly` property from responses (JSON Schema Validation, section 9.4; OpenAPI 3.0.3, Schema
//! Object). If requests and responses share a schema with `readOnly` properties, requests get a
//! separate copy.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::type_naming::Path;
use super::{reference, referred, roles};
use crate::api_model::ApiModel;
use crate::load::Document;
use crate::pointer;
use crate::provenance;
use crate::report::Report;
use crate::type_names::Taken;
use crate::walk::{self, Kind};

const COMPONENTS: &str = "/components/schemas/";

/// Removes `readOnly` properties from requests, and makes `writeOnly` properties optional in
/// responses.
pub(super) fn separate(document: &mut Document, model: &ApiModel, report: &mut Report) {
    let components = |reached: BTreeSet<String>| -> BTreeSet<String> {
        let names = reached.iter().filter_map(|at| {
            at.strip_prefix(COMPONENTS)
                .filter(|name| !name.contains('/'))
        });
        names.map(str::to_owned).collect()
    };
    let in_requests = components(roles::in_requests(document, model));
    let in_responses = components(roles::in_responses(document, model));
    let own = own_in_requests(document, &in_requests);

    // If responses also use the schema, requests get a renamed copy.
    let mut taken: Taken = document.keys("/components/schemas").into_iter().collect();
    let mut renamed = BTreeMap::new();
    for name in own.iter().filter(|name| in_responses.contains(*name)) {
        let new = Path::of_component(name)
            .suffixed("Input")
            .key(None, &mut taken);
        let what =
            "requests and responses have different properties → requests have a separate type";
        let at = format!("{COMPONENTS}{name}");
        let at = provenance::origin(document, &at).unwrap_or(at);
        report.info("read-only", &at, what);
        renamed.insert(name.clone(), new);
    }
    let mut of_requests: Vec<String> = Vec::new();
    for name in &own {
        let schema = document.at(&format!("{COMPONENTS}{name}"));
        let Some(mut schema) = schema.cloned() else {
            continue;
        };
        refer_to(&mut schema, Kind::Schema, &renamed);
        let new = renamed.get(name).unwrap_or(name);
        if let Some(Value::Object(schemas)) = document.at_mut("/components/schemas") {
            schemas.insert(new.clone(), schema);
        }
        of_requests.push(new.clone());
    }
    let mut roots: Vec<String> = ["requestBodies", "parameters"]
        .map(|kind| format!("/components/{kind}"))
        .into();
    for operation in &model.operations {
        roots.push(format!("{}/requestBody", operation.pointer));
        roots.push(format!("{}/parameters", operation.pointer));
    }
    for at in roots {
        if let Some(root) = document.at_mut(&at) {
            refer_to(root, Kind::Object, &renamed);
        }
    }
    let mut forgotten: Vec<(String, BTreeSet<String>)> = Vec::new();
    for name in of_requests {
        let members = members_that_are(document, &name, "readOnly");
        forgotten.push((name, members));
    }
    for (name, members) in forgotten {
        each_part(document, &name, &mut |part| {
            if let Some(Value::Object(properties)) = part.get_mut("properties") {
                properties.retain(|name, property| {
                    !(members.contains(name) && says(property, "readOnly"))
                });
            }
            no_longer_required(part, &members);
        });
    }
    for name in in_responses {
        let members = members_that_are(document, &name, "writeOnly");
        each_part(document, &name, &mut |part| {
            no_longer_required(part, &members)
        });
    }
}

/// Returns the components that requests refer to and that contain a `readOnly` property, directly
/// or not.
fn own_in_requests(document: &Document, in_requests: &BTreeSet<String>) -> BTreeSet<String> {
    let mut own: BTreeSet<String> = in_requests
        .iter()
        .filter(|name| !members_that_are(document, name, "readOnly").is_empty())
        .cloned()
        .collect();
    let mut leading: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for name in in_requests {
        let Some(schema) = document.at(&format!("{COMPONENTS}{name}")) else {
            continue;
        };
        walk::for_each_schema(schema, "", |_, _, schema| {
            if let Some(target) = referred(schema) {
                leading.entry(target).or_default().push(name);
            }
        });
    }
    let mut next: Vec<String> = own.iter().cloned().collect();
    while let Some(name) = next.pop() {
        for holder in leading.get(name.as_str()).into_iter().flatten() {
            if own.insert((*holder).clone()) {
                next.push((*holder).clone());
            }
        }
    }
    own
}

fn says(property: &Value, keyword: &str) -> bool {
    property.get(keyword) == Some(&Value::Bool(true))
}

/// Returns the properties of the object `name` and of its conjuncts that `keyword` marks.
fn members_that_are(document: &Document, name: &str, keyword: &str) -> BTreeSet<String> {
    let mut members = BTreeSet::new();
    let start = reference(name);
    let mut next = vec![&start];
    let mut seen: Vec<*const Value> = Vec::new();
    while let Some(schema) = next.pop() {
        let Some(schema) = document.follow(schema) else {
            continue;
        };
        if seen.contains(&std::ptr::from_ref(schema)) {
            continue;
        }
        seen.push(schema);
        let properties = schema.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            if says(property, keyword) {
                members.insert(name.clone());
            }
        }
        let parts = schema.get("allOf").and_then(Value::as_array);
        next.extend(parts.into_iter().flatten());
    }
    members
}

/// Calls `change` with the component `name` and with its inline conjuncts.
fn each_part(document: &mut Document, name: &str, change: &mut impl FnMut(&mut Value)) {
    fn visit(schema: &mut Value, change: &mut impl FnMut(&mut Value)) {
        change(schema);
        let parts = schema.get_mut("allOf").and_then(Value::as_array_mut);
        for part in parts.into_iter().flatten() {
            visit(part, change);
        }
    }
    if let Some(schema) = document.at_mut(&format!("{COMPONENTS}{name}")) {
        visit(schema, change);
    }
}

fn no_longer_required(schema: &mut Value, members: &BTreeSet<String>) {
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| !name.as_str().is_some_and(|name| members.contains(name)));
        if required.is_empty()
            && let Value::Object(schema) = schema
        {
            schema.shift_remove("required");
        }
    }
}

/// Makes all references in `root`, a node of this kind, use the new names.
fn refer_to(root: &mut Value, kind: Kind, renamed: &BTreeMap<String, String>) {
    if renamed.is_empty() {
        return;
    }
    let places = match kind {
        Kind::Schema => walk::schemas(root, ""),
        _ => walk::places(root),
    };
    for place in places {
        let Some(schema) = pointer::find_mut(root, &place.pointer) else {
            continue;
        };
        if let Some(new) = referred(schema).and_then(|name| renamed.get(name)) {
            *schema = reference(new);
        }
        let mapping = schema
            .get_mut("discriminator")
            .and_then(|discriminator| discriminator.get_mut("mapping"));
        for target in mapping
            .and_then(Value::as_object_mut)
            .into_iter()
            .flat_map(serde_json::Map::values_mut)
        {
            let name = target
                .as_str()
                .and_then(|target| target.strip_prefix("#/components/schemas/"));
            if let Some(new) = name.and_then(|name| renamed.get(name)) {
                *target = format!("#/components/schemas/{new}").into();
            }
        }
    }
}
