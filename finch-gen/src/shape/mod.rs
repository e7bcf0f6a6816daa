//! shape: rewrites the lowered document into forms that progenitor generates correctly.
//!
//! Receives a valid OpenAPI 3.0.3 document. Guarantees an equivalent document for progenitor:
//!
//! Every type has a name that this stage chose. Null belongs to the reference, not to its target.
//! Of the variants of a union that keep most of a value, the first is the intended one. Schemas
//! only keep the constraints that a client checks. Each parameter is in the query, each body is
//! JSON, and each operation has one success body. The original forms are returned next to the
//! document.
//!
//! Refuses nothing. A construct that no client can support stays unchanged. A schema that would
//! grow too large also stays unchanged, and preflight refuses it.

mod all_of;
mod branch_labels;
mod component_names;
mod conjuncts;
mod constants;
mod copy_budget;
mod discriminators;
mod distribute_union;
mod enum_values;
mod exclusion;
mod field_names;
mod hoist;
mod inheritance;
mod listed_values;
mod media_types;
mod nullability;
mod optional_properties;
pub(crate) mod parameters;
mod read_write_only;
pub(crate) mod request_bodies;
mod response_bodies;
mod roles;
mod samples;
mod string_unions;
mod strip_constraints;
mod strip_unused;
mod success_responses;
mod type_naming;
mod unions;
mod variant_tags;
mod variants;
mod webhook_events;

use std::collections::HashSet;

use serde_json::{Map, Value, json};

pub(crate) use constants::Constants;
pub(crate) use enum_values::{EnumValue, EnumValues};
pub(crate) use field_names::{MARK, in_ascii};
pub(crate) use listed_values::Scalar;
pub(crate) use optional_properties::NullableProperties;
pub(crate) use samples::Samples;
pub(crate) use strip_constraints::WIDE_INTEGER;
pub(crate) use type_naming::{Made, MadeNames};
pub(crate) use variant_tags::{KnownVariant, Tag, Unions};
pub(crate) use variants::ANY;

use copy_budget::CopyBudget;
use variants::Descriptions;

use crate::annotation_keywords::is_annotation;
use crate::api_model::ApiModel;
use crate::json::Fields as _;
use crate::load::Document;
use crate::lower::Lowered;
use crate::problem::Problems;
use crate::provenance;
use crate::report::Report;
use crate::type_names::Taken;
use crate::walk::{self, At, Kind};

/// A document in the forms that progenitor supports, with the original forms for the client.
#[derive(Clone, Debug)]
pub struct Shaped {
    pub(crate) document: Document,
    pub(crate) model: ApiModel,
    /// The variants of unions, with the tags that distinguish them.
    pub(crate) unions: Unions,
    pub(crate) descriptions: Descriptions,
    pub(crate) constants: Constants,
    pub(crate) nullable: NullableProperties,
    pub(crate) made_names: MadeNames,
    /// A sample of each variant of the unions.
    pub(crate) samples: Samples,
    /// The values of enums that progenitor sees under another name.
    pub(crate) enum_values: EnumValues,
    /// The values of integer enums.
    pub(crate) integer_enums: EnumValues,
    /// Whether a property got a number, because another had the same field name, or has a name that
    /// is not ASCII.
    pub(crate) has_special_fields: bool,
    pub(crate) report: Report,
    /// The schemas that would become too large, for preflight to refuse.
    pub(crate) problems: Problems,
}

