//! Every type, field and variant has documentation, and a type names its schema.
//!
//! ```yaml
//! Token:
//!   description: A [token] response
//!   required: [old, code]
//!   properties: {old: {description: '[DEPRECATED] Use `code`', type: string}, code: {type: string}}
//! ```
//! Before, a description is a mark. `…` stands for the description at that place in the document:
//!
//! ```text
//! ///…|/components/schemas/Token|
//! #[non_exhaustive]
//! pub struct Token {
//!     ///|/components/schemas/Token/properties/code|
//!     pub code: ::std::string::String,
//!     ///…|/components/schemas/Token/properties/old|
//!     pub old: ::std::string::String,
//! }
//! ```
//!
//! After, all have documentation, in Markdown that rustdoc takes without a warning. A field or
//! variant without a description has its name in JSON:
//!
//! ```text
//! /// A \[token\] response
//! ///
//! /// From `/components/schemas/Token`.
//! #[non_exhaustive]
//! pub struct Token {
//!     /// `code`
//!     pub code: ::std::string::String,
//!     /// \[DEPRECATED\] Use `code`
//!     pub old: ::std::string::String,
//! }
//! ```

use quote::quote;
use syn::{Attribute, Fields, Item, Variant};

use crate::json::Fields as _;
use crate::polish::syntax::{serde_attrs, syn_query};
use crate::polish::{Context, Unsupported};
use crate::{doc_attrs, markdown, provenance};

pub(crate) fn run(file: &mut syn::File, context: &Context<'_>) -> Result<(), Unsupported> {
    for item in syn_query::module(file, &["types"])? {
        match item {
            Item::Struct(item) => {
                describe_type(&mut item.attrs, context);
                document_fields(&mut item.fields, context);
            }
            Item::Enum(item) => {
                describe_type(&mut item.attrs, context);
                for variant in &mut item.variants {
                    document_variant(variant, context);
                }
            }
            Item::Type(item) => describe_type(&mut item.attrs, context),
            _ => {}
        }
    }
    Ok(())
}

/// Documents the type with these `attributes`: see [`description`]. A type without a description
/// only names its schema.
fn describe_type(attributes: &mut Vec<Attribute>, context: &Context<'_>) {
    let place = provenance::read(attributes);
    let description = description(attributes, place.as_deref(), context);
    let place = place.map(|place| provenance::sentence(&context.model.place(&place)));
    let paragraphs: Vec<String> = description.into_iter().chain(place).collect();
    doc_attrs::set(attributes, &paragraphs.join("\n\n"));
}

/// Returns the description in `attributes`, or else of the schema to which the schema at
/// `place` refers, with the default of that schema.
fn description(
    attributes: &[Attribute],
    place: Option<&str>,
    context: &Context<'_>,
) -> Option<String> {
    let schema = place.and_then(|at| context.document.at(at));
    let own = provenance::described(&doc_attrs::text(attributes), schema);
    let referred = || {
        let (_, target) = context.document.resolve(schema?.text("$ref")?)?;
        target.text("description").map(str::to_owned)
    };
    let is_text = |text: &String| !text.trim().is_empty();
    let description = Some(own)
        .filter(is_text)
        .or_else(|| referred().filter(is_text))
        .map(|text| doc_attrs::unindented(&text))
        .map(|text| markdown::block(&text, context.model.site.as_deref()));
    let default = schema.and_then(|schema| schema.get("default"));
    let default = default.map(|of| format!("Default: {}.", markdown::code(&of.to_string())));
    let paragraphs: Vec<String> = description.into_iter().chain(default).collect();
    (!paragraphs.is_empty()).then(|| paragraphs.join("\n\n"))
}

fn document_variant(variant: &mut Variant, context: &Context<'_>) {
    document_fields(&mut variant.fields, context);
    let own = doc_attrs::unindented(&doc_attrs::text(&variant.attrs));
    let text = match &variant.fields {
        // An earlier pass or typify has documented it.
        _ if !own.is_empty() => markdown::block(&own, context.model.site.as_deref()),
        Fields::Unit => markdown::code(&variant.ident.to_string()),
        _ if variant.ident == "Other" => "A value of no other variant, as JSON.".to_owned(),
        fields => {
            let types = fields.iter().map(|field| &field.ty);
            markdown::code(&quote!(#(#types),*).to_string().replace(' ', ""))
        }
    };
    doc_attrs::set(&mut variant.attrs, &text);
}

fn document_fields(fields: &mut Fields, context: &Context<'_>) {
    for field in fields {
        if field.ident.is_some() {
            let place = provenance::read(&field.attrs);
            let text = description(&field.attrs, place.as_deref(), context);
            let text = text.unwrap_or_else(|| match serde_attrs::is_flat(&field.attrs) {
                true => "All other properties, by name.".to_owned(),
                false => markdown::code(&serde_attrs::json_name(field)),
            });
            doc_attrs::set(&mut field.attrs, &text);
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens as _;
    use syn::parse_quote;

    use super::*;
    use crate::{Inputs, Text};

    #[test]
    fn defaults_and_variant_fields_are_documented() {
        let text = "
openapi: 3.1.0
info: {title: T, version: '1'}
paths: {}
components:
  schemas:
    A: {properties: {a: {type: integer, default: 100}}}
";
        let inputs = Inputs::of_document(Text {
            name: "api.yaml",
            text,
        });
        let lowered = crate::lower_inputs(&inputs).unwrap();
        let shaped = crate::shape(&lowered);
        let context = Context::new(&lowered, &shaped, "api");
        let mark = provenance::with_mark("", "/components/schemas/A/properties/a");
        let mut variant = parse_quote!(Variant0 { #[doc = #mark] a: i64, b: String });
        document_variant(&mut variant, &context);
        let expected: Variant = parse_quote!(
            #[doc = r#" `i64,String`"#]
            Variant0 {
                #[doc = r#" Default: `100`."#]
                a: i64,
                #[doc = r#" `b`"#]
                b: String
            }
        );
        let written = |variant: &Variant| variant.to_token_stream().to_string();
        assert_eq!(written(&variant), written(&expected));
    }
}
