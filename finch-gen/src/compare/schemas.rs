//! Compares two schemas: the targets of references, null, types, items and discriminators.
//!
//! A narrower type (`number` to `integer`) or a loss of null breaks requests. A wider type or a new
//! null breaks responses. Any other change of type breaks both. Two references do not end the
//! comparison: their targets are compared once, later. A keyword that lowering drops, such as
//! `not`, is a warning in requests, because the server may still check it.

use serde_json::{Map, Value};

use super::change_set::Pair;
use super::{
    Comparer, HARMLESS, Kind, NARROWED, OTHER, Place, Revision, Severity, Verdict, WIDENED,
};
use crate::json::Fields as _;
use crate::shape::is_only_null;

/// The keywords that do not describe the data next to a single branch.
const ANNOTATIONS: [&str; 11] = [
    "default",
    "deprecated",
    "description",
    "example",
    "examples",
    "externalDocs",
    "nullable",
    "readOnly",
    "title",
    "writeOnly",
    "xml",
];

/// The keywords that lowering drops. A client ignores them.
const NOT_LOWERED: [&str; 18] = [
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "not",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

const NOT_LOOKED_AT: Verdict = (Severity::Warning, Severity::Note);

/// A schema without the wrappers around it.
struct Peeled<'a> {
    inner: Place<'a>,
    /// Whether the schema or a wrapper admits null.
    nullable: bool,
}

impl<'a> Comparer<'a> {
    /// Compares two schemas, or references to schemas.
    pub(super) fn schema(&mut self, old: Place<'a>, new: Place<'a>) {
        self.annotations(unless_reference(&old), unless_reference(&new));
        self.default(&old, &new);
        let (before, after) = (peel(old), peel(new));
        self.nullability(&before, &after);
        let (old, new) = (before.inner, after.inner);
        if unless_reference(&old).is_some() && unless_reference(&new).is_some() {
            self.structure(&old, &new);
            return;
        }
        if let (Some(old), Some(new)) = (self.old.follow(old), self.new.follow(new)) {
            let pair = Pair {
                old: old.pointer,
                new: new.pointer,
                role: self.role,
            };
            self.found.lead(&self.owner, pair);
        }
    }

    fn nullability(&mut self, before: &Peeled<'a>, after: &Peeled<'a>) {
        // The comparer compares the targets of both references separately.
        if before.nullable == after.nullable {
            return;
        }
        let is_anything = is_anything(before.inner.value) || is_anything(after.inner.value);
        let admits = admits_null(self.new, after, 0);
        if !is_anything && admits != admits_null(self.old, before, 0) {
            let (verdict, what) = match admits {
                true => (WIDENED, "it may be null now"),
                false => (NARROWED, "it may no longer be null"),
            };
            self.report(verdict, Kind::Changed, &after.inner.pointer, what);
        }
    }

    /// Compares two schemas that are not references.
    fn structure(&mut self, old: &Place<'a>, new: &Place<'a>) {
        if union(old).is_some() || union(new).is_some() {
            self.unions(old, new);
        } else if conjunction(old).is_some() || conjunction(new).is_some() {
            self.conjunctions(old, new);
        } else {
            self.typed(old, new);
        }
    }

    /// Compares two schemas that are neither unions nor conjunctions.
    fn typed(&mut self, old: &Place<'a>, new: &Place<'a>) {
        let (before, after) = (type_of(old.value), type_of(new.value));
        if before == after {
            self.keywords(old, new);
            return;
        }
        let name = |of: Option<&'a str>| of.unwrap_or("anything");
        let verdict = match (before, after) {
            (None, _) | (Some("number"), Some("integer")) => NARROWED,
            (_, None) | (Some("integer"), Some("number")) => WIDENED,
            _ => OTHER,
        };
        let what = format!("the type: {} → {}", name(before), name(after));
        self.report(verdict, Kind::Changed, &new.pointer, what);
        self.unlowered(old, new);
    }

    /// Compares the keywords of two schemas.
    pub(super) fn keywords(&mut self, old: &Place<'a>, new: &Place<'a>) {
        self.values(old, new);
        self.bounds(old, new);
        self.objects(old, new);
        self.items(old, new);
        self.unlowered(old, new);
    }

    fn items(&mut self, old: &Place<'a>, new: &Place<'a>) {
        match (old.get("items"), new.get("items")) {
            (Some(old), Some(new)) => self.schema(old, new),
            (None, Some(new)) if !is_anything(new.value) => {
                let what = "the items have a schema now";
                self.report(NARROWED, Kind::Changed, &new.pointer, what);
            }
            (Some(old), None) if !is_anything(old.value) => {
                let what = "the items may have any value now";
                self.report(WIDENED, Kind::Changed, &old.pointer, what);
            }
            _ => {}
        }
    }

