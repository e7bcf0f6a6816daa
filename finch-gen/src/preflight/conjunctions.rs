//! Refuses conjunctions and unions that contain themselves or are too large, and a document whose
//! types have too many properties in all.
//!
//! typify merges the schemas of a conjunction into one. It also merges the schemas that several of
//! them have for the same property, and follows references. If a reference leads back to a schema
//! that it is merging, it recurses until the process dies, without a panic to catch. It also fails
//! on very long chains, or on too many branches. So this module follows the same references first.
//!
//! typify emits a type for a union that contains itself, but decoding it never ends. The decoder
//! first tries the branch that is the union again, and so on.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value};

use crate::json::Fields as _;
use crate::limits;
use crate::load::Document;
use crate::pointer::join;
use crate::problem::{LEAVE_OUT, Problem, Problems};
use crate::shape::is_only_null;
use crate::walk::{self, Kind};
use crate::{provenance, reachability};

/// The pointers of schemas that are merged with each other, each with whether it is merged with
/// itself, because several schemas may extend it.
type Merged = BTreeMap<String, bool>;

/// The maximum nesting of conjunctions. typify's stack is deeper, but no document needs more.
const DEPTH: usize = 64;

/// The maximum number of schemas in one conjunction, of branches in its one union, and of
/// schemas that a union leads to through other unions. typify's time grows with the square of
/// this number.
const PARTS: usize = 2048;

/// The maximum number of combinations of the branches of several unions. typify subtracts each
/// from all others, and a few more double its time.
const COMBINATIONS: usize = 25;

/// The maximum number of properties of all types in a document of 3 MB. typify copies the
/// properties of each merged schema to each type that includes it. Each property takes a
/// millisecond and 25 kB.
const PROPERTIES: usize = 15_000;

/// The maximum number of properties of one conjunction.
const MERGED_PROPERTIES: usize = 5_000;

/// The number of enum values that cost as much as one property.
const ENUM_VALUES: usize = 5;

/// The maximum number of pairs of branches in all unions of a document. typify compares each
/// branch with each other one.
const PAIRS: usize = 5_000_000;

/// Why typify cannot merge a conjunction, or a client cannot decode a union.
#[derive(Clone, Copy)]
enum Endless {
    Itself,
    ItsOwnBranch,
    TooDeep,
    TooMany,
    TooManyBranches,
    TooManyPairs,
    TooManyProperties,
    UnionTooDeep,
}

impl Endless {
    fn what(self) -> String {
        match self {
            Self::Itself => "a conjunction that contains itself cannot become a type".to_owned(),
            Self::ItsOwnBranch => {
                "a union that is a branch of itself cannot be decoded: decoding would not end"
                    .to_owned()
            }
            Self::TooDeep => {
                format!("a conjunction more than {DEPTH} levels deep cannot become a type")
            }
            Self::TooMany => format!(
                "a conjunction of more than {PARTS} schemas, or of unions with more than \
                 {COMBINATIONS} combinations of their branches, cannot become a type"
            ),
            Self::TooManyBranches => {
                format!("a union of more than {PARTS} schemas cannot become a type")
            }
            Self::TooManyProperties => format!(
                "the types of a conjunction have more than {MERGED_PROPERTIES} properties, \
                 including those of the schemas that it merges"
            ),
            Self::UnionTooDeep => {
                format!("a union more than {DEPTH} levels deep cannot become a type")
            }
            Self::TooManyPairs => {
                format!("the unions up to this one have more than {PAIRS} pairs of branches in all")
            }
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::TooManyBranches | Self::TooManyPairs | Self::UnionTooDeep => {
                "remove branches, or describe their common properties, through the overlay"
            }
            Self::TooManyProperties => LEAVE_OUT,
            Self::ItsOwnBranch => "remove that branch, through the overlay",
            _ => "write out its properties through the overlay",
        }
    }
}

