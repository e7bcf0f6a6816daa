//! Where a generated type or member comes from.
//!
//! progenitor hands the `description` of a schema on as the documentation of
//! what it makes of it, and nothing else. So the place of the schema travels in
//! its description, between two characters of Unicode's private use area, and
//! is read out of the documentation again: no pass has to guess which type
//! belongs to which schema from how progenitor names them.

use serde_json::{Value, json};
use syn::Attribute;

use crate::doc;
use crate::load::Document;
use crate::walk::{self, Kind};

const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// `document`, of which each component schema and each property says where it
/// stands.
pub(crate) fn mark(document: &Document) -> Document {
    let mut marked = document.clone();
    walk::for_each_mut(&mut marked.root, |at, kind, schema| {
        if kind != Kind::Schema || !is_marked(at) {
            return;
        }
        // A reference says nothing of its own, but a conjunction of one may.
        if schema.get("$ref").is_some() {
            *schema = json!({"allOf": [schema.clone()]});
        }
        if schema.is_object() {
            let description = schema.get("description").and_then(Value::as_str);
            let description = description.unwrap_or_default();
            schema["description"] = format!("{description}{OPEN}{at}{CLOSE}").into();
        }
    });
    marked
}

/// Whether the schema at `pointer` is a component or a property: what becomes a
/// type or a member.
pub(crate) fn is_marked(pointer: &str) -> bool {
    let (parent, _) = pointer.rsplit_once('/').unwrap_or_default();
    parent == "/components/schemas" || parent.ends_with("/properties")
}

/// The place that the documentation in `attributes` is marked with.
pub(crate) fn read(attributes: &[Attribute]) -> Option<String> {
    let text = doc::text(attributes);
    let (_, rest) = text.split_once(OPEN)?;
    Some(rest.split_once(CLOSE)?.0.to_owned())
}

/// The place in the document that `at` of the marked document is from: what the
/// innermost mark around it says.
pub(crate) fn origin(marked: &Document, at: &str) -> Option<String> {
    let mut around = at;
    loop {
        let description = marked.at(around).and_then(|of| of.get("description"));
        let description = description.and_then(Value::as_str);
        if let Some((_, rest)) = description.and_then(|text| text.split_once(OPEN)) {
            let (place, _) = rest.split_once(CLOSE)?;
            return Some(format!("{place}{}", &at[around.len()..]));
        }
        around = around.rsplit_once('/')?.0;
    }
}

/// `text` without marks.
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
