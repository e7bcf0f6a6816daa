//! Distributes the siblings of a union over its branches.
//!
//! `{properties: P, oneOf: [A, B]}` is an A or a B, and has the properties P in both cases.
//! `{allOf: [P, U]}`, where U is such a union, means the same. typify copies P into each variant,
//! and gives the variant neither a type nor a name. So each branch becomes a component: the
//! conjunction of the branch and P, named after both. A branch that no object matches stays as it
//! is, because P does not constrain it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::all_of::is_of_objects;
use super::copy_budget::{CopyBudget, count_values};
use super::discriminators::mapping_mut;
use super::exclusion::keep_possible;
use super::type_naming::{self, Path};
use super::unions::takes_everything;
use super::{
    SCHEMAS, alias, is_only_null, reference, referred, replace, schemas_mut, taken, union_of,
};
use crate::json::Fields as _;
use crate::load::Document;
use crate::pointer::join;
use crate::provenance;
use crate::report::Report;
use crate::type_names::Taken;

/// The keywords that constrain the values of a union. All others annotate the union itself.
const CONSTRAINTS: [&str; 7] = [
    "additionalProperties",
    "allOf",
    "anyOf",
    "oneOf",
    "properties",
    "required",
    "type",
];

/// The maximum number of combinations of branches of several unions. Preflight refuses more.
const COMBINATIONS: usize = 25;

/// How deep unions are nested in the branches of others.
const ROUNDS: usize = 128;

/// Distributes the siblings of each component union over its branches.
pub(super) fn write_out(document: &mut Document, budget: &mut CopyBudget, report: &mut Report) {
    let mut taken = taken(document);
    let mut names = document.keys(SCHEMAS);
    for _ in 0..ROUNDS {
        let made = write_out_all(document, &names, &mut taken, budget, report);
        if made.is_empty() || budget.is_overrun() {
            break;
        }
        // The union in a conjunction may have lost its siblings only now. A new component is a
        // union with siblings if its branch is a union.
        names.retain(|name| super::schema(document, name).has("allOf"));
        names.extend(made.iter().map(|(name, _)| name.clone()));
        if let Some(schemas) = schemas_mut(document) {
            schemas.extend(made);
        }
    }
}

/// Distributes the siblings of the unions among the components `names`. Returns the new components.
fn write_out_all(
    document: &mut Document,
    names: &[String],
    taken: &mut Taken,
    budget: &mut CopyBudget,
    report: &mut Report,
) -> Vec<(String, Value)> {
    let mut made = Vec::new();
    for name in names {
        let at = join(SCHEMAS, name);
        budget.start_schema();
        let schema = document.at(&at).object();
        let union = schema.and_then(|schema| Union::find(document, name, schema, budget));
        budget.finish_schema(document, &at);
        let Some(union) = union else {
            continue;
        };
        if let Some(what) = &union.note {
            report.warn("all-of-contradiction", &at, what.as_str());
        }
        let (schema, branches) = union.write_out(name, taken);
        replace(document, &at, schema);
        made.extend(branches);
    }
    made
}

/// A union and its sibling constraints.
struct Union {
    /// `anyOf` or `oneOf`.
    keyword: &'static str,
    branches: Vec<Value>,
    /// Whether the constraints apply to each branch: those on objects do not apply to a string.
    are_constrained: Vec<bool>,
    /// The annotations of the union.
    annotations: Map<String, Value>,
    /// The constraints on its values, as conjuncts.
    beside: Vec<Value>,
    /// The note about branches that the constraints exclude.
    note: Option<String>,
}

impl Union {
    /// Returns the union in the component `name`, if it has sibling constraints.
    fn find(
        document: &Document,
        name: &str,
        schema: &Map<String, Value>,
        budget: &mut CopyBudget,
    ) -> Option<Self> {
        let mut discriminator = None;
        let (taken, keyword, branches, mut beside) = match union_of(schema) {
            Some((keyword, branches)) => (keyword, keyword, branches, Vec::new()),
            None => {
                let conjuncts = schema.get("allOf")?.as_array()?;
                let all = conjuncts.iter().enumerate();
                let unions = all.filter_map(|(at, of)| Some((at, union_in(document, of)?)));
                let unions: Vec<_> = unions.collect();
                let (at, (keyword, branches)) = *unions.first()?;
                // Several unions multiply their branches. A union that leads back to this
                // component would never end.
                let counts = unions.iter().map(|(_, (_, branches))| branches.len());
                let count = counts.fold(1, usize::saturating_mul);
                if unions.len() > 1 && count > COMBINATIONS
                    || unions
                        .iter()
                        .any(|(at, _)| leads_to(document, &conjuncts[*at], name))
                {
                    return None;
                }
                let mut beside = conjuncts.clone();
                if let Value::Object(mut union) = beside.remove(at) {
                    discriminator = union.shift_remove("discriminator");
                    union.retain(|key, _| key != keyword && CONSTRAINTS.contains(&key.as_str()));
                    beside.extend((!union.is_empty()).then_some(Value::Object(union)));
                }
                ("allOf", keyword, branches, beside)
            }
        };
        let mut schema = schema.clone();
        schema.shift_remove(taken);
        let (own, mut annotations): (Map<_, _>, Map<_, _>) = schema
            .into_iter()
            .partition(|(key, _)| CONSTRAINTS.contains(&key.as_str()));
        annotations.extend(discriminator.map(|of| ("discriminator".to_owned(), of)));
        if !own.keys().all(|key| key == "type") {
            beside.push(own.into());
        }
        budget.spend(branches.len())?;
        // A branch that accepts any value accepts only objects if a sibling does.
        let has_object = beside.iter().any(|of| is_object(document, of));
        let is_constrained = |branch: &Value| {
            is_object(document, branch)
                || has_object && takes_everything(branch)
                || is_union(document, branch)
        };
        let of_objects = |schema: &Value| {
            schema
                .as_object()
                .is_some_and(|of| is_of_objects(document, of))
        };
        let is_fit = branches.len() > 1
            && !beside.is_empty()
            && !branches.iter().any(is_only_null)
            && (branches.iter().all(is_constrained) || beside.iter().all(of_objects));
        if !is_fit {
            return None;
        }
        let (branches, note) = keep_possible(document, (keyword, branches), &beside, budget);
        let size: usize = beside.iter().map(count_values).sum();
        budget.spend(size.saturating_mul(branches.len()))?;
        Some(Self {
            keyword,
            are_constrained: branches.iter().copied().map(is_constrained).collect(),
            branches: branches.into_iter().cloned().collect(),
            annotations,
            beside,
            note,
        })
    }

