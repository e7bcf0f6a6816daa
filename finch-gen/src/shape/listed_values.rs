//! Finds the properties that take only listed values, by `const` or `enum`: `kind: {const: cat}`
//! has the value `cat`.
//!
//! Returns the properties of a schema by their paths, each with its values and whether it is always
//! there. In a conjunction, a property has the values that all of its lists contain. In a union, it
//! has the values of all branches, if each branch lists some. Visits a limited number of schemas.
//! Properties beyond it are not found.

use std::cell::Cell;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ptr;

use serde_json::{Map, Number, Value};

use super::{MARK, is_only_null};
use crate::json::Fields as _;
use crate::limits;
use crate::load::Document;

/// A value that a property can be required to have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Scalar {
    Text(String),
    Integer(i64),
    /// Any other number, as JSON.
    Number(String),
    Boolean(bool),
}

impl Scalar {
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Bool(value) => Some(Self::Boolean(*value)),
            // 1.0 is an integer, too.
            Value::Number(number) => {
                let float = number.as_f64().filter(|float| float.fract() == 0.0);
                let whole = float.filter(|float| float.abs() < 2_f64.powi(53));
                let integer = number.as_i64().or(whole.map(|float| float as i64));
                let other = || Some(Self::Number(Value::from(number.as_f64()?).to_string()));
                integer.map(Self::Integer).or_else(other)
            }
            _ => None,
        }
    }

    /// Reads the name that a mapping has for a value of the type `of`.
    pub(super) fn named(name: &str, of: Option<&str>) -> Self {
        let value = match of {
            Some("integer" | "number") => {
                let number = name.parse::<Number>().ok();
                number.and_then(|number| Self::of(&number.into()))
            }
            Some("boolean") => name.parse().ok().map(Self::Boolean),
            _ => None,
        };
        value.unwrap_or_else(|| Self::Text(name.to_owned()))
    }

    /// Whether `value` is this one.
    pub(super) fn is(&self, value: &Value) -> bool {
        Self::of(value).as_ref() == Some(self)
    }

    pub(crate) fn value(&self) -> Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Integer(value) => (*value).into(),
            Self::Number(number) => number.parse().map_or(Value::Null, Value::Number),
            Self::Boolean(value) => (*value).into(),
        }
    }

    /// The name that a mapping has for it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Integer(value) => value.to_string(),
            Self::Number(number) => number.clone(),
            Self::Boolean(value) => value.to_string(),
        }
    }
}

/// The properties of an object, and those within them.
#[derive(Default)]
pub(super) struct Properties<'a> {
    /// By the name of the property, preceded by the names of the properties around it. Arrays have
    /// no name.
    pub(super) by_path: BTreeMap<Vec<&'a str>, Property<'a>>,
    /// The names of the required properties, without nested ones.
    required: BTreeSet<&'a str>,
}

#[derive(Clone)]
pub(super) struct Property<'a> {
    /// All values that it allows except null, if the schema lists them.
    pub(super) values: Option<BTreeSet<Scalar>>,
    /// Its `type`.
    pub(super) of: Option<&'a str>,
    /// How many properties precede it.
    pub(super) position: usize,
    /// Whether the property is present and not null in each value of the outermost property of its
    /// path.
    is_certain: bool,
}

impl<'a> Properties<'a> {
    /// Returns the values of the property at `path`, if its schema lists them.
    pub(super) fn values(&self, path: &[&'a str]) -> Option<&BTreeSet<Scalar>> {
        self.by_path.get(path)?.values.as_ref()
    }

    /// Whether the property at `path` is present and not null in each value.
    pub(super) fn require(&self, path: &[&'a str]) -> bool {
        let is_certain = self.by_path.get(path).is_some_and(|of| of.is_certain);
        is_certain && path.first().is_none_or(|name| self.required.contains(name))
    }

    /// Returns the names of the outermost properties, in document order.
    pub(super) fn names(&self) -> Vec<&'a str> {
        let outer = self.by_path.iter().filter(|(path, _)| path.len() == 1);
        let mut names: Vec<_> = outer.map(|(path, of)| (of.position, path[0])).collect();
        names.sort_unstable();
        names.into_iter().map(|(_, name)| name).collect()
    }

    /// Whether the outermost property `name` is required. It may be null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.required.contains(name)
    }

    /// Whether no value has both these properties and those of `other`: both list the values of a
    /// property that is always there, and share none.
    pub(super) fn exclude(&self, other: &Self) -> bool {
        self.by_path.iter().any(|(path, property)| {
            let lists = property.values.as_ref().zip(other.values(path));
            lists.is_some_and(|(one, other)| one.is_disjoint(other))
                && (self.require(path) || other.require(path))
        })
    }

