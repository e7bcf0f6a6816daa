//! Reading the document as openapiv3 does, which is what progenitor gets.
//!
//! openapiv3 stops at the first thing that it does not take, and says of it no
//! more than in which section. So where it does, the operations and components
//! are read one by one, and of one that is not taken its schemas.

use openapiv3::{OpenAPI, Operation, Parameter, ReferenceOr, RequestBody, Response, Schema};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::LEAVE_OUT;
use crate::load::Document;
use crate::parts::METHODS;
use crate::problem::{Problem, Problems};
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
    for (section, read) in sections(document) {
        for (name, part) in members(document, &section) {
            let at = pointer::join(&section, name);
            let is_operation = section.starts_with("/paths/");
            if !is_operation || METHODS.contains(&name.as_str()) {
                check(document, part, &at, read, problems);
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

/// Reads `part`, which is at `at`; of one that is not taken, the innermost
/// schemas that are not are the problems, if there is one.
fn check(document: &Document, part: &Value, at: &str, read: Reader, problems: &mut Problems) {
    let Some((within, what)) = read(part) else {
        return;
    };
    let mut wrong: Vec<(String, String)> = Vec::new();
    for place in walk::places(&document.root).into_iter().rev() {
        let schema = document.at(&place.pointer);
        let has_wrong = |of: &str| wrong.iter().any(|(at, _)| is_within(at, of));
        if place.kind == Kind::Schema
            && is_within(&place.pointer, at)
            && !has_wrong(&place.pointer)
            && let Some((within, what)) = schema.and_then(reader::<ReferenceOr<Schema>>())
        {
            wrong.push((format!("{}{within}", place.pointer), what));
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