    /// Returns the union of new components: each is a branch with the sibling constraints. If only
    /// one branch is possible, returns that branch with the constraints.
    fn write_out(mut self, name: &str, taken: &mut Taken) -> (Value, Vec<(String, Value)>) {
        if let [is_constrained] = self.are_constrained[..] {
            if !is_constrained {
                self.beside.clear();
            }
            self.beside.append(&mut self.branches);
            self.annotations.shift_remove("discriminator");
            self.annotations
                .insert("allOf".to_owned(), self.beside.into());
            return (self.annotations.into(), Vec::new());
        }
        let mut made = Vec::new();
        // Each component carries the source mark of the union.
        let description = self.annotations.text("description");
        let place = description.and_then(provenance::first_mark);
        let branches = self.branches.iter_mut().enumerate();
        for (index, branch) in branches.filter(|(index, _)| self.are_constrained[*index]) {
            let path = Path::of_component(name);
            let path = match alias(branch).filter(|own| type_naming::is_final(own)) {
                Some(own) => path.property(own),
                None => path.branch(index),
            };
            let own = path.key(None, taken);
            let after = match branch.get("description").cloned() {
                Some(description) => {
                    json!({"allOf": [reference(&own)], "description": description})
                }
                None => reference(&own),
            };
            let before = std::mem::replace(branch, after);
            for target in mapping_mut(&mut self.annotations) {
                if alias(&before).is_some_and(|name| *target == reference(name)["$ref"]) {
                    *target = reference(&own)["$ref"].take();
                }
            }
            let description = provenance::strip(before.text("description").unwrap_or_default());
            let mut conjuncts = self.beside.clone();
            conjuncts.push(before);
            let mut alternative = json!({"allOf": conjuncts});
            if let Some(place) = &place {
                alternative["description"] = provenance::with_mark(&description, place).into();
            }
            made.push((own, alternative));
        }
        let mut schema = self.annotations;
        schema.insert(self.keyword.to_owned(), self.branches.into());
        (schema.into(), made)
    }
}

/// Returns the keyword and the branches of `conjunct`, if it is a union, or of the component that it
/// refers to, if that is a union without sibling constraints.
fn union_in<'a>(
    document: &'a Document,
    conjunct: &'a Value,
) -> Option<(&'static str, &'a Vec<Value>)> {
    let union = document.follow(conjunct)?.as_object()?;
    let (keyword, branches) = union_of(union)?;
    let is_beside = |key: &str| key != keyword && key != "type" && CONSTRAINTS.contains(&key);
    let is_pure = referred(conjunct).is_none() || !union.keys().any(|key| is_beside(key));
    (branches.len() > 1 && is_pure).then_some((keyword, branches))
}

/// Whether `schema` is a union of several schemas.
fn is_union(document: &Document, schema: &Value) -> bool {
    let union = document.follow(schema).object().and_then(union_of);
    union.is_some_and(|(_, branches)| branches.len() > 1)
}

/// Whether the conjunctions and unions of `from` lead to the component `to`.
fn leads_to(document: &Document, from: &Value, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = vec![from];
    while let Some(schema) = next.pop() {
        let schema = match referred(schema) {
            Some(name) if name == to => return true,
            Some(name) if !seen.insert(name) => continue,
            Some(name) => super::schema(document, name),
            None => Some(schema),
        };
        for keyword in ["allOf", "anyOf", "oneOf"] {
            next.extend(schema.into_iter().flat_map(|schema| schema.list(keyword)));
        }
    }
    false
}

/// Whether `schema` only allows objects, and not null.
fn is_object(document: &Document, schema: &Value) -> bool {
    let target = document.follow(schema).unwrap_or(schema);
    let has_null = |keyword| target.list(keyword).iter().any(is_only_null);
    let is_nullable = target.has("nullable") || has_null("anyOf") || has_null("oneOf");
    let members = target.as_object().filter(|_| !is_nullable);
    members.is_some_and(|members| is_of_objects(document, members))
}
