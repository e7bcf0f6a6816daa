//! References between schemas (Core 8.2), and the components that they lead to.
//!
//! 3.0, and what reads it, knows references to `#/components/schemas/NAME` and
//! no others. So whatever else is referred to, by pointer, anchor or id, becomes
//! a component of its own: it is hoisted.

use std::collections::BTreeMap;

use heck::ToPascalCase as _;
use serde_json::{Value, json};

use super::{Form, Lowering};
use crate::load::{CHAIN, Document};
use crate::names::Taken;
use crate::pointer::{self, join};
use crate::walk::{self, Kind};

const COMPONENTS: &str = "/components/schemas";

/// Where references lead.
pub(in crate::lower) struct Index {
    /// The pointers of schemas with an `$id`, by it.
    ids: BTreeMap<String, String>,
    /// The pointers of schemas with an `$anchor` or `$dynamicAnchor`, by the
    /// pointer of the schema with the `$id` around them, and their name.
    anchors: BTreeMap<(String, String), String>,
    /// The pointers of all `$dynamicAnchor`s, by name.
    dynamic: BTreeMap<String, Vec<String>>,
    /// The names of the new components, by the pointer of what they are made of.
    hoisted: BTreeMap<String, String>,
}

impl Index {
    pub(in crate::lower) fn new(document: &Document) -> Self {
        let mut index = Self {
            ids: BTreeMap::new(),
            anchors: BTreeMap::new(),
            dynamic: BTreeMap::new(),
            hoisted: BTreeMap::new(),
        };
        let mut anchors = Vec::new();
        let mut references = Vec::new();
        walk::for_each(&document.root, |at, kind, schema| {
            if kind != Kind::Schema {
                return;
            }
            let text = |keyword| schema.get(keyword).and_then(Value::as_str);
            if let Some(id) = text("$id") {
                let id = id.trim_end_matches('#').to_owned();
                index.ids.insert(id, at.pointer());
            }
            for keyword in ["$anchor", "$dynamicAnchor"] {
                anchors.extend(text(keyword).map(|name| (keyword, name, at.pointer())));
            }
            for keyword in ["$dynamicRef", "$ref"] {
                references.extend(text(keyword).map(|name| (keyword, name, at.pointer())));
            }
        });
        for (keyword, name, at) in anchors {
            let resource = index.resource(document, &at);
            if keyword == "$dynamicAnchor" {
                let all = index.dynamic.entry(name.to_owned()).or_default();
                all.push(at.clone());
            }
            index.anchors.insert((resource, name.to_owned()), at);
        }
        let mut taken: Taken = document
            .at(COMPONENTS)
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|schemas| schemas.keys().cloned())
            .collect();
        for (keyword, reference, at) in references {
            let target = match keyword {
                "$ref" => index.resolve(document, reference, &at),
                _ => index.only_dynamic(reference),
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

    /// What becomes a component: its pointer, and the component's name.
    pub(super) fn hoisted(&self) -> impl Iterator<Item = (&str, &str)> {
        self.hoisted
            .iter()
            .map(|(at, name)| (at.as_str(), name.as_str()))
    }

    /// The name of the component that `reference`, which stands at `at`, leads
    /// to in the lowered document.
    pub(super) fn component(
        &self,
        document: &Document,
        reference: &str,
        at: &str,
    ) -> Option<String> {
        let target = self.resolve(document, reference, at)?;
        component_name(&target).or_else(|| self.hoisted.get(&target).cloned())
    }

    /// The pointer that `reference`, which stands at `at`, leads to.
    pub(super) fn resolve(&self, document: &Document, reference: &str, at: &str) -> Option<String> {
        let (base, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let around = self.resource(document, at);
        let resource = if base.is_empty() {
            around
        } else {
            let id = document
                .at(&around)
                .and_then(|schema| schema.get("$id")?.as_str());
            let folder = id
                .and_then(|id| id.rsplit_once('/'))
                .map_or("", |(folder, _)| folder);
            let absolute = format!("{folder}/{}", base.trim_start_matches('/'));
            self.ids
                .get(base)
                .or_else(|| self.ids.get(&absolute))?
                .clone()
        };
        if !fragment.is_empty() && !fragment.starts_with('/') {
            return self.anchors.get(&(resource, fragment.to_owned())).cloned();
        }
        let within = pointer::of_reference(&format!("#{fragment}"))?;
        let target = format!("{resource}{within}");
        if document.at(&target).is_some() {
            return Some(target);
        }
        recovered(document, &within, at)
    }

    /// The pointer of the schema with an `$id` that `at` is in; the document
    /// itself where there is none.
    fn resource(&self, document: &Document, at: &str) -> String {
        if self.ids.is_empty() {
            return String::new();
        }
        let mut at = at;
        loop {
            let has_id = document
                .at(at)
                .is_some_and(|schema| schema.get("$id").is_some_and(Value::is_string));
            match at.rsplit_once('/') {
                _ if has_id && self.ids.values().any(|of| of == at) => return at.to_owned(),
                Some((parent, _)) => at = parent,
                None => return String::new(),
            }
        }
    }

    /// The one schema in the document that `reference` can mean, whoever calls.
    fn only_dynamic(&self, reference: &str) -> Option<String> {
        let name = reference.strip_prefix('#')?;
        match self.dynamic.get(name)?.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        }
    }
}

/// A reference to `#/$defs/NAME` that was meant for the schema around it.
fn recovered(document: &Document, within: &str, at: &str) -> Option<String> {
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

/// The name of the component at `at`, if that is where a component is.
fn component_name(at: &str) -> Option<String> {
    let name = at.strip_prefix(COMPONENTS)?.strip_prefix('/')?;
    (!name.contains('/')).then(|| pointer::last(at))?
}

/// A name for the component made of what is at `at`: the readable pieces of its
/// pointer.
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
    /// A reference, which stands in the schema at `at`.
    pub(super) fn reference(&mut self, reference: &Value, at: &str) -> Form {
        let text = reference.as_str().unwrap_or_default();
        let name = self.index.component(self.document, text, at);
        let is_circular = self.is_circular(text, at);
        let Some(name) = name.filter(|_| !is_circular) else {
            let define = "define what it names, or correct it through the overlay";
            let (what, remedy) = if is_circular {
                ("leads by references to nothing but references", define)
            } else if text.starts_with('#') {
                ("leads nowhere", define)
            } else {
                ("leaves the document", "bundle the other file into this one")
            };
            self.problems.push(self.document.problem(
                join(at, "$ref"),
                format!("the reference {reference} {what}"),
                remedy,
            ));
            return Form::anything();
        };
        let target = self.index.resolve(self.document, text, at);
        if let Some(target) = &target
            && let Some(within) = pointer::of_reference(text)
            && !within.is_empty()
            && *target != within
            && within.starts_with("/$defs/") | within.starts_with("/definitions/")
            && self.index.resource(self.document, at).is_empty()
        {
            let what = format!("{text} is not in the document → {target}, which is meant");
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
        let mut next = self.index.resolve(self.document, reference, at);
        for _ in 0..CHAIN {
            let Some(target) = next else { return false };
            let schema = self.document.at(&target);
            let reference = schema.and_then(|schema| schema.get("$ref")?.as_str());
            next = reference
                .and_then(|reference| self.index.resolve(self.document, reference, &target));
        }
        next.is_some()
    }

    pub(super) fn dynamic_reference(&mut self, reference: &Value, at: &str) -> Form {
        let target = reference
            .as_str()
            .and_then(|text| self.index.only_dynamic(text));
        let name = target.and_then(|target| {
            component_name(&target).or_else(|| self.index.hoisted.get(&target).cloned())
        });
        match name {
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
