//! Finds the values that distinguish the variants of a union.
//!
//! A variant has a *tag* if one of its properties only allows listed values, and another variant
//! allows other values: `kind: {const: cat}` and `kind: {const: dog}`. Types do not check such
//! values: an enum that a response can contain accepts any text, and `const: 1` becomes an integer.
//! So the polish pass `union_deserialize` emits the tags, and the runtime skips a variant if the
//! value lacks its tags.
//!
//! The property may be nested in another. The property that a `discriminator` names is always a
//! tag, with the values that its mapping lists for the variant.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::listed_values::{Finder, Properties, Scalar, Visits};
use super::variants::{Variant, branches, variants, variants_of};
use super::{discriminators, schemas};
use crate::load::Document;
use crate::report::Report;
use crate::type_names;

/// The variants of each union, by the name of its type.
pub(crate) type Unions = BTreeMap<String, Vec<KnownVariant>>;

/// A type that the decoder tries for a value of a union, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownVariant {
    /// See [`Variant::name`].
    pub(crate) name: String,
    pub(crate) tags: Vec<Tag>,
}

/// The values that a property of a variant allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// The name of the property, preceded by the names of the properties around it. Arrays have no
    /// name.
    pub(crate) path: Vec<String>,
    pub(crate) values: BTreeSet<Scalar>,
    /// Whether each value of the variant has the property.
    pub(crate) is_required: bool,
}

impl Tag {
    /// The value that the variant always has, if it only has one.
    pub(crate) fn only_value(&self) -> Option<&Scalar> {
        let mut values = self.values.iter();
        let first = values.next();
        first.filter(|_| self.is_required && values.next().is_none())
    }
}

/// How deep a tag may be nested.
const DEPTH: usize = 16;

/// How many schemas a pass visits for the tags of one union.
pub(super) const SCHEMAS: usize = 20_000;

/// Finds the variants of the unions among the components.
pub(super) fn find(document: &Document, report: &mut Report) -> Unions {
    let visits = Visits::of_pass(document);
    let unions = schemas(document).filter(|(_, schema)| branches(schema).count() > 1);
    let unions = unions.map(|(name, schema)| {
        let variants = variants(document, schema);
        let tags = tags(document, schema, &variants, &visits);
        let names = variants.iter().map(Variant::name);
        let known = names.zip(tags);
        let known = known.map(|(name, tags)| KnownVariant { name, tags });
        (type_names::type_name(name), known.collect())
    });
    let unions = unions.collect();
    if visits.are_spent() {
        let what =
            "the unions lead to too many schemas → a client may decode some variants as others";
        report.warn("tags-limit", "", what);
    }
    unions
}

/// Returns the tags of each of `variants`, the variants of `union`.
pub(super) fn tags(
    document: &Document,
    union: &Value,
    variants: &[Variant<'_>],
    visits: &Visits,
) -> Vec<Vec<Tag>> {
    let mut rivals = Rivals::new(document, variants, visits);
    for kind in ["object", "array", "boolean", "integer", "string"] {
        let all = variants.iter().enumerate();
        let all = all.filter(|(_, variant)| variant.kind() == Some(kind));
        let all: Vec<usize> = all.map(|(index, _)| index).collect();
        match discriminators::property(union).filter(|_| kind == "object") {
            Some(property) => rivals.split_by(&all, &[property]),
            None => rivals.split_fully(&all),
        }
    }
    rivals.tags
}

/// Whether one property, which is always present, distinguishes each of `branches` from all others.
pub(super) fn are_distinguished(document: &Document, branches: &[&Value], visits: &Visits) -> bool {
    let variants = variants_of(document, branches.iter().copied(), &[]);
    let all: Vec<usize> = (0..variants.len()).collect();
    let rivals = Rivals::new(document, &variants, visits);
    rivals.best(&all, 0).is_some_and(|best| {
        let mut properties = rivals.properties[0].iter();
        best.groups.len() == all.len() && properties.all(|of| of.require(&best.path))
    })
}

/// The variants of a union, by their indices.
struct Rivals<'a> {
    finder: Finder<'a>,
    variants: &'a [Variant<'a>],
    /// The properties of each variant, by depth: first the top-level properties, then those up to
    /// one level deeper, and so on.
    properties: Vec<Vec<Properties<'a>>>,
    tags: Vec<Vec<Tag>>,
}

/// How the values of one property split a group of variants.
struct Split<'a> {
    path: Vec<&'a str>,
    /// Groups of variants that only share values within their group.
    groups: Vec<Vec<usize>>,
    /// The variants whose values are not listed.
    others: Vec<usize>,
    /// Whether one of the variants allows a value that another does not.
    differs: bool,
}

