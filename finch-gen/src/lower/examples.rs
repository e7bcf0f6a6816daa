//! Finds the examples in a document, which the generated types are tested with.
//!
//! An example belongs to a parameter, a header, a body or a schema. The client has a type for
//! everything that an operation sends or returns. Elsewhere it only has a type for schemas that
//! are components, or inside one. The report names each example that no type is tested with.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::example_validity::{STEPS, Steps};
use super::responses::is_returned;
use super::source_map::Origins;
use super::undeclared_properties::{self, Special};
use super::{example_validity, media_types, parameters, wide_integers};
use crate::api_model::{Example, ExampleOf, Operation, SchemaExample};
use crate::json::Fields as _;
use crate::load::Document;
use crate::media_type::{is_form, is_json};
use crate::pointer;
use crate::report::Report;
use crate::walk::{self, Kind};

/// The fields that hold examples.
const SHOWN: [&str; 2] = ["example", "examples"];

/// Notes that the client has no type for the example at `pointer`.
pub(crate) fn note_untyped(report: &mut Report, pointer: &str) {
    let what = "the client has no type for it → no test";
    report.info("example-untyped", pointer, what);
}

/// The examples of a document.
#[derive(Default)]
pub(super) struct Examples {
    pub(super) of_operations: Vec<Example>,
    pub(super) of_schemas: Vec<SchemaExample>,
    /// The pointers in the lowered document of the integers that an `i64` cannot hold.
    pub(super) wide_integers: BTreeSet<String>,
}

/// Finds the examples of `document`. `lowered` has the lowered schemas. `origins` maps the ones
/// that moved to their original locations.
pub(super) fn find(
    document: &Document,
    lowered: &Document,
    operations: &[Operation],
    origins: &Origins,
    report: &mut Report,
) -> Examples {
    let mut find = Find {
        document,
        lowered,
        moved: moved(origins),
        bodies: BTreeMap::new(),
        found: Examples::default(),
        seen: BTreeSet::new(),
        steps: Steps::default(),
        report,
    };
    for (index, operation) in operations.iter().enumerate() {
        find.in_operation(index, operation);
    }
    let places = places(document);
    for (at, kind) in &places {
        match kind {
            Kind::Schema => find.in_schema(at),
            Kind::MediaType | Kind::Object => find.elsewhere(at, *kind),
        }
    }
    let Find {
        found, seen, steps, ..
    } = find;
    if steps.are_spent() {
        let what = format!(
            "the examples need more than {STEPS} comparisons with schemas → the others are not \
             tested"
        );
        report.warn("examples-unchecked", "", what);
    }
    let all = places.iter().flat_map(|(at, kind)| match kind {
        Kind::Schema => of_schema(document, at),
        Kind::MediaType | Kind::Object => shown(document, at),
    });
    let untyped: BTreeSet<String> = all.filter(|pointer| !seen.contains(pointer)).collect();
    for pointer in untyped {
        note_untyped(report, &pointer);
    }
    found
}

/// Maps the original pointers of moved schemas to their pointers in the lowered document. If
/// one schema became several, the one inside a component has a type and wins.
fn moved(origins: &Origins) -> BTreeMap<&str, &str> {
    let in_component = |at: &str| at.starts_with("/components/schemas/");
    let mut moved = BTreeMap::new();
    for (at, origin) in origins {
        let best = moved.entry(origin.as_str()).or_insert(at.as_str());
        if in_component(at) && !in_component(best) {
            *best = at;
        }
    }
    moved
}

/// Returns the pointers of all objects in `document` that can have examples: schemas, and
/// objects with a schema.
fn places(document: &Document) -> Vec<(String, Kind)> {
    let mut places = Vec::new();
    walk::for_each(&document.root, |at, kind, object| {
        let schema = object.field("schema");
        let is_one = match kind {
            Kind::Schema => object.has_any(&SHOWN),
            Kind::MediaType | Kind::Object => {
                schema.is_some() && (object.has_any(&SHOWN) || schema.has_any(&SHOWN))
            }
        };
        if is_one {
            places.push((at.pointer(), kind));
        }
    });
    places
}