pub(super) fn check(document: &Document, problems: &mut Problems) {
    let mut walk = Walk {
        document,
        under_way: Vec::new(),
        done: BTreeMap::new(),
        sizes: HashMap::new(),
        pairs: 0,
    };
    let mut found = Vec::new();
    // The size of each schema. An enum value has the size 1.
    let mut sizes: Vec<usize> = Vec::new();
    walk::for_each(&document.root, |at, kind, schema| {
        if kind != Kind::Schema {
            return;
        }
        let enum_values = schema.list("enum").len();
        let count = if is_merged(schema) {
            let at = at.pointer();
            let size = walk.size(&at, 0);
            size.and_then(|_| walk.ends(Merged::from([(at, false)])))
        } else if !schema.list("allOf").is_empty() && walk.contains_itself(&at.pointer()) {
            Err(Endless::Itself)
        } else if schema.has_any(&["anyOf", "oneOf"]) && walk.pairs <= PAIRS {
            walk.can_be_read(&at.pointer()).map(|()| 0)
        } else {
            Ok(own_properties(schema))
        };
        match count {
            Ok(properties) => {
                let size = properties.saturating_mul(ENUM_VALUES);
                sizes.push(size.saturating_add(enum_values));
            }
            Err(endless) => {
                let at = at.pointer();
                let at = provenance::origin(document, &at).unwrap_or(at);
                found.push(document.problem(at, endless.what(), endless.remedy()));
            }
        }
    });
    // Without the refused schemas, the number of properties may be small enough.
    if found.is_empty() {
        found = check_sizes(document, &sizes);
    }
    problems.append(found.into_iter().collect());
}

/// Returns a problem for each of the largest parts of `document`, if all parts together are too
/// large. Keeps the parts that many others need. `sizes` are the sizes of its schemas.
fn check_sizes(document: &Document, sizes: &[usize]) -> Vec<Problem> {
    let most = limits::scale(document, PROPERTIES);
    let mut left = most.saturating_mul(ENUM_VALUES) + ENUM_VALUES - 1;
    if sizes
        .iter()
        .fold(0_usize, |sum, size| sum.saturating_add(*size))
        <= left
    {
        return Vec::new();
    }
    // The size of each part, with the size and the pointer of its largest schema.
    let mut parts: BTreeMap<String, (usize, usize, String)> = BTreeMap::new();
    let mut sizes = sizes.iter();
    walk::for_each(&document.root, |at, kind, _| {
        if kind == Kind::Schema
            && let Some(size) = sizes.next()
        {
            let at = at.pointer();
            let at = provenance::origin(document, &at).unwrap_or(at);
            let part = reachability::part_at(&at).unwrap_or_default();
            let (total, most, largest) = parts.entry(part).or_default();
            *total = total.saturating_add(*size);
            if size > most {
                (*most, *largest) = (*size, at);
            }
        }
    });
    let mut users: HashMap<&str, usize> = HashMap::new();
    let references = reachability::references(document);
    for target in references.values().flatten() {
        *users.entry(target).or_default() += 1;
    }
    let mut parts: Vec<_> = parts.into_iter().collect();
    parts.sort_by_cached_key(|(part, (size, ..))| {
        (Reverse(users.get(part.as_str()).copied()), *size)
    });
    let mut problems = Vec::new();
    for (_, (size, _, at)) in parts {
        if let Some(rest) = left.checked_sub(size) {
            left = rest;
            continue;
        }
        let what = format!(
            "with its properties, the types have more than {most}, the limit for a document of \
             this length: a type has the properties of all schemas that it merges, and \
             {ENUM_VALUES} enum values count as one property"
        );
        problems.push(document.problem(at, what, LEAVE_OUT));
    }
    problems
}

fn own_properties(schema: &Value) -> usize {
    schema.field("properties").object().map_or(0, Map::len)
}

/// Whether typify merges `schema` from several schemas.
fn is_merged(schema: &Value) -> bool {
    let is_list = |keyword| schema.get(keyword).is_some_and(Value::is_array);
    let unions = usize::from(is_list("anyOf")) + usize::from(is_list("oneOf"));
    let own = usize::from(schema.field("properties").is_some());
    schema.list("allOf").len() + unions + own > 1
}

struct Walk<'a> {
    document: &'a Document,
    under_way: Vec<Merged>,
    /// The merges that end, with the number of properties of the resulting types.
    done: BTreeMap<Merged, usize>,
    /// The number of schemas in the conjunction at each pointer.
    sizes: HashMap<String, usize>,
    /// The number of pairs of branches so far.
    pairs: usize,
}

/// The types that a schema becomes: one, or one for each combination of the branches of its
/// unions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Variants {
    count: usize,
    /// The number of properties of all types together.
    properties: usize,
}

impl Variants {
    /// A union without branches.
    const NONE: Self = Self {
        count: 0,
        properties: 0,
    };

