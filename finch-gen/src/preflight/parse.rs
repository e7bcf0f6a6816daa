//! Reading the document as openapiv3 does, which is what progenitor gets.
//!
//! openapiv3 stops at the first thing that it does not take, and says of it no
//! more than in which section. So where it does, the operations and components
//! are read one by one, and of one that is not taken its schemas.

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

/// What reads a part, and says where it stops and why.
type Reader = fn(&Value) -> Option<(String, String)>;

/// `document` as openapiv3 has it, unless it does not take it.
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

/// The sections whose members are parts, and what reads those.
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

/// The pointers of the schemas of each part, each before those inside it.
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

/// Reads `part`, which is at `at` and in which `schemas` are. If it is not taken, the
/// innermost schemas that are not are the problems, if there are any.
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
    // From the inside out: of those found, the last is the nearest.
    for schema in schemas.iter().rev() {
        let has_wrong = wrong.last().is_some_and(|(at, _)| is_within(at, schema));
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

/// Whether what stands at `at` is what stands at `whole`, or a part of it.
fn is_within(at: &str, whole: &str) -> bool {
    let rest = at.strip_prefix(whole);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn problem(document: &Document, at: &str, what: &str) -> Problem {
    // The component may be one that shaping has made, or renamed.
    let origin = at
        .starts_with("/components/schemas/")
        .then(|| provenance::origin(document, at).unwrap_or_default());
    let at = origin.as_deref().unwrap_or(at);
    document.problem(at, format!("not OpenAPI 3.0: {what}"), LEAVE_OUT)
}

fn reader<T: DeserializeOwned>() -> Reader {
    |value| stop::<T>(value).err()
}

/// `value` as a `T`, or where within it reading stops, and why.
fn stop<T: DeserializeOwned>(value: &Value) -> Result<T, (String, String)> {
    // Where it stops is rarely asked for, and costs more than half as much again.
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