/// Whether the object at `at`, or its schema, has examples.
pub(super) fn are_in(document: &Document, at: &str) -> bool {
    let mut any = !shown(document, at).is_empty();
    if let Some(schema) = document.at(&format!("{at}/schema")) {
        walk::for_each_schema(schema, "", |_, _, schema| {
            any |= schema.has_any(&SHOWN);
        });
    }
    any
}

struct Find<'a> {
    document: &'a Document,
    lowered: &'a Document,
    /// The pointers of moved schemas in the lowered document, by their original pointers.
    moved: BTreeMap<&'a str, &'a str>,
    /// The operations whose parameters and bodies have the schemas at these pointers.
    bodies: BTreeMap<String, (usize, ExampleOf)>,
    found: Examples,
    /// The pointers of the examples that already have a test.
    seen: BTreeSet<String>,
    steps: Steps,
    report: &'a mut Report,
}

impl Find<'_> {
    /// Adds the examples of the parameters and bodies of the operation with this `index`.
    fn in_operation(&mut self, index: usize, operation: &Operation) {
        for at in parameters::asked(self.document, &operation.pointer) {
            let at = self.document.followed(&at);
            let parameter = self.document.at(&at);
            if let (Some(name), Some(place)) = (parameter.text("name"), parameter.text("in"))
                && let Some(at) = described(self.document, &at)
            {
                let (name, place) = (name.to_owned(), place.to_owned());
                self.of_operation(index, &ExampleOf::Parameter { name, place }, &at);
            }
        }
        let body = format!("{}/requestBody", operation.pointer);
        if let Some((name, at)) = self.body(&body)
            && (is_json(&name) || is_form(&name))
        {
            self.of_operation(index, &ExampleOf::Request, &at);
        }
        let responses = format!("{}/responses", operation.pointer);
        let statuses = self.document.keys(&responses);
        for status in statuses.iter().filter(|of| is_returned(of, &statuses)) {
            if let Some((name, at)) = self.body(&pointer::join(&responses, status))
                && is_json(&name)
            {
                let of = ExampleOf::Response(status.clone());
                self.of_operation(index, &of, &at);
            }
        }
    }

    /// Adds the examples in the Parameter or Media Type Object at `at`, which belongs to an
    /// operation.
    fn of_operation(&mut self, index: usize, of: &ExampleOf, at: &str) {
        let schema = format!("{at}/schema");
        for pointer in shown(self.document, at) {
            self.add_of_operation(index, of, &schema, "", &pointer);
        }
        let body = (index, of.clone());
        self.bodies.entry(schema).or_insert(body);
    }

    /// Adds the examples that the schema at `at` contains.
    fn in_schema(&mut self, at: &str) {
        // An example of one branch is an example of the union. An example of one conjunct may
        // not be a valid example of the conjunction.
        let whole = outermost(at, &["allOf", "anyOf", "oneOf"]);
        let is_part = whole != outermost(at, &["anyOf", "oneOf"]);
        let moved = around(&self.moved, whole);
        let moved = moved.map(|(at, within)| format!("{at}{within}"));
        // The enclosing object may not be a schema, even if a reference points to it.
        let moved = moved.filter(|at| self.lowered.at(at).is_some());
        let schema = moved.unwrap_or_else(|| whole.to_owned());
        let body = around(&self.bodies, whole);
        let is_response = match body {
            Some(((_, of), _)) => matches!(of, ExampleOf::Response(_)),
            // A component that no response uses may belong to a request.
            None => !whole.starts_with("/components/schemas/"),
        };
        let body = body.filter(|(_, within)| !within.contains("/properties/"));
        let body = body.map(|((index, of), within)| (*index, of.clone(), within));
        for pointer in of_schema(self.document, at) {
            if self.seen.contains(&pointer) {
                continue;
            }
            let example = self.document.at(&pointer).unwrap_or(&Value::Null);
            let fits = || {
                let steps = &self.steps;
                example_validity::misfit(self.lowered, &schema, example, is_response, steps)
                    .is_none()
            };
            if is_part && !fits() || !self.fits_conjuncts(&schema, example, is_response) {
                continue;
            }
            match &body {
                Some((index, of, within)) => {
                    self.add_of_operation(*index, of, &schema, within, &pointer);
                }
                None => self.add_of_schema(&schema, &pointer, is_response),
            }
        }
    }

    /// Whether `example`, of the schema at `at`, is also valid for the other conjuncts that describe
    /// the same property. The type of the property is their conjunction.
    fn fits_conjuncts(&self, at: &str, example: &Value, is_response: bool) -> bool {
        let (lowered, steps) = (self.lowered, &self.steps);
        at.match_indices("/properties/").all(|(end, _)| {
            let (object, within) = at.split_at(end);
            let mut conjuncts = vec![outermost(object, &["allOf"]).to_owned()];
            let mut seen = BTreeSet::new();
            while let Some(conjunct) = conjuncts.pop() {
                let conjunct = lowered.followed(&conjunct);
                let count = lowered.at(&conjunct).list("allOf").len();
                let property = format!("{conjunct}{within}");
                let is_other = property != at && lowered.at(&property).is_some();
                let misfit =
                    |at| example_validity::misfit(lowered, at, example, is_response, steps);
                if is_other && misfit(&property).is_some() {
                    return false;
                }
                if seen.insert(conjunct.clone()) {
                    conjuncts.extend((0..count).map(|index| format!("{conjunct}/allOf/{index}")));
                }
            }
            true
        })
    }

    /// Adds the examples in the object at `at`, which belongs to no operation, if its schema is
    /// a component.
    fn elsewhere(&mut self, at: &str, kind: Kind) {
        if kind == Kind::MediaType && !pointer::last(at).is_some_and(|name| is_json(&name)) {
            return;
        }
        let schema = format!("{at}/schema");
        let reference = self.document.at(&schema).text("$ref");
        let referred = reference.and_then(pointer::of_reference);
        let moved = self.moved.get(schema.as_str());
        let component = referred.or_else(|| moved.map(|at| (*at).to_owned()));
        let Some(component) = component.filter(|at| is_component(at)) else {
            return;
        };
        for pointer in shown(self.document, at) {
            if !self.seen.contains(&pointer) {
                self.add_of_schema(&component, &pointer, true);
            }
        }
    }

    fn add_of_operation(
        &mut self,
        index: usize,
        of: &ExampleOf,
        schema: &str,
        within: &str,
        pointer: &str,
    ) {
        let is_response = matches!(of, ExampleOf::Response(_));
        if let Some(special) = self.special(schema, pointer, is_response) {
            let is_whole = is_response && within.is_empty();
            let value = self.document.at(pointer).filter(|_| is_whole);
            self.found.of_operations.push(Example {
                operation: index,
                of: of.clone(),
                within: within.to_owned(),
                pointer: pointer.to_owned(),
                response: value.cloned(),
                unnamed: special.undeclared,
                nulls: special.kept_nulls,
            });
        }
    }

    fn add_of_schema(&mut self, schema: &str, pointer: &str, is_response: bool) {
        // The type of a component never accepts null, but a property that refers to it may.
        if is_component(schema) && self.document.at(pointer) == Some(&Value::Null) {
            return;
        }
        if let Some(special) = self.special(schema, pointer, is_response) {
            self.found.of_schemas.push(SchemaExample {
                schema: schema.to_owned(),
                pointer: pointer.to_owned(),
                unnamed: special.undeclared,
                nulls: special.kept_nulls,
            });
        }
    }

    /// Returns the properties that the test treats in a special way, or `None` if the example
    /// cannot be tested with the type of `schema`.
    fn special(&mut self, schema: &str, pointer: &str, is_response: bool) -> Option<Special> {
        let (lowered, example) = (self.lowered, self.document.at(pointer)?);
        lowered.at(schema)?;
        self.seen.insert(pointer.to_owned());
        let misfit = example_validity::misfit(lowered, schema, example, is_response, &self.steps);
        if let Some(example_validity::Misfit { what, is_valid }) = misfit {
            if is_valid {
                let what = format!(
                    "the example is valid, but {what}, the type assumed without `type` → no test"
                );
                self.report.warn("example-of-another-type", pointer, what);
            } else {
                let what = format!("the schema refuses the example: {what} → no test");
                self.report.warn("example-mismatch", pointer, what);
            }
            return None;
        }
        let wide = &mut self.found.wide_integers;
        wide_integers::find(lowered, schema, example, &self.steps, wide);
        let find = |is_request| {
            undeclared_properties::find(lowered, schema, example, is_request, &self.steps)
        };
        let mut special = find(false);
        if !special.undeclared.is_empty() {
            let names = special.undeclared.join(", ");
            let what = format!("the schema does not declare {names} → the client drops it");
            self.report.warn("example-unnamed", pointer, what);
        }
        // An example inside a schema may also belong to a request.
        if !is_response {
            special = find(true);
        }
        (!self.steps.are_spent()).then_some(special)
    }

    /// Returns the best media type of the Request Body or Response Object at `at`, and the
    /// pointer of its Media Type Object.
    fn body(&self, at: &str) -> Option<(String, String)> {
        let content = format!("{}/content", self.document.followed(at));
        media_types::best(self.document, &content)
    }
}

