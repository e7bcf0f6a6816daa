//! What the document calls deprecated, the compiler warns of.
//!
//! Before, `deprecated: true` is lost. After, `#[deprecated]` stands on the
//! operation's method, the setters of its parameters, the type, the member and its
//! setters, with what the description says to do instead:
//!
//! ```text
//! #[deprecated(note = "Use `connection_id` …")]
//! pub account_id: Option<String>,
//! ```

use serde_json::Value;
use syn::{Attribute, Item, parse_quote};

use crate::polish::Context;
use crate::polish::syntax::syn_query;
use crate::{markdown, provenance};

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), String> {
    for item in syn_query::module(file, &["types"])? {
        match item {
            Item::Struct(item) => {
                item.attrs.extend(deprecation_of(context, &item.attrs));
                for field in &mut item.fields {
                    field.attrs.extend(deprecation_of(context, &field.attrs));
                }
            }
            Item::Enum(item) => item.attrs.extend(deprecation_of(context, &item.attrs)),
            _ => {}
        }
    }
    Ok(())
}

/// The attribute for what is from where its own documentation is marked to be, if
/// that is deprecated.
fn deprecation_of(context: &Context<'_>, attributes: &[Attribute]) -> Option<Attribute> {
    attribute_at(context, provenance::read(attributes).as_deref())
}

/// The attribute for what stands at `pointer`, if that is deprecated.
pub(crate) fn attribute_at(context: &Context<'_>, pointer: Option<&str>) -> Option<Attribute> {
    let value = context.document.at(pointer?)?;
    if value.get("deprecated") != Some(&Value::Bool(true)) {
        return None;
    }
    let description = value.get("description").and_then(Value::as_str);
    Some(attribute(description, context.model.site.as_deref()))
}

/// The attribute for what is deprecated, and described so.
pub(crate) fn attribute(description: Option<&str>, site: Option<&str>) -> Attribute {
    let first = description.and_then(|text| text.split("\n\n").next());
    // rustdoc shows the note as Markdown.
    let note = first.map(|text| markdown::line(&note(text), site));
    let note = note.filter(|note| !note.is_empty());
    match note {
        Some(note) => parse_quote!(#[deprecated(note = #note)]),
        None => parse_quote!(#[deprecated]),
    }
}

/// `text` in one line, without the word that the attribute says already.
fn note(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = text.to_ascii_lowercase();
    let marker = ["[deprecated]", "(deprecated)", "deprecated:", "deprecated."]
        .into_iter()
        .find(|marker| lower.starts_with(marker));
    text[marker.map_or(0, str::len)..].trim().to_owned()
}
