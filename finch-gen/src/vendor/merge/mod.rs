//! merge: merges fragments into the document that they are parts of.
//!
//! Each fragment is a complete document. The merge unites their definitions, and several
//! definitions of one name must be equal:
//!
//! - Operations, webhooks, components and tags are united.
//! - All fragments must agree on the rest of the document (`info`, `servers`, `security`, …),
//!   and all fragments with the same path on the rest of the path item. A value that only one
//!   of them has is a difference, too.
//!
//! A single fragment is the document, byte for byte. Several are written as a new document,
//! whose bytes do not depend on their order:
//!
//! - The fields of the document, the kinds of components and the methods of a path have the
//!   order of the specification (OpenAPI 3.1, 4.8). Other keys are sorted by name.
//! - Paths, webhooks and components are sorted by name, and so are tags, unless all fragments
//!   have the same list.
//! - A definition keeps the order of the first page that has it, by the name of the page.
//!
//! The output is YAML 1.2, which reads `on` and `2020-09-17` as strings.

mod definitions;

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};

use self::definitions::{Definitions, Place, assemble, pointer_of, within};
use super::{Fragment, block, difference};
use crate::json::Fields as _;
use crate::load::{Document, Text, kind, load, to_yaml};
use crate::locate;
use crate::openapi_version;
use crate::problem::{Problem, Problems};
use crate::reachability::{METHODS, operations};

const MEMBERS: [&str; 10] = [
    "openapi",
    "info",
    "jsonSchemaDialect",
    "servers",
    "security",
    "tags",
    "paths",
    "webhooks",
    "components",
    "externalDocs",
];

/// The sections of the components.
pub(crate) const COMPONENTS: [&str; 10] = [
    "schemas",
    "responses",
    "parameters",
    "examples",
    "requestBodies",
    "headers",
    "securitySchemes",
    "links",
    "callbacks",
    "pathItems",
];

/// The document that is vendored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vendored {
    /// The document's text.
    pub text: String,
    /// Its `info.version`.
    pub version: String,
    /// The number of its operations and webhooks.
    pub operations: usize,
}

/// Merges `fragments`, the parts of one document.
///
/// # Errors
///
/// A fragment is not OpenAPI, two fragments contradict each other, or the list is empty. The
/// error has every problem, with the names of the pages.
pub fn merge(fragments: &[Fragment<'_>]) -> Result<Vendored, Problems> {
    let mut fragments = fragments.to_vec();
    fragments.sort_by_key(|it| (it.page, it.lines_before, it.text));
    let mut texts = HashSet::new();
    fragments.retain(|it| texts.insert(it.text));
    let mut problems = Problems::default();
    let mut documents = Vec::new();
    for fragment in &fragments {
        match read(fragment) {
            Ok(document) => documents.push(document),
            Err(wrong) => problems.append(wrong),
        }
    }
    let documents = problems.or(documents)?;
    let (root, text) = match (&fragments[..], &documents[..]) {
        ([], _) | (_, []) => return Err(super::nothing("the sources").into()),
        ([fragment], [document]) => (document.root().clone(), fragment.text.to_owned()),
        _ => {
            let root = unite(&documents).map_err(|mut problems| {
                locate(&mut problems, &fragments);
                problems
            })?;
            let text = write(&root)?;
            (root, text)
        }
    };
    let version = root.field("info").text("version").unwrap_or_default();
    Ok(Vendored {
        text,
        version: version.to_owned(),
        operations: count_operations(&root),
    })
}

/// Adds the line in the page to each of `problems`, unless the page has several fragments.
fn locate(problems: &mut Problems, fragments: &[Fragment<'_>]) {
    for same_page in fragments.chunk_by(|one, other| one.page == other.page) {
        if let [fragment] = same_page {
            let text = within_page(fragment);
            let name = fragment.page;
            locate::locate(problems, &Text { name, text: &text });
        }
    }
}

/// Returns `fragment` with its line numbers in the page: YAML ignores the empty lines before
/// it.
fn within_page(fragment: &Fragment<'_>) -> String {
    "\n".repeat(fragment.lines_before) + fragment.text
}

/// Parses and checks `fragment`. Messages have the lines of the page.
fn read(fragment: &Fragment<'_>) -> Result<Document, Problems> {
    let name = fragment.page;
    let text = within_page(fragment);
    let text = Text { name, text: &text };
    let document = load(&text)?;
    let paths = document.root.field("paths");
    if paths.text("path").is_some() && paths.text("method").is_some() {
        let what = "a page in the format of 2024 and 2025, whose block (`paths: {path: …, method: \
                    …}`) is not OpenAPI";
        let remedy = "fetch the page again: it has an OpenAPI document now";
        return Err(Problem::new(name, "", what, remedy).into());
    }
    let checked = openapi_version::check(&document).and_then(|()| match &fragment.subject {
        Some(subject) => block::check(&document, subject, fragment.lines_before),
        None => Ok(()),
    });
    checked.map_err(|mut problems| {
        locate::locate(&mut problems, &text);
        problems
    })?;
    Ok(document)
}

fn unite(documents: &[Document]) -> Result<Value, Problems> {
    let mut problems = Problems::default();
    let mut definitions = Definitions::default();
    let roots: Vec<_> = documents
        .iter()
        .filter_map(|it| Some((it.name.as_str(), it.root.as_object()?)))
        .collect();
    let united = ["paths", "webhooks", "components", "tags"];
    let rank = |name: &str| rank_in(&MEMBERS, name);
    definitions.add_all(&Place::new(), &roots, &united, rank);
    let mut note = |added: Result<(), Problem>| added.unwrap_or_else(|it| problems.push(it));
    note(add_tags(&mut definitions, documents));
    for document in documents {
        note(add_components(&mut definitions, document));
    }
    for member in ["paths", "webhooks"] {
        note(add_path_items(&mut definitions, member, documents));
    }
    problems.or(())?;
    assemble(definitions)
}

/// Keeps a list of tags that all fragments have. Otherwise each tag is a definition.
fn add_tags<'a>(
    definitions: &mut Definitions<'a>,
    documents: &'a [Document],
) -> Result<(), Problem> {
    let place = section("tags");
    let lists: Vec<_> = documents.iter().map(|it| it.root.get("tags")).collect();
    let is_one = lists.windows(2).all(|of| of[0] == of[1]);
    for (document, list) in documents.iter().zip(lists) {
        let page = document.name.as_str();
        match list {
            None | Some(Value::Null) => {}
            Some(list) if is_one => definitions.add(place.clone(), page, Some(list)),
            Some(Value::Array(tags)) => {
                for tag in tags {
                    let name = tag.text("name").unwrap_or_default();
                    definitions.add(within(&place, 0, name), page, Some(tag));
                }
            }
            Some(other) => {
                let what = format!("expected a list, found {}", kind(other));
                return Err(document.problem("/tags", what, "correct it in the page"));
            }
        }
    }
    Ok(())
}

fn add_components<'a>(
    definitions: &mut Definitions<'a>,
    document: &'a Document,
) -> Result<(), Problem> {
    let page = document.name.as_str();
    let Some(components) = members(document, "/components")? else {
        return Ok(());
    };
    let all = section("components");
    definitions.add_mapping(all.clone());
    for (of_kind, named) in components {
        let place = within(&all, rank_in(&COMPONENTS, of_kind), of_kind);
        if of_kind.starts_with("x-") {
            definitions.add(place, page, Some(named));
        } else if let Some(named) = members(document, &pointer_of(&place))? {
            definitions.add_mapping(place.clone());
            for (name, component) in named {
                definitions.add(within(&place, 0, name), page, Some(component));
            }
        }
    }
    Ok(())
}

