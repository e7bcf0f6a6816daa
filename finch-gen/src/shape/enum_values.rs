//! Gives enum values names that are valid in Rust.
//!
//! typify makes the names of variants from the values. It panics if two names collide (`a-b` and
//! `a_b`, `A` and `a`, `+` and `-`). So this pass replaces the values with unique names if they
//! would collide, or if the document names them. The polish pass `enums` gets the original
//! values and their descriptions.
//!
//! An enum of integers becomes a plain integer, for which typify emits a newtype. The polish pass
//! `enums` gets its values. An enum of other values becomes the type of its values. So does
//! an integer with a single value, which carries no information.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToPascalCase as _;
use serde_json::{Map, Value};

use super::{WIDE_INTEGER, each_schema_mut, origin};
use crate::json::Fields as _;
use crate::load::Document;
use crate::lower::schema::annotated_enum::{self, DEPRECATED, DESCRIPTIONS, NAMES};
use crate::report::Report;
use crate::type_names::{self, Taken};

/// The values behind the variants of each enum, by the name of the enum's type.
pub(crate) type EnumValues = BTreeMap<String, Vec<EnumValue>>;

/// A value of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EnumValue {
    /// The value that progenitor sees. For an integer, the name of the variant.
    pub(crate) name: String,
    /// The value in JSON. An integer is written in digits.
    pub(crate) value: String,
    /// The description in the document.
    pub(crate) description: Option<String>,
    /// Whether it is `deprecated`.
    pub(crate) deprecated: bool,
}

/// Names the values of all enums that are components, and drops each `enum` that cannot become a
/// type. Returns the values of string enums that need a name or a description, and the values of
/// integer enums.
pub(super) fn name(document: &mut Document, report: &mut Report) -> (EnumValues, EnumValues) {
    let mut named = EnumValues::new();
    let mut integers = EnumValues::new();
    let mut dropped = Vec::new();
    each_schema_mut(document, |at, schema| {
        let why = match (not_of_strings(schema), at.component()) {
            (Some(_), Some(component)) if is_of_integers(schema) => {
                integers.insert(type_names::type_name(component), values(schema));
                schema.shift_remove("enum");
                return;
            }
            (Some(why), _) => why,
            (None, None) if have_names(&texts(schema)) => return,
            (None, None) => "an `enum` with values that cannot become Rust names → a string",
            (None, Some(component)) => {
                let values = values(schema);
                if values.iter().any(EnumValue::is_special) {
                    let names = values.iter().map(|value| value.name.as_str().into());
                    let names: Vec<Value> = names.collect();
                    schema.insert("enum".to_owned(), names.into());
                    named.insert(type_names::type_name(component), values);
                }
                return;
            }
        };
        schema.shift_remove("enum");
        dropped.push((at.pointer(), why));
    });
    for (at, why) in dropped {
        report.warn("enum-dropped", &origin(document, &at), why);
    }
    (named, integers)
}

/// Whether `schema` is an integer with several listed values, and no other constraint.
pub(super) fn is_of_integers(schema: &Map<String, Value>) -> bool {
    // Unlisted values of these formats may not fit in an `i64`.
    let is_wide = matches!(schema.text("format"), Some("uint64" | WIDE_INTEGER));
    schema.is_type("integer")
        && !is_wide
        && listed(schema).count() > 1
        && listed(schema).all(Value::is_i64)
        && !schema.has("allOf")
}

impl EnumValue {
    /// Whether the value differs from the name that progenitor sees, or has annotations.
    fn is_special(&self) -> bool {
        self.name != self.value || self.description.is_some() || self.deprecated
    }
}

/// Returns the values of the enum `schema`, with their descriptions.
fn values(schema: &Map<String, Value>) -> Vec<EnumValue> {
    let texts = texts(schema);
    let annotation = |extension: &str, text: &str| {
        let annotation = schema.get(extension)?.text(text)?.trim();
        (!annotation.is_empty()).then(|| annotation.to_owned())
    };
    let deprecated = schema.list(DEPRECATED);
    let given = given_names(&texts, |text| annotation(NAMES, text));
    let names = match given {
        Some(names) => names,
        None if is_of_integers(schema) => {
            let names = texts.iter().map(|number| match number.strip_prefix('-') {
                Some(digits) => format!("Minus{digits}"),
                None => format!("Value{number}"),
            });
            names.collect()
        }
        None if have_names(&texts) => texts.clone(),
        None => names_for(&texts),
    };
    let values = names.into_iter().zip(texts);
    let values = values.map(|(name, value)| EnumValue {
        name,
        description: annotation(DESCRIPTIONS, &value),
        deprecated: deprecated.iter().any(|of| *of == value.as_str()),
        value,
    });
    values.collect()
}

