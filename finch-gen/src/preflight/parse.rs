//! Parses the document with openapiv3, as progenitor does. Returns the parsed document, or a
//! problem for each part that does not parse.
//!
//! openapiv3 stops at the first error, and only names the section that contains it. So after an
//! error, this module parses each operation and component separately, and then the schemas inside a
//! failing one. The innermost failing schema gets the problem.

use std::collections::BTreeMap;

use openapiv3::{OpenAPI, Operation, Parameter, ReferenceOr, RequestBody, Response, Schema};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::LEAVE_OUT;
use crate::json::Fields as _;
use crate::load::Document;
use crate::problem::{Problem, Problems};
use crate::reachability::{self, METHODS};
use crate::walk::{self, Kind};
use crate::{pointer, provenance};

/// Parses a part. Returns the location and the reason if it fails.
type Reader = fn(&Value) -> Option<(String, String)>;

/// Returns `document` as openapiv3 parses it, if it can.
pub(super) fn parse(document: &Document, problems: &mut Problems) -> Option<OpenAPI> {
    let (at, what) = match stop(&without_extensions(document)) {
        Ok(openapi) => return Some(openapi),
        Err(stopped) => stopped,
    };
    let found = problems.len();
    let schemas = schemas_by_part(document);
    for (section, read) in sections(document) {
        for (name, part) in document.at(&section).fields() {
            let at = pointer::join(&section, name);
            let is_operation = section.starts_with("/paths/");
            if !is_operation || METHODS.contains(&name.as_str()) {
                let schemas = schemas.get(&at).map_or(&[][..], Vec::as_slice);
                check(document, part, &at, schemas, read, problems);
            }
        }
    }
    if problems.len() == found {
        problems.push(problem(document, &at, &what));
    }
    None
}

/// Returns `document` without the extensions of schemas with a format: typify would not recognize
/// a format such as `password` next to one.
fn without_extensions(document: &Document) -> Value {
    let mut root = document.root.clone();
    walk::for_each_mut(&mut root, |_, kind, schema| {
        if kind == Kind::Schema
            && let Value::Object(schema) = schema
            && schema.contains_key("format")
        {
            schema.retain(|keyword, _| !keyword.starts_with("x-"));
        }
    });
    root
}

/// Returns the sections whose entries are parts, each with its parser.
fn sections(document: &Document) -> Vec<(String, Reader)> {
    let paths = document.root.field("paths").fields();
    let paths = paths.map(|(path, _)| (pointer::join("/paths", path), reader::<Operation>()));
    let components: [(&str, Reader); 4] = [
        ("schemas", reader::<ReferenceOr<Schema>>()),
        ("responses", reader::<ReferenceOr<Response>>()),
        ("parameters", reader::<ReferenceOr<Parameter>>()),
        ("requestBodies", reader::<ReferenceOr<RequestBody>>()),
    ];
    let components = components.map(|(name, read)| (format!("/components/{name}"), read));
    paths.chain(components).collect()
}

/// Returns the pointers of the schemas of each part, outer before inner.
fn schemas_by_part(document: &Document) -> BTreeMap<String, Vec<String>> {
    let mut schemas: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let places = walk::places(&document.root).into_iter();
    for place in places.filter(|place| place.kind == Kind::Schema) {
        if let Some(part) = reachability::part_at(&place.pointer) {
            schemas.entry(part).or_default().push(place.pointer);
        }
    }
    schemas
}

/// Parses `part` at `at`, which contains `schemas`. If it fails, reports the innermost schemas
/// that fail, or else the part.
fn check(
    document: &Document,
    part: &Value,
    at: &str,
    schemas: &[String],
    read: Reader,
    problems: &mut Problems,
) {
    let Some((within, what)) = read(part) else {
        return;
    };
    let mut wrong: Vec<(String, String)> = Vec::new();
    // Go from the inside out. The last schema found is the nearest.
    for schema in schemas.iter().rev() {
        let has_wrong = wrong
            .last()
            .is_some_and(|(at, _)| pointer::is_within(at, schema));
        if !has_wrong
            && let Some(value) = document.at(schema)
            && let Some((within, what)) = reader::<ReferenceOr<Schema>>()(value)
        {
            wrong.push((format!("{schema}{within}"), what));
        }
    }
    if wrong.is_empty() {
        wrong.push((format!("{at}{within}"), what));
    }
    for (at, what) in wrong.iter().rev() {
        problems.push(problem(document, at, what));
    }
}

fn problem(document: &Document, at: &str, what: &str) -> Problem {
    // Shaping may have created or renamed the component.
    let at = match at.starts_with("/components/schemas/") {
        true => provenance::origin(document, at).unwrap_or_default(),
        false => at.to_owned(),
    };
    document.problem(at, format!("not OpenAPI 3.0: {what}"), LEAVE_OUT)
}

fn reader<T: DeserializeOwned>() -> Reader {
    |value| stop::<T>(value).err()
}

/// Parses `value` as a `T`. Returns the location and the reason if it fails.
fn stop<T: DeserializeOwned>(value: &Value) -> Result<T, (String, String)> {
    // The location is rarely needed, and tracking it costs more than half as much again.
    if let Ok(read) = T::deserialize(value) {
        return Ok(read);
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let segments = error.path().iter();
        let at = segments.fold(String::new(), |at, segment| match segment {
            Segment::Map { key } => pointer::join(&at, key),
            Segment::Seq { index } => format!("{at}/{index}"),
            _ => at,
        });
        (at, error.into_inner().to_string())
    })
}