    /// Makes `name` a required property that only allows `values`.
    pub(super) fn set(&mut self, name: &'a str, values: BTreeSet<Scalar>) {
        let property = Property {
            values: Some(values),
            of: None,
            position: 0,
            is_certain: true,
        };
        self.by_path.insert(vec![name], property);
        self.required.insert(name);
    }

    /// Adds the properties of a second schema that values must also match.
    fn and(&mut self, other: Self) {
        self.required.extend(other.required);
        for (path, property) in other.by_path {
            match self.by_path.entry(path) {
                Entry::Vacant(entry) => {
                    entry.insert(property);
                }
                Entry::Occupied(entry) => {
                    let own = entry.into_mut();
                    own.values = both(own.values.take(), property.values);
                    own.of = own.of.or(property.of);
                    own.is_certain |= property.is_certain;
                }
            }
        }
    }

    /// Combines the properties of two alternative schemas.
    fn or(mut self, mut other: Self) -> Self {
        self.required.retain(|name| other.required.contains(name));
        for (path, own) in &mut self.by_path {
            let property = other.by_path.remove(path);
            let of = property.as_ref().and_then(|property| property.of);
            own.of = own.of.filter(|own| of == Some(own));
            own.is_certain &= property.as_ref().is_some_and(|of| of.is_certain);
            let values = own.values.take().zip(property.and_then(|of| of.values));
            own.values = values.map(|(own, others)| &own | &others);
        }
        for (path, mut property) in other.by_path {
            property.values = None;
            property.is_certain = false;
            self.by_path.insert(path, property);
        }
        self
    }
}

/// Returns the values that are in both lists. `None` means no list, and allows every value.
fn both(
    one: Option<BTreeSet<Scalar>>,
    other: Option<BTreeSet<Scalar>>,
) -> Option<BTreeSet<Scalar>> {
    match (one, other) {
        (Some(one), Some(other)) => Some(&one & &other),
        (one, other) => one.or(other),
    }
}

/// How deep nested schemas are visited.
const LEVELS: usize = 32;

/// How many schemas a pass may visit in a document of 3 MB. Each takes a microsecond.
const VISITS: usize = 1_000_000;

/// The schemas that a pass may still visit in its document.
pub(super) struct Visits(Cell<usize>);

impl Visits {
    /// Returns the visits of a pass over `document`.
    pub(super) fn of_pass(document: &Document) -> Self {
        Self(Cell::new(limits::scale(document, VISITS)))
    }

    /// Whether none is left. The pass may have missed properties then.
    pub(super) fn are_spent(&self) -> bool {
        self.0.get() == 0
    }

    /// Takes one visit, unless none is left.
    fn take(&self) -> Option<()> {
        self.0.set(self.0.get().checked_sub(1)?);
        Some(())
    }
}

/// Visits schemas, up to the remaining budget.
pub(super) struct Finder<'a> {
    document: &'a Document,
    visits: &'a Visits,
    left: usize,
    position: usize,
    /// The listed values of schemas, by their addresses. While the values of a schema are being
    /// found, they count as not listed.
    listed: HashMap<*const Map<String, Value>, Option<BTreeSet<Scalar>>>,
}

impl<'a> Finder<'a> {
    /// Returns a finder that visits at most `left` schemas, and takes them from `visits`.
    pub(super) fn new(document: &'a Document, visits: &'a Visits, left: usize) -> Self {
        Self {
            document,
            visits,
            left,
            position: 0,
            listed: HashMap::new(),
        }
    }

