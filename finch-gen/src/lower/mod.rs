//! Lowers OpenAPI 3.1 or 3.0 to OpenAPI 3.0.3, the dialect that progenitor reads, and builds the
//! [`ApiModel`].
//!
//! Receives the corrected document. In the lowered document, every reference resolves, every
//! operation has the name of its method as `operationId`, and only success responses remain: the
//! runtime handles failures. The model holds what the types do not express, such as servers,
//! security, pagination, webhooks and examples.
//!
//! Where 3.0.3 cannot express a schema, the lowered schema accepts more values, never fewer, and
//! the [`Report`] notes it. Lowering also accepts `nullable` in a 3.1 document. It refuses an
//! invalid part, such as a reference that does not resolve, and drops everything that needs it.

mod document;
mod example_validity;
mod examples;
mod fixed_fields;
mod format_validation;
mod hoist_unreferenced;
mod http_text;
mod idempotency;
mod keyword_types;
mod keyword_values;
mod media_types;
mod method_names;
mod operations;
mod pagination;
mod parameters;
mod prune;
mod quirks;
mod references;
mod reserved_characters;
mod responses;
pub(crate) mod schema;
mod schema_dialects;
mod security;
mod servers;
mod source_map;
mod undeclared_properties;
mod webhooks;
mod wide_integers;

pub(crate) use example_validity::{Steps, fits, meant_type};
pub(crate) use examples::note_untyped;
pub(crate) use prune::prune;
pub(crate) use responses::is_success;
pub(crate) use schema::is_integer;
pub(crate) use wide_integers::{WIDE, is_wide};

use serde_json::Value;
use url::Url;

use crate::api_model::{ApiModel, Tag};
use crate::json::Fields as _;
use crate::load::Document;
use crate::problem::Problems;
use crate::report::Report;

/// A lowered document, and the model taken from it.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The OpenAPI 3.0.3 document.
    pub document: Document,
    /// Everything that the client handles itself.
    pub model: ApiModel,
    /// Each change, with its location and reason.
    pub report: Report,
    /// Why operations, and parts that they need, were dropped.
    pub refused: Problems,
    /// Why parts that no operation needs were dropped. The report notes each.
    pub(crate) unneeded: Problems,
    /// Whether there is a problem that cannot be dropped.
    pub(crate) is_refused: bool,
}

impl Lowered {
    /// Returns the lowered document, unless something was refused that may not be dropped.
    pub(crate) fn or_refused(self, keep_going: bool) -> Result<Self, Problems> {
        if self.refused.is_empty() || keep_going && !self.is_refused {
            Ok(self)
        } else {
            Err(self.refused)
        }
    }
}

/// Lowers `document`.
///
/// # Errors
///
/// Returns every location that cannot be lowered, including those that no operation needs.
pub fn lower(document: Document) -> Result<Lowered, Problems> {
    let mut lowered = lower_partial(document);
    let mut problems = std::mem::take(&mut lowered.refused);
    problems.append(std::mem::take(&mut lowered.unneeded));
    problems.or(lowered)
}

/// Lowers `document`, and drops the parts that cannot be lowered.
pub(crate) fn lower_partial(mut document: Document) -> Lowered {
    let mut report = Report::default();
    let mut problems = Problems::default();
    reserved_characters::replace(&mut document);
    keyword_values::check(&mut document, &mut report, &mut problems);
    quirks::correct(&mut document, &mut report);
    document::inline_path_items(&mut document, &mut report);
    keyword_types::check(&document, &mut problems);
    references::check(&document, &mut problems);
    media_types::lower(&mut document, &mut report);
    http_text::check(&document, &mut problems);

    let mut lowered = document.clone();
    let mut origins = schema::lower(&document, &mut lowered, &mut report, &mut problems);
    document::strip_references(&mut lowered, &mut report);
    references::inline_targets(&mut lowered, &mut report);
    document::lower(&mut lowered, &mut report, &mut problems);

    let mut operations = operations::find(&lowered, &mut report, &mut problems);
    method_names::shorten(&mut operations, &mut report);
    security::note_absence(&lowered, &operations, &mut report);
    hoist_unreferenced::make_components(
        &document,
        &mut lowered,
        &operations,
        &mut origins,
        &mut report,
    );
    let webhooks = webhooks::find(&document, &mut lowered, &mut report);
    let examples = examples::find(&document, &lowered, &operations, &origins, &mut report);
    for at in &examples.wide_integers {
        if let Some(schema) = lowered.at_mut(at) {
            schema[WIDE] = true.into();
        }
    }
    let mut uncallable = Problems::default();
    for operation in &mut operations {
        operation.parameter_pointers = parameters::lower(&mut lowered, operation, &mut report);
        parameters::note_origins(operation, &mut origins);
        let pagination = pagination::read(&document, &lowered, &operation.pointer, &mut report);
        operation.pagination = pagination;
        responses::lower(
            &mut lowered,
            operation,
            &mut origins,
            &mut report,
            &mut uncallable,
        );
        if let Some(Value::Object(members)) = lowered.at_mut(&operation.pointer) {
            members.insert("operationId".to_owned(), operation.rust_name.clone().into());
        }
    }
    parameters::forget_unused(&mut lowered, &document);
    fixed_fields::check(&mut lowered, &operations, &mut report, &mut problems);

    let info = document.root.field("info");
    let text = |field| info.text(field).unwrap_or_default().to_owned();
    let server = servers::find(&document, &mut operations, &mut problems);
    let model = ApiModel {
        title: text("title"),
        version: text("version"),
        server,
        site: site(&document),
        tags: tags(&document),
        operations,
        examples: examples.of_operations,
        schema_examples: examples.of_schemas,
        webhooks,
        webhook_events: None,
        origins,
    };
    let mut lowered = Lowered {
        document: lowered,
        model,
        report,
        refused: Problems::default(),
        unneeded: Problems::default(),
        is_refused: false,
    };
    prune::drop_operations(&mut lowered, uncallable);
    prune::prune_source(&mut lowered, &document, problems);
    lowered.report.sort();
    lowered
}

/// Returns the tags that the document defines.
fn tags(document: &Document) -> Vec<Tag> {
    let tags = document.root.list("tags").iter().filter_map(|tag| {
        Some(Tag {
            name: tag.text("name")?.to_owned(),
            description: tag.text("description").unwrap_or_default().to_owned(),
        })
    });
    tags.collect()
}

/// Returns `document` with lowered schemas and inlined path items. Everything else stays as it
/// was. Schemas that cannot be lowered are skipped.
pub(crate) fn lower_schemas(mut document: Document) -> Document {
    let (mut report, mut problems) = (Report::default(), Problems::default());
    reserved_characters::replace(&mut document);
    document::inline_path_items(&mut document, &mut report);
    media_types::lower(&mut document, &mut report);
    let mut lowered = document.clone();
    schema::lower(&document, &mut lowered, &mut report, &mut problems);
    document::strip_references(&mut lowered, &mut report);
    lowered
}

/// Returns the first URL of the publisher's site that the document names.
fn site(document: &Document) -> Option<String> {
    let places = ["/externalDocs/url", "/info/contact/url", "/servers/0/url"];
    places.into_iter().find_map(|at| {
        let url = document.at(at)?.as_str()?;
        let scheme = Url::parse(url).ok()?.scheme().to_owned();
        matches!(scheme.as_str(), "https" | "http").then(|| url.to_owned())
    })
}

#[cfg(test)]
mod tests;
