//! Keeps the properties that only some objects of a schema have: those that `if`, `then`, `else`,
//! `dependentSchemas`, `dependentRequired` or `dependencies` name.
//!
//! OpenAPI 3.0 has none of these keywords. Without them a client would not know the properties
//! that they name, and drop them. So each becomes an optional property. If the condition does
//! not hold, the property may have any value. So it only has a schema if both `then` and `else`
//! describe it. If one of these keywords describes properties without their names, as with
//! `additionalProperties`, the schema keeps every property.
//!
//! The condition may be in another schema than the properties, as in `allOf: [Pet, {if: …}]`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::super::{Form, Lowering, unions};
use crate::json::Fields as _;
use crate::lower::schema::source_marks::{self, OTHERS_FROM};
use crate::pointer::join;

/// The keywords that apply to some objects only.
const KEYWORDS: [&str; 6] = [
    "if",
    "then",
    "else",
    "dependentSchemas",
    "dependentRequired",
    "dependencies",
];

/// How deeply the schemas of one object may be nested.
const DEPTH: usize = 16;

/// A property that a schema names.
struct Named {
    /// The pointer of its schema, or else of the schema that names it.
    place: String,
    /// Whether its schema applies whenever the condition holds.
    is_described: bool,
}

/// The properties that schemas name.
#[derive(Default)]
struct Found {
    named: BTreeMap<String, Named>,
    /// The pointer of a keyword that describes properties without their names.
    open: Option<String>,
    /// The pointers of the targets of references.
    seen: BTreeSet<String>,
}

impl Found {
    /// Adds a property that is only named at `place`.
    fn name(&mut self, name: &str, place: &str) {
        self.named.entry(name.to_owned()).or_insert_with(|| Named {
            place: place.to_owned(),
            is_described: false,
        });
    }

    /// Adds a property that is described at `place`.
    fn describe(&mut self, name: &str, place: String) {
        if !self.named.get(name).is_some_and(|named| named.is_described) {
            let is_described = true;
            let named = Named {
                place,
                is_described,
            };
            self.named.insert(name.to_owned(), named);
        }
    }
}

/// The properties that one conditional schema names in each case.
struct Conditional {
    then: BTreeMap<String, Named>,
    otherwise: BTreeMap<String, Named>,
    /// The properties that the condition and the `dependent…` keywords name.
    others: BTreeMap<String, Named>,
    /// The pointer of a keyword that describes properties without their names.
    open: Option<String>,
}

