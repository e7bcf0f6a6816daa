//! Separates properties that only requests or only responses have.
//!
//! A caller does not send a `readOnly` property and may not have a value for it. So requests do not
//! have it, even if it is required: `required` then applies to responses. If responses share the
//! schema, requests get a copy without the property: `PetInput` next to `Pet`.
//!
//! A server may omit a `writeOnly` property from responses, so it is optional there (JSON Schema
//! Validation, section 9.4; OpenAPI 3.0.3, Schema Object).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::type_naming::{Path, rename_references};
use super::{
    SCHEMAS, component_at, conjunction, origin, referred, roles, schema, schemas_mut, taken,
};
use crate::api_model::ApiModel;
use crate::json::Fields as _;
use crate::load::Document;

use crate::report::Report;

use crate::walk::{self, Kind};

/// Removes `readOnly` properties from requests, and makes `writeOnly` properties optional in
/// responses.
pub(super) fn separate(document: &mut Document, model: &ApiModel, report: &mut Report) {
    let components = |reached: BTreeSet<String>| -> BTreeSet<String> {
        let names = reached.iter().filter_map(|at| component_at(at));
        names.map(str::to_owned).collect()
    };
    let in_requests = components(roles::in_requests(document, model));
    let in_responses = components(roles::in_responses(document, model));
    let own = own_in_requests(document, &in_requests);

    // If responses also use the schema, requests get a renamed copy.
    let mut taken = taken(document);
    let mut renamed = HashMap::new();
    for name in own.iter().filter(|name| in_responses.contains(*name)) {
        let path = Path::of_component(name).suffixed("Input");
        let what =
            "requests and responses have different properties → requests have a separate type";
        let at = format!("{SCHEMAS}/{name}");
        report.info("read-only", &origin(document, &at), what);
        renamed.insert(name.clone(), path.key(None, &mut taken));
    }
    let mut of_requests: Vec<&String> = Vec::new();
    if let Some(schemas) = schemas_mut(document) {
        for name in &own {
            let Some(mut schema) = schemas.get(name).cloned() else {
                continue;
            };
            rename_references(&mut schema, Kind::Schema, &renamed);
            let new = renamed.get(name).unwrap_or(name);
            schemas.insert(new.clone(), schema);
            of_requests.push(new);
        }
    }
    let components = ["requestBodies", "parameters"].map(|kind| format!("/components/{kind}"));
    let operations = model.operations.iter().flat_map(|operation| {
        ["requestBody", "parameters"].map(|member| format!("{}/{member}", operation.pointer))
    });
    for at in components.into_iter().chain(operations) {
        if let Some(root) = document.at_mut(&at) {
            rename_references(root, Kind::Object, &renamed);
        }
    }
    let forgotten = of_requests.into_iter();
    let forgotten = forgotten.map(|name| (name, members_that_are(document, name, "readOnly")));
    for (name, members) in forgotten.collect::<Vec<_>>() {
        each_part(document, name, &mut |part| {
            if let Some(Value::Object(properties)) = part.get_mut("properties") {
                properties.retain(|name, property| {
                    !(members.contains(name) && property.is_true("readOnly"))
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
    let mut own = in_requests.clone();
    own.retain(|name| !members_that_are(document, name, "readOnly").is_empty());
    let mut leading: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for name in in_requests {
        let Some(schema) = schema(document, name) else {
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
        let holders = leading.get(name.as_str()).into_iter().flatten();
        let new = holders
            .copied()
            .filter(|holder| own.insert((*holder).clone()));
        next.extend(new.cloned());
    }
    own
}

/// Returns the properties of the object `name` and of its conjuncts that `keyword` marks.
fn members_that_are(document: &Document, name: &str, keyword: &str) -> BTreeSet<String> {
    let schemas = schema(document, name).into_iter();
    let schemas = schemas.flat_map(|schema| conjunction(document, schema));
    let properties = schemas.flat_map(|schema| schema.field("properties").fields());
    let marked = properties.filter(|(_, property)| property.is_true(keyword));
    marked.map(|(name, _)| name.clone()).collect()
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
    if let Some(schema) = schemas_mut(document).and_then(|schemas| schemas.get_mut(name)) {
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
