//! completeness: checks that the client has everything in the document, and nothing else.
//!
//! Receives the corrected document and the client tree. Refuses an operation without a method
//! and a component schema without a type, unless the report says that it was dropped. Refuses
//! a method from a place that the document does not have, two types with one name, and
//! documentation that is not harmless.
//!
//! This module finds the operations of the document with its own code and reads the client's
//! documentation as a user does. So it does not repeat a mistake of another stage.

mod documentation;

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use serde_json::{Map, Value};
use syn::{ImplItem, Item};

use crate::client_tree::ClientTree;
use crate::json::Fields as _;
use crate::load::Document;
use crate::polish::syntax::syn_query;
use crate::problem::Problems;
use crate::reachability::PATH_ITEMS;
use crate::{pointer, provenance};

const REMEDY: &str = "report it with the document: it is a bug in the generator";

/// Compares `tree` with `document`.
///
/// # Errors
///
/// Each operation, schema, method or type that only one of them has.
pub fn check(document: &Document, tree: &ClientTree) -> Result<(), Problems> {
    let operations = operations(document);
    let schemas = schemas(document);
    let out = Out::read(&tree.file);
    let dropped: BTreeSet<&str> = tree
        .report()
        .iter()
        .filter(|note| note.code == "dropped")
        .map(|note| note.pointer.as_str())
        .collect();

    let mut problems = Problems::default();
    let mut report = |what: &str, pointer: &String| {
        problems.push(document.problem(pointer, what, REMEDY));
    };
    for operation in &operations {
        let count = out.methods.get(operation).copied().unwrap_or_default();
        let item = operation.rsplit_once('/').map_or("", |(item, _)| item);
        let is_left_out = dropped.contains(operation.as_str()) || dropped.contains(item);
        match (count, is_left_out) {
            (1, false) | (0, true) => {}
            (0, false) => report("the client has no method for the operation", operation),
            _ => report(
                "the client has several methods for the operation",
                operation,
            ),
        }
    }
    for (pointer, name) in &schemas {
        let is_type = out.types.contains(pointer) || out.unplaced.contains(&letters(name));
        if !is_type && !dropped.contains(pointer.as_str()) {
            report("the client has no type for the schema", pointer);
        }
    }
    for method in out.methods.keys().filter(|of| !operations.contains(*of)) {
        let what =
            "the client has a method from this place, but the document has no operation here";
        report(what, method);
    }
    for (name, place) in &out.twice {
        report(&format!("two types have the name {name}"), place);
    }
    for (place, what) in documentation::check(&tree.file, &tree.examples) {
        report(&what, &place);
    }
    problems.or(())
}

/// Returns the pointers of the operations that a client can call.
pub fn operations(document: &Document) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, item) in document.root.field("paths").fields() {
        // The target of a reference may be a reference, too, and may have more operations.
        let shared = iter::successors(Some(item), |item| {
            let reference = pointer::of_reference(item.text("$ref")?)?;
            document.at(&reference)
        });
        let members = shared.take(PATH_ITEMS + 1).filter_map(Value::as_object);
        for key in members.flat_map(Map::keys) {
            if let "delete" | "get" | "head" | "options" | "patch" | "post" | "put" | "trace" =
                key.as_str()
            {
                found.insert(format!("/paths/{}/{key}", escaped(path)));
            }
        }
    }
    found
}