impl<'a> Rivals<'a> {
    fn new(document: &'a Document, variants: &'a [Variant<'a>], visits: &'a Visits) -> Self {
        let mut rivals = Self {
            finder: Finder::new(document, visits, SCHEMAS),
            variants,
            properties: Vec::new(),
            tags: vec![Vec::new(); variants.len()],
        };
        rivals.look_into(0);
        rivals
    }

    /// Finds the properties that are nested in at most `depth` others.
    fn look_into(&mut self, depth: usize) {
        while self.properties.len() <= depth {
            let depth = self.properties.len();
            let all = self.variants.iter();
            let all = all.map(|variant| self.finder.properties(variant.schema, depth));
            let mut all: Vec<_> = all.collect();
            discriminators::apply(self.variants, &mut all);
            self.properties.push(all);
        }
    }

    /// Whether a variant has properties at `depth`.
    fn is_deeper(&self, depth: usize) -> bool {
        let less = self.properties[depth - 1].iter();
        let mut both = less.zip(&self.properties[depth]);
        both.any(|(less, more)| less.by_path.len() < more.by_path.len())
    }

    /// Splits `group` by the property at `path`, and then by others as needed.
    fn split_by(&mut self, group: &[usize], path: &[&'a str]) {
        let split = self.split(group, path, 0);
        self.add_tags(&split, 0);
        for group in split.groups.iter().chain([&split.others]) {
            self.split_fully(group);
        }
    }

    /// Splits `group` as far as possible.
    fn split_fully(&mut self, group: &[usize]) {
        if group.len() < 2 {
            return;
        }
        for depth in 0..=DEPTH {
            self.look_into(depth);
            if depth > 0 && !self.is_deeper(depth) {
                break;
            }
            if let Some(split) = self.best(group, depth) {
                self.add_tags(&split, depth);
                for group in split.groups.iter().chain([&split.others]) {
                    self.split_fully(group);
                }
                return;
            }
        }
        // No property distinguishes two of them for every value. Some do for a few values.
        for path in self.paths(group, 0) {
            let split = self.split(group, &path, 0);
            if split.differs {
                self.add_tags(&split, 0);
            }
        }
    }

    fn add_tags(&mut self, split: &Split<'a>, depth: usize) {
        for index in split.groups.iter().flatten() {
            let properties = &self.properties[depth][*index];
            self.tags[*index].push(Tag {
                path: split.path.iter().map(ToString::to_string).collect(),
                values: properties.values(&split.path).cloned().unwrap_or_default(),
                is_required: properties.require(&split.path),
            });
        }
    }

    /// Returns the paths of all properties of `group`, in document order.
    fn paths(&self, group: &[usize], depth: usize) -> Vec<Vec<&'a str>> {
        let all = group
            .iter()
            .flat_map(|index| &self.properties[depth][*index].by_path);
        let mut paths = BTreeMap::new();
        for (path, property) in all.filter(|(_, property)| property.values.is_some()) {
            let position = paths.entry(path).or_insert(property.position);
            *position = property.position.min(*position);
        }
        let mut paths: Vec<_> = paths.into_iter().collect();
        paths.sort_by_key(|(path, position)| (path.len(), *position));
        paths.into_iter().map(|(path, _)| path.clone()).collect()
    }

    /// Returns the property that splits `group` into most groups, if there are several groups.
    /// Among equals, it prefers a property that more variants have, that is required, that has few
    /// values, and that comes early.
    fn best(&self, group: &[usize], depth: usize) -> Option<Split<'a>> {
        let paths = self.paths(group, depth).into_iter();
        let splits = paths.map(|path| self.split(group, &path, depth));
        let splits = splits.filter(|split| split.groups.len() > 1);
        splits.min_by_key(|split| {
            let listed = || {
                let listed = split.groups.iter().flatten();
                listed.map(|index| &self.properties[depth][*index])
            };
            let values = listed().filter_map(|of| of.values(&split.path));
            (
                Reverse(split.groups.len()),
                split.others.len(),
                !listed().all(|of| of.require(&split.path)),
                values.map(BTreeSet::len).sum::<usize>(),
            )
        })
    }

    /// Splits `group` by the values of the property at `path`.
    fn split(&self, group: &[usize], path: &[&'a str], depth: usize) -> Split<'a> {
        let properties = &self.properties[depth];
        let values = |index: usize| properties[index].values(path);
        let (listed, others): (Vec<usize>, Vec<usize>) =
            group.iter().partition(|index| values(**index).is_some());
        let mut takers: HashMap<&Scalar, Vec<usize>> = HashMap::new();
        for index in &listed {
            for value in values(*index).into_iter().flatten() {
                takers.entry(value).or_default().push(*index);
            }
        }
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let mut seen = BTreeSet::new();
        for index in &listed {
            let mut group = Vec::new();
            let mut next = vec![*index];
            while let Some(index) = next.pop() {
                if seen.insert(index) {
                    group.push(index);
                    let values = values(index).into_iter().flatten();
                    next.extend(values.filter_map(|value| takers.remove(value)).flatten());
                }
            }
            groups.extend((!group.is_empty()).then_some(group));
        }
        let first = listed.first().and_then(|first| values(*first));
        let has = |index: &usize| properties[*index].by_path.contains_key(path);
        let differs = listed.iter().any(|index| values(*index) != first)
            || !listed.is_empty() && others.iter().any(has);
        Split {
            path: path.to_vec(),
            groups,
            others,
            differs,
        }
    }
}