    /// Compares the keywords of two schemas that lowering drops.
    fn unlowered(&mut self, old: &Place<'a>, new: &Place<'a>) {
        for key in NOT_LOWERED {
            if self.old.before_lowering(old, key) != self.new.before_lowering(new, key) {
                let what = format!("`{key}` changed, but the client ignores it");
                self.report(NOT_LOOKED_AT, Kind::Changed, &new.join(key), what);
            }
        }
    }

    /// Compares the discriminators of two unions.
    pub(super) fn discriminator(&mut self, old: &Place<'a>, new: &Place<'a>) {
        let (before, after) = (old.get("discriminator"), new.get("discriminator"));
        let property = |of: &Option<Place<'a>>| of.as_ref().and_then(|of| of.text("propertyName"));
        if property(&before) != property(&after) {
            let name = |of: &Option<Place<'a>>| property(of).unwrap_or("none").to_owned();
            let what = format!("the discriminator: {} → {}", name(&before), name(&after));
            let verdict = if before.is_some() { OTHER } else { HARMLESS };
            self.report(verdict, Kind::Changed, &new.join("discriminator"), what);
            return;
        }
        let mapping =
            |of: Option<Place<'a>>| of.map(|of| of.members_of("mapping")).unwrap_or_default();
        let (mut before, after) = (mapping(before), mapping(after));
        for (value, target) in after {
            match before.remove(value) {
                Some(old) if old.value == target.value => {}
                Some(_) => {
                    let what =
                        format!("the discriminator's value `{value}` refers to another schema");
                    self.report(OTHER, Kind::Changed, &target.pointer, what);
                }
                None => {
                    let what = format!("the discriminator's value `{value}` added");
                    self.report(HARMLESS, Kind::Added, &target.pointer, what);
                }
            }
        }
        for (value, target) in before {
            let what = format!("the discriminator's value `{value}` removed");
            self.report(NARROWED, Kind::Removed, &target.pointer, what);
        }
    }
}

/// Removes null, and unions and conjunctions with one branch, around `schema`.
fn peel(schema: Place<'_>) -> Peeled<'_> {
    let mut peeled = Peeled {
        inner: schema,
        nullable: false,
    };
    loop {
        let inner = &peeled.inner;
        let Some(members) = inner.value.as_object() else {
            return peeled;
        };
        if inner.text("$ref").is_some() {
            return peeled;
        }
        peeled.nullable |= inner.is("nullable");
        let branches = union(inner);
        let is_wrapper = |keyword: &str| {
            members
                .keys()
                .all(|key| key == keyword || ANNOTATIONS.contains(&key.as_str()))
        };
        let keyword = match (branches, conjunction(inner)) {
            (Some((keyword, all)), None) => {
                let (null, other): (Vec<_>, Vec<_>) = all
                    .into_iter()
                    .partition(|branch| is_only_null(branch.value));
                peeled.nullable |= !null.is_empty();
                Some((keyword, other))
            }
            (None, Some(parts)) => Some(("allOf", parts)),
            _ => None,
        };
        match keyword {
            Some((keyword, mut only)) if only.len() == 1 && is_wrapper(keyword) => {
                peeled.inner = only.remove(0);
            }
            _ => return peeled,
        }
    }
}

/// Whether `peeled` or its target admits null.
fn admits_null(revision: &Revision, peeled: &Peeled<'_>, depth: usize) -> bool {
    const DEEPEST: usize = 32;
    let target = || {
        peeled.inner.text("$ref")?;
        revision.follow(peeled.inner.clone())
    };
    peeled.nullable
        || depth < DEEPEST
            && target().is_some_and(|target| admits_null(revision, &peel(target), depth + 1))
}

fn unless_reference<'p, 'a>(place: &'p Place<'a>) -> Option<&'p Place<'a>> {
    place.text("$ref").is_none().then_some(place)
}

/// Returns the keyword and the branches of a union.
pub(super) fn union<'a>(schema: &Place<'a>) -> Option<(&'static str, Vec<Place<'a>>)> {
    let of = |keyword| Some((keyword, schema.get(keyword)?.items()));
    of("oneOf").or_else(|| of("anyOf"))
}

/// Returns the parts of a conjunction.
pub(super) fn conjunction<'a>(schema: &Place<'a>) -> Option<Vec<Place<'a>>> {
    Some(schema.get("allOf")?.items())
}

/// Returns the type that `schema` states or implies, if it is a single one.
pub(super) fn type_of(schema: &Value) -> Option<&str> {
    let explicit = schema.text("type");
    explicit.or_else(|| {
        let of_objects = ["properties", "required", "additionalProperties"];
        let means_object = of_objects.iter().any(|key| schema.get(key).is_some());
        means_object.then_some("object")
    })
}

/// Whether `schema` accepts everything.
pub(super) fn is_anything(schema: &Value) -> bool {
    let says_nothing = |members: &Map<String, Value>| {
        members
            .keys()
            .all(|key| ANNOTATIONS.contains(&key.as_str()) || key.starts_with("x-"))
    };
    schema == &Value::Bool(true) || schema.as_object().is_some_and(says_nothing)
}
