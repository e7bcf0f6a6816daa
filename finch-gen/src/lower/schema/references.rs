//! References between schemas (Core 8.2), and the components that they lead to.
//!
//! A reference is resolved against the URI of its schema resource: the nearest enclosing
//! `$id`, or the URI of the document. OpenAPI 3.0 and its readers only support references to
//! `#/components/schemas/NAME`. So every other target, by pointer, anchor or id, is hoisted:
//! it becomes a component.

use std::collections::BTreeMap;

use heck::ToPascalCase as _;
use serde_json::{Value, json};
use url::Url;

use super::{Form, Lowering};
use crate::bundle::BUNDLER;
use crate::load::{CHAIN, Document};
use crate::pointer::{self, join};
use crate::report::Report;
use crate::type_names::Taken;
use crate::walk::{self, Kind};

const COMPONENTS: &str = "/components/schemas";

/// The base URI of a document. Its real URI is unknown.
const DOCUMENT: &str = "document:///";

const DEFINE: &str = "define its target, or correct it through the overlay";

/// Where references lead.
pub(in crate::lower) struct Index {
    /// The URIs of the schemas with an `$id`, by their pointers.
    bases: BTreeMap<String, Url>,
    /// The pointers of the schemas with an `$id`, by their URIs.
    ids: BTreeMap<Url, String>,
    /// The pointers of schemas with an `$anchor` or `$dynamicAnchor`, by the
    /// pointer of the resource that they are in, and their name.
    anchors: BTreeMap<(String, String), String>,
    /// The pointers of all `$dynamicAnchor`s, by name.
    dynamic: BTreeMap<String, Vec<String>>,
    /// The names of the new components, by the pointers of their schemas.
    hoisted: BTreeMap<String, String>,
}

/// The target of a reference.
pub(super) struct Target {
    pub(super) pointer: String,
    /// Whether the reference does not resolve by the letter, but its meaning is clear.
    is_recovered: bool,
}