/// Returns the names that the document gives to `texts`, if all are valid in Rust and unique.
fn given_names(
    texts: &[String],
    annotation: impl Fn(&str) -> Option<String>,
) -> Option<Vec<String>> {
    let mut taken = BTreeSet::new();
    let names = texts.iter().map(|text| {
        let annotation = annotation(text)?;
        let is_name = annotation.starts_with(|c: char| c.is_ascii_alphabetic());
        let name = variant(&annotation);
        (is_name && taken.insert(name.clone())).then_some(name)
    });
    names.collect()
}

/// Explains why the `enum` of `schema` cannot become an enum of strings, if it cannot.
fn not_of_strings(schema: &Map<String, Value>) -> Option<&'static str> {
    schema.get("enum")?;
    // typify searches the target of the reference for the values, and panics.
    if schema.contains_key("allOf") {
        return Some("an `enum` next to other schemas → only the other schemas");
    }
    let of = schema.text("type")?;
    (of != "string").then_some("an `enum` of values that are not strings → their type")
}

/// Returns the listed values of `schema` except null.
fn listed(schema: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    let values = schema.list("enum").iter();
    values.filter(|value| !value.is_null())
}

fn texts(schema: &Map<String, Value>) -> Vec<String> {
    listed(schema).map(annotated_enum::key).collect()
}

/// Whether typify finds unique names for all of `texts`. It has two ways to make a name, and uses
/// the second if names collide in the first.
fn have_names(texts: &[String]) -> bool {
    let as_words = |text: &String| variant_name(text);
    let as_letters =
        |text: &String| variant_name(&text.replace(|c: char| !c.is_alphanumeric(), "X"));
    let all_differ = |names: BTreeSet<String>| names.len() == texts.len();
    let is_odd = |text: &String| !text.is_ascii() || !text.starts_with(char::is_alphabetic);
    texts.is_empty()
        || (!texts.iter().any(is_odd)
            && (all_differ(texts.iter().map(as_words).collect())
                || all_differ(texts.iter().map(as_letters).collect())))
}

/// Returns the variant name that typify makes from a value.
fn variant_name(value: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let words = value.replace('\'', "").replace(|c| !is_part(c), "-");
    words.to_pascal_case()
}

/// Returns a unique name for each of `texts`. A later text gets out of the way, so a new value
/// never changes the name of an older one.
fn names_for(texts: &[String]) -> Vec<String> {
    let mut taken = Taken::default();
    let all: Vec<String> = texts.iter().map(|text| name_for(text)).collect();
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    for name in &all {
        *counts.entry(name).or_default() += 1;
    }
    // typify converts each name once more.
    let names = texts
        .iter()
        .zip(&all)
        .map(|(text, name)| match counts[name] {
            1 => taken.unique(&variant(name)),
            _ => taken.unique(&variant(&name_for(&with_signs(text)))),
        });
    names.collect()
}

/// Returns `name` as the name of a variant.
fn variant(name: &str) -> String {
    match type_names::identifier(name) {
        name if name == "Self" => "SelfValue".to_owned(),
        name => name,
    }
}

/// Returns `text` with the signs of the numbers in it as words: `GMT+1` and `GMT-1` differ.
fn with_signs(text: &str) -> String {
    let mut spelled = String::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_number = rest.peek().is_some_and(char::is_ascii_digit);
        match c {
            '+' if is_number => spelled.push_str(" Plus "),
            '-' if is_number => spelled.push_str(" Minus "),
            c => spelled.push(c),
        }
    }
    spelled
}

fn name_for(text: &str) -> String {
    if text.is_empty() {
        return "Empty".to_owned();
    }
    // Identifiers drop a sign, but `1` and `-1` may only differ in it.
    for (sign, word) in [("-", "Minus"), ("+", "Plus")] {
        if let Some(number) = text.strip_prefix(sign)
            && number.starts_with(|c: char| c.is_ascii_digit())
        {
            return format!("{word}{number}");
        }
    }
    let text = deunicode::deunicode(text);
    if text.contains(|c: char| c.is_ascii_alphanumeric()) {
        return type_names::identifier(&text);
    }
    text.chars().map(spell).collect()
}

/// Returns the name of a character that no identifier can contain.
fn spell(c: char) -> &'static str {
    match c {
        '!' => "Exclamation",
        '"' | '\'' => "Quote",
        '#' => "Hash",
        '$' => "Dollar",
        '%' => "Percent",
        '&' => "Ampersand",
        '(' | ')' => "Parenthesis",
        '*' => "Asterisk",
        '+' => "Plus",
        ',' => "Comma",
        '-' => "Minus",
        '.' => "Dot",
        '/' => "Slash",
        ':' => "Colon",
        ';' => "Semicolon",
        '<' => "Less",
        '=' => "Equal",
        '>' => "Greater",
        '?' => "Question",
        '@' => "At",
        '\\' => "Backslash",
        '^' => "Caret",
        '_' => "Underscore",
        '|' => "Pipe",
        '~' => "Tilde",
        ' ' => "Space",
        _ => "Other",
    }
}