/// Returns the examples that the schema at `at` contains.
fn of_schema(document: &Document, at: &str) -> Vec<String> {
    let schema = document.at(at);
    let own = schema.field("example").map(|_| format!("{at}/example"));
    let count = schema.list("examples").len();
    let listed = (0..count).map(|index| format!("{at}/examples/{index}"));
    own.into_iter().chain(listed).collect()
}

/// Returns the pointer of the object that has the schema of the Parameter or Header Object at
/// `at`: the object itself, or its JSON media type.
fn described(document: &Document, at: &str) -> Option<String> {
    let content = format!("{at}/content");
    match document.keys(&content).first() {
        None => Some(at.to_owned()),
        // The caller writes any other media type as text.
        Some(name) => is_json(name).then(|| pointer::join(&content, name)),
    }
}

/// Returns the examples in the Parameter, Header or Media Type Object at `at`, and the examples
/// of its inline schema.
fn shown(document: &Document, at: &str) -> Vec<String> {
    let mut found = vec![format!("{at}/example")];
    let examples = format!("{at}/examples");
    for name in document.keys(&examples) {
        let example = document.followed(&pointer::join(&examples, &name));
        found.push(format!("{example}/value"));
    }
    found.retain(|pointer| document.at(pointer).is_some());
    found.extend(of_schema(document, &format!("{at}/schema")));
    found
}

/// Returns the entry of `map` for `at` or its nearest enclosing pointer, and the path from
/// there to `at`.
fn around<'m, 'a, K, T>(map: &'m BTreeMap<K, T>, at: &'a str) -> Option<(&'m T, &'a str)>
where
    K: Borrow<str> + Ord,
{
    pointer::around(at).find_map(|of| Some((map.get(of)?, &at[of.len()..])))
}

fn is_component(at: &str) -> bool {
    pointer::parent(at) == "/components/schemas"
}

/// Returns the pointer of the outermost schema that has the schema at `at` as an item of one of
/// these `lists`, or `at` itself.
fn outermost<'a>(mut at: &'a str, lists: &[&str]) -> &'a str {
    while let Some((list, index)) = at.rsplit_once('/')
        && index.bytes().all(|digit| digit.is_ascii_digit())
        && let Some((schema, keyword)) = list.rsplit_once('/')
        && lists.contains(&keyword)
    {
        at = schema;
    }
    at
}