    /// The number of schemas that can still be visited.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    /// Returns the properties of the values of `schema`, including those nested in at most `depth`
    /// others.
    pub(super) fn properties(&mut self, schema: &'a Value, depth: usize) -> Properties<'a> {
        let mut found = self.find(schema, depth, LEVELS);
        // A scalar has no properties, so its value itself is compared.
        let of = schema.text("type");
        if of.is_some_and(|of| of != "object" && of != "array") {
            let own = Property {
                values: self.values(schema, LEVELS),
                of,
                position: 0,
                is_certain: true,
            };
            found.by_path.insert(Vec::new(), own);
        }
        found
    }

    /// Returns the properties of `schema`, unless it nests too deep.
    fn look_at(
        &mut self,
        schema: &'a Value,
        levels: usize,
    ) -> Option<(&'a Map<String, Value>, usize)> {
        self.left = self.left.checked_sub(1)?;
        self.visits.take()?;
        Some((
            self.document.follow(schema)?.as_object()?,
            levels.checked_sub(1)?,
        ))
    }

    fn find(&mut self, schema: &'a Value, depth: usize, levels: usize) -> Properties<'a> {
        let mut found = Properties::default();
        let Some((schema, levels)) = self.look_at(schema, levels) else {
            return found;
        };
        let required = schema.list("required").iter().filter_map(Value::as_str);
        found.required.extend(required.map(unmarked));
        for (name, property) in schema.field("properties").fields() {
            let own = self.property(unmarked(name), property, depth, levels);
            found.by_path.extend(own);
        }
        for conjunct in schema.list("allOf") {
            found.and(self.find(conjunct, depth, levels));
        }
        for keyword in ["anyOf", "oneOf"] {
            let any = alternatives(schema, keyword).map(|branch| self.find(branch, depth, levels));
            found.and(any.reduce(Properties::or).unwrap_or_default());
        }
        if let Some(items) = schema.get("items") {
            let mut of_items = self.find(items, depth, levels);
            // The array may be empty.
            of_items.required.clear();
            found.and(of_items);
        }
        found
    }

    /// Returns the property `name` and the properties nested in it.
    fn property(
        &mut self,
        name: &'a str,
        schema: &'a Value,
        depth: usize,
        levels: usize,
    ) -> Vec<(Vec<&'a str>, Property<'a>)> {
        let followed = self.document.follow(schema);
        let of = followed.and_then(|schema| schema.text("type"));
        let is_null_too =
            schema.is_true("nullable") || schema.list("anyOf").iter().any(is_only_null);
        let is_certain = !is_null_too && of != Some("array");
        self.position += 1;
        let own = Property {
            values: self.values(schema, levels),
            of,
            position: self.position,
            is_certain,
        };
        let mut found = vec![(vec![name], own)];
        if let Some(depth) = depth.checked_sub(1) {
            let within = self.find(schema, depth, levels);
            for (path, property) in &within.by_path {
                let mut property = property.clone();
                property.is_certain = is_certain && within.require(path);
                found.push(([&[name], path.as_slice()].concat(), property));
            }
        }
        found
    }

    /// Returns all values of `schema` except null, if it lists them.
    fn values(&mut self, schema: &'a Value, levels: usize) -> Option<BTreeSet<Scalar>> {
        let (schema, levels) = self.look_at(schema, levels)?;
        let key = ptr::from_ref(schema);
        if let Some(known) = self.listed.get(&key) {
            return known.clone();
        }
        self.listed.insert(key, None);
        let values = self.values_in(schema, levels);
        self.listed.insert(key, values.clone());
        values
    }

    fn values_in(
        &mut self,
        schema: &'a Map<String, Value>,
        levels: usize,
    ) -> Option<BTreeSet<Scalar>> {
        let listed = schema.get("enum").and_then(Value::as_array);
        let listed = listed.and_then(|values| {
            let values = values.iter().filter(|value| !value.is_null());
            values.map(Scalar::of).collect()
        });
        let all = schema.list("allOf").iter();
        let all = all.map(|conjunct| self.values(conjunct, levels));
        let mut values = all.fold(listed, both);
        for keyword in ["anyOf", "oneOf"] {
            let any = alternatives(schema, keyword).map(|branch| self.values(branch, levels));
            let any = any.collect::<Option<Vec<_>>>();
            let any = any.filter(|any| !any.is_empty());
            values = both(values, any.map(|any| any.into_iter().flatten().collect()));
        }
        let items = schema.get("items");
        let items = items.and_then(|items| self.values(items, levels));
        both(values, items).filter(|values| !values.is_empty())
    }
}

/// Returns the branches of the union `keyword` in `schema`, without null.
pub(super) fn alternatives<'a>(
    schema: &'a Map<String, Value>,
    keyword: &str,
) -> impl Iterator<Item = &'a Value> + use<'a> {
    let branches = schema.list(keyword).iter();
    branches.filter(|branch| !is_only_null(branch))
}

/// Returns the name of a property as the document spells it.
pub(super) fn unmarked(name: &str) -> &str {
    name.split_once(MARK).map_or(name, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::load::{Text, load};

    #[test]
    fn finders_of_a_pass_share_its_visits() {
        let text = json!({"components": {"schemas": {"A": {"properties": {
            "a": {"enum": ["x"]}, "b": {"enum": ["y"]}, "c": {"enum": ["z"]},
        }}}}});
        let (name, text) = ("api.json", text.to_string());
        let document = load(&Text { name, text: &text }).unwrap();
        let schema = document.at("/components/schemas/A").unwrap();
        let visits = Visits(Cell::new(6));
        let found = [100, 100, 100].map(|left| {
            let found = Finder::new(&document, &visits, left).properties(schema, 0);
            let listed = found.names().into_iter();
            listed
                .filter(|name| found.values(&[*name]).is_some())
                .count()
        });
        assert_eq!((found, visits.are_spent()), ([3, 1, 0], true));
        let visits = Visits(Cell::new(100));
        let found = Finder::new(&document, &visits, 2).properties(schema, 0);
        assert_eq!(found.values(&["a"]).map(BTreeSet::len), Some(1));
        assert_eq!(found.values(&["b"]), None);
    }
}
