//! Finds a word that distinguishes a branch of a union, for the name of its type.
//!
//! The table lists the words, best first. A branch gets its first word that no other branch has.
//! If a branch has a better name than a numbered one (`…Variant2`), only row 1 gives it a word. A
//! branch that nothing distinguishes gets no word.
//!
//! | branch | label |
//! |---|---|
//! | requires `kind: {const: file}` | `File` |
//! | requires `page_id`, and no other property that only this branch has | `PageId` |
//! | requires `kind: {enum: [on, off]}` | `OffOrOn` |
//! | `{type: array, items: {type: string}}` | `Strings` |
//! | the only one that has, or that requires, a property `size` | `WithSize` |

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::listed_values::{Finder, Properties, Scalar, Visits};
use super::variant_tags::{SCHEMAS, Tag, tags};
use super::variants::{Variant, branches, variants};
use crate::json::Fields as _;
use crate::load::Document;
use crate::type_names;

/// The maximum length of a label.
const LONGEST: usize = 40;

/// The first word of a label that only names a property.
pub(super) const WITH: &str = "With";

/// Returns the labels of the branches of `union` that are components, by their keys. A branch has
/// no label if nothing distinguishes it from all others.
pub(super) fn labels(document: &Document, union: &Value, visits: &Visits) -> Vec<(String, String)> {
    if branches(union).count() < 2 {
        return Vec::new();
    }
    let variants = variants(document, union);
    let tags = tags(document, union, &variants, visits);
    let words = words(document, &variants, &tags, visits);
    // Several variants belong to a branch that is a union.
    let mut named: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (index, variant) in variants.iter().enumerate() {
        let is_own = |word: &&String| {
            let mut others = words.iter().enumerate().filter(|(of, _)| *of != index);
            !others.any(|(_, of)| of.contains(word))
        };
        if let Some(key) = variant.chain.first() {
            let word = words[index].iter().find(is_own);
            let named = named.entry(key).or_default();
            named.extend(word.map(String::as_str));
        }
    }
    let named = named.into_iter().filter_map(|(key, words)| {
        let word = words.join("Or");
        let fits = (1..=LONGEST).contains(&word.len());
        fits.then(|| (key.to_owned(), word))
    });
    named.collect()
}

/// Returns the words for each of `variants`, best first.
fn words(
    document: &Document,
    variants: &[Variant<'_>],
    tags: &[Vec<Tag>],
    visits: &Visits,
) -> Vec<Vec<String>> {
    let mut finder = Finder::new(document, visits, SCHEMAS);
    let properties = variants.iter().map(|of| finder.properties(of.schema, 0));
    let properties: Vec<Properties<'_>> = properties.collect();
    let mut declared: HashMap<&str, usize> = HashMap::new();
    let mut required: HashMap<&str, usize> = HashMap::new();
    for properties in &properties {
        for name in properties.names() {
            *declared.entry(name).or_default() += 1;
            *required.entry(name).or_default() += usize::from(properties.has(name));
        }
    }
    let words = variants.iter().enumerate().map(|(index, variant)| {
        let properties = &properties[index];
        let requires = |name: &&&str| properties.has(name);
        let names = properties.names();
        let own = names.iter().copied().filter(|name| declared[name] == 1);
        let own: Vec<&str> = own.collect();
        let own_required: Vec<&str> = own.iter().filter(requires).copied().collect();
        let alone = names.iter().filter(requires);
        let alone = alone.filter(|name| required[**name] == 1);
        let values = own_required.iter();
        let values = values.filter_map(|name| properties.values(&[*name]));
        let tags = tags[index].iter().filter(|tag| tag.is_required);
        let values: Vec<&BTreeSet<Scalar>> = tags.map(|tag| &tag.values).chain(values).collect();
        let (one, many): (Vec<_>, Vec<_>) = values.into_iter().partition(|of| of.len() == 1);
        let only = Some(&own_required).filter(|required| required.len() == 1);
        let only = only.into_iter().flatten().map(ToString::to_string);
        let kind = kind_label(variant);
        let others = own_required.first().or(own.first());
        let others = others.into_iter().chain(alone);
        let words = only
            .chain(many.into_iter().map(in_words))
            .chain(kind)
            .chain(others.map(|name| format!("{WITH} {name}")));
        // Only a value is a better name than the name of the branch.
        let words = words.filter(|_| variant.is_numbered());
        let words = one.into_iter().map(in_words).chain(words);
        let words = words.map(|word| type_names::camel_case(&word));
        words
            .filter(|word| word.starts_with(char::is_alphabetic) && word.len() <= LONGEST)
            .collect()
    });
    words.collect()
}

/// Returns `values` as words: `a or b`.
fn in_words(values: &BTreeSet<Scalar>) -> String {
    let names: Vec<String> = values.iter().map(Scalar::name).collect();
    names.join(" or ")
}

/// Returns the kind of the values of `variant`: `strings` for an array of strings.
fn kind_label(variant: &Variant<'_>) -> Option<String> {
    let kind = variant.kind()?;
    let items = variant.schema.get("items");
    let item = items.and_then(|items| items.text("type"));
    match item.filter(|_| kind == "array") {
        Some(item) => Some(format!("{item}s")),
        None => Some(kind.to_owned()),
    }
}