fn add_path_items<'a>(
    definitions: &mut Definitions<'a>,
    member: &str,
    documents: &'a [Document],
) -> Result<(), Problem> {
    let all = section(member);
    let mut items: BTreeMap<Place, Vec<_>> = BTreeMap::new();
    for document in documents {
        let page = document.name.as_str();
        let Some(named) = members(document, &pointer_of(&all))? else {
            continue;
        };
        definitions.add_mapping(all.clone());
        for (name, item) in named {
            let place = within(&all, 0, name);
            if name.starts_with("x-") && member == "paths" {
                definitions.add(place, page, Some(item));
            } else if let Some(item) = members(document, &pointer_of(&place))? {
                definitions.add_mapping(place.clone());
                items.entry(place).or_default().push((page, item));
            }
        }
    }
    // Methods come after the fields that all methods share.
    let rank = |name: &str| {
        METHODS
            .iter()
            .position(|it| *it == name)
            .map_or(0, |at| at + 1)
    };
    for (place, items) in items {
        definitions.add_all(&place, &items, &METHODS, rank);
        for (page, item) in items {
            for (method, operation) in item.iter().filter(|(name, _)| rank(name) > 0) {
                let place = within(&place, rank(method), method);
                definitions.add(place, page, Some(operation));
            }
        }
    }
    Ok(())
}

/// Writes `root` as YAML that parses to the same value.
pub(crate) fn write(root: &Value) -> Result<String, Problems> {
    let name = "the merged document";
    let remedy = "give the document that the pages were generated from";
    let unwritable = |what: String| Problems::from(Problem::new(name, "", what, remedy));
    let text = to_yaml(root).map_err(|what| unwritable(format!("cannot be written: {what}")))?;
    let again = load(&Text { name, text: &text })?;
    match &difference::between(Some(root), Some(&again.root), "")[..] {
        [] => Ok(text),
        [first, ..] => {
            let [was, is] = &first.values;
            let what = format!("{was} at {} is read back as {is}", first.pointer);
            Err(unwritable(what))
        }
    }
}

/// Returns the mapping at `at`, if there is a value.
fn members<'a>(
    document: &'a Document,
    at: &str,
) -> Result<Option<&'a Map<String, Value>>, Problem> {
    match document.at(at) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(members)) => Ok(Some(members)),
        Some(other) => {
            let what = format!("expected a mapping, found {}", kind(other));
            Err(document.problem(at, what, "correct it in the page"))
        }
    }
}

fn count_operations(root: &Value) -> usize {
    let sections = ["paths", "webhooks"].into_iter();
    sections
        .map(|section| operations(root.field(section)).count())
        .sum()
}

/// Returns the position of the field `name` of the document.
fn section(name: &str) -> Place {
    within(&Place::new(), rank_in(&MEMBERS, name), name)
}

/// Returns the index of `name` in `order`, or the index after the last one.
fn rank_in(order: &[&str], name: &str) -> usize {
    let index = order.iter().position(|it| *it == name);
    index.unwrap_or(order.len())
}

#[cfg(test)]
mod tests;
