//! Conjunctions that contain themselves.
//!
//! typify merges the schemas of a conjunction into one, and of what several of
//! them say of one member, too, following references as it goes. Where that
//! leads back to what it is merging, it never ends: the process does, without a
//! panic that could be caught. So the way is gone here first.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::load::Document;
use crate::pointer::join;
use crate::problem::Problems;
use crate::provenance;
use crate::walk::{self, Kind};

/// The pointers of schemas that are merged with each other.
type Merged = BTreeSet<String>;

pub(super) fn check(document: &Document, problems: &mut Problems) {
    let mut walk = Walk {
        document,
        under_way: Vec::new(),
        done: BTreeSet::new(),
    };
    let mut found = Problems::default();
    walk::for_each(&document.root, |at, kind, schema| {
        if kind == Kind::Schema
            && is_merged(schema)
            && walk.never_ends(Merged::from([at.to_owned()]))
        {
            let origin = provenance::origin(document, at);
            found.append(
                document
                    .problem(
                        origin.unwrap_or_else(|| at.to_owned()),
                        "a conjunction that contains itself cannot be made a type",
                        "write out the members that it has, through the overlay",
                    )
                    .into(),
            );
        }
    });
    problems.append(found);
}

/// Whether typify merges `schema` of several.
fn is_merged(schema: &Value) -> bool {
    let is_list = |keyword| schema.get(keyword).is_some_and(Value::is_array);
    let conjuncts = schema
        .get("allOf")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    let unions = usize::from(is_list("anyOf")) + usize::from(is_list("oneOf"));
    let own = usize::from(schema.get("properties").is_some());
    conjuncts + unions + own > 1
}

struct Walk<'a> {
    document: &'a Document,
    under_way: Vec<Merged>,
    /// What is known to end.
    done: BTreeSet<Merged>,
}

impl Walk<'_> {
    fn never_ends(&mut self, merged: Merged) -> bool {
        if self.under_way.contains(&merged) {
            return true;
        }
        if self.done.contains(&merged) {
            return false;
        }
        let mut flat = BTreeSet::new();
        for at in &merged {
            if self.flatten(at, &mut Vec::new(), &mut flat) {
                return true;
            }
        }
        self.under_way.push(merged.clone());
        let never_ends = self
            .shared(&flat)
            .into_iter()
            .any(|merged| self.never_ends(merged));
        self.under_way.pop();
        if !never_ends {
            self.done.insert(merged);
        }
        never_ends
    }

    /// Adds to `flat` the schemas that the one at `at` is put together of, by way
    /// of references. Whether it is one of them itself.
    fn flatten(&self, at: &str, way: &mut Vec<String>, flat: &mut BTreeSet<String>) -> bool {
        let Some(schema) = self.document.at(at) else {
            return false;
        };
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = self.document.resolve(reference);
            return target.is_some_and(|(target, _)| self.flatten(&target, way, flat));
        }
        if way.iter().any(|before| before == at) {
            return true;
        }
        flat.insert(at.to_owned());
        way.push(at.to_owned());
        let mut is_itself = false;
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let members = schema.get(keyword).and_then(Value::as_array);
            for index in 0..members.map_or(0, Vec::len) {
                is_itself |= self.flatten(&format!("{at}/{keyword}/{index}"), way, flat);
            }
        }
        way.pop();
        is_itself
    }

    /// What is merged in its turn where the schemas of `flat` are.
    fn shared(&self, flat: &BTreeSet<String>) -> Vec<Merged> {
        let mut of_member: BTreeMap<&str, Merged> = BTreeMap::new();
        let mut of_rest: BTreeMap<&str, Merged> = BTreeMap::new();
        for at in flat {
            let Some(schema) = self.document.at(at) else {
                continue;
            };
            let properties = schema.get("properties").and_then(Value::as_object);
            for name in properties.into_iter().flat_map(Map::keys) {
                let member = join(&format!("{at}/properties"), name);
                of_member.entry(name).or_default().insert(member);
            }
            for keyword in ["items", "additionalProperties"] {
                if schema.get(keyword).is_some_and(Value::is_object) {
                    of_rest
                        .entry(keyword)
                        .or_default()
                        .insert(format!("{at}/{keyword}"));
                }
            }
        }
        let merged = of_member.into_values().chain(of_rest.into_values());
        merged
            .filter(|merged| merged.len() > 1 && !self.is_one_reference(merged))
            .collect()
    }

    /// Whether all are the same reference, which typify keeps as it is.
    fn is_one_reference(&self, merged: &Merged) -> bool {
        let schemas: BTreeSet<Option<&str>> = merged
            .iter()
            .map(|at| self.document.at(at)?.get("$ref")?.as_str())
            .collect();
        schemas.len() == 1 && !schemas.contains(&None)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::load::Text;

    #[track_caller]
    fn check_schemas(schemas: Value, expected: &[&str]) {
        let text = json!({
            "openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {},
            "components": {"schemas": schemas},
        })
        .to_string();
        let name = "api.json";
        let inputs = crate::Inputs::of_document(Text { name, text: &text });
        let found = match crate::polish(&inputs) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.iter().map(|of| of.pointer.clone()).collect(),
        };
        assert_eq!(found, expected);
    }

    fn reference(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    fn object(name: &str, member: Value) -> Value {
        json!({"type": "object", "properties": {name: member}})
    }

    #[test]
    fn what_contains_itself_is_refused() {
        check_schemas(
            json!({"A": {"allOf": [reference("A"), object("a", json!({"type": "string"}))]}}),
            &["/components/schemas/A"],
        );
        check_schemas(
            json!({
                "A": {"allOf": [reference("B"), object("a", json!({"type": "string"}))]},
                "B": {"oneOf": [reference("A"), object("b", json!({"type": "string"}))]},
            }),
            &["/components/schemas/A"],
        );
        let list = |of| json!({"type": "array", "items": of});
        check_schemas(
            json!({"A": {"allOf": [
                object("a", list(reference("A"))),
                object("a", list(json!({"allOf": [reference("A")], "description": "again"}))),
            ]}}),
            &["/components/schemas/A"],
        );
    }

    #[test]
    fn what_only_refers_to_itself_is_not() {
        let next = object("next", reference("A"));
        check_schemas(
            json!({"A": {"allOf": [next, object("b", reference("A"))]}}),
            &[],
        );
        // Said twice, by a type and by the one that it is derived from.
        check_schemas(
            json!({"A": {"allOf": [next, object("next", reference("A"))]}}),
            &[],
        );
        check_schemas(
            json!({
                "A": {"allOf": [reference("Base"), object("next", reference("A"))]},
                "Base": object("next", json!({"description": "said", "allOf": [reference("A")]})),
            }),
            &[],
        );
        check_schemas(
            json!({"A": {"oneOf": [reference("A"), {"type": "string"}]}}),
            &[],
        );
    }
}