/// Returns the pointers of the component schemas, and their names.
pub fn schemas(document: &Document) -> BTreeMap<String, &String> {
    let schemas = document
        .at("/components/schemas")
        .and_then(Value::as_object);
    let names = schemas.into_iter().flat_map(Map::keys);
    let names = names.map(|name| (format!("/components/schemas/{}", escaped(name)), name));
    names.collect()
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The generated methods and types, by the place that their documentation names.
#[derive(Default)]
struct Out {
    /// The number of methods from each place.
    methods: BTreeMap<String, usize>,
    /// The places of the types.
    types: BTreeSet<String>,
    /// The normalized names of types whose documentation names no place: typify drops the
    /// description of a type that has no values.
    unplaced: BTreeSet<String>,

    /// The duplicate names, each with the place of the second type.
    twice: Vec<(String, String)>,
}

impl Out {
    fn read(file: &syn::File) -> Self {
        let mut out = Self::default();
        let items = |module| syn_query::items(file, &[module]).unwrap_or_default();
        let members = items("client").iter().flat_map(|item| match item {
            Item::Impl(item) => item.items.as_slice(),
            _ => &[],
        });
        for member in members {
            if let ImplItem::Fn(method) = member
                && let Some(place) = provenance::stated(&method.attrs)
            {
                *out.methods.entry(place).or_default() += 1;
            }
        }
        let mut names = BTreeSet::new();
        for item in items("types") {
            let Some(name) = syn_query::name(item).map(ToString::to_string) else {
                continue;
            };
            let place = provenance::stated(syn_query::attributes(item));
            if !names.insert(name.clone()) {
                let place = place.clone().unwrap_or_default();
                out.twice.push((name.clone(), place));
            }
            match place {
                Some(place) => out.types.insert(place),
                None => out.unplaced.insert(letters(&name)),
            };
        }
        out
    }
}

fn letters(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Inputs, Text};

    const DOCUMENT: &str = "
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a/{~b}:
    parameters: [{name: ~b, in: path, required: true, schema: {type: string}}]
    get: {operationId: first}
  /c: {$ref: '#/components/pathItems/d'}
webhooks:
  d: {post: {operationId: third, responses: {'200': {description: ''}}}}
components:
  pathItems:
    c: {put: {operationId: second, responses: {'204': {description: ''}}}}
    d: {$ref: '#/components/pathItems/c', get: {operationId: fourth, responses: {'204': {description: ''}}}}
  schemas:
    Text: {type: string}
    pet/list: {type: array, items: {$ref: '#/components/schemas/Text'}}
    Alias: {$ref: '#/components/schemas/Text'}
    Nothing: false
    Anything: true
    'Null': {type: 'null'}
    Maybe: {oneOf: [{$ref: '#/components/schemas/Text'}, {type: 'null'}]}
";

    fn tree() -> (Document, ClientTree) {
        let inputs = Inputs {
            crate_name: "api",
            ..Inputs::of_document(Text {
                name: "api.yaml",
                text: DOCUMENT,
            })
        };
        let document = crate::load_and_overlay(&inputs).unwrap();
        (document, crate::client_tree(&inputs).unwrap())
    }

    /// Checks the message for a client after `change`.
    #[track_caller]
    fn check_changed(change: impl FnOnce(&mut Vec<Item>), expected: &str) {
        let (document, mut tree) = tree();
        change(&mut tree.file.items);
        let problems = check(&document, &tree).unwrap_err().to_string();
        assert_eq!(problems, format!("api.yaml: {expected}; {REMEDY}"));
    }

    fn methods(items: &mut [Item]) -> &mut Vec<ImplItem> {
        let is_first = |item: &ImplItem| matches!(item, ImplItem::Fn(f) if f.sig.ident == "first");
        let modules = items.iter_mut().filter_map(|item| match item {
            Item::Mod(item) => Some(&mut item.content.as_mut()?.1),
            _ => None,
        });
        modules
            .flatten()
            .find_map(|item| match item {
                Item::Impl(item) if item.items.iter().any(is_first) => Some(&mut item.items),
                _ => None,
            })
            .unwrap()
    }

    #[test]
    fn a_complete_client_passes() {
        let (document, tree) = tree();
        assert_eq!(check(&document, &tree), Ok(()));
        let operations: Vec<String> = operations(&document).into_iter().collect();
        assert_eq!(
            operations,
            ["/paths/~1a~1{~0b}/get", "/paths/~1c/get", "/paths/~1c/put"]
        );
        assert_eq!(schemas(&document).len(), 7);
    }

    #[test]
    fn a_lost_or_duplicate_method_is_found() {
        let is = |name: &'static str| move |item: &ImplItem| matches!(item, ImplItem::Fn(f) if f.sig.ident == name);
        check_changed(
            |items| methods(items).retain(|item| !is("second")(item)),
            "/paths/~1c/put: the client has no method for the operation",
        );
        check_changed(
            |items| {
                let methods = methods(items);
                let first = methods
                    .iter()
                    .find(|item| is("first")(item))
                    .unwrap()
                    .clone();
                methods.push(first);
            },
            "/paths/~1a~1{~0b}/get: the client has several methods for the operation",
        );
    }

    /// Returns the items of the `types` module.
    fn types(items: &mut [Item]) -> &mut Vec<Item> {
        let types = items.iter_mut().find_map(|item| match item {
            Item::Mod(module) if module.ident == "types" => module.content.as_mut(),
            _ => None,
        });
        &mut types.unwrap().1
    }

    fn defines(item: &Item, name: &str) -> bool {
        match item {
            Item::Struct(item) => item.ident == name,
            Item::Enum(item) => item.ident == name,
            _ => false,
        }
    }

    #[test]
    fn a_duplicate_type_name_is_found() {
        check_changed(
            |items| {
                let types = types(items);
                let text = types.iter().find(|item| defines(item, "Text")).cloned();
                types.extend(text);
            },
            "/components/schemas/Text: two types have the name Text",
        );
    }

    #[test]
    fn a_lost_type_is_found() {
        for (name, pointer) in [
            ("PetList", "pet~1list"),
            ("Alias", "Alias"),
            ("Nothing", "Nothing"),
        ] {
            check_changed(
                |items| types(items).retain(|item| !defines(item, name)),
                &format!("/components/schemas/{pointer}: the client has no type for the schema"),
            );
        }
    }
}
