//! Tracks which schema each generated type and field comes from.
//!
//! progenitor passes the `description` of a schema on as the documentation of the generated
//! item, and passes nothing else on. So `mark` appends the place of the schema to its
//! description, between two characters of Unicode's private use area, and `read` extracts it
//! from the documentation. No pass has to guess from progenitor's names which type belongs to
//! which schema. Progenitor does not get the rest of a description: `shorten_descriptions` takes
//! it out, and `described` finds it again in the document. The documentation of the finished
//! client states the place in a sentence.

use serde_json::{Map, Value, json};
use syn::Attribute;

use crate::annotation_keywords::is_annotation;
use crate::json::Fields as _;
use crate::load::Document;
use crate::walk::{self, At, Kind};
use crate::{doc_attrs, markdown, pointer};

const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// The keyword that holds the place of an inline schema until a stage decides whether the
/// schema becomes a type.
const PLACE: &str = "x-\u{E000}place";

/// Stands for the description of the schema at the place that follows it.
pub(crate) const SAME: &str = "\u{E002}";

/// Returns `document` with the place of each component schema and property in its description,
/// and with the place of each other schema that may become a type in a keyword.
pub(crate) fn mark(document: &Document) -> Document {
    let mut marked = document.clone();
    walk::for_each_mut(&mut marked.root, |at, kind, schema| {
        if kind != Kind::Schema {
            return;
        }
        if !is_marked(at) {
            if let Value::Object(schema) = schema
                && may_be_type(schema)
            {
                schema.insert(PLACE.to_owned(), at.pointer().into());
            }
            return;
        }
        // A reference cannot have a description, but an `allOf` with one reference can.
        if schema.get("$ref").is_some() {
            *schema = json!({"allOf": [schema.clone()]});
        }
        if schema.is_object() {
            let description = schema["description"].as_str().unwrap_or_default();
            schema["description"] = with_mark(description, &at.pointer()).into();
        }
    });
    marked
}

/// Replaces each description that `marked` has unchanged from `document`, so that progenitor need
/// not copy it and the parser need not unescape it. [`described`] restores it.
pub(crate) fn shorten_descriptions(marked: &mut Document, document: &Document) {
    walk::for_each_mut(&mut marked.root, |_, kind, schema| {
        if kind == Kind::Schema
            && let Some((text, place)) = schema.text("description").and_then(split_mark)
            && !text.is_empty()
            && document.at(&place).text("description") == Some(text)
        {
            schema["description"] = with_mark(SAME, &place).into();
        }
    });
}

/// Returns the description `text` without marks. `schema` is the schema at its place in the
/// document.
pub(crate) fn described(text: &str, schema: Option<&Value>) -> String {
    let own = strip(text);
    match own == SAME {
        true => schema.text("description").unwrap_or_default().to_owned(),
        false => own,
    }
}

/// Splits `text` into the text before its only mark, and the place in the mark.
fn split_mark(text: &str) -> Option<(&str, String)> {
    let (before, rest) = text.split_once(OPEN)?;
    Some((before, pointer_of(rest.strip_suffix(CLOSE)?)))
}

/// Whether the inline `schema` may become a type.
fn may_be_type(schema: &Map<String, Value>) -> bool {
    let many = |keyword: &str| {
        let list = schema.get(keyword).and_then(Value::as_array);
        list.is_some_and(|list| list.len() > 1)
    };
    let is_null = schema.get("enum") == Some(&json!([null]));
    let has_values = schema.contains_key("enum") && !is_null;
    let is_merged = schema.contains_key("allOf")
        && schema
            .keys()
            .any(|key| key != "allOf" && !is_annotation(key));
    schema.contains_key("properties")
        || has_values
        || is_merged
        || ["allOf", "anyOf", "oneOf"].into_iter().any(many)
}

/// Returns the keyword with the place of an inline `schema`, to be copied to its replacement.
pub(crate) fn place(schema: &Map<String, Value>) -> Option<(String, Value)> {
    let place = schema.get(PLACE)?;
    Some((PLACE.to_owned(), place.clone()))
}

/// Returns the name of the parameter component that the inline `schema` belongs to.
pub(crate) fn parameter(schema: &Map<String, Value>) -> Option<String> {
    let place = schema.get(PLACE)?.as_str()?;
    let rest = place.strip_prefix("/components/parameters")?;
    pointer::first(rest)
}

/// Moves the place of `schema`, which becomes a type, from the keyword into the description.
pub(crate) fn mark_type(schema: &mut Map<String, Value>) {
    let Some(Value::String(place)) = schema.shift_remove(PLACE) else {
        return;
    };
    let description = schema.get("description").and_then(Value::as_str);
    let description = description.unwrap_or_default();
    if first_mark(description).is_none() {
        let description = with_mark(description, &place);
        schema.insert("description".to_owned(), description.into());
    }
}

/// Whether `c` is one of the characters that enclose a mark.
pub(crate) fn is_mark(c: char) -> bool {
    matches!(c, OPEN | CLOSE)
}

/// Returns `description`, marked with `pointer`. If the pointer contains the characters that
/// enclose a mark, they are escaped as `~2` and `~3`, which are not valid in a JSON pointer.
pub(crate) fn with_mark(description: &str, pointer: &str) -> String {
    let pointer = pointer.replace(OPEN, "~2").replace(CLOSE, "~3");
    format!("{description}{OPEN}{pointer}{CLOSE}")
}

