//! Finds the properties of an example that its schema does not name, or that only a server sets.
//! The type drops them when it decodes, so the generated test does not expect them. Returns their
//! pointers: `/b` for the example `{a: 1, b: 2}` of a schema with the property `a`.
//!
//! Also finds the null values that the type must encode: of a required property, and in a map. A
//! client may omit an optional property that is null.
//!
//! If a schema is a union, the branch that names the most properties decides, as a client decodes
//! the value as that one.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::example_validity::{Steps, fits};
use crate::json::Fields as _;
use crate::load::Document;
use crate::pointer;

/// The maximum number of ways to read one value. If there are more, all schemas apply at once.
const READINGS: usize = 64;

/// The pointers of the properties within an example that a generated test treats in a special way.
#[derive(Default)]
pub(super) struct Special {
    /// The properties that the type drops.
    pub(super) undeclared: Vec<String>,
    /// The properties that are null and that the type must encode.
    pub(super) kept_nulls: Vec<String>,
}

/// Returns the properties within `example` that the schema at `at` neither names nor explicitly
/// allows, and the null properties that must be kept. If `is_request`, `readOnly` properties count
/// as undeclared, because they do not belong to a request.
pub(super) fn find(
    document: &Document,
    at: &str,
    example: &Value,
    is_request: bool,
    steps: &Steps,
) -> Special {
    let find = Find {
        document,
        steps,
        is_request,
    };
    let schemas: Vec<&Value> = document.at(at).into_iter().collect();
    let found = find.visit(&schemas, example, "");
    Special {
        undeclared: found.lost.into_iter().map(|(at, _)| at).collect(),
        kept_nulls: found.nulls.into_iter().collect(),
    }
}

struct Find<'a> {
    document: &'a Document,
    steps: &'a Steps,
    is_request: bool,
}

/// The schemas that all apply to a value, in one way to read it.
type Reading<'a> = Vec<&'a Map<String, Value>>;

/// The special properties, in one way to read a value.
#[derive(Default)]
struct Found {
    /// The properties that are dropped, each with the number of properties inside it.
    lost: Vec<(String, usize)>,
    /// The null properties that must be kept.
    nulls: BTreeSet<String>,
}

impl Found {
    fn count(&self) -> usize {
        self.lost.iter().map(|(_, count)| count).sum()
    }

    fn add(&mut self, other: Self) {
        for property in other.lost {
            if !self.lost.contains(&property) {
                self.lost.push(property);
            }
        }
        self.nulls.extend(other.nulls);
    }
}

impl<'a> Find<'a> {
    /// Visits `value`. All of `schemas` apply to it.
    fn visit(&self, schemas: &[&'a Value], value: &Value, at: &str) -> Found {
        if !self.steps.take() {
            return Found::default();
        }
        let mut readings = vec![Reading::new()];
        for schema in schemas {
            readings = self.read(schema, value, readings);
        }
        let found = readings.iter().map(|it| self.within(it, value, at));
        let found: Vec<Found> = found.collect();
        let least = found.iter().map(Found::count).min();
        let is_least = |found: &&Found| Some(found.count()) == least;
        // If each branch names a property that the other lacks, the response decodes as
        // neither.
        let is_neither = |least: &Found| {
            let is_kept = |property| found.iter().any(|other| !other.lost.contains(property));
            least.lost.iter().any(is_kept)
        };
        if !self.is_request && found.iter().filter(is_least).any(is_neither) {
            return Found::default();
        }
        // If several branches lose equally many, the client may take any of them.
        let all = found.into_iter().filter(|found| is_least(&found));
        let all = all.reduce(|mut all, other| {
            all.nulls.retain(|at| other.nulls.contains(at));
            let nulls = std::mem::take(&mut all.nulls);
            all.add(other);
            Found { nulls, ..all }
        });
        all.unwrap_or_default()
    }

    fn within(&self, reading: &Reading<'a>, value: &Value, at: &str) -> Found {
        let mut found = Found::default();
        match value {
            Value::Object(members) => {
                // An object without described properties is kept whole.
                let is_closed = reading.iter().any(|it| it.contains_key("properties"));
                for (name, member) in members {
                    let named = reading.iter().filter_map(|it| member_schema(it, name));
                    let named: Vec<&Value> = named.collect();
                    let is_read_only = |schema: &&Value| schema.is_true("readOnly");
                    let is_not_sent = self.is_request && named.iter().any(is_read_only);
                    let at = pointer::join(at, name);
                    // A type also keeps a property that is only required.
                    let is_required = |of: &&Map<String, Value>| {
                        of.list("required").iter().any(|required| required == name)
                    };
                    let is_kept =
                        !is_closed || !named.is_empty() || reading.iter().any(&is_required);
                    let has_no_place = is_not_sent || !is_kept;
                    let is_declared = |of: &&Map<String, Value>| of.field("properties").has(name);
                    let is_one_way =
                        |of: &&Value| of.is_true("readOnly") || of.is_true("writeOnly");
                    let is_required = reading.iter().any(is_required);
                    let is_optional = !is_required && reading.iter().any(is_declared);
                    if has_no_place && !member.is_null() {
                        found.lost.push((at, count(member)));
                    } else if member.is_null() {
                        let may_be_absent =
                            has_no_place || is_optional || named.iter().any(is_one_way);
                        found.nulls.extend((!may_be_absent).then_some(at));
                    } else {
                        found.add(self.visit(&named, member, &at));
                    }
                }
            }
            Value::Array(items) => {
                let of = reading.iter().filter_map(|schema| schema.get("items"));
                let of: Vec<&Value> = of.collect();
                for (index, item) in items.iter().enumerate() {
                    found.add(self.visit(&of, item, &format!("{at}/{index}")));
                }
            }
            _ => {}
        }
        found
    }

    /// Adds `schema`, and all schemas that apply with it, to each of `readings`. If it is a
    /// union, returns one reading for each branch.
    fn read(
        &self,
        schema: &'a Value,
        value: &Value,
        mut readings: Vec<Reading<'a>>,
    ) -> Vec<Reading<'a>> {
        let Some(Value::Object(schema)) = self.document.follow(schema) else {
            return readings;
        };
        if !self.steps.take() {
            return readings;
        }
        // A schema may refer to itself in a conjunction, even if that makes no sense.
        let is_known = |reading: &Reading<'_>| reading.iter().any(|of| std::ptr::eq(*of, schema));
        if readings.iter().all(is_known) {
            return readings;
        }
        for reading in &mut readings {
            reading.push(schema);
        }
        for inner in schema.list("allOf") {
            readings = self.read(inner, value, readings);
        }
        for keyword in ["anyOf", "oneOf"] {
            let branches = schema.list(keyword).iter();
            let branches = branches.map(|branch| (component(branch), branch));
            readings = self.read_one_of(&selected(schema, branches, value), value, readings);
        }
        // A schema that extends one with a discriminator can replace it.
        if schema.contains_key("discriminator") {
            let heirs = self.heirs(schema);
            readings = self.read_one_of(&selected(schema, heirs, value), value, readings);
        }
        readings
    }

