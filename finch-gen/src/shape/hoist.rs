//! Makes a component of each inline schema that becomes a type: an object with properties, an enum,
//! a union or a conjunction. It leaves a reference in its place.
//!
//! progenitor names an inline type after its place or its `title`, and does not check whether
//! another type has that name. So `type_naming` names the new components, and the titles are
//! dropped.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::type_naming::Path;
use super::{each_schema_mut, enum_values, is_only_null, only_null, reference, schemas_mut};
use crate::annotation_keywords::is_annotation;
use crate::api_model::ApiModel;
use crate::json::Fields as _;
use crate::load::Document;
use crate::provenance;
use crate::type_names::{self, Taken};

/// The keywords of conjunctions and unions.
const COMPOSITES: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Hoists the bodies and parameters that become types.
pub(super) fn bodies(document: &mut Document, model: &ApiModel) {
    let mut components = Components::take(document);
    for operation in &model.operations {
        let name = type_names::camel_case(&operation.rust_name);
        let path = |suffix: &str| Path::of_operation(&format!("{name}{suffix}"));
        let at = &operation.pointer;
        components.parameters(document, &format!("{at}/parameters"), &path(""));
        let request = format!("{at}/requestBody/content");
        components.body(document, &request, &path("Request"));
        let statuses = document.keys(&format!("{at}/responses"));
        for (index, status) in statuses.iter().enumerate() {
            let own = if index == 0 { "" } else { status };
            let content = format!("{at}/responses/{status}/content");
            components.body(document, &content, &path(&format!("Response{own}")));
        }
    }
    components.put_back(document);
}

/// Hoists all inline schemas in components that become types.
pub(super) fn inline_schemas(document: &mut Document) {
    let mut components = Components::take(document);
    // New components can contain inline schemas, too.
    let mut next = 0;
    while let Some(name) = components.order.get(next).cloned() {
        let schema = components.schemas.get_mut(&name);
        let mut schema = schema.map(Value::take).unwrap_or_default();
        components.inside(&mut schema, &Path::of_component(&name));
        components.schemas.insert(name, schema);
        next += 1;
    }
    components.put_back(document);
    each_schema_mut(document, |_, schema| drop(schema.shift_remove("title")));
}

/// The component schemas, taken out of their document.
struct Components {
    schemas: Map<String, Value>,
    order: Vec<String>,
    taken: Taken,
    /// The hoisted schemas of the parameter components, by name.
    parameters: BTreeMap<String, Value>,
}

impl Components {
    fn take(document: &mut Document) -> Self {
        let schemas = schemas_mut(document)
            .map(std::mem::take)
            .unwrap_or_default();
        Self {
            order: schemas.keys().cloned().collect(),
            taken: schemas.keys().cloned().collect(),
            parameters: BTreeMap::new(),
            schemas,
        }
    }

    fn put_back(self, document: &mut Document) {
        if !self.schemas.is_empty() {
            document.root["components"]["schemas"] = self.schemas.into();
        }
    }

    /// Hoists the body in the Media Type Objects at `content`.
    fn body(&mut self, document: &mut Document, content: &str, path: &Path) {
        if let Some(schema) = document.at_mut(&format!("{content}/application~1json/schema")) {
            self.hoist_if_type(schema, path);
        }
    }

