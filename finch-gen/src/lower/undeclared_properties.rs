//! Finds the properties of an example that its schema does not name, or that only a server sets.
//! The type drops them when it decodes, so the generated test does not expect them. Returns their
//! pointers: `/b` for the example `{a: 1, b: 2}` of a schema with the property `a`.
//!
//! If a schema is a union, the branch that names the most properties decides, as a client decodes
//! the value as that one.

use serde_json::{Map, Value};

use super::example_validity::{Steps, fits};
use crate::json::Fields as _;
use crate::load::Document;
use crate::pointer;

/// The maximum number of ways to read one value. If there are more, all schemas apply at once.
const READINGS: usize = 64;

/// Returns the pointers of the properties within `example` that the schema at `at` neither
/// names nor explicitly allows. If `is_request`, `readOnly` properties are among them, because
/// they do not belong to a request.
pub(super) fn find(
    document: &Document,
    at: &str,
    example: &Value,
    is_request: bool,
    steps: &Steps,
) -> Vec<String> {
    let find = Find {
        document,
        steps,
        is_request,
    };
    let schemas: Vec<&Value> = document.at(at).into_iter().collect();
    let lost = find.visit(&schemas, example, "").0;
    lost.into_iter().map(|(at, _)| at).collect()
}

struct Find<'a> {
    document: &'a Document,
    steps: &'a Steps,
    is_request: bool,
}

/// The schemas that all apply to a value, in one way to read it.
type Reading<'a> = Vec<&'a Map<String, Value>>;

/// The properties that are dropped, in one way to read a value, each with the number of
/// properties inside it.
#[derive(Default)]
struct Lost(Vec<(String, usize)>);

impl Lost {
    fn count(&self) -> usize {
        self.0.iter().map(|(_, count)| count).sum()
    }

    fn add(&mut self, other: &Self) {
        for property in &other.0 {
            if !self.0.contains(property) {
                self.0.push(property.clone());
            }
        }
    }
}

impl<'a> Find<'a> {
    /// Visits `value`. All of `schemas` apply to it.
    fn visit(&self, schemas: &[&'a Value], value: &Value, at: &str) -> Lost {
        if !self.steps.take() {
            return Lost::default();
        }
        let mut readings = vec![Reading::new()];
        for schema in schemas {
            readings = self.read(schema, value, readings);
        }
        let lost = readings.iter().map(|it| self.within(it, value, at));
        let lost: Vec<Lost> = lost.collect();
        let least = lost.iter().map(Lost::count).min();
        let is_least = |lost: &&Lost| Some(lost.count()) == least;
        // If each branch names a property that the other lacks, the response decodes as
        // neither.
        let is_neither = |least: &Lost| {
            let is_kept = |property| lost.iter().any(|other| !other.0.contains(property));
            least.0.iter().any(is_kept)
        };
        if !self.is_request && lost.iter().filter(is_least).any(is_neither) {
            return Lost::default();
        }
        // If several branches lose equally many, the client may take any of them.
        let mut all = Lost::default();
        for lost in lost.iter().filter(is_least) {
            all.add(lost);
        }
        all
    }

    fn within(&self, reading: &Reading<'a>, value: &Value, at: &str) -> Lost {
        let mut lost = Lost::default();
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
                        !is_closed || !named.is_empty() || reading.iter().any(is_required);
                    let has_no_place = is_not_sent || !is_kept;
                    if has_no_place && !member.is_null() {
                        lost.0.push((at, count(member)));
                    } else {
                        lost.add(&self.visit(&named, member, &at));
                    }
                }
            }
            Value::Array(items) => {
                let of = reading.iter().filter_map(|schema| schema.get("items"));
                let of: Vec<&Value> = of.collect();
                for (index, item) in items.iter().enumerate() {
                    lost.add(&self.visit(&of, item, &format!("{at}/{index}")));
                }
            }
            _ => {}
        }
        lost
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
