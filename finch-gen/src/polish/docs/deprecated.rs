//! The compiler warns of deprecated types and properties.
//!
//! ```yaml
//! A: {required: [old], properties: {old: {type: boolean, deprecated: true, description: 'Deprecated: use `new`.'}}}
//! ```
//!
//! Before, `deprecated: true` is lost:
//!
//! ```text
//! #[non_exhaustive]
//! pub struct A {
//!     pub old: bool,
//! }
//! ```
//! After, `#[deprecated]` has the text of the description. The emitters of methods and setters use
//! it, too:
//!
//! ```text
//! #[non_exhaustive]
//! pub struct A {
//!     #[deprecated(note = "use `new`.")]
//!     pub old: bool,
//! }
//! ```

use syn::{Attribute, Item, parse_quote};

use crate::json::Fields as _;
use crate::polish::syntax::syn_query;
use crate::polish::{Context, Unsupported};
use crate::{markdown, provenance};

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), Unsupported> {
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

/// Returns `#[deprecated]` if the schema that the mark in `attributes` names is deprecated.
fn deprecation_of(context: &Context<'_>, attributes: &[Attribute]) -> Option<Attribute> {
    attribute_at(context, provenance::read(attributes).as_deref())
}

/// Returns `#[deprecated]` if the document deprecates the value at `pointer`.
pub(crate) fn attribute_at(context: &Context<'_>, pointer: Option<&str>) -> Option<Attribute> {
    let value = context.document.at(pointer?)?;
    let site = context.model.site.as_deref();
    let is_deprecated = value.is_true("deprecated");
    is_deprecated.then(|| attribute(value.text("description"), site))
}

/// Returns `#[deprecated]` with the first paragraph of `description` as its note.
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

/// Returns `text` in one line, without the word "deprecated" at its start.
fn note(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = text.to_ascii_lowercase();
    let marker = ["[deprecated]", "(deprecated)", "deprecated:", "deprecated."]
        .into_iter()
        .find(|marker| lower.starts_with(marker));
    text[marker.map_or(0, str::len)..].trim().to_owned()
}

#[cfg(test)]
mod tests {
    use crate::polish::tests::client;
    use crate::render::layout;

    #[test]
    fn every_public_name_of_a_deprecated_part_is_deprecated() {
        let tree = client(
            "
/a:
  post:
    operationId: post-a
    deprecated: true
    parameters:
    - {name: type, in: query, deprecated: true, description: 'Deprecated: see `X-A`.', schema: {type: string}}
    requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
    responses: {'204': {description: ''}}
A:
  properties:
    old: {type: string, deprecated: true, description: \"[DEPRECATED] Use `new`\\n\\nOr not.\"}
    maybe_old: {type: string, default: a, deprecated: true}
    new: {type: string, deprecated: false}
B: {type: object, deprecated: true, description: 'Deprecated: gone.'}
",
        );
        let code = layout::unparse(tree.file);
        let lines = code.lines().map(str::trim);
        let lines: Vec<&str> = lines.filter(|line| *line != "#[inline]").collect();
        let found = lines
            .windows(2)
            .filter(|of| of[0].starts_with("#[deprecated"));
        let found = found.map(|of| (of[0], of[1].split(['(', ':']).next().unwrap()));
        let (plain, new) = ("#[deprecated]", "#[deprecated(note = \"Use `new`\")]");
        let see = "#[deprecated(note = \"see `X-A`.\")]";
        assert_eq!(
            found.collect::<Vec<_>>(),
            [
                (plain, "pub fn post_a"),
                (see, "pub fn type_"),
                (see, "pub fn maybe_type_"),
                (plain, "pub maybe_old"),
                (new, "pub old"),
                ("#[deprecated(note = \"gone.\")]", "pub struct B"),
                (plain, "pub fn maybe_old"),
                (plain, "pub fn maybe_maybe_old"),
                (new, "pub fn old"),
            ]
        );
    }
}
