//! Resolves references between schemas (Core 8.2), and lowers them to references to components.
//!
//! A reference is resolved against the URI of its schema resource: the nearest enclosing `$id`, or
//! the URI of the document. OpenAPI 3.0 and its readers only support references to
//! `#/components/schemas/NAME`. So every other target, by pointer, anchor or id, is hoisted: it
//! becomes a component.
//!
//! Refuses a reference that leads nowhere, out of the document, or only to other references. A
//! `$dynamicRef` whose target depends on the caller accepts everything, with a warning.

use std::collections::BTreeMap;

use heck::ToPascalCase as _;
use serde_json::{Value, json};
use url::Url;

use super::{Form, Lowering};
use crate::bundle::BUNDLER;
use crate::json::Fields as _;
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
#[derive(Default)]
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
    pub(super) hoisted: BTreeMap<String, String>,
}

impl Index {
    pub(in crate::lower) fn new(document: &Document, report: &mut Report) -> Self {
        let mut index = Self::default();
        let mut references = Vec::new();
        // A schema is visited before those within it.
        walk::for_each(&document.root, |at, kind, schema| {
            if kind != Kind::Schema {
                return;
            }
            if let Some(id) = schema.text("$id") {
                index.add_id(id, at.pointer(), report);
            }
            for keyword in ["$anchor", "$dynamicAnchor"] {
                let Some(name) = schema.text(keyword) else {
                    continue;
                };
                let at = at.pointer();
                if keyword == "$dynamicAnchor" {
                    let all = index.dynamic.entry(name.to_owned()).or_default();
                    all.push(at.clone());
                }
                let resource = index.resource(&at).to_owned();
                index.anchors.insert((resource, name.to_owned()), at);
            }
            for keyword in ["$dynamicRef", "$ref"] {
                let name = schema.text(keyword);
                references.extend(name.map(|name| (keyword, name, at.pointer())));
            }
        });
        let mut taken: Taken = document.keys(COMPONENTS).into_iter().collect();
        for (keyword, reference, at) in references {
            let target = match keyword {
                "$ref" => index.resolve(document, reference, &at),
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
        if let Some(other) = self.ids.get(&id) {
            let what =
                format!("`$id` that {other} also has → ignored; references resolve to the other");
            report.warn("id-ignored", &at, what);
        } else {
            self.ids.insert(id.clone(), at.clone());
        }
        self.bases.insert(at, id);
    }

    /// Returns the name of the component that `reference` in the schema at `at` resolves to.
    pub(super) fn component(
        &self,
        document: &Document,
        reference: &str,
        at: &str,
    ) -> Option<String> {
        self.component_at(&self.resolve(document, reference, at)?)
    }

    /// Returns the name of the component that the schema at `at` is, or is hoisted to.
    fn component_at(&self, at: &str) -> Option<String> {
        component_name(at).or_else(|| self.hoisted.get(at).cloned())
    }

    /// Resolves `reference` in the schema at `at`. If it does not resolve by the letter, but its
    /// meaning is clear, returns the meant target.
    pub(super) fn resolve(&self, document: &Document, reference: &str, at: &str) -> Option<String> {
        let exact = self.resolve_exactly(document, reference, at);
        exact.or_else(|| recovered(document, &pointer::of_reference(reference)?, at))
    }

    /// Resolves `reference` in the schema at `at` by the letter.
    fn resolve_exactly(&self, document: &Document, reference: &str, at: &str) -> Option<String> {
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
            return self.anchors.get(&anchor).cloned();
        }
        let within = pointer::of_reference(&format!("#{fragment}"))?;
        let pointer = format!("{resource}{within}");
        document.at(&pointer).map(|_| pointer)
    }

    /// Returns the pointer of the resource that contains `at`: the nearest enclosing schema
    /// with an `$id`, or the document.
    fn resource<'a>(&self, at: &'a str) -> &'a str {
        if self.bases.is_empty() {
            return "";
        }
        let mut around = pointer::around(at);
        around
            .find(|at| self.bases.contains_key(*at))
            .unwrap_or_default()
    }

    /// Returns the base URI for references at `at`.
    fn base(&self, at: &str) -> Option<Url> {
        let base = self.bases.get(self.resource(at)).cloned();
        base.or_else(|| Url::parse(DOCUMENT).ok())
    }

    /// Resolves `reference`, a `$dynamicRef` in the schema at `at`, if it has only one
    /// possible target.
    fn resolve_dynamic(&self, document: &Document, reference: &str, at: &str) -> Option<String> {
        let target = self.resolve(document, reference, at)?;
        let name = document.at(&target)?.text("$dynamicAnchor");
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
    let mut targets = pointer::around(at).map(|around| format!("{around}{within}"));
    targets.find(|target| document.at(target).is_some())
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
    let name: String = pieces
        .map(|piece| piece.replace("~1", "/").replace("~0", "~").to_pascal_case())
        .collect();
    let name = name.replace(|c: char| !c.is_ascii_alphanumeric(), "");
    match name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => name,
        false => format!("Schema{name}"),
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
            let what = format!("the reference {reference} {what}");
            self.refuse(join(at, "$ref"), what, remedy);
            return Form::anything();
        };
        let exact = self.index.resolve_exactly(self.document, text, at);
        if exact.is_none()
            && let Some(target) = self.index.resolve(self.document, text, at)
        {
            let what = format!("{text} does not resolve → read as {target}");
            self.report.warn("ref-recovered", at, what);
        }
        if self.learned.null.contains(&name) {
            self.referred.insert(name);
            return Form::null();
        }
        self.reference_to(name)
    }

    /// Returns a reference to the component `name`.
    fn reference_to(&mut self, name: String) -> Form {
        let reference = json!({"$ref": format!("#{COMPONENTS}/{name}")});
        let exact = !self.learned.inexact.contains(&name);
        self.referred.insert(name);
        Form::exact(reference).with_exact(exact)
    }

    /// Whether `reference` leads from one reference to the next, and nowhere else.
    fn is_circular(&self, reference: &str, at: &str) -> bool {
        let resolve = |reference: &str, at: &str| self.index.resolve(self.document, reference, at);
        let mut next = resolve(reference, at);
        for _ in 0..CHAIN {
            let Some(target) = next else { return false };
            let reference = self.document.at(&target).text("$ref");
            next = reference.and_then(|reference| resolve(reference, &target));
        }
        next.is_some()
    }

    /// Lowers a `$dynamicRef` in the schema at `at`.
    pub(super) fn dynamic_reference(&mut self, reference: &Value, at: &str) -> Form {
        let text = reference.as_str().unwrap_or_default();
        if self.index.resolve(self.document, text, at).is_none() {
            let what = format!("the reference {reference} leads nowhere");
            self.refuse(join(at, "$dynamicRef"), what, DEFINE);
            return Form::anything();
        }
        let target = self.index.resolve_dynamic(self.document, text, at);
        match target.and_then(|target| self.index.component_at(&target)) {
            Some(name) => self.reference_to(name),
            None => {
                let what =
                    "`$dynamicRef` to a target that depends on the caller → everything is accepted";
                self.report.warn("dynamic-ref", at, what);
                Form::widest()
            }
        }
    }
}