    /// Returns one object with this number of properties.
    const fn object(properties: usize) -> Self {
        Self {
            count: 1,
            properties,
        }
    }

    /// Returns the types of a conjunction: each of `self` with each of `other`.
    fn and(self, other: Self) -> Self {
        let own = self.properties.saturating_mul(other.count);
        let others = other.properties.saturating_mul(self.count);
        Self {
            count: self.count.saturating_mul(other.count),
            properties: own.saturating_add(others),
        }
    }

    /// Returns the types of a union.
    fn or(self, other: Self) -> Self {
        Self {
            count: self.count.saturating_add(other.count),
            properties: self.properties.saturating_add(other.properties),
        }
    }
}

/// Returns the conjunction of `one` and `other`, if it has few enough variants.
fn combined(one: Variants, other: Variants) -> Result<Variants, Endless> {
    let limit = match one.count.min(other.count) {
        1 => PARTS,
        _ => COMBINATIONS,
    };
    let both = one.and(other);
    match both.count <= limit {
        true => Ok(both),
        false => Err(Endless::TooMany),
    }
}

/// The schemas in a conjunction, found through references.
#[derive(Default)]
struct Parts {
    schemas: Merged,
    /// The path of schemas that led to the current one.
    way: Vec<String>,
    /// The number of schemas. A repeated schema counts each time.
    count: usize,
}