    /// Hoists the parameters of `operation` at `at`.
    fn parameters(&mut self, document: &mut Document, at: &str, operation: &Path) {
        let parameters = document.at_mut(at).and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            let path = operation.property(parameter.text("name").unwrap_or_default());
            if let Some(Value::Object(schema)) = parameter.get_mut("schema")
                && let Some(name) = provenance::parameter(schema)
            {
                let first = self.parameters.get(&name).cloned();
                parameter["schema"] = first.unwrap_or_else(|| self.shared(name, schema.clone()));
            } else if let Some(schema) = parameter.get_mut("schema") {
                self.hoist_if_type(schema, &path);
            }
        }
    }

    /// Hoists the `schema` of the parameter component `name`. Returns the schema for every use.
    fn shared(&mut self, name: String, mut schema: Map<String, Value>) -> Value {
        let mut own = type_names::camel_case(&name);
        if is_type(&schema) {
            // The name of the component, unless another type has it.
            let title = || own.as_str().into();
            schema.entry("title").or_insert_with(title);
            own += "Parameter";
        }
        let mut schema = schema.into();
        self.hoist_if_type(&mut schema, &Path::of_operation(&own));
        self.parameters.insert(name, schema.clone());
        schema
    }

    /// Hoists the schemas inside `schema`, which belongs to `owner`.
    fn inside(&mut self, schema: &mut Value, owner: &Path) {
        let Value::Object(members) = schema else {
            return;
        };
        let shared = self.shared_properties(members);
        if let Some(properties) = members.get_mut("properties") {
            self.properties(properties, &shared, owner);
        }
        for (keyword, path) in [
            ("items", owner.items()),
            ("additionalProperties", owner.values()),
        ] {
            if let Some(schema) = members.get_mut(keyword) {
                self.hoist_if_type(schema, &path);
            }
        }
        // typify merges a conjunction into one type, so its conjuncts get no types.
        if let Some(Value::Array(conjuncts)) = members.get_mut("allOf") {
            for (index, conjunct) in conjuncts.iter_mut().enumerate() {
                if let Some(properties) = conjunct.get_mut("properties") {
                    self.properties(properties, &shared, owner);
                } else if conjunct.has_any(&["anyOf", "oneOf"]) {
                    // typify also names the branches of a merged union `VariantN`.
                    self.inside(conjunct, &owner.conjunct(index));
                } else {
                    self.inside(conjunct, owner);
                }
            }
        }
        for keyword in ["anyOf", "oneOf"] {
            let Some(Value::Array(branches)) = members.get_mut(keyword) else {
                continue;
            };
            let is_nullable = branches.iter().any(is_only_null);
            let many = branches.len() - usize::from(is_nullable) > 1;
            let branches = branches.iter_mut().enumerate();
            for (index, branch) in branches.filter(|(_, branch)| !is_only_null(branch)) {
                if many {
                    let path = owner.branch(index);
                    let is_of_required = is_of_required(branch);
                    if is_of_required {
                        branch["type"] = "object".into();
                    }
                    match is_of_required {
                        true => self.hoist(branch, &path),
                        false => self.hoist_if_type(branch, &path),
                    }
                } else {
                    self.inside(branch, owner);
                }
            }
        }
    }

    /// Hoists the schemas of `properties`, except the `shared` ones.
    fn properties(&mut self, properties: &mut Value, shared: &BTreeSet<String>, owner: &Path) {
        for (name, schema) in properties.as_object_mut().into_iter().flatten() {
            if !shared.contains(name) {
                self.hoist_if_type(schema, &owner.property(name));
            }
        }
    }

    /// Returns the properties that several conjuncts of `schema` declare. They merge into one
    /// property, whose type gets its name later.
    fn shared_properties(&self, schema: &Map<String, Value>) -> BTreeSet<String> {
        let mut inline = Vec::new();
        let mut referred = Vec::new();
        let mut followed = BTreeSet::new();
        let mut next = vec![(schema, true)];
        while let Some((schema, is_inline)) = next.pop() {
            let list = match is_inline {
                true => &mut inline,
                false => &mut referred,
            };
            list.extend(schema.field("properties").object());
            for conjunct in schema.list("allOf") {
                let part = match super::referred(conjunct) {
                    None => Some((conjunct, is_inline)),
                    Some(name) if followed.insert(name) => {
                        self.schemas.get(name).map(|schema| (schema, false))
                    }
                    Some(_) => None,
                };
                next.extend(part.and_then(|(schema, is)| Some((schema.as_object()?, is))));
            }
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for name in inline.into_iter().flat_map(Map::keys) {
            *counts.entry(name).or_default() += 1;
        }
        // Many schemas may build on a large one, so look up the few names among the many.
        for properties in referred {
            if properties.len() < counts.len() {
                for name in properties.keys() {
                    if let Some(count) = counts.get_mut(name.as_str()) {
                        *count += 1;
                    }
                }
            } else {
                for (name, count) in &mut counts {
                    *count += usize::from(properties.contains_key(*name));
                }
            }
        }
        let shared = counts.into_iter().filter(|(_, count)| *count > 1);
        shared.map(|(name, _)| name.to_owned()).collect()
    }

    /// Replaces `schema` with a reference if it becomes a type. Otherwise visits the schemas inside
    /// it.
    fn hoist_if_type(&mut self, schema: &mut Value, path: &Path) {
        let Value::Object(members) = schema else {
            return;
        };
        // `anyOf: [T, null]` is a nullable `T`.
        let mut keys = members.keys();
        let is_alone = keys.all(|key| key == "anyOf" || is_annotation(key));
        if let Some(Value::Array(branches)) = members.get_mut("anyOf")
            && is_alone
            && branches.len() == 2
            && branches.iter().any(is_only_null)
        {
            for branch in branches.iter_mut().filter(|branch| !is_only_null(branch)) {
                self.hoist_if_type(branch, path);
            }
            return;
        }
        match is_type(members) || self.is_merged(members) {
            true => self.hoist(schema, path),
            false => self.inside(schema, path),
        }
    }

    /// Whether `members` are a conjunction or a union with sibling constraints, so that typify
    /// merges it. Removes a `type` that repeats the type of the only conjunct, with its `nullable`.
    fn is_merged(&self, members: &mut Map<String, Value>) -> bool {
        if let [only] = members.list("allOf") {
            let target = super::referred(only).and_then(|name| self.schemas.get(name));
            let of = target.and_then(|target| target.get("type"));
            if of.is_some() && of == members.get("type") {
                let union = json!([only, only_null()]);
                members.shift_remove("type");
                if members.shift_remove("nullable").is_some() {
                    members.shift_remove("allOf");
                    members.insert("anyOf".to_owned(), union);
                }
            }
        }
        let is_composite = |key: &str| COMPOSITES.contains(&key);
        members.has_any(&COMPOSITES)
            && members
                .keys()
                .any(|key| !is_composite(key) && !is_annotation(key))
    }

    /// Makes `schema` a component and leaves a reference to it.
    fn hoist(&mut self, schema: &mut Value, path: &Path) {
        let Value::Object(members) = schema else {
            return;
        };
        let name = path.key(members.text("title"), &mut self.taken);
        let is_nullable = members.shift_remove("nullable").is_some();
        if is_nullable && let Some(Value::Array(values)) = members.get_mut("enum") {
            values.retain(|value| !value.is_null());
        }
        let mut left = match is_nullable {
            true => json!({"anyOf": [reference(&name), only_null()]}),
            false => json!({"allOf": [reference(&name)]}),
        };
        if let Some(description) = members.get("description") {
            left["description"] = description.clone();
        }
        // These belong to the property, not to its type.
        for annotation in ["deprecated", "readOnly", "writeOnly", "default"] {
            if let Some(value) = members.shift_remove(annotation) {
                left[annotation] = value;
            }
        }
        if left.as_object().is_some_and(|left| left.len() == 1) && !is_nullable {
            left = reference(&name);
        }
        provenance::mark_type(members);
        self.order.push(name.clone());
        self.schemas.insert(name, std::mem::replace(schema, left));
    }
}

/// Whether `schema` is an object that only lists `required`. typify reads it as an object even if it
/// has no `type`.
fn is_of_required(schema: &Value) -> bool {
    let is_object = !schema.has("type") || schema.is_type("object");
    is_object && schema.has("required") && !schema.has("properties")
}

/// Whether `schema` becomes a named type: an object with properties, an enum of strings or
/// integers, a union, or a conjunction.
fn is_type(schema: &Map<String, Value>) -> bool {
    schema.has("properties")
        || (schema.is_type("string") && schema.has("enum"))
        || enum_values::is_of_integers(schema)
        || COMPOSITES.iter().any(|of| schema.list(of).len() > 1)
}