impl Shaped {
    /// The document.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// What lowering and shaping changed, where and why.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// Shapes the document, whose schemas carry source marks. Reports the parts of the document that
/// the client no longer shows.
pub fn shape(lowered: &Lowered) -> Shaped {
    let marked = provenance::mark(&lowered.document);
    let mut shaped = shape_unmarked(marked, lowered.model.clone(), lowered.report.clone());
    provenance::shorten_descriptions(&mut shaped.document, &lowered.document);
    shaped.report.sort();
    shaped
}

/// Shapes `document`, which has the operations of `model`.
pub(crate) fn shape_unmarked(
    mut document: Document,
    mut model: ApiModel,
    mut report: Report,
) -> Shaped {
    // Its pointers refer to the lowered document.
    let mut of_schemas = Report::default();
    strip_unused::strip(&mut document);
    all_of::flatten(&mut document);
    parameters::make_queries(&mut document, &mut model, &mut report);
    media_types::choose(&mut document, &model, &mut report);
    request_bodies::write_as_json(&mut document, &mut model, &mut report);
    response_bodies::write_as_json(&mut document, &mut model, &mut report);
    strip_constraints::strip(&mut document, &mut of_schemas);
    // Some conjuncts only had constraints.
    all_of::flatten(&mut document);
    nullability::strip_null_siblings(&mut document);
    unions::drop_unions_next_to_scalars(&mut document, &mut of_schemas);
    string_unions::join(&mut document, &mut of_schemas);
    inheritance::make_unions(&mut document, &model, &mut of_schemas);
    webhook_events::make_union(&mut document, &mut model);
    discriminators::write_mappings(&mut document, &mut of_schemas);
    let has_special_fields = field_names::make_unique(&mut document, &mut of_schemas);
    component_names::make_unique(&mut document, &mut of_schemas);
    let mut budget = CopyBudget::new(&document);
    all_of::merge_values(&mut document, &mut budget, &mut of_schemas);
    all_of::flatten(&mut document);
    hoist::bodies(&mut document, &model);
    hoist::inline_schemas(&mut document);
    nullability::move_to_references(&mut document);
    distribute_union::write_out(&mut document, &mut budget, &mut of_schemas);
    read_write_only::separate(&mut document, &model, &mut of_schemas);
    request_bodies::drop_null_of_optional_bodies(&mut document, &model, &mut report);
    all_of::merge(&mut document, &mut budget, &mut of_schemas);
    if budget.is_overrun() {
        // Preflight refuses the schemas, and the document may be very large by now.
        document.root["components"]["schemas"] = json!({});
    }
    hoist::bodies(&mut document, &model);
    hoist::inline_schemas(&mut document);
    string_unions::join(&mut document, &mut of_schemas);
    unions::order(&mut document);
    unions::open_received_unions(&mut document, &model);
    conjuncts::move_in(&mut document, &model);
    optional_properties::make_optional(&mut document);
    success_responses::keep_one(&mut document, &mut model);
    let made_names = type_naming::assign(&mut document, &mut model);
    parameters::drop_null(&mut document, &model, &mut report);
    parameters::hide_objects(&mut document, &model);
    let unions = variant_tags::find(&document, &mut of_schemas);
    let descriptions = variants::descriptions(&document);
    let constants = constants::find(&document, &unions);
    discriminators::give_properties(&mut document);
    let samples = samples::find(&document, &unions, &mut of_schemas);
    let (enum_values, integer_enums) = enum_values::name(&mut document, &mut of_schemas);
    of_schemas.relocate(|at| model.place(at));
    report.append(of_schemas);
    Shaped {
        problems: budget.into_problems(),
        nullable: optional_properties::nullable(&document),
        document,
        model,
        unions,
        descriptions,
        constants,
        made_names,
        samples,
        enum_values,
        integer_enums,
        has_special_fields,
        report,
    }
}

/// The pointer of the component schemas.
const SCHEMAS: &str = "/components/schemas";

/// The start of a reference to a component schema. The name follows.
const REFERENCE: &str = "#/components/schemas/";

/// Returns the component schemas, with their names.
fn schemas(document: &Document) -> impl Iterator<Item = (&String, &Value)> {
    let schemas = document.at(SCHEMAS).object();
    schemas.into_iter().flatten()
}

fn schemas_mut(document: &mut Document) -> Option<&mut Map<String, Value>> {
    document.at_mut(SCHEMAS)?.as_object_mut()
}

/// Returns the component schema `name`.
fn schema<'a>(document: &'a Document, name: &str) -> Option<&'a Value> {
    document.at(SCHEMAS)?.get(name)
}