impl Index {
    pub(in crate::lower) fn new(document: &Document, report: &mut Report) -> Self {
        let mut index = Self {
            bases: BTreeMap::new(),
            ids: BTreeMap::new(),
            anchors: BTreeMap::new(),
            dynamic: BTreeMap::new(),
            hoisted: BTreeMap::new(),
        };
        let mut references = Vec::new();
        // A schema is visited before those within it.
        walk::for_each(&document.root, |at, kind, schema| {
            if kind != Kind::Schema {
                return;
            }
            let text = |keyword| schema.get(keyword).and_then(Value::as_str);
            if let Some(id) = text("$id") {
                index.add_id(id, at.pointer(), report);
            }
            for keyword in ["$anchor", "$dynamicAnchor"] {
                let Some(name) = text(keyword) else { continue };
                let at = at.pointer();
                if keyword == "$dynamicAnchor" {
                    let all = index.dynamic.entry(name.to_owned()).or_default();
                    all.push(at.clone());
                }
                let resource = index.resource(&at).to_owned();
                index.anchors.insert((resource, name.to_owned()), at);
            }
            for keyword in ["$dynamicRef", "$ref"] {
                references.extend(text(keyword).map(|name| (keyword, name, at.pointer())));
            }
        });
        let mut taken: Taken = document
            .at(COMPONENTS)
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|schemas| schemas.keys().cloned())
            .collect();
        for (keyword, reference, at) in references {
            let target = match keyword {
                "$ref" => index.resolve(document, reference, &at).map(|of| of.pointer),
                _ => index.resolve_dynamic(document, reference, &at),
            };
            if let Some(target) = target
                && component_name(&target).is_none()
                && !index.hoisted.contains_key(&target)
            {
                let name = taken.unique(&new_name(&target));
                index.hoisted.insert(target, name);
            }
        }
        index
    }

    /// Adds the schema at `at`, whose `$id` is `id`.
    fn add_id(&mut self, id: &str, at: String, report: &mut Report) {
        let id = self.base(&at).and_then(|base| base.join(id).ok());
        let Some(mut id) = id else {
            let what = "invalid `$id` → ignored; references do not find it";
            report.warn("id-ignored", &at, what);
            return;
        };
        id.set_fragment(None);
        match self.ids.get(&id) {
            Some(other) => {
                let what = format!(
                    "`$id` that {other} also has → ignored; references resolve to \
                                    the other"
                );
                report.warn("id-ignored", &at, what);
            }
            None => {
                self.ids.insert(id.clone(), at.clone());
            }
        }
        self.bases.insert(at, id);
    }

    /// Returns the pointers of the hoisted schemas, with the names of their components.
    pub(super) fn hoisted(&self) -> impl Iterator<Item = (&str, &str)> {
        self.hoisted
            .iter()
            .map(|(at, name)| (at.as_str(), name.as_str()))
    }

    /// Returns the name of the component that `reference` in the schema at `at` resolves to.
    pub(super) fn component(
        &self,
        document: &Document,
        reference: &str,
        at: &str,
    ) -> Option<String> {
        let target = self.resolve(document, reference, at)?;
        self.component_at(&target.pointer)
    }

    /// Returns the name of the component that the schema at `at` is, or is hoisted to.
    fn component_at(&self, at: &str) -> Option<String> {
        component_name(at).or_else(|| self.hoisted.get(at).cloned())
    }

    /// Resolves `reference` in the schema at `at`.
    pub(super) fn resolve(&self, document: &Document, reference: &str, at: &str) -> Option<Target> {
        let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let around = self.resource(at);
        let resource = if uri.is_empty() {
            around
        } else {
            let mut uri = self.base(at)?.join(uri).ok()?;
            uri.set_fragment(None);
            match self.ids.get(&uri) {
                Some(resource) => resource.as_str(),
                None if uri.as_str() == DOCUMENT => "",
                None => return None,
            }
        };
        if !fragment.is_empty() && !fragment.starts_with('/') {
            let anchor = (resource.to_owned(), fragment.to_owned());
            return self.anchors.get(&anchor).map(|pointer| Target {
                pointer: pointer.clone(),
                is_recovered: false,
            });
        }
        let within = pointer::of_reference(&format!("#{fragment}"))?;
        let pointer = format!("{resource}{within}");
        if document.at(&pointer).is_some() {
            let is_recovered = false;
            return Some(Target {
                pointer,
                is_recovered,
            });
        }
        let pointer = recovered(document, &within, at).filter(|_| uri.is_empty())?;
        let is_recovered = true;
        Some(Target {
            pointer,
            is_recovered,
        })
    }

    /// Returns the pointer of the resource that contains `at`: the nearest enclosing schema
    /// with an `$id`, or the document.
    fn resource<'a>(&self, at: &'a str) -> &'a str {
        let mut around = at;
        while !self.bases.contains_key(around) {
            match around.rsplit_once('/') {
                Some((parent, _)) if !self.bases.is_empty() => around = parent,
                _ => return "",
            }
        }
        around
    }

    /// Returns the base URI for references at `at`.
    fn base(&self, at: &str) -> Option<Url> {
        let base = self.bases.get(self.resource(at)).cloned();
        base.or_else(|| Url::parse(DOCUMENT).ok())
    }

    /// Resolves `reference`, a `$dynamicRef` in the schema at `at`, if it has only one
    /// possible target.
    fn resolve_dynamic(&self, document: &Document, reference: &str, at: &str) -> Option<String> {
        let target = self.resolve(document, reference, at)?.pointer;
        let name = document
            .at(&target)?
            .get("$dynamicAnchor")
            .and_then(Value::as_str);
        let (_, fragment) = reference.split_once('#').unwrap_or_default();
        match name.filter(|name| *name == fragment) {
            // Other anchors of that name may override it.
            Some(name) if self.dynamic.get(name)?.len() > 1 => None,
            _ => Some(target),
        }
    }
}

/// Returns the probable target of a reference that does not resolve: `#/$defs/NAME` in an
/// enclosing schema, or a component of the document if the reference is in a schema with an
/// `$id`.
fn recovered(document: &Document, within: &str, at: &str) -> Option<String> {
    if within.starts_with(COMPONENTS) {
        return document.at(within).map(|_| within.to_owned());
    }
    if !within.starts_with("/$defs/") && !within.starts_with("/definitions/") {
        return None;
    }
    let mut around = at;
    loop {
        let target = format!("{around}{within}");
        if document.at(&target).is_some() {
            return Some(target);
        }
        around = around.rsplit_once('/')?.0;
    }
}