impl Walk<'_> {
    /// Checks that typify's merge of the schemas in `merged` ends. Returns the number of
    /// properties of the resulting types.
    fn ends(&mut self, merged: Merged) -> Result<usize, Endless> {
        if self.under_way.contains(&merged) {
            return Err(Endless::Itself);
        }
        if let Some(properties) = self.done.get(&merged) {
            return Ok(*properties);
        }
        if self.under_way.len() > DEPTH {
            return Err(Endless::TooDeep);
        }
        let mut parts = Parts::default();
        let mut variants = Variants::object(0);
        for (at, is_twice) in &merged {
            for _ in 0..=usize::from(*is_twice) {
                variants = combined(variants, self.gather(at, &mut parts)?)?;
            }
        }
        if variants.properties > MERGED_PROPERTIES {
            return Err(Endless::TooManyProperties);
        }
        self.under_way.push(merged.clone());
        let mut shared = self.shared(&parts.schemas).into_iter();
        let inner = shared.try_fold(0_usize, |sum, merged| {
            Ok(sum.saturating_add(self.ends(merged)?))
        });
        self.under_way.pop();
        let inner = inner?.saturating_mul(variants.count);
        let properties = variants.properties.saturating_add(inner);
        if properties > MERGED_PROPERTIES {
            return Err(Endless::TooManyProperties);
        }
        self.done.insert(merged, properties);
        Ok(properties)
    }

    /// Whether a reference in the conjunction at `at` leads back to it.
    fn contains_itself(&self, at: &str) -> bool {
        let gathered = self.gather(at, &mut Parts::default());
        matches!(gathered, Err(Endless::Itself))
    }

    /// Returns the number of schemas in the conjunction at `at`, nested this deep.
    fn size(&mut self, at: &str, depth: usize) -> Result<usize, Endless> {
        if let Some(size) = self.sizes.get(at) {
            return Ok(*size);
        }
        if depth > DEPTH {
            return Err(Endless::TooDeep);
        }
        // A conjunction that contains itself is reported later.
        self.sizes.insert(at.to_owned(), 1);
        let parts = self.in_place(at);
        let mut parts = parts.iter().map(|part| self.size(part, depth + 1));
        let size = parts.try_fold(1_usize, |sum, size| {
            let sum = sum.saturating_add(size?);
            match sum > PARTS {
                true => Err(Endless::TooMany),
                false => Ok(sum),
            }
        });
        match size {
            Ok(size) => self.sizes.insert(at.to_owned(), size),
            Err(_) => self.sizes.remove(at),
        };
        size
    }

    /// Checks that the union at `at` is not its own branch, and does not lead to too many other
    /// unions.
    fn can_be_read(&mut self, at: &str) -> Result<(), Endless> {
        let mut seen = BTreeSet::new();
        let mut level = self.in_place(at);
        let mut depth = 0;
        while !level.is_empty() {
            let mut next = Vec::new();
            for branch in level {
                if branch == at {
                    return Err(Endless::ItsOwnBranch);
                }
                if !seen.contains(&branch) {
                    next.extend(self.in_place(&branch));
                    seen.insert(branch);
                }
                if seen.len() > PARTS {
                    return Err(Endless::TooManyBranches);
                }
            }
            depth += 1;
            if depth > DEPTH {
                return Err(Endless::UnionTooDeep);
            }
            level = next;
        }
        self.pairs = self.pairs.saturating_add(seen.len().pow(2));
        if self.pairs > PAIRS {
            return Err(Endless::TooManyPairs);
        }
        Ok(())
    }

    /// Returns the schemas that a value of the schema at `at` is also decoded as.
    fn in_place(&self, at: &str) -> Vec<String> {
        let schema = self.document.at(at);
        let members = ["allOf", "anyOf", "oneOf"].into_iter().flat_map(|keyword| {
            let count = schema.list(keyword).len();
            (0..count).map(move |index| format!("{at}/{keyword}/{index}"))
        });
        members.map(|at| self.document.followed(&at)).collect()
    }

    /// Adds to `parts` the schemas in the conjunction at `at`. Returns its types, with a
    /// variant for each combination of the branches of its unions.
    fn gather(&self, at: &str, parts: &mut Parts) -> Result<Variants, Endless> {
        let Some(schema) = self.document.at(at) else {
            return Ok(Variants::object(0));
        };
        if let Some(reference) = schema.text("$ref") {
            return match self.document.resolve(reference) {
                Some((target, _)) => self.gather(&target, parts),
                None => Ok(Variants::object(0)),
            };
        }
        if parts.way.iter().any(|before| before == at) {
            return Err(Endless::Itself);
        }
        parts.count += 1;
        if parts.way.len() > DEPTH {
            return Err(Endless::TooDeep);
        }
        if parts.count > PARTS {
            return Err(Endless::TooMany);
        }
        let twice = parts.schemas.entry(at.to_owned());
        twice.and_modify(|is| *is = true).or_insert(false);
        parts.way.push(at.to_owned());
        let mut all = Variants::object(own_properties(schema));
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let mut union = Variants::NONE;
            for index in 0..schema.list(keyword).len() {
                let of_member = self.gather(&format!("{at}/{keyword}/{index}"), parts)?;
                match keyword {
                    "allOf" => all = combined(all, of_member)?,
                    _ => union = union.or(of_member),
                }
            }
            if union.count > 0 {
                all = combined(all, union)?;
            }
        }
        parts.way.pop();
        Ok(all)
    }

    /// Returns the merges that follow from merging the schemas of `flat`.
    fn shared(&self, flat: &Merged) -> Vec<Merged> {
        // The properties come before the rest, by name.
        let mut found: BTreeMap<(bool, &str), Merged> = BTreeMap::new();
        for (at, is_twice) in flat {
            let schema = self.document.at(at);
            for (name, _) in schema.field("properties").fields() {
                let property = join(&format!("{at}/properties"), name);
                let merged = found.entry((false, name)).or_default();
                merged.insert(property, *is_twice);
            }
            for keyword in ["items", "additionalProperties"] {
                if schema.field(keyword).object().is_some() {
                    let merged = found.entry((true, keyword)).or_default();
                    merged.insert(format!("{at}/{keyword}"), *is_twice);
                }
            }
        }
        let merged = found.into_values();
        merged
            .filter(|merged| merged.len() > 1 || merged.values().any(|is_twice| *is_twice))
            .filter(|merged| !self.is_one_reference(merged))
            .collect()
    }

    /// Whether all schemas are the same reference, or that reference or null. typify keeps such
    /// a reference as it is.
    fn is_one_reference(&self, merged: &Merged) -> bool {
        let schemas: BTreeSet<Option<&str>> = merged
            .keys()
            .map(|at| {
                let schema = self.document.at(at)?;
                match schema.list("anyOf") {
                    [reference, null] if is_only_null(null) => reference.text("$ref"),
                    _ => schema.text("$ref"),
                }
            })
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
        // An operation needs each schema.
        let names = schemas.as_object().unwrap().keys();
        let paths = names.map(|name| {
            let content = json!({"application/json": {"schema": reference(name)}});
            let operation = json!({"responses": {"200": {"description": "", "content": content}}});
            (format!("/{name}"), json!({"get": operation}))
        });
        let paths: Map<String, Value> = paths.collect();
        let text = json!({
            "openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": paths,
            "components": {"schemas": schemas},
        })
        .to_string();
        let name = "api.json";
        let inputs = crate::Inputs::of_document(Text { name, text: &text });
        let found = match crate::client_tree(&inputs) {
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
    fn recursive_conjunction_is_refused() {
        check_schemas(
            json!({"A": {"allOf": [reference("A"), object("a", json!({"type": "string"}))]}}),
            &["/components/schemas/A"],
        );
        check_schemas(
            json!({
                "A": {"allOf": [reference("B"), object("a", json!({"type": "string"}))]},
                "B": {"oneOf": [reference("A"), object("b", json!({"type": "string"}))]},
            }),
            &["/components/schemas/A", "/components/schemas/B"],
        );
        for part in [
            json!({}),
            json!({"type": "string"}),
            json!({"type": "integer"}),
            json!({"type": "integer", "example": 9_223_372_036_854_775_808_u64}),
            json!({"type": "number"}),
            json!({"type": "boolean"}),
            json!({"type": "array", "items": {"type": "string"}}),
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
            json!({"enum": ["a"]}),
        ] {
            let conjunction = |name| json!({"allOf": [part.clone(), reference(name)]});
            check_schemas(json!({"A": conjunction("A")}), &["/components/schemas/A"]);
            check_schemas(
                json!({"A": conjunction("B"), "B": conjunction("A")}),
                &["/components/schemas/A", "/components/schemas/B"],
            );
        }
        // Decoding any value but null would not end.
        check_schemas(
            json!({"A": {"anyOf": [reference("A"), {"type": "null"}]}}),
            &["/components/schemas/A"],
        );
        check_schemas(
            json!({"A": {"anyOf": [
                {"type": "string"}, {"allOf": [{"type": "integer"}, reference("A")]},
            ]}}),
            &["/components/schemas/A/anyOf/1"],
        );
        let list = |of| json!({"type": "array", "items": of});
        // Both conjuncts describe the property in the same way.
        check_schemas(
            json!({"A": {"allOf": [
                object("a", list(reference("A"))),
                object("a", list(json!({"allOf": [reference("A")], "description": "again"}))),
            ]}}),
            &[],
        );
    }

    #[test]
    fn recursive_property_with_two_descriptions_is_merged() {
        let list = |of| json!({"type": "array", "items": of});
        let again = json!({"allOf": [reference("B")], "description": "again"});
        let derived = json!({"allOf": [reference("A"), object("b", json!({}))]});
        let both = json!({"allOf": [reference("A"), reference("B")]});
        check_schemas(
            json!({"A": object("a", list(again)), "B": derived, "C": both}),
            &[],
        );
        check_schemas(
            json!({"A": object("a", reference("B")), "B": derived, "C": both}),
            &[],
        );
    }

    #[test]
    fn a_union_that_is_its_own_branch_is_refused() {
        let text = json!({"type": "string"});
        check_schemas(
            json!({"A": {"anyOf": [reference("A"), text.clone()]}}),
            &["/components/schemas/A"],
        );
        check_schemas(
            json!({
                "A": {"oneOf": [reference("B"), text.clone()]},
                "B": {"oneOf": [reference("A"), {"type": "integer"}]},
            }),
            &["/components/schemas/A", "/components/schemas/B"],
        );
        // In a list, each step leaves less to decode.
        check_schemas(
            json!({"A": {"anyOf": [{"type": "array", "items": reference("A")}, text]}}),
            &[],
        );
    }

    #[test]
    fn too_deep_and_too_large_conjunctions_are_refused() {
        let chain = |length: usize, of: fn(Value) -> Value| {
            let mut schemas = Map::new();
            for index in 0..length {
                let next = reference(&format!("A{:03}", index + 1));
                schemas.insert(format!("A{index:03}"), of(next));
            }
            schemas.insert(format!("A{length:03}"), object("a", json!({})));
            Value::Object(schemas)
        };
        let check = |schemas: Value| {
            let name = "api.json";
            let text = json!({"components": {"schemas": schemas}}).to_string();
            let document = crate::load(&Text { name, text: &text }).unwrap();
            let mut problems = Problems::default();
            check(&document, &mut problems);
            let mut found = problems.iter().map(|of| of.pointer.clone());
            (found.next(), problems.len())
        };
        let first = Some("/components/schemas/A000".to_owned());
        let derived = |base| json!({"allOf": [base, object("b", json!({}))]});
        assert_eq!(check(chain(DEPTH, derived)), (None, 0));
        assert_eq!(check(chain(DEPTH + 1, derived)), (first.clone(), 1));
        let twice = |base| json!({"allOf": [base, {"description": "again", "allOf": [base]}]});
        assert_eq!(check(chain(9, twice)), (None, 0));
        assert_eq!(check(chain(12, twice)), (first, 3));

        let either = |count: usize| {
            let branches = (0..count).map(|index| object(&format!("b{index}"), json!({})));
            json!({"oneOf": branches.collect::<Vec<_>>()})
        };
        let all = |count: usize| json!({"A": {"allOf": vec![either(4); count]}});
        assert_eq!(check(all(2)), (None, 0));
        assert_eq!(check(all(3)).1, 1);
        let beside = json!({"A": {"allOf": [either(PARTS / 2), object("a", json!({}))]}});
        assert_eq!(check(beside), (None, 0));
    }

    #[test]
    fn conjunction_of_unions_multiplies_their_variants() {
        let union = (0..3).fold(Variants::NONE, |union, _| union.or(Variants::object(2)));
        let variants = |count, properties| Variants { count, properties };
        assert_eq!(union, variants(3, 6));
        assert_eq!(Variants::object(10).and(union), variants(3, 36));
        assert_eq!(union.and(union), variants(9, 36));
    }

    #[test]
    fn merged_properties_have_a_limit() {
        let check = |count: usize, schema: &Value| {
            let large = (0..100).map(|index| (format!("p{index}"), json!({})));
            let mut schemas = Map::new();
            for index in 0..count {
                schemas.insert(format!("A{index:03}"), schema.clone());
            }
            let large: Map<String, Value> = large.collect();
            schemas.insert("Large".to_owned(), json!({"properties": large}));
            schemas.insert("Base".to_owned(), object("a", reference("Large")));
            let name = "api.json";
            let text = json!({"components": {"schemas": schemas}}).to_string();
            let document = crate::load(&Text { name, text: &text }).unwrap();
            let mut problems = Problems::default();
            super::check(&document, &mut problems);
            let found = problems
                .iter()
                .map(|of| (of.pointer.clone(), of.what.clone()));
            found.collect::<Vec<_>>()
        };
        for schema in [
            json!({"allOf": [reference("Large"), object("b", json!({}))]}),
            json!({"allOf": [reference("Large"), {"required": ["p0"]}]}),
            // Merges inside properties count, too.
            json!({"allOf": [reference("Base"), object("a", object("b", json!({})))]}),
        ] {
            assert_eq!(check(130, &schema), [], "{schema}");
            let found = check(160, &schema);
            assert!((1..160).contains(&found.len()), "{schema}: {found:?}");
            for (pointer, what) in found {
                // The other schemas need `Base` and `Large`.
                assert!(pointer.starts_with("/components/schemas/A"), "{pointer}");
                assert!(what.contains("more than 15000"), "{what}");
            }
        }
    }

    #[test]
    fn recursive_properties_are_accepted() {
        let next = object("next", reference("A"));
        check_schemas(
            json!({"A": {"allOf": [next, object("b", reference("A"))]}}),
            &[],
        );
        // A type and the type that it extends both describe the property.
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
    }

    /// Both branches have the same reference for the property, so nothing is combined.
    #[test]
    fn union_next_to_a_property_merges_nothing_else() {
        let branch = |tag: &str, big: Value| {
            json!({"type": "object", "required": ["type", "big"], "properties": {
                "type": {"type": "string", "enum": [tag]}, "big": big,
            }})
        };
        let one = |name: &str| json!({"type": "object", "required": [name], "properties": {name: {"type": "string"}}});
        let part = json!({"anyOf": Vec::from(["a", "b", "c", "d", "e", "f"].map(one))});
        let described = json!({"description": "d", "allOf": [reference("Big")]});
        for big in [reference("Big"), described] {
            for union in ["anyOf", "oneOf"] {
                check_schemas(
                    json!({
                        "Event": {"allOf": [
                            {union: [reference("Began"), reference("Ended")]},
                            object("stream", json!({"type": "string"})),
                        ]},
                        "Began": branch("began", reference("Big")),
                        "Ended": branch("ended", big.clone()),
                        "Big": object("part", part.clone()),
                    }),
                    &[],
                );
            }
        }
    }
}
