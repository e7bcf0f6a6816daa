//! Parses the document with openapiv3, as progenitor does.
//!
//! openapiv3 stops at the first error, and only names the section that contains it. So after an
//! error, this module parses each operation and component separately, and then the schemas
//! inside a failing one.

use std::collections::BTreeMap;

use openapiv3::{OpenAPI, Operation, Parameter, ReferenceOr, RequestBody, Response, Schema};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::LEAVE_OUT;
use crate::load::Document;
use crate::problem::{Problem, Problems};
use crate::reachability::{self, METHODS};
use crate::walk::{self, Kind};
use crate::{pointer, provenance};

/// Parses a part. Returns the location and the reason if it fails.
type Reader = fn(&Value) -> Option<(String, String)>;

/// Returns `document` as openapiv3 parses it, if it can.
pub(super) fn parse(document: &Document, problems: &mut Problems) -> Option<OpenAPI> {
    let (at, what) = match stop(&document.root) {
        Ok(openapi) => return Some(openapi),
        Err(stopped) => stopped,
    };
    let found = problems.len();
    let schemas = schemas_by_part(document);
    for (section, read) in sections(document) {
        for (name, part) in members(document, &section) {
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

/// Returns the sections whose entries are parts, each with its parser.
fn sections(document: &Document) -> Vec<(String, Reader)> {
    let mut sections: Vec<(String, Reader)> = members(document, "/paths")
        .map(|(path, _)| (pointer::join("/paths", path), reader::<Operation>()))
        .collect();
    let components: [(&str, Reader); 4] = [
        ("schemas", reader::<ReferenceOr<Schema>>()),
        ("responses", reader::<ReferenceOr<Response>>()),
        ("parameters", reader::<ReferenceOr<Parameter>>()),
        ("requestBodies", reader::<ReferenceOr<RequestBody>>()),
    ];
    let components = components.map(|(name, read)| (format!("/components/{name}"), read));
    sections.extend(components);
    sections
}

fn members<'a>(
    document: &'a Document,
    at: &str,
) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
    let members = document.at(at).and_then(Value::as_object);
    members.into_iter().flat_map(Map::iter)
}

/// Returns the pointers of the schemas of each part, outer before inner.
fn schemas_by_part(document: &Document) -> BTreeMap<String, Vec<String>> {
    let mut schemas: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for place in walk::places(&document.root) {
        if let Some(part) =
            reachability::part_at(&place.pointer).filter(|_| place.kind == Kind::Schema)
        {
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
    let origin = at
        .starts_with("/components/schemas/")
        .then(|| provenance::origin(document, at).unwrap_or_default());
    let at = origin.as_deref().unwrap_or(at);
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
        let at = error
            .path()
            .iter()
            .fold(String::new(), |at, segment| match segment {
                serde_path_to_error::Segment::Map { key } => pointer::join(&at, key),
                serde_path_to_error::Segment::Seq { index } => format!("{at}/{index}"),
                _ => at,
            });
        (at, error.into_inner().to_string())
    })
}