    /// Returns `readings`, each with the `branches` that `value` matches.
    fn read_one_of(
        &self,
        branches: &[&'a Value],
        value: &Value,
        readings: Vec<Reading<'a>>,
    ) -> Vec<Reading<'a>> {
        // A closed enum or union may be open in a response.
        let fitting = [true, false].into_iter().find_map(|is_closed| {
            let fits = |branch: &&&Value| fits(self.document, branch, value, is_closed, self.steps);
            let fitting: Vec<&'a Value> = branches.iter().filter(fits).copied().collect();
            (!fitting.is_empty()).then_some(fitting)
        });
        match fitting {
            Some(fitting) if fitting.len() * readings.len() <= READINGS => fitting
                .into_iter()
                .flat_map(|branch| self.read(branch, value, readings.clone()))
                .collect(),
            _ => branches.iter().fold(readings, |readings, branch| {
                self.read(branch, value, readings)
            }),
        }
    }

    /// Returns the components that extend `schema`, directly or not, with their names.
    fn heirs(
        &self,
        schema: &'a Map<String, Value>,
    ) -> impl Iterator<Item = (Option<&'a str>, &'a Value)> {
        let components = self.document.at("/components/schemas").fields();
        let components: Vec<(&str, &Value)> =
            components.map(|(name, of)| (name.as_str(), of)).collect();
        let mut heirs: Vec<(&str, &Value)> = Vec::new();
        let mut bases = vec![schema];
        while let Some(base) = bases.pop() {
            let is_base = |part: &Value| {
                let part = self.document.follow(part).object();
                part.is_some_and(|part| std::ptr::eq(part, base))
            };
            for &(name, heir) in &components {
                let is_known = heirs.iter().any(|(known, _)| *known == name);
                if !is_known && heir.list("allOf").iter().any(is_base) {
                    heirs.push((name, heir));
                    bases.extend(heir.as_object());
                }
            }
        }
        heirs.into_iter().map(|(name, heir)| (Some(name), heir))
    }
}

/// Returns the one of `schemas` that the discriminator of `schema` selects for `value`, or all
/// of them if it selects nothing. Components come with their names.
fn selected<'a>(
    schema: &Map<String, Value>,
    schemas: impl Iterator<Item = (Option<&'a str>, &'a Value)>,
    value: &Value,
) -> Vec<&'a Value> {
    let schemas: Vec<_> = schemas.collect();
    let discriminator = schema.get("discriminator");
    let tag = discriminator.text("propertyName");
    let name = tag.and_then(|tag| value.text(tag)).and_then(|tag| {
        let mapped = discriminator.field("mapping").field(tag);
        mapped.map_or(Some(tag), |target| target.as_str()?.rsplit('/').next())
    });
    let is_told = |(of, _): &&(Option<&str>, &'a Value)| of.is_some() && *of == name;
    match schemas.iter().find(is_told) {
        Some((_, schema)) => vec![schema],
        None => schemas.into_iter().map(|(_, schema)| schema).collect(),
    }
}

/// Returns the name of the component that `schema` refers to.
fn component(schema: &Value) -> Option<&str> {
    schema.text("$ref")?.rsplit('/').next()
}

/// Returns the schema of the property `name` in `schema`.
fn member_schema<'a>(schema: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    let property = schema.field("properties").field(name);
    let others = schema.get("additionalProperties");
    property.or(others.filter(|others| **others != Value::Bool(false)))
}

/// Counts the properties that are lost with `value`, including itself. A null property loses
/// nothing.
fn count(value: &Value) -> usize {
    usize::from(!value.is_null()) + within(value)
}

fn within(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(within).sum(),
        Value::Object(members) => members.values().map(count).sum(),
        _ => 0,
    }
}