/// Decodes the text of a mark to a pointer.
fn pointer_of(marked: &str) -> String {
    let (open, close) = (OPEN.to_string(), CLOSE.to_string());
    marked.replace("~2", &open).replace("~3", &close)
}

/// Whether the schema at `at` is a component or a property, and so becomes a type or a field.
pub(crate) fn is_marked(at: &At<'_>) -> bool {
    at.component().is_some() || at.parent_name() == Some("properties")
}

/// Returns the place that the documentation in `attributes` is marked with.
pub(crate) fn read(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let literal = doc_attrs::literal(attribute)?;
        // Searches the source text of the literal, which has escapes for the marks. Unescaping
        // every literal would take longer, and most have no mark.
        let written = literal.token().to_string();
        if written.starts_with('r') {
            return first_mark(&written);
        }
        let escaped = |mark: char| mark.escape_unicode().to_string();
        let place = between(&written, &escaped(OPEN), &escaped(CLOSE))?;
        match place.contains('\\') {
            false => Some(pointer_of(place)),
            true => first_mark(&literal.value()),
        }
    })
}

/// Returns the first place that `text` is marked with.
pub(crate) fn first_mark(text: &str) -> Option<String> {
    let (open, close) = (&mut [0; 4], &mut [0; 4]);
    between(text, OPEN.encode_utf8(open), CLOSE.encode_utf8(close)).map(pointer_of)
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(open)?;
    Some(rest.split_once(close)?.0)
}

/// Returns the line of documentation that names `pointer` as the origin of an item.
pub(crate) fn sentence(pointer: &str) -> String {
    format!("From {}.", markdown::code(pointer))
}

/// Returns the place that the documentation in `attributes` states in a [`sentence`].
pub(crate) fn stated(attributes: &[Attribute]) -> Option<String> {
    let text = doc_attrs::text(attributes);
    // Starts at the end, because the description comes first.
    text.lines().rev().find_map(|line| {
        let pointer = line.trim().strip_prefix("From ")?.strip_suffix('.')?;
        let pointer = markdown::text_of_code(pointer)?;
        pointer.starts_with('/').then_some(pointer)
    })
}

/// Returns the place in the document of the value at `at` in the marked document, from the
/// innermost mark around it.
pub(crate) fn origin(marked: &Document, at: &str) -> Option<String> {
    let mut around = at;
    loop {
        let text = |keyword: &str| marked.at(around)?.get(keyword)?.as_str();
        let place = text(PLACE).map(str::to_owned);
        if let Some(place) = place.or_else(|| text("description").and_then(first_mark)) {
            return Some(format!("{place}{}", &at[around.len()..]));
        }
        around = around.rsplit_once('/')?.0;
    }
}

/// Returns `text` without marks.
pub(crate) fn strip(text: &str) -> String {
    let mut stripped = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, marked)) = rest.split_once(OPEN) {
        stripped.push_str(before);
        rest = marked.split_once(CLOSE).map_or("", |(_, after)| after);
    }
    stripped.push_str(rest);
    stripped
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn mark_is_read_from_documentation() {
        for place in [
            "/components/schemas/A",
            "/a\\\"b/\u{e9}\u{200b}",
            "/a\u{e001}b\u{e000}/~02",
        ] {
            let text = with_mark("Of it.\n", place) + " More.";
            let attributes = [parse_quote!(#[derive(A)]), parse_quote!(#[doc = #text])];
            assert_eq!(read(&attributes).as_deref(), Some(place));
            assert_eq!(read(&[doc_attrs::attribute(&text)]).as_deref(), Some(place));
            assert_eq!(strip(&text), "Of it.\n More.");
        }
        assert_eq!(read(&[parse_quote!(#[doc = "None."])]), None);
    }

    #[test]
    fn only_descriptions_that_are_unchanged_are_shortened() {
        let document = |of: &Value| {
            let root = json!({"components": {"schemas": {"A": of}}}).to_string();
            crate::load(&crate::Text {
                name: "api.json",
                text: &root,
            })
            .unwrap()
        };
        let at = "/components/schemas/A";
        let source = document(&json!({"description": "Of it."}));
        let shortened = |text: &str| {
            let mut marked = document(&json!({"description": text}));
            shorten_descriptions(&mut marked, &source);
            let text = marked.at(at).text("description").unwrap_or_default();
            (described(text, source.at(at)), text.contains(SAME))
        };
        for (text, expected, is_shortened) in [
            (with_mark("Of it.", at), "Of it.", true),
            (with_mark("Of it", at), "Of it", false),
            (
                with_mark("Of it.", "/components/schemas/B"),
                "Of it.",
                false,
            ),
            (with_mark("", at), "", false),
            ("Of it.".to_owned(), "Of it.", false),
        ] {
            assert_eq!(
                shortened(&text),
                (expected.to_owned(), is_shortened),
                "{text}"
            );
        }
    }

    #[test]
    fn a_written_sentence_is_read_back() {
        let stated_by = |text: &str| stated(&[doc_attrs::attribute(text)]);
        for place in ["/a`/~1", "/a", "/`", "/ "] {
            let text = format!("From `/b`.\n\n{}\n\n# Example", sentence(place));
            assert_eq!(stated_by(&text).as_deref(), Some(place));
        }
        assert_eq!(stated_by("From `b`."), None);
    }
}