/// Returns the name of the component schema at `at`, if `at` is the pointer of one.
fn component_at(at: &str) -> Option<&str> {
    let name = at.strip_prefix(SCHEMAS)?.strip_prefix('/')?;
    (!name.contains('/')).then_some(name)
}

/// Returns the names of the component schemas, as names in use.
fn taken(document: &Document) -> Taken {
    document.keys(SCHEMAS).into_iter().collect()
}

/// Replaces the value at `at`, if there is one.
fn replace(document: &mut Document, at: &str, value: impl Into<Value>) {
    if let Some(place) = document.at_mut(at) {
        *place = value.into();
    }
}

/// Calls `with` with the position and the value of every schema.
fn each_schema<'a>(document: &'a Document, mut with: impl FnMut(&At<'_>, &'a Value)) {
    walk::for_each(&document.root, |at, kind, schema| {
        if kind == Kind::Schema {
            with(at, schema);
        }
    });
}

/// Calls `with` with the position and the keywords of every schema, inner schemas first.
fn each_schema_mut(
    document: &mut Document,
    mut with: impl FnMut(&At<'_>, &mut Map<String, Value>),
) {
    walk::for_each_mut(&mut document.root, |at, kind, schema| {
        if let (Kind::Schema, Value::Object(schema)) = (kind, schema) {
            with(at, schema);
        }
    });
}

/// Returns the place in the lowered document of the value at `at` in the marked document.
fn origin(marked: &Document, at: &str) -> String {
    provenance::origin(marked, at).unwrap_or_else(|| at.to_owned())
}

/// The schema that only allows null: see `lower`.
pub(crate) fn only_null() -> Value {
    json!({"nullable": true, "enum": [null]})
}

/// Whether `schema` is [`only_null`].
pub(crate) fn is_only_null(schema: &Value) -> bool {
    let fields = schema.object().filter(|fields| fields.len() == 2);
    fields.is_some_and(|of| of.is_true("nullable") && *of.list("enum") == [Value::Null])
}

/// Whether the schema at `at` is part of a conjunction or a union.
fn is_branch(at: &At<'_>) -> bool {
    at.is_item() && matches!(at.parent_name(), Some("allOf" | "anyOf" | "oneOf"))
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("{REFERENCE}{name}")})
}

/// Returns the name of the component that `schema` refers to, if it is only a reference.
fn referred(schema: &Value) -> Option<&str> {
    let object = schema.as_object().filter(|object| object.len() == 1)?;
    object.text("$ref")?.strip_prefix(REFERENCE)
}

/// Returns the name of the component that `schema` refers to, with or without annotations.
fn alias(schema: &Value) -> Option<&str> {
    let [only] = schema.list("allOf") else {
        return referred(schema);
    };
    let mut keys = schema.as_object()?.keys();
    let is_alone = keys.all(|key| key == "allOf" || is_annotation(key));
    referred(only).filter(|_| is_alone)
}

/// Returns the only conjunct of `schema`, or else `schema` itself.
fn only_conjunct(schema: &Value) -> &Value {
    match schema.list("allOf") {
        [only] => only,
        _ => schema,
    }
}

/// Returns `schema` and the schemas in its conjunction, through references and nested conjunctions,
/// each once.
fn conjunction<'a>(document: &'a Document, schema: &'a Value) -> Vec<&'a Value> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut next = vec![schema];
    while let Some(schema) = next.pop() {
        if let Some(schema) = document.follow(schema)
            && seen.insert(std::ptr::from_ref(schema))
        {
            found.push(schema);
            next.extend(schema.list("allOf").iter().rev());
        }
    }
    found
}

/// Returns the only union in `schema`: its keyword and its branches.
fn union_of(schema: &Map<String, Value>) -> Option<(&'static str, &Vec<Value>)> {
    let (keyword, union) = match (schema.get("anyOf"), schema.get("oneOf")) {
        (Some(union), None) => ("anyOf", union),
        (None, Some(union)) => ("oneOf", union),
        _ => return None,
    };
    Some((keyword, union.as_array()?))
}

#[cfg(test)]
mod tests;