/// Returns the name of the component at `at`, if `at` points to a component.
fn component_name(at: &str) -> Option<String> {
    let name = at.strip_prefix(COMPONENTS)?.strip_prefix('/')?;
    (!name.contains('/')).then(|| pointer::last(at))?
}

/// Returns a name for a new component, made of the readable segments of the pointer `at`.
fn new_name(at: &str) -> String {
    let structural = [
        "components",
        "schemas",
        "properties",
        "items",
        "schema",
        "content",
        "paths",
        "$defs",
        "definitions",
        "allOf",
        "anyOf",
        "oneOf",
        "responses",
        "parameters",
        "requestBody",
    ];
    let pieces = at.split('/').filter(|piece| !structural.contains(piece));
    let name: Vec<String> = pieces
        .map(|piece| piece.replace("~1", "/").replace("~0", "~").to_pascal_case())
        .collect();
    let name: String = name
        .concat()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        name
    } else {
        format!("Schema{name}")
    }
}

impl Lowering<'_> {
    /// Lowers a reference in the schema at `at`.
    pub(super) fn reference(&mut self, reference: &Value, at: &str) -> Form {
        let text = reference.as_str().unwrap_or_default();
        let name = self.index.component(self.document, text, at);
        let is_circular = self.is_circular(text, at);
        let Some(name) = name.filter(|_| !is_circular) else {
            let (what, remedy) = if is_circular {
                ("leads only to other references", DEFINE)
            } else if text.starts_with('#') {
                ("leads nowhere", DEFINE)
            } else {
                ("leaves the document", BUNDLER)
            };
            self.problems.push(self.document.problem(
                join(at, "$ref"),
                format!("the reference {reference} {what}"),
                remedy,
            ));
            return Form::anything();
        };
        if let Some(target) = self.index.resolve(self.document, text, at)
            && target.is_recovered
        {
            let what = format!("{text} does not resolve → read as {}", target.pointer);
            self.report.warn("ref-recovered", at, what);
        }
        self.referred.insert(name.clone());
        if self.learned.null.contains(&name) {
            return Form::null();
        }
        Form {
            exact: !self.learned.inexact.contains(&name),
            ..Form::exact(json!({"$ref": format!("#/components/schemas/{name}")}))
        }
    }

    /// Whether `reference` leads from one reference to the next, and nowhere else.
    fn is_circular(&self, reference: &str, at: &str) -> bool {
        let resolve = |reference: &str, at: &str| {
            let target = self.index.resolve(self.document, reference, at);
            target.map(|target| target.pointer)
        };
        let mut next = resolve(reference, at);
        for _ in 0..CHAIN {
            let Some(target) = next else { return false };
            let schema = self.document.at(&target);
            let reference = schema.and_then(|schema| schema.get("$ref")?.as_str());
            next = reference.and_then(|reference| resolve(reference, &target));
        }
        next.is_some()
    }

    /// Lowers a `$dynamicRef` in the schema at `at`.
    pub(super) fn dynamic_reference(&mut self, reference: &Value, at: &str) -> Form {
        let text = reference.as_str().unwrap_or_default();
        if self.index.resolve(self.document, text, at).is_none() {
            self.problems.push(self.document.problem(
                join(at, "$dynamicRef"),
                format!("the reference {reference} leads nowhere"),
                DEFINE,
            ));
            return Form::anything();
        }
        let target = self.index.resolve_dynamic(self.document, text, at);
        match target.and_then(|target| self.index.component_at(&target)) {
            Some(name) => {
                let exact = !self.learned.inexact.contains(&name);
                let reference = format!("#/components/schemas/{name}");
                self.referred.insert(name);
                Form {
                    exact,
                    ..Form::exact(json!({"$ref": reference}))
                }
            }
            None => {
                let what =
                    "`$dynamicRef` to a target that depends on the caller → everything is accepted";
                self.report.warn("dynamic-ref", at, what);
                Form {
                    exact: false,
                    ..Form::anything()
                }
            }
        }
    }
}