impl Lowering<'_> {
    /// Adds to `form` the conditional properties of the object `schema`.
    pub(super) fn conditional_properties(
        &mut self,
        schema: &Map<String, Value>,
        form: &mut Form,
        at: &str,
    ) {
        let mut known = BTreeMap::new();
        let mut conditionals = Vec::new();
        self.find_conditionals(schema, at, DEPTH, &mut known, &mut conditionals);
        // A map keeps every property as is.
        if conditionals.is_empty()
            || !schema.contains_key("properties")
                && !self.has_properties(schema, at, DEPTH, &mut known)
        {
            return;
        }
        for conditional in conditionals {
            self.add_properties(&conditional, form);
        }
    }

    fn add_properties(&mut self, conditional: &Conditional, form: &mut Form) {
        let Conditional {
            then,
            otherwise,
            others,
            open,
        } = conditional;
        if let Some(place) = open.as_ref()
            && !form.schema.contains_key("additionalProperties")
        {
            form.set("additionalProperties", true);
            form.set(OTHERS_FROM, place.as_str());
        }
        let names = then.keys().chain(otherwise.keys()).chain(others.keys());
        let names: BTreeSet<&String> = names.collect();
        for name in names {
            let properties = form.schema.entry("properties");
            let properties = properties.or_insert_with(|| Map::new().into());
            if properties.get(name).is_some() {
                continue;
            }
            let branches = [then, otherwise].map(|found| found.get(name));
            let mut property = match branches {
                [Some(one), Some(other)]
                    if one.is_described && other.is_described && !others.contains_key(name) =>
                {
                    let cases = vec![self.at(&one.place), self.at(&other.place)];
                    unions::any_of(cases, &one.place).schema
                }
                _ => Map::new(),
            };
            let [then, otherwise] = branches;
            if let Some(named) = then.or(otherwise).or(others.get(name)) {
                source_marks::set_moved(&mut property, &named.place);
            }
            form.schema["properties"][name] = property.into();
        }
    }

    /// Adds to `found` the conditions of `schema` at `at`. Includes the schemas that also apply to
    /// the object, but name no property themselves: they would otherwise be maps. `known` caches
    /// which targets of references have properties.
    fn find_conditionals(
        &self,
        schema: &Map<String, Value>,
        at: &str,
        depth: usize,
        known: &mut BTreeMap<String, bool>,
        found: &mut Vec<Conditional>,
    ) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        if schema.has_any(&KEYWORDS) {
            let in_branch = |keyword: &str| {
                let mut found = Found::default();
                if let Some(branch) = schema.get(keyword) {
                    self.find(branch, &join(at, keyword), true, DEPTH, &mut found);
                }
                found
            };
            let mut others = in_branch("if");
            self.find_dependent(schema, at, DEPTH, &mut others);
            let (then, otherwise) = (in_branch("then"), in_branch("else"));
            found.push(Conditional {
                then: then.named,
                otherwise: otherwise.named,
                others: others.named,
                open: then.open.or(otherwise.open).or(others.open),
            });
        }
        let target = self.target(schema, at);
        let mut applied: Vec<(&Value, String)> = target.into_iter().collect();
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let list = schema.list(keyword).iter().enumerate();
            applied.extend(list.map(|(index, inner)| (inner, format!("{at}/{keyword}/{index}"))));
        }
        for (inner, at) in applied {
            if let Some(inner) = inner.as_object()
                && !self.has_properties(inner, &at, DEPTH, known)
            {
                self.find_conditionals(inner, &at, depth, known, found);
            }
        }
    }

    /// Adds to `found` the properties that the `dependent…` keywords of `schema` at `at` name.
    fn find_dependent(
        &self,
        schema: &Map<String, Value>,
        at: &str,
        depth: usize,
        found: &mut Found,
    ) {
        for keyword in ["dependentSchemas", "dependencies", "dependentRequired"] {
            for (name, value) in schema.field(keyword).fields() {
                let place = join(&join(at, keyword), name);
                found.name(name, &place);
                match value {
                    Value::Array(names) => {
                        for name in names.iter().filter_map(Value::as_str) {
                            found.name(name, &place);
                        }
                    }
                    schema => self.find(schema, &place, false, depth, found),
                }
            }
        }
    }

    /// Adds to `found` the properties that `schema` at `at` names. `applies` tells whether the
    /// whole schema holds whenever its condition does.
    fn find(&self, schema: &Value, at: &str, applies: bool, depth: usize, found: &mut Found) {
        let (Some(depth), Some(schema)) = (depth.checked_sub(1), schema.as_object()) else {
            return;
        };
        for (name, _) in schema.field("properties").fields() {
            let place = join(&join(at, "properties"), name);
            match applies {
                true => found.describe(name, place),
                false => found.name(name, &place),
            }
        }
        for name in schema.list("required").iter().filter_map(Value::as_str) {
            found.name(name, at);
        }
        if let Some(keyword) = open_keyword(schema) {
            found.open.get_or_insert_with(|| join(at, keyword));
        }
        if let Some((target, at)) = self.target(schema, at)
            && found.seen.insert(at.clone())
        {
            self.find(target, &at, applies, depth, found);
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for (index, inner) in schema.list(keyword).iter().enumerate() {
                let at = format!("{at}/{keyword}/{index}");
                self.find(inner, &at, applies && keyword == "allOf", depth, found);
            }
        }
        for keyword in ["if", "then", "else"] {
            if let Some(inner) = schema.get(keyword) {
                self.find(inner, &join(at, keyword), false, depth, found);
            }
        }
        self.find_dependent(schema, at, depth, found);
    }

    /// Whether the schema at `at` describes objects, and names properties of all of them.
    /// `known` caches the results for the targets of references.
    fn has_properties(
        &self,
        schema: &Map<String, Value>,
        at: &str,
        depth: usize,
        known: &mut BTreeMap<String, bool>,
    ) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        let is_object = |of: &Value| *of == "object" || *of == "null";
        let is_of_objects = match schema.get("type") {
            Some(Value::Array(types)) => types.iter().all(is_object),
            of => of.is_none_or(is_object),
        };
        if !is_of_objects {
            return false;
        }
        if schema.contains_key("properties") {
            return true;
        }
        if let Some((target, at)) = self.target(schema, at) {
            let answer = known.get(&at).copied().unwrap_or_else(|| {
                known.insert(at.clone(), false);
                let target = target.as_object();
                target.is_some_and(|target| self.has_properties(target, &at, depth, known))
            });
            known.insert(at, answer);
            if answer {
                return true;
            }
        }
        let mut in_list = |keyword: &str| {
            let list = schema.list(keyword).iter().enumerate();
            let answers = list.map(|(index, inner)| {
                let at = format!("{at}/{keyword}/{index}");
                let inner = inner.as_object();
                inner.is_some_and(|of| self.has_properties(of, &at, depth, known))
            });
            answers.collect::<Vec<bool>>()
        };
        in_list("allOf").contains(&true)
            || ["anyOf", "oneOf"].into_iter().any(|keyword| {
                let branches = in_list(keyword);
                !branches.is_empty() && !branches.contains(&false)
            })
    }

    /// Returns the target of the reference in the schema at `at`, with its pointer.
    fn target(&self, schema: &Map<String, Value>, at: &str) -> Option<(&Value, String)> {
        let target = self
            .index
            .resolve(self.document, schema.text("$ref")?, at)?;
        Some((self.document.at(&target)?, target))
    }
}

/// Returns the keyword of `schema` that describes properties without their names.
fn open_keyword(schema: &Map<String, Value>) -> Option<&'static str> {
    let allows = |schema: &Value| *schema != Value::Bool(false);
    let patterns = schema.field("patternProperties").fields();
    if patterns.into_iter().any(|(_, schema)| allows(schema)) {
        return Some("patternProperties");
    }
    ["additionalProperties", "unevaluatedProperties"]
        .into_iter()
        .find(|keyword| schema.get(*keyword).is_some_and(allows))
}
